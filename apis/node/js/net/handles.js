// Handles: sockets and listeners as native code has them, by number.
//
// What happens to them comes in one batch a turn, three words an event: whose, what, a number.
// Small pieces of input are copied into a slab that many chunks share; large ones have memory of
// their own. Invariant: a number stays a handle's until its `closed` event has been seen.
"use strict";

const { ArrayBuffer, Int32Array, Math, Uint8Array } = globalThis;
const asyncContext = require("runtime/async-context");
const { afterCallback, reportUncaught, state } = require("runtime/event-loop");
const { setImmediate } = require("runtime/immediates");
const { FastBuffer } = require("node/buffer-class");

const SLOT_ENDED = 8;

// What happens, in the words of apis/node/src/net/inbox.rs.
const CONNECTED = 0;
const ACCEPTED = 1;
const RECEIVED = 2;
const RECEIVED_LARGE = 3;
const ENDED = 4;
const SENT = 5;
const CLOSED = 6;
const MESSAGE = 7;

// The number of a handle that has no socket yet: it names none.
const NO_SOCKET = 0xFFFFFFFF;

const PIECES_MAX = 64;
const UNTOUCHED_ENCODINGS = { "utf8": 1, "utf-8": 1, "latin1": 2, "binary": 2, "ascii": 2 };

const HEADER_WORDS = 1;
const EVENT_WORDS = 3;
const SLAB_BYTES = 16384;

const handles = [];
let words;
let slab = new Uint8Array(0);
let slabUsed = 0;

// What an event calls, where whoever made the handle has not said yet what it is for.
const NOTHING = {
  connected() {}, accepted() {}, received() {}, ended() {}, sent() {}, message() {},
};

function gather(bytes) {
  if (bytes > slab.length - slabUsed) {
    slab = new Uint8Array(Math.max(SLAB_BYTES, bytes));
    slabUsed = 0;
  }
  ops.netGather(slab, slabUsed);
  slabUsed += bytes;
}

function largeChunk(number, bytes) {
  const chunk = new FastBuffer(new ArrayBuffer(bytes), 0, bytes);
  ops.netLarge(number, chunk);
  return chunk;
}

function take(count) {
  const gathered = words[0];
  if (gathered > 0) gather(gathered);
  const { buffer } = slab;
  let at = slabUsed - gathered;
  let large = 0;
  for (let index = 0, base = HEADER_WORDS; index < count; index++, base += EVENT_WORDS) {
    const handle = handles[words[base]];
    const what = words[base + 1];
    const value = words[base + 2];
    let chunk;
    if (what === RECEIVED) {
      chunk = new FastBuffer(buffer, at, value);
      at += value;
    } else if (what === RECEIVED_LARGE) {
      chunk = largeChunk(large++, value);
    }
    asyncContext.current = handle.context;
    try {
      deliver(handle, what, value, chunk);
    } catch (error) {
      reportUncaught(error);
    }
    if (!afterCallback() && state[SLOT_ENDED] !== 0) return;
  }
}

function deliver(handle, what, value, chunk) {
  if (what === CLOSED) return handle.finish();
  if (handle.isClosed) {
    if (what !== ACCEPTED) return undefined;
    // No other process can take the connection any more.
    if (handle.isShared) return handle.events.accepted(handle, new handle.Accepted(value));
    return ops.netClose(new Handle(value).index);
  }
  switch (what) {
    case RECEIVED:
    case RECEIVED_LARGE:
      handle.bytesRead += chunk.length;
      return handle.events.received(handle, chunk);
    case SENT: return handle.events.sent(handle, -value);
    case ENDED: return handle.events.ended(handle, -value);
    case MESSAGE: return deliverMessage(handle, value);
    case CONNECTED: return handle.events.connected(handle, -value);
    default: return handle.events.accepted(handle, new handle.Accepted(value));
  }
}

function deliverMessage(handle, number) {
  const [bytes, sender] = ops.netMessage(number);
  const message = new FastBuffer(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  handle.events.message(handle, message, sender);
}

/** A socket or a listener. `events` is what its owner does when something happens to it. */
class Handle {
  constructor(index) {
    words ??= new Int32Array(ops.netAttach(take));
    this.index = index;
    this.owner = null;
    this.events = NOTHING;
    this.context = asyncContext.current;
    this.reading = false;
    this.bytesRead = 0;
    this.bytesWritten = 0;
    this.isClosed = false;
    this.isReferenced = true;
    // Whether other processes may have the descriptor too.
    this.isShared = false;
    this.afterClose = undefined;
    if (index !== NO_SOCKET) handles[index] = this;
  }

  get Accepted() { return this.constructor; }
  get fd() { return this.isClosed ? -1 : ops.netDescriptor(this.index); }
  get writeQueueSize() { return this.isClosed ? 0 : ops.netUnsent(this.index); }

  accept() { ops.netAccept(this.index); }

  readStart() {
    this.reading = true;
    ops.netRead(this.index, true);
    return 0;
  }

  readStop() {
    this.reading = false;
    ops.netRead(this.index, false);
    return 0;
  }

  /**
   * Writes bytes or text: zero where the kernel has taken all of it, one where `sent` follows, an
   * error below zero.
   */
  write(chunk, encoding) {
    if (typeof chunk !== "string") {
      this.bytesWritten += chunk.byteLength;
      return ops.netWrite(this.index, chunk);
    }
    const { Buffer } = require("node/buffer");
    switch (UNTOUCHED_ENCODINGS[encoding]) {
      case 1:
        this.bytesWritten += Buffer.byteLength(chunk);
        return ops.netWrite(this.index, chunk, false);
      case 2:
        this.bytesWritten += chunk.length;
        return ops.netWrite(this.index, chunk, true);
      default: {
        const bytes = Buffer.from(chunk, encoding);
        this.bytesWritten += bytes.length;
        return ops.netWrite(this.index, bytes);
      }
    }
  }

  /** As write, of a Writable's buffered chunks: they leave together. */
  writePieces(data) {
    const pieces = [];
    for (let index = 0; index < data.length; index++) {
      const bytes = toBytes(data[index]);
      this.bytesWritten += bytes.byteLength;
      pieces.push(bytes);
    }
    if (pieces.length > PIECES_MAX) {
      return ops.netWrite(this.index, require("node/buffer").Buffer.concat(pieces));
    }
    return ops.netWritePieces(this.index, ...pieces);
  }

  shutdown() { return ops.netShutdown(this.index); }

  ref() {
    if (this.isClosed || this.isReferenced) return;
    this.isReferenced = true;
    ops.netReference(this.index, true);
  }

  unref() {
    if (this.isClosed || !this.isReferenced) return;
    this.isReferenced = false;
    ops.netReference(this.index, false);
  }

  hasRef() { return !this.isClosed && this.isReferenced; }

  close(callback) {
    if (this.isClosed) return;
    this.isClosed = true;
    this.afterClose = callback;
    if (this.index === NO_SOCKET) setImmediate(() => this.finish());
    else ops.netClose(this.index);
  }

  /** As close, but the peer sees a reset. */
  reset(callback) {
    if (this.isClosed) return 0;
    if (this.index === NO_SOCKET) {
      this.close(callback);
      return 0;
    }
    this.isClosed = true;
    this.afterClose = callback;
    return ops.netReset(this.index);
  }

  /** Another process is about to be sent the descriptor. */
  share() {
    if (this.isShared || this.isClosed) return;
    this.isShared = true;
    ops.netShare(this.index);
  }

  /** The descriptor, which is the program's from now on. */
  giveUp() {
    if (this.isClosed) return -1;
    this.isClosed = true;
    return ops.netGiveUp(this.index);
  }

  finish() {
    if (this.index !== NO_SOCKET) handles[this.index] = undefined;
    const { afterClose } = this;
    this.afterClose = undefined;
    this.events = NOTHING;
    this.owner = null;
    if (afterClose !== undefined) afterClose();
  }
}

function toBytes({ chunk, encoding }) {
  return typeof chunk === "string" ? require("node/buffer").Buffer.from(chunk, encoding) : chunk;
}

function putName(name, out) {
  if (typeof name === "number") return name;
  if (typeof name === "string") return 0;
  out.family = name[1] === 4 ? "IPv4" : "IPv6";
  out.address = name[0];
  out.port = name[2];
  return 0;
}

class TCP extends Handle {
  /** A handle whose socket is made once the family is known. */
  static detached() { return new TCP(NO_SOCKET); }

  /** Makes the socket; the error below zero where there can be none. */
  open(family) {
    const index = ops.netOpen(family);
    if (index < 0) return index;
    this.index = index;
    handles[index] = this;
    if (!this.isReferenced) ops.netReference(index, false);
    return 0;
  }

  static listen(address, port, backlog, sharesPort, onlyIpv6) {
    return made(ops.netListen(address, port, backlog, sharesPort, onlyIpv6), TCP);
  }

  bind(address, port) { return ops.netBind(this.index, address, port); }
  connect(address, port) { return ops.netConnect(this.index, address, port); }
  listenOn(backlog) { return ops.netListenOn(this.index, backlog); }
  setNoDelay(on) { return ops.netNoDelay(this.index, on); }
  setKeepAlive(on, seconds) { return ops.netKeepAlive(this.index, on, seconds); }
  setTypeOfService(value) { return ops.netServiceType(this.index, value); }
  getTypeOfService() { return ops.netServiceType(this.index); }
  getsockname(out) { return putName(ops.netOwnName(this.index), out); }
  getpeername(out) { return putName(ops.netPeerName(this.index), out); }
}

class Pipe extends Handle {
  static connect(path) { return made(ops.netConnectLocal(path), Pipe); }
  static listen(path, backlog) { return made(ops.netListenLocal(path, backlog), Pipe); }

  listenOn(backlog) { return ops.netListenOn(this.index, backlog); }
}

class UDP extends Handle {
  static open(address, port, flags) { return made(ops.udpOpen(address, port, flags), UDP); }

  connect(address, port) { return ops.udpConnect(this.index, address, port); }
  disconnect() { return ops.udpConnect(this.index); }
  send(message, address, port) { return ops.udpSend(this.index, message, address, port); }
  setBroadcast(on) { return ops.udpBroadcast(this.index, on); }
  setTTL(hops) { return ops.udpHops(this.index, hops); }
  setMulticastTTL(hops) { return ops.udpMulticastHops(this.index, hops); }
  setMulticastLoopback(on) { return ops.udpMulticastLoop(this.index, on); }
  setMulticastInterface(address) { return ops.udpMulticastInterface(this.index, address); }
  changeMembership(group, at, joins) { return ops.udpMembership(this.index, group, at, joins); }

  changeSourceMembership(source, group, at, joins) {
    return ops.udpSourceMembership(this.index, source, group, at, joins);
  }

  bufferSize(isReceive, size) { return ops.udpBufferSize(this.index, isReceive, size); }
  getsockname(out) { return putName(ops.netOwnName(this.index), out); }
  getpeername(out) { return putName(ops.netPeerName(this.index), out); }
}

// The handle of a number, or the error below zero.
function made(index, Class) {
  return index < 0 ? index : new Class(index);
}

/** What a descriptor is: "TCP", "PIPE", "FILE", "TTY", "UDP" or "UNKNOWN". */
function kindOf(descriptor) {
  return ops.netKind(descriptor);
}

/** The handle of a descriptor of the program's, or the error below zero. */
function adopt(descriptor, Class) {
  const handle = made(ops.netAdopt(descriptor), Class);
  if (typeof handle !== "number") handle.isShared = true;
  return handle;
}

/** The name of a pipe's listener. */
function nameOf(handle) {
  return ops.netOwnName(handle.index);
}

/** By this a socket of node:dgram tells its handle. */
const NATIVE = globalThis.Symbol("native handle");

module.exports = { Handle, NATIVE, TCP, Pipe, UDP, adopt, kindOf, nameOf };
