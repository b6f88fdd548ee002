// Buffer's methods on bytes: comparing, copying, filling, slicing, turning around.
"use strict";

const {
  ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, ERR_UNKNOWN_ENCODING, invalidType, makeError,
} = require("node/errors");
const { FastBuffer } = require("node/buffer-class");
const {
  isBytes, invalidThis, checkNumber, checkInteger, notBytes, LENGTH_MAX,
} = require("node/buffer-checks");
const { UTF8, LATIN1, UNKNOWN, codeOf } = require("node/buffer-encodings");

const { ArrayBuffer, Math, Number, Uint8Array } = globalThis;
const { isView } = ArrayBuffer;
const { prototype } = Uint8Array;
const fillBytes = prototype.fill;
const { copyWithin } = prototype;

// ---- Comparing -------------------------------------------------------------------------------

/** Up to this length, a loop is faster than a call into native code. */
const SHORT_BYTES = 32;

function order(one, other) {
  return one < other ? -1 : one > other ? 1 : 0;
}

function compareParts(one, oneStart, oneEnd, other, otherStart, otherEnd) {
  const oneSize = oneEnd - oneStart;
  const otherSize = otherEnd - otherStart;
  const common = Math.min(oneSize, otherSize);
  const head = Math.min(common, SHORT_BYTES);
  for (let index = 0; index < head; index++) {
    const difference = one[oneStart + index] - other[otherStart + index];
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  if (common === head) return order(oneSize, otherSize);
  return ops.compare(one, other, oneStart + head, oneEnd, otherStart + head, otherEnd);
}

/** Any view as its bytes. */
function asBytes(value) {
  if (isBytes(value)) return value;
  if (!isView(value)) return undefined;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function compareBuffers(one, other) {
  const first = asBytes(one);
  if (first === undefined) throw notBytes("buf1", one);
  const second = asBytes(other);
  if (second === undefined) throw notBytes("buf2", other);
  return compareParts(first, 0, first.length, second, 0, second.length);
}

function bound(value, name, fallback) {
  if (value === undefined) return fallback;
  checkInteger(value, name, 0, LENGTH_MAX);
  return value;
}

Object.defineProperty(compareBuffers, "name", { value: "compare", configurable: true });

function compare(target, targetStart, targetEnd, sourceStart, sourceEnd) {
  if (!isBytes(target)) throw notBytes("target", target);
  if (!isBytes(this)) throw invalidThis("compare");
  if (arguments.length === 1) return compareParts(this, 0, this.length, target, 0, target.length);
  const end = bound(sourceEnd, "sourceEnd", this.length);
  const start = bound(sourceStart, "sourceStart", 0);
  const otherEnd = bound(targetEnd, "targetEnd", target.length);
  const otherStart = bound(targetStart, "targetStart", 0);
  if (otherEnd > target.length) {
    throw ERR_OUT_OF_RANGE("targetEnd", `>= 0 and <= ${target.length}`, targetEnd);
  }
  if (end > this.length) {
    throw ERR_OUT_OF_RANGE("sourceEnd", `>= 0 and <= ${this.length}`, sourceEnd);
  }
  if (start >= end) return otherStart >= otherEnd ? 0 : -1;
  if (otherStart >= otherEnd) return 1;
  return compareParts(this, start, end, target, otherStart, otherEnd);
}

function equals(otherBuffer) {
  if (!isBytes(this)) throw invalidThis("equals");
  if (arguments.length === 0) {
    throw makeError("TypeError", "ERR_MISSING_ARGS", "Not enough arguments");
  }
  const other = asBytes(otherBuffer);
  if (other === undefined) throw notBytes("otherBuffer", otherBuffer);
  const { length } = this;
  if (length !== other.length) return false;
  return this === other || compareParts(this, 0, length, other, 0, length) === 0;
}

// ---- Copying ---------------------------------------------------------------------------------

/** An offset as Node coerces it: what is no safe integer counts as 0. */
function toInteger(value) {
  const number = +value;
  return number >= Number.MIN_SAFE_INTEGER && number <= Number.MAX_SAFE_INTEGER
    ? Math.trunc(number) : 0;
}

function copy(target, targetStart, sourceStart, sourceEnd) {
  if (!isBytes(this)) throw notBytes("source", this);
  const into = asBytes(target);
  if (into === undefined) throw notBytes("target", target);
  let start = 0;
  if (targetStart !== undefined) {
    start = typeof targetStart === "number" && targetStart > Number.MAX_SAFE_INTEGER
      ? targetStart : toInteger(targetStart);
    if (start < 0) throw ERR_OUT_OF_RANGE("targetStart", ">= 0", targetStart);
  }
  let from = 0;
  if (sourceStart !== undefined) {
    from = toInteger(sourceStart);
    if (from < 0 || from > this.length) {
      throw ERR_OUT_OF_RANGE("sourceStart", `>= 0 && <= ${this.length}`, sourceStart);
    }
  }
  let to = this.length;
  if (sourceEnd !== undefined) {
    const end = toInteger(sourceEnd);
    if (end < 0) throw ERR_OUT_OF_RANGE("sourceEnd", ">= 0", sourceEnd);
    to = Math.min(end, this.length);
  }
  return copyPart(this, from, to, into, start);
}

/** Up to this length, a loop is faster than making a view and copying that. */
const SHORT_COPY = 32;

/** In the direction that is right where the two overlap. */
function copyShort(source, from, into, start, count) {
  if (into.byteOffset + start <= source.byteOffset + from) {
    for (let index = 0; index < count; index++) into[start + index] = source[from + index];
  } else {
    for (let index = count - 1; index >= 0; index--) into[start + index] = source[from + index];
  }
}

function copyPart(source, from, to, into, start) {
  if (start >= into.length || from >= to) return 0;
  const count = Math.min(to - from, into.length - start);
  if (count <= SHORT_COPY) {
    copyShort(source, from, into, start, count);
  } else if (count === source.length) {
    prototype.set.call(into, source, start);
  } else {
    const part = new Uint8Array(source.buffer, source.byteOffset + from, count);
    prototype.set.call(into, part, start);
  }
  return count;
}

// ---- Filling ---------------------------------------------------------------------------------

function expectFillEncoding(encoding) {
  const code = codeOf(typeof encoding === "string" ? encoding : String(encoding));
  if (code !== UNKNOWN) return code;
  if (typeof encoding !== "string") throw invalidType("encoding", "of type string", encoding);
  throw ERR_UNKNOWN_ENCODING(encoding);
}

/** Repeats the first `size` bytes of a range over the rest of it. */
function repeat(buffer, start, end, size) {
  if (size === 1) {
    fillBytes.call(buffer, buffer[start], start, end);
    return;
  }
  let filled = size;
  while (start + filled < end) {
    const count = Math.min(filled, end - start - filled);
    copyWithin.call(buffer, start + filled, start, start + count);
    filled += count;
  }
}

function fillText(buffer, text, start, end, code) {
  if (text.length === 0) {
    fillBytes.call(buffer, 0, start, end);
    return;
  }
  if (text.length === 1 && (code === UTF8 || code === LATIN1)) {
    const unit = text.charCodeAt(0);
    if (unit < 128) {
      fillBytes.call(buffer, unit, start, end);
      return;
    }
  }
  if (!ops.fill(code, text, buffer, start, end)) throw ERR_INVALID_ARG_VALUE("value", text);
}

function fillView(buffer, view, start, end) {
  const bytes = asBytes(view);
  if (bytes.length === 0) {
    throw makeError("TypeError", "ERR_INVALID_ARG_VALUE", "Buffer cannot be empty");
  }
  const size = Math.min(bytes.length, end - start);
  prototype.set.call(buffer, size === bytes.length ? bytes : bytes.subarray(0, size), start);
  repeat(buffer, start, end, size);
}

function fill(value, offset, end, encoding) {
  if (!isBytes(this)) throw invalidThis("fill");
  const { length } = this;
  let start = offset;
  let stop = end;
  let name = encoding;
  if (offset === undefined || typeof offset === "string") {
    name = offset;
    start = undefined;
  } else if (typeof end === "string") {
    name = end;
    stop = undefined;
  }
  const isText = typeof value === "string";
  const code = isText && name !== undefined && name !== "" ? expectFillEncoding(name) : UTF8;
  start = fillBound(start, "offset", 0, LENGTH_MAX);
  // Reading the encoding may have taken memory away.
  stop = Math.min(fillBound(stop, "end", length, length), this.length);
  if (start >= stop || arguments.length === 0) return this;
  if (isText) fillText(this, value, start, stop, code);
  else if (isView(value)) fillView(this, value, start, stop);
  else fillByte(this, value, start, stop);
  return this;
}

function fillByte(buffer, value, start, stop) {
  // Asking for the value may have taken the memory away.
  const byte = value & 255;
  const end = Math.min(stop, buffer.length);
  if (start < end) fillBytes.call(buffer, byte, start, end);
}

function fillBound(value, name, fallback, max) {
  if (value === undefined) return fallback;
  if (typeof value === "number" && !Number.isInteger(value)) {
    throw ERR_OUT_OF_RANGE(name, "an integer", value);
  }
  checkNumber(value, name, 0, max);
  return value;
}

// ---- Slicing ---------------------------------------------------------------------------------

function sliceBound(value, length) {
  const offset = Math.trunc(+value) || 0;
  if (offset < 0) return offset + length > 0 ? offset + length : 0;
  return offset < length ? offset : length;
}

function part(buffer, start, end) {
  const { length } = buffer;
  const from = start === undefined ? 0 : sliceBound(start, length);
  const to = end === undefined ? length : sliceBound(end, length);
  return new FastBuffer(buffer.buffer, buffer.byteOffset + from, to > from ? to - from : 0);
}

function slice(start, end) {
  if (!isBytes(this)) throw invalidThis("slice");
  return part(this, start, end);
}

function subarray(start, end) {
  if (!isBytes(this)) throw invalidThis("subarray");
  return part(this, start, end);
}

// ---- The rest --------------------------------------------------------------------------------

function swap(buffer, size, method) {
  if (!isBytes(buffer)) throw invalidThis(method);
  if (buffer.length % size !== 0) {
    const message = `Buffer size must be a multiple of ${size * 8}-bits`;
    throw makeError("RangeError", "ERR_INVALID_BUFFER_SIZE", message);
  }
  if (buffer.length > SHORT_SWAP) ops.swap(buffer, size);
  else swapShort(buffer, size);
  return buffer;
}

/** Up to this length, a loop is faster than a call into native code. */
const SHORT_SWAP = 64;

function swapShort(buffer, size) {
  const { length } = buffer;
  for (let start = 0; start < length; start += size) {
    for (let low = start, high = start + size - 1; low < high; low++, high--) {
      const byte = buffer[low];
      buffer[low] = buffer[high];
      buffer[high] = byte;
    }
  }
}

function swap16() { return swap(this, 2, "swap16"); }
function swap32() { return swap(this, 4, "swap32"); }
function swap64() { return swap(this, 8, "swap64"); }

function toJSON() {
  const data = [];
  for (let index = 0; index < this.length; index++) data.push(this[index]);
  return { type: "Buffer", data };
}
Object.defineProperty(toJSON, "name", { value: "", configurable: true });

const limits = { bytesShown: 50 };

/** The properties a program has put on a buffer, for its inspection. */
function extras(buffer, context) {
  const keys = context?.showHidden ? Object.getOwnPropertyNames(buffer) : Object.keys(buffer);
  const shown = [];
  for (const key of keys.slice(context?.showHidden ? buffer.length : buffer.length)) {
    const value = require("bun/inspect").inspect(buffer[key], { compact: true });
    shown.push(`${key}: ${value}`);
  }
  return shown;
}

function inspect(_recurseTimes, context) {
  if (!isBytes(this)) throw invalidThis("inspect");
  const { length } = this;
  const count = Math.min(limits.bytesShown, length);
  let text = "<Buffer";
  for (let index = 0; index < count; index++) {
    const byte = this[index];
    text += byte < 16 ? ` 0${byte.toString(16)}` : ` ${byte.toString(16)}`;
  }
  const rest = length - count;
  if (rest > 0) text += ` ... ${rest} more byte${rest > 1 ? "s" : ""}`;
  const more = context ? extras(this, context) : [];
  if (more.length > 0) text += `${length > 0 ? "," : ""} ${more.join(", ")}`;
  else if (length === 0) text += " ";
  return `${text}>`;
}

module.exports = {
  compareBuffers, compare, equals, copy, fill, slice, subarray, swap16, swap32, swap64, toJSON,
  inspect, limits,
};
