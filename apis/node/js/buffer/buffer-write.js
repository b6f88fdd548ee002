// Buffer's methods that write numbers. A value out of range, or an absent byte where it should go,
// is sorted out by the checks; everything else is stores into the view itself.
"use strict";

const { badOffset, badByteLength, badInteger, badBigInt } = require("node/buffer-checks");

const { Uint8Array, Float32Array, Float64Array, BigInt64Array } = globalThis;

// One place of eight bytes, seen as each kind of number.
const scratch = new Uint8Array(8);
const float32 = new Float32Array(scratch.buffer);
const float64 = new Float64Array(scratch.buffer);
const bigInt = new BigInt64Array(scratch.buffer);

function writeUInt8(value, offset = 0) {
  const number = +value;
  if (number < 0 || number > 0xff || typeof offset !== "number" || this[offset] === undefined) {
    throw badInteger(this, number, offset, 0, 0xff, 1);
  }
  this[offset] = number;
  return offset + 1;
}

function writeInt8(value, offset = 0) {
  const number = +value;
  if (number < -0x80 || number > 0x7f || typeof offset !== "number" || this[offset] === undefined) {
    throw badInteger(this, number, offset, -0x80, 0x7f, 1);
  }
  this[offset] = number;
  return offset + 1;
}

function writeUInt16LE(value, offset = 0) {
  const number = +value;
  const fits = number >= 0 && number <= 0xffff || number !== number;
  const isInside = this[offset] !== undefined && this[offset + 1] !== undefined;
  if (!fits || !isInside || typeof offset !== "number") {
    throw badInteger(this, number, offset, 0, 0xffff, 2);
  }
  this[offset] = number;
  this[offset + 1] = number >>> 8;
  return offset + 2;
}

function writeUInt16BE(value, offset = 0) {
  const number = +value;
  const fits = number >= 0 && number <= 0xffff || number !== number;
  const isInside = this[offset] !== undefined && this[offset + 1] !== undefined;
  if (!fits || !isInside || typeof offset !== "number") {
    throw badInteger(this, number, offset, 0, 0xffff, 2);
  }
  this[offset + 1] = number;
  this[offset] = number >>> 8;
  return offset + 2;
}

function writeUInt32LE(value, offset = 0) {
  const number = +value;
  const fits = number >= 0 && number <= 0xffffffff || number !== number;
  const isInside = this[offset] !== undefined && this[offset + 3] !== undefined;
  if (!fits || !isInside || typeof offset !== "number") {
    throw badInteger(this, number, offset, 0, 0xffffffff, 4);
  }
  this[offset] = number;
  this[offset + 1] = number >>> 8;
  this[offset + 2] = number >>> 16;
  this[offset + 3] = number >>> 24;
  return offset + 4;
}

function writeUInt32BE(value, offset = 0) {
  const number = +value;
  const fits = number >= 0 && number <= 0xffffffff || number !== number;
  const isInside = this[offset] !== undefined && this[offset + 3] !== undefined;
  if (!fits || !isInside || typeof offset !== "number") {
    throw badInteger(this, number, offset, 0, 0xffffffff, 4);
  }
  this[offset + 3] = number;
  this[offset + 2] = number >>> 8;
  this[offset + 1] = number >>> 16;
  this[offset] = number >>> 24;
  return offset + 4;
}

function writeInt16LE(value, offset = 0) {
  const number = +value;
  const fits = number >= -0x8000 && number <= 0x7fff || number !== number;
  const isInside = this[offset] !== undefined && this[offset + 1] !== undefined;
  if (!fits || !isInside || typeof offset !== "number") {
    throw badInteger(this, number, offset, -0x8000, 0x7fff, 2);
  }
  this[offset] = number;
  this[offset + 1] = number >>> 8;
  return offset + 2;
}

function writeInt16BE(value, offset = 0) {
  const number = +value;
  const fits = number >= -0x8000 && number <= 0x7fff || number !== number;
  const isInside = this[offset] !== undefined && this[offset + 1] !== undefined;
  if (!fits || !isInside || typeof offset !== "number") {
    throw badInteger(this, number, offset, -0x8000, 0x7fff, 2);
  }
  this[offset + 1] = number;
  this[offset] = number >>> 8;
  return offset + 2;
}

function writeInt32LE(value, offset = 0) {
  const number = +value;
  const fits = number >= -0x80000000 && number <= 0x7fffffff || number !== number;
  const isInside = this[offset] !== undefined && this[offset + 3] !== undefined;
  if (!fits || !isInside || typeof offset !== "number") {
    throw badInteger(this, number, offset, -0x80000000, 0x7fffffff, 4);
  }
  this[offset] = number;
  this[offset + 1] = number >>> 8;
  this[offset + 2] = number >>> 16;
  this[offset + 3] = number >>> 24;
  return offset + 4;
}

function writeInt32BE(value, offset = 0) {
  const number = +value;
  const fits = number >= -0x80000000 && number <= 0x7fffffff || number !== number;
  const isInside = this[offset] !== undefined && this[offset + 3] !== undefined;
  if (!fits || !isInside || typeof offset !== "number") {
    throw badInteger(this, number, offset, -0x80000000, 0x7fffffff, 4);
  }
  this[offset + 3] = number;
  this[offset + 2] = number >>> 8;
  this[offset + 1] = number >>> 16;
  this[offset] = number >>> 24;
  return offset + 4;
}

function writeFloatLE(value, offset = 0) {
  float32[0] = value;
  const isInside = this[offset] !== undefined && this[offset + 3] !== undefined;
  if (!isInside || typeof offset !== "number") throw badOffset(this, offset, 4);
  this[offset] = scratch[0];
  this[offset + 1] = scratch[1];
  this[offset + 2] = scratch[2];
  this[offset + 3] = scratch[3];
  return offset + 4;
}

function writeFloatBE(value, offset = 0) {
  float32[0] = value;
  const isInside = this[offset] !== undefined && this[offset + 3] !== undefined;
  if (!isInside || typeof offset !== "number") throw badOffset(this, offset, 4);
  this[offset] = scratch[3];
  this[offset + 1] = scratch[2];
  this[offset + 2] = scratch[1];
  this[offset + 3] = scratch[0];
  return offset + 4;
}

function writeDoubleLE(value, offset = 0) {
  float64[0] = value;
  const isInside = this[offset] !== undefined && this[offset + 7] !== undefined;
  if (!isInside || typeof offset !== "number") throw badOffset(this, offset, 8);
  this[offset] = scratch[0];
  this[offset + 1] = scratch[1];
  this[offset + 2] = scratch[2];
  this[offset + 3] = scratch[3];
  this[offset + 4] = scratch[4];
  this[offset + 5] = scratch[5];
  this[offset + 6] = scratch[6];
  this[offset + 7] = scratch[7];
  return offset + 8;
}

function writeDoubleBE(value, offset = 0) {
  float64[0] = value;
  const isInside = this[offset] !== undefined && this[offset + 7] !== undefined;
  if (!isInside || typeof offset !== "number") throw badOffset(this, offset, 8);
  this[offset] = scratch[7];
  this[offset + 1] = scratch[6];
  this[offset + 2] = scratch[5];
  this[offset + 3] = scratch[4];
  this[offset + 4] = scratch[3];
  this[offset + 5] = scratch[2];
  this[offset + 6] = scratch[1];
  this[offset + 7] = scratch[0];
  return offset + 8;
}

function writeBigInt(buffer, value, offset, isSigned) {
  const isInside = buffer[offset] !== undefined && buffer[offset + 7] !== undefined;
  const fits = typeof value === "bigint" &&
    (isSigned ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value)) === value;
  if (!fits || !isInside || typeof offset !== "number") {
    throw badBigInt(buffer, value, offset, isSigned);
  }
  bigInt[0] = value;
}

function writeBigInt64LE(value, offset = 0) {
  writeBigInt(this, value, offset, true);
  for (let index = 0; index < 8; index++) this[offset + index] = scratch[index];
  return offset + 8;
}

function writeBigInt64BE(value, offset = 0) {
  writeBigInt(this, value, offset, true);
  for (let index = 0; index < 8; index++) this[offset + index] = scratch[7 - index];
  return offset + 8;
}

function writeBigUInt64LE(value, offset = 0) {
  writeBigInt(this, value, offset, false);
  for (let index = 0; index < 8; index++) this[offset + index] = scratch[index];
  return offset + 8;
}

function writeBigUInt64BE(value, offset = 0) {
  writeBigInt(this, value, offset, false);
  for (let index = 0; index < 8; index++) this[offset + index] = scratch[7 - index];
  return offset + 8;
}

// The integers of one to six bytes.
function checkWrite(buffer, value, offset, byteLength, isSigned) {
  if (!(byteLength >= 1 && byteLength <= 6) || (byteLength | 0) !== byteLength) {
    throw badByteLength(byteLength);
  }
  const bits = byteLength * 8;
  const min = isSigned ? -(2 ** (bits - 1)) : 0;
  const max = 2 ** (isSigned ? bits - 1 : bits) - 1;
  const isInside = buffer[offset] !== undefined && buffer[offset + byteLength - 1] !== undefined;
  if (value < min || value > max || typeof offset !== "number" || !isInside) {
    throw badInteger(buffer, value, offset, min, max, byteLength);
  }
}

/** Stores the low bytes of an integer, the lowest first. */
function store(buffer, value, offset, byteLength, step) {
  let at = offset;
  // Whole numbers only, and not negative: two's complement of up to 48 bits.
  let rest = Math.trunc(value) || 0;
  if (rest < 0) rest += 2 ** (byteLength * 8);
  for (let index = 0; index < byteLength; index++) {
    buffer[at] = rest;
    rest = Math.floor(rest / 256);
    at += step;
  }
}

function writeUIntLE(value, offset, byteLength) {
  const number = +value;
  checkWrite(this, number, offset, byteLength, false);
  store(this, number, offset, byteLength, 1);
  return offset + byteLength;
}

function writeUIntBE(value, offset, byteLength) {
  const number = +value;
  checkWrite(this, number, offset, byteLength, false);
  store(this, number, offset + byteLength - 1, byteLength, -1);
  return offset + byteLength;
}

function writeIntLE(value, offset, byteLength) {
  const number = +value;
  checkWrite(this, number, offset, byteLength, true);
  store(this, number, offset, byteLength, 1);
  return offset + byteLength;
}

function writeIntBE(value, offset, byteLength) {
  const number = +value;
  checkWrite(this, number, offset, byteLength, true);
  store(this, number, offset + byteLength - 1, byteLength, -1);
  return offset + byteLength;
}

// Names without a byte order write in the machine's. The order is that of Bun's prototype.
function alias(action, name) {
  return { [name](value, offset) { return action.call(this, value, offset); } }[name];
}

module.exports = {
  writeBigInt64BE, writeBigInt64LE, writeBigUInt64BE, writeBigUInt64LE,
  writeDouble: alias(writeDoubleLE, "writeDouble"), writeDoubleBE, writeDoubleLE,
  writeFloat: alias(writeFloatLE, "writeFloat"), writeFloatBE, writeFloatLE,
  writeInt16BE, writeInt16LE, writeInt32BE, writeInt32LE, writeInt8, writeIntBE, writeIntLE,
  writeUInt16: alias(writeUInt16LE, "writeUInt16"), writeUInt16BE, writeUInt16LE,
  writeUInt32: alias(writeUInt32LE, "writeUInt32"), writeUInt32BE, writeUInt32LE,
  writeUInt8, writeUIntBE, writeUIntLE,
};
