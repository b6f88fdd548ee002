// The streams of node:zlib: one class a format and direction, over a native coder each.
//
// A coder whose stream is dropped unfinished is closed when the collector finds it. How it
// fails: the stream is destroyed with zlib's error.
"use strict";

const { Transform, finished } = require("node/stream");
const { Buffer } = require("node/buffer");
const { makeError, validateFunction } = require("node/errors");
const { constants } = require("node/zlib-constants");
const { optionsFor } = require("node/zlib-options");

const GZIP_FIRST = 0x1f;
const GZIP_SECOND = 0x8b;
// From this size on, in bytes, a piece is worked on by another thread.
const ELSEWHERE_BYTES = 16384;
const NOTHING = new Uint8Array(0);
const FLUSH = Symbol("flush");

const abandoned = new FinalizationRegistry((number) => ops.close(number));

// What native coders call the ways to flush, which are zlib's.
const NATIVE_FLUSH = {
  deflate: [0, 1, 2, 3, 4, 2],
  brotli: [0, 2, 4, 2],
  zstd: [0, 2, 4],
};

class Coder {
  constructor(kind, options) {
    this.kind = kind;
    this.options = options;
    this.number = undefined;
    this.hasEnded = false;
    // The first bytes decide what an Unzip is.
    if (kind.format !== "unzip") this.open(kind.format);
  }

  open(format) {
    const { decompress } = this.kind;
    const { dictionary, level, windowBits } = this.options;
    this.number = ops.open(format, decompress, level, windowBits, dictionary);
    this.format = format;
    abandoned.register(this, this.number, this);
  }

  close() {
    if (this.number === undefined) return;
    abandoned.unregister(this);
    ops.close(this.number);
    this.number = undefined;
  }

  reset() {
    const { format } = this;
    this.close();
    this.hasEnded = false;
    if (format !== undefined) this.open(format);
  }

  // The arguments of a step over `bytes`; a member of gzip that has ended makes way for the next.
  prepare(bytes, flush) {
    if (this.number === undefined && bytes.length > 0) {
      const isGzip = bytes[0] === GZIP_FIRST && (bytes.length < 2 || bytes[1] === GZIP_SECOND);
      this.open(isGzip ? "gzip" : "deflate");
    }
    const { chunkSize } = this.options;
    return [this.number, bytes, NATIVE_FLUSH[this.kind.family][flush] ?? 0, chunkSize];
  }

  setLevel(level) { ops.setLevel(this.number, level); }

  // A step over `bytes` with room for `bound` bytes of output; undefined where nothing is open.
  stepInto(bytes, flush, bound) {
    const [number, input, way] = this.prepare(bytes, flush);
    if (number === undefined || this.hasEnded) return undefined;
    const answer = ops.step(number, input, way, bound);
    this.hasEnded = answer[3];
    return answer;
  }

  // What is left to do after a step: the rest of the bytes, or nothing.
  after(bytes, [, taken, more, ended]) {
    const rest = bytes.subarray(taken);
    this.hasEnded = ended;
    if (ended && rest.length > 0 && this.format === "gzip" && this.kind.decompress &&
        rest[0] !== 0) {
      this.reset();
      return rest;
    }
    return more && !ended ? rest : undefined;
  }
}

// Brotli's decoder has a number for each of its errors.
function numbered(error) {
  const number = constants[`BROTLI_DECODER_${error.code?.slice?.("ERR__".length)}`];
  if (number !== undefined) error.errno = number;
  return error;
}

function tooLarge(limit) {
  return makeError("RangeError", "ERR_BUFFER_TOO_LARGE",
    `Cannot create a Buffer larger than ${limit} bytes`);
}

const asBuffer = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

class ZlibBase extends Transform {
  #coder;
  #settings;
  #level;
  #strategy;
  #handle;

  constructor(kind, options) {
    const settings = optionsFor(options, kind);
    super({ autoDestroy: true, ...options });
    this.#settings = settings;
    this.#coder = new Coder(kind, settings);
    this.#level = settings.level;
    this.#strategy = settings.strategy;
    this.bytesWritten = 0;
    this._chunkSize = settings.chunkSize;
  }

  /** What packages reach below the stream by: made when it is asked for. */
  get _handle() {
    if (this.#handle !== undefined) return this.#handle;
    if (this.#coder.number === undefined && this.destroyed) return null;
    const { createHandle } = require("node/zlib-handle");
    return (this.#handle = createHandle(this, this.#coder));
  }
  set _handle(value) { this.#handle = value; }

  /** Works on a chunk at once and closes what lies below the stream, or calls back. */
  _processChunk(chunk, flush, callback) {
    if (typeof callback === "function") return void this.#run(chunk, flush, callback);
    if (!this._handle) throw new Error("zlib binding closed");
    this.bytesWritten = 0;
    try {
      const { maxOutputLength } = this.#settings;
      return runAll(this.#coder, chunk, flush, maxOutputLength, (taken) => {
        this.bytesWritten += taken;
      });
    } finally {
      const handle = this._handle;
      this._handle = null;
      handle?.close();
    }
  }

  get _closed() { return this.#coder.number === undefined && this.destroyed; }
  get _level() { return this.#level; }
  get _strategy() { return this.#strategy; }
  get bytesRead() { return this.bytesWritten; }

  reset() {
    if (this._closed) throw new Error("zlib binding closed");
    this.#coder.reset();
  }

  /** Changes the level of what follows: `params` of the classes that have it. */
  static setParameters(stream, level, strategy, callback) {
    optionsFor({ level, strategy }, stream.#coder.kind);
    if (stream.#level === level && stream.#strategy === strategy) {
      process.nextTick(callback);
      return;
    }
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      [stream.#level, stream.#strategy] = [level, strategy];
      if (stream.#coder.number !== undefined) stream.#coder.setLevel(level);
      callback?.();
    });
  }

  flush(kind, callback) {
    const isKindOmitted = typeof kind === "function" || kind === undefined;
    const done = typeof kind === "function" ? kind : callback;
    const { family } = this.#coder.kind;
    const chosen = isKindOmitted ? (family === "deflate" ? constants.Z_FULL_FLUSH : 1) : kind;
    if (this.writableFinished) {
      if (done) process.nextTick(done);
    } else if (this.writableEnded) {
      if (done) this.once("end", done);
    } else {
      const chunk = Buffer.alloc(0);
      chunk[FLUSH] = chosen;
      this.write(chunk, "", done);
    }
  }

  close(callback) {
    if (callback) finished(this, callback);
    this.destroy();
  }

  _destroy(error, callback) {
    this.#coder.close();
    callback(error);
  }

  _transform(chunk, encoding, callback) {
    const flush = chunk[FLUSH] ?? this.#settings.flush;
    this.#run(chunk, flush, callback);
  }

  _flush(callback) {
    // An Unzip that got nothing has nothing to end.
    if (this.#coder.number === undefined || this.#coder.hasEnded) return callback();
    this.#run(NOTHING, this.#settings.finishFlush, callback);
  }

  // Steps until the bytes are used up; each piece of output is pushed as it comes.
  async #run(bytes, flush, callback) {
    const coder = this.#coder;
    let rest = bytes;
    let isOver = false;
    try {
      while (rest !== undefined && !this.destroyed && !(coder.hasEnded && rest.length === 0)) {
        isOver = coder.hasEnded && coder.kind.decompress;
        if (isOver) break;
        const step = coder.prepare(rest, flush);
        if (step[0] === undefined) break;
        const isLong = rest.length >= ELSEWHERE_BYTES;
        const answer = isLong ? await ops.stepElsewhere(...step) : ops.step(...step);
        if (this.destroyed) return;
        this.bytesWritten += answer[1];
        isOver = coder.kind.decompress && answer[3] && answer[1] < rest.length;
        rest = coder.after(rest, answer);
        if (answer[0].length > 0) this.push(asBuffer(answer[0]));
      }
      // What follows the end of the data is nobody's: the stream has ended.
      if (isOver) this.push(null);
    } catch (error) {
      process.nextTick(() => this.destroy(numbered(error)));
      return;
    }
    process.nextTick(callback);
  }
}

const { setParameters } = ZlibBase;
delete ZlibBase.setParameters;

class Zlib extends ZlibBase {
  params(level, strategy, callback) { setParameters(this, level, strategy, callback); }
}
class Brotli extends Zlib {}
class Zstd extends ZlibBase {}
const families = { deflate: Zlib, brotli: Brotli, zstd: Zstd };

// All of `bytes` at once; `took` is told of the bytes of each step.
function runAll(coder, bytes, flush, limit, took) {
  const parts = [];
  let total = 0;
  let rest = bytes;
  try {
    while (rest !== undefined) {
      const step = coder.prepare(rest, flush);
      if (step[0] === undefined) break;
      const answer = ops.step(...step);
      took?.(answer[1]);
      total += answer[0].length;
      if (total > limit) throw tooLarge(limit);
      parts.push(asBuffer(answer[0]));
      rest = coder.after(rest, answer);
    }
  } catch (error) {
    throw numbered(error);
  }
  return parts.length === 1 ? parts[0] : Buffer.concat(parts, total);
}

function runSync(kind, bytes, options) {
  const settings = optionsFor(options, kind);
  const coder = new Coder(kind, settings);
  if (kind.format === "zstd" && !kind.decompress) ops.expectBytes(coder.number, bytes.length);
  try {
    return runAll(coder, bytes, settings.finishFlush, settings.maxOutputLength, undefined);
  } finally {
    coder.close();
  }
}

// The same through a stream, whose end or error goes to the callback.
function runAsync(stream, bytes, options, callback) {
  validateFunction(callback, "callback");
  const parts = [];
  let total = 0;
  const { maxOutputLength } = optionsFor(options, stream.constructor.kind);
  stream.on("data", (part) => {
    total += part.length;
    if (total <= maxOutputLength) parts.push(part);
    else stream.destroy(tooLarge(maxOutputLength));
  });
  stream.on("error", (error) => callback(error));
  stream.on("end", () => {
    const buffer = Buffer.concat(parts, total);
    callback(null, options?.info ? { buffer, engine: stream } : buffer);
  });
  stream.end(bytes);
}

module.exports = { families, numbered, runAsync, runSync };
