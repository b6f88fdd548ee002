"use strict";
// What the data parsers take, and where the bytes of files and views become text.

const { invalidArgument } = require("web/fetch-errors");
const { textOrBytesOrBlob } = require("bun/input-bytes");
const { decodeUtf8 } = require("web/encoding");

const { TypeError } = globalThis;

/// The text of what a program passed; primitives are what they print as.
function textOf(input) {
  if (typeof input === "string") return input;
  const data = textOrBytesOrBlob(input);
  if (typeof data === "string") return data;
  if (data !== undefined) return decodeUtf8(bytesOf(data));
  if (input === undefined || input === null) {
    throw invalidArgument("input must be a string, ArrayBuffer, ArrayBufferView or Blob");
  }
  if (typeof input === "symbol") throw new TypeError("Cannot convert a symbol to a string");
  return `${input}`;
}

function bytesOf(data) {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/// A property like any other, `__proto__` too.
function setOwn(object, key, value) {
  if (key !== "__proto__") {
    object[key] = value;
    return;
  }
  Object.defineProperty(object, key, {
    value, writable: true, enumerable: true, configurable: true,
  });
}

module.exports = { textOf, setOwn };
