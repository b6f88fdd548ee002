// Writable.fromWeb and Writable.toWeb; and the writing to a web stream that a duplex shares.
"use strict";

const errors = require("node/errors");
const { Writable } = require("node/stream/writable");
const { isDestroyed, isWritable, isWritableEnded, isWritableStream } =
  require("node/stream/status");
const { destroyer } = require("node/stream/destroy");
const { finished } = require("node/stream/end-of-stream");
const { abortError, prematureClose } = require("node/stream/errors");
const { Buffer } = require("node/stream/chunks");
const { WritableStream, CountQueuingStrategy } = require("web/streams");
const { nextTick } = require("runtime/event-loop");
const { Promise, Uint8Array } = globalThis;

/** The methods of a Writable over a web stream's writer. */
class WebSink {
  constructor(writer, { decodeStrings, objectMode }) {
    this.writer = writer;
    this.decodes = decodeStrings && !objectMode;
    this.stream = undefined;
    this.closed = false;
  }

  methods() {
    return {
      write: (chunk, encoding, callback) => this.write(chunk, encoding, callback),
      writev: (chunks, callback) => this.writeAll(chunks, callback),
      final: (callback) => this.final(callback),
    };
  }

  // What a callback throws must not end as the rejection of a promise here.
  answer(callback, error) {
    try {
      callback(error);
    } catch (thrown) {
      nextTick(destroyer, [this.stream, thrown]);
    }
  }

  write(given, encoding, callback) {
    let chunk = given;
    if (typeof chunk === "string" && this.decodes) {
      const bytes = Buffer.from(chunk, encoding);
      chunk = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const done = (error) => this.answer(callback, error);
    this.writer.ready.then(() => this.writer.write(chunk).then(done, done), done);
  }

  writeAll(chunks, callback) {
    const done = () => this.answer(callback, undefined);
    const failed = (error) => this.answer(callback, error);
    this.writer.ready.then(() => {
      const writes = chunks.map(({ chunk }) => this.writer.write(chunk));
      return Promise.all(writes).then(done, failed);
    }, failed);
  }

  final(callback) {
    if (this.closed) return;
    const done = (error) => this.answer(callback, error);
    this.writer.close().then(() => done(undefined), done);
  }

  /** Destroys the stream when the web stream ends by itself. */
  watch(stream, onFailed) {
    this.stream = stream;
    this.writer.closed.then(() => {
      this.closed = true;
      if (!isWritableEnded(stream)) destroyer(stream, prematureClose());
    }, (error) => {
      this.closed = true;
      onFailed?.();
      destroyer(stream, error);
    });
  }
}

function fromWeb(writableStream, options = {}) {
  if (!isWritableStream(writableStream)) {
    throw errors.invalidType("writableStream", "of type WritableStream", writableStream);
  }
  errors.validateObject(options, "options");
  const { highWaterMark, decodeStrings = true, objectMode = false, signal } = options;
  errors.validateBoolean(objectMode, "options.objectMode");
  errors.validateBoolean(decodeStrings, "options.decodeStrings");
  if (writableStream.locked) {
    throw errors.ERR_INVALID_STATE("WritableStream is locked", "TypeError");
  }
  const sink = new WebSink(writableStream.getWriter(), { decodeStrings, objectMode });
  const { writer } = sink;
  const stream = new Writable({
    highWaterMark,
    objectMode,
    decodeStrings,
    signal,
    ...sink.methods(),
    destroy(error, callback) {
      const done = () => escaping(callback, error);
      if (sink.closed) done();
      else if (error !== null && error !== undefined) writer.abort(error).then(done, done);
      else writer.close().then(done, done);
    },
  });
  sink.watch(stream);
  return stream;
}

/** Calls back out of a promise's reaction; what is thrown is uncaught, not rejected. */
function escaping(callback, error) {
  try {
    callback(error);
  } catch (thrown) {
    nextTick(() => { throw thrown; }, undefined);
  }
}

// ---- toWeb -------------------------------------------------------------------------------------

/** An underlying sink over a node stream. */
class NodeSink {
  constructor(stream) {
    this.stream = stream;
    this.controller = undefined;
    this.waiting = undefined;
    this.closing = undefined;
    const cleanup = finished(stream, (error) => {
      cleanup();
      // Streams of old may fail once more.
      stream.on("error", () => {});
      this.over(error);
    });
    stream.on("drain", () => { this.waiting?.resolve(); });
  }

  over(failure) {
    const { controller, closing } = this;
    const error = require("node/stream/web-readable").webError(failure);
    this.closing = undefined;
    if (error !== undefined && error !== null) {
      this.waiting?.reject(error);
      closing?.reject(error);
      controller.error(error);
    } else if (closing !== undefined) {
      closing.resolve();
    } else {
      controller.error(abortError());
    }
  }

  start(controller) { this.controller = controller; }

  write(chunk) {
    const { stream } = this;
    if (!stream.writableNeedDrain && stream.write(chunk)) return undefined;
    this.waiting = Promise.withResolvers();
    return this.waiting.promise.finally(() => { this.waiting = undefined; });
  }

  abort(reason) { destroyer(this.stream, reason); }

  close() {
    if (this.closing !== undefined || isWritableEnded(this.stream)) return undefined;
    this.closing = Promise.withResolvers();
    this.stream.end();
    return this.closing.promise;
  }
}

function toWeb(stream) {
  const isOutput = stream && typeof stream.write === "function" && typeof stream.on === "function";
  if (!isOutput) throw errors.invalidType("streamWritable", "of type stream.Writable", stream);
  if (isDestroyed(stream) || !isWritable(stream)) {
    const closed = new WritableStream();
    closed.close();
    return closed;
  }
  const highWaterMark = stream.writableHighWaterMark;
  const strategy = stream.writableObjectMode
    ? new CountQueuingStrategy({ highWaterMark })
    : { highWaterMark };
  return new WritableStream(new NodeSink(stream), strategy);
}

module.exports = { fromWeb, toWeb, WebSink, escaping };
