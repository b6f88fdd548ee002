// Cipheriv and Decipheriv: transforms over ciphers of native code.
"use strict";

const { LazyTransform, inherit } = require("node/crypto/lazy-transform");
const { Buffer } = require("node/buffer");
const errors = require("node/errors");
const codes = require("node/error-codes");
const input = require("node/crypto/key-input");
const { FinalizationRegistry, Object, Symbol } = globalThis;

// Name, number, and lengths in bytes: block, initialisation vector, key.
const CIPHERS = {
  "aes-128-cbc": [419, 16, 16, 16], "aes-128-cfb": [421, 1, 16, 16],
  "aes-128-ctr": [904, 1, 16, 16], "aes-128-ecb": [418, 16, 0, 16],
  "aes-128-gcm": [895, 1, 12, 16], "aes-128-ofb": [420, 1, 16, 16],
  "aes-192-cbc": [423, 16, 16, 24], "aes-192-ctr": [905, 1, 16, 24],
  "aes-192-ecb": [422, 16, 0, 24], "aes-192-gcm": [898, 1, 12, 24],
  "aes-192-ofb": [424, 1, 16, 24], "aes-256-cbc": [427, 16, 16, 32],
  "aes-256-cfb": [429, 1, 16, 32], "aes-256-ctr": [906, 1, 16, 32],
  "aes-256-ecb": [426, 16, 0, 32], "aes-256-gcm": [901, 1, 12, 32],
  "aes-256-ofb": [428, 1, 16, 32], "bf-cbc": [91, 8, 8, 16], "bf-cfb": [93, 1, 8, 16],
  "bf-ecb": [92, 8, 8, 16], "des-cbc": [31, 8, 8, 8], "des-ecb": [29, 8, 0, 8],
  "des-ede": [32, 8, 0, 16], "des-ede-cbc": [43, 8, 8, 16], "des-ede3": [33, 8, 0, 24],
  "des-ede3-cbc": [44, 8, 8, 24], "rc2-cbc": [37, 8, 8, 16], "rc4": [5, 0, 0, 16],
  "rc2-40-cbc": [98, 8, 8, 5],
};
const UNLISTED = "rc2-40-cbc";
const ALIASES = { "aes128": "aes-128-cbc", "aes192": "aes-192-cbc", "aes256": "aes-256-cbc" };
const TAG_BYTES = 16;
const IV_BYTES_MAX = 128;

const tagLengthIsValid = (length) => length === 4 || length === 8 || (length >= 12 && length <= 16);

function knownName(name) {
  const lower = name.toLowerCase();
  const own = ALIASES[lower] ?? lower;
  return Object.hasOwn(CIPHERS, own) ? own : undefined;
}

function modeOf(name) {
  if (name === "rc4") return "stream";
  if (name === "des-ede" || name === "des-ede3") return "ecb";
  return name.slice(name.lastIndexOf("-") + 1);
}

function getCiphers() { return Object.keys(CIPHERS).filter((name) => name !== UNLISTED); }

function getCipherInfo(nameOrNid, options) {
  if (typeof nameOrNid !== "string" && typeof nameOrNid !== "number") {
    throw errors.invalidType("nameOrNid", "of type string or number", nameOrNid);
  }
  if (options !== undefined) errors.validateObject(options, "options");
  const { keyLength, ivLength } = options ?? {};
  if (keyLength !== undefined) errors.validateInt32(keyLength, "keyLength");
  if (ivLength !== undefined) errors.validateInt32(ivLength, "ivLength");
  const name = typeof nameOrNid === "string" ? knownName(nameOrNid)
    : Object.keys(CIPHERS).find((each) => CIPHERS[each][0] === nameOrNid);
  if (name === undefined) return undefined;
  const [nid, blockSize, ivBytes, keyBytes] = CIPHERS[name];
  const mode = modeOf(name);
  if (keyLength !== undefined && keyLength !== keyBytes) return undefined;
  const ivFits = mode === "gcm" ? ivLength > 0 : ivLength === ivBytes;
  if (ivLength !== undefined && !ivFits) return undefined;
  const info = { mode, name: mode === "gcm" ? gcmName(name) : name, nid };
  if (blockSize > 0) info.blockSize = blockSize;
  if (ivBytes > 0) info.ivLength = ivLength ?? ivBytes;
  info.keyLength = keyBytes;
  return info;
}

const gcmName = (name) => `id-${name.replace("aes-", "aes")}`;

// ---- Ciphers ---------------------------------------------------------------------------------

const closed = new FinalizationRegistry((number) => ops.cipherClose(number));

const HANDLE = Symbol("kHandle");

function invalidState(operation) {
  const message =
    operation === undefined ? "Invalid state" : `Invalid state for operation ${operation}`;
  return errors.makeError("Error", "ERR_CRYPTO_INVALID_STATE", message);
}

function invalidTag(length) {
  return errors.makeError("TypeError", "ERR_CRYPTO_INVALID_AUTH_TAG",
    `Invalid authentication tag length: ${length}`);
}

function checkIv(iv, mode, ivBytes) {
  const length = iv?.length ?? 0;
  if (mode === "gcm" ? length === 0 || length > IV_BYTES_MAX : length !== ivBytes) {
    throw codes.ERR_CRYPTO_INVALID_IV();
  }
}

function tagLengthOf(options, mode) {
  const length = options?.authTagLength;
  if (length === undefined || length === null) return undefined;
  if (typeof length !== "number" || length < 0 || length !== (length | 0)) {
    throw input.invalidOption("authTagLength", length);
  }
  if (mode === "gcm" && !tagLengthIsValid(length)) throw invalidTag(length);
  return length;
}

/** The state of a cipher beside its number in native code. */
class CipherState {
  constructor(encrypts, cipher, key, iv, options) {
    errors.validateString(cipher, "cipher");
    const secret = input.secretBytes(key, "key", options?.encoding);
    const vector = iv === null ? undefined : input.viewBytes(iv, "iv");
    const name = knownName(cipher);
    if (name === undefined) {
      throw errors.makeError("Error", "ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher");
    }
    const [, , ivBytes, keyBytes] = CIPHERS[name];
    const mode = modeOf(name);
    this.tagLength = tagLengthOf(options, mode);
    if (secret.length !== keyBytes) throw codes.ERR_CRYPTO_INVALID_KEYLEN();
    checkIv(vector, mode, ivBytes);
    this.encrypts = encrypts;
    this.isAuthenticated = mode === "gcm";
    this.number =
      ops.cipherOpen(NATIVE[name] ?? name, encrypts, secret, ivBytes > 0 ? vector : undefined);
    this.isDone = false;
    this.hasData = false;
    this.isPadded = true;
    this.tag = undefined;
    closed.register(this, this.number);
  }

  update(bytes) {
    if (this.isDone) throw new Error("Trying to add data in unsupported state");
    this.hasData = true;
    return ops.cipherUpdate(this.number, bytes);
  }

  finish() {
    if (this.isDone) throw invalidState();
    this.isDone = true;
    if (this.isAuthenticated && !this.encrypts && this.tag === undefined) {
      throw new Error("Unsupported state or unable to authenticate data");
    }
    const rest = ops.cipherFinal(this.number, this.isAuthenticated, this.isPadded);
    if (this.isAuthenticated && this.encrypts) {
      this.tag = ops.cipherTag(this.number, this.tagLength ?? TAG_BYTES);
    }
    return rest;
  }

  setAad(bytes) {
    if (this.isDone || !this.isAuthenticated || this.hasData) throw invalidState("setAAD");
    if (bytes.length > 0) ops.cipherAad(this.number, bytes);
  }

  setTag(bytes) {
    if (this.isDone || !this.isAuthenticated || this.encrypts || this.tag !== undefined) {
      throw invalidState("setAuthTag");
    }
    const fits = this.tagLength === undefined
      ? tagLengthIsValid(bytes.length) : bytes.length === this.tagLength;
    if (!fits) throw invalidTag(bytes.length);
    this.tag = bytes.slice();
    ops.cipherSetTag(this.number, this.tag);
  }

  getTag() {
    if (!this.isDone || !this.encrypts || this.tag === undefined) throw invalidState("getAuthTag");
    return input.asBuffer(this.tag.slice());
  }

  setPadding(on) {
    if (this.isDone) throw invalidState("setAutoPadding");
    this.isPadded = on;
    ops.cipherPadding(this.number, on);
  }
}

// Names of native code that differ.
const NATIVE = { "des-ede": "des-ede-ecb", "des-ede3": "des-ede3-ecb" };

// ---- Streams ---------------------------------------------------------------------------------

function decoderFor(stream, encoding) {
  if (stream._decoder === null) {
    const { StringDecoder } = require("node/string-decoder");
    stream._decoder = new StringDecoder(encoding);
    return stream._decoder;
  }
  if (!Buffer.isEncoding(encoding)) throw errors.ERR_UNKNOWN_ENCODING(encoding);
  const normal = (name) => `${name}`.toLowerCase().replace("-", "");
  if (normal(stream._decoder.encoding) !== normal(encoding)) {
    throw errors.makeError("Error", "ERR_INTERNAL_ASSERTION", "Cannot change encoding");
  }
  return stream._decoder;
}

const methods = {
  setAutoPadding(autoPadding) {
    this[HANDLE].setPadding(autoPadding === undefined || Boolean(autoPadding));
    return this;
  },
  setAAD(buffer, options) {
    this[HANDLE].setAad(input.viewBytes(buffer, "aadbuf", options?.encoding));
    return this;
  },
  _transform(chunk, encoding, callback) {
    this.push(input.asBuffer(this[HANDLE].update(input.bytesOf(chunk, "chunk", encoding))));
    callback();
  },
  _flush(callback) {
    try {
      this.push(input.asBuffer(this[HANDLE].finish()));
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  },
  update(data, inputEncoding, outputEncoding) {
    const bytes = this[HANDLE].update(input.viewBytes(data, "data", inputEncoding));
    const buffer = input.asBuffer(bytes);
    if (!outputEncoding || outputEncoding === "buffer") return buffer;
    return decoderFor(this, outputEncoding).write(buffer);
  },
  final(outputEncoding) {
    const buffer = input.asBuffer(this[HANDLE].finish());
    if (!outputEncoding || outputEncoding === "buffer") return buffer;
    return decoderFor(this, outputEncoding).end(buffer);
  },
};

function classOf(encrypts, own) {
  const name = encrypts ? "Cipheriv" : "Decipheriv";
  const { [name]: Class } = { [name]: function (cipher, key, iv, options) {
    if (!(this instanceof Class)) return new Class(cipher, key, iv, options);
    this[HANDLE] = new CipherState(encrypts, cipher, key, iv, options);
    LazyTransform.call(this, options);
    this._decoder = null;
    return undefined;
  } };
  inherit(Class, { ...methods, ...own });
  return Class;
}

const Cipheriv = classOf(true, { getAuthTag() { return this[HANDLE].getTag(); } });
const Decipheriv = classOf(false, {
  setAuthTag(buffer, encoding) {
    this[HANDLE].setTag(Buffer.from(input.viewBytes(buffer, "buffer", encoding)));
    return this;
  },
});

function createCipheriv(cipher, key, iv, options) { return new Cipheriv(cipher, key, iv, options); }

function createDecipheriv(cipher, key, iv, options) {
  return new Decipheriv(cipher, key, iv, options);
}

module.exports = {
  Cipheriv, Decipheriv, createCipheriv, createDecipheriv, getCipherInfo, getCiphers,
};
