// node:crypto: hashes, random values, derived keys, and the way to Web Cryptography.
//
// Owned by the isolate. Ciphers, signatures and key objects are absent (COMPATIBILITY.md).
"use strict";

const hashes = require("node/crypto-hash");
const random = require("node/crypto-random");
const derive = require("node/crypto-derive");
const { crypto: webcrypto } = require("web/crypto");

const CURVES = ["secp224r1", "prime256v1", "secp384r1", "secp521r1"];

function getRandomValues(array) { return webcrypto.getRandomValues(array); }
function getCurves() { return [...CURVES]; }
function getFips() { return 0; }

module.exports = {
  getRandomValues,
  constants: require("node/constants-crypto"),
  hash: hashes.hash,
  pbkdf2: derive.pbkdf2,
  pbkdf2Sync: derive.pbkdf2Sync,
  hkdf: derive.hkdf,
  hkdfSync: derive.hkdfSync,
  getCurves,
  timingSafeEqual: random.timingSafeEqual,
  webcrypto,
  get subtle() { return webcrypto.subtle; },
  Hash: hashes.Hash,
  createHash: hashes.createHash,
  Hmac: hashes.Hmac,
  createHmac: hashes.createHmac,
  getHashes: hashes.getHashes,
  randomInt: random.randomInt,
  randomFill: random.randomFill,
  randomFillSync: random.randomFillSync,
  randomBytes: random.randomBytes,
  randomUUID: random.randomUUID,
  get randomUUIDv7() { return require("bun/uuid").randomUUIDv7; },
  getFips,
  scrypt: derive.scrypt,
  scryptSync: derive.scryptSync,
};
