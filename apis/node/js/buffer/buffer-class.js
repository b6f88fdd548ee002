// The class Buffer: plain Uint8Arrays whose prototype is Buffer.prototype. The methods come from
// the files beside this one and are installed here in the order programs see them in Bun.
"use strict";

const { makeError, invalidType } = require("node/errors");
const { LENGTH_MAX } = require("node/buffer-checks");

const { Object, Symbol, Uint8Array } = globalThis;
const { defineProperty } = Object;

// An explicit constructor is faster than the default one, which spreads its arguments.
class FastBuffer extends Uint8Array {
  constructor(source, offset, length) {
    super(source, offset, length);
  }
}

function Buffer(value, encodingOrOffset, length) {
  if (typeof value === "number") {
    if (typeof encodingOrOffset === "string") {
      throw invalidType("string", "of type string", value);
    }
    if (value < 0) throw outOfSize(value);
    return create.alloc(value);
  }
  if (typeof value === "string") return create.fromString(value, encodingOrOffset);
  if (arguments.length === 0) return new FastBuffer(0);
  if (value === null || value === undefined) {
    throw new TypeError(
      "The first argument must be of type string or an instance of Buffer, ArrayBuffer, Array or " +
      `an Array-like object. Received ${value}`,
    );
  }
  if (typeof value === "object" && value.constructor === Object && value.length === undefined) {
    return new FastBuffer(0);
  }
  return create.from(value, encodingOrOffset, length);
}

function outOfSize(value) {
  const message =
    `The value of "size" is out of range. It must be >= 0 and <= ${LENGTH_MAX}. Received ${value}`;
  return makeError("RangeError", "ERR_OUT_OF_RANGE", message);
}

Object.setPrototypeOf(Buffer, Uint8Array);
defineProperty(Buffer, "prototype", {
  value: FastBuffer.prototype, writable: false, enumerable: false, configurable: false,
});
module.exports = { Buffer, FastBuffer, SlowBuffer };

const create = require("node/buffer-create");
const bytes = require("node/buffer-bytes");
const text = require("node/buffer-text");
const read = require("node/buffer-read");
const write = require("node/buffer-write");

function SlowBuffer(size) {
  return create.allocUnsafeSlow(size);
}
SlowBuffer.prototype = FastBuffer.prototype;

function isBuffer(value) {
  return value instanceof Buffer;
}
defineProperty(isBuffer, "name", { value: "" });

Object.assign(Buffer, {
  alloc: create.alloc,
  allocUnsafe: create.allocUnsafe,
  allocUnsafeSlow: create.allocUnsafeSlow,
  byteLength: create.byteLength,
  compare: bytes.compareBuffers,
  concat: create.concat,
  copyBytesFrom: create.copyBytesFrom,
  from: create.from,
  isBuffer,
  isEncoding: text.isEncoding,
  poolSize: 8192,
});

// How many parameters a method has; those of numbers follow from their names.
const LENGTHS = {
  compare: 5, copy: 4, fill: 4, includes: 3, indexOf: 3, inspect: 2, lastIndexOf: 3, toString: 4,
  write: 4, slice: 2, subarray: 2, swap16: 0, swap32: 0, swap64: 0, equals: 1, toJSON: 0,
};

function lengthOf(name) {
  if (LENGTHS[name] !== undefined) return LENGTHS[name];
  if (name.endsWith("Slice")) return 2;
  if (name.endsWith("Write") || /^write(Big|U?Int[LB])/.test(name)) return 3;
  if (name.startsWith("write") || /^readU?Int[LB]/.test(name)) return 2;
  return 1;
}

const { prototype } = Buffer;

function install(name, action) {
  defineProperty(action, "length", { value: lengthOf(name), configurable: true });
  prototype[name] = action;
}

function installAll(actions, names) {
  for (const name of names) install(name, actions[name]);
}

installAll(text, [
  "asciiSlice", "asciiWrite", "base64Slice", "base64Write", "base64urlSlice", "base64urlWrite",
]);
installAll(bytes, ["compare", "copy", "equals", "fill"]);
installAll(text, ["hexSlice", "hexWrite", "includes", "indexOf"]);
install("inspect", bytes.inspect);
installAll(text, ["lastIndexOf", "latin1Slice", "latin1Write"]);

function attribute(name, get) {
  defineProperty(get, "name", { value: `get ${name}`, configurable: true });
  defineProperty(prototype, name, { get, set: undefined, enumerable: false, configurable: true });
}
attribute("offset", { get() { return this instanceof Buffer ? this.byteOffset : undefined; } }.get);
attribute("parent", { get() { return this instanceof Buffer ? this.buffer : undefined; } }.get);

installAll(read, Object.keys(read));
installAll(bytes, ["slice", "subarray", "swap16", "swap32", "swap64", "toJSON"]);
prototype.toLocaleString = text.toString;
installAll(text, [
  "toString", "ucs2Slice", "ucs2Write", "utf16leSlice", "utf16leWrite", "utf8Slice", "utf8Write",
  "write",
]);
installAll(write, Object.keys(write));

// The other spelling of unsigned, in Bun's order.
for (const name of [
  "readUintBE", "readUintLE", "readUint8", "readUint16BE", "readUint16LE", "readUint32BE",
  "readUint32LE", "readBigUint64BE", "readBigUint64LE", "writeUintBE", "writeUintLE", "writeUint8",
  "writeUint16", "writeUint16BE", "writeUint16LE", "writeUint32", "writeUint32BE", "writeUint32LE",
  "writeBigUint64BE", "writeBigUint64LE",
]) prototype[name] = prototype[name.replace("Uint", "UInt")];

defineProperty(prototype, "constructor", {
  value: Buffer, writable: true, enumerable: false, configurable: true,
});
defineProperty(prototype, Symbol.toStringTag, {
  value: "Uint8Array", writable: false, enumerable: false, configurable: true,
});
prototype[Symbol.for("nodejs.util.inspect.custom")] = bytes.inspect;
defineProperty(prototype, Symbol.species, {
  value: Buffer, writable: false, enumerable: true, configurable: false,
});
