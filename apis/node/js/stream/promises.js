// node:stream/promises.
"use strict";

const { isIterable, isNodeStream, isWebStream } = require("node/stream/status");
const { finishedPromise: finished } = require("node/stream/end-of-stream");
const { Promise } = globalThis;

function isOptions(value) {
  return value && typeof value === "object" && !isNodeStream(value) && !isIterable(value) &&
    !isWebStream(value);
}

function pipeline(...streams) {
  return new Promise((resolve, reject) => {
    const { signal, end } = isOptions(streams.at(-1)) ? streams.pop() : {};
    const { runPipeline } = require("node/stream/pipeline");
    runPipeline(streams, (error, value) => {
      if (error) reject(error);
      else resolve(value);
    }, { signal, end });
  });
}

module.exports = { finished, pipeline };
