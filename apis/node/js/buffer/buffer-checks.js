// Checks that the methods of Buffer share: they run where the fast path has found something odd,
// and throw what Bun throws.
"use strict";

const {
  ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, invalidType, makeError,
} = require("node/errors");

const { ArrayBuffer, Number, Uint8Array } = globalThis;

const LENGTH_MAX = 4294967296;
const BYTES = ["Buffer", "Uint8Array"];

function isBytes(value) {
  return value instanceof Uint8Array;
}

function outOfBounds(name) {
  const message = name === undefined
    ? "Attempt to access memory outside buffer bounds" : `"${name}" is outside of buffer bounds`;
  return makeError("RangeError", "ERR_BUFFER_OUT_OF_BOUNDS", message);
}

function invalidThis(method) {
  const message = `Can only call Buffer.${method} on instances of Buffer`;
  return makeError("TypeError", "ERR_INVALID_THIS", message);
}

/** A number from `min` to `max`, as Bun's native checks word it. */
function checkNumber(value, name, min, max) {
  if (typeof value !== "number") throw invalidType(name, "of type number", value);
  if (value >= min && value <= max) return;
  throw ERR_OUT_OF_RANGE(name, `>= ${min} && <= ${max}`, value);
}

function checkInteger(value, name, min, max) {
  if (typeof value !== "number") throw invalidType(name, "of type number", value);
  if (!Number.isInteger(value)) throw ERR_OUT_OF_RANGE(name, "an integer", value);
  if (value < min || value > max) throw ERR_OUT_OF_RANGE(name, `>= ${min} && <= ${max}`, value);
}

function checkSize(size) {
  checkNumber(size, "size", 0, LENGTH_MAX);
}

function notBytes(name, value) {
  return ERR_INVALID_ARG_TYPE(name, BYTES, value);
}

/** What reading or writing `size` bytes at an offset outside of a buffer throws. */
function badOffset(buffer, offset, size, name = "offset") {
  if (!ArrayBuffer.isView(buffer)) return invalidType("buf", "of type Buffer", buffer);
  if (typeof offset !== "number") return invalidType(name, "of type number", offset);
  if (Math.floor(offset) !== offset) return ERR_OUT_OF_RANGE(name, "an integer", offset);
  const last = buffer.length - size;
  if (last < 0) return outOfBounds();
  return ERR_OUT_OF_RANGE(name, `>= 0 and <= ${last}`, offset);
}

/** What a count of bytes other than 1 to 6 throws. */
function badByteLength(byteLength) {
  if (typeof byteLength !== "number") {
    return invalidType("byteLength", "of type number", byteLength);
  }
  const range = Math.floor(byteLength) !== byteLength ? "an integer" : ">= 1 and <= 6";
  return ERR_OUT_OF_RANGE("byteLength", range, byteLength);
}

function powerRange(isSigned, size, mark) {
  const bits = size * 8 - (isSigned ? 1 : 0);
  const power = `2${mark} ** ${bits}${mark}`;
  return isSigned ? `>= -(${power}) and < ${power}` : `>= 0${mark} and < ${power}`;
}

/** What writing an integer that does not fit, or to a bad offset, throws. */
function badInteger(buffer, value, offset, min, max, size) {
  if (!ArrayBuffer.isView(buffer)) return invalidType("buf", "of type Buffer", buffer);
  if (size === 1 && typeof offset !== "number") return badOffset(buffer, offset, size);
  if (value > max || value < min) {
    const range = size > 4 ? powerRange(min < 0, size, "") : `>= ${min} and <= ${max}`;
    return ERR_OUT_OF_RANGE("value", range, value);
  }
  return badOffset(buffer, offset, size);
}

/** What writing something else than a bigint of 64 bits, or to a bad offset, throws. */
function badBigInt(buffer, value, offset, isSigned) {
  if (!ArrayBuffer.isView(buffer)) return invalidType("buf", "of type Buffer", buffer);
  if (typeof value !== "bigint") return invalidType("value", "of type bigint", value);
  const fits = isSigned ? BigInt.asIntN(64, value) === value : BigInt.asUintN(64, value) === value;
  if (!fits) return ERR_OUT_OF_RANGE("value", powerRange(isSigned, 8, "n"), value);
  return badOffset(buffer, offset, 8);
}

module.exports = {
  LENGTH_MAX, isBytes, outOfBounds, invalidThis, checkNumber, checkInteger, checkSize, notBytes,
  badOffset, badByteLength, badInteger, badBigInt,
};
