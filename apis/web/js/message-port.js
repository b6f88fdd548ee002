"use strict";
// MessageChannel and MessagePort. A port is one end of a channel behind a face; when it is
// transferred, the end moves to a new face and the old one is dead. Inside one thread a message is
// copied when it is posted and delivered as a task of its own; the ends of a channel become ones
// of native code once either leaves the thread.

const asyncContext = require("runtime/async-context");
const { defineInterface, refuseCalls } = require("web/interface");
const { DOMException } = require("web/dom-exception");
const { invalidArgument, invalidThis, missingArguments, withCode } = require("web/errors");
const {
  EventTarget, dispatch, eventHandler, hasListeners, messageEvent, trustedEvent,
} = require("web/events");
const { cloneWithTransfer, transferList } = require("web/structured-clone");

const INTERNAL = Symbol("internal");
const NOT_CONSTRUCTED = "Constructor cannot be called";
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
    // Whether the peer has closed and the port was not told.
    this.isOrphan = false;
  }
  post(value, transfers) {
    const message = cloneWithTransfer(value, transfers);
    this.peer?.receive(message);
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
    if (this.isOrphan) this.schedulePeerClosed();
  }
  take() { return this.queue.shift(); }
  deliver() {
    if (!this.started || this.queue.length === 0 || this.face === null) return;
    this.face.receive(this.queue.shift());
  }
  close() {
    this.closed = true;
    this.queue = [];
    const { peer } = this;
    if (peer === null) return;
    peer.peer = null;
    this.peer = null;
    peer.peerHasClosed();
  }
  // Nobody may hear of it: what nothing else holds is not held for that, nor what waits in it.
  peerHasClosed() {
    this.isOrphan = true;
    if (this.face?.isHeard()) this.schedulePeerClosed();
  }
  schedulePeerClosed() {
    this.isOrphan = false;
    require("runtime/timers").setImmediate(() => {
      // What was sent before comes first.
      if (this.started && this.queue.length > 0) return this.schedulePeerClosed();
      this.closed = true;
      this.face?.ended(null);
    });
  }
  /** Takes the end, and with it the channel, to native code; its number there. */
  leave() {
    const { pair, post, RemoteEnd } = require("web/worker/ends");
    const [own, other] = pair();
    for (const { data, ports } of this.queue) post(other, data, ports);
    const { peer } = this;
    const remote = new RemoteEnd(other, peer === null ? [] : peer.queue);
    if (peer === null) remote.close();
    else if (peer.face !== null) replaceEnd(peer.face, remote, peer.started);
    this.closed = true;
    return own;
  }
}

/** Keeps the event loop alive while asked to. */
class KeepAlive {
  constructor() {
    this.timer = null;
  }
  get isOn() { return this.timer !== null; }
  start() { this.timer ??= require("runtime/timers").realInterval(FOR_EVER_MS); }
  stop() {
    if (this.timer === null) return;
    require("runtime/timers").realClear(this.timer);
    this.timer = null;
  }
}

function fire(target, { data, ports, failed }) {
  // Messages carry no async context, wherever they come from.
  asyncContext.current = undefined;
  const type = failed === undefined ? "message" : "messageerror";
  dispatch(target, messageEvent(type, data, ports));
}

/** The transfer list of postMessage: an array, or the member of an options object. */
function transfersOf(argument) {
  if (argument === undefined || argument === null) return [];
  if (typeof argument === "object" && typeof argument[Symbol.iterator] === "function") {
    return [...argument];
  }
  if (typeof argument !== "object" && typeof argument !== "function") {
    throw invalidArgument("Optional transferList argument must be an iterable");
  }
  return transferList(argument);
}

let endOf;
let makePort;
let detach;
let replaceEnd;

class MessagePort extends EventTarget {
  #end;
  #keepAlive = new KeepAlive();
  #isUnreferenced = false;
  // Counted by listeners of node:worker_threads.
  #isHeld = false;
  // Gets the messages in place of the port's own listeners.
  #receiver = null;
  constructor(token, end) {
    if (token !== INTERNAL) {
      throw withCode(new TypeError(NOT_CONSTRUCTED), "ERR_CONSTRUCT_CALL_INVALID");
    }
    super();
    this.#adopt(end);
  }
  #adopt(end) {
    this.#end = end;
    end.face = {
      port: this,
      receive: (message) => {
        if (this.#receiver === null) fire(this, message);
        else this.#receiver(message);
      },
      ended: () => this.#ended(),
      isHeard: () => end.started || this.#keepAlive.isOn || hasListeners(this, "close"),
    };
  }
  #ended() {
    this.#keepAlive.stop();
    dispatch(this, trustedEvent("close"));
  }
  // An end that other threads send to keeps the event loop alive while somebody listens.
  #reference() {
    const end = this.#end;
    if (end === null || end.closed || this.#isUnreferenced) return;
    if (this.#isHeld || ("number" in end && end.started)) this.#keepAlive.start();
  }
  get onmessage() { return onMessage.get(this); }
  set onmessage(value) {
    const end = endOf(this, "onmessage");
    const had = onMessage.get(this) !== null;
    onMessage.set(this, typeof value === "function" ? value : null);
    // Without a handler nobody holds the event loop open for messages.
    if (had && onMessage.get(this) === null && end !== null && "number" in end) {
      end.started = false;
      this.#keepAlive.stop();
    }
  }
  get onmessageerror() { return onMessageError.get(this); }
  set onmessageerror(value) { onMessageError.set(this, value); }
  postMessage(message, options = undefined) {
    const end = endOf(this, "postMessage");
    if (arguments.length === 0) throw missingArguments();
    const transfers = transfersOf(options);
    if (transfers.length > 0 && transfers.includes(this)) {
      throw new DOMException("Transfer list contains source port", "DataCloneError");
    }
    if (end === null || end.closed) cloneWithTransfer(message, transfers);
    else end.post(message, transfers);
  }
  start() {
    endOf(this, "start")?.start();
    this.#reference();
  }
  close() {
    const end = endOf(this, "close");
    this.#keepAlive.stop();
    if (end === null || end.closed) return;
    end.close();
    require("runtime/timers").setImmediate(() => this.#ended());
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
      port.#end.face = null;
      port.#end = null;
      port.#keepAlive.stop();
    };
    replaceEnd = ({ port }, end, isStarted) => {
      port.#adopt(end);
      if (!isStarted) return;
      end.start();
      port.#reference();
    };
    module.exports.handTo = (port, receiver) => {
      port.#receiver = receiver;
      port.start();
    };
    module.exports.hold = (port, isHeld) => {
      port.#isHeld = isHeld;
      if (isHeld) port.#reference();
      else if (!port.#isUnreferenced) port.#keepAlive.stop();
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

/** Takes a port's end out of this thread; its number. */
function exportEnd(port) {
  const end = endOf(port, undefined);
  detach(port);
  return end.leave();
}

/** A port over an end that native code has under a number. */
function adoptEnd(number) {
  const { RemoteEnd } = require("web/worker/ends");
  return makePort(new RemoteEnd(number));
}

/** Starts a port; anything else is left alone. */
function startPort(target) {
  if (endOf(target, undefined) !== undefined) target.start();
}

/** Somebody listens for a port's end, which may have come before. */
function tellOfEnd(target) {
  const end = endOf(target, undefined);
  if (end instanceof ChannelEnd && end.isOrphan) end.schedulePeerClosed();
}

/** The next message that waits at a port, taken out of its queue; `undefined` without one. */
function receiveMessage(port) {
  return endOf(port, "receiveMessage")?.take();
}

for (const constructor of [MessagePort, MessageChannel]) defineInterface(constructor);
Object.defineProperty(MessagePort, "length", { value: 0, configurable: true });

const NEEDS_NEW = "Use `new MessageChannel(...)` instead of `MessageChannel(...)`";
const callable = {
  MessageChannel: refuseCalls(MessageChannel, "ERR_CONSTRUCT_CALL_REQUIRED", NEEDS_NEW),
  MessagePort: refuseCalls(MessagePort, "ERR_CONSTRUCT_CALL_INVALID", NOT_CONSTRUCTED),
};

Object.assign(module.exports, {
  ...callable, KeepAlive, adoptEnd, exportEnd, fire, isActive,
  isAttached, isPort, movePort, onMessage, onMessageError, receiveMessage, startPort, tellOfEnd,
  transfersOf,
});
