// node:buffer.
"use strict";

const { Buffer, SlowBuffer } = require("node/buffer-class");
const { ERR_OUT_OF_RANGE, invalidType, makeError } = require("node/errors");
const { isBytes, notBytes, LENGTH_MAX } = require("node/buffer-checks");
const { UTF8, UTF16LE, LATIN1, ASCII, codeOf } = require("node/buffer-encodings");
const { limits } = require("node/buffer-bytes");
const { Blob, File } = require("web/blob");
const { atob, btoa } = require("web/encoding");

const { ArrayBuffer, Uint8Array } = globalThis;
const STRING_MAX = 2147483647;

function bytesOf(input) {
  if (ArrayBuffer.isView(input)) return input;
  if (input instanceof ArrayBuffer || input instanceof SharedArrayBuffer) {
    if (input.detached) {
      const message = "Cannot validate on a detached buffer";
      throw makeError("Error", "ERR_INVALID_STATE", `Invalid state: ${message}`);
    }
    return new Uint8Array(input);
  }
  const message = "First argument must be an ArrayBufferView";
  throw makeError("TypeError", "ERR_INVALID_ARG_TYPE", message);
}

function isAscii(input) {
  return ops.isAscii(bytesOf(input));
}

function isUtf8(input) {
  return ops.isUtf8(bytesOf(input));
}

const TRANSCODED = [UTF8, UTF16LE, LATIN1, ASCII];

function transcode(source, fromEncoding, toEncoding) {
  if (!isBytes(source)) throw notBytes("source", source);
  if (source.length === 0) return Buffer.alloc(0);
  const from = codeOf(fromEncoding);
  const to = codeOf(toEncoding);
  if (!TRANSCODED.includes(from) || !TRANSCODED.includes(to)) {
    const error = new Error("Unable to transcode Buffer [U_ILLEGAL_ARGUMENT_ERROR]");
    error.code = "U_ILLEGAL_ARGUMENT_ERROR";
    error.errno = 1;
    throw error;
  }
  const text = ops.decode(from, source, 0, source.length);
  if (to === LATIN1 || to === ASCII) {
    const limit = to === ASCII ? /[^\x00-\x7f]/gu : /[^\x00-\xff]/gu;
    return Buffer.from(text.replace(limit, "?"), "latin1");
  }
  return Buffer.from(text, to === UTF8 ? "utf8" : "utf16le");
}

function resolveObjectURL(url) {
  return require("web/object-urls").resolve(`${url}`);
}

module.exports = {
  Buffer,
  SlowBuffer,
  Blob,
  File,
  INSPECT_MAX_BYTES: undefined,
  kMaxLength: LENGTH_MAX,
  kStringMaxLength: STRING_MAX,
  constants: { MAX_LENGTH: LENGTH_MAX, MAX_STRING_LENGTH: STRING_MAX },
  atob,
  btoa,
  transcode,
  resolveObjectURL,
  isAscii,
  isUtf8,
};

Object.defineProperty(module.exports, "INSPECT_MAX_BYTES", {
  enumerable: true,
  configurable: false,
  get() { return limits.bytesShown; },
  set(value) {
    if (typeof value !== "number") throw invalidType("INSPECT_MAX_BYTES", "of type number", value);
    if (!(value >= 0)) throw ERR_OUT_OF_RANGE("INSPECT_MAX_BYTES", ">= 0", value);
    limits.bytesShown = value;
  },
});
