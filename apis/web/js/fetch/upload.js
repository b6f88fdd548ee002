"use strict";
// Content of a request that comes in pieces: a stream is read as fast as the connection takes it.

const { argumentError } = require("fetch/errors");

const BAD_CHUNK = "write() expects a string, ArrayBufferView, or ArrayBuffer";

function checked(chunk) {
  if (typeof chunk === "string" || chunk instanceof ArrayBuffer || ArrayBuffer.isView(chunk)) {
    return chunk;
  }
  throw argumentError("ERR_INVALID_ARG_TYPE", BAD_CHUNK);
}

// Told apart from what a stream may fail with.
const UNWANTED = Symbol("unwanted");

/// Sends what a stream gives as the content of exchange `number`. `onFailed` gets the stream's
/// error; a server that wants no more only ends the reading.
function pump(stream, number, onFailed) {
  const { pumpReadable } = require("web/streams");
  const sink = {
    write(chunk) {
      return ops.fetchPush(number, checked(chunk)).then((wanted) => {
        if (!wanted) throw UNWANTED;
      });
    },
  };
  pumpReadable(stream, sink).then(
    () => ops.fetchPushEnd(number),
    (error) => {
      if (error !== UNWANTED) onFailed(error);
    },
  );
}

module.exports = { pump };
