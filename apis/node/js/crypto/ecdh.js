// ECDH: Diffie-Hellman over curves, with points as bytes.
"use strict";

const { Buffer } = require("node/buffer");
const errors = require("node/errors");
const input = require("node/crypto/key-input");
const { Object, WeakMap } = globalThis;

const CURVES = ["secp224r1", "prime256v1", "secp384r1", "secp521r1"];
const FORMATS = ["compressed", "uncompressed", "hybrid"];
const KNOWN_CURVE = /^(?:prime\d|secp|sect|c2pnb|c2tnb|brainpool|wap-wsg|SM2)/;

const failure = (className, code, message) => errors.makeError(className, code, message);
const operation = (message) => failure("Error", "ERR_CRYPTO_OPERATION_FAILED", message);

function checkCurve(curve) {
  errors.validateString(curve, "curve");
  if (CURVES.includes(curve)) return curve;
  if (curve !== "secp256r1" && KNOWN_CURVE.test(curve)) {
    throw operation("Failed to create key using named curve");
  }
  throw failure("TypeError", "ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name");
}

function formatOf(format) {
  if (format === undefined || format === null || format === "") return "uncompressed";
  if (!FORMATS.includes(format)) {
    throw failure("TypeError", "ERR_CRYPTO_ECDH_INVALID_FORMAT", `Invalid ECDH format: ${format}`);
  }
  if (format === "hybrid") throw operation("Failed to determine size for public key encoding");
  return format;
}

const pairs = new WeakMap();

function pairOf(ecdh) {
  const pair = pairs.get(ecdh);
  if (pair === undefined) throw errors.ERR_INVALID_THIS("ECDH");
  return pair;
}

function ECDH(curve) {
  if (!(this instanceof ECDH)) return new ECDH(curve);
  pairs.set(this, { curve: checkCurve(curve), publicKey: undefined, privateKey: undefined });
  return undefined;
}

function shownPoint({ curve, publicKey }, encoding, format) {
  if (publicKey === undefined) {
    throw failure("Error", "ERR_CRYPTO_INVALID_STATE", "Failed to get ECDH public key");
  }
  return input.present(ops.ecdhConvert(curve, publicKey, formatOf(format)), encoding);
}

let hasWarned = false;

const methods = {
  getPublicKey(encoding, format) { return shownPoint(pairOf(this), encoding, format); },
  getPrivateKey(encoding) {
    const { privateKey } = pairOf(this);
    if (privateKey === undefined) {
      throw failure("Error", "ERR_CRYPTO_INVALID_STATE", "Failed to get ECDH private key");
    }
    return input.present(privateKey.slice(), encoding);
  },
  setPublicKey(key, encoding) {
    if (!hasWarned) {
      hasWarned = true;
      globalThis.process.emitWarning(
        "ecdh.setPublicKey() is deprecated.", "DeprecationWarning", "DEP0031");
    }
    const pair = pairOf(this);
    const point =
      ops.ecdhConvert(pair.curve, input.viewBytes(key, "key", encoding), "uncompressed");
    if (point === undefined) throw operation("Failed to set EC_POINT from buffer");
    pair.publicKey = point;
    return this;
  },
  setPrivateKey(key, encoding) {
    const pair = pairOf(this);
    const privateKey = Buffer.from(input.viewBytes(key, "key", encoding));
    const publicKey = ops.ecdhPublic(pair.curve, privateKey);
    if (publicKey === undefined) {
      throw failure("RangeError", "ERR_CRYPTO_INVALID_KEYTYPE",
        "Private key is not valid for specified curve");
    }
    [pair.privateKey, pair.publicKey] = [privateKey, publicKey];
    return this;
  },
  generateKeys(encoding, format) {
    const pair = pairOf(this);
    [pair.privateKey, pair.publicKey] = ops.ecdhGenerate(pair.curve);
    return shownPoint(pair, encoding, format);
  },
  computeSecret(key, inputEncoding, outputEncoding) {
    const { curve, privateKey, publicKey } = pairOf(this);
    const other = input.viewBytes(key, "key", inputEncoding);
    if (privateKey === undefined) {
      throw failure("RangeError", "ERR_CRYPTO_INVALID_KEYPAIR", "Invalid key pair");
    }
    const derived = ops.ecdhPublic(curve, privateKey);
    if (Buffer.compare(derived, publicKey) !== 0) {
      throw failure("RangeError", "ERR_CRYPTO_INVALID_KEYPAIR", "Invalid key pair");
    }
    const secret = ops.ecdhSecret(curve, privateKey, other);
    if (secret === undefined) {
      throw failure("Error", "ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY",
        "Public key is not valid for specified curve");
    }
    return input.present(secret, outputEncoding);
  },
};

for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(ECDH.prototype, name, {
    value, writable: true, enumerable: true, configurable: true,
  });
}

/** A point in another form. */
ECDH.convertKey = function convertKey(key, curve, inputEncoding, outputEncoding, format) {
  const bytes = input.viewBytes(key, "key", inputEncoding ?? undefined);
  const name = checkCurve(curve);
  const point = ops.ecdhConvert(name, bytes, formatOf(format));
  if (point === undefined) throw operation("Failed to convert Buffer to EC_POINT");
  return input.present(point, outputEncoding);
};

function createECDH(curve) { return new ECDH(curve); }

module.exports = { ECDH, createECDH };
