"use strict";
// Bun.hash and its family. The native functions are named by the order here.

const { invalidArgument } = require("web/fetch-errors");
const { textOrBytesOrBlob } = require("bun/input-bytes");

const { BigInt, Number } = globalThis;
const asUnsigned = BigInt.asUintN;
const { hash: nativeHash } = ops;

const NAMES = [
  "wyhash", "adler32", "crc32", "cityHash32", "cityHash64", "xxHash32", "xxHash64", "xxHash3",
  "murmur32v2", "murmur32v3", "murmur64v2", "rapidhash",
];
const HALF = 0x100000000;

function compute(which, data, seed) {
  if (seed === undefined && typeof data === "string") return nativeHash(which, data, 0, 0);
  const isOther = typeof data === "number" || typeof data === "boolean" || typeof data === "bigint";
  const input = isOther ? `${data}` : textOrBytesOrBlob(data);
  if (input === undefined) {
    throw invalidArgument("data must be a string, ArrayBuffer, ArrayBufferView or Blob");
  }
  let low = 0;
  let high = 0;
  if (typeof seed === "bigint") {
    const unsigned = asUnsigned(64, seed);
    low = Number(unsigned & 0xffffffffn);
    high = Number(unsigned >> 32n);
  } else if (typeof seed === "number") {
    const whole = Math.trunc(seed) || 0;
    low = whole >>> 0;
    high = Math.floor(whole / HALF) >>> 0;
  }
  return nativeHash(which, input, low, high);
}

function hash(data) {
  return compute(0, data, arguments[1]);
}

NAMES.forEach((name, which) => {
  const named = { [name](data) { return compute(which, data, arguments[1]); } };
  hash[name] = named[name];
});

module.exports = { hash };
