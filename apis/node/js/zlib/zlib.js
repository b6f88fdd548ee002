// node:zlib: the classes and functions of every format, made from one table.
"use strict";

const { Buffer } = require("node/buffer");
const { invalidType, validateUint32 } = require("node/errors");
const { codes, constants } = require("node/zlib-constants");
const { families, runAsync, runSync } = require("node/zlib-streams");

const INPUT = "of type string, Buffer, TypedArray, DataView, or ArrayBuffer";

// Class, format, family, direction, in the order in which Bun lists them.
const KINDS = [
  ["Deflate", "deflate", "deflate", false],
  ["Inflate", "deflate", "deflate", true],
  ["Gzip", "gzip", "deflate", false],
  ["Gunzip", "gzip", "deflate", true],
  ["DeflateRaw", "deflate-raw", "deflate", false],
  ["InflateRaw", "deflate-raw", "deflate", true],
  ["Unzip", "unzip", "deflate", true],
  ["BrotliCompress", "brotli", "brotli", false],
  ["BrotliDecompress", "brotli", "brotli", true],
  ["ZstdCompress", "zstd", "zstd", false],
  ["ZstdDecompress", "zstd", "zstd", true],
];
// The same for the functions.
const FUNCTIONS = [
  "Deflate", "Gzip", "DeflateRaw", "Unzip", "Inflate", "Gunzip", "InflateRaw", "BrotliCompress",
  "BrotliDecompress", "ZstdCompress", "ZstdDecompress",
];

function inputBytes(data, name = "buffer") {
  if (typeof data === "string") return Buffer.from(data);
  if (ArrayBuffer.isView(data)) {
    return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  }
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return Buffer.from(data);
  throw invalidType(name, INPUT, data);
}

// A class that works without `new`, as Node's do.
function makeClass([name, format, family, decompress]) {
  const kind = { name, format, family, decompress };
  const Family = families[family];
  const made = {
    [name]: function (options) {
      return Reflect.construct(Family, [kind, options], new.target ?? made[name]);
    },
  };
  const constructor = made[name];
  constructor.kind = kind;
  Object.defineProperty(constructor, "kind", { enumerable: false });
  Object.setPrototypeOf(constructor, Family);
  constructor.prototype = Object.create(Family.prototype, {
    constructor: { value: constructor, writable: true, configurable: true },
  });
  return constructor;
}

const classes = {};
for (const row of KINDS) classes[row[0]] = makeClass(row);

const lower = (name) => name[0].toLowerCase() + name.slice(1);

function makeFunctions(name) {
  const Class = classes[name];
  const [plain, sync] = [lower(name), `${lower(name)}Sync`];
  return {
    [plain](buffer, options, callback) {
      const isShort = typeof options === "function";
      const chosen = isShort ? undefined : options;
      const bytes = inputBytes(buffer);
      runAsync(new Class(chosen), bytes, chosen, isShort ? options : callback);
    },
    [sync](buffer, options) {
      const bytes = runSync(Class.kind, inputBytes(buffer), options);
      return options?.info ? { buffer: bytes, engine: new Class(options) } : bytes;
    },
  };
}

function crc32(data, value = 0) {
  if (typeof data !== "string" && !ArrayBuffer.isView(data)) {
    throw invalidType(
      "data", "of type string or an instance of Buffer, TypedArray, or DataView", data);
  }
  validateUint32(value, "value");
  return ops.crc32(inputBytes(data, "data"), value);
}

const functions = {};
for (const name of FUNCTIONS) Object.assign(functions, makeFunctions(name));

const CREATORS = [
  "Deflate", "Inflate", "DeflateRaw", "InflateRaw", "Gzip", "Gunzip", "Unzip", "BrotliCompress",
  "BrotliDecompress", "ZstdCompress", "ZstdDecompress",
];
const creators = {};
for (const name of CREATORS) {
  const made = { [`create${name}`]: function (options) { return new classes[name](options); } };
  Object.assign(creators, made);
}

module.exports = { crc32, ...classes, ...functions, ...creators };
for (const [name, value] of Object.entries({ constants, codes })) {
  Object.defineProperty(module.exports, name, { value, enumerable: true });
}
