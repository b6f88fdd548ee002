"use strict";
// Messages to a web worker as events of its global scope. The port is started, and keeps the
// worker alive, once the script listens for messages.

const { dispatch, eventHandler, globalTarget, messageEvent } = require("web/events");
const { onMessage } = require("web/message-port");

const onError = eventHandler("error");

function install(port) {
  const target = globalTarget();
  let isListening = false;
  const forward = ({ type, data, ports }) => {
    dispatch(target, messageEvent(type, data, ports));
  };
  // Asked by web/events for every listener of messages on the global object.
  require("runtime/prelude").provide("runtime/own-messages", {
    listen() {
      if (isListening) {
        port.ref();
        return;
      }
      isListening = true;
      port.addEventListener("message", forward);
      port.addEventListener("messageerror", forward);
    },
    /** Nobody listens any more: messages do not keep the worker alive. */
    leave() { port.unref(); },
  });
  const attribute = (name, handler) => Object.defineProperty(globalThis, name, {
    configurable: true, enumerable: true,
    get: () => handler.get(target),
    set(value) { handler.set(target, value); },
  });
  attribute("onmessage", onMessage);
  attribute("onerror", onError);
}

module.exports = { install };
