// What passes through byte streams: strings and bytes, made into Buffers without copying bytes.
"use strict";

const { Buffer } = require("node/buffer");
const { ArrayBuffer, Uint8Array } = globalThis;

const isView = ArrayBuffer.isView;

/** The bytes of any view, as a Buffer over the same memory. */
function bufferOver(view) {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

const isArrayBufferView = { isArrayBufferView(value) { return isView(value); } }.isArrayBufferView;

const { isUint8Array, _uint8ArrayToBuffer } = {
  isUint8Array(value) { return value instanceof Uint8Array; },
  _uint8ArrayToBuffer(chunk) { return bufferOver(chunk); },
};

module.exports = {
  Buffer, bufferOver, isView, isArrayBufferView, isUint8Array, _uint8ArrayToBuffer,
};
