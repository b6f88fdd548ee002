"use strict";
// Messages to a web worker as events of its global scope. The port is started, and keeps the
// worker alive, once the script listens for messages.

const { eventHandler, globalTarget, hasListeners } = require("web/events");
const { fire, handTo, onMessage } = require("web/message-port");

const onError = eventHandler("error");

function install(port) {
  const target = globalTarget();
  let isListening = false;
  // The port itself has listeners where the script imports node:worker_threads as well.
  const forward = (message) => {
    const type = message.failed === undefined ? "message" : "messageerror";
    if (hasListeners(port, type)) fire(port, message);
    fire(target, message);
  };
  // Asked by web/events for every listener of messages on the global object.
  require("runtime/prelude").provide("runtime/own-messages", {
    listen() {
      if (isListening) {
        port.ref();
        return;
      }
      isListening = true;
      handTo(port, forward);
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
