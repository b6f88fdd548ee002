"use strict";
// Bun.concatArrayBuffers: the bytes of several buffers and views in one.
//
// Reading the elements of a list may run code that detaches or shrinks those before, so that all
// are read first, then measured, then copied.

const { Array, ArrayBuffer, Number, RangeError, TypeError, Uint8Array } = globalThis;

function viewOf(part) {
  const isView = ArrayBuffer.isView(part);
  if (!isView && !(part instanceof ArrayBuffer)) throw new TypeError("Expected TypedArray");
  if ((isView ? part.buffer : part).detached) {
    throw require("node/errors").makeError("Error", "ERR_INVALID_STATE",
      "Invalid state: Cannot validate on a detached buffer");
  }
  return isView
    ? new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
    : new Uint8Array(part);
}

function limitOf(limit) {
  const length = Number(limit ?? Infinity);
  if (length < 0) throw new RangeError("Maximum length must be >= 0");
  return length;
}

function allocate(length) {
  try {
    return new Uint8Array(length);
  } catch {
    throw new TypeError("Failed to allocate ArrayBuffer");
  }
}

function concatArrayBuffers(buffers, limit, asUint8Array) {
  if (buffers === null) buffers = [];
  if (!Array.isArray(buffers)) throw new TypeError("Argument must be an array");
  const parts = [];
  for (let index = 0; index < buffers.length; index++) parts.push(buffers[index]);
  const views = parts.map(viewOf);
  const available = views.reduce((sum, view) => sum + view.length, 0);
  const lengthMax = limitOf(limit);
  // Not a number is no limit.
  const joined = allocate(available > lengthMax ? Math.trunc(lengthMax) : available);
  let end = 0;
  for (const view of views) {
    const part = view.length > joined.length - end ? view.subarray(0, joined.length - end) : view;
    joined.set(part, end);
    end += part.length;
  }
  return asUint8Array ? joined : joined.buffer;
}

module.exports = { concatArrayBuffers };
