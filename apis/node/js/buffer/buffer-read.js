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

function bits16LE(buffer, offset) {
  const first = buffer[offset];
  const last = buffer[offset + 1];
  if (first === undefined || last === undefined || typeof offset !== "number") {
    throw badOffset(buffer, offset, 2);
  }
  return first | (last << 8);
}

function bits16BE(buffer, offset) {
  const first = buffer[offset];
  const last = buffer[offset + 1];
  if (first === undefined || last === undefined || typeof offset !== "number") {
    throw badOffset(buffer, offset, 2);
  }
  return (first << 8) | last;
}

function bits32LE(buffer, offset) {
  const first = buffer[offset];
  const last = buffer[offset + 3];
  if (first === undefined || last === undefined || typeof offset !== "number") {
    throw badOffset(buffer, offset, 4);
  }
  return first | (buffer[offset + 1] << 8) | (buffer[offset + 2] << 16) | (last << 24);
}

function bits32BE(buffer, offset) {
  const first = buffer[offset];
  const last = buffer[offset + 3];
  if (first === undefined || last === undefined || typeof offset !== "number") {
    throw badOffset(buffer, offset, 4);
  }
  return (first << 24) | (buffer[offset + 1] << 16) | (buffer[offset + 2] << 8) | last;
}

// Those of eight bytes are put into the scratch place.
function load64LE(buffer, offset) {
  if (buffer[offset] === undefined || buffer[offset + 7] === undefined ||
    typeof offset !== "number") throw badOffset(buffer, offset, 8);
  words[0] = bits32LE(buffer, offset);
  words[1] = bits32LE(buffer, offset + 4);
}

function load64BE(buffer, offset) {
  if (buffer[offset] === undefined || buffer[offset + 7] === undefined ||
    typeof offset !== "number") throw badOffset(buffer, offset, 8);
  words[1] = bits32BE(buffer, offset);
  words[0] = bits32BE(buffer, offset + 4);
}

function readUInt16LE(offset = 0) { return bits16LE(this, offset); }
function readUInt16BE(offset = 0) { return bits16BE(this, offset); }
function readInt16LE(offset = 0) { return (bits16LE(this, offset) << 16) >> 16; }
function readInt16BE(offset = 0) { return (bits16BE(this, offset) << 16) >> 16; }
function readInt32LE(offset = 0) { return bits32LE(this, offset); }
function readInt32BE(offset = 0) { return bits32BE(this, offset); }
function readUInt32LE(offset = 0) { return bits32LE(this, offset) >>> 0; }
function readUInt32BE(offset = 0) { return bits32BE(this, offset) >>> 0; }

function readFloatLE(offset = 0) {
  words[0] = bits32LE(this, offset);
  return float32[0];
}

function readFloatBE(offset = 0) {
  words[0] = bits32BE(this, offset);
  return float32[0];
}

function readDoubleLE(offset = 0) {
  load64LE(this, offset);
  return float64[0];
}

function readDoubleBE(offset = 0) {
  load64BE(this, offset);
  return float64[0];
}

function readBigInt64LE(offset = 0) {
  load64LE(this, offset);
  return bigInt[0];
}

function readBigInt64BE(offset = 0) {
  load64BE(this, offset);
  return bigInt[0];
}

function readBigUInt64LE(offset = 0) {
  load64LE(this, offset);
  return bigUint[0];
}

function readBigUInt64BE(offset = 0) {
  load64BE(this, offset);
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
