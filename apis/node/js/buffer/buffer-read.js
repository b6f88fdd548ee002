// Buffer's methods that read numbers. Bytes are put together in plain arithmetic, which the JIT
// compiles well; an absent byte is what tells that an offset is bad.
"use strict";

const { badOffset, badByteLength } = require("node/buffer-checks");

const { Uint8Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array } =
  globalThis;

// One place of eight bytes, seen as each kind of number.
const scratch = new Uint8Array(8);
const words = new Uint32Array(scratch.buffer);
const float32 = new Float32Array(scratch.buffer);
const float64 = new Float64Array(scratch.buffer);
const bigInt = new BigInt64Array(scratch.buffer);
const bigUint = new BigUint64Array(scratch.buffer);

function readUInt8(offset = 0) {
  const value = this[offset];
  if (value === undefined || typeof offset !== "number") throw badOffset(this, offset, 1);
  return value;
}

function readInt8(offset = 0) {
  const value = this[offset];
  if (value === undefined || typeof offset !== "number") throw badOffset(this, offset, 1);
  return (value << 24) >> 24;
}

function readUInt16LE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 1];
  if (first === undefined || last === undefined || typeof offset !== "number") {
    throw badOffset(this, offset, 2);
  }
  return first | (last << 8);
}

function readUInt16BE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 1];
  if (first === undefined || last === undefined || typeof offset !== "number") {
    throw badOffset(this, offset, 2);
  }
  return (first << 8) | last;
}

function readInt16LE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 1];
  if (first === undefined || last === undefined || typeof offset !== "number") {
    throw badOffset(this, offset, 2);
  }
  return ((first << 16) | (last << 24)) >> 16;
}

function readInt16BE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 1];
  if (first === undefined || last === undefined || typeof offset !== "number") {
    throw badOffset(this, offset, 2);
  }
  return ((first << 24) | (last << 16)) >> 16;
}

function readInt32LE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 3];
  if (first === undefined || last === undefined || typeof offset !== "number") {
    throw badOffset(this, offset, 4);
  }
  return first | (this[offset + 1] << 8) | (this[offset + 2] << 16) | (last << 24);
}

function readInt32BE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 3];
  if (first === undefined || last === undefined || typeof offset !== "number") {
    throw badOffset(this, offset, 4);
  }
  return (first << 24) | (this[offset + 1] << 16) | (this[offset + 2] << 8) | last;
}

function readUInt32LE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 3];
  if (first === undefined || last === undefined || typeof offset !== "number") {
    throw badOffset(this, offset, 4);
  }
  return (first | (this[offset + 1] << 8) | (this[offset + 2] << 16) | (last << 24)) >>> 0;
}

function readUInt32BE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 3];
  if (first === undefined || last === undefined || typeof offset !== "number") {
    throw badOffset(this, offset, 4);
  }
  return ((first << 24) | (this[offset + 1] << 16) | (this[offset + 2] << 8) | last) >>> 0;
}

function readFloatLE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 3];
  if (first === undefined || last === undefined || typeof offset !== "number") {
    throw badOffset(this, offset, 4);
  }
  words[0] = first | (this[offset + 1] << 8) | (this[offset + 2] << 16) | (last << 24);
  return float32[0];
}

function readFloatBE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 3];
  if (first === undefined || last === undefined || typeof offset !== "number") {
    throw badOffset(this, offset, 4);
  }
  words[0] = (first << 24) | (this[offset + 1] << 16) | (this[offset + 2] << 8) | last;
  return float32[0];
}

function readDoubleLE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 7];
  if (first === undefined || last === undefined || typeof offset !== "number") {
    throw badOffset(this, offset, 8);
  }
  words[0] = first | (this[offset + 1] << 8) | (this[offset + 2] << 16) | (this[offset + 3] << 24);
  words[1] = this[offset + 4] | (this[offset + 5] << 8) | (this[offset + 6] << 16) | (last << 24);
  return float64[0];
}

function readDoubleBE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 7];
  if (first === undefined || last === undefined || typeof offset !== "number") {
    throw badOffset(this, offset, 8);
  }
  words[1] = (first << 24) | (this[offset + 1] << 16) | (this[offset + 2] << 8) | this[offset + 3];
  words[0] = (this[offset + 4] << 24) | (this[offset + 5] << 16) | (this[offset + 6] << 8) | last;
  return float64[0];
}

function readBigInt64LE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 7];
  if (first === undefined || last === undefined || typeof offset !== "number") {
    throw badOffset(this, offset, 8);
  }
  words[0] = first | (this[offset + 1] << 8) | (this[offset + 2] << 16) | (this[offset + 3] << 24);
  words[1] = this[offset + 4] | (this[offset + 5] << 8) | (this[offset + 6] << 16) | (last << 24);
  return bigInt[0];
}

function readBigInt64BE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 7];
  if (first === undefined || last === undefined || typeof offset !== "number") {
    throw badOffset(this, offset, 8);
  }
  words[1] = (first << 24) | (this[offset + 1] << 16) | (this[offset + 2] << 8) | this[offset + 3];
  words[0] = (this[offset + 4] << 24) | (this[offset + 5] << 16) | (this[offset + 6] << 8) | last;
  return bigInt[0];
}

function readBigUInt64LE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 7];
  if (first === undefined || last === undefined || typeof offset !== "number") {
    throw badOffset(this, offset, 8);
  }
  words[0] = first | (this[offset + 1] << 8) | (this[offset + 2] << 16) | (this[offset + 3] << 24);
  words[1] = this[offset + 4] | (this[offset + 5] << 8) | (this[offset + 6] << 16) | (last << 24);
  return bigUint[0];
}

function readBigUInt64BE(offset = 0) {
  const first = this[offset];
  const last = this[offset + 7];
  if (first === undefined || last === undefined || typeof offset !== "number") {
    throw badOffset(this, offset, 8);
  }
  words[1] = (first << 24) | (this[offset + 1] << 16) | (this[offset + 2] << 8) | this[offset + 3];
  words[0] = (this[offset + 4] << 24) | (this[offset + 5] << 16) | (this[offset + 6] << 8) | last;
  return bigUint[0];
}

// The integers of one to six bytes.

function checkRead(buffer, offset, byteLength) {
  if (offset === undefined) throw badOffset(buffer, offset, 1);
  if (!(byteLength >= 1 && byteLength <= 6) || (byteLength | 0) !== byteLength) {
    throw badByteLength(byteLength);
  }
  const isInside = buffer[offset] !== undefined && buffer[offset + byteLength - 1] !== undefined;
  if (typeof offset !== "number" || !isInside) throw badOffset(buffer, offset, byteLength);
}

function readUIntLE(offset, byteLength) {
  checkRead(this, offset, byteLength);
  let value = 0;
  for (let index = byteLength - 1; index >= 0; index--) value = value * 256 + this[offset + index];
  return value;
}

function readUIntBE(offset, byteLength) {
  checkRead(this, offset, byteLength);
  let value = 0;
  for (let index = 0; index < byteLength; index++) value = value * 256 + this[offset + index];
  return value;
}

function signed(value, byteLength) {
  const half = 2 ** (byteLength * 8 - 1);
  return value < half ? value : value - 2 * half;
}

function readIntLE(offset, byteLength) {
  return signed(readUIntLE.call(this, offset, byteLength), byteLength);
}

function readIntBE(offset, byteLength) {
  return signed(readUIntBE.call(this, offset, byteLength), byteLength);
}

// Names without a byte order read in the machine's. The order is that of Bun's prototype.
function alias(action, name) {
  const made = { [name](offset) { return action.call(this, offset); } }[name];
  return made;
}

module.exports = {
  readBigInt64: alias(readBigInt64LE, "readBigInt64"), readBigInt64BE, readBigInt64LE,
  readBigUInt64: alias(readBigUInt64LE, "readBigUInt64"), readBigUInt64BE, readBigUInt64LE,
  readDouble: alias(readDoubleLE, "readDouble"), readDoubleBE, readDoubleLE,
  readFloat: alias(readFloatLE, "readFloat"), readFloatBE, readFloatLE,
  readInt16: alias(readInt16LE, "readInt16"), readInt16BE, readInt16LE,
  readInt32: alias(readInt32LE, "readInt32"), readInt32BE, readInt32LE,
  readInt8, readIntBE, readIntLE, readUInt16BE, readUInt16LE, readUInt32BE, readUInt32LE,
  readUInt8, readUIntBE, readUIntLE,
};
