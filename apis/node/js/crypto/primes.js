// Primes: found and checked.
"use strict";

const { Buffer } = require("node/buffer");
const { nextTick } = require("runtime/event-loop");
const errors = require("node/errors");
const input = require("node/crypto/key-input");
const { BigInt, Object } = globalThis;

const BITS_MAX = 2147483647;
const BITS_MIN = 2;
// Numbers of more bytes are none to Bun's library; those of more than the second can be, and are
// too long to be checked or made.
const NUMBER_BYTES_MAX = 67_108_856;
const PRIME_BYTES_MAX = 8192;
const TOO_LONG = "error:03000066:bignum routines:OPENSSL_internal:BIGNUM_TOO_LONG";
const NUMBER_KINDS = "ArrayBuffer, Buffer, TypedArray, DataView, or bigint";

function bigintBytes(value, name) {
  if (value < 0n) throw errors.ERR_OUT_OF_RANGE(name, ">= 0", value);
  const digits = value.toString(16);
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, "hex");
}

function numberOption(options, name) {
  const value = options[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "bigint") return bigintBytes(value, `options.${name}`);
  const bytes = input.bufferBytes(value);
  if (bytes !== undefined) return bytes;
  throw errors.makeError("TypeError", "ERR_INVALID_ARG_TYPE",
    `The "options.${name}" property must be of type ${NUMBER_KINDS}. ` +
    `Received ${errors.specificType(value)}`);
}

const asBigInt = (bytes) => (bytes.length === 0 ? 0n : BigInt(`0x${bytes.toHex()}`));

function primePlan(size, options) {
  errors.validateInt32(size, "size", 1, BITS_MAX);
  errors.validateObject(options, "options");
  const { safe = false, bigint = false } = options;
  errors.validateBoolean(safe, "options.safe");
  errors.validateBoolean(bigint, "options.bigint");
  const add = numberOption(options, "add");
  const remainder = numberOption(options, "rem");
  const invalid = (name) =>
    errors.makeError("RangeError", "ERR_OUT_OF_RANGE", `invalid options.${name}`);
  if (add !== undefined) {
    if (asBigInt(new Uint8Array(add)).toString(2).length > size) throw invalid("add");
    if (remainder !== undefined &&
        asBigInt(new Uint8Array(remainder)) >= asBigInt(new Uint8Array(add))) {
      throw invalid("rem");
    }
  }
  return { given: [size, safe, add, remainder], bigint };
}

function failed() {
  return errors.makeError("Error", "ERR_CRYPTO_OPERATION_FAILED", "could not generate prime");
}

function shown(bytes, { bigint }) {
  if (bigint) return asBigInt(bytes);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

const isSize = (bits) => bits >= BITS_MIN && bits <= PRIME_BYTES_MAX * 8;

function generatePrimeSync(size, options = {}) {
  const plan = primePlan(size, options);
  if (!isSize(size)) throw failed();
  return shown(ops.primeNow(...plan.given), plan);
}

function generatePrime(size, options, callback) {
  const isShort = typeof options === "function";
  const done = isShort ? options : callback;
  errors.validateFunction(done, "callback");
  const plan = primePlan(size, isShort || options === undefined ? {} : options);
  if (!isSize(size)) {
    nextTick(done, [failed()]);
    return;
  }
  ops.primeElsewhere(...plan.given).then(
    (bytes) => nextTick(done, [undefined, shown(bytes, plan)]),
    (error) => nextTick(done, [error]),
  );
}

function checkPlan(candidate, options) {
  const bytes = typeof candidate === "bigint"
    ? bigintBytes(candidate, "candidate") : input.bytesOf(candidate, "candidate");
  if (bytes.length > NUMBER_BYTES_MAX) {
    throw Object.assign(new Error(TOO_LONG), {
      library: "bignum routines", function: "OPENSSL_internal", reason: "BIGNUM_TOO_LONG",
      code: "ERR_OSSL_BN_BIGNUM_TOO_LONG",
    });
  }
  errors.validateObject(options, "options");
  const { checks = 0 } = options;
  errors.validateInteger(checks, "options.checks", 0, BITS_MAX);
  return [bytes, checks];
}

function unchecked() {
  return errors.makeError("Error", "ERR_CRYPTO_OPERATION_FAILED", "could not check prime");
}

function checkPrimeSync(candidate, options = {}) {
  const plan = checkPlan(candidate, options);
  if (plan[0].length > PRIME_BYTES_MAX) throw unchecked();
  return ops.isPrimeNow(...plan);
}

function checkPrime(candidate, options, callback) {
  const isShort = typeof options === "function";
  const done = isShort ? options : callback;
  errors.validateFunction(done, "callback");
  const plan = checkPlan(candidate, isShort || options === undefined ? {} : options);
  if (plan[0].length > PRIME_BYTES_MAX) {
    nextTick(done, [unchecked()]);
    return;
  }
  ops.isPrimeElsewhere(...plan).then(
    (isPrime) => nextTick(done, [undefined, isPrime]),
    (error) => nextTick(done, [error]),
  );
}

module.exports = { checkPrime, checkPrimeSync, generatePrime, generatePrimeSync };
