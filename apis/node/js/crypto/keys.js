// KeyObject and what makes them. Keys of two halves are held by native code under numbers, which
// live as long as the handle around them; secret keys are bytes.
"use strict";

const { Buffer } = require("node/buffer");
const errors = require("node/errors");
const codes = require("node/error-codes");
const input = require("node/crypto/key-input");
const { BigInt, FinalizationRegistry, Object, Symbol } = globalThis;

const TYPES = ["secret", "public", "private"];
const RAW = ["ArrayBuffer", "Buffer", "TypedArray", "DataView"];

const collected = new FinalizationRegistry((number) => ops.keyClose(number));

/** Holds the number of a key, and closes it when nobody does. */
class KeyHandle {
  constructor(number) {
    this.number = number;
    collected.register(this, number);
  }
}

function handleOf(number) { return new KeyHandle(number); }

function wrongType(type, expected) {
  return errors.makeError("TypeError", "ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE",
    `Invalid key object type ${type}, expected ${expected}.`);
}

// ---- Classes ---------------------------------------------------------------------------------

let recordOf;

class KeyObject {
  #record;
  constructor(type, handle) {
    if (!TYPES.includes(type)) throw errors.ERR_INVALID_ARG_VALUE("type", type);
    const isOwn = handle instanceof KeyHandle || handle instanceof Uint8Array;
    if (!isOwn) throw errors.ERR_INVALID_ARG_TYPE("handle", "object", handle);
    this.#record = { type, handle, details: undefined };
  }

  static from(key) {
    const { recordOf: webRecordOf } = require("web/crypto/key");
    const record = webRecordOf(key);
    if (record === undefined) throw errors.ERR_INVALID_ARG_TYPE("key", "CryptoKey", key);
    return fromWebKey(record);
  }

  equals(otherKeyObject) {
    const other = recordOf(otherKeyObject);
    if (other === undefined) {
      throw errors.ERR_INVALID_ARG_TYPE("otherKeyObject", "KeyObject", otherKeyObject);
    }
    const own = this.#record;
    if (own.type !== other.type) return false;
    if (own.type === "secret") return Buffer.compare(own.handle, other.handle) === 0;
    return ops.keyEquals(own.handle.number, other.handle.number);
  }

  get type() { return this.#record.type; }

  static {
    recordOf = (value) =>
      typeof value === "object" && value !== null && #record in value ? value.#record : undefined;
  }
}

class SecretKeyObject extends KeyObject {
  export(options) {
    const bytes = recordOf(this).handle;
    if (options !== undefined) {
      errors.validateObject(options, "options");
      const { format } = options;
      if (format === "jwk") {
        return { kty: "oct", k: Buffer.from(bytes).toString("base64url") };
      }
      if (format !== undefined && format !== "buffer") {
        throw errors.ERR_INVALID_ARG_VALUE("options.format", format,
          "must be one of: undefined, 'buffer', 'jwk'");
      }
    }
    return Buffer.from(bytes);
  }

  get symmetricKeySize() { return recordOf(this).handle.length; }

  toCryptoKey(algorithm, extractable, keyUsages) {
    const { secretKey } = require("node/crypto/web-keys");
    return secretKey(recordOf(this).handle, algorithm, extractable, keyUsages);
  }
}

// `[kind, ...]` of a key of two halves, asked for once.
function detailsOf(record) {
  return (record.details ??= ops.keyDetails(record.handle.number));
}

// The classes of both halves bear the name of their parent, as Bun's do.
const Parent = KeyObject;
const AsymmetricKeyObject = class KeyObject extends Parent {
  get asymmetricKeyType() { return detailsOf(recordOf(this))[0]; }

  get asymmetricKeyDetails() {
    const [kind, first, second] = detailsOf(recordOf(this));
    switch (kind) {
      case "rsa":
      case "rsa-pss": return { modulusLength: first, publicExponent: BigInt(second) };
      case "dsa": return { modulusLength: first, divisorLength: second };
      case "ec": return { namedCurve: first };
      default: return {};
    }
  }
};

function toCryptoKey(key, algorithm, extractable, keyUsages) {
  const { pairedKey } = require("node/crypto/web-keys");
  const record = recordOf(key);
  return pairedKey(record, detailsOf(record), algorithm, extractable, keyUsages);
}

const PublicKeyObject = class KeyObject extends AsymmetricKeyObject {
  export(options) {
    return exportKey(recordOf(this), encodingOf(options, "options", ["pkcs1", "spki"], false));
  }

  toCryptoKey(algorithm, extractable, keyUsages) {
    return toCryptoKey(this, algorithm, extractable, keyUsages);
  }
};

const PrivateKeyObject = class KeyObject extends AsymmetricKeyObject {
  export(options) {
    return exportKey(recordOf(this), encodingOf(options, "options", PRIVATE_TYPES, true));
  }

  toCryptoKey(algorithm, extractable, keyUsages) {
    return toCryptoKey(this, algorithm, extractable, keyUsages);
  }
};

Object.defineProperty(KeyObject.prototype, Symbol.toStringTag, {
  value: "KeyObject", configurable: true,
});
const { shownGetters } = require("bun/native-class");
const HALVES = [AsymmetricKeyObject, PublicKeyObject, PrivateKeyObject];
for (const Class of [KeyObject, SecretKeyObject, ...HALVES]) {
  for (const name of Object.getOwnPropertyNames(Class.prototype)) {
    if (name === "constructor") continue;
    const descriptor = Object.getOwnPropertyDescriptor(Class.prototype, name);
    Object.defineProperty(Class.prototype, name, { ...descriptor, enumerable: true });
    if (descriptor.get !== undefined) shownGetters.add(descriptor.get);
  }
}

const CLASSES = { secret: SecretKeyObject, public: PublicKeyObject, private: PrivateKeyObject };

/** A KeyObject of a type and its handle. */
function makeKey(type, handle) { return new CLASSES[type](type, handle); }

// ---- Export ----------------------------------------------------------------------------------

const PRIVATE_TYPES = ["pkcs1", "pkcs8", "sec1"];
const FORMATS = ["pem", "der", "jwk"];

function incompatible(name, what) {
  return errors.makeError("Error", "ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS",
    `The selected key encoding ${name} ${what}.`);
}

/** How a key is to be written: `format`, `type`, `cipher`, `passphrase`, checked. */
function encodingOf(options, name, types, isPrivate) {
  errors.validateObject(options, name);
  const { format, type, cipher, passphrase, encoding } = options;
  if (!FORMATS.includes(format)) throw errors.ERR_INVALID_ARG_VALUE(`${name}.format`, format);
  if (format === "jwk") {
    if (passphrase !== undefined || cipher !== undefined) {
      throw incompatible("jwk", "does not support encryption");
    }
    return { format };
  }
  if (!types.includes(type)) throw errors.ERR_INVALID_ARG_VALUE(`${name}.type`, type);
  if (!isPrivate || cipher === undefined || cipher === null) {
    if (isPrivate && passphrase !== undefined && passphrase !== null) {
      throw errors.ERR_INVALID_ARG_VALUE(`${name}.cipher`, cipher);
    }
    return { format, type };
  }
  if (typeof cipher !== "string") throw errors.ERR_INVALID_ARG_VALUE(`${name}.cipher`, cipher);
  if (format === "der" && type !== "pkcs8") {
    throw incompatible(type, "does not support encryption");
  }
  const secret = input.passphraseOf(passphrase, encoding);
  if (secret === undefined) {
    throw errors.ERR_INVALID_ARG_VALUE(`${name}.passphrase`, passphrase);
  }
  return { format, type, cipher, passphrase: secret };
}

function exportKey(record, { format, type, cipher, passphrase }) {
  const { number } = record.handle;
  if (format === "jwk") {
    const [kind, curve] = detailsOf(record);
    return require("node/crypto/jwk").jwkOf(number, kind, curve);
  }
  const bytes = ops.keyWrite(number, format, type, cipher, passphrase);
  return input.present(bytes, format === "pem" ? "latin1" : "buffer");
}

// ---- What keys other APIs are given ----------------------------------------------------------

function fromWebKey({ type, material, algorithm }) {
  if (type === "secret") return makeKey("secret", new Uint8Array(material));
  const isPrivate = type === "private";
  const { name } = algorithm;
  if (name === "Ed25519" || name === "X25519") {
    const parts = isPrivate ? [undefined, material] : [material];
    return makeKey(type, handleOf(ops.keyFromParts("OKP", name, ...parts)));
  }
  const kinds = isPrivate ? ["pkcs8", "pkcs1", "sec1"] : ["spki", "pkcs1"];
  let failure;
  for (const kind of kinds) {
    try {
      return makeKey(type, handleOf(ops.keyRead(isPrivate, material, "der", kind)));
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** The record of a KeyObject, or of a CryptoKey as one; undefined for anything else. */
function anyRecordOf(value) {
  const own = recordOf(value);
  if (own !== undefined || value === null || typeof value !== "object") return own;
  const web = require("web/crypto/key").recordOf(value);
  return web === undefined ? undefined : recordOf(fromWebKey(web));
}

/** The handle of a key of two halves; undefined where the value is no key object. */
function numberOf(value, isPrivate) {
  const record = anyRecordOf(value);
  if (record === undefined) return undefined;
  const { type } = record;
  if (type === "secret") throw wrongType(type, isPrivate ? "private" : "private or public");
  if (isPrivate && type !== "private") throw wrongType(type, "private");
  return record.handle;
}

/** The bytes of a secret key; undefined where the value is no key object. */
function secretOf(value) {
  const record = anyRecordOf(value);
  if (record === undefined) return undefined;
  if (record.type !== "secret") throw wrongType(record.type, "secret");
  return record.handle;
}

// ---- Copies ----------------------------------------------------------------------------------

/** Another object of the same key. */
function cloneKeyObject(key) {
  const { type, handle } = recordOf(key);
  return makeKey(type, handle);
}

const WRITTEN = { private: "pkcs8", public: "spki" };

/** A key as `[type, bytes]`, for other threads. */
function writtenKey(key) {
  const { type, handle } = recordOf(key);
  return [type, type === "secret" ? handle : ops.keyWrite(handle.number, "der", WRITTEN[type])];
}

function readWrittenKey([type, bytes]) {
  if (type === "secret") return makeKey(type, bytes);
  return makeKey(type, handleOf(ops.keyRead(type === "private", bytes, "der", WRITTEN[type])));
}

// ---- Making ----------------------------------------------------------------------------------

function createSecretKey(key, encoding) {
  if (typeof key === "string") {
    return makeKey("secret", new Uint8Array(Buffer.from(key, encoding)));
  }
  const bytes = input.bufferBytes(key);
  if (bytes === undefined) throw errors.ERR_INVALID_ARG_TYPE("key", RAW, key);
  return makeKey("secret", bytes.slice());
}

function createPublicKey(key) {
  const record = anyRecordOf(key) ?? anyRecordOf(key?.key);
  if (record !== undefined) {
    if (record.type !== "private") throw wrongType(record.type, "private");
    return makeKey("public", handleOf(ops.keyPublic(record.handle.number)));
  }
  const handle = input.keyNumber(key, false);
  const isPair = key?.format === "jwk" && key.key.d !== undefined;
  return makeKey("public", isPair ? handleOf(ops.keyPublic(handle.number)) : handle);
}

function createPrivateKey(key) {
  if (anyRecordOf(key) !== undefined) {
    const kinds = "string, ArrayBuffer, Buffer, TypedArray, or DataView";
    throw errors.makeError("TypeError", "ERR_INVALID_ARG_TYPE",
      `The "key" argument must be of type ${kinds}. Received an instance of KeyObject`);
  }
  if (key !== null && typeof key === "object" && key.format !== "jwk" &&
      input.bufferBytes(key) === undefined && typeof key.key !== "string" &&
      input.bufferBytes(key.key) === undefined) {
    throw errors.ERR_INVALID_ARG_TYPE("key.key", input.BYTES, key.key);
  }
  return makeKey("private", input.keyNumber(key, true));
}

module.exports = {
  KeyObject, cloneKeyObject, codes, createPrivateKey, createPublicKey, createSecretKey,
  encodingOf, exportKey, handleOf, makeKey, numberOf, readWrittenKey, recordOf, secretOf,
  writtenKey,
};
