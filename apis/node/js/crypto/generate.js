// New keys: secret ones and pairs.
"use strict";

const { nextTick } = require("runtime/event-loop");
const errors = require("node/errors");
const keys = require("node/crypto/keys");
const input = require("node/crypto/key-input");
const { Object } = globalThis;

const UINT32_MAX = 4294967295;
const BITS_MAX = 2147483647;
const AES_LENGTHS = [128, 192, 256];
const EXPONENT = 65537;
const EXPONENT_MIN = 3;
const CURVES = {
  "P-256": "prime256v1", "P-384": "secp384r1", "P-521": "secp521r1", "P-224": "secp224r1",
};
const KNOWN_CURVE =
  /^(?:prime|secp|sect|c2pnb|c2tnb|brainpool|wap-wsg|Oakley|SM2|P-)[\w-]*$/;

function unsupportedType(type) {
  return errors.ERR_INVALID_ARG_VALUE("type", type, "must be a supported key type");
}

function refused(number, reason) {
  const library = "public key routines";
  const error = new Error(`error:${number}:${library}:OPENSSL_internal:${reason}`);
  return Object.assign(error, {
    library, function: "OPENSSL_internal", reason, code: `ERR_OSSL_EVP_${reason}`,
  });
}

// ---- Secret keys -----------------------------------------------------------------------------

function secretBytes(type, options) {
  errors.validateString(type, "type");
  errors.validateObject(options, "options");
  const { length } = options;
  if (type === "hmac") {
    errors.validateInteger(length, "options.length", 8, BITS_MAX);
    return length >> 3;
  }
  if (type !== "aes") throw unsupportedType(type);
  if (!AES_LENGTHS.includes(length)) {
    errors.validateNumber(length, "options.length");
    throw errors.makeError("TypeError", "ERR_INVALID_ARG_VALUE",
      `The property 'options.length' must be one of: ${AES_LENGTHS.join(", ")}`);
  }
  return length >> 3;
}

function newSecret(bytes) {
  return keys.makeKey("secret", new Uint8Array(require("node/crypto-random").randomBytes(bytes)));
}

function generateKeySync(type, options) { return newSecret(secretBytes(type, options)); }

function generateKey(type, options, callback) {
  const bytes = secretBytes(type, options);
  errors.validateFunction(callback, "callback");
  nextTick(callback, [null, newSecret(bytes)]);
}

// ---- What pairs are asked for ----------------------------------------------------------------

function uint32(options, name, isOptional) {
  const value = options[name];
  if (isOptional && (value === undefined || value === null)) return undefined;
  errors.validateInteger(value, `options.${name}`, 0, UINT32_MAX);
  return value;
}

function rsaRequest(options) {
  const bits = uint32(options, "modulusLength");
  const exponent = uint32(options, "publicExponent", true) ?? EXPONENT;
  if (exponent < EXPONENT_MIN || exponent % 2 === 0) {
    throw errors.makeError("RangeError", "ERR_OUT_OF_RANGE", "publicExponent is invalid");
  }
  return ["rsa", bits, exponent];
}

function curveRequest(options) {
  const { namedCurve, paramEncoding } = options;
  errors.validateString(namedCurve, "options.namedCurve");
  if (paramEncoding !== undefined && paramEncoding !== null &&
      paramEncoding !== "named" && paramEncoding !== "explicit") {
    throw input.invalidOption("paramEncoding", paramEncoding);
  }
  if (!KNOWN_CURVE.test(namedCurve)) {
    throw errors.makeError("TypeError", "ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name");
  }
  const curve = CURVES[namedCurve] ?? namedCurve;
  return ["ec", curve === "secp256k1" ? "unknown" : curve];
}

function modulusRequest(options) {
  uint32(options, "modulusLength");
  return undefined;
}

function groupRequest(options) {
  const { group, prime } = options;
  const pair = (one, other) => errors.makeError("TypeError", "ERR_INCOMPATIBLE_OPTION_PAIR",
    `Option "${one}" cannot be used in combination with option "${other}"`);
  if (group !== undefined && group !== null) {
    if (prime !== undefined) throw pair("group", "prime");
    if (options.primeLength !== undefined) throw pair("group", "primeLength");
    if (options.generator !== undefined) throw pair("group", "generator");
    errors.validateString(group, "options.group");
    const { primeOf } = require("node/crypto/diffie-hellman");
    return ["dh", primeOf(group), 2];
  }
  const generator = uint32(options, "generator", true) ?? 2;
  if (prime !== undefined && prime !== null) {
    if (options.primeLength !== undefined) throw pair("prime", "primeLength");
    if (!ArrayBuffer.isView(prime)) {
      throw errors.makeError("TypeError", "ERR_INVALID_ARG_TYPE",
        "The \"options.prime\" property must be of type Buffer, TypedArray, or DataView. " +
        `Received ${errors.specificType(prime)}`);
    }
    return ["dh", input.bufferBytes(prime), generator];
  }
  if (options.primeLength === undefined || options.primeLength === null) {
    throw errors.makeError("TypeError", "ERR_MISSING_OPTION",
      "At least one of the group, prime, or primeLength options is required");
  }
  return ["dh", uint32(options, "primeLength"), generator];
}

// Readers of options by type; a request of undefined is for what the library does not make.
const REQUESTS = {
  "rsa": rsaRequest, "rsa-pss": modulusRequest, "dsa": modulusRequest, "ec": curveRequest,
  "ed25519": () => ["ed25519"], "x25519": () => ["x25519"], "ed448": () => undefined,
  "x448": () => undefined, "dh": groupRequest,
};

// ---- Pairs -----------------------------------------------------------------------------------

const HALVES = [
  ["publicKeyEncoding", ["pkcs1", "spki"], false],
  ["privateKeyEncoding", ["pkcs1", "pkcs8", "sec1"], true],
];

function pairPlan(type, options) {
  errors.validateString(type, "type");
  if (!Object.hasOwn(REQUESTS, type)) throw unsupportedType(type);
  const isPlain = type === "ed25519" || type === "x25519";
  if (!isPlain || options !== undefined) errors.validateObject(options, "options");
  const request = REQUESTS[type](options);
  const encodings = HALVES.map(([name, types, isPrivate]) => {
    const encoding = options?.[name];
    if (encoding === undefined || encoding === null) return undefined;
    if (typeof encoding !== "object") throw input.invalidOption(name, encoding);
    const chosen = keys.encodingOf(encoding, `options.${name}`, types, isPrivate);
    checkFits(chosen.type, type);
    return chosen;
  });
  if (request === undefined) throw refused("06000080", "UNSUPPORTED_ALGORITHM");
  const isExplicit = type === "ec" && options.paramEncoding === "explicit";
  const failure = isExplicit ? refused("06000085", "INVALID_PARAMETERS") : undefined;
  return { request, encodings, failure };
}

function checkFits(encoding, type) {
  const only = { pkcs1: ["rsa", "RSA"], sec1: ["ec", "EC"] }[encoding];
  if (only === undefined || only[0] === type) return;
  throw errors.makeError("Error", "ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS",
    `The selected key encoding ${encoding} can only be used for ${only[1]} keys.`);
}

function pairOf(number, [publicEncoding, privateEncoding]) {
  const own = keys.makeKey("private", keys.handleOf(number));
  const other = keys.makeKey("public", keys.handleOf(ops.keyPublic(number)));
  const shown = (key, encoding) =>
    (encoding === undefined ? key : keys.exportKey(keys.recordOf(key), encoding));
  return { publicKey: shown(other, publicEncoding), privateKey: shown(own, privateEncoding) };
}

function generateKeyPairSync(type, options) {
  const { request, encodings, failure } = pairPlan(type, options);
  if (failure !== undefined) throw failure;
  return pairOf(ops.keyGenerateNow(...request), encodings);
}

function generateKeyPair(type, options, callback) {
  const isShort = typeof options === "function";
  const done = isShort ? options : callback;
  const given = isShort ? undefined : options;
  errors.validateString(type, "type");
  if (!Object.hasOwn(REQUESTS, type)) throw unsupportedType(type);
  errors.validateFunction(done, "callback");
  const { request, encodings, failure } = pairPlan(type, given);
  if (failure !== undefined) {
    nextTick(done, [failure]);
    return;
  }
  ops.keyGenerateElsewhere(...request).then(
    (der) => {
      const pair = pairOf(ops.keyRead(true, der, "der", "pkcs8"), encodings);
      nextTick(done, [null, pair.publicKey, pair.privateKey]);
    },
    (error) => nextTick(done, [error]),
  );
}

// Promises of it have both halves by name.
Object.defineProperty(generateKeyPair, Symbol.for("nodejs.util.promisify.custom"), {
  value(type, options) {
    return new globalThis.Promise((resolve, reject) => {
      generateKeyPair(type, options, (error, publicKey, privateKey) => {
        if (error) reject(error);
        else resolve({ publicKey, privateKey });
      });
    });
  },
  configurable: true,
});

module.exports = { generateKey, generateKeyPair, generateKeyPairSync, generateKeySync };
