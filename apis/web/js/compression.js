"use strict";
// CompressionStream and DecompressionStream (Compression Streams standard, and Bun's formats):
// transform streams over native coders. A coder whose stream is dropped unfinished is closed when
// the collector finds it.

const { defineInterface, defineInspection } = require("web/interface");
const { describeReceived, invalidArgument, invalidThisType, withCode } = require("web/errors");
const { createTransform } = require("web/streams");
const { bufferSource } = require("web/encoding");

const NOTHING = new Uint8Array(0);
const FORMATS = ["deflate", "deflate-raw", "gzip", "brotli", "zstd"];
const abandoned = new FinalizationRegistry((coder) => ops.compressionClose(coder));

function shown(value) {
  return typeof value === "string" ? `'${value}'` : require("bun/inspect").inspect(value);
}

function createCoder(value, decompress) {
  const format = `${value}`;
  if (!FORMATS.includes(format)) {
    const message =
      `The argument 'format' must be one of: ${FORMATS.join(", ")}. Received ${shown(value)}`;
    throw withCode(new TypeError(message), "ERR_INVALID_ARG_VALUE");
  }
  // Held by the functions of both streams, so that it lives as long as either.
  const state = { coder: ops.compressionOpen(format, decompress) };
  const run = async (bytes, isLast, enqueue) => {
    let rest = bytes;
    for (;;) {
      const [output, taken, more] = await ops.compressionStep(state.coder, rest, isLast);
      if (output.length > 0) enqueue(output);
      if (!more) return;
      rest = rest.subarray(taken);
    }
  };
  const pair = createTransform({
    transform: (chunk, enqueue) => run(bytesOf(chunk), false, enqueue),
    flush: (enqueue) => run(NOTHING, true, enqueue),
    cancel: () => ops.compressionClose(state.coder),
  });
  abandoned.register(state, state.coder);
  return pair;
}

function bytesOf(chunk) {
  if (typeof chunk === "string") return require("web/encoding").encodeUtf8(chunk);
  if (chunk === null) {
    throw withCode(new TypeError("May not write null values to stream"), "ERR_STREAM_NULL_VALUES");
  }
  const bytes = bufferSource(chunk);
  if (bytes !== undefined && !isShared(bytes.buffer)) return bytes;
  throw invalidArgument(
    `The "chunk" argument must be of type BufferSource. ${describeReceived(chunk)}`,
  );
}

function isShared(buffer) {
  return typeof SharedArrayBuffer === "function" && buffer instanceof SharedArrayBuffer;
}

let compressorOf;
let decompressorOf;

class CompressionStream {
  #pair;
  constructor(format) {
    this.#pair = createCoder(format, false);
  }
  get readable() { return compressorOf(this).readable; }
  get writable() { return compressorOf(this).writable; }
  static {
    compressorOf = (face) => {
      if (typeof face === "object" && face !== null && #pair in face) return face.#pair;
      throw invalidThisType("CompressionStream");
    };
  }
}

class DecompressionStream {
  #pair;
  constructor(format) {
    this.#pair = createCoder(format, true);
  }
  get readable() { return decompressorOf(this).readable; }
  get writable() { return decompressorOf(this).writable; }
  static {
    decompressorOf = (face) => {
      if (typeof face === "object" && face !== null && #pair in face) return face.#pair;
      throw invalidThisType("DecompressionStream");
    };
  }
}

for (const face of [CompressionStream, DecompressionStream]) {
  defineInterface(face);
  defineInspection(face, ({ readable, writable }) => ({ readable, writable }));
}

module.exports = { CompressionStream, DecompressionStream };
