"use strict";
// MessageChannel, MessagePort and BroadcastChannel inside one isolate. A message is copied when it
// is posted and delivered as a task of its own. A port is one end of a channel behind a face; when
// it is transferred, the end moves to a new face and the old one is dead.

const { defineInterface } = require("web/interface");
const { DOMException } = require("web/dom-exception");
const { invalidArgument, invalidThis, missingArguments, withCode } = require("web/errors");
const { EventTarget, MessageEvent, dispatch, eventHandler, trust } = require("web/events");
const { cloneWithTransfer, transferList } = require("web/structured-clone");

const INTERNAL = Symbol("internal");
const onMessage = eventHandler("message");
const onMessageError = eventHandler("messageerror");

/** Longer than any process runs; the timer only keeps the event loop alive. */
const FOR_EVER_MS = 2 ** 31 - 1;

class ChannelEnd {
  constructor() {
    this.peer = null;
    this.queue = [];
    this.started = false;
    this.closed = false;
    this.face = null;
  }
  receive(message) {
    if (this.closed) return;
    this.queue.push(message);
    if (this.started) this.schedule();
  }
  schedule() {
    require("runtime/timers").setImmediate(() => this.deliver());
  }
  start() {
    if (this.started || this.closed) return;
    this.started = true;
    for (let count = this.queue.length; count > 0; count--) this.schedule();
  }
  deliver() {
    if (!this.started || this.queue.length === 0 || this.face === null) return;
    const { data, ports } = this.queue.shift();
    fire(this.face, { data, ports });
  }
  close() {
    this.closed = true;
    this.queue = [];
    if (this.peer !== null) this.peer.peer = null;
    this.peer = null;
  }
}

/** Keeps the event loop alive while asked to. */
class KeepAlive {
  constructor() {
    this.timer = null;
  }
  start() { this.timer ??= require("runtime/timers").setInterval(() => {}, FOR_EVER_MS); }
  stop() {
    if (this.timer === null) return;
    require("runtime/timers").clearInterval(this.timer);
    this.timer = null;
  }
}

function fire(target, init) {
  const event = new MessageEvent("message", init);
  trust(event);
  dispatch(target, event);
}

/** The transfer list of postMessage: an array, or the member of an options object. */
function transfersOf(argument) {
  if (argument === undefined || argument === null) return [];
  if (typeof argument === "object" && typeof argument[Symbol.iterator] === "function") {
    return [...argument];
  }
  return transferList(argument);
}

let endOf;
let makePort;
let detach;

class MessagePort extends EventTarget {
  #end;
  #keepAlive = new KeepAlive();
  #isUnreferenced = false;
  constructor(token, end) {
    if (token !== INTERNAL) {
      const error = new TypeError("Constructor cannot be called");
      throw withCode(error, "ERR_CONSTRUCT_CALL_INVALID");
    }
    super();
    this.#end = end;
    end.face = this;
  }
  get onmessage() { return onMessage.get(this); }
  set onmessage(value) {
    endOf(this, "onmessage");
    onMessage.set(this, value);
  }
  get onmessageerror() { return onMessageError.get(this); }
  set onmessageerror(value) { onMessageError.set(this, value); }
  postMessage(message, options = undefined) {
    const end = endOf(this, "postMessage");
    if (arguments.length === 0) throw missingArguments();
    const transfers = transfersOf(options);
    if (transfers.includes(this)) {
      throw new DOMException("Transfer list contains source port", "DataCloneError");
    }
    const { data, ports } = cloneWithTransfer(message, transfers);
    end?.peer?.receive({ data, ports });
  }
  start() { endOf(this, "start")?.start(); }
  close() {
    endOf(this, "close")?.close();
    this.#keepAlive.stop();
  }
  ref() {
    const end = endOf(this, "ref");
    this.#isUnreferenced = false;
    if (end !== null && !end.closed) this.#keepAlive.start();
  }
  unref() {
    this.#isUnreferenced = true;
    this.#keepAlive.stop();
  }
  hasRef() {
    const end = endOf(this, "hasRef");
    return end !== null && end.started && !end.closed && !this.#isUnreferenced;
  }
  static {
    endOf = (port, method) => {
      if (typeof port === "object" && port !== null && #end in port) return port.#end;
      if (method === undefined) return undefined;
      throw invalidThis("MessagePort", method);
    };
    makePort = (end) => new MessagePort(INTERNAL, end);
    detach = (port) => {
      port.#end = null;
      port.#keepAlive.stop();
    };
  }
}

class MessageChannel {
  #port1;
  #port2;
  constructor() {
    const first = new ChannelEnd();
    const second = new ChannelEnd();
    first.peer = second;
    second.peer = first;
    this.#port1 = makePort(first);
    this.#port2 = makePort(second);
  }
  get port1() { return this.#port1; }
  get port2() { return this.#port2; }
}

/** Whether a value is a port, attached or not. */
const isPort = (value) => endOf(value, undefined) !== undefined;
/** Whether a port still holds its end of a channel. */
const isAttached = (port) => endOf(port, undefined) !== null;

/** Whether a port's channel is open. */
function isActive(port) {
  const end = endOf(port, undefined);
  return end !== null && !end.closed;
}

/** Moves a port's end to a new port. */
function movePort(port) {
  const end = endOf(port, undefined);
  detach(port);
  end.started = false;
  return makePort(end);
}

/** Starts a port; anything else is left alone. */
function startPort(target) {
  endOf(target, undefined)?.start();
}

/** The next message that waits at a port, taken out of its queue; `undefined` without one. */
function receiveMessage(port) {
  return endOf(port, "receiveMessage")?.queue.shift();
}

// ---- BroadcastChannel

const channels = new Map();

class BroadcastChannel extends EventTarget {
  #name;
  #isClosed = false;
  #keepAlive = new KeepAlive();
  constructor(name) {
    if (arguments.length === 0) throw missingArguments();
    if (typeof name === "symbol") {
      throw invalidArgument("Cannot convert a symbol to a string");
    }
    super();
    this.#name = `${name}`;
    const members = channels.get(this.#name) ?? new Set();
    channels.set(this.#name, members.add(this));
  }
  get name() { return this.#name; }
  get onmessage() { return onMessage.get(this); }
  set onmessage(value) {
    onMessage.set(this, value);
    if (!this.#isClosed && onMessage.get(this) !== null) this.#keepAlive.start();
  }
  get onmessageerror() { return onMessageError.get(this); }
  set onmessageerror(value) { onMessageError.set(this, value); }
  postMessage(message) {
    if (arguments.length === 0) throw missingArguments();
    if (this.#isClosed) {
      throw new DOMException("This BroadcastChannel is closed", "InvalidStateError");
    }
    const members = [...channels.get(this.#name)].filter((member) => member !== this);
    if (members.length === 0) cloneWithTransfer(message, []);
    for (const member of members) {
      const { data } = cloneWithTransfer(message, []);
      require("runtime/timers").setImmediate(() => {
        if (!member.#isClosed) fire(member, { data });
      });
    }
  }
  close() {
    this.#isClosed = true;
    this.#keepAlive.stop();
    const members = channels.get(this.#name);
    members?.delete(this);
    if (members?.size === 0) channels.delete(this.#name);
  }
  ref() { if (!this.#isClosed) this.#keepAlive.start(); }
  unref() { this.#keepAlive.stop(); }
  [Symbol.for("nodejs.util.inspect.custom")](_depth, options) {
    const inside = { name: this.#name, active: !this.#isClosed };
    return `BroadcastChannel ${arguments[2](inside, options)}`;
  }
}

for (const constructor of [MessagePort, MessageChannel, BroadcastChannel]) {
  defineInterface(constructor);
}
Object.defineProperty(MessagePort, "length", { value: 0, configurable: true });

module.exports = {
  MessageChannel, MessagePort, BroadcastChannel, isPort, isActive, isAttached, movePort,
  receiveMessage, startPort,
};
