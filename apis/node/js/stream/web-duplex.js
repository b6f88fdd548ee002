// Duplex.fromWeb and Duplex.toWeb.
"use strict";

const errors = require("node/errors");
const { Duplex } = require("node/stream/duplex");
const {
  isDestroyed, isReadable, isReadableStream, isWritable, isWritableStream,
} = require("node/stream/status");
const { destroyer } = require("node/stream/destroy");
const { Buffer } = require("node/stream/chunks");
const { WebSink, escaping } = require("node/stream/web-writable");
const { WritableStream } = require("web/streams");
const { Promise } = globalThis;

function expectPair(pair) {
  errors.validateObject(pair, "pair");
  if (!isReadableStream(pair.readable)) {
    throw errors.invalidType("pair.readable", "of type ReadableStream", pair.readable);
  }
  if (!isWritableStream(pair.writable)) {
    throw errors.invalidType("pair.writable", "of type WritableStream", pair.writable);
  }
}

function fromWeb(pair = {}, options = {}) {
  expectPair(pair);
  errors.validateObject(options, "options");
  const { objectMode = false, encoding, decodeStrings = true } = options;
  const { allowHalfOpen = false, highWaterMark, signal } = options;
  errors.validateBoolean(objectMode, "options.objectMode");
  if (encoding !== undefined && !Buffer.isEncoding(encoding)) {
    // The other way round, as Node words it.
    throw errors.ERR_INVALID_ARG_VALUE(encoding, "options.encoding");
  }
  const sink = new WebSink(pair.writable.getWriter(), { decodeStrings, objectMode });
  const reader = pair.readable.getReader();
  let readableClosed = false;
  const endBoth = async (error) => {
    const writer = sink.closed ? undefined : sink.writer.abort(error);
    const cancel = readableClosed ? undefined : reader.cancel(error);
    await Promise.all([writer, cancel]);
  };
  const duplex = new Duplex({
    allowHalfOpen, highWaterMark, objectMode, encoding, decodeStrings, signal,
    ...sink.methods(),
    read() {
      reader.read().then(
        ({ done, value }) => { duplex.push(done ? null : value); },
        (error) => { destroyer(duplex, error); },
      );
    },
    destroy(error, callback) {
      const done = () => escaping(callback, error);
      if (sink.closed && readableClosed) done();
      else endBoth(error).then(done, done);
    },
  });
  sink.watch(duplex, () => { readableClosed = true; });
  reader.closed.then(() => { readableClosed = true; }, (error) => {
    sink.closed = true;
    readableClosed = true;
    destroyer(duplex, error);
  });
  return duplex;
}

function closedWritable() {
  const stream = new WritableStream();
  stream.close();
  return stream;
}

let hasWarned = false;

/** The type of the readable side, which has an older name. */
function readableTypeOf(options) {
  errors.validateObject(options, "options");
  if (options.type !== undefined && !hasWarned) {
    hasWarned = true;
    globalThis.process.emitWarning(
      "Passing 'options.type' to Duplex.toWeb() is deprecated. " +
        "To specify the ReadableStream type, use 'options.readableType'.",
      "DeprecationWarning", "DEP0201",
    );
  }
  return options.readableType === undefined ? options.type : options.readableType;
}

function toWeb(duplex, options = {}) {
  if (typeof duplex?._writableState !== "object" || typeof duplex?._readableState !== "object") {
    throw errors.invalidType("duplex", "of type stream.Duplex", duplex);
  }
  const type = readableTypeOf(options);
  const web = require("node/stream/web-readable");
  web.expectType(type);
  const over = isDestroyed(duplex);
  const writable = !over && isWritable(duplex)
    ? require("node/stream/web-writable").toWeb(duplex)
    : closedWritable();
  const readable = !over && isReadable(duplex)
    ? web.toWeb(duplex, { type })
    : web.ended(type);
  return over ? { readable, writable } : { writable, readable };
}

module.exports = { fromWeb, toWeb };
