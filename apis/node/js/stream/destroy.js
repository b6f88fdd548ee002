// How streams of both directions are constructed later, fail, and are destroyed: 'error' and then
// 'close', once each, on the next tick. A duplex keeps both of its states in step.
"use strict";

const {
  STATE, ERROR_EMITTED, AUTO_DESTROY, EMIT_CLOSE, DESTROYED, CLOSED, CLOSE_EMITTED, ERRORED,
  CONSTRUCTED,
} = require("node/stream/flags");
const { abortError, aggregate, multipleCallback } = require("node/stream/errors");
const { IS_DESTROYED, isDestroyed, isFinished, isServerRequest } = require("node/stream/status");
const { nextTick } = require("runtime/event-loop");
const { Symbol } = globalThis;

/** Events of the streams' own: construction ended, for the states and for a destroy that waits. */
const CONSTRUCT = Symbol("kConstruct");
const DESTROY = Symbol("kDestroy");

/** Whether `bit` is set in either state. */
function eitherHas(stream, bit) {
  const readable = stream._readableState;
  const writable = stream._writableState;
  return Boolean((writable && (writable[STATE] & bit) !== 0) ||
    (readable && (readable[STATE] & bit) !== 0));
}

function setBoth(stream, bit) {
  const readable = stream._readableState;
  const writable = stream._writableState;
  if (writable) writable[STATE] |= bit;
  if (readable) readable[STATE] |= bit;
}

/** Keeps the first error in both states. */
function noteError(stream, error) {
  if (!error) return;
  const readable = stream._readableState;
  const writable = stream._writableState;
  if (writable && !writable.errored) writable.errored = error;
  if (readable && !readable.errored) readable.errored = error;
}

function destroy(error, callback) {
  if (eitherHas(this, DESTROYED)) {
    if (typeof callback === "function") callback();
    return this;
  }
  // Marked first, so that a callback which destroys again finds it done.
  noteError(this, error);
  setBoth(this, DESTROYED);
  const state = this._writableState || this._readableState;
  if ((state[STATE] & CONSTRUCTED) === 0) {
    this.once(DESTROY, function (failure) {
      runDestroy(this, aggregate(failure, error), callback);
    });
  } else {
    runDestroy(this, error, callback);
  }
  return this;
}

function runDestroy(stream, error, callback) {
  let called = false;
  function onDestroyed(failure) {
    if (called) return;
    called = true;
    noteError(stream, failure);
    setBoth(stream, CLOSED);
    if (typeof callback === "function") callback(failure);
    if (failure) nextTick(emitErrorAndClose, [stream, failure]);
    else nextTick(emitClose, [stream]);
  }
  try {
    stream._destroy(error || null, onDestroyed);
  } catch (thrown) {
    onDestroyed(thrown);
  }
}

function emitErrorAndClose(stream, error) {
  emitError(stream, error);
  emitClose(stream);
}

function emitClose(stream) {
  setBoth(stream, CLOSE_EMITTED);
  if (eitherHas(stream, EMIT_CLOSE)) stream.emit("close");
}

function emitError(stream, error) {
  if (eitherHas(stream, ERROR_EMITTED)) return;
  setBoth(stream, ERROR_EMITTED);
  stream.emit("error", error);
}

/** Makes a destroyed stream as good as new, for sockets that connect again. */
function undestroy() {
  const readable = this._readableState;
  const writable = this._writableState;
  for (const state of [readable, writable]) {
    if (!state) continue;
    state.constructed = true;
    state.destroyed = false;
    state.closed = false;
    state.closeEmitted = false;
    state.errored = null;
    state.errorEmitted = false;
  }
  if (readable) {
    readable.reading = false;
    readable.ended = readable.readable === false;
    readable.endEmitted = readable.readable === false;
  }
  if (writable) {
    writable.finalCalled = false;
    writable.prefinished = false;
    writable.ended = writable.writable === false;
    writable.ending = writable.writable === false;
    writable.finished = writable.writable === false;
  }
}

const isStateDestroyed =
  (state) => Boolean(state && (state[STATE] ? (state[STATE] & DESTROYED) !== 0 : state.destroyed));

/** Fails a stream: by destroying it, or where that is turned off by 'error' alone. */
function errorOrDestroy(stream, error, sync) {
  if (isStateDestroyed(stream._writableState) || isStateDestroyed(stream._readableState)) return;
  if (eitherHas(stream, AUTO_DESTROY)) {
    stream.destroy(error);
  } else if (error) {
    noteError(stream, error);
    if (sync) nextTick(emitError, [stream, error]);
    else emitError(stream, error);
  }
}

/** Runs `_construct` on the next tick; `callback` goes on when it has ended well. */
function construct(stream, callback) {
  if (typeof stream._construct !== "function") return;
  for (const state of [stream._readableState, stream._writableState]) {
    if (state) state[STATE] &= ~CONSTRUCTED;
  }
  stream.once(CONSTRUCT, callback);
  // A class may have called both constructors.
  if (stream.listenerCount(CONSTRUCT) > 1) return;
  nextTick(runConstruct, [stream]);
}

function runConstruct(stream) {
  let called = false;
  function onConstructed(error) {
    if (called) {
      errorOrDestroy(stream, error ?? multipleCallback());
      return;
    }
    called = true;
    setBoth(stream, CONSTRUCTED);
    const state = stream._writableState || stream._readableState;
    if ((state[STATE] & DESTROYED) !== 0) stream.emit(DESTROY, error);
    else if (error) errorOrDestroy(stream, error, true);
    else stream.emit(CONSTRUCT);
  }
  try {
    stream._construct((error) => { nextTick(onConstructed, [error]); });
  } catch (error) {
    nextTick(onConstructed, [error]);
  }
}

const isRequest = (stream) => stream?.setHeader && typeof stream.abort === "function";

function emitBareClose(stream) { stream.emit("close"); }

function emitBareError(stream, error) {
  stream.emit("error", error);
  nextTick(emitBareClose, [stream]);
}

/** Destroys whatever is some kind of stream, in the way it knows. */
function destroyer(stream, err) {
  if (!stream || isDestroyed(stream)) return;
  const error = !err && !isFinished(stream) ? abortError() : err;
  if (isServerRequest(stream)) {
    stream.socket = null;
    stream.destroy(error);
  } else if (isRequest(stream)) {
    stream.abort();
  } else if (isRequest(stream.req)) {
    stream.req.abort();
  } else if (typeof stream.destroy === "function") {
    stream.destroy(error);
  } else if (typeof stream.close === "function") {
    stream.close();
  } else if (error) {
    nextTick(emitBareError, [stream, error]);
  } else {
    nextTick(emitBareClose, [stream]);
  }
  if (!stream.destroyed) stream[IS_DESTROYED] = true;
}

module.exports = { destroy, undestroy, errorOrDestroy, construct, destroyer };
