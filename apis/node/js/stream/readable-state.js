// The state of a readable side: its bits, its buffer, and taking from the buffer.
"use strict";

const flags = require("node/stream/flags");
const { highWaterMarkOf, getDefaultHighWaterMark } = require("node/stream/high-water-mark");
const { Buffer } = require("node/stream/chunks");
const { unknownEncoding } = require("node/stream/errors");
const { Object, Symbol } = globalThis;

const { STATE, OBJECT_MODE, ERRORED } = flags;

const ENDED = 1 << 9;
const END_EMITTED = 1 << 10;
const READING = 1 << 11;
const SYNC = 1 << 12;
const NEED_READABLE = 1 << 13;
const EMITTED_READABLE = 1 << 14;
const READABLE_LISTENING = 1 << 15;
const RESUME_SCHEDULED = 1 << 16;
const MULTI_AWAIT_DRAIN = 1 << 17;
const READING_MORE = 1 << 18;
const DATA_EMITTED = 1 << 19;
const DEFAULT_UTF8 = 1 << 20;
const DECODER = 1 << 21;
const ENCODING = 1 << 22;
const HAS_FLOWING = 1 << 23;
const FLOWING = 1 << 24;
const HAS_PAUSED = 1 << 25;
const PAUSED = 1 << 26;
const DATA_LISTENING = 1 << 27;

const ERROR_VALUE = Symbol("kErroredValue");
const DEFAULT_ENCODING_VALUE = Symbol("kDefaultEncodingValue");
const DECODER_VALUE = Symbol("kDecoderValue");
const ENCODING_VALUE = Symbol("kEncodingValue");

/** Chunks already taken are cut off the front of the buffer from this many on. */
const TAKEN_MAX = 1024;

function ReadableState(options, stream, isDuplex) {
  let bits = flags.initialFlags(options, isDuplex, "readableObjectMode") | SYNC;
  const encoding = options?.defaultEncoding;
  const utf8 = encoding === undefined || encoding === null || encoding === "utf8" ||
    encoding === "utf-8";
  if (utf8) bits |= DEFAULT_UTF8;
  this[STATE] = bits;
  this.highWaterMark = options
    ? highWaterMarkOf((bits & OBJECT_MODE) !== 0, options, "readableHighWaterMark", isDuplex)
    : getDefaultHighWaterMark(false);
  this.buffer = [];
  this.bufferIndex = 0;
  this.length = 0;
  this.pipes = [];
  if (!utf8) {
    if (!Buffer.isEncoding(encoding)) throw unknownEncoding(encoding);
    this.defaultEncoding = encoding;
  }
  // What a drain is waited for of: null, a stream, or a Set of them once there are two pipes.
  this.awaitDrainWriters = null;
  if (options?.encoding) {
    const { StringDecoder } = require("node/string-decoder");
    this.decoder = new StringDecoder(options.encoding);
    this.encoding = options.encoding;
  }
}

const { bitProperty, valueProperty } = flags;

ReadableState.prototype = {};
Object.defineProperties(ReadableState.prototype, {
  objectMode: bitProperty(OBJECT_MODE),
  ended: bitProperty(ENDED),
  endEmitted: bitProperty(END_EMITTED),
  reading: bitProperty(READING),
  constructed: bitProperty(flags.CONSTRUCTED),
  // Whether _read is being called, so that what it pushes is announced on a later tick.
  sync: bitProperty(SYNC),
  needReadable: bitProperty(NEED_READABLE),
  emittedReadable: bitProperty(EMITTED_READABLE),
  readableListening: bitProperty(READABLE_LISTENING),
  resumeScheduled: bitProperty(RESUME_SCHEDULED),
  errorEmitted: bitProperty(flags.ERROR_EMITTED),
  emitClose: bitProperty(flags.EMIT_CLOSE),
  autoDestroy: bitProperty(flags.AUTO_DESTROY),
  destroyed: bitProperty(flags.DESTROYED),
  closed: bitProperty(flags.CLOSED),
  closeEmitted: bitProperty(flags.CLOSE_EMITTED),
  multiAwaitDrain: bitProperty(MULTI_AWAIT_DRAIN),
  readingMore: bitProperty(READING_MORE),
  dataEmitted: bitProperty(DATA_EMITTED),
  errored: valueProperty(ERRORED, ERROR_VALUE),
  defaultEncoding: flags.encodingProperty(DEFAULT_UTF8, DEFAULT_ENCODING_VALUE),
  decoder: valueProperty(DECODER, DECODER_VALUE),
  encoding: valueProperty(ENCODING, ENCODING_VALUE),
  flowing: flags.triStateProperty(HAS_FLOWING, FLOWING, null),
  pipesCount: { get() { return this.pipes.length; } },
  paused: {
    get() { return (this[STATE] & PAUSED) !== 0; },
    set(value) {
      this[STATE] |= HAS_PAUSED;
      if (value) this[STATE] |= PAUSED;
      else this[STATE] &= ~PAUSED;
    },
  },
});

ReadableState.prototype[flags.ON_CONSTRUCTED] = function onConstructed(stream) {
  if ((this[STATE] & NEED_READABLE) === 0) return;
  require("node/stream/readable-flow").maybeReadMore(stream, this);
};

// ---- Taking from the buffer --------------------------------------------------------------------

/** Takes `count` bytes or characters (all of them for 0), or one object. */
function takeFromBuffer(count, state) {
  if (state.length === 0) return null;
  const { buffer } = state;
  const first = buffer[state.bufferIndex];
  let taken;
  if ((state[STATE] & OBJECT_MODE) !== 0) {
    taken = first;
    dropFirst(state);
  } else if (!count || count >= state.length) {
    taken = takeAll(state);
  } else if (count < first.length) {
    taken = first.slice(0, count);
    buffer[state.bufferIndex] = first.slice(count);
  } else if (count === first.length) {
    taken = first;
    dropFirst(state);
  } else {
    taken = (state[STATE] & DECODER) !== 0 ? takeText(count, state) : takeBytes(count, state);
  }
  trimBuffer(state);
  return taken;
}

function dropFirst(state) {
  state.buffer[state.bufferIndex++] = null;
}

function trimBuffer(state) {
  if (state.bufferIndex === state.buffer.length) {
    state.buffer.length = 0;
    state.bufferIndex = 0;
  } else if (state.bufferIndex > TAKEN_MAX) {
    state.buffer.splice(0, state.bufferIndex);
    state.bufferIndex = 0;
  }
}

function takeAll(state) {
  const { buffer } = state;
  const last = buffer.length - 1;
  if ((state[STATE] & DECODER) !== 0) {
    let text = "";
    while (state.bufferIndex <= last) {
      text += buffer[state.bufferIndex];
      dropFirst(state);
    }
    return text;
  }
  if (state.bufferIndex > last) return Buffer.alloc(0);
  if (state.bufferIndex === last) {
    const only = buffer[last];
    dropFirst(state);
    return only;
  }
  const joined = Buffer.allocUnsafe(state.length);
  let filled = 0;
  while (state.bufferIndex <= last) {
    const chunk = buffer[state.bufferIndex];
    joined.set(chunk, filled);
    filled += chunk.length;
    dropFirst(state);
  }
  return joined;
}

function takeText(count, state) {
  const { buffer } = state;
  let text = "";
  while (state.bufferIndex < buffer.length && text.length < count) {
    const chunk = buffer[state.bufferIndex];
    const wanted = count - text.length;
    if (wanted < chunk.length) {
      text += chunk.slice(0, wanted);
      buffer[state.bufferIndex] = chunk.slice(wanted);
    } else {
      text += chunk;
      dropFirst(state);
    }
  }
  return text;
}

function takeBytes(count, state) {
  const { buffer } = state;
  const joined = Buffer.allocUnsafe(count);
  let filled = 0;
  while (state.bufferIndex < buffer.length && filled < count) {
    const chunk = buffer[state.bufferIndex];
    const wanted = count - filled;
    if (wanted < chunk.length) {
      joined.set(chunk.subarray(0, wanted), filled);
      buffer[state.bufferIndex] = chunk.subarray(wanted);
      filled = count;
    } else {
      joined.set(chunk, filled);
      filled += chunk.length;
      dropFirst(state);
    }
  }
  return joined;
}

module.exports = {
  ReadableState, takeFromBuffer, DECODER_VALUE,
  ENDED, END_EMITTED, READING, SYNC, NEED_READABLE, EMITTED_READABLE, READABLE_LISTENING,
  RESUME_SCHEDULED, MULTI_AWAIT_DRAIN, READING_MORE, DATA_EMITTED, DECODER, HAS_FLOWING, FLOWING,
  HAS_PAUSED, PAUSED, DATA_LISTENING,
};
