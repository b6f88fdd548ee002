"use strict";
// FileSink: what BunFile.writer() gives. Collects chunks and writes them in order, one write under
// way at a time; what is short goes out by itself in the next turn, or at the program's end.
// Invariants: `#chain` settles after everything that was handed over is written; the descriptor is
// closed once, after `end`; `waiting` holds the sinks that have chunks. Opens without truncating,
// as its model does.
// Fails through the promises of flush and end; an error that nobody waits for stays silent.

const { codedError, setAttributes, setTag } = require("web/fetch-errors");
const { copyBytes, concatenate } = require("web/blob");
const { chunkBytes } = require("web/body");

const BUFFER_DEFAULT = 16 * 1024;
const FILE_MODE = 0o664;
const NOT_A_CHUNK = "write() expects a string, ArrayBufferView, or ArrayBuffer";

const waiting = new Set();

class FileSink {
  #target = null;
  #descriptor = -1;
  #chunks = [];
  #buffered = 0;
  #unreported = 0;
  // Where the next bytes go; a descriptor of the program's keeps its own position.
  #position = 0;
  #limit = BUFFER_DEFAULT;
  #chain = Promise.resolve();
  #ended = null;

  constructor(key, target, options) {
    if (key !== CREATE) throw new TypeError("FileSink is not constructable");
    this.#target = target;
    this.start(options);
    if (typeof target === "number") this.#descriptor = target;
    else this.#then(() => this.#open());
  }

  async #open() {
    this.#descriptor = await ops.fileOpen(this.#target, true, false, false, FILE_MODE);
  }

  #then(work) {
    this.#chain = this.#chain.then(work);
    this.#chain.catch(() => {});
  }

  // The bytes to be written next and where; the sink has none any more.
  #take() {
    const bytes = concatenate(this.#chunks);
    this.#chunks = [];
    this.#buffered = 0;
    waiting.delete(this);
    const position = typeof this.#target === "string" ? this.#position : -1;
    this.#position += bytes.length;
    return { bytes, position };
  }

  #send() {
    if (this.#chunks.length === 0) return;
    const { bytes, position } = this.#take();
    this.#then(() => ops.fileWriteSome(this.#descriptor, position, bytes));
  }

  #sendSoon() {
    if (waiting.has(this)) return;
    waiting.add(this);
    require("runtime/immediates").setImmediate(() => {
      if (!waiting.has(this)) return;
      this.#send();
      // Told by nobody: the next flush reports what comes after it.
      this.#unreported = 0;
    });
  }

  // Writes what is left while the program ends, when no turn follows.
  static sendNow(sink) {
    const { bytes, position } = sink.#take();
    const { constants, openSync, writeSync } = require("node/fs");
    const flags = constants.O_WRONLY | constants.O_CREAT;
    const fd = sink.#descriptor >= 0 ? sink.#descriptor : openSync(sink.#target, flags, FILE_MODE);
    for (let done = 0; done < bytes.length;) {
      const at = position < 0 ? null : position + done;
      done += writeSync(fd, bytes, done, bytes.length - done, at);
    }
  }

  #report() {
    const written = this.#unreported;
    this.#unreported = 0;
    return this.#chain.then(() => written);
  }

  start(options) {
    const limit = options !== null && typeof options === "object" ? options.highWaterMark : NaN;
    if (Number.isFinite(limit) && limit > 0) this.#limit = limit;
  }

  write(chunk) {
    const bytes = typeof chunk === "string" ? chunkBytes(chunk) : copyBytes(chunk);
    if (bytes === null) {
      const isNull = chunk === null || chunk === undefined;
      const code = isNull ? "ERR_STREAM_NULL_VALUES" : "ERR_INVALID_ARG_TYPE";
      throw codedError(TypeError, code, NOT_A_CHUNK);
    }
    if (this.#ended !== null) return true;
    this.#chunks.push(bytes);
    this.#buffered += bytes.length;
    this.#unreported += bytes.length;
    if (this.#buffered >= this.#limit) this.#send();
    else this.#sendSoon();
    return bytes.length;
  }

  flush(_wait) {
    this.#send();
    return this.#report();
  }

  end() {
    if (this.#ended !== null) return 0;
    this.#send();
    const isOwn = typeof this.#target === "string";
    const close = () => isOwn && this.#descriptor >= 0 ? ops.fileClose(this.#descriptor) : null;
    this.#ended = this.#report().then(
      (written) => Promise.resolve(close()).then(() => written),
      (error) => {
        close();
        throw error;
      },
    );
    this.#ended.catch(() => {});
    return this.#ended;
  }

  close() {
    this.end();
  }

  // Writes under way keep the process alive in any case.
  ref() {}

  unref() {}

  _getFd() {
    return this.#descriptor;
  }
}

const CREATE = Symbol("create");

const { sendNow } = FileSink;
delete FileSink.sendNow;

/// Called at the end of a program that ends by itself, in the middle of a turn.
function flushAll() {
  for (const sink of waiting) {
    try {
      sendNow(sink);
    } catch {
      // As with every error of a sink that nobody waits for.
    }
  }
}

setAttributes(FileSink.prototype, { enumerable: true, writable: false, configurable: false });
setTag(FileSink.prototype, "FileSink");

const createFileSink = (target, options) => new FileSink(CREATE, target, options);

module.exports = { FileSink, createFileSink, flushAll };
