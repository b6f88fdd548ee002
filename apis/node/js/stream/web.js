// node:stream/web: the classes of web streams.
"use strict";

const streams = require("web/streams");
const { Object } = globalThis;

const GLOBALS = [
  "TextEncoderStream", "TextDecoderStream", "CompressionStream", "DecompressionStream",
];
const NAMES = [
  "ReadableStream", "ReadableStreamDefaultReader", "ReadableStreamBYOBReader",
  "ReadableStreamBYOBRequest", "ReadableByteStreamController", "ReadableStreamDefaultController",
  "TransformStream", "TransformStreamDefaultController", "WritableStream",
  "WritableStreamDefaultWriter", "WritableStreamDefaultController", "ByteLengthQueuingStrategy",
  "CountQueuingStrategy", ...GLOBALS,
];

for (const name of NAMES) {
  const from = GLOBALS.includes(name) ? globalThis : streams;
  // A name this runtime lacks is lacking here too.
  if (!(name in from)) continue;
  Object.defineProperty(exports, name, {
    value: from[name], writable: true, enumerable: true, configurable: true,
  });
}
