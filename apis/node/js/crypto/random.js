// Random bytes, integers and identifiers of node:crypto.
"use strict";

const { Buffer } = require("node/buffer");
const {
  ERR_OUT_OF_RANGE, invalidType, validateBoolean, validateFunction, validateNumber,
  validateObject,
} = require("node/errors");
const { crypto } = require("web/crypto");
const { nextTick } = require("runtime/event-loop");

const SIZE_MAX = 2 ** 31 - 1;
const CHUNK_BYTES = 65536;
const INTEGER_BYTES = 6;
const INTEGERS = 2 ** 48;
const RANGE_MAX = INTEGERS - 1;

function fill(bytes) {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    crypto.getRandomValues(bytes.subarray(at, at + CHUNK_BYTES));
  }
  return bytes;
}

function checkRange(value, name, most) {
  if (!(value >= 0 && value <= most) || Number.isNaN(value)) {
    throw ERR_OUT_OF_RANGE(name, `>= 0 && <= ${most}`, value);
  }
}

function later(callback, ...answer) {
  nextTick(() => callback(null, ...answer), undefined);
}

function randomBytes(size, callback) {
  validateNumber(size, "size");
  checkRange(size, "size", SIZE_MAX);
  if (callback !== undefined) validateFunction(callback, "callback");
  const bytes = fill(Buffer.alloc(size));
  if (callback === undefined) return bytes;
  later(callback, bytes);
}

// The part of a buffer that is to be filled; offsets count elements.
function partOf(buffer, offset, size) {
  const isView = ArrayBuffer.isView(buffer);
  if (!isView && !(buffer instanceof ArrayBuffer) && !(buffer instanceof SharedArrayBuffer)) {
    throw invalidType("buf", "of type ArrayBuffer or ArrayBufferView", buffer);
  }
  const width = buffer.BYTES_PER_ELEMENT ?? 1;
  const length = buffer.length ?? buffer.byteLength;
  if (offset !== undefined) {
    validateNumber(offset, "offset");
    checkRange(offset, "offset", length);
  }
  const start = (offset ?? 0) * width;
  if (size !== undefined) {
    validateNumber(size, "size");
    checkRange(size, "size", SIZE_MAX);
    if (start + size * width > buffer.byteLength) {
      throw ERR_OUT_OF_RANGE("size + offset", `<= ${buffer.byteLength}`, size + start);
    }
  }
  const count = size === undefined ? buffer.byteLength - start : size * width;
  return isView
    ? new Uint8Array(buffer.buffer, buffer.byteOffset + start, count)
    : new Uint8Array(buffer, start, count);
}

function randomFillSync(buffer, offset, size) {
  fill(partOf(buffer, offset, size));
  return buffer;
}

function randomFill(buffer, offset, size, callback) {
  const given = [offset, size, callback];
  const at = given.findIndex((value) => typeof value === "function");
  const done = at < 0 ? callback : given[at];
  const [from, count] = at < 0 ? given : given.slice(0, at);
  const part = partOf(buffer, from, count);
  validateFunction(done, "callback");
  fill(part);
  later(done, buffer);
}

function integerBelow(range) {
  // Above the largest multiple of the range some values would come up more often.
  const limit = INTEGERS - (INTEGERS % range);
  for (;;) {
    const value = fill(Buffer.alloc(INTEGER_BYTES)).readUIntBE(0, INTEGER_BYTES);
    if (value < limit) return value % range;
  }
}

function checkInteger(value, name) {
  if (!Number.isSafeInteger(value)) throw invalidType(name, "a safe integer", value);
}

function randomInt(min, max, callback) {
  const isLimitOnly = max === undefined || typeof max === "function";
  const [low, high, done] = isLimitOnly ? [0, min, max] : [min, max, callback];
  if (done !== undefined) validateFunction(done, "callback");
  if (!isLimitOnly) checkInteger(low, "min");
  checkInteger(high, "max");
  if (high <= low) {
    throw ERR_OUT_OF_RANGE("max", `greater than the value of "min" (${low})`, high);
  }
  if (high - low > RANGE_MAX) {
    throw ERR_OUT_OF_RANGE(isLimitOnly ? "max" : "max - min", `<= ${RANGE_MAX}`, high - low);
  }
  const value = low + integerBelow(high - low);
  if (done === undefined) return value;
  nextTick(done, [undefined, value]);
}

function randomUUID(options) {
  if (options !== undefined) {
    validateObject(options, "options");
    const { disableEntropyCache } = options;
    if (disableEntropyCache !== undefined) {
      validateBoolean(disableEntropyCache, "options.disableEntropyCache");
    }
  }
  return crypto.randomUUID();
}

function timingSafeEqual(left, right) { return crypto.timingSafeEqual(left, right); }

module.exports = {
  randomBytes, randomFill, randomFillSync, randomInt, randomUUID, timingSafeEqual,
};
