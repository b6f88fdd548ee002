"use strict";
// Bun.gzipSync, deflateSync, zstdCompress and their inverses, on whole buffers.

const { invalidArgument } = require("web/fetch-errors");
const { expectBytes } = require("bun/input-bytes");
const { Buffer: NodeBuffer } = require("node/buffer");

const ZSTD_LEVEL_DEFAULT = 3;
const ZSTD_LEVEL_MAX = 22;
const ZLIB_LEVEL_MAX = 9;
const LIBDEFLATE_LEVEL_MAX = 12;
const GZIP_WINDOW = 31;
const RAW_WINDOW = -15;
const AUTOMATIC_WINDOW = 32;
const GZIP_WINDOW_MIN = 16;
const DEFAULT_LEVEL = -1;

function checkOptions(options) {
  if (options === undefined) return {};
  if (typeof options !== "object" || options === null) {
    throw invalidArgument("ZlibCompressionOptions must be an object");
  }
  const { library } = options;
  if (library !== undefined && library !== "zlib" && library !== "libdeflate") {
    throw invalidArgument("Expected library to be one of 'zlib' or 'libdeflate'");
  }
  return options;
}

function levelOf({ level, library }) {
  if (level === undefined || level === null) return DEFAULT_LEVEL;
  const most = library === "libdeflate" ? LIBDEFLATE_LEVEL_MAX : ZLIB_LEVEL_MAX;
  if (!(level >= DEFAULT_LEVEL && level <= most)) {
    throw new Error("Zlib error: Invalid argument");
  }
  return Math.min(level, ZLIB_LEVEL_MAX);
}

// zlib's way of naming a format: negative is raw, from 16 on gzip, from 32 on either.
function formatOf({ windowBits }, fallback, bytes) {
  const window = typeof windowBits === "number" && windowBits !== 0 ? windowBits : fallback;
  if (window < 0) return "deflate-raw";
  if (window >= AUTOMATIC_WINDOW) return bytes[0] === 0x1f ? "gzip" : "deflate";
  return window >= GZIP_WINDOW_MIN ? "gzip" : "deflate";
}

function deflateWith(format, data, given) {
  const bytes = expectBytes(data, "data");
  return ops.compressNow(format, levelOf(checkOptions(given)), false, bytes);
}

function inflateWith(data, given, window) {
  const bytes = expectBytes(data, "data");
  const format = formatOf(checkOptions(given), window, bytes);
  return ops.compressNow(format, DEFAULT_LEVEL, true, bytes);
}

function gzipSync(data) { return deflateWith("gzip", data, arguments[1]); }
function gunzipSync(data) { return inflateWith(data, arguments[1], GZIP_WINDOW); }
function deflateSync(data) { return deflateWith("deflate-raw", data, arguments[1]); }
function inflateSync(data) { return inflateWith(data, arguments[1], RAW_WINDOW); }

function zstdLevel(options) {
  const level = options?.level;
  if (level === undefined) return ZSTD_LEVEL_DEFAULT;
  if (!(level >= 1 && level <= ZSTD_LEVEL_MAX)) {
    throw invalidArgument("Compression level must be between 1 and 22");
  }
  return level;
}

const asBuffer = (bytes) => NodeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function zstdCompressSync(data) {
  const bytes = expectBytes(data, "data");
  return asBuffer(ops.compressNow("zstd", zstdLevel(arguments[1]), false, bytes));
}

function zstdDecompressSync(data) {
  return asBuffer(ops.compressNow("zstd", DEFAULT_LEVEL, true, expectBytes(data, "data")));
}

function zstdCompress(data) {
  const bytes = expectBytes(data, "data");
  return ops.compressElsewhere("zstd", zstdLevel(arguments[1]), false, bytes).then(asBuffer);
}

function zstdDecompress(data) {
  const bytes = expectBytes(data, "data");
  return ops.compressElsewhere("zstd", DEFAULT_LEVEL, true, bytes).then(asBuffer);
}

/// `bytes` in a format of the web's CompressionStream; a level of -1 is the format's own.
const compressAs = (format, level, bytes) => ops.compressNow(format, level, false, bytes);

module.exports = {
  compressAs,
  gzipSync, gunzipSync, deflateSync, inflateSync,
  zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync,
};
