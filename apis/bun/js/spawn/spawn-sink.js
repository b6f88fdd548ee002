"use strict";
// The sink of a child's standard input: writes at once what fits in the pipe, keeps the rest.
// Invariant: `#pending` is the one write under way, `#chunks` what follows it, in order.
// Fails with EPIPE where the child reads no more: through the promise given for what was waiting,
// after which writes are taken for lost.

const { codedError, setAttributes, setTag } = require("web/fetch-errors");
const { copyBytes, concatenate } = require("web/blob");
const { chunkBytes } = require("web/body");

const NOT_A_CHUNK = "write() expects a string, ArrayBufferView, or ArrayBuffer";
const CREATE = Symbol("create");

let openCount = 0;

class FileSink {
  #stream;
  #chunks = [];
  #pending = null;
  #unreported = 0;
  #isEnded = false;
  #isClosed = false;
  #onClose;

  constructor(key, stream, onClose) {
    if (key !== CREATE) throw new TypeError("FileSink is not constructable");
    this.#stream = stream;
    this.#onClose = onClose;
    openCount++;
  }

  start() {}

  // Called by the native side's answer; goes on with what has been added meanwhile.
  async #drain() {
    try {
      while (this.#chunks.length > 0 && !this.#isClosed) {
        const bytes = this.#chunks.length === 1 ? this.#chunks[0] : concatenate(this.#chunks);
        this.#chunks = [];
        this.#unreported += await ops.streamWrite(this.#stream, bytes);
      }
    } catch (error) {
      this.#shut();
      throw error;
    } finally {
      this.#pending = null;
    }
    if (this.#isEnded) this.#shut();
    return this.#report();
  }

  #wait() {
    if (this.#pending === null) {
      this.#pending = this.#drain();
      this.#pending.catch(() => {});
    }
    return this.#pending;
  }

  #report() {
    const written = this.#unreported;
    this.#unreported = 0;
    return written;
  }

  #shut() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isEnded = true;
    this.#chunks = [];
    openCount--;
    ops.streamClose(this.#stream);
    this.#onClose?.();
  }

  // The reader is gone: what is being written fails by itself, and nothing else will come.
  static abandon(sink) {
    if (sink.#pending === null) sink.#shut();
  }

  write(chunk) {
    const bytes = typeof chunk === "string" ? chunkBytes(chunk) : copyBytes(chunk);
    if (bytes === null) {
      const isNull = chunk === null || chunk === undefined;
      const code = isNull ? "ERR_STREAM_NULL_VALUES" : "ERR_INVALID_ARG_TYPE";
      throw codedError(TypeError, code, NOT_A_CHUNK);
    }
    if (this.#isEnded) return true;
    let written = 0;
    if (this.#pending === null) {
      try {
        written = ops.streamWriteNow(this.#stream, bytes);
      } catch (error) {
        this.#shut();
        return Promise.reject(error);
      }
    }
    this.#unreported += written;
    if (written === bytes.length) return written;
    this.#chunks.push(written === 0 ? bytes : bytes.subarray(written));
    return this.#wait();
  }

  flush() {
    if (this.#isClosed) return undefined;
    return this.#pending === null ? this.#report() : this.#wait();
  }

  end(error) {
    void error;
    if (this.#isEnded) return this.#pending === null ? this.#report() : this.#wait();
    this.#isEnded = true;
    if (this.#pending !== null) return this.#wait();
    this.#shut();
    return this.#report();
  }

  close() { this.end(); }
  ref() { ops.streamReference(this.#stream, true); }
  unref() { ops.streamReference(this.#stream, false); }
  _getFd() { return this.#isClosed ? -1 : this.#stream; }
  get sinkId() { return 2; }
}

const { abandon } = FileSink;
delete FileSink.abandon;

const setOrder = ["close", "flush", "end", "start", "write", "ref", "unref", "_getFd", "sinkId"];
const { prototype } = FileSink;
const members = setOrder.map((name) => [name, Object.getOwnPropertyDescriptor(prototype, name)]);
for (const [name] of members) delete prototype[name];
for (const [name, member] of members) Object.defineProperty(prototype, name, member);
setAttributes(prototype, { enumerable: true, configurable: false });
setTag(prototype, "FileSink");

/// A sink over a stream, which it closes at its end; `onClose` is called then.
const createPipeSink = (stream, onClose) => new FileSink(CREATE, stream, onClose);

/// How many sinks hold a stream.
const openSinks = () => openCount;

module.exports = { FileSink, abandon, createPipeSink, openSinks };
