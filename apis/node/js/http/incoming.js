// IncomingMessage: a message as a Readable. Its header lines stay one text until they are asked
// for; reading follows the connection, which is paused while nobody takes the content.
"use strict";

const { Readable } = require("node/stream/readable");
const { nextTick } = require("runtime/event-loop");
const { addDistinct, addJoined, add } = require("node/http/header-lines");
const { linesOf } = require("node/http/parser");
const { Array, Object, Symbol } = globalThis;

const TEXT = Symbol("kHeadText");
const TEXT_FROM = Symbol("kHeadTextFrom");
const COUNT = Symbol("kHeadersCount");
const RAW = Symbol("kRawHeaders");
const HEADERS = Symbol("kHeaders");
const DISTINCT = Symbol("kHeadersDistinct");
const TRAILERS = Symbol("kTrailers");
const TRAILERS_DISTINCT = Symbol("kTrailersDistinct");
const TRAILERS_COUNT = Symbol("kTrailersCount");
const ABORT = Symbol("kAbortController");
const SHOULD_KEEP_ALIVE = Symbol("kReqShouldKeepAlive");

function readStart(socket) {
  if (socket && !socket._paused && socket.readable) socket.resume();
}

function readStop(socket) {
  if (socket) socket.pause();
}

function IncomingMessage(socket) {
  Readable.call(this, socket ? { highWaterMark: socket.readableHighWaterMark } : undefined);
  this._readableState.readingMore = true;
  this.socket = socket;
  this.httpVersionMajor = null;
  this.httpVersionMinor = null;
  this.httpVersion = null;
  this.complete = false;
  this[TEXT] = "";
  this[TEXT_FROM] = 0;
  this[COUNT] = 0;
  this[RAW] = null;
  this[HEADERS] = null;
  this[DISTINCT] = null;
  this[TRAILERS] = null;
  this[TRAILERS_DISTINCT] = null;
  this[TRAILERS_COUNT] = 0;
  this[ABORT] = null;
  this.rawTrailers = [];
  this.joinDuplicateHeaders = false;
  this.aborted = false;
  this.upgrade = null;
  this.url = "";
  this.method = null;
  this.statusCode = null;
  this.statusMessage = null;
  this.client = socket;
  this._consuming = false;
  this._dumped = false;
}
Object.setPrototypeOf(IncomingMessage.prototype, Readable.prototype);
Object.setPrototypeOf(IncomingMessage, Readable);

function rawHeadersOf(message) {
  if (message[RAW] !== null) return message[RAW];
  const lines = linesOf(message[TEXT], message[TEXT_FROM]);
  const count = message[COUNT];
  if (lines.length > count) lines.length = count;
  message[TEXT] = "";
  message[TEXT_FROM] = 0;
  return (message[RAW] = lines);
}

const accessors = {
  connection: {
    get() { return this.socket; },
    set(value) { this.socket = value; },
  },
  rawHeaders: {
    get() { return rawHeadersOf(this); },
    set(value) { this[RAW] = value; },
  },
  headers: {
    get() {
      if (this[HEADERS] !== null) return this[HEADERS];
      return (this[HEADERS] = addJoined({}, rawHeadersOf(this), this.joinDuplicateHeaders));
    },
    set(value) { this[HEADERS] = value; },
  },
  headersDistinct: {
    get() {
      if (this[DISTINCT] !== null) return this[DISTINCT];
      return (this[DISTINCT] = addDistinct(Object.create(null), rawHeadersOf(this)));
    },
    set(value) { this[DISTINCT] = value; },
  },
  trailers: {
    get() {
      if (this[TRAILERS] !== null) return this[TRAILERS];
      return (this[TRAILERS] = addJoined({}, this.rawTrailers, this.joinDuplicateHeaders));
    },
    set(value) { this[TRAILERS] = value; },
  },
  trailersDistinct: {
    get() {
      if (this[TRAILERS_DISTINCT] !== null) return this[TRAILERS_DISTINCT];
      const distinct = addDistinct(Object.create(null), this.rawTrailers);
      return (this[TRAILERS_DISTINCT] = distinct);
    },
    set(value) { this[TRAILERS_DISTINCT] = value; },
  },
  signal: {
    get() {
      if (this[ABORT] === null) {
        this[ABORT] = new globalThis.AbortController();
        if (this.destroyed) this[ABORT].abort();
      }
      return this[ABORT].signal;
    },
  },
};

const methods = {
  setTimeout(milliseconds, callback) {
    if (callback) this.on("timeout", callback);
    this.socket.setTimeout(milliseconds);
    return this;
  },
  _read() {
    if (!this._consuming) {
      this._readableState.readingMore = false;
      this._consuming = true;
    }
    if (this.socket.readable) readStart(this.socket);
  },
  _destroy(error, callback) {
    this[ABORT]?.abort();
    if (!this.readableEnded || !this.complete) {
      this.aborted = true;
      this.emit("aborted");
    }
    const { socket } = this;
    if (!socket || socket.destroyed || !this.aborted) {
      nextTick(destroyed, [this, error, callback]);
      return;
    }
    socket.destroy(error);
    const cleanup = require("node/stream/end-of-stream").finished(socket, (failure) => {
      const other = failure?.code === "ERR_STREAM_PREMATURE_CLOSE" ? null : failure;
      cleanup();
      nextTick(destroyed, [this, error || other, callback]);
    });
  },
  // Internal: the lines of a head, as one text.
  _takeHead(text, from, count) {
    this[TEXT] = text;
    this[TEXT_FROM] = from;
    this[COUNT] = count;
    if (this._addHeaderLine !== methods._addHeaderLine) {
      this._addHeaderLines(linesOf(text, from), count);
    }
  },
  _addHeaderLines(lines, count) {
    if (!lines?.length) return;
    const taken = Array.isArray(lines) ? lines : Array.from(lines);
    let target;
    if (this.complete) {
      this.rawTrailers = taken;
      this[TRAILERS_COUNT] = count;
      target = this[TRAILERS];
    } else {
      this[RAW] = taken;
      this[COUNT] = count;
      target = this[HEADERS];
    }
    if (target === null) return;
    for (let index = 0; index < count; index += 2) {
      this._addHeaderLine(taken[index], taken[index + 1], target);
    }
  },
  _addHeaderLine(field, value, target) {
    add(target, field, value, this.joinDuplicateHeaders);
  },
  _addHeaderLineDistinct(field, value, target) {
    addDistinct(target, [field, value]);
  },
  _dumpAndCloseReadable() {
    this._dumped = true;
    const state = this._readableState;
    state.ended = true;
    state.endEmitted = true;
    state.destroyed = true;
    state.closed = true;
    state.closeEmitted = true;
  },
  _dump() {
    if (this._dumped) return;
    this._dumped = true;
    this.removeAllListeners("data");
    this.resume();
  },
};

// A message nobody listens to for errors ends without one.
function destroyed(message, error, callback) {
  if (message.listenerCount("error") === 0) callback();
  else callback(error);
}

for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(IncomingMessage.prototype, name, {
    value, writable: true, enumerable: true, configurable: true,
  });
}
for (const [name, accessor] of Object.entries(accessors)) {
  Object.defineProperty(IncomingMessage.prototype, name, {
    ...accessor, enumerable: true, configurable: true,
  });
}

module.exports = {
  IncomingMessage, kReqShouldKeepAlive: SHOULD_KEEP_ALIVE, readStart, readStop,
};
