// Sign, Verify, and the same at once.
"use strict";

const { Writable } = require("node/stream");
const { Buffer } = require("node/buffer");
const { nextTick } = require("runtime/event-loop");
const errors = require("node/errors");
const { digestName } = require("node/crypto-hash");
const input = require("node/crypto/key-input");
const { Object, Symbol } = globalThis;

const PARTS = Symbol("parts");
const DIGEST = Symbol("digest");
const VIEWS = ["Buffer", "TypedArray", "DataView"];
const KEYS =
  ["ArrayBuffer", "Buffer", "TypedArray", "DataView", "string", "KeyObject", "CryptoKey"];
const COMMAND_NOT_SUPPORTED = "COMMAND_NOT_SUPPORTED";

function hashNamed(algorithm) {
  const name = digestName(algorithm);
  if (name !== undefined) return name;
  throw errors.makeError("TypeError", "ERR_CRYPTO_INVALID_DIGEST", `Invalid digest: ${algorithm}`);
}

function optionalInteger(options, name) {
  const value = options[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && value === (value | 0)) return value;
  throw input.invalidOption(name, value);
}

// `[padding, saltLength, isRaw]` of what came with a key.
function mannerOf(key) {
  if (key === null || typeof key !== "object") return [undefined, undefined, false];
  const padding = optionalInteger(key, "padding");
  const saltLength = optionalInteger(key, "saltLength");
  const { dsaEncoding } = key;
  if (dsaEncoding !== undefined && dsaEncoding !== "der" && dsaEncoding !== "ieee-p1363") {
    throw input.invalidOption("dsaEncoding", dsaEncoding);
  }
  return [padding, saltLength, dsaEncoding === "ieee-p1363"];
}

function checkKeyKind(key) {
  const isKind = typeof key === "string" || (typeof key === "object" && key !== null);
  if (!isKind) throw errors.ERR_INVALID_ARG_TYPE("key", KEYS, key);
}

// Edwards curves hash by themselves: a digest of the program's is too much.
function checkDigest(handle, digest) {
  if (digest === undefined || !ops.keyDetails(handle.number)[0].startsWith("ed")) return;
  const text =
    `error:06000065:public key routines:OPENSSL_internal:${COMMAND_NOT_SUPPORTED}`;
  throw Object.assign(new Error(text), {
    library: "public key routines", function: "OPENSSL_internal", reason: COMMAND_NOT_SUPPORTED,
    code: `ERR_OSSL_EVP_${COMMAND_NOT_SUPPORTED}`,
  });
}

// ---- Streams ---------------------------------------------------------------------------------

function collect(stream, algorithm, options) {
  errors.validateString(algorithm, "algorithm");
  stream[DIGEST] = hashNamed(algorithm);
  stream[PARTS] = [];
  Writable.call(stream, options);
}

const streamMethods = {
  _write(chunk, encoding, callback) {
    this.update(chunk, encoding);
    callback();
  },
  update(data, encoding) {
    const bytes = input.viewBytes(data, "data", encoding);
    if (this[PARTS] === null) throw new Error("Failed to update digest");
    this[PARTS].push(Buffer.from(bytes));
    return this;
  },
};

function takeData(stream, what) {
  const parts = stream[PARTS];
  if (parts === null) {
    const name = what === "sign" ? "Sign" : "Verify";
    throw new TypeError(`${name}.prototype.${what} cannot be called before ` +
      `${name}.prototype.init`);
  }
  stream[PARTS] = null;
  return Buffer.concat(parts);
}

function keyRequired() {
  return errors.makeError("Error", "ERR_CRYPTO_SIGN_KEY_REQUIRED", "No key provided to sign");
}

function Sign(algorithm, options) {
  if (!(this instanceof Sign)) return new Sign(algorithm, options);
  collect(this, algorithm, options);
}

function Verify(algorithm, options) {
  if (!(this instanceof Verify)) return new Verify(algorithm, options);
  collect(this, algorithm, options);
}

function inherit(Class, own) {
  Object.setPrototypeOf(Class.prototype, Writable.prototype);
  Object.setPrototypeOf(Class, Writable);
  for (const [name, value] of Object.entries({ ...streamMethods, ...own })) {
    Object.defineProperty(Class.prototype, name, {
      value, writable: true, enumerable: true, configurable: true,
    });
  }
}

inherit(Sign, {
  sign(options, encoding) {
    if (!options) throw keyRequired();
    checkKeyKind(options);
    const manner = mannerOf(options);
    const handle = input.keyNumber(options, true);
    const data = takeData(this, "sign");
    checkDigest(handle, this[DIGEST]);
    const signature = ops.signNow(handle.number, data, this[DIGEST], ...manner);
    return input.present(signature, encoding);
  },
});

inherit(Verify, {
  verify(options, signature, encoding) {
    const bytes = input.viewBytes(signature, "signature", encoding);
    checkKeyKind(options);
    const manner = mannerOf(options);
    const handle = input.keyNumber(options, false);
    const data = takeData(this, "verify");
    checkDigest(handle, this[DIGEST]);
    return ops.verifyNow(handle.number, data, this[DIGEST], ...manner, bytes);
  },
});

function createSign(algorithm, options) { return new Sign(algorithm, options); }
function createVerify(algorithm, options) { return new Verify(algorithm, options); }

// ---- At once ---------------------------------------------------------------------------------

function oneShotArguments(algorithm, data, key, isPrivate) {
  if (algorithm !== null && algorithm !== undefined) {
    errors.validateString(algorithm, "algorithm");
  }
  const digest = algorithm ? hashNamed(algorithm) : undefined;
  const bytes = input.bytesOf(data, "data");
  if (!key) throw keyRequired();
  checkKeyKind(key);
  const manner = mannerOf(key);
  const handle = input.keyNumber(key, isPrivate);
  checkDigest(handle, digest);
  return { handle, given: [handle.number, bytes, digest, ...manner] };
}

function later(promise, present, callback) {
  promise.then(
    (value) => nextTick(callback, [null, present(value)]),
    (error) => nextTick(callback, [error]),
  );
}

function sign(algorithm, data, key, callback) {
  if (callback !== undefined) errors.validateFunction(callback, "callback");
  const { given } = oneShotArguments(algorithm, data, key, true);
  if (callback === undefined) return input.asBuffer(ops.signNow(...given));
  later(ops.signElsewhere(...given), input.asBuffer, callback);
  return undefined;
}

function verify(algorithm, data, key, signature, callback) {
  if (callback !== undefined) errors.validateFunction(callback, "callback");
  if (!ArrayBuffer.isView(signature) && input.bufferBytes(signature) === undefined) {
    throw errors.ERR_INVALID_ARG_TYPE("signature", VIEWS, signature);
  }
  const { given } = oneShotArguments(algorithm, data, key, false);
  const bytes = input.bufferBytes(signature);
  if (callback === undefined) return ops.verifyNow(...given, bytes);
  later(ops.verifyElsewhere(...given, bytes), (value) => value, callback);
  return undefined;
}

module.exports = { Sign, Verify, createSign, createVerify, sign, verify };
