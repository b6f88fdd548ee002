// Making buffers: alloc, from, concat and what else is on the constructor.
"use strict";

const {
  ERR_INVALID_ARG_TYPE, invalidType, validateArray, ERR_INVALID_ARG_VALUE, ERR_UNKNOWN_ENCODING,
} = require("node/errors");
const { FastBuffer } = require("node/buffer-class");
const {
  isBytes, outOfBounds, checkSize, checkInteger, notBytes, LENGTH_MAX,
} = require("node/buffer-checks");
const {
  UTF8, UTF16LE, LATIN1, ASCII, BASE64, BASE64URL, HEX, UNKNOWN, codeOf, expectCode,
} = require("node/buffer-encodings");

const { Array, ArrayBuffer, Number, SharedArrayBuffer, Symbol, Uint8Array } = globalThis;
const { isView } = ArrayBuffer;
const tagOf = Object.prototype.toString;
const getterOf = ({ prototype }) => Object.getOwnPropertyDescriptor(prototype, "byteLength").get;
const byteLengthOf = getterOf(ArrayBuffer);
const sharedLengthOf = getterOf(SharedArrayBuffer);
const viewLengthOf = getterOf(Object.getPrototypeOf(Uint8Array));

/** Up to this length, a loop is faster than a call into native code. */
const SHORT_TEXT = 24;

// ---- alloc -----------------------------------------------------------------------------------

function alloc(size, fill, encoding) {
  checkSize(size);
  const buffer = new FastBuffer(size);
  if (fill === undefined || fill === 0 || size < 1) return buffer;
  return fillNew(buffer, fill, encoding);
}

function fillNew(buffer, fill, encoding) {
  if (typeof fill === "string") {
    if (encoding !== undefined) expectEncoding(encoding);
    if (fill.length === 0) return buffer;
  }
  if (isView(fill) && fill.byteLength === 0) throw ERR_INVALID_ARG_VALUE("value", fill);
  return buffer.fill(fill, 0, buffer.length, encoding);
}

function expectEncoding(encoding) {
  if (codeOf(typeof encoding === "string" ? encoding : String(encoding)) !== UNKNOWN) return;
  if (typeof encoding !== "string") throw invalidType("encoding", "of type string", encoding);
  throw ERR_UNKNOWN_ENCODING(encoding);
}

function allocUnsafe(size) {
  checkSize(size);
  return new FastBuffer(size);
}

function allocUnsafeSlow(size) {
  checkSize(size);
  return new FastBuffer(size);
}

// ---- from ------------------------------------------------------------------------------------

/** The most bytes that text of this length takes; for UTF-8, if it is ASCII. */
function room(length, code) {
  switch (code) {
    case UTF16LE: return length * 2;
    case HEX: return length >>> 1;
    case BASE64: case BASE64URL: return Math.ceil(length / 4) * 3;
    default: return length;
  }
}

function fromText(text, code) {
  const { length } = text;
  if (length <= SHORT_TEXT && code === UTF8) {
    const buffer = new FastBuffer(length);
    let index = 0;
    for (; index < length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 127) break;
      buffer[index] = unit;
    }
    if (index === length) return buffer;
  }
  if (code === UTF8) return fromUtf8(text, length);
  const size = room(length, code);
  const buffer = new FastBuffer(size);
  const written = ops.write(code, text, buffer, 0, size);
  return written === size ? buffer : new FastBuffer(buffer.buffer.slice(0, written));
}

function fromUtf8(text, length) {
  const buffer = new FastBuffer(length);
  // How many bytes the text takes, written where that is its length, which means it is ASCII.
  const size = ops.writeAscii(text, buffer);
  if (size === length) return buffer;
  const whole = new FastBuffer(size);
  ops.write(UTF8, text, whole, 0, size);
  return whole;
}

function fromString(text, encoding) {
  const code = typeof encoding === "string" ? expectCode(encoding) : UTF8;
  if (text.length === 0) return new FastBuffer(0);
  return fromText(text, code);
}

function integerOr(value, fallback) {
  if (value === undefined) return fallback;
  const number = Math.trunc(+value);
  return number !== number ? 0 : number;
}

function fromArrayBuffer(source, offset, length) {
  const start = integerOr(offset, 0);
  const available = source.byteLength - start;
  if (start < 0 || available < 0) throw outOfBounds("offset");
  if (length === undefined) {
    return offset === undefined ? new FastBuffer(source) : new FastBuffer(source, start);
  }
  const size = Math.max(0, integerOr(length, 0));
  if (size > available) throw outOfBounds("length");
  return new FastBuffer(source, start, size);
}

function hasBrand(lengthOf, value) {
  try {
    lengthOf.call(value);
    return true;
  } catch {
    return false;
  }
}

/** Whether it is one, of any realm, and not just made to look like one. */
function isArrayBuffer(value) {
  switch (tagOf.call(value)) {
    case "[object ArrayBuffer]": return hasBrand(byteLengthOf, value);
    case "[object SharedArrayBuffer]": return hasBrand(sharedLengthOf, value);
    default: return false;
  }
}

function fromView(view) {
  if (!(view instanceof DataView)) return new FastBuffer(view);
  return new FastBuffer(0);
}

/** From an array or what looks like one; `undefined` for anything else. */
function fromArrayLike(value) {
  if (value.length !== undefined || isArrayBuffer(value.buffer)) {
    if (typeof value.length !== "number" || value.length <= 0) return new FastBuffer(0);
    return fromList(value);
  }
  const { type, data } = value;
  if (type === "Buffer" && Array.isArray(data)) return fromList(data);
  return undefined;
}

function fromList(list) {
  const { length } = list;
  const buffer = new FastBuffer(length);
  for (let index = 0; index < length; index++) buffer[index] = list[index];
  return buffer;
}

function notConvertible(value) {
  const expected =
    "of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object";
  return invalidType("first argument", expected, value);
}

function from(value, encodingOrOffset, length) {
  if (typeof value === "string") return fromString(value, encodingOrOffset);
  if (typeof value !== "object" || value === null) throw notConvertible(value);
  if (isView(value)) return fromView(value);
  if (isArrayBuffer(value)) return fromArrayBuffer(value, encodingOrOffset, length);
  const primitive = value.valueOf && value.valueOf();
  if (primitive !== undefined && primitive !== null && primitive !== value &&
    (typeof primitive === "string" || typeof primitive === "object")) {
    return from(primitive, encodingOrOffset, length);
  }
  const made = fromArrayLike(value);
  if (made !== undefined) return made;
  const convert = value[Symbol.toPrimitive];
  if (typeof convert === "function") {
    const text = convert.call(value, "string");
    if (typeof text === "string") return fromString(text, encodingOrOffset);
  }
  throw notConvertible(value);
}

function copyBytesFrom(view, offset, length) {
  if (!isView(view) || view instanceof DataView) {
    throw invalidType("view", "of type TypedArray", view);
  }
  const count = view.length;
  if (count === 0) return new FastBuffer(0);
  let start = 0;
  let end = count;
  if (offset !== undefined) {
    checkInteger(offset, "offset", 0, Number.MAX_SAFE_INTEGER);
    if (offset >= count) return new FastBuffer(0);
    start = offset;
  }
  if (length !== undefined) {
    checkInteger(length, "length", 0, Number.MAX_SAFE_INTEGER);
    end = Math.min(start + length, count);
  }
  const size = view.BYTES_PER_ELEMENT;
  const first = view.byteOffset + start * size;
  return new FastBuffer(view.buffer.slice(first, first + (end - start) * size));
}

// ---- concat ----------------------------------------------------------------------------------

/** From this length on, native code joins the parts, into memory it need not clear first. */
const LONG = 16384;
/** How many parts are passed to it as arguments. */
const PARTS_MAX = 8192;
/** Up to this length, a loop is faster than a call of the engine's. */
const SHORT_PART = 32;

// The elements of a list, each read once: reading one may run code that changes those before it.
function partsOf(list, count) {
  const parts = new Array(count);
  for (let index = 0; index < count; index++) {
    const part = list[index];
    if (!isBytes(part)) throw notBytes(`list[${index}]`, part);
    parts[index] = part;
  }
  return parts;
}

// The bytes of all parts, whatever properties of their own say; one without bytes may be detached,
// which only then is worth a look.
function lengthOf(parts) {
  let total = 0;
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index];
    const size = viewLengthOf.call(part);
    if (size === 0 && part.buffer.detached) throw new TypeError("ArrayBufferView is detached");
    total += size;
  }
  if (total > LENGTH_MAX) {
    throw new RangeError(`JavaScriptCore typed arrays are currently limited to ${LENGTH_MAX} ` +
      "bytes. To use an array this large, use an ArrayBuffer instead. If this is causing issues " +
      "for you, please file an issue in Bun's GitHub repository.");
  }
  return total;
}

function concat(list, totalLength) {
  if (arguments.length === 0) return new FastBuffer(0);
  validateArray(list, "list");
  const count = list.length;
  if (count === 0) return new FastBuffer(0);
  const parts = partsOf(list, count);
  if (totalLength !== undefined) checkInteger(totalLength, "length", 0, LENGTH_MAX);
  const available = lengthOf(parts);
  const length = totalLength === undefined ? available : totalLength;
  if (length === available && length >= LONG && count <= PARTS_MAX) {
    return new FastBuffer(ops.concat(length, ...parts));
  }
  const joined = new FastBuffer(length);
  let end = 0;
  for (let index = 0; index < count && end < length; index++) {
    const part = parts[index];
    const size = viewLengthOf.call(part);
    if (size > length - end) {
      joined.set(part.subarray(0, length - end), end);
      break;
    }
    if (size <= SHORT_PART) {
      for (let offset = 0; offset < size; offset++) joined[end + offset] = part[offset];
    } else {
      joined.set(part, end);
    }
    end += size;
  }
  return joined;
}

// ---- byteLength ------------------------------------------------------------------------------

function base64Length(text) {
  let { length } = text;
  if (length > 0 && text.charCodeAt(length - 1) === 61) length--;
  if (length > 1 && text.charCodeAt(length - 1) === 61) length--;
  return Math.floor((length * 3) / 4);
}

function byteLength(string, encoding) {
  if (typeof string !== "string") {
    if (isView(string) || isArrayBuffer(string)) return string.byteLength;
    throw ERR_INVALID_ARG_TYPE("string", ["string", "Buffer", "ArrayBuffer"], string);
  }
  switch (encoding === undefined ? UTF8 : codeOf(encoding)) {
    case UTF16LE: return string.length * 2;
    case LATIN1: case ASCII: return string.length;
    case HEX: return string.length >>> 1;
    case BASE64: case BASE64URL: return base64Length(string);
    default: return utf8Length(string);
  }
}

function utf8Length(text) {
  const { length } = text;
  if (length > SHORT_TEXT) return ops.byteLength(text);
  for (let index = 0; index < length; index++) {
    if (text.charCodeAt(index) > 127) return ops.byteLength(text);
  }
  return length;
}

for (const [action, length] of [
  [alloc, 1], [byteLength, 2], [concat, 2], [copyBytesFrom, 1], [from, 3],
]) Object.defineProperty(action, "length", { value: length, configurable: true });
Object.defineProperty(from, "name", { value: "", configurable: true });

module.exports = {
  alloc, allocUnsafe, allocUnsafeSlow, from, fromString, copyBytesFrom, concat, byteLength,
};
