// Http2Stream: one exchange of a session, as a Duplex. Writes are copied to the protocol's state
// and are done when the windows have let them out; reading gives the peer room for more.
"use strict";

const { Duplex } = require("node/stream/duplex");
const { nextTick } = require("runtime/event-loop");
const { setImmediate } = require("runtime/immediates");
const { setTimeout, clearTimeout } = require("runtime/timers");
const { Buffer } = require("node/buffer");
const errors = require("node/errors");
const http2Errors = require("node/http2/errors");
const fields = require("node/http2/headers");
const { tell } = require("node/http2/channels");
const { Array, Object, Symbol } = globalThis;

const NO_ERROR = 0;
const INTERNAL_ERROR = 2;
const CANCEL = 8;
const CODE_MAX = 2 ** 32 - 1;
const EMPTY = Buffer.alloc(0);

const INNER = Symbol("state");
const OWNER = Symbol("session");

// How a closed stream tells the peer.
const SILENT = 0;
const WHEN_DONE = 1;
const AT_ONCE = 2;

// ---- Timeouts --------------------------------------------------------------------------------

/** A time without a sign of life, of a stream or a session. */
class Inactivity {
  constructor() {
    this.milliseconds = 0;
    this.timer = null;
  }

  set(owner, given, callback) {
    if (owner.destroyed) return;
    const milliseconds = checkedTimeout(given);
    if (callback !== undefined) errors.validateFunction(callback, "callback");
    this.clear();
    this.milliseconds = milliseconds;
    if (milliseconds === 0) {
      if (callback !== undefined) owner.removeListener("timeout", callback);
      return;
    }
    this.timer = setTimeout(() => owner.emit("timeout"), milliseconds).unref();
    if (callback !== undefined) owner.once("timeout", callback);
  }

  refresh() { this.timer?.refresh(); }

  clear() {
    clearTimeout(this.timer);
    this.timer = null;
  }
}

const TIMEOUT_MAX = 2 ** 31 - 1;

function checkedTimeout(value) {
  errors.validateNumber(value, "msecs");
  if (value < 0 || !globalThis.Number.isFinite(value)) {
    throw errors.ERR_OUT_OF_RANGE("msecs", "a non-negative finite number", value);
  }
  return value > TIMEOUT_MAX ? TIMEOUT_MAX : value;
}

const createTimeout = () => new Inactivity();

// ---- The stream ------------------------------------------------------------------------------

class StreamState {
  constructor() {
    this.id = undefined;
    this.isClosed = false;
    this.isAborted = false;
    this.hasSentHeaders = false;
    this.isHead = false;
    this.endsAfterHeaders = false;
    this.didRead = false;
    this.rstCode = NO_ERROR;
    this.unconsumed = 0;
    this.isGivenUp = false;
    this.hasToldOfClose = false;
    this.isPushed = false;
    this.queued = 0;
    this.callback = undefined;
    this.hasEnded = false;
    this.waitsForTrailers = false;
    this.trailersReady = false;
    this.sentHeaders = undefined;
    this.sentInfoHeaders = undefined;
    this.sentTrailers = undefined;
    this.timeout = createTimeout();
  }
}

class Http2Stream extends Duplex {
  constructor(session, options) {
    super({ ...options, allowHalfOpen: true, decodeStrings: false, autoDestroy: false });
    this.cork();
    // So that the first `_read` is a program's, not one that reads ahead.
    this._readableState.readingMore = true;
    this[OWNER] = session;
    this[INNER] = new StreamState();
    sessionState(session).pending.add(this);
  }

  /** The protocol knows the stream from now on. */
  begin(id) {
    const { pending, streams } = sessionState(this[OWNER]);
    this[INNER].id = id;
    pending.delete(this);
    streams.set(id, this);
    this.uncork();
    this.emit("ready");
  }

  get id() { return this[INNER].id; }
  get pending() { return this[INNER].id === undefined; }
  get session() { return this[OWNER]; }
  get scheme() { return this[INNER].sentHeaders?.[":scheme"] ?? "https"; }
  get closed() { return this[INNER].isClosed; }
  get aborted() { return this[INNER].isAborted; }
  get headRequest() { return this[INNER].isHead; }
  get headersSent() { return this[INNER].hasSentHeaders; }
  get endAfterHeaders() { return this[INNER].endsAfterHeaders; }
  get sentHeaders() { return this[INNER].sentHeaders; }
  get sentInfoHeaders() { return this[INNER].sentInfoHeaders; }
  get sentTrailers() { return this[INNER].sentTrailers; }
  get rstCode() { return this[INNER].rstCode; }
  get bufferSize() { return this[INNER].queued + this.writableLength; }

  get pushAllowed() {
    const { session } = this;
    return !this.destroyed && !this.closed && !session.closed && !session.destroyed &&
      session.remoteSettings.enablePush === true;
  }

  get state() {
    const known = this.pending ? undefined : nativeState(this);
    if (known === undefined) return {};
    const [state, localWindowSize, localClose, remoteClose] = known;
    return {
      localWindowSize, state, localClose, remoteClose, sumDependencyWeight: 0, weight: 16,
    };
  }

  setTimeout(milliseconds, callback) {
    this[INNER].timeout.set(this, milliseconds, callback);
    return this;
  }

  // Priorities have no effect in today's protocol.
  priority() {
    warnOfPriorities("http2Stream.priority is longer supported after priority signalling was " +
      "deprecated in RFC 9113");
  }

  // ---- Writing -------------------------------------------------------------------------------

  _write(chunk, encoding, callback) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk;
    writeBytes(this, bytes, callback, () => ({
      stream: this, writev: false, data: chunk, encoding,
    }));
  }

  _writev(chunks, callback) {
    const list = chunks.map(({ chunk, encoding }) =>
      typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk);
    const bytes = list.length === 1 ? list[0] : Buffer.concat(list);
    writeBytes(this, bytes, callback, () => {
      const isBytes = chunks.every(({ chunk }) => typeof chunk !== "string");
      const data = isBytes ? list : chunks.map(({ chunk, encoding }) => ({ chunk, encoding }));
      return { stream: this, writev: true, data, encoding: "" };
    });
  }

  _final(callback) {
    if (this.pending) {
      this.once("ready", () => this._final(callback));
      return;
    }
    const state = this[INNER];
    if (!state.hasSentHeaders && !this.closed) this.proceed();
    this.once("finish", () => this.maybeDestroy());
    callback();
    if (state.waitsForTrailers && !state.isGivenUp) askForTrailers(this);
    else sendEnd(this);
    if (!isServer(this) && !state.isPushed) tell(false, "bodySent", () => ({ stream: this }));
  }

  /** Ends with the chunk that waits, where it is the last. */
  endWithLastChunk() {
    const state = this[INNER];
    const { ending } = this._writableState;
    if (ending && !state.waitsForTrailers && this.writableLength === state.queued) sendEnd(this);
  }

  takeDrained() {
    const state = this[INNER];
    const { callback } = state;
    state.queued = 0;
    state.callback = undefined;
    state.timeout.refresh();
    callback?.();
  }

  sendTrailers(headers) {
    const state = this[INNER];
    if (this.destroyed || this.closed) throw http2Errors.ERR_HTTP2_INVALID_STREAM();
    if (state.sentTrailers !== undefined) throw http2Errors.ERR_HTTP2_TRAILERS_ALREADY_SENT();
    if (!state.trailersReady) throw http2Errors.ERR_HTTP2_TRAILERS_NOT_READY();
    checkObject(headers, "headers");
    const given = { ...headers };
    const sensitive = fields.sensitiveText(given);
    const text = fields.toText(given, fields.KINDS.trailers);
    state.sentTrailers = given;
    setImmediate(() => finishTrailers(this, text, sensitive));
  }

  // ---- Reading -------------------------------------------------------------------------------

  _read() {
    if (this.destroyed) {
      this.push(null);
      return;
    }
    const state = this[INNER];
    if (!state.didRead) this._readableState.readingMore = false;
    state.didRead = true;
    if (state.unconsumed === 0) return;
    consume(this, state.unconsumed);
    state.unconsumed = 0;
  }

  takeChunk(chunk) {
    const state = this[INNER];
    state.timeout.refresh();
    if (this._readableState.ended) consume(this, chunk.length);
    else if (this.push(chunk)) consume(this, chunk.length);
    else state.unconsumed += chunk.length;
  }

  takeEnd() {
    if (this.destroyed || this._readableState.ended) return;
    this.push(null);
    if (isServer(this) && this.readableFlowing === null) this.on("end", () => this.maybeDestroy());
    else if (!isServer(this)) this.read(0);
  }

  /** Either both sides have ended, or one has given up. */
  takeClosed(code) {
    if (this.destroyed) return;
    if (!this.closed) closeStream(this, code, SILENT);
    if (this._readableState.endEmitted || code !== NO_ERROR) {
      this.maybeDestroy(code);
      return;
    }
    this.on("end", () => this.maybeDestroy());
    if (!this._readableState.ended) this.push(null);
    // Nobody has asked for what came: it is let go, so that the stream can end.
    if (isServer(this) && !this[INNER].didRead && this.readableFlowing === null) this.resume();
    else this.read(0);
  }

  // ---- The end -------------------------------------------------------------------------------

  close(code = NO_ERROR, callback = undefined) {
    errors.validateInteger(code, "code", 0, CODE_MAX);
    if (callback !== undefined) errors.validateFunction(callback, "callback");
    if (this.closed) return;
    if (callback !== undefined) this.once("close", callback);
    closeStream(this, code, WHEN_DONE);
  }

  maybeDestroy(code = NO_ERROR) {
    if (code !== NO_ERROR) {
      this.destroy();
      return;
    }
    if (!this.writableFinished) return;
    if (!this.readable && this.closed) {
      this.destroy();
      return;
    }
    const { didRead } = this[INNER];
    if (isServer(this) && !this.closed && !didRead && this.readableFlowing === null) {
      // Later, so that responses can still be pushed.
      setImmediate(() => this.close());
    }
  }

  _destroy(error, callback) {
    const session = this[OWNER];
    const { destroyCode, goawayCode, pending, streams } = sessionState(session);
    const sessionCode = goawayCode || destroyCode;
    const state = this[INNER];
    let code = this.closed ? state.rstCode : sessionCode;
    if (error !== null && error !== undefined) {
      if (sessionCode) code = sessionCode;
      else code = error.name === "AbortError" ? CANCEL : INTERNAL_ERROR;
    }
    if (!this.closed) closeStream(this, code ?? NO_ERROR, this.pending ? SILENT : AT_ONCE);
    if (!this._readableState.ended) this.push(null);
    let reason = error;
    if (!error && code && code !== NO_ERROR && code !== CANCEL) {
      reason = http2Errors.streamError(code);
    }
    tellOfClose(this);
    if (reason) tell(isServer(this), "error", () => ({ stream: this, error: reason }));
    state.timeout.clear();
    state.callback = undefined;
    if (this.pending) pending.delete(this);
    else streams.delete(state.id);
    leave(session);
    callback(reason);
  }
}

// ---- Between the stream and its session ------------------------------------------------------

const sessionModule = () => require("node/http2/session");
const sessionState = (session) => session[sessionModule().STATE];
const isServer = (stream) => sessionState(stream[OWNER]).type === 0;

function leave(session) {
  nextTick(sessionModule().maybeDestroy, [session]);
}

function nativeState(stream) {
  return ops.streamState(sessionState(stream[OWNER]).number, stream.id);
}

function consume(stream, bytes) {
  const session = stream[OWNER];
  ops.consume(sessionState(session).number, stream.id, bytes);
  sessionModule().schedule(session);
}

function writeBytes(stream, bytes, callback, message) {
  if (stream.pending) {
    stream.once("ready", () => writeBytes(stream, bytes, callback, message));
    return;
  }
  // Only clients tell of what they send.
  if (!isServer(stream)) tell(false, "bodyChunkSent", message);
  const state = stream[INNER];
  if (!state.hasSentHeaders && !stream.closed) stream.proceed();
  if (state.isGivenUp || state.hasEnded) {
    callback();
    return;
  }
  const session = stream[OWNER];
  const { number, written } = sessionState(session);
  state.timeout.refresh();
  if (bytes.byteLength === 0) {
    callback();
    return;
  }
  state.queued = stream.writableLength;
  state.callback = callback;
  ops.data(number, state.id, bytes, false);
  written.add(stream);
  sessionModule().schedule(session);
}

function sendEnd(stream) {
  const state = stream[INNER];
  if (state.hasEnded || state.isGivenUp) return;
  state.hasEnded = true;
  const session = stream[OWNER];
  ops.data(sessionState(session).number, state.id, EMPTY, true);
  sessionModule().schedule(session);
}

function askForTrailers(stream) {
  const state = stream[INNER];
  state.trailersReady = true;
  if (!stream.emit("wantTrailers")) stream.sendTrailers({});
}

function finishTrailers(stream, text, sensitive) {
  const state = stream[INNER];
  if (stream.destroyed || state.hasEnded) return;
  if (text === "") {
    sendEnd(stream);
  } else {
    state.hasEnded = true;
    const session = stream[OWNER];
    ops.headers(sessionState(session).number, state.id, text, sensitive, true);
    sessionModule().schedule(session);
  }
  stream.maybeDestroy();
}

function tellOfClose(stream) {
  const state = stream[INNER];
  if (state.hasToldOfClose) return;
  state.hasToldOfClose = true;
  tell(isServer(stream), "close", () => ({ stream }));
}

function closeStream(stream, code, how) {
  const state = stream[INNER];
  state.isClosed = true;
  state.rstCode = code;
  state.timeout.clear();
  stream.removeAllListeners("timeout");
  // A stream that the peer has given up tells of it once it is destroyed.
  if (how !== SILENT || code === NO_ERROR) tellOfClose(stream);
  const { ending } = stream._writableState;
  // An end on the way would pass for a good one.
  if (code !== NO_ERROR || how !== WHEN_DONE) state.isGivenUp = true;
  if (!ending) {
    if (!stream.aborted) {
      state.isAborted = true;
      stream.emit("aborted");
    }
    stream.end();
  }
  // What still waits to be written is given up.
  const { callback } = state;
  state.callback = undefined;
  if (how === SILENT) {
    state.isGivenUp = true;
    callback?.();
    return;
  }
  const isDone = !ending || stream.writableFinished || code !== NO_ERROR || stream.destroyed;
  if (how === AT_ONCE || isDone) {
    state.isGivenUp = true;
    callback?.();
    reset(stream, code);
  } else {
    state.callback = callback;
    stream.once("finish", () => reset(stream, code));
  }
}

function reset(stream, code) {
  if (stream.pending) {
    stream.once("ready", () => reset(stream, code));
    return;
  }
  const session = stream[OWNER];
  const { id } = stream;
  nextTick(() => {
    const { number } = sessionState(session);
    ops.reset(number, id, code);
    // A stream the protocol has closed already tells nobody of it.
    const events = ops.events(number);
    if (events !== undefined) require("node/http2/native").dispatch(session, events, undefined);
    sessionModule().schedule(session);
  }, []);
}

let hasWarned = false;

/** Says once that priorities are a thing of the past. */
function warnOfPriorities(text) {
  if (hasWarned) return;
  hasWarned = true;
  globalThis.process.emitWarning(text, "DeprecationWarning", "DEP0194");
}

function checkObject(value, name, typeName = "Object") {
  if (value === undefined) return;
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw errors.ERR_INVALID_ARG_TYPE(name, typeName, value);
  }
}

// Internal methods do not show.
for (const name of [
  "begin", "endWithLastChunk", "takeDrained", "takeChunk", "takeEnd", "takeClosed", "maybeDestroy",
]) {
  Object.defineProperty(Http2Stream.prototype, name, { enumerable: false });
}

module.exports = { Http2Stream, INNER, OWNER, checkObject, createTimeout, warnOfPriorities };
