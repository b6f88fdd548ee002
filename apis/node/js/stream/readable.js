// Readable. How data moves is in readable-flow.js, pipes in readable-pipe.js, the operators in
// operators.js. Errors come as 'error' events; what a program got wrong in a call is thrown.
"use strict";

const EventEmitter = require("node/events");
const { Stream, inherit } = require("node/stream/legacy");
const {
  STATE, ON_CONSTRUCTED, OBJECT_MODE, ERROR_EMITTED, DESTROYED, CLOSE_EMITTED, ERRORED,
  CONSTRUCTED,
} = require("node/stream/flags");
const readableState = require("node/stream/readable-state");
const flow = require("node/stream/readable-flow");
const { destroy, undestroy, errorOrDestroy, construct, destroyer } =
  require("node/stream/destroy");
const { abortError, expectOptions, notImplemented } = require("node/stream/errors");
const { NaN, Number, Object, Promise, Symbol } = globalThis;

const { ReadableState, takeFromBuffer } = readableState;
const {
  ENDED, END_EMITTED, READING, SYNC, NEED_READABLE, EMITTED_READABLE, DATA_EMITTED, DECODER,
  FLOWING, HAS_FLOWING, PAUSED, DATA_LISTENING,
} = readableState;
const {
  pushBytes, pushObject, unshiftBytes, unshiftObject, forgetDrains, emitReadable, endReadable,
} = flow;

/** A reader may raise the mark by asking for more, up to this many bytes. */
const HIGH_WATER_MARK_MAX = 0x40000000;

function Readable(options) {
  if (!(this instanceof Readable)) return new Readable(options);
  this._events ??= {
    close: undefined,
    error: undefined,
    data: undefined,
    end: undefined,
    readable: undefined,
  };
  this._readableState = new ReadableState(options, this, false);
  if (options) {
    if (typeof options.read === "function") this._read = options.read;
    if (typeof options.destroy === "function") this._destroy = options.destroy;
    if (typeof options.construct === "function") this._construct = options.construct;
    if (options.signal) require("node/stream/abort").addAbortSignal(options.signal, this);
  }
  Stream.call(this, options);
  if (this._construct !== undefined && this._construct !== null) {
    construct(this, () => { this._readableState[ON_CONSTRUCTED](this); });
  }
}
inherit(Readable, Stream);

Readable.ReadableState = ReadableState;

const { prototype } = Readable;

prototype.destroy = destroy;
prototype._undestroy = undestroy;
prototype._destroy = function (err, callback) { callback(err); };

prototype[EventEmitter.captureRejectionSymbol] = function (error) { this.destroy(error); };

prototype[Symbol.asyncDispose] = function () {
  let error;
  if (!this.destroyed) {
    error = this.readableEnded ? null : abortError();
    this.destroy(error);
  }
  const { finished } = require("node/stream/end-of-stream");
  return new Promise((resolve, reject) => {
    finished(this, (failure) => (failure && failure !== error ? reject(failure) : resolve(null)));
  });
};

prototype.push = function (chunk, encoding) {
  const state = this._readableState;
  return (state[STATE] & OBJECT_MODE) === 0
    ? pushBytes(this, state, chunk, encoding)
    : pushObject(this, state, chunk, encoding);
};

prototype.unshift = function (chunk, encoding) {
  const state = this._readableState;
  return (state[STATE] & OBJECT_MODE) === 0
    ? unshiftBytes(this, state, chunk, encoding)
    : unshiftObject(this, state, chunk);
};

prototype.isPaused = function () {
  const bits = this._readableState[STATE];
  return (bits & PAUSED) !== 0 || (bits & (HAS_FLOWING | FLOWING)) === HAS_FLOWING;
};

prototype.setEncoding = function (encoding) {
  const state = this._readableState;
  const { StringDecoder } = require("node/string-decoder");
  const decoder = new StringDecoder(encoding);
  state.decoder = decoder;
  state.encoding = decoder.encoding;
  let content = "";
  for (let index = state.bufferIndex; index < state.buffer.length; index++) {
    content += decoder.write(state.buffer[index]);
  }
  state.buffer.length = 0;
  state.bufferIndex = 0;
  if (content !== "") state.buffer.push(content);
  state.length = content.length;
  return this;
};

// ---- Reading -----------------------------------------------------------------------------------

/** The next power of two, so that a reader who asks for a little more each time raises it once. */
function raisedHighWaterMark(count) {
  if (count > HIGH_WATER_MARK_MAX) {
    throw require("node/errors").ERR_OUT_OF_RANGE("size", "<= 1GiB", count);
  }
  let mark = count - 1;
  mark |= mark >>> 1;
  mark |= mark >>> 2;
  mark |= mark >>> 4;
  mark |= mark >>> 8;
  mark |= mark >>> 16;
  return mark + 1;
}

/** How much a read(count) may give now; NaN asks for one chunk, or without flow for all text. */
function readableAmount(count, state) {
  if (count <= 0 || (state.length === 0 && (state[STATE] & ENDED) !== 0)) return 0;
  if ((state[STATE] & OBJECT_MODE) !== 0) return 1;
  if (count !== count) {
    return (state[STATE] & (DECODER | FLOWING)) !== DECODER && state.length
      ? state.buffer[state.bufferIndex].length
      : state.length;
  }
  if (count <= state.length) return count;
  return (state[STATE] & ENDED) !== 0 ? state.length : 0;
}

function requestedAmount(size, state) {
  let count = size;
  if (count === undefined) return NaN;
  if (!Number.isInteger(count)) count = Number.parseInt(count, 10);
  if (count > state.highWaterMark) state.highWaterMark = raisedHighWaterMark(count);
  return count;
}

/** Whether a read(0) only has to announce what is there already. */
function announces(state) {
  if ((state[STATE] & NEED_READABLE) === 0) return false;
  if ((state[STATE] & ENDED) !== 0) return true;
  return state.highWaterMark !== 0 ? state.length >= state.highWaterMark : state.length > 0;
}

prototype.read = function (n) {
  const state = this._readableState;
  const requested = requestedAmount(n, state);
  if (requested !== 0) {
    state[STATE] &= ~EMITTED_READABLE;
  } else if (announces(state)) {
    if (state.length === 0 && (state[STATE] & ENDED) !== 0) endReadable(this);
    else emitReadable(this);
    return null;
  }
  let count = readableAmount(requested, state);
  if (count === 0 && (state[STATE] & ENDED) !== 0) {
    if (state.length === 0) endReadable(this);
    return null;
  }
  // _read comes before anything is taken: it may push at once, and what it pushed counts.
  const wanted = (state[STATE] & NEED_READABLE) !== 0 || state.length === 0 ||
    state.length - count < state.highWaterMark;
  const allowed =
    (state[STATE] & (READING | ENDED | DESTROYED | ERRORED | CONSTRUCTED)) === CONSTRUCTED;
  if (wanted && allowed) {
    callRead(this, state);
    if ((state[STATE] & READING) === 0) count = readableAmount(requested, state);
  }
  return take(this, state, requested, count);
};

function callRead(stream, state) {
  state[STATE] |= READING | SYNC;
  if (state.length === 0) state[STATE] |= NEED_READABLE;
  try {
    stream._read(state.highWaterMark);
  } catch (error) {
    errorOrDestroy(stream, error);
  }
  state[STATE] &= ~SYNC;
}

function take(stream, state, requested, available) {
  let count = available;
  const taken = count > 0 ? takeFromBuffer(count, state) : null;
  if (taken === null) {
    if (state.length <= state.highWaterMark) state[STATE] |= NEED_READABLE;
    count = 0;
  } else {
    state.length -= count;
    forgetDrains(state);
  }
  if (state.length === 0) {
    if ((state[STATE] & ENDED) === 0) state[STATE] |= NEED_READABLE;
    else if (requested !== count) endReadable(stream);
  }
  if (taken !== null && (state[STATE] & (ERROR_EMITTED | CLOSE_EMITTED)) === 0) {
    state[STATE] |= DATA_EMITTED;
    stream.emit("data", taken);
  }
  return taken;
}

prototype._read = function (_n) { throw notImplemented("_read()"); };

prototype.pipe = function (destination, options) {
  return require("node/stream/readable-pipe").pipe(this, destination, options);
};

prototype.unpipe = function (destination) {
  require("node/stream/readable-pipe").unpipe(this, destination);
  return this;
};

// ---- Listeners ---------------------------------------------------------------------------------

prototype.on = function (name, listener) {
  const result = Stream.prototype.on.call(this, name, listener);
  if (name === "data") flow.dataListenerAdded(this, this._readableState);
  else if (name === "readable") flow.readableListenerAdded(this, this._readableState);
  return result;
};
prototype.addListener = prototype.on;

prototype.removeListener = function (name, listener) {
  const result = Stream.prototype.removeListener.call(this, name, listener);
  if (name === "readable") flow.readableListenerRemoved(this);
  else if (name === "data" && this.listenerCount("data") === 0) {
    this._readableState[STATE] &= ~DATA_LISTENING;
  }
  return result;
};
prototype.off = prototype.removeListener;

prototype.removeAllListeners = function (_name) {
  const result = Stream.prototype.removeAllListeners.apply(this, arguments);
  if (_name === "readable" || _name === undefined) flow.readableListenerRemoved(this);
  return result;
};

prototype.resume = function () {
  flow.resume(this, this._readableState);
  return this;
};

prototype.pause = function () {
  flow.pause(this, this._readableState);
  return this;
};

// ---- Other shapes ------------------------------------------------------------------------------

prototype.wrap = function (stream) {
  let paused = false;
  stream.on("data", (chunk) => {
    if (this.push(chunk) || !stream.pause) return;
    paused = true;
    stream.pause();
  });
  stream.on("end", () => { this.push(null); });
  stream.on("error", (error) => { errorOrDestroy(this, error); });
  stream.on("close", () => { this.destroy(); });
  stream.on("destroy", () => { this.destroy(); });
  this._read = () => {
    if (!paused || !stream.resume) return;
    paused = false;
    stream.resume();
  };
  // What else the stream can do. Its first property is left out, as ever.
  for (const name of Object.keys(stream).slice(1)) {
    if (this[name] === undefined && typeof stream[name] === "function") {
      this[name] = stream[name].bind(stream);
    }
  }
  return this;
};

prototype[Symbol.asyncIterator] = function () { return iterate(this, undefined); };

prototype.iterator = function (options) {
  if (options !== undefined) expectOptions(options);
  return iterate(this, options);
};

prototype.compose = function compose(stream, options) {
  return require("node/stream/operators").compose.call(this, stream, options);
};

function iterate(stream, options) {
  const source = typeof stream.read === "function"
    ? stream
    : Readable.wrap(stream, { objectMode: true });
  return require("node/stream/readable-iterator").iterate(source, options);
}

Object.defineProperties(prototype, {
  readable: {
    get() {
      const state = this._readableState;
      return Boolean(state) && state.readable !== false &&
        (state[STATE] & (DESTROYED | ERROR_EMITTED | END_EMITTED)) === 0;
    },
    set(value) {
      if (this._readableState) this._readableState.readable = Boolean(value);
    },
  },
  readableDidRead: { get() { return this._readableState.dataEmitted; } },
  readableAborted: {
    get() {
      const state = this._readableState;
      return state.readable !== false && (state[STATE] & (DESTROYED | ERRORED)) !== 0 &&
        (state[STATE] & END_EMITTED) === 0;
    },
  },
  readableHighWaterMark: { get() { return this._readableState.highWaterMark; } },
  readableBuffer: { get() { return this._readableState?.buffer; } },
  readableFlowing: {
    get() { return this._readableState.flowing; },
    set(value) {
      if (this._readableState) this._readableState.flowing = value;
    },
  },
  readableLength: { get() { return this._readableState.length; } },
  readableObjectMode: { get() { return this._readableState?.objectMode ?? false; } },
  readableEncoding: { get() { return this._readableState?.encoding ?? null; } },
  errored: { get() { return this._readableState?.errored ?? null; } },
  closed: { get() { return this._readableState?.closed ?? false; } },
  destroyed: {
    get() { return this._readableState?.destroyed ?? false; },
    // Programs of old manage this by themselves.
    set(value) {
      if (this._readableState) this._readableState.destroyed = value;
    },
  },
  readableEnded: { get() { return this._readableState?.endEmitted ?? false; } },
});

Readable._fromList = ({ fromList(n, state) { return takeFromBuffer(n, state); } }).fromList;

Readable.from = function (iterable, options) {
  return require("node/stream/from").from(Readable, iterable, options);
};

Readable.fromWeb = function (readableStream, options) {
  return require("node/stream/web-readable").fromWeb(readableStream, options);
};

Readable.toWeb = function (streamReadable, options) {
  return require("node/stream/web-readable").toWeb(streamReadable, options);
};

Readable.wrap = function (source, options) {
  return new Readable({
    objectMode: source.readableObjectMode ?? source.objectMode ?? true,
    ...options,
    destroy(error, callback) {
      destroyer(source, error);
      callback(error);
    },
  }).wrap(source);
};

module.exports = { Readable };
