"use strict";
// SubtleCrypto (Web Cryptography): checks arguments, finds the algorithm, guards keys and usages,
// and leaves the work to the algorithm. Arguments are converted and data is handed over before a
// method returns, so that a program may change its buffers afterwards.

const { defineInterface } = require("web/interface");
const { illegalConstructor, invalidArgumentType, missingArguments, withCode } =
  require("web/errors");
const { bufferSource } = require("web/encoding");
const { computeBuffer } = require("web/crypto/compute");
const {
  dataError, invalidAccess, missingMember, notSupported, operationError, typeError,
  unknownAlgorithm,
} = require("web/crypto/errors");
const { CryptoKey, USAGES, createKey, recordOf } = require("web/crypto/key");
const { HASHES, readJwk } = require("web/crypto/values");

const MAKE = Symbol("make");
const FORMATS = ["raw", "raw-public", "raw-secret", "raw-seed", "spki", "pkcs8", "jwk"];
const EXPECTED_BYTES = "ArrayBuffer, Buffer, TypedArray, or DataView";
const LENGTH_LIMIT = 4_294_967_296;

// ---- Algorithms ------------------------------------------------------------------------------

let byName;

function algorithmNamed(name) {
  if (byName === undefined) {
    byName = new Map();
    for (const family of ["secret", "rsa", "curves", "lattice"]) {
      for (const algorithm of require(`web/crypto/${family}`).algorithms) {
        byName.set(algorithm.name.toUpperCase(), algorithm);
      }
    }
  }
  return byName.get(name.toUpperCase());
}

function isObject(value) {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

// The dictionary an algorithm was given as: a name stands for one with nothing else.
function dictionaryOf(value) {
  if (!isObject(value)) return { name: `${value}` };
  if (value.name === undefined) {
    throw missingMember("CryptoAlgorithmParameters", "name", "DOMString");
  }
  return value;
}

/** The algorithm and the parameters it has for an operation. */
function normalize(value, operation) {
  const dictionary = dictionaryOf(value);
  const name = `${dictionary.name}`;
  if (name.toUpperCase() === "RSAES-PKCS1-V1_5") {
    throw notSupported("RSAES-PKCS1-v1_5 support is deprecated");
  }
  const algorithm = algorithmNamed(name);
  const found = algorithm?.[operation];
  if (found === undefined) throw unknownAlgorithm();
  return { name: algorithm.name, run: found.run, parameters: found.read(dictionary) };
}

// ---- Arguments -------------------------------------------------------------------------------

function checkCount(count, least) {
  if (count < least) throw missingArguments();
}

// Memory that others may write is refused: what is signed could change under way.
function isShared(buffer) {
  return Object.prototype.toString.call(buffer) === "[object SharedArrayBuffer]";
}

function bytesArgument(value, name) {
  const bytes = bufferSource(value);
  if (bytes !== undefined && !isShared(bytes.buffer)) return bytes;
  throw invalidArgumentType(name, `of type ${EXPECTED_BYTES}`, value);
}

function keyArgument(value, index, name, method) {
  const record = recordOf(value);
  if (record !== undefined) return record;
  const message =
    `Argument ${index} ('${name}') to SubtleCrypto.${method} must be an instance of CryptoKey`;
  throw withCode(new TypeError(message), "ERR_INVALID_ARG_TYPE");
}

function formatArgument(value, method) {
  const format = `${value}`;
  if (FORMATS.includes(format)) return format;
  const message =
    `Failed to execute '${method}' on 'SubtleCrypto': 1st argument '${format}' is not a valid ` +
    "enum value of type KeyFormat.";
  throw withCode(new TypeError(message), "ERR_INVALID_ARG_VALUE");
}

function usagesArgument(value) {
  if (!isObject(value) || typeof value[Symbol.iterator] !== "function") {
    throw withCode(new TypeError("Value is not a sequence"), "ERR_INVALID_ARG_TYPE");
  }
  const usages = Array.from(value, (usage) => `${usage}`);
  if (!usages.every((usage) => USAGES.includes(usage))) {
    throw new TypeError("value must be enumeration (string)");
  }
  return usages;
}

function lengthArgument(value) {
  if (value === undefined || value === null) return null;
  return Number(value) >>> 0;
}

/** Whether a key is for this algorithm and this use. */
function checkKey(record, name, usage) {
  if (record.algorithm.name !== name) throw invalidAccess("Key algorithm mismatch");
  if (!record.usages.includes(usage)) throw invalidAccess(`Unable to use this key to ${usage}`);
}

function checkBase(record, name, usage) {
  if (!record.usages.includes(usage)) throw invalidAccess(`baseKey does not have ${usage} usage`);
  if (record.algorithm.name !== name) throw invalidAccess("Key algorithm mismatch");
}

function checkNotUseless(record, verb) {
  if (record.type === "public" || record.usages.length > 0) return;
  throw new SyntaxError(`Usages cannot be empty when ${verb} key.`);
}

// ---- Operations ------------------------------------------------------------------------------

function crypt(method, algorithm, key, data) {
  const record = keyArgument(key, 2, "key", method);
  const bytes = bytesArgument(data, "data");
  const { name, run, parameters } = normalize(algorithm, method);
  checkKey(record, name, method);
  return run(parameters, record, bytes);
}

async function generate(algorithm, extractable, keyUsages) {
  const usages = usagesArgument(keyUsages);
  const { run, parameters } = normalize(algorithm, "generateKey");
  const made = await run(parameters, extractable, usages);
  const checked = made.privateKey ?? made;
  checkNotUseless(checked, "creating a");
  if (made.privateKey === undefined) return createKey(made);
  const privateKey = createKey(made.privateKey);
  return { privateKey, publicKey: createKey(made.publicKey) };
}

async function importRecord(format, data, { run, parameters }, extractable, usages) {
  const record = await run(format, data, parameters, extractable, usages);
  checkNotUseless(record, `importing a ${record.type}`);
  return createKey(record);
}

async function importGiven(format, data, algorithm, extractable, keyUsages) {
  const checkedFormat = formatArgument(format, "importKey");
  const usages = usagesArgument(keyUsages);
  let material;
  if (checkedFormat === "jwk") {
    const jwk = data ?? {};
    if (!isObject(jwk) || bufferSource(jwk) !== undefined) throw typeError();
    material = readJwk(jwk);
  } else {
    material = bufferSource(data)?.slice();
    if (material === undefined) {
      const message =
        "Failed to execute 'importKey' on 'SubtleCrypto': 2nd argument is not instance of " +
        `${EXPECTED_BYTES}.`;
      throw withCode(new TypeError(message), "ERR_INVALID_ARG_TYPE");
    }
  }
  const found = normalize(algorithm, "importKey");
  return importRecord(checkedFormat, material, found, extractable, usages);
}

function exporterOf(record) {
  const found = algorithmNamed(record.algorithm.name)?.exportKey;
  if (found === undefined) throw notSupported("The operation is not supported.");
  return found;
}

async function exportGiven(format, key) {
  const checkedFormat = formatArgument(format, "exportKey");
  const record = keyArgument(key, 2, "key", "exportKey");
  const { run } = exporterOf(record);
  if (!record.extractable) throw invalidAccess("key is not extractable");
  return run(checkedFormat, record);
}

// The operation that wraps: of its own, or encryption.
function wrapperFor(algorithm, own, other) {
  const { name } = dictionaryOf(algorithm);
  return normalize(algorithm, algorithmNamed(`${name}`)?.[own] === undefined ? other : own);
}

async function wrap(format, key, wrappingKey, algorithm) {
  const checkedFormat = formatArgument(format, "wrapKey");
  const record = keyArgument(key, 2, "key", "wrapKey");
  const wrapping = keyArgument(wrappingKey, 3, "wrappingKey", "wrapKey");
  const { name, run, parameters } = wrapperFor(algorithm, "wrapKey", "encrypt");
  checkKey(wrapping, name, "wrapKey");
  const exporter = exporterOf(record);
  if (!record.extractable) throw invalidAccess("key is not extractable");
  const exported = await exporter.run(checkedFormat, record);
  let bytes;
  if (checkedFormat === "jwk") {
    // Padded with spaces where wrapping works on blocks of eight bytes.
    const text = JSON.stringify(exported);
    const padded = name === "AES-KW" ? text.padEnd(Math.ceil(text.length / 8) * 8) : text;
    bytes = require("web/encoding").encodeUtf8(padded);
  } else {
    bytes = new Uint8Array(exported);
  }
  return run(parameters, wrapping, bytes);
}

async function unwrap(
  format, wrapped, unwrappingKey, unwrapAlgorithm, keyAlgorithm, extractable, keyUsages,
) {
  const checkedFormat = formatArgument(format, "unwrapKey");
  const bytes = bytesArgument(wrapped, "wrappedKey").slice();
  const record = keyArgument(unwrappingKey, 3, "unwrappingKey", "unwrapKey");
  const usages = usagesArgument(keyUsages);
  const { name, run, parameters } = wrapperFor(unwrapAlgorithm, "unwrapKey", "decrypt");
  const found = normalize(keyAlgorithm, "importKey");
  checkKey(record, name, "unwrapKey");
  const plain = new Uint8Array(await run(parameters, record, bytes));
  if (checkedFormat !== "jwk") {
    return importRecord(checkedFormat, plain, found, extractable, usages);
  }
  let jwk;
  try {
    jwk = JSON.parse(require("web/encoding").decodeUtf8(plain));
  } catch {
    throw dataError();
  }
  if (!isObject(jwk)) throw dataError();
  return importRecord("jwk", readJwk(jwk), found, extractable, usages);
}

async function deriveKey(algorithm, baseKey, derivedType, extractable, keyUsages) {
  const record = keyArgument(baseKey, 2, "baseKey", "deriveKey");
  const usages = usagesArgument(keyUsages);
  const { name, run, parameters } = normalize(algorithm, "deriveBits");
  const importer = normalize(derivedType, "importKey");
  const length = normalize(derivedType, "getKeyLength");
  checkBase(record, name, "deriveKey");
  const bits = length.run(length.parameters);
  const secret = new Uint8Array(await run(parameters, record, bits));
  return importRecord("raw", secret, importer, extractable, usages);
}

async function publicKeyOf(key, keyUsages) {
  const record = keyArgument(key, 1, "key", "getPublicKey");
  const usages = usagesArgument(keyUsages);
  const found = algorithmNamed(record.algorithm.name)?.publicOf;
  if (found === undefined) throw notSupported("key must be a private key");
  if (record.type !== "private") throw invalidAccess("key must be a private key");
  return createKey(await found.run(record, usages));
}

// ---- Encapsulation -----------------------------------------------------------------------------

function encapsulationKey(algorithm, key, name, operation, method) {
  const record = keyArgument(key, 2, name, method);
  const found = normalize(algorithm, operation);
  if (record.algorithm.name !== found.name) throw invalidAccess("key algorithm mismatch");
  if (!record.usages.includes(method)) throw invalidAccess(`${name} does not have ${method} usage`);
  return { record, ...found };
}

function encapsulated(algorithm, key, method) {
  const { record, run, parameters } =
    encapsulationKey(algorithm, key, "encapsulationKey", "encapsulate", method);
  return run(parameters, record);
}

function decapsulated(algorithm, key, ciphertext, method) {
  const bytes = bufferSource(ciphertext)?.slice();
  if (bytes === undefined) throw typeError();
  const { record, run, parameters } =
    encapsulationKey(algorithm, key, "decapsulationKey", "decapsulate", method);
  return run(parameters, record, bytes);
}

async function encapsulateKey(algorithm, key, sharedType, extractable, keyUsages) {
  const usages = usagesArgument(keyUsages);
  const importer = normalize(sharedType, "importKey");
  const { shared, ciphertext } = await encapsulated(algorithm, key, "encapsulateKey");
  const sharedKey = await importRecord("raw-secret", shared, importer, extractable, usages);
  return { ciphertext, sharedKey };
}

async function decapsulateKey(algorithm, key, ciphertext, sharedType, extractable, keyUsages) {
  const usages = usagesArgument(keyUsages);
  const importer = normalize(sharedType, "importKey");
  const shared = await decapsulated(algorithm, key, ciphertext, "decapsulateKey");
  return importRecord("raw-secret", shared, importer, extractable, usages);
}

const LEAST = {
  encrypt: 3, decrypt: 3, sign: 3, verify: 4, digest: 2, generateKey: 3, deriveKey: 5,
  deriveBits: 2, importKey: 5, exportKey: 2, wrapKey: 4, unwrapKey: 7, getPublicKey: 2,
  encapsulateBits: 2, encapsulateKey: 5, decapsulateBits: 3, decapsulateKey: 6,
};

class SubtleCrypto {
  #brand = true;
  constructor(token) {
    if (token !== MAKE) throw illegalConstructor();
  }
  static check(face, method, count) {
    if (typeof face !== "object" || face === null || !(#brand in face)) {
      const message = `Can only call SubtleCrypto.${method} on instances of SubtleCrypto`;
      throw withCode(new TypeError(message), "ERR_INVALID_THIS");
    }
    checkCount(count, LEAST[method]);
  }
  static supports(operation, algorithm) {
    if (this !== SubtleCrypto) {
      const message = 'Value of "this" must be of type SubtleCrypto constructor';
      throw withCode(new TypeError(message), "ERR_INVALID_THIS");
    }
    checkCount(arguments.length, 2);
    const name = operation === "deriveKey" ? "deriveBits" : `${operation}`;
    try {
      if (name === "digest") {
        return HASHES.includes(`${dictionaryOf(algorithm).name}`.toUpperCase());
      }
      normalize(algorithm, name);
      return true;
    } catch {
      return false;
    }
  }
  async encrypt(algorithm, key, data) {
    check(this, "encrypt", arguments.length);
    return crypt("encrypt", algorithm, key, data);
  }
  async decrypt(algorithm, key, data) {
    check(this, "decrypt", arguments.length);
    return crypt("decrypt", algorithm, key, data);
  }
  async sign(algorithm, key, data) {
    check(this, "sign", arguments.length);
    return crypt("sign", algorithm, key, data);
  }
  async verify(algorithm, key, signature, data) {
    check(this, "verify", arguments.length);
    const record = keyArgument(key, 2, "key", "verify");
    const signed = bytesArgument(signature, "signature");
    const bytes = bytesArgument(data, "data");
    const { name, run, parameters } = normalize(algorithm, "verify");
    checkKey(record, name, "verify");
    return run(parameters, record, signed, bytes);
  }
  async digest(algorithm, data) {
    check(this, "digest", arguments.length);
    const bytes = bytesArgument(data, "data");
    const name = `${dictionaryOf(algorithm).name}`.toUpperCase();
    if (!HASHES.includes(name)) throw unknownAlgorithm();
    return computeBuffer(operationError, "digest", name, 0, bytes);
  }
  async generateKey(algorithm, extractable, keyUsages) {
    check(this, "generateKey", arguments.length);
    return generate(algorithm, Boolean(extractable), keyUsages);
  }
  async deriveKey(algorithm, baseKey, derivedKeyType, extractable, keyUsages) {
    check(this, "deriveKey", arguments.length);
    return deriveKey(algorithm, baseKey, derivedKeyType, Boolean(extractable), keyUsages);
  }
  async deriveBits(algorithm, baseKey, length = null) {
    check(this, "deriveBits", arguments.length);
    const record = keyArgument(baseKey, 2, "baseKey", "deriveBits");
    const bits = lengthArgument(length);
    if (bits >= LENGTH_LIMIT) throw operationError();
    const { name, run, parameters } = normalize(algorithm, "deriveBits");
    checkBase(record, name, "deriveBits");
    return run(parameters, record, bits);
  }
  async importKey(format, keyData, algorithm, extractable, keyUsages) {
    check(this, "importKey", arguments.length);
    return importGiven(format, keyData, algorithm, Boolean(extractable), keyUsages);
  }
  async exportKey(format, key) {
    check(this, "exportKey", arguments.length);
    return exportGiven(format, key);
  }
  async wrapKey(format, key, wrappingKey, wrapAlgorithm) {
    check(this, "wrapKey", arguments.length);
    return wrap(format, key, wrappingKey, wrapAlgorithm);
  }
  async unwrapKey(format, wrapped, unwrappingKey, unwrapAlgorithm, type, extractable, keyUsages) {
    check(this, "unwrapKey", arguments.length);
    const mayExport = Boolean(extractable);
    return unwrap(format, wrapped, unwrappingKey, unwrapAlgorithm, type, mayExport, keyUsages);
  }
  async getPublicKey(key, keyUsages) {
    check(this, "getPublicKey", arguments.length);
    return publicKeyOf(key, keyUsages);
  }
  async encapsulateBits(algorithm, key) {
    check(this, "encapsulateBits", arguments.length);
    const { shared, ciphertext } = await encapsulated(algorithm, key, "encapsulateBits");
    return { sharedKey: shared.buffer, ciphertext };
  }
  async encapsulateKey(algorithm, key, sharedType, extractable, keyUsages) {
    check(this, "encapsulateKey", arguments.length);
    return encapsulateKey(algorithm, key, sharedType, Boolean(extractable), keyUsages);
  }
  async decapsulateBits(algorithm, key, ciphertext) {
    check(this, "decapsulateBits", arguments.length);
    return (await decapsulated(algorithm, key, ciphertext, "decapsulateBits")).buffer;
  }
  async decapsulateKey(algorithm, key, ciphertext, sharedType, extractable, keyUsages) {
    check(this, "decapsulateKey", arguments.length);
    const mayExport = Boolean(extractable);
    return decapsulateKey(algorithm, key, ciphertext, sharedType, mayExport, keyUsages);
  }
}

const { check } = SubtleCrypto;
delete SubtleCrypto.check;
defineInterface(SubtleCrypto);
Object.defineProperty(SubtleCrypto, "length", { value: 0, configurable: true });

const subtle = new SubtleCrypto(MAKE);

module.exports = { CryptoKey, SubtleCrypto, subtle };
