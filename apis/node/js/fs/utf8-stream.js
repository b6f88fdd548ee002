// fs.Utf8Stream: text or buffers gathered and written to a file in few calls, for logs. At most one
// write is under way; what does not fit into one is cut into pieces of at most `maxWrite`.
"use strict";

const EventEmitter = require("node/events");
const {
  makeError, validateObject, validateFunction, validateUint32, validateBoolean, validateOneOf,
  validateString, ERR_INVALID_STATE, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE,
} = require("node/errors");
const { nextTick } = require("runtime/event-loop");
const {
  Math, Symbol, setInterval, clearInterval, setTimeout, Atomics, Int32Array, SharedArrayBuffer,
} = globalThis;

const HIGH_WATER_MARK = 16387;
const MAX_WRITE = 16 * 1024;
// How long a full pipe is given before the next try.
const BUSY_MS = 100;

const OPERATIONS = [
  "write", "writeSync", "fsync", "fsyncSync", "close", "open", "mkdir", "mkdirSync",
];

function sleep(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

const isBusy = (error) => error.code === "EAGAIN" || error.code === "EBUSY";

// What is left of text after its first `bytes` bytes of UTF-8, never in the middle of a letter. A
// program's own write that does not say how many it took has taken all.
function textAfter(text, bytes) {
  if (bytes === undefined) return "";
  const { Buffer } = require("node/buffer");
  const whole = Buffer.from(text);
  if (bytes >= whole.length) return "";
  let start = bytes;
  while (start > 0 && (whole[start] & 0xc0) === 0x80) start--;
  return whole.toString("utf8", start);
}

// Text in pieces; lengths are those of the strings.
class TextQueue {
  constructor(maxWrite) {
    this.maxWrite = maxWrite;
    this.pieces = [];
  }

  check(data) { validateString(data, "data"); }

  add(data) {
    const last = this.pieces.length - 1;
    if (last < 0 || this.pieces[last].length + data.length > this.maxWrite) this.pieces.push(data);
    else this.pieces[last] += data;
  }

  take() { return this.pieces.shift() ?? ""; }
  putBack(piece) { this.pieces.unshift(piece); }
  get isEmpty() { return this.pieces.length === 0; }
  after(piece, bytes) { return textAfter(piece, bytes); }
  clear() { this.pieces = []; }
  arguments(piece) { return [piece, "utf8"]; }
}

// Buffers in pieces; those of a piece become one when it is written.
class BufferQueue {
  constructor(maxWrite) {
    this.maxWrite = maxWrite;
    this.pieces = [];
    this.lengths = [];
  }

  check(data) {
    const { Buffer } = require("node/buffer");
    if (!Buffer.isBuffer(data)) throw ERR_INVALID_ARG_TYPE("data", "Buffer", data);
  }

  add(data) {
    const last = this.pieces.length - 1;
    if (last < 0 || this.lengths[last] + data.length > this.maxWrite) {
      this.pieces.push([data]);
      this.lengths.push(data.length);
    } else {
      this.pieces[last].push(data);
      this.lengths[last] += data.length;
    }
  }

  take() {
    const { Buffer } = require("node/buffer");
    const parts = this.pieces.shift() ?? [];
    this.lengths.shift();
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }

  putBack(piece) {
    this.pieces.unshift([piece]);
    this.lengths.unshift(piece.length);
  }

  get isEmpty() { return this.pieces.length === 0; }
  after(piece, bytes) { return piece.subarray(bytes ?? piece.length); }

  clear() {
    this.pieces = [];
    this.lengths = [];
  }

  arguments(piece) { return [piece]; }
}

function operationsOf(given) {
  validateObject(given, "options.fs");
  const operations = { ...require("node/fs"), ...given };
  for (const name of OPERATIONS) validateFunction(operations[name], `options.fs.${name}`);
  return operations;
}

function settings(options) {
  const {
    minLength = 0, maxLength = 0, maxWrite = MAX_WRITE, periodicFlush = 0, sync = false,
    append = true, mkdir = false, retryEAGAIN = () => true, fsync = false, contentMode = "utf8",
    mode,
  } = options;
  validateUint32(minLength, "options.minLength");
  validateUint32(maxLength, "options.maxLength");
  validateUint32(maxWrite, "options.maxWrite");
  validateUint32(periodicFlush, "options.periodicFlush");
  validateBoolean(sync, "options.sync");
  validateBoolean(fsync, "options.fsync");
  validateBoolean(append, "options.append");
  validateBoolean(mkdir, "options.mkdir");
  validateFunction(retryEAGAIN, "options.retryEAGAIN");
  validateOneOf(contentMode, "options.contentMode", ["buffer", "utf8"]);
  return {
    minLength, maxLength, maxWrite: maxWrite || MAX_WRITE, periodicFlush, sync, append, mkdir,
    retryEAGAIN, fsync, contentMode, mode,
  };
}

class Utf8Stream extends EventEmitter {
  #settings;
  #fs;
  #queue;
  #fd = -1;
  #file = null;
  // Bytes or letters accepted and not written yet, and the piece a write is under way with.
  #length = 0;
  #piece;
  #highWaterMark;
  #isWriting = false;
  #isOpening = false;
  #isReopening = false;
  #isEnding = false;
  #isDestroyed = false;
  #isDrainScheduled = false;
  #isFlushing = false;
  #timer;

  constructor(options = {}) {
    validateObject(options, "options");
    super();
    const { fd, dest, fs = {} } = options;
    this.#fs = operationsOf(fs);
    this.#settings = settings(options);
    const { minLength, maxWrite, contentMode, periodicFlush } = this.#settings;
    this.#highWaterMark = Math.max(minLength, HIGH_WATER_MARK);
    const isBuffer = contentMode === "buffer";
    this.#queue = isBuffer ? new BufferQueue(maxWrite) : new TextQueue(maxWrite);
    this.#piece = this.#queue.take();
    this.#start(fd ?? dest);
    if (minLength >= maxWrite) {
      const reason = `should be smaller than maxWrite (${maxWrite})`;
      throw ERR_INVALID_ARG_VALUE("minLength", minLength, reason);
    }
    this.on("newListener", (name) => {
      if (name === "drain") this.#isDrainScheduled = false;
    });
    if (periodicFlush !== 0) {
      this.#timer = setInterval(() => this.flush(null), periodicFlush);
      this.#timer.unref();
    }
  }

  #start(target) {
    if (typeof target === "number") {
      this.#fd = target;
      nextTick(() => this.emit("ready"));
    } else if (typeof target === "string") {
      this.#open(target);
    } else {
      throw ERR_INVALID_ARG_TYPE("fd", ["number", "string"], target);
    }
  }

  get mode() { return this.#settings.mode; }
  get file() { return this.#file; }
  get fd() { return this.#fd; }
  get minLength() { return this.#settings.minLength; }
  get maxLength() { return this.#settings.maxLength; }
  get writing() { return this.#isWriting; }
  get sync() { return this.#settings.sync; }
  get fsync() { return this.#settings.fsync; }
  get append() { return this.#settings.append; }
  get periodicFlush() { return this.#settings.periodicFlush; }
  get contentMode() { return this.#settings.contentMode; }
  get mkdir() { return this.#settings.mkdir; }

  #expectAlive() {
    if (this.#isDestroyed) throw ERR_INVALID_STATE("Utf8Stream is destroyed");
  }

  write(data) {
    this.#expectAlive();
    this.#queue.check(data);
    const { maxLength, minLength } = this.#settings;
    const length = this.#length + data.length;
    if (maxLength !== 0 && length > maxLength) {
      this.emit("drop", data);
      return this.#length < this.#highWaterMark;
    }
    this.#queue.add(data);
    this.#length = length;
    if (!this.#isWriting && length >= minLength) this.#writeNext();
    return this.#length < this.#highWaterMark;
  }

  // ---- Opening -------------------------------------------------------------------------------

  #open(file) {
    this.#isOpening = true;
    this.#isWriting = true;
    this.#isDrainScheduled = false;
    const { append, mode, sync, mkdir } = this.#settings;
    const flags = append ? "a" : "w";
    const folder = require("node/path").dirname(file);
    const opened = (error, fd) => this.#opened(file, error, fd);
    if (sync) {
      try {
        if (mkdir) this.#fs.mkdirSync(folder, { recursive: true });
        opened(null, this.#fs.openSync(file, flags, mode));
      } catch (error) {
        opened(error);
        throw error;
      }
    } else if (mkdir) {
      this.#fs.mkdir(folder, { recursive: true }, (error) => {
        if (error) opened(error);
        else this.#fs.open(file, flags, mode, opened);
      });
    } else {
      this.#fs.open(file, flags, mode, opened);
    }
  }

  #opened(file, error, fd) {
    const wasReopening = this.#isReopening;
    this.#isReopening = false;
    this.#isWriting = false;
    this.#isOpening = false;
    const { sync, minLength } = this.#settings;
    if (error) {
      if (!sync) this.emit("error", error);
      else nextTick(() => { if (this.listenerCount("error") > 0) this.emit("error", error); });
      return;
    }
    this.#fd = fd;
    this.#file = file;
    if (sync) nextTick(() => this.emit("ready"));
    else this.emit("ready");
    if (this.#isDestroyed) return;
    if ((!this.#isWriting && this.#length > minLength) || this.#isFlushing) this.#writeNext();
    else if (wasReopening) nextTick(() => { if (!this.#isWriting) this.emit("drain"); });
  }

  reopen(file) {
    this.#expectAlive();
    if (this.#isOpening) {
      this.once("ready", () => this.reopen(file));
      return;
    }
    if (this.#isEnding) return;
    if (!this.#file) {
      const message = "Unable to reopen a file descriptor, you must pass a file to SonicBoom";
      throw makeError("Error", "ERR_OPERATION_FAILED", `Operation failed: ${message}`);
    }
    if (file) this.#file = file;
    this.#isReopening = true;
    if (this.#isWriting) return;
    const before = this.#fd;
    this.once("ready", () => {
      if (before === this.#fd) return;
      this.#fs.close(before, (error) => { if (error) this.emit("error", error); });
    });
    this.#open(this.#file);
  }

  // ---- Writing -------------------------------------------------------------------------------

  #writeNext() {
    this.#isWriting = true;
    if (this.#piece.length === 0) this.#piece = this.#queue.take();
    if (!this.#settings.sync) {
      this.#writeLater();
      return;
    }
    try {
      this.#written(null, this.#writeNow(this.#piece));
    } catch (error) {
      this.#written(error);
    }
  }

  #writeNow(piece) {
    return this.#fs.writeSync(this.#fd, ...this.#queue.arguments(piece));
  }

  #writeLater() {
    const given = this.#queue.arguments(this.#piece);
    this.#fs.write(this.#fd, ...given, (error, count) => this.#written(error, count));
  }

  // Takes what was written off the piece.
  #release(count) {
    const rest = this.#queue.after(this.#piece, count);
    this.#length = Math.max(this.#length - (this.#piece.length - rest.length), 0);
    this.#piece = rest;
  }

  #written(error, count) {
    if (error) {
      this.#failed(error);
      return;
    }
    this.emit("write", count);
    this.#release(count);
    const { sync, fsync, minLength } = this.#settings;
    if (this.#piece.length > 0) {
      if (!sync) {
        this.#writeLater();
        return;
      }
      try {
        do this.#release(this.#writeNow(this.#piece)); while (this.#piece.length > 0);
      } catch (failure) {
        this.#failed(failure);
        return;
      }
    }
    if (fsync) this.#fs.fsyncSync(this.#fd);
    if (this.#isReopening) {
      this.#isWriting = false;
      this.#isReopening = false;
      this.reopen();
    } else if (this.#length > minLength || (this.#isEnding && this.#length > 0)) {
      this.#writeNext();
    } else {
      this.#rest();
    }
  }

  #rest() {
    this.#isWriting = false;
    if (this.#isEnding) {
      this.#close();
    } else if (!this.#settings.sync) {
      this.emit("drain");
    } else if (!this.#isDrainScheduled) {
      this.#isDrainScheduled = true;
      nextTick(() => {
        if (this.listenerCount("drain") === 0) return;
        this.#isDrainScheduled = false;
        this.emit("drain");
      });
    }
  }

  #failed(error) {
    const { retryEAGAIN, sync } = this.#settings;
    const { length } = this.#piece;
    if (!isBusy(error) || !retryEAGAIN(error, length, this.#length - length)) {
      this.#isWriting = false;
      this.emit("error", error);
      return;
    }
    if (!sync) {
      setTimeout(() => this.#writeLater(), BUSY_MS);
      return;
    }
    try {
      sleep(BUSY_MS);
      this.#written(null, 0);
    } catch (failure) {
      this.#failed(failure);
    }
  }

  // ---- Flushing ------------------------------------------------------------------------------

  flush(callback = () => {}) {
    if (callback !== null) validateFunction(callback, "cb");
    if (this.#isDestroyed) {
      const error = ERR_INVALID_STATE("Utf8Stream is destroyed");
      if (callback === null) throw error;
      callback(error);
      return;
    }
    if (this.#settings.minLength <= 0) {
      callback?.();
      return;
    }
    if (callback !== null) this.#callWhenFlushed(callback);
    if (!this.#isWriting) this.#writeNext();
  }

  #callWhenFlushed(callback) {
    this.#isFlushing = true;
    const ended = (error) => {
      this.#isFlushing = false;
      callback(error);
    };
    const drained = () => {
      this.off("error", failed);
      if (this.#settings.fsync || this.#isDestroyed) {
        ended();
        return;
      }
      try {
        this.#fs.fsync(this.#fd, (error) => ended(error?.code === "EBADF" ? undefined : error));
      } catch (error) {
        ended(error);
      }
    };
    const failed = (error) => {
      this.off("drain", drained);
      ended(error);
    };
    this.once("drain", drained);
    this.once("error", failed);
  }

  flushSync() {
    this.#expectAlive();
    if (this.#fd < 0) throw ERR_INVALID_STATE("Invalid file descriptor");
    const queue = this.#queue;
    if (!this.#isWriting && this.#piece.length > 0) {
      queue.putBack(this.#piece);
      this.#piece = this.#queue.after(this.#piece, this.#piece.length);
    }
    while (!queue.isEmpty) this.#flushPiece(queue.take());
    try {
      this.#fs.fsyncSync(this.#fd);
    } catch {
      // Some descriptors cannot be synced; the bytes are written all the same.
    }
  }

  #flushPiece(piece) {
    while (piece.length > 0) {
      try {
        const rest = this.#queue.after(piece, this.#writeNow(piece));
        this.#length = Math.max(this.#length - (piece.length - rest.length), 0);
        piece = rest;
      } catch (error) {
        const left = this.#length - piece.length;
        if (!isBusy(error) || !this.#settings.retryEAGAIN(error, piece.length, left)) {
          this.#queue.putBack(piece);
          throw error;
        }
        sleep(BUSY_MS);
      }
    }
  }

  // ---- Ending --------------------------------------------------------------------------------

  end() {
    this.#expectAlive();
    if (this.#isOpening) {
      this.once("ready", () => this.end());
      return;
    }
    if (this.#isEnding) return;
    this.#isEnding = true;
    if (this.#isWriting) return;
    if (this.#length > 0 && this.#fd >= 0) this.#writeNext();
    else this.#close();
  }

  destroy() {
    if (!this.#isDestroyed) this.#close();
  }

  #close() {
    if (this.#fd === -1) {
      this.once("ready", () => this.#close());
      return;
    }
    if (this.#timer !== undefined) clearInterval(this.#timer);
    this.#isDestroyed = true;
    this.#queue.clear();
    const closed = (error) => {
      if (error) {
        this.emit("error", error);
        return;
      }
      if (this.#isEnding && !this.#isWriting) this.emit("finish");
      this.emit("close");
    };
    const synced = () => {
      if (this.#fd === 1 || this.#fd === 2) closed(null);
      else this.#fs.close(this.#fd, closed);
    };
    try {
      this.#fs.fsync(this.#fd, synced);
    } catch {
      // A descriptor that cannot be synced is closed by whoever closes it.
    }
  }

  [Symbol.dispose]() { this.destroy(); }
}

module.exports = { Utf8Stream };
