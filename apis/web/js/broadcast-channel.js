"use strict";
// BroadcastChannel: what one posts, every other of its name hears, in whichever thread.

const { defineInterface } = require("web/interface");
const { DOMException } = require("web/dom-exception");
const { invalidArgument, missingArguments } = require("web/errors");
const { EventTarget } = require("web/events");
const { KeepAlive, fire, onMessage, onMessageError } = require("web/message-port");
const { RemoteEnd, broadcast, channelClose, channelOpen } = require("web/worker/ends");

class BroadcastChannel extends EventTarget {
  #name;
  #end;
  #keepAlive = new KeepAlive();
  constructor(name) {
    if (arguments.length === 0) throw missingArguments();
    if (typeof name === "symbol") {
      throw invalidArgument("Cannot convert a symbol to a string");
    }
    super();
    this.#name = `${name}`;
    this.#end = new RemoteEnd(channelOpen(this.#name));
    this.#end.face = { receive: (message) => fire(this, message), ended() {} };
    this.#end.start();
  }
  get name() { return this.#name; }
  get onmessage() { return onMessage.get(this); }
  set onmessage(value) {
    onMessage.set(this, value);
    if (!this.#end.closed && onMessage.get(this) !== null) this.#keepAlive.start();
  }
  get onmessageerror() { return onMessageError.get(this); }
  set onmessageerror(value) { onMessageError.set(this, value); }
  postMessage(message) {
    if (arguments.length === 0) throw missingArguments();
    if (this.#end.closed) {
      throw new DOMException("This BroadcastChannel is closed", "InvalidStateError");
    }
    broadcast(this.#end.number, message, this.#name);
  }
  close() {
    this.#keepAlive.stop();
    if (this.#end.closed) return;
    channelClose(this.#end.number, this.#name);
    this.#end.close();
  }
  ref() { if (!this.#end.closed) this.#keepAlive.start(); }
  unref() { this.#keepAlive.stop(); }
  [Symbol.for("nodejs.util.inspect.custom")](_depth, options) {
    const inside = { name: this.#name, active: !this.#end.closed };
    return `BroadcastChannel ${arguments[2](inside, options)}`;
  }
}

defineInterface(BroadcastChannel);

module.exports = { BroadcastChannel };
