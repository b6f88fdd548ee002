// The state of a writable side: its bits, the write under way, and the writes that wait.
"use strict";

const flags = require("node/stream/flags");
const { highWaterMarkOf, getDefaultHighWaterMark } = require("node/stream/high-water-mark");
const { unknownEncoding } = require("node/stream/errors");
const { Object, Symbol } = globalThis;

const { STATE, OBJECT_MODE, bitProperty, valueProperty } = flags;

const SYNC = 1 << 9;
const FINAL_CALLED = 1 << 10;
const NEED_DRAIN = 1 << 11;
const ENDING = 1 << 12;
const FINISHED = 1 << 13;
const DECODE_STRINGS = 1 << 14;
const WRITING = 1 << 15;
const BUFFER_PROCESSING = 1 << 16;
const PREFINISHED = 1 << 17;
const ALL_BUFFERS = 1 << 18;
const ALL_NOOP = 1 << 19;
const ON_FINISHED = 1 << 20;
const HAS_WRITABLE = 1 << 21;
const WRITABLE = 1 << 22;
const CORKED = 1 << 23;
const DEFAULT_UTF8 = 1 << 24;
const WRITE_CALLBACK = 1 << 25;
const EXPECT_CALLBACK = 1 << 26;
const AFTER_WRITE_TICK = 1 << 27;
const AFTER_WRITE_PENDING = 1 << 28;
const BUFFERED = 1 << 29;
const ENDED = 1 << 30;

const ON_FINISHED_VALUE = Symbol("kOnFinishedValue");
const ERROR_VALUE = Symbol("kErroredValue");
const DEFAULT_ENCODING_VALUE = Symbol("kDefaultEncodingValue");
const WRITE_CALLBACK_VALUE = Symbol("kWriteCbValue");
const AFTER_WRITE_VALUE = Symbol("kAfterWriteTickInfoValue");
const BUFFERED_VALUE = Symbol("kBufferedValue");

/** The callback of writes without one; known by identity, so that it need not be called. */
function noCallback() {}

/** Of writable-flow.js, which needs this module. */
let onwrite;

function WritableState(options, stream, isDuplex) {
  let bits = flags.initialFlags(options, isDuplex, "writableObjectMode") | SYNC;
  this[STATE] = bits;
  this.highWaterMark = options
    ? highWaterMarkOf((bits & OBJECT_MODE) !== 0, options, "writableHighWaterMark", isDuplex)
    : getDefaultHighWaterMark(false);
  if (!options || options.decodeStrings !== false) bits |= DECODE_STRINGS;
  const encoding = options?.defaultEncoding;
  if (encoding === undefined || encoding === null || encoding === "utf8" ||
      encoding === "utf-8") {
    bits |= DEFAULT_UTF8;
  } else if (require("node/stream/chunks").Buffer.isEncoding(encoding)) {
    this[DEFAULT_ENCODING_VALUE] = encoding;
  } else {
    throw unknownEncoding(encoding);
  }
  this[STATE] = bits;
  this.length = 0;
  this.corked = 0;
  onwrite ??= require("node/stream/writable-flow").onwrite;
  this.onwrite = onwrite.bind(undefined, stream);
  this.writelen = 0;
  resetBuffer(this);
  // Callbacks not yet called; 'finish' waits for them.
  this.pendingcb = 0;
}

function resetBuffer(state) {
  state[BUFFERED_VALUE] = null;
  state.bufferedIndex = 0;
  state[STATE] = (state[STATE] | ALL_BUFFERS | ALL_NOOP) & ~BUFFERED;
}

WritableState.prototype = {};
Object.defineProperties(WritableState.prototype, {
  objectMode: bitProperty(OBJECT_MODE),
  finalCalled: bitProperty(FINAL_CALLED),
  needDrain: bitProperty(NEED_DRAIN),
  ending: bitProperty(ENDING),
  ended: bitProperty(ENDED),
  finished: bitProperty(FINISHED),
  destroyed: bitProperty(flags.DESTROYED),
  decodeStrings: bitProperty(DECODE_STRINGS),
  writing: bitProperty(WRITING),
  // Whether _write is being called, so that its callback is answered on a later tick.
  sync: bitProperty(SYNC),
  bufferProcessing: bitProperty(BUFFER_PROCESSING),
  constructed: bitProperty(flags.CONSTRUCTED),
  prefinished: bitProperty(PREFINISHED),
  errorEmitted: bitProperty(flags.ERROR_EMITTED),
  emitClose: bitProperty(flags.EMIT_CLOSE),
  autoDestroy: bitProperty(flags.AUTO_DESTROY),
  closed: bitProperty(flags.CLOSED),
  closeEmitted: bitProperty(flags.CLOSE_EMITTED),
  allBuffers: bitProperty(ALL_BUFFERS),
  allNoop: bitProperty(ALL_NOOP),
  errored: valueProperty(flags.ERRORED, ERROR_VALUE),
  writable: flags.triStateProperty(HAS_WRITABLE, WRITABLE, undefined),
  defaultEncoding: flags.encodingProperty(DEFAULT_UTF8, DEFAULT_ENCODING_VALUE),
  writecb: {
    get() {
      return (this[STATE] & WRITE_CALLBACK) !== 0 ? this[WRITE_CALLBACK_VALUE] : noCallback;
    },
    set(value) {
      this[WRITE_CALLBACK_VALUE] = value;
      if (value) this[STATE] |= WRITE_CALLBACK;
      else this[STATE] &= ~WRITE_CALLBACK;
    },
  },
  afterWriteTickInfo: valueProperty(AFTER_WRITE_TICK, AFTER_WRITE_VALUE),
  buffered: {
    get() { return (this[STATE] & BUFFERED) !== 0 ? this[BUFFERED_VALUE] : []; },
    set(value) {
      this[BUFFERED_VALUE] = value;
      if (value) this[STATE] |= BUFFERED;
      else this[STATE] &= ~BUFFERED;
    },
  },
});

WritableState.prototype.getBuffer = function getBuffer() {
  if ((this[STATE] & BUFFERED) === 0) return [];
  return this[BUFFERED_VALUE].slice(this.bufferedIndex);
};

Object.defineProperty(WritableState.prototype, "bufferedRequestCount", {
  get() {
    if ((this[STATE] & BUFFERED) === 0) return 0;
    return this[BUFFERED_VALUE].length - this.bufferedIndex;
  },
});

WritableState.prototype[flags.ON_CONSTRUCTED] = function onConstructed(stream) {
  const { clearBuffer, finishMaybe } = require("node/stream/writable-flow");
  if ((this[STATE] & WRITING) === 0) clearBuffer(stream, this);
  if ((this[STATE] & ENDING) !== 0) finishMaybe(stream, this, false);
};

module.exports = {
  WritableState, resetBuffer, noCallback,
  SYNC, FINAL_CALLED, NEED_DRAIN, ENDING, FINISHED, DECODE_STRINGS, WRITING, BUFFER_PROCESSING,
  PREFINISHED, ALL_BUFFERS, ALL_NOOP, ON_FINISHED, HAS_WRITABLE, WRITABLE, CORKED, DEFAULT_UTF8,
  WRITE_CALLBACK, EXPECT_CALLBACK, AFTER_WRITE_TICK, AFTER_WRITE_PENDING, BUFFERED, ENDED,
  ON_FINISHED_VALUE, ERROR_VALUE, WRITE_CALLBACK_VALUE, AFTER_WRITE_VALUE, BUFFERED_VALUE,
};
