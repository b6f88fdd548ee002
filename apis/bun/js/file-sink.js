"use strict";
// FileSink: what BunFile.writer() gives. Collects chunks and writes them in order, one write under
// way at a time. Invariants: `#chain` settles after everything that was handed over is written; the
// descriptor is closed once, after `end`. Opens without truncating, as its model does.
// Fails through the promises of flush and end; an error that nobody waits for stays silent.

const { codedError, setAttributes, setTag } = require("web/fetch-errors");
const { copyBytes, concatenate } = require("web/blob");
const { chunkBytes } = require("web/body");

const BUFFER_DEFAULT = 16 * 1024;
const FILE_MODE = 0o664;
const NOT_A_CHUNK = "write() expects a string, ArrayBufferView, or ArrayBuffer";

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

  #send() {
    if (this.#chunks.length === 0) return;
    const bytes = concatenate(this.#chunks);
    this.#chunks = [];
    this.#buffered = 0;
    const position = typeof this.#target === "string" ? this.#position : -1;
    this.#position += bytes.length;
    this.#then(() => ops.fileWriteSome(this.#descriptor, position, bytes));
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

setAttributes(FileSink.prototype, { enumerable: true, writable: false, configurable: false });
setTag(FileSink.prototype, "FileSink");

const createFileSink = (target, options) => new FileSink(CREATE, target, options);

module.exports = { FileSink, createFileSink };
