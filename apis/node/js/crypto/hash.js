// Hash, Hmac and what makes them, over the digests of Bun.CryptoHasher.
"use strict";

const { Transform } = require("node/stream");
const { Buffer } = require("node/buffer");
const { CryptoHasher } = require("bun/digest/crypto-hasher");
const {
  invalidType, makeError, validateEncoding, validateString, validateUint32,
} = require("node/errors");
const { ERR_CRYPTO_HASH_FINALIZED } = require("node/error-codes");

const HASHES = [
  "md4", "md5", "ripemd160", "sha1", "sha224", "sha256", "sha384", "sha512", "sha512-224",
  "sha512-256", "sha3-224", "sha3-256", "sha3-384", "sha3-512",
];
const XOF = new Set(["shake128", "shake256"]);
const DATA = "of type string or an instance of Buffer, TypedArray, or DataView";
const KEY = "of type string or an instance of ArrayBuffer, Buffer, TypedArray, DataView, " +
  "KeyObject, or CryptoKey";

// The digest's own name: what OpenSSL calls `RSA-SHA256` is its hash.
function digestName(algorithm) {
  const name = algorithm.toLowerCase().replace(/^rsa-/, "").replace("/", "-");
  const short = name.replace(/^sha-(?=[12345])/, "sha").replace("rmd160", "ripemd160");
  return CryptoHasher.algorithms.includes(short) ? short : undefined;
}

function bytesOf(data, encoding) {
  if (typeof data === "string") {
    validateEncoding(data, encoding);
    return Buffer.from(data, encoding === "buffer" ? "utf8" : encoding);
  }
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  throw invalidType("data", DATA, data);
}

function present(bytes, encoding) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return encoding !== undefined && encoding !== "buffer" ? buffer.toString(encoding) : buffer;
}

// A digest whose length the program chose: its data is kept until the end.
class ExtendableDigest {
  constructor(name, length, parts = []) {
    this.name = name;
    this.length = length;
    this.parts = parts;
  }

  update(bytes) { this.parts.push(Buffer.from(bytes)); }

  digest() {
    const bytes = ops.digestOfLength(this.name, Buffer.concat(this.parts), this.length);
    if (bytes !== undefined) return bytes;
    throw makeError("Error", "ERR_OSSL_EVP_NOT_XOF_OR_INVALID_LENGTH",
      "error:06000087:public key routines:OPENSSL_internal:NOT_XOF_OR_INVALID_LENGTH");
  }

  copy() { return new ExtendableDigest(this.name, this.length, [...this.parts]); }
}

function openDigest(name, length) {
  if (length === undefined) return new CryptoHasher(name);
  if (XOF.has(name)) return new ExtendableDigest(name, length);
  const hasher = new CryptoHasher(name);
  return hasher.byteLength === length ? hasher : new ExtendableDigest(name, length).digest();
}

class HashBase extends Transform {
  #digest;
  #isDone = false;

  constructor(digest, options) {
    super(options);
    this.#digest = digest;
  }

  _transform(chunk, encoding, callback) {
    this.#digest.update(bytesOf(chunk, encoding));
    callback();
  }

  _flush(callback) {
    this.push(this.digest());
    callback();
  }

  update(data, encoding) {
    if (this.#isDone) throw ERR_CRYPTO_HASH_FINALIZED();
    this.#digest.update(bytesOf(data, encoding));
    return this;
  }

  // A finished HMAC answers nothing more, a finished hash throws: so Node has it.
  static finish(hash, whenDone) {
    if (hash.#isDone) return whenDone();
    hash.#isDone = true;
    return hash.#digest.digest();
  }

  static copyOf(hash) {
    if (hash.#isDone) throw ERR_CRYPTO_HASH_FINALIZED();
    return hash.#digest.copy();
  }
}

const { finish, copyOf } = HashBase;
delete HashBase.finish;
delete HashBase.copyOf;

class HashStream extends HashBase {
  constructor(digest, options) {
    super(digest, options);
    Object.defineProperty(this, OPTIONS, { value: options });
  }

  copy(options) { return new HashStream(copyOf(this), options); }

  digest(encoding) {
    const bytes = finish(this, () => { throw ERR_CRYPTO_HASH_FINALIZED(); });
    return present(bytes, encoding === undefined ? undefined : `${encoding}`);
  }
}

const OPTIONS = Symbol("options");

class HmacStream extends HashBase {
  digest(encoding) {
    const bytes = finish(this, () => new Uint8Array(0));
    return present(bytes, encoding === undefined ? undefined : `${encoding}`);
  }
}

function createHash(algorithm, options) {
  validateString(algorithm, "algorithm");
  const length = options?.outputLength;
  if (length !== undefined) validateUint32(length, "options.outputLength");
  const name = digestName(algorithm);
  if (name === undefined) throw new Error("Digest method not supported");
  return new HashStream(openDigest(name, length), options);
}

function createHmac(algorithm, key, options) {
  validateString(algorithm, "hmac");
  const secret = keyBytes(key, options?.encoding);
  const name = digestName(algorithm);
  if (name === undefined) {
    throw makeError("TypeError", "ERR_CRYPTO_INVALID_DIGEST", `Invalid digest: ${algorithm}`);
  }
  return new HmacStream(new CryptoHasher(name, secret), options);
}

function keyBytes(key, encoding) {
  const isRaw = typeof key === "string" || ArrayBuffer.isView(key);
  const own = isRaw ? undefined : require("node/crypto/keys").secretOf(key);
  return own ?? secretOf(key, "key", KEY, encoding);
}

// The bytes of a secret that a program passes as text or as any kind of buffer.
function secretOf(value, name, expected, encoding) {
  if (typeof value === "string") return Buffer.from(value, encoding);
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    return new Uint8Array(value);
  }
  throw invalidType(name, expected, value);
}

// Constructors that work without `new`, as Node's have always done.
function callable(name, create, Class) {
  const made = { [name]: function (algorithm, options) { return create(algorithm, options); } };
  const constructor = made[name];
  constructor.prototype = Class.prototype;
  Object.defineProperty(Class.prototype, "constructor", {
    value: constructor, writable: true, configurable: true,
  });
  Object.setPrototypeOf(constructor, Transform);
  return constructor;
}

const Hash = callable("Hash", createHash, HashStream);
const Hmac = callable("Hmac", createHmac, HmacStream);

function hash(algorithm, input, options) {
  validateString(algorithm, "algorithm");
  if (typeof input !== "string") bytesOf(input);
  const encoding = typeof options === "string" ? options : options?.outputEncoding ?? "hex";
  return createHash(algorithm, options).update(input).digest(encoding);
}

function getHashes() { return [...HASHES]; }

module.exports = { Hash, Hmac, createHash, createHmac, digestName, getHashes, hash, secretOf };
