// DiffieHellman over numbers, its named groups, and the secret of two keys.
"use strict";

const { Buffer } = require("node/buffer");
const { nextTick } = require("runtime/event-loop");
const errors = require("node/errors");
const input = require("node/crypto/key-input");
const { Object } = globalThis;

const GENERATOR = 2;
const UNSUITABLE_GENERATOR = 8;
const BITS_MIN = 2;
const BITS_MAX = 10_000;
const VIEWS = ["string", "Buffer", "TypedArray", "DataView"];
const SIZE_KINDS = "number, string, ArrayBuffer, Buffer, TypedArray, or DataView";

const failure = (code, message) => errors.makeError("Error", code, message);

function libraryError(part, number, library, reason) {
  const error = new Error(`error:${number}:${library}:OPENSSL_internal:${reason}`);
  const code = `ERR_OSSL_${part}_${reason}`;
  return Object.assign(error, { library, function: "OPENSSL_internal", reason, code });
}

function missing(what) {
  return failure("ERR_CRYPTO_INVALID_STATE", `No ${what} key - did you forget to generate one?`);
}

function keyBytes(value, name, encoding) {
  if (typeof value !== "string" && input.bufferBytes(value) === undefined) {
    throw errors.ERR_INVALID_ARG_TYPE(name, VIEWS, value);
  }
  return input.bytesOf(value, name, encoding);
}

/** The prime of a group of RFC 3526. */
function primeOf(name) {
  const prime = ops.dhGroup(`${name}`);
  if (prime !== undefined) return prime;
  throw failure("ERR_CRYPTO_UNKNOWN_DH_GROUP", "Unknown DH group");
}

const uncheckable = () =>
  failure("ERR_CRYPTO_OPERATION_FAILED", "Checking DH parameters failed");
const badGenerator = () =>
  libraryError("DH", "05000064", "Diffie-Hellman routines", "BAD_GENERATOR");

function checkKind(value, name) {
  if (typeof value === "number" || typeof value === "string") return;
  if (input.bufferBytes(value) !== undefined) return;
  throw errors.makeError("TypeError", "ERR_INVALID_ARG_TYPE",
    `The "${name}" argument must be of type ${SIZE_KINDS}. ` +
    `Received ${errors.specificType(value)}`);
}

function newPrime(bits, generator) {
  errors.validateInt32(bits, "sizeOrKey");
  if (bits < BITS_MIN) {
    throw libraryError("BN", "03000067", "bignum routines", "BITS_TOO_SMALL");
  }
  if (typeof generator !== "number") {
    throw errors.makeError("TypeError", "ERR_INVALID_ARG_TYPE",
      "Second argument must be an int32");
  }
  if (generator < GENERATOR) throw badGenerator();
  if (bits === BITS_MIN || bits > BITS_MAX) {
    throw errors.makeError("TypeError", "ERR_INVALID_ARG_VALUE", "Invalid DH parameters");
  }
  return ops.dhPrime(bits, generator);
}

function generatorBytes(generator, encoding) {
  if (typeof generator === "number") {
    if (generator < GENERATOR) throw badGenerator();
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(generator);
    return bytes;
  }
  const bytes = Buffer.from(input.bytesOf(generator, "generator", encoding));
  const isSmall = (byte, index) => byte === 0 || (index === bytes.length - 1 && byte < GENERATOR);
  if (bytes.every(isSmall)) throw badGenerator();
  return bytes;
}

const withoutZeros = (bytes) => {
  let first = 0;
  while (first < bytes.length - 1 && bytes[first] === 0) first++;
  return bytes.subarray(first);
};

/** Prime, generator and the own pair. */
class Exchange {
  constructor(prime, generator) {
    this.prime = prime;
    this.generator = generator;
    this.publicKey = undefined;
    this.privateKey = undefined;
  }

  generate() {
    [this.publicKey, this.privateKey] =
      ops.dhGenerate(this.prime, this.generator, this.privateKey);
  }

  secret(other) {
    if (this.privateKey === undefined) {
      throw errors.makeError("RangeError", "ERR_CRYPTO_INVALID_KEYTYPE", "Supplied key is invalid");
    }
    const secret = ops.dhSecret(this.prime, this.privateKey, other);
    if (typeof secret !== "number") return secret;
    throw errors.makeError("RangeError", "ERR_CRYPTO_INVALID_KEYTYPE", "Supplied key is invalid");
  }
}

const exchanges = new globalThis.WeakMap();

function exchangeOf(object, member) {
  const exchange = exchanges.get(object);
  if (exchange !== undefined) return exchange;
  throw errors.makeError("TypeError", "ERR_INVALID_THIS",
    `Can only call DiffieHellman.${member} on instances of DiffieHellman`);
}

function begin(object, prime, generator) {
  const verifyError = ops.dhCheck(prime, generator);
  if (verifyError === undefined) throw uncheckable();
  exchanges.set(object, new Exchange(withoutZeros(prime), generator));
  Object.defineProperty(object, "verifyError", {
    get() {
      exchangeOf(this, "verifyError");
      return verifyError;
    },
    enumerable: true, configurable: true,
  });
}

// Bun's groups report what the library says of a prime that is not proven anew.
function beginGroup(object, prime) {
  exchanges.set(object, new Exchange(prime, Buffer.of(GENERATOR)));
  Object.defineProperty(object, "verifyError", {
    get() {
      exchangeOf(this, "verifyError");
      return UNSUITABLE_GENERATOR;
    },
    enumerable: true, configurable: true,
  });
}

function DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding) {
  if (!(this instanceof DiffieHellman)) {
    return new DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding);
  }
  let encoding = keyEncoding;
  let given = generator;
  let givenEncoding = genEncoding;
  if (encoding !== undefined && encoding !== null && !Buffer.isEncoding(encoding) &&
      encoding !== "buffer") {
    [givenEncoding, given, encoding] = [generator, keyEncoding, undefined];
  }
  checkKind(sizeOrKey, "sizeOrKey");
  const base = given || GENERATOR;
  checkKind(base, "generator");
  if (typeof base === "number") errors.validateInt32(base, "generator");
  const prime = typeof sizeOrKey === "number"
    ? newPrime(sizeOrKey, base) : Buffer.from(input.bytesOf(sizeOrKey, "sizeOrKey", encoding));
  if (prime.length === 0) throw uncheckable();
  begin(this, prime, generatorBytes(base, givenEncoding));
  return undefined;
}

function DiffieHellmanGroup(name) {
  if (!(this instanceof DiffieHellmanGroup)) return new DiffieHellmanGroup(name);
  beginGroup(this, primeOf(name));
  return undefined;
}

const methods = {
  generateKeys(encoding) {
    const exchange = exchangeOf(this, "generateKeys");
    exchange.generate();
    return input.present(exchange.publicKey, encoding);
  },
  computeSecret(key, inputEncoding, outputEncoding) {
    const other = keyBytes(key, "key", inputEncoding);
    return input.present(exchangeOf(this, "computeSecret").secret(other), outputEncoding);
  },
  getPrime(encoding) {
    return input.present(exchangeOf(this, "getPrime").prime.slice(), encoding);
  },
  getGenerator(encoding) {
    const { generator } = exchangeOf(this, "getGenerator");
    return input.present(withoutZeros(generator).slice(), encoding);
  },
  getPublicKey(encoding) {
    const { publicKey } = exchangeOf(this, "getPublicKey");
    if (publicKey === undefined) throw missing("public");
    return input.present(publicKey.slice(), encoding);
  },
  getPrivateKey(encoding) {
    const { privateKey } = exchangeOf(this, "getPrivateKey");
    if (privateKey === undefined) throw missing("private");
    return input.present(privateKey.slice(), encoding);
  },
};

const setters = {
  setPublicKey(key, encoding) {
    exchangeOf(this, "setPublicKey").publicKey = Buffer.from(keyBytes(key, "key", encoding));
    return this;
  },
  setPrivateKey(key, encoding) {
    exchangeOf(this, "setPrivateKey").privateKey = Buffer.from(keyBytes(key, "key", encoding));
    return this;
  },
};

function define(Class, members) {
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(Class.prototype, name, {
      value, writable: true, enumerable: true, configurable: true,
    });
  }
}
define(DiffieHellmanGroup, methods);
define(DiffieHellman, { ...methods, ...setters });

function createDiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding) {
  return new DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding);
}

// ---- Keys ------------------------------------------------------------------------------------

function diffieHellman(options, callback) {
  errors.validateObject(options, "options");
  if (callback !== undefined) errors.validateFunction(callback, "callback");
  const keys = require("node/crypto/keys");
  const { privateKey, publicKey } = options;
  const own = keys.recordOf(privateKey);
  if (own === undefined) throw input.invalidOption("privateKey", privateKey);
  const other = keys.recordOf(publicKey);
  if (other === undefined) throw input.invalidOption("publicKey", publicKey);
  const [ownHandle, otherHandle] = [keys.numberOf(privateKey, true), keys.numberOf(publicKey)];
  const kind = privateKey.asymmetricKeyType;
  const fits = ["dh", "ec", "x25519", "x448"].includes(kind) &&
    kind === publicKey.asymmetricKeyType;
  if (!fits) {
    const reason = "must be a supported key type";
    throw errors.ERR_INVALID_ARG_VALUE("options.privateKey", privateKey, reason);
  }
  const given = [ownHandle.number, otherHandle.number];
  if (callback === undefined) return input.asBuffer(ops.agreeNow(...given));
  ops.agreeElsewhere(...given).then(
    (secret) => nextTick(callback, [null, input.asBuffer(secret)]),
    (error) => nextTick(callback, [error]),
  );
  return undefined;
}

module.exports = {
  DiffieHellman, DiffieHellmanGroup, createDiffieHellman, diffieHellman, primeOf,
};
