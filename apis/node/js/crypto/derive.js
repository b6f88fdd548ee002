// Keys from passwords and secrets: pbkdf2, scrypt, hkdf, in their Sync and callback forms.
"use strict";

const { Math, Number } = globalThis;
const { Buffer } = require("node/buffer");
const { nextTick } = require("runtime/event-loop");
const {
  ERR_OUT_OF_RANGE, makeError, validateFunction, validateInteger, validateString, validateUint32,
} = require("node/errors");
const { CryptoHasher } = require("bun/digest/crypto-hasher");
const { digestName, secretOf } = require("node/crypto-hash");

const INTEGER_MAX = 2 ** 31 - 1;
const SECRET =
  "of type string or an instance of ArrayBuffer, Buffer, TypedArray, or DataView";
const IKM =
  "of type string or an instance of SecretKeyObject, ArrayBuffer, TypedArray, DataView, or Buffer";
const TEXT_OR_BUFFER = "of type string or buffer";
const HKDF_BLOCKS_MAX = 255;
const INFO_BYTES_MAX = 1024;
const SCRYPT = { cost: 16384, blockSize: 8, parallelization: 1, maxmem: 32 * 1024 * 1024 };
const BLOCK_BYTES = 128;
const OVERHEAD_BYTES = 32;
const BITS_A_BLOCK = 16;
const PARALLEL_BLOCKS_MAX = 2 ** 30 - 1;

const asBuffer = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const asArrayBuffer = (bytes) =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);

function hashOf(digest, isOfSignatures) {
  validateString(digest, "digest");
  const name = digestName(digest, isOfSignatures);
  if (name !== undefined) return name;
  throw invalidDigest(digest);
}

function invalidDigest(digest) {
  return makeError("TypeError", "ERR_CRYPTO_INVALID_DIGEST", `Invalid digest: ${digest}`);
}

// The callback form: the work is done elsewhere, and nothing thrown by the callback is lost.
function elsewhere(given, present, callback) {
  ops.deriveElsewhere(...given).then(
    (bytes) => nextTick(callback, [null, present(bytes)]),
    (error) => nextTick(callback, [error]),
  );
}

function checkCount(value, name, least) {
  validateInteger(value, name);
  if (value < least || value > INTEGER_MAX) {
    throw ERR_OUT_OF_RANGE(name, `>= ${least} and <= ${INTEGER_MAX}`, value);
  }
}

function pbkdf2Arguments(password, salt, iterations, keylen, digest) {
  const secret = secretOf(password, "password", TEXT_OR_BUFFER);
  const seed = secretOf(salt, "salt", TEXT_OR_BUFFER);
  checkCount(iterations, "iterations", 1);
  checkCount(keylen, "keylen", 0);
  const hash = hashOf(digest, false);
  if (hash.startsWith("shake")) throw invalidDigest(digest);
  return ["pbkdf2", secret, seed, keylen, hash, iterations];
}

const underived = () => new Error("PBKDF2 derivation failed");

function pbkdf2Sync(password, salt, iterations, keylen, digest) {
  const given = pbkdf2Arguments(password, salt, iterations, keylen, digest);
  if (keylen === 0) throw underived();
  return asBuffer(ops.deriveNow(...given));
}

function pbkdf2(password, salt, iterations, keylen, digest, callback) {
  const isShort = typeof digest === "function";
  const done = isShort ? digest : callback;
  const given =
    pbkdf2Arguments(password, salt, iterations, keylen, isShort ? undefined : digest);
  validateFunction(done, "callback");
  if (keylen === 0) {
    nextTick(done, [underived()]);
    return;
  }
  elsewhere(given, asBuffer, done);
}

// The value of an option that may go by two names; zero stands for the usual one.
function scryptNumber(options, short, long) {
  const [own, other] = [options[short], options[long]];
  if (own !== undefined && other !== undefined) {
    throw makeError("TypeError", "ERR_INCOMPATIBLE_OPTION_PAIR",
      `Option "${short}" cannot be used in combination with option "${long}"`);
  }
  const name = own === undefined ? long : short;
  const value = own ?? options[name];
  if (value === undefined) return SCRYPT[long];
  if (typeof value !== "number") {
    throw makeError("TypeError", "ERR_INVALID_ARG_TYPE",
      `The "${name}" property must be of type number, got ${typeof value}`);
  }
  validateUint32(value, name);
  return value || SCRYPT[long];
}

function scryptOptions(options) {
  if (options === null || typeof options !== "object") return SCRYPT;
  const cost = scryptNumber(options, "N", "cost");
  const blockSize = scryptNumber(options, "r", "blockSize");
  const parallelization = scryptNumber(options, "p", "parallelization");
  let { maxmem } = options;
  if (maxmem !== undefined) validateInteger(maxmem, "maxmem", 0);
  maxmem ||= SCRYPT.maxmem;
  return { cost, blockSize, parallelization, maxmem };
}

function scryptRefused(number, reason) {
  const text = `error:${number}:public key routines:OPENSSL_internal:${reason}`;
  return makeError("RangeError", "ERR_CRYPTO_INVALID_SCRYPT_PARAMS",
    `Invalid scrypt params: ${text}`);
}

// The bounds of RFC 7914, and what the program lets it take of memory.
function checkScrypt({ cost, blockSize, parallelization, maxmem }) {
  const isPower = cost > 1 && Number.isInteger(Math.log2(cost));
  if (!isPower || Math.log2(cost) >= BITS_A_BLOCK * blockSize ||
      parallelization > Math.floor(PARALLEL_BLOCKS_MAX / blockSize)) {
    throw scryptRefused("06000085", "INVALID_PARAMETERS");
  }
  const bytes = BLOCK_BYTES * blockSize * (cost + parallelization) + OVERHEAD_BYTES * blockSize;
  if (bytes > maxmem) throw scryptRefused("06000084", "MEMORY_LIMIT_EXCEEDED");
}

function scryptArguments(password, salt, keylen, options) {
  const secret = secretOf(password, "password", SECRET);
  const seed = secretOf(salt, "salt", SECRET);
  validateInteger(keylen, "keylen", 0, INTEGER_MAX);
  const chosen = scryptOptions(options);
  checkScrypt(chosen);
  const { cost, blockSize, parallelization, maxmem } = chosen;
  return ["scrypt", secret, seed, keylen, cost, blockSize, parallelization, maxmem];
}

function scryptSync(password, salt, keylen, options = undefined) {
  return asBuffer(ops.deriveNow(...scryptArguments(password, salt, keylen, options)));
}

function scrypt(password, salt, keylen, options, callback = undefined) {
  const isShort = callback === undefined;
  const given = scryptArguments(password, salt, keylen, isShort ? undefined : options);
  const done = isShort ? options : callback;
  validateFunction(done, "callback");
  elsewhere(given, asBuffer, done);
}

function hkdfArguments(digest, key, salt, info, length) {
  validateString(digest, "digest");
  const secret = require("node/crypto/keys").secretOf(key) ?? secretOf(key, "ikm", IKM);
  const seed = secretOf(salt, "salt", SECRET);
  const context = secretOf(info, "info", SECRET);
  validateInteger(length, "length", 0, INTEGER_MAX);
  if (context.byteLength > INFO_BYTES_MAX) {
    const range = `must not contain more than ${INFO_BYTES_MAX} bytes`;
    throw ERR_OUT_OF_RANGE("info", range, context.byteLength);
  }
  const hash = hashOf(digest, true);
  if (length > HKDF_BLOCKS_MAX * new CryptoHasher(hash).byteLength) {
    throw makeError("RangeError", "ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length");
  }
  return ["hkdf", secret, seed, length, hash, context];
}

const underivedHkdf = () => new Error("HKDF derivation failed");

function hkdfSync(digest, key, salt, info, length) {
  const given = hkdfArguments(digest, key, salt, info, length);
  if (length === 0) throw underivedHkdf();
  return asArrayBuffer(ops.deriveNow(...given));
}

function hkdf(digest, key, salt, info, length, callback) {
  const given = hkdfArguments(digest, key, salt, info, length);
  validateFunction(callback, "callback");
  if (length === 0) nextTick(callback, [underivedHkdf()]);
  else elsewhere(given, asArrayBuffer, callback);
}

module.exports = { hkdf, hkdfSync, pbkdf2, pbkdf2Sync, scrypt, scryptSync };
