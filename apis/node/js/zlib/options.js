// What a program may ask of a stream of node:zlib, checked in Node's words.
"use strict";

const {
  ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, makeError, checkRangesOrGetDefault,
  validateFiniteNumber,
} = require("node/errors");
const { constants } = require("node/zlib-constants");

const OUTPUT_MAX = require("node/buffer").kMaxLength;
const DICTIONARY = "an instance of Buffer, TypedArray, DataView, or ArrayBuffer";

// Ranges of the ways to flush, by family.
const FLUSHES = {
  deflate: [constants.Z_NO_FLUSH, constants.Z_BLOCK],
  brotli: [constants.BROTLI_OPERATION_PROCESS, constants.BROTLI_OPERATION_EMIT_METADATA],
  zstd: [constants.ZSTD_e_continue, constants.ZSTD_e_end],
};

function commonOptions(options, family) {
  const { chunkSize, flush, finishFlush, maxOutputLength } = options;
  let size = constants.Z_DEFAULT_CHUNK;
  if (validateFiniteNumber(chunkSize, "options.chunkSize")) {
    if (chunkSize < constants.Z_MIN_CHUNK) {
      throw ERR_OUT_OF_RANGE("options.chunkSize", `>= ${constants.Z_MIN_CHUNK}`, chunkSize);
    }
    if (chunkSize > OUTPUT_MAX) {
      throw ERR_OUT_OF_RANGE("size", `>= 0 && <= ${OUTPUT_MAX}`, chunkSize);
    }
    size = chunkSize;
  }
  const [least, most] = FLUSHES[family];
  const finish = family === "deflate" ? constants.Z_FINISH : 2;
  return {
    chunkSize: size,
    flush: checkRangesOrGetDefault(flush, "options.flush", least, most, least),
    finishFlush:
      checkRangesOrGetDefault(finishFlush, "options.finishFlush", least, most, finish),
    maxOutputLength: checkRangesOrGetDefault(
      maxOutputLength, "options.maxOutputLength", 1, Number.MAX_SAFE_INTEGER, OUTPUT_MAX),
  };
}

function dictionaryOf(dictionary) {
  if (dictionary === undefined) return undefined;
  if (ArrayBuffer.isView(dictionary)) {
    const { buffer, byteOffset, byteLength } = dictionary;
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
  if (dictionary instanceof ArrayBuffer) return new Uint8Array(dictionary);
  throw ERR_INVALID_ARG_TYPE("options.dictionary", DICTIONARY, dictionary);
}

function windowOf(value, { decompress, format }) {
  // Zero asks a decompressor for the window that the data names.
  if (decompress && (value === undefined || value === null || value === 0)) return 15;
  const least = format === "gzip" || format === "deflate" ? 9 : constants.Z_MIN_WINDOWBITS;
  return checkRangesOrGetDefault(
    value, "options.windowBits", least, constants.Z_MAX_WINDOWBITS, 15);
}

function deflateOptions(options, kind) {
  const { Z_MIN_LEVEL, Z_MAX_LEVEL } = constants;
  return {
    ...commonOptions(options, "deflate"),
    windowBits: windowOf(options.windowBits, kind),
    level: checkRangesOrGetDefault(
      options.level, "options.level", Z_MIN_LEVEL, Z_MAX_LEVEL, -1),
    memLevel: checkRangesOrGetDefault(options.memLevel, "options.memLevel",
      constants.Z_MIN_MEMLEVEL, constants.Z_MAX_MEMLEVEL, constants.Z_DEFAULT_MEMLEVEL),
    strategy: checkRangesOrGetDefault(options.strategy, "options.strategy",
      constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_DEFAULT_STRATEGY),
    dictionary: dictionaryOf(options.dictionary),
  };
}

// Parameters by number: only the level of compression changes what is done here.
function parameterOptions(options, { family }) {
  const level = family === "brotli"
    ? constants.BROTLI_PARAM_QUALITY
    : constants.ZSTD_c_compressionLevel;
  let chosen = -1;
  for (const [key, value] of Object.entries(options.params ?? {})) {
    const number = Number(key);
    if (Number.isNaN(number) || number < 0) {
      throw makeError("RangeError", `ERR_${family.toUpperCase()}_INVALID_PARAM`,
        `${key} is not a valid ${family === "zstd" ? "zstd" : "Brotli"} parameter`);
    }
    if (typeof value !== "number" && typeof value !== "boolean") {
      throw ERR_INVALID_ARG_TYPE("options.params[key]", "of type number", value);
    }
    if (number === level) chosen = Number(value);
  }
  return { ...commonOptions(options, family), windowBits: 15, level: chosen, memLevel: 8,
    strategy: 0, dictionary: undefined };
}

function optionsFor(options, kind) {
  return kind.family === "deflate"
    ? deflateOptions(options ?? {}, kind)
    : parameterOptions(options ?? {}, kind);
}

module.exports = { optionsFor };
