// Buffer's methods between bytes and text, and its searches.
"use strict";

const {
  ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_UNKNOWN_ENCODING, invalidType, makeError,
} = require("node/errors");
const { isBytes, outOfBounds, invalidThis } = require("node/buffer-checks");
const {
  UTF8, UTF16LE, LATIN1, ASCII, BASE64, BASE64URL, HEX, UNKNOWN, codeOf, expectCode,
} = require("node/buffer-encodings");

const { ArrayBuffer, Math, Number, String } = globalThis;
const { isView } = ArrayBuffer;

const STRING_MAX = 2147483647;

// ---- To text ---------------------------------------------------------------------------------

function checkTextLength(code, size) {
  const isHex = code === HEX && size > STRING_MAX / 2;
  const isBase64 = (code === BASE64 || code === BASE64URL) && size > (STRING_MAX / 4) * 3;
  if (size <= STRING_MAX && !isHex && !isBase64) return;
  throw stringTooLong();
}

function stringTooLong() {
  const message = `Cannot create a string longer than ${STRING_MAX} characters`;
  return makeError("Error", "ERR_STRING_TOO_LONG", message);
}

const LONG = 0x10000000;

function decode(code, buffer, start, end) {
  if (end - start > LONG) checkTextLength(code, end - start);
  return ops.decode(code, buffer, start, end);
}

function toString(encoding, start, end) {
  if (!isBytes(this)) throw invalidThis("toString");
  const { length } = this;
  if (length === 0) return "";
  if (arguments.length === 0) return decode(UTF8, this, 0, length);
  const code = encoding === undefined ? UTF8 : expectCode(encoding);
  if (arguments.length === 1) return decode(code, this, 0, length);
  let from = Math.trunc(+start) || 0;
  if (from < 0) from = 0;
  let to = length;
  if (end !== undefined) {
    const wanted = Math.trunc(+end) || 0;
    if (wanted < length) to = wanted;
  }
  return to <= from ? "" : decode(code, this, from, to);
}

function indexOutOfRange() {
  return makeError("RangeError", "ERR_OUT_OF_RANGE", "Index out of range");
}

function notView() {
  return new TypeError("Expected ArrayBufferView");
}

function sliceIndex(value, fallback) {
  if (value === undefined) return fallback;
  const index = Math.trunc(+value) || 0;
  if (index < 0) throw indexOutOfRange();
  return index;
}

function sliceOf(buffer, code, start, end) {
  if (!isView(buffer)) throw notView();
  const length = buffer.byteLength;
  if (length === 0) return "";
  const from = sliceIndex(start, 0);
  const to = Math.max(sliceIndex(end, length), from);
  if (to > length) throw indexOutOfRange();
  return from === to ? "" : decode(code, buffer, from, to);
}

// ---- From text -------------------------------------------------------------------------------

/** Up to this length, a loop is faster than a call into native code. */
const SHORT_TEXT = 24;

function encodeInto(code, text, buffer, offset, length) {
  const size = text.length;
  if (size === 0) return 0;
  if (code === UTF8 && size <= SHORT_TEXT && size <= length) {
    let index = 0;
    for (; index < size; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 127) break;
      buffer[offset + index] = unit;
    }
    if (index === size) return size;
  }
  return ops.write(code, text, buffer, offset, length);
}

function checkOffset(value, name, max) {
  if (typeof value !== "number") throw invalidType(name, "of type number", value);
  if (!Number.isInteger(value)) throw ERR_OUT_OF_RANGE(name, "an integer", value);
  if (value < 0 || value > max) throw ERR_OUT_OF_RANGE(name, `>= 0 && <= ${max}`, value);
}

function checkText(value) {
  if (typeof value !== "string") throw invalidType("string", "of type string", value);
}

function write(string, offset, length, encoding) {
  if (!isBytes(this)) throw invalidThis("write");
  const whole = this.length;
  if (offset === undefined) {
    checkText(string);
    return encodeInto(UTF8, string, this, 0, whole);
  }
  if (length === undefined && typeof offset === "string") {
    const code = expectCode(offset);
    checkText(string);
    return encodeInto(code, string, this, 0, whole);
  }
  checkOffset(offset, "offset", whole);
  let room = whole - offset;
  let name = encoding;
  if (typeof length === "string") name = length;
  else if (length !== undefined) {
    checkOffset(length, "length", whole);
    if (length < room) room = length;
  }
  checkText(string);
  return encodeInto(name ? expectCode(name) : UTF8, string, this, offset, room);
}

function writeOf(buffer, code, string, offset, length) {
  if (typeof string !== "string") {
    throw makeError("TypeError", "ERR_INVALID_ARG_TYPE", "argument must be a string");
  }
  if (!isView(buffer)) throw notView();
  const whole = buffer.byteLength;
  const start = offset === undefined ? 0 : +offset;
  if (start < 0 || start > whole) throw outOfBounds("offset");
  const from = Math.trunc(start) || 0;
  let room = whole - from;
  if (length !== undefined) {
    const wanted = +length;
    if (start === start && (wanted < 0 || wanted > whole - start)) throw outOfBounds("length");
    room = Math.min(room, Math.max(0, Math.trunc(wanted) || 0));
  }
  return ops.write(code, string, buffer, from, room);
}

// Each encoding has a reading and a writing method without a check of arguments in front.
const direct = {
  asciiSlice(start, end) { return sliceOf(this, ASCII, start, end); },
  asciiWrite(text, offset, length) { return writeOf(this, ASCII, text, offset, length); },
  base64Slice(start, end) { return sliceOf(this, BASE64, start, end); },
  base64Write(text, offset, length) { return writeOf(this, BASE64, text, offset, length); },
  base64urlSlice(start, end) { return sliceOf(this, BASE64URL, start, end); },
  base64urlWrite(text, offset, length) { return writeOf(this, BASE64URL, text, offset, length); },
  hexSlice(start, end) { return sliceOf(this, HEX, start, end); },
  hexWrite(text, offset, length) { return writeOf(this, HEX, text, offset, length); },
  latin1Slice(start, end) { return sliceOf(this, LATIN1, start, end); },
  latin1Write(text, offset, length) { return writeOf(this, LATIN1, text, offset, length); },
  ucs2Slice(start, end) { return sliceOf(this, UTF16LE, start, end); },
  ucs2Write(text, offset, length) { return writeOf(this, UTF16LE, text, offset, length); },
  utf16leSlice(start, end) { return sliceOf(this, UTF16LE, start, end); },
  utf16leWrite(text, offset, length) { return writeOf(this, UTF16LE, text, offset, length); },
  utf8Slice(start, end) { return sliceOf(this, UTF8, start, end); },
  utf8Write(text, offset, length) { return writeOf(this, UTF8, text, offset, length); },
};

function isEncoding(encoding) {
  return typeof encoding === "string" && codeOf(encoding) !== UNKNOWN;
}

// ---- Searches --------------------------------------------------------------------------------

const INT32_MAX = 2147483647;
const INT32_MIN = -2147483648;

function searchOffset(value, length, forward) {
  const offset = +value;
  if (offset !== offset) return forward ? 0 : length;
  return Math.trunc(Math.min(Math.max(offset, INT32_MIN), INT32_MAX));
}

function searchNumber(buffer, value, offset, forward) {
  const { length } = buffer;
  if (length === 0) return -1;
  const byte = value & 255;
  const start = offset < 0 ? offset + length : offset;
  if (forward) return start >= length ? -1 : indexOfByte.call(buffer, byte, Math.max(start, 0));
  if (start < 0) return -1;
  return lastIndexOfByte.call(buffer, byte, Math.min(start, length - 1));
}

const indexOfByte = Uint8Array.prototype.indexOf;
const lastIndexOfByte = Uint8Array.prototype.lastIndexOf;

function search(buffer, value, byteOffset, encoding, forward, method) {
  if (!isBytes(buffer)) throw invalidThis(method);
  const { length } = buffer;
  let offset = 0;
  let name = encoding;
  if (typeof byteOffset === "string") name = byteOffset;
  else if (byteOffset !== undefined || !forward) offset = searchOffset(byteOffset, length, forward);
  if (typeof byteOffset === "string" && !forward) offset = 0;
  if (typeof value === "number") return searchNumber(buffer, value, offset, forward);
  let code = name === undefined ? UTF8 : codeOf(String(name));
  if (typeof value === "string") {
    if (code === UNKNOWN) throw ERR_UNKNOWN_ENCODING(String(name));
  } else if (!isBytes(value)) {
    throw ERR_INVALID_ARG_TYPE("value", ["number", "string", "Buffer", "Uint8Array"], value);
  } else if (code === UNKNOWN) code = UTF8;
  return ops.search(buffer, value, offset, code, forward);
}

function indexOf(value, byteOffset, encoding) {
  return search(this, value, byteOffset, encoding, true, "indexOf");
}

function lastIndexOf(value, byteOffset, encoding) {
  return search(this, value, byteOffset, encoding, false, "lastIndexOf");
}

function includes(value, byteOffset, encoding) {
  return search(this, value, byteOffset, encoding, true, "includes") !== -1;
}

module.exports = {
  ...direct, toString, write, isEncoding, indexOf, lastIndexOf, includes, decode,
  stringTooLong,
};
