// Hash, Hmac and what makes them, over the digests of Bun.CryptoHasher.
"use strict";

const { Buffer } = require("node/buffer");
const { CryptoHasher } = require("bun/digest/crypto-hasher");
const { LazyDigest } = require("bun/digest/lazy-digest");
const { isAnyArrayBuffer } = require("node/util-types");
const { LazyTransform, inherit } = require("node/crypto/lazy-transform");
const {
  ERR_INVALID_THIS, invalidType, makeError, validateEncoding, validateString, validateUint32,
} = require("node/errors");
const { ERR_CRYPTO_HASH_FINALIZED } = require("node/error-codes");
const { Map, Set, Symbol, Uint8Array } = globalThis;

const HASHES = [
  "md4", "md5", "ripemd160", "sha1", "sha224", "sha256", "sha384", "sha512", "sha512-224",
  "sha512-256", "sha3-224", "sha3-256", "sha3-384", "sha3-512",
];
const XOF = new Set(["shake128", "shake256"]);
const NO_HMAC =
  new Set([...XOF, "blake2b256", "blake2b512", "blake2s256", "rmd160"]);
const DATA = "of type string or an instance of Buffer, TypedArray, or DataView";
const KEY = "of type string or an instance of ArrayBuffer, Buffer, TypedArray, DataView, " +
  "KeyObject, or CryptoKey";

// Other names of digests. Those of signatures' algorithms are no names where keys are derived.
const SIGNATURES =
  /^(?:[Rr][Ss][Aa]-(sha(?:1|224|256|384|512))|(md5|sha(?:1|224|256|384|512))WithRSAEncryption)$/i;
const names = new Map([
  ["sha128", "sha1"], ["rmd160", "ripemd160"],
  ["sha-512_224", "sha512-224"], ["sha-512224", "sha512-224"], ["sha-512/224", "sha512-224"],
  ["sha-512_256", "sha512-256"], ["sha-512256", "sha512-256"], ["sha-512/256", "sha512-256"],
]);
for (const name of [...HASHES, ...XOF, "blake2b256", "blake2b512", "blake2s256"]) {
  names.set(name, name);
  if (/^sha\d+$/.test(name)) names.set(name.replace("sha", "sha-"), name);
}

/** The digest's own name; undefined where it is none. */
function digestName(algorithm, isOfSignatures = true) {
  const known = names.get(algorithm) ?? names.get(algorithm.toLowerCase());
  if (known !== undefined || !isOfSignatures) return known;
  if (algorithm === "RSA-MD5") return "md5";
  const [, prefixed, encrypted] = SIGNATURES.exec(algorithm) ?? [];
  if (encrypted === undefined) return prefixed?.toLowerCase();
  const name = encrypted.toLowerCase();
  return algorithm === `${name}WithRSAEncryption` ? name : undefined;
}

function bytesOf(data, encoding) {
  if (typeof data === "string") {
    validateEncoding(data, encoding);
    return Buffer.from(data, Buffer.isEncoding(encoding) ? encoding : "utf8");
  }
  if (ArrayBuffer.isView(data)) return data;
  throw invalidType("data", DATA, data);
}

const asBuffer = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

// A digest whose length the program chose: its data is kept until the end.
class ExtendableDigest {
  constructor(name, length, parts = []) {
    this.name = name;
    this.length = length;
    this.parts = parts;
  }

  update(data) { this.parts.push(Buffer.from(data)); }

  digest() {
    const bytes = ops.digestOfLength(this.name, Buffer.concat(this.parts), this.length);
    if (bytes !== undefined) return bytes;
    throw makeError("Error", "ERR_OSSL_EVP_NOT_XOF_OR_INVALID_LENGTH",
      "error:06000087:public key routines:OPENSSL_internal:NOT_XOF_OR_INVALID_LENGTH");
  }

  copy(length = this.length) { return new ExtendableDigest(this.name, length, [...this.parts]); }
}

/// One that has been taken already.
class KnownDigest {
  constructor(bytes) { this.bytes = bytes; }
  update() { throw ERR_CRYPTO_HASH_FINALIZED(); }
  digest() { return this.bytes; }
  copy() { return this; }
}

function openDigest(name, length) {
  if (length === undefined) return new LazyDigest(name);
  const hasher = XOF.has(name) ? undefined : new CryptoHasher(name);
  if (hasher?.byteLength === length) return new LazyDigest(name);
  const digest = new ExtendableDigest(name, length);
  if (hasher !== undefined) digest.digest();
  return digest;
}

// ---- Handles ---------------------------------------------------------------------------------

function feed(digest, data, encoding) {
  const isPlain = encoding === undefined || encoding === "utf8" || encoding === "utf-8";
  digest.update(typeof data === "string" && isPlain ? data : bytesOf(data, encoding));
}

// A digest in the encoding a program named; bytes where it is none.
function present(digest, encoding) {
  const isText = encoding !== undefined && encoding !== null && encoding !== "buffer";
  const name = isText ? `${encoding}` : "buffer";
  if (!isText || !Buffer.isEncoding(name)) return asBuffer(digest.digest());
  if (digest instanceof LazyDigest) return digest.text(name);
  return asBuffer(digest.digest()).toString(name);
}

const isObject = (value) => typeof value === "object" && value !== null;

const HashHandle = class Hash {
  #digest;
  #isDone = false;

  constructor(digest) { this.#digest = digest; }

  update(stream, data, encoding) {
    if (!isObject(this) || !(#isDone in this)) throw ERR_INVALID_THIS("Hash");
    if (this.#isDone) throw ERR_CRYPTO_HASH_FINALIZED();
    feed(this.#digest, data, encoding);
    return stream;
  }

  digest(encoding) {
    if (!isObject(this) || !(#isDone in this)) throw ERR_INVALID_THIS("Hash");
    if (this.#isDone) throw ERR_CRYPTO_HASH_FINALIZED();
    this.#isDone = true;
    return present(this.#digest, encoding);
  }

  /// The digest for those who read the hash as a stream; it can be asked for once more.
  flush() {
    if (this.#isDone) throw ERR_CRYPTO_HASH_FINALIZED();
    const bytes = this.#digest.digest();
    this.#digest = new KnownDigest(bytes);
    return Buffer.from(bytes);
  }

  static copyOf(handle, length) {
    if (handle.#isDone) throw ERR_CRYPTO_HASH_FINALIZED();
    return new HashHandle(handle.#digest.copy(length));
  }
};
const { copyOf } = HashHandle;
delete HashHandle.copyOf;

// A finished HMAC answers nothing more, where a finished hash throws.
const HmacHandle = class Hmac {
  #digest;
  #isDone = false;

  constructor(digest) { this.#digest = digest; }

  update(stream, data, encoding) {
    if (!isObject(this) || !(#isDone in this)) throw ERR_INVALID_THIS("Hmac");
    if (this.#isDone) throw ERR_CRYPTO_HASH_FINALIZED();
    feed(this.#digest, data, encoding);
    return stream;
  }

  digest(encoding) {
    if (!isObject(this) || !(#isDone in this)) throw ERR_INVALID_THIS("Hmac");
    if (this.#isDone) return Buffer.isEncoding(encoding) ? "" : Buffer.alloc(0);
    this.#isDone = true;
    return present(this.#digest, encoding);
  }
};

// ---- Streams ---------------------------------------------------------------------------------

const HANDLE = Symbol("kHandle");

function hashHandle(algorithm, options) {
  const length = options?.outputLength;
  if (length !== undefined) validateUint32(length, "options.outputLength");
  if (algorithm instanceof HashHandle) return copyOf(algorithm, length);
  validateString(algorithm, "algorithm");
  const name = digestName(algorithm);
  if (name === undefined) throw new Error("Digest method not supported");
  return new HashHandle(openDigest(name, length));
}

function Hash(algorithm, options) {
  if (!new.target) return new Hash(algorithm, options);
  this[HANDLE] = hashHandle(algorithm, options);
  LazyTransform.call(this, options);
  return undefined;
}

function update(data, encoding) { return this[HANDLE].update(this, data, encoding); }
function digest(outputEncoding) { return this[HANDLE].digest(outputEncoding); }

const { _transform } = {
  _transform(chunk, encoding, callback) {
    this[HANDLE].update(this, chunk, encoding);
    callback();
  },
};

inherit(Hash, {
  copy(options) { return new Hash(this[HANDLE], options); },
  _transform,
  _flush(callback) {
    this.push(this[HANDLE].flush());
    callback();
  },
  update,
  digest,
});

function createHash(algorithm, options) { return new Hash(algorithm, options); }

function hmacHandle(algorithm, key, options) {
  validateString(algorithm, "hmac");
  const secret = keyBytes(key, options?.encoding);
  const name = NO_HMAC.has(algorithm.toLowerCase()) ? undefined : digestName(algorithm);
  if (name === undefined) {
    throw makeError("TypeError", "ERR_CRYPTO_INVALID_DIGEST", `Invalid digest: ${algorithm}`);
  }
  return new HmacHandle(new LazyDigest(name, secret));
}

function Hmac(hmac, key, options) {
  if (!new.target) return new Hmac(hmac, key, options);
  this[HANDLE] = hmacHandle(hmac, key, options);
  LazyTransform.call(this, options);
  return undefined;
}

inherit(Hmac, {
  update,
  digest,
  _transform,
  _flush(callback) {
    this.push(this[HANDLE].digest());
    callback();
  },
});

function createHmac(hmac, key, options) { return new Hmac(hmac, key, options); }

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
  if (isAnyArrayBuffer(value)) return new Uint8Array(value);
  throw invalidType(name, expected, value);
}

function hash(algorithm, input, outputEncoding = "hex") {
  return CryptoHasher.hash(algorithm, input, outputEncoding);
}

function getHashes() { return [...HASHES]; }

module.exports = { Hash, Hmac, createHash, createHmac, digestName, getHashes, hash, secretOf };
