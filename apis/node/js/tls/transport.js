// What carries the records of a TLS connection: a handle of node:net, or any Duplex.
//
// A transport tells its `listener` what happens: `received(chunk)`, `ended(errno)`,
// `sent(errno)`, `broken(error)`.
"use strict";

const handles = require("node/net/handles");
const { nextTick } = require("runtime/event-loop");
const { Buffer } = require("node/buffer");

const WRITES_LATER = 1;

/** Over a handle. Where a socket had it, closing the transport destroys that socket. */
class HandleTransport {
  constructor(handle, parent) {
    this.handle = handle;
    this.parent = parent;
    this.listener = null;
    handle.owner = this;
    handle.events = HandleTransport.EVENTS;
  }

  static EVENTS = {
    connected() {}, accepted() {}, message() {},
    received({ owner }, chunk) { owner.listener.received(chunk); },
    ended({ owner }, errno) { owner.listener.ended(errno); },
    sent({ owner }, errno) { owner.listener.sent(errno); },
  };

  get unsent() { return this.handle.writeQueueSize; }

  flush(channel) { return ops.tlsFlush(channel, this.handle.index); }
  readStart() { if (!this.handle.isClosed) this.handle.readStart(); }
  readStop() { if (!this.handle.isClosed) this.handle.readStop(); }
  shutdown() { return this.handle.shutdown(); }
  ref() { this.handle.ref(); }
  unref() { this.handle.unref(); }
  hasRef() { return this.handle.hasRef(); }

  close(callback) {
    if (this.parent === null) this.handle.close(callback);
    else closeParent(this.parent, callback);
  }

  reset(callback) {
    if (this.parent === null) return this.handle.reset(callback);
    closeParent(this.parent, callback);
    return 0;
  }
}

function closeParent(parent, callback) {
  if (callback !== undefined) {
    if (parent.closed) nextTick(callback, []);
    else parent.once("close", callback);
  }
  parent.destroy();
}

/** Over a stream that is no socket. */
class StreamTransport {
  constructor(stream) {
    this.handle = null;
    this.stream = stream;
    this.listener = null;
    this.unsent = 0;
    stream.on("data", (chunk) => this.listener.received(asBytes(chunk)));
    stream.on("end", () => this.listener.ended(0));
    stream.on("error", (error) => this.listener.broken(error));
    stream.on("close", () => this.listener.broken(undefined));
    stream.pause?.();
  }

  flush(channel) {
    const records = ops.tlsRecords(channel);
    if (records === undefined || this.stream.destroyed) return 0;
    this.unsent += records.length;
    const written = Buffer.from(records.buffer, records.byteOffset, records.byteLength);
    this.stream.write(written, (error) => {
      this.unsent -= records.length;
      if (!error) this.listener.sent(0);
    });
    return WRITES_LATER;
  }

  readStart() { this.stream.resume(); }
  readStop() { this.stream.pause(); }

  shutdown() {
    this.stream.end();
    return 0;
  }

  ref() { this.stream.ref?.(); }
  unref() { this.stream.unref?.(); }
  hasRef() { return true; }
  close(callback) { closeParent(this.stream, callback); }

  reset(callback) {
    this.close(callback);
    return 0;
  }
}

function asBytes(chunk) {
  return typeof chunk === "string" ? Buffer.from(chunk) : chunk;
}

/** What carries the records of a socket that is connected, or of a stream. */
function transportOf(stream) {
  const handle = stream._handle;
  if (handle instanceof handles.Handle) return new HandleTransport(handle, stream);
  return new StreamTransport(stream);
}

module.exports = { HandleTransport, StreamTransport, transportOf };
