// What programs pass as bytes and as keys, checked.
"use strict";

const { Buffer } = require("node/buffer");
const errors = require("node/errors");
const codes = require("node/error-codes");
const { isAnyArrayBuffer } = require("node/util-types");

const BYTES = ["string", "ArrayBuffer", "Buffer", "TypedArray", "DataView"];
const VIEWS = ["string", "Buffer", "TypedArray", "DataView"];
const KEYS = [...BYTES, "KeyObject", "CryptoKey"];
const PEM_START = "-----BEGIN";

const asBuffer = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The bytes of a buffer of any kind; undefined for anything else. */
function bufferBytes(value) {
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return isAnyArrayBuffer(value) ? new Uint8Array(value) : undefined;
}

/** The bytes of text or of a buffer of any kind. */
function bytesOf(value, name, encoding = "utf8", kinds = BYTES) {
  if (typeof value === "string") {
    return Buffer.from(value, encoding === "buffer" ? "utf8" : encoding);
  }
  const bytes = bufferBytes(value);
  if (bytes === undefined) throw errors.ERR_INVALID_ARG_TYPE(name, kinds, value);
  return bytes;
}

/** The same, of text or a view. */
function viewBytes(value, name, encoding) {
  if (typeof value !== "string" && !ArrayBuffer.isView(value)) {
    throw errors.ERR_INVALID_ARG_TYPE(name, VIEWS, value);
  }
  if (typeof value === "string") errors.validateEncoding(value, encoding);
  return bytesOf(value, name, encoding);
}

/** Bytes as the program wants them: a Buffer or text. */
function present(bytes, encoding) {
  const buffer = asBuffer(bytes);
  return encoding && encoding !== "buffer" ? buffer.toString(encoding) : buffer;
}

function invalidOption(name, value) {
  return errors.ERR_INVALID_ARG_VALUE(`options.${name}`, value);
}

/** The bytes of a passphrase; undefined where there is none. */
function passphraseOf(value, encoding, name = "passphrase") {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string" && bufferBytes(value) === undefined) {
    throw invalidOption(name, value);
  }
  return bytesOf(value, name, encoding);
}

const FORMATS = ["pem", "der", "jwk"];
const TYPES = ["pkcs1", "spki", "pkcs8", "sec1"];

function formatOf({ format, type }, isPrivate) {
  if (format === undefined) return "pem";
  if (!FORMATS.includes(format)) throw invalidOption("format", format);
  const isKnown = TYPES.includes(type) && !(isPrivate && type === "spki");
  if (format === "der" && !isKnown) throw invalidOption("type", type);
  return format;
}

/**
 * The number of the key a program means, and whether it is to be closed after use: of a
 * KeyObject, a CryptoKey, PEM, DER or a JWK.
 */
function keyNumber(given, isPrivate, name = "key") {
  const keys = require("node/crypto/keys");
  const own = keys.numberOf(given, isPrivate);
  if (own !== undefined) return own;
  if (typeof given === "string" || bufferBytes(given) !== undefined) {
    return readKey(isPrivate, bytesOf(given, name), "pem", undefined, undefined);
  }
  if (given === null || typeof given !== "object") {
    throw errors.ERR_INVALID_ARG_TYPE(name, KEYS, given);
  }
  const { key, type, encoding, passphrase } = given;
  const inner = keys.numberOf(key, isPrivate);
  if (inner !== undefined) return inner;
  const format = formatOf(given, isPrivate);
  if (format === "jwk") return require("node/crypto/jwk").numberOf(key, isPrivate);
  if (typeof key !== "string" && bufferBytes(key) === undefined) {
    throw errors.ERR_INVALID_ARG_TYPE(`${name}.key`, KEYS, key);
  }
  const secret = passphraseOf(passphrase, encoding);
  return readKey(isPrivate, bytesOf(key, name, encoding), format, type, secret);
}

function readKey(isPrivate, bytes, format, type, passphrase) {
  return require("node/crypto/keys").handleOf(
    ops.keyRead(isPrivate, bytes, format, type, passphrase));
}

/** The bytes of a secret: text, a buffer, a secret KeyObject or CryptoKey. */
function secretBytes(value, name, encoding) {
  const own = require("node/crypto/keys").secretOf(value);
  return own ?? bytesOf(value, name, encoding, KEYS);
}

module.exports = {
  BYTES, KEYS, PEM_START, asBuffer, bufferBytes, bytesOf, codes, invalidOption, keyNumber,
  passphraseOf, present, secretBytes, viewBytes,
};
