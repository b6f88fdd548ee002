"use strict";
// BroadcastChannel: what one posts, every other of its name hears, in whichever thread.

const { defineInterface, refuseCalls } = require("web/interface");
const { DOMException } = require("web/dom-exception");
const { invalidArgument, missingArguments, withCode } = require("web/errors");
const { EventTarget } = require("web/events");
const { KeepAlive, fire, onMessage, onMessageError } = require("web/message-port");
const { RemoteEnd, broadcast, channelClose, channelOpen } = require("web/worker/ends");

const NOT_A_CHANNEL = 'Value of "this" must be of type BroadcastChannel';

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
    this.#end = new RemoteEnd(channelOpen(this.#name), [], true);
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
  [Symbol.for("nodejs.util.inspect.custom")](depth, options) {
    if (this === null || typeof this !== "object" || !(#name in this)) {
      throw withCode(new TypeError(NOT_A_CHANNEL), "ERR_INVALID_THIS");
    }
    if (depth < 0) return "BroadcastChannel";
    const inside = { name: this.#name, active: !this.#end.closed };
    return `BroadcastChannel ${arguments[2](inside, options)}`;
  }
}

defineInterface(BroadcastChannel);
Object.defineProperty(
  BroadcastChannel.prototype[Symbol.for("nodejs.util.inspect.custom")], "name",
  { value: "anonymous", configurable: true },
);

const NEEDS_NEW = "Use `new BroadcastChannel(...)` instead of `BroadcastChannel(...)`";

module.exports = {
  BroadcastChannel: refuseCalls(BroadcastChannel, "ERR_ILLEGAL_CONSTRUCTOR", NEEDS_NEW),
};
