"use strict";
// Bun.CSRF: tokens that prove that a form came from a page of ours. A token is the time it was
// made, random bytes, how long it lives (each big-endian), and an HMAC over these.

const { codedError, invalidArgument } = require("web/fetch-errors");
const { Buffer: NodeBuffer } = require("node/buffer");

const { Date, Number, RangeError } = globalThis;

const TIME_BYTES = 8;
const NONCE_BYTES = 16;
const HEAD_BYTES = TIME_BYTES + NONCE_BYTES + TIME_BYTES;
const SECRET_BYTES = 32;
const DAY_MS = 24 * 60 * 60 * 1000;
const ALGORITHMS = ["blake2b256", "blake2b512", "sha256", "sha384", "sha512", "sha512-256"];
const ENCODINGS = ["base64", "base64url", "hex"];

// Where no secret is given, tokens are good for this process only.
let ownSecret;

function secretOf(secret, isGiven) {
  if (!isGiven || secret === undefined || secret === null) {
    return ownSecret ??= NodeBuffer.from(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
  }
  if (typeof secret !== "string") throw invalidArgument("secret must be a string");
  if (secret === "") throw invalidArgument("Secret must be a non-empty string");
  return secret;
}

function encodingOf(encoding = "base64url") {
  if (ENCODINGS.includes(encoding)) return encoding;
  throw invalidArgument("Invalid format: must be 'base64', 'base64url', or 'hex'");
}

function algorithmOf(algorithm = "sha256") {
  const lower = `${algorithm}`.toLowerCase();
  if (ALGORITHMS.includes(lower)) return lower;
  throw invalidArgument("Algorithm not supported");
}

function durationOf(value, name, fallback) {
  if (value === undefined) return fallback;
  if (typeof value !== "number") {
    throw invalidArgument(`The "${name}" property must be of type number, got ${typeof value}`);
  }
  if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) {
    const range = `It must be >= 0 && <= ${Number.MAX_SAFE_INTEGER}. Received ${value}`;
    const message = `The value of "${name}" is out of range. ${range}`;
    throw codedError(RangeError, "ERR_OUT_OF_RANGE", message);
  }
  return Math.trunc(value);
}

function sign(algorithm, secret, head) {
  const { CryptoHasher } = require("bun/digest/crypto-hasher");
  return new CryptoHasher(algorithm, secret).update(head).digest();
}

function generate() {
  const [secret, options] = arguments;
  const key = secretOf(secret, arguments.length > 0);
  const encoding = encodingOf(options?.encoding);
  const algorithm = algorithmOf(options?.algorithm);
  const lifetime = durationOf(options?.expiresIn, "CSRFGenerateOptions.expiresIn", DAY_MS);
  const head = NodeBuffer.alloc(HEAD_BYTES);
  head.writeBigUInt64BE(BigInt(Date.now()), 0);
  crypto.getRandomValues(head.subarray(TIME_BYTES, TIME_BYTES + NONCE_BYTES));
  head.writeBigUInt64BE(BigInt(lifetime), TIME_BYTES + NONCE_BYTES);
  return NodeBuffer.concat([head, sign(algorithm, key, head)]).toString(encoding);
}

// Compares without telling by its time where the difference is.
function isSame(left, right) {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let index = 0; index < left.length; index++) difference |= left[index] ^ right[index];
  return difference === 0;
}

function verify(token) {
  const options = arguments[1];
  if (typeof token !== "string") throw invalidArgument("token must be a string");
  if (token === "") throw invalidArgument("Token must be a non-empty string");
  const key = secretOf(options?.secret, options?.secret !== undefined);
  const encoding = encodingOf(options?.encoding);
  const algorithm = algorithmOf(options?.algorithm);
  const ageMax = durationOf(options?.maxAge, "CSRFVerifyOptions.maxAge", DAY_MS);
  const bytes = NodeBuffer.from(token, encoding);
  if (bytes.length <= HEAD_BYTES) return false;
  const head = bytes.subarray(0, HEAD_BYTES);
  if (!isSame(bytes.subarray(HEAD_BYTES), sign(algorithm, key, head))) return false;
  const age = Date.now() - Number(head.readBigUInt64BE(0));
  const lifetime = Number(head.readBigUInt64BE(TIME_BYTES + NONCE_BYTES));
  const isFresh = (most) => most === 0 || age <= most;
  return age >= 0 && isFresh(lifetime) && isFresh(ageMax);
}

module.exports = { CSRF: { generate, verify } };
