"use strict";
// What the functions of Bun take as data: text, buffers, views and blobs that lie in memory.

const { invalidArgument } = require("web/fetch-errors");
const { encodeUtf8 } = require("web/encoding");

/// A string as it is, everything else as bytes; undefined for what is neither.
function textOrBytes(value) {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return undefined;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value;
  if (typeof SharedArrayBuffer === "function" && value instanceof SharedArrayBuffer) return value;
  if (value instanceof String) return `${value}`;
  return undefined;
}

/// The same, with blobs in memory.
function textOrBytesOrBlob(value) {
  const data = textOrBytes(value);
  if (data !== undefined || typeof value !== "object" || value === null) return data;
  const blobs = require("web/blob");
  return blobs.isBlob(value) ? blobs.bytesOf(value) ?? undefined : undefined;
}

function expectInput(value) {
  const data = textOrBytesOrBlob(value);
  if (data !== undefined) return data;
  throw invalidArgument("input must be a string, ArrayBuffer, ArrayBufferView or Blob");
}

/// Text or bytes as bytes; `name` is what the error calls them.
function expectBytes(value, name) {
  const data = textOrBytes(value);
  if (data === undefined) {
    throw invalidArgument(`${name} must be a string, ArrayBuffer or ArrayBufferView`);
  }
  return typeof data === "string" ? encodeUtf8(data) : data;
}

module.exports = { textOrBytes, textOrBytesOrBlob, expectInput, expectBytes };
