// node:crypto: every family of it, loaded when first asked for, and the way to Web Cryptography.
"use strict";

const hashes = require("node/crypto-hash");
const random = require("node/crypto-random");
const derive = require("node/crypto-derive");
const { crypto: webcrypto } = require("web/crypto");
const { makeError } = require("node/errors");
const { Object } = globalThis;

const CURVES = ["secp224r1", "prime256v1", "secp384r1", "secp521r1"];

function getRandomValues(array) { return webcrypto.getRandomValues(array); }
function getCurves() { return [...CURVES]; }
function getFips() { return 0; }
function setFips() {}
function secureHeapUsed() {}

function setEngine() {
  throw makeError("Error", "ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED",
    "Custom engines not supported by BoringSSL");
}

module.exports = {
  getRandomValues,
  constants: require("node/constants-crypto"),
};

// A name that comes from a family when it is first read, and may be replaced.
function lazily(from, names, change = undefined) {
  for (const name of names) {
    const settle = (value) => Object.defineProperty(module.exports, name, {
      value, writable: true, enumerable: true, configurable: true,
    });
    Object.defineProperty(module.exports, name, {
      get() {
        const found = require(from)[name];
        const value = change === undefined ? found : change(found);
        settle(value);
        return value;
      },
      set: settle,
      enumerable: true,
      configurable: true,
    });
  }
}

lazily("node/crypto/keys", ["KeyObject"]);
lazily("node/crypto/generate", [
  "generateKey", "generateKeySync", "generateKeyPair", "generateKeyPairSync",
]);
lazily("node/crypto/keys", ["createSecretKey", "createPublicKey", "createPrivateKey"]);

// What programs are warned of when they first call it.
function deprecated(from, name, text, code) {
  lazily(from, [name], (value) => require("node/util").deprecate(value, text, code));
}

Object.assign(module.exports, {
  hash: hashes.hash,
  pbkdf2: derive.pbkdf2,
  pbkdf2Sync: derive.pbkdf2Sync,
  hkdf: derive.hkdf,
  hkdfSync: derive.hkdfSync,
  getCurves,
});
lazily("node/crypto/ciphers", ["getCipherInfo"]);
Object.assign(module.exports, { timingSafeEqual: random.timingSafeEqual, webcrypto });
Object.defineProperty(module.exports, "subtle", {
  get() { return webcrypto.subtle; }, enumerable: true, configurable: true,
});
lazily("node/crypto/certificate", ["X509Certificate"]);
lazily("node/crypto/challenge", ["Certificate"]);
lazily("node/crypto/signatures", [
  "Sign", "sign", "createSign", "Verify", "verify", "createVerify",
]);
deprecated("node/crypto-hash", "Hash", "crypto.Hash constructor is deprecated.", "DEP0179");
Object.assign(module.exports, {
  createHash: hashes.createHash,
});
deprecated("node/crypto-hash", "Hmac", "crypto.Hmac constructor is deprecated.", "DEP0181");
Object.assign(module.exports, {
  createHmac: hashes.createHmac,
  getHashes: hashes.getHashes,
  randomInt: random.randomInt,
  randomFill: random.randomFill,
  randomFillSync: random.randomFillSync,
  randomBytes: random.randomBytes,
  randomUUID: random.randomUUID,
});
lazily("bun/uuid", ["randomUUIDv7"]);
lazily("node/crypto/argon", ["argon2", "argon2Sync"]);
lazily("node/crypto/primes", [
  "checkPrime", "checkPrimeSync", "generatePrime", "generatePrimeSync",
]);
Object.assign(module.exports, { secureHeapUsed, setEngine, getFips, setFips });

Object.defineProperty(module.exports, "fips", { get: getFips, set: setFips });
for (const name of ["pseudoRandomBytes", "prng", "rng"]) {
  let value;
  Object.defineProperty(module.exports, name, {
    get() {
      const { deprecate } = require("node/util");
      return value ??= deprecate(random.randomBytes, `crypto.${name} is deprecated.`, "DEP0115");
    },
    enumerable: false,
    configurable: true,
  });
}

function groupAlias(name) {
  Object.defineProperty(module.exports, name, {
    get() { return require("node/crypto/diffie-hellman").DiffieHellmanGroup; },
    enumerable: true,
    configurable: true,
  });
}
["DiffieHellmanGroup", "createDiffieHellmanGroup", "getDiffieHellman"].forEach(groupAlias);
lazily("node/crypto/diffie-hellman", ["createDiffieHellman", "DiffieHellman", "diffieHellman"]);
lazily("node/crypto/ecdh", ["ECDH", "createECDH"]);
lazily("node/crypto/ciphers", [
  "Cipheriv", "Decipheriv", "createCipheriv", "createDecipheriv", "getCiphers",
]);
Object.assign(module.exports, { scrypt: derive.scrypt, scryptSync: derive.scryptSync });
lazily("node/crypto/rsa", [
  "publicEncrypt", "publicDecrypt", "privateEncrypt", "privateDecrypt",
]);
