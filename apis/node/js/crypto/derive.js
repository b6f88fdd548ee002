// Keys from passwords and secrets: pbkdf2, scrypt, hkdf, in their Sync and callback forms.
"use strict";

const { Buffer } = require("node/buffer");
const {
  makeError, validateFunction, validateInteger, validateObject, validateString, validateUint32,
} = require("node/errors");
const { digestName, secretOf } = require("node/crypto-hash");

const INTEGER_MAX = 2 ** 31 - 1;
const SECRET =
  "of type string or an instance of ArrayBuffer, Buffer, TypedArray, or DataView";
const SCRYPT = { cost: 16384, blockSize: 8, parallelization: 1, maxmem: 32 * 1024 * 1024 };
const SHORT_NAMES = { N: "cost", r: "blockSize", p: "parallelization" };

const asBuffer = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const asArrayBuffer = (bytes) =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);

function hashOf(digest) {
  validateString(digest, "digest");
  const name = digestName(digest);
  if (name !== undefined) return name;
  throw makeError("TypeError", "ERR_CRYPTO_INVALID_DIGEST", `Invalid digest: ${digest}`);
}

// The callback form: the work is done elsewhere, and nothing thrown by the callback is lost.
function elsewhere(given, present, callback) {
  ops.deriveElsewhere(...given).then(
    (bytes) => process.nextTick(callback, null, present(bytes)),
    (error) => process.nextTick(callback, error),
  );
}

function pbkdf2Arguments(password, salt, iterations, keylen, digest) {
  const secret = secretOf(password, "password", SECRET);
  const seed = secretOf(salt, "salt", SECRET);
  validateInteger(iterations, "iterations", 1, INTEGER_MAX);
  validateInteger(keylen, "keylen", 0, INTEGER_MAX);
  return ["pbkdf2", secret, seed, keylen, hashOf(digest), iterations];
}

function pbkdf2Sync(password, salt, iterations, keylen, digest) {
  return asBuffer(ops.deriveNow(...pbkdf2Arguments(password, salt, iterations, keylen, digest)));
}

function pbkdf2(password, salt, iterations, keylen, digest, callback) {
  const isShort = typeof digest === "function";
  const done = isShort ? digest : callback;
  validateFunction(done, "callback");
  const given =
    pbkdf2Arguments(password, salt, iterations, keylen, isShort ? undefined : digest);
  elsewhere(given, asBuffer, done);
}

function scryptOptions(options) {
  const chosen = { ...SCRYPT };
  if (options === undefined) return chosen;
  validateObject(options, "options");
  for (const [short, long] of Object.entries(SHORT_NAMES)) {
    if (options[short] !== undefined && options[long] !== undefined) {
      throw makeError("TypeError", "ERR_INCOMPATIBLE_OPTION_PAIR",
        `Option "${short}" cannot be used in combination with option "${long}"`);
    }
    const value = options[short] ?? options[long];
    if (value === undefined) continue;
    validateUint32(value, options[short] === undefined ? long : short);
    chosen[long] = value;
  }
  if (options.maxmem !== undefined) {
    validateInteger(options.maxmem, "maxmem", 0);
    chosen.maxmem = options.maxmem;
  }
  return chosen;
}

function scryptArguments(password, salt, keylen, options) {
  const secret = secretOf(password, "password", SECRET);
  const seed = secretOf(salt, "salt", SECRET);
  validateInteger(keylen, "keylen", 0, INTEGER_MAX);
  const { cost, blockSize, parallelization, maxmem } = scryptOptions(options);
  return ["scrypt", secret, seed, keylen, cost, blockSize, parallelization, maxmem];
}

function scryptSync(password, salt, keylen, options = undefined) {
  return asBuffer(ops.deriveNow(...scryptArguments(password, salt, keylen, options)));
}

function scrypt(password, salt, keylen, options, callback = undefined) {
  const isShort = typeof options === "function";
  const given = scryptArguments(password, salt, keylen, isShort ? undefined : options);
  const done = isShort ? options : callback;
  validateFunction(done, "callback");
  elsewhere(given, asBuffer, done);
}

function hkdfArguments(digest, key, salt, info, length) {
  validateString(digest, "digest");
  const secret = secretOf(key, "ikm", SECRET);
  const seed = secretOf(salt, "salt", SECRET);
  const context = secretOf(info, "info", SECRET);
  validateInteger(length, "length", 0, INTEGER_MAX);
  return ["hkdf", secret, seed, length, hashOf(digest), context];
}

function hkdfSync(digest, key, salt, info, length) {
  return asArrayBuffer(ops.deriveNow(...hkdfArguments(digest, key, salt, info, length)));
}

function hkdf(digest, key, salt, info, length, callback) {
  const given = hkdfArguments(digest, key, salt, info, length);
  validateFunction(callback, "callback");
  elsewhere(given, asArrayBuffer, callback);
}

module.exports = { hkdf, hkdfSync, pbkdf2, pbkdf2Sync, scrypt, scryptSync };
