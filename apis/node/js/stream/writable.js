// Writable. How data moves is in writable-flow.js. Errors come as 'error' events and to the
// callbacks of writes; what a program got wrong in a call is thrown.
"use strict";

const EventEmitter = require("node/events");
const { Stream, inherit } = require("node/stream/legacy");
const {
  STATE, ON_CONSTRUCTED, OBJECT_MODE, DESTROYED, CLOSED, ERRORED,
} = require("node/stream/flags");
const {
  WritableState, NEED_DRAIN, ENDING, FINISHED, WRITING, ON_FINISHED, HAS_WRITABLE, WRITABLE,
  CORKED, BUFFERED, ENDED, ERROR_VALUE,
} = require("node/stream/writable-state");
const {
  write, clearBuffer, failBuffer, finishMaybe, addFinishedCallback,
} = require("node/stream/writable-flow");
const { destroy, undestroy, errorOrDestroy, construct } = require("node/stream/destroy");
const {
  abortError, alreadyFinished, cannotPipe, notImplemented, streamDestroyed, unknownEncoding,
} = require("node/stream/errors");
const { nextTick } = require("runtime/event-loop");
const { Function, Object, Promise, Symbol } = globalThis;

function Writable(options) {
  if (!(this instanceof Writable)) return new Writable(options);
  this._events ??= {
    close: undefined,
    error: undefined,
    prefinish: undefined,
    finish: undefined,
    drain: undefined,
  };
  this._writableState = new WritableState(options, this, false);
  if (options) {
    if (typeof options.write === "function") this._write = options.write;
    if (typeof options.writev === "function") this._writev = options.writev;
    if (typeof options.destroy === "function") this._destroy = options.destroy;
    if (typeof options.final === "function") this._final = options.final;
    if (typeof options.construct === "function") this._construct = options.construct;
    if (options.signal) require("node/stream/abort").addAbortSignal(options.signal, this);
  }
  Stream.call(this, options);
  if (this._construct !== undefined && this._construct !== null) {
    construct(this, () => { this._writableState[ON_CONSTRUCTED](this); });
  }
}
inherit(Writable, Stream);

Writable.WritableState = WritableState;

const isOrdinaryInstance = Function.prototype[Symbol.hasInstance];

// A Duplex counts as a Writable too, though it inherits from Readable.
Object.defineProperty(Writable, Symbol.hasInstance, {
  value: function value(object) {
    if (isOrdinaryInstance.call(this, object)) return true;
    if (this !== Writable) return false;
    return object && object._writableState instanceof WritableState;
  },
});

const { prototype } = Writable;

prototype.pipe = function () { errorOrDestroy(this, cannotPipe()); };

prototype.write = function (chunk, encoding, callback) {
  return (typeof encoding === "function"
    ? write(this, chunk, null, encoding)
    : write(this, chunk, encoding, callback)) === true;
};

prototype.cork = function () {
  const state = this._writableState;
  state[STATE] |= CORKED;
  state.corked++;
};

prototype.uncork = function () {
  const state = this._writableState;
  if (!state.corked) return;
  state.corked--;
  if (!state.corked) state[STATE] &= ~CORKED;
  if ((state[STATE] & WRITING) === 0) clearBuffer(this, state);
};

prototype.setDefaultEncoding = function setDefaultEncoding(encoding) {
  const name = typeof encoding === "string" ? encoding.toLowerCase() : encoding;
  if (!require("node/stream/chunks").Buffer.isEncoding(name)) throw unknownEncoding(name);
  this._writableState.defaultEncoding = name;
  return this;
};

prototype._write = function (chunk, encoding, callback) {
  if (!this._writev) throw notImplemented("_write()");
  this._writev([{ chunk, encoding }], callback);
};

prototype._writev = null;

/** What end() fails with, if it does. */
function endError(stream, state) {
  if ((state[STATE] & (ENDING | ERRORED)) === 0) {
    state[STATE] |= ENDING;
    finishMaybe(stream, state, true);
    state[STATE] |= ENDED;
    return undefined;
  }
  // Ending twice before the end is forgiven.
  if ((state[STATE] & FINISHED) !== 0) return alreadyFinished("end");
  return (state[STATE] & DESTROYED) !== 0 ? streamDestroyed("end") : undefined;
}

prototype.end = function (chunk, encoding, cb) {
  const state = this._writableState;
  let last = chunk;
  let name = encoding;
  let callback = cb;
  if (typeof chunk === "function") {
    last = null;
    callback = chunk;
  } else if (typeof encoding === "function") {
    name = null;
    callback = encoding;
  }
  let error;
  if (last !== null && last !== undefined) {
    const result = write(this, last, name, undefined);
    if (typeof result === "object") error = result;
  }
  if ((state[STATE] & CORKED) !== 0) {
    state.corked = 1;
    this.uncork();
  }
  error ??= endError(this, state);
  if (typeof callback === "function") {
    if (error) nextTick(callback, [error]);
    else if ((state[STATE] & ERRORED) !== 0) nextTick(callback, [state[ERROR_VALUE]]);
    else if ((state[STATE] & FINISHED) !== 0) nextTick(callback, [null]);
    else addFinishedCallback(state, callback);
  }
  return this;
};

const hasBit = (state, bit) => (state ? (state[STATE] & bit) !== 0 : false);

Object.defineProperties(prototype, {
  closed: { get() { return hasBit(this._writableState, CLOSED); } },
  destroyed: {
    get() { return hasBit(this._writableState, DESTROYED); },
    // Programs of old manage this by themselves.
    set(value) {
      if (this._writableState) this._writableState.destroyed = value;
    },
  },
  writable: {
    get() {
      const state = this._writableState;
      return Boolean(state) && state.writable !== false &&
        (state[STATE] & (ENDING | ENDED | DESTROYED | ERRORED)) === 0;
    },
    set(value) {
      if (this._writableState) this._writableState.writable = Boolean(value);
    },
  },
  writableFinished: { get() { return hasBit(this._writableState, FINISHED); } },
  writableObjectMode: { get() { return hasBit(this._writableState, OBJECT_MODE); } },
  writableBuffer: { get() { return this._writableState && this._writableState.getBuffer(); } },
  writableEnded: { get() { return hasBit(this._writableState, ENDING); } },
  writableNeedDrain: {
    get() {
      const state = this._writableState;
      if (!state) return false;
      return (state[STATE] & (DESTROYED | ENDING | NEED_DRAIN)) === NEED_DRAIN;
    },
  },
  writableHighWaterMark: { get() { return this._writableState?.highWaterMark; } },
  writableCorked: { get() { return this._writableState ? this._writableState.corked : 0; } },
  writableLength: { get() { return this._writableState?.length; } },
  errored: { get() { return this._writableState ? this._writableState.errored : null; } },
  writableAborted: {
    get() {
      const bits = this._writableState[STATE];
      return (bits & (HAS_WRITABLE | WRITABLE)) !== HAS_WRITABLE &&
        (bits & (DESTROYED | ERRORED)) !== 0 && (bits & FINISHED) === 0;
    },
  },
});

prototype.destroy = function (error, callback) {
  const state = this._writableState;
  // Those who wait for a write or the end are told.
  const waiting = (state[STATE] & (BUFFERED | ON_FINISHED)) !== 0;
  if (waiting && (state[STATE] & DESTROYED) === 0) nextTick(failBuffer, [state]);
  destroy.call(this, error, callback);
  return this;
};

prototype._undestroy = undestroy;
prototype._destroy = function (err, callback) { callback(err); };

prototype[EventEmitter.captureRejectionSymbol] = function (error) { this.destroy(error); };

Writable.fromWeb = function (writableStream, options) {
  return require("node/stream/web-writable").fromWeb(writableStream, options);
};

Writable.toWeb = function (streamWritable) {
  return require("node/stream/web-writable").toWeb(streamWritable);
};

prototype[Symbol.asyncDispose] = function () {
  if (!this.destroyed) this.destroy(this.writableFinished ? null : abortError());
  const { finished } = require("node/stream/end-of-stream");
  return new Promise((resolve, reject) => {
    finished(this, (failure) => {
      if (failure && failure.name !== "AbortError") reject(failure);
      else resolve(null);
    });
  });
};

module.exports = { Writable };
