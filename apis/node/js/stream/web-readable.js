// Readable.fromWeb and Readable.toWeb.
"use strict";

const errors = require("node/errors");
const { Readable } = require("node/stream/readable");
const { isDestroyed, isReadable, isReadableStream } = require("node/stream/status");
const { destroyer } = require("node/stream/destroy");
const { finished } = require("node/stream/end-of-stream");
const { abortError } = require("node/stream/errors");
const { Buffer } = require("node/stream/chunks");
const core = require("web/streams/readable-core");
const { coreOf } = require("web/streams/readable-stream");
const { ReadableStream, CountQueuingStrategy, ByteLengthQueuingStrategy } =
  require("web/streams");
const { Uint8Array } = globalThis;

/** Checks the options that both directions know, and gives those of the stream. */
function fromOptions(options) {
  errors.validateObject(options, "options");
  const { highWaterMark, encoding, objectMode = false, signal } = options;
  if (encoding !== undefined && !Buffer.isEncoding(encoding)) {
    throw errors.ERR_INVALID_ARG_VALUE("options.encoding", encoding);
  }
  errors.validateBoolean(objectMode, "options.objectMode");
  return { highWaterMark, encoding, objectMode, signal };
}

// Reads the web stream's own core, one request at a time, without promises.
class ReadableFromWeb extends Readable {
  #stream;
  #reader = null;
  #waiting = false;

  constructor(options, stream) {
    super(options);
    this.#stream = stream;
  }

  _read() {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#reader ??= core.acquireReader(coreOf(this.#stream));
    core.read(this.#reader, {
      chunk: (value) => {
        this.#waiting = false;
        this.push(value);
      },
      close: () => {
        core.releaseReader(this.#reader);
        this.#reader = null;
        this.push(null);
      },
      error: (reason) => { destroyer(this, reason); },
    });
  }

  _destroy(error, callback) {
    const inner = coreOf(this.#stream);
    if (inner.state !== core.READABLE || (this.#reader === null && core.isLocked(inner))) {
      callback(error);
      return;
    }
    const done = () => { callback(error); };
    core.cancel(inner, error).then(done, done);
  }
}

function fromWeb(readableStream, options = {}) {
  if (!isReadableStream(readableStream)) {
    throw errors.invalidType("readableStream", "of type ReadableStream", readableStream);
  }
  const given = fromOptions(options);
  if (readableStream.locked) {
    throw errors.ERR_INVALID_STATE("ReadableStream is locked", "TypeError");
  }
  return new ReadableFromWeb(given, readableStream);
}

/** The error of a node stream as its web face shows it. */
function webError(error) {
  if (error?.code === "ERR_STREAM_PREMATURE_CLOSE") return abortError({ cause: error });
  const { code } = error ?? {};
  if (typeof code !== "string" || !/^Z_(?:\w+_ERROR|NEED_DICT)$/.test(code)) return error;
  const wrapped = new TypeError(undefined, { cause: error });
  wrapped.code = code;
  return wrapped;
}

function expectType(type) {
  if (type === undefined || type === "bytes") return;
  const reason = "must be one of: 'bytes', undefined";
  throw errors.ERR_INVALID_ARG_VALUE("options.type", type, reason);
}

/** A web stream that has ended, for what can be read no more. */
function ended(type) {
  const stream = new ReadableStream({ type });
  stream.cancel();
  return stream;
}

function strategyOf(readable, { strategy, type }) {
  const { readableObjectMode, readableHighWaterMark: highWaterMark } = readable;
  // A stream of bytes counts by itself.
  if (type === "bytes") return { highWaterMark };
  if (strategy) return strategy;
  const Strategy = readableObjectMode ? CountQueuingStrategy : ByteLengthQueuingStrategy;
  return new Strategy({ highWaterMark });
}

function toWeb(readable, options = {}) {
  if (typeof readable?._readableState !== "object") {
    throw errors.invalidType("streamReadable", "of type stream.Readable", readable);
  }
  errors.validateObject(options, "options");
  const { type } = options;
  expectType(type);
  if (isDestroyed(readable) || !isReadable(readable)) return ended(type);
  const strategy = strategyOf(readable, options);
  const objectMode = readable.readableObjectMode;
  let controller;
  let cancelled = false;
  readable.pause();
  const cleanup = finished(readable, (failure) => {
    cleanup();
    // Streams of old may fail once more.
    readable.on("error", () => {});
    const error = webError(failure);
    if (error) {
      controller.error(error);
    } else if (!cancelled) {
      controller.close();
      // Who waits with a buffer of his own is answered by this alone.
      if (type === "bytes") controller.byobRequest?.respond(0);
    }
  });
  readable.on("data", (chunk) => {
    if (cancelled) return;
    // A copy, since the memory may be the pool's.
    controller.enqueue(Buffer.isBuffer(chunk) && !objectMode ? new Uint8Array(chunk) : chunk);
    if (controller.desiredSize <= 0) readable.pause();
  });
  return new ReadableStream({
    type,
    start(given) { controller = given; },
    pull() { readable.resume(); },
    cancel(reason) {
      cancelled = true;
      destroyer(readable, reason);
    },
  }, strategy);
}

module.exports = { fromWeb, toWeb, webError, expectType, ended };
