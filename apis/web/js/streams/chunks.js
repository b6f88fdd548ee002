"use strict";
// A list of strings and byte chunks that becomes one Uint8Array or one string.

const isView = ArrayBuffer.isView;
const PlatformUint8Array = Uint8Array;

function bytesOf(chunk) {
  if (isView(chunk)) {
    return new PlatformUint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
  if (chunk instanceof ArrayBuffer || chunk instanceof SharedArrayBuffer) {
    return new PlatformUint8Array(chunk);
  }
  return undefined;
}

/** The UTF-8 length of a string; a surrogate pair is four bytes, a lone surrogate three. */
function utf8Length(text) {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    length += 1;
    if (unit < 0x800) continue;
    length += 1;
    const isPair = (unit & 0xfc00) === 0xd800 &&
      (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00;
    if (isPair) index++;
  }
  return length;
}

class ChunkList {
  /** `copies`: sources may reuse a buffer once they have handed it over. */
  constructor(copies) {
    this.copies = copies;
    this.parts = [];
    this.byteLength = 0;
    this.onlyText = true;
  }

  /** Adds a string, a buffer or a view; returns its length in bytes, -1 for anything else. */
  push(chunk) {
    if (typeof chunk === "string") {
      const length = utf8Length(chunk);
      this.parts.push(chunk);
      this.byteLength += length;
      return length;
    }
    const bytes = bytesOf(chunk);
    if (bytes === undefined) return -1;
    this.onlyText = false;
    this.parts.push(this.copies ? bytes.slice() : bytes);
    this.byteLength += bytes.byteLength;
    return bytes.byteLength;
  }

  /** All bytes as one array; the list is empty afterwards. */
  takeBytes() {
    const { encodeUtf8 } = require("web/encoding");
    const { parts, byteLength, onlyText } = this;
    this.parts = [];
    this.byteLength = 0;
    this.onlyText = true;
    if (onlyText) return encodeUtf8(parts.length === 1 ? parts[0] : parts.join(""));
    // What a program gets must not be the buffer that somebody else holds.
    if (parts.length === 1) return this.copies ? parts[0] : parts[0].slice();
    const result = new PlatformUint8Array(byteLength);
    let offset = 0;
    for (let index = 0; index < parts.length; index++) {
      let part = parts[index];
      if (typeof part === "string") {
        // Neighbouring strings are encoded together: a surrogate pair may be split over them.
        while (typeof parts[index + 1] === "string") part += parts[++index];
        part = encodeUtf8(part);
      }
      result.set(part, offset);
      offset += part.byteLength;
    }
    return offset === byteLength ? result : result.subarray(0, offset);
  }

  /** Everything as text, a byte order mark at its start removed. */
  takeText() {
    if (this.onlyText) {
      const text = this.parts.join("").toWellFormed();
      this.parts = [];
      this.byteLength = 0;
      return text;
    }
    return require("web/encoding").decodeUtf8(this.takeBytes());
  }
}

// Promises resolve with lists: whatever a program puts on Object.prototype, a list is no promise.
ChunkList.prototype.then = undefined;

module.exports = { ChunkList };
