"use strict";
// Conversions of what programs pass: members of dictionaries, bytes, hashes, JSON Web Keys.

const { bufferSource } = require("web/encoding");
const { dataError, invalidKeyData, missingMember, typeError, unknownAlgorithm } =
  require("web/crypto/errors");

const HASHES = [
  "SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512", "SHA3-256", "SHA3-384", "SHA3-512",
];
const BLOCK_BITS = {
  __proto__: null,
  "SHA-384": 1024,
  "SHA-512": 1024,
  "SHA3-256": 1088,
  "SHA3-384": 832,
  "SHA3-512": 576,
};
const blockBitsOf = (hash) => BLOCK_BITS[hash] ?? 512;

const BUFFER = "(ArrayBufferView or ArrayBuffer)";
const HASH = "(object or DOMString)";

/** The bytes of a required member, copied. */
function bytesMember(dictionary, type, member) {
  const value = dictionary[member];
  if (value === undefined) throw missingMember(type, member, BUFFER);
  const bytes = bufferSource(value);
  if (bytes === undefined) throw typeError();
  return bytes.slice();
}

/** As `bytesMember`, empty where the member is absent. */
function optionalBytes(dictionary, member) {
  const value = dictionary[member];
  if (value === undefined) return new Uint8Array(0);
  const bytes = bufferSource(value);
  if (bytes === undefined) throw typeError();
  return bytes.slice();
}

/** A required whole number below `limit`, converted as Web IDL's [EnforceRange] does. */
function numberMember(dictionary, type, member, idlType, limit) {
  const value = dictionary[member];
  if (value === undefined) throw missingMember(type, member, idlType);
  const number = Math.trunc(Number(value));
  if (!(number >= 0 && number < limit)) {
    throw new TypeError(`Value ${value} is outside the range [0, ${limit - 1}]`);
  }
  return number;
}

/** The name of a hash given as a name or as an object with one. */
function hashOf(value, type) {
  if (value === undefined) throw missingMember(type, "hash", HASH);
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  const name = `${isObject ? value.name : value}`.toUpperCase();
  if (!HASHES.includes(name)) throw unknownAlgorithm();
  return name;
}

// ---- JSON Web Keys ---------------------------------------------------------------------------

function encodeBase64Url(bytes) {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Bytes of a member in base64url; `undefined` where it is absent or no base64url. */
function jwkBytes(jwk, member) {
  const text = jwk[member];
  if (text === undefined || text === null) return undefined;
  try {
    return Uint8Array.fromBase64(`${text}`.replace(/[=\s]+$/, ""), { alphabet: "base64url" });
  } catch {
    return undefined;
  }
}

const JWK_STRINGS = ["kty", "use", "alg", "crv", "x", "y", "d", "n", "e", "p", "q", "dp", "dq"];

/** A JSON Web Key as a plain object, each member read once. */
function readJwk(value) {
  const jwk = {};
  for (const name of [...JWK_STRINGS, "qi", "k", "pub", "priv"]) {
    const member = value[name];
    if (member !== undefined) jwk[name] = `${member}`;
  }
  if (value.key_ops !== undefined) jwk.key_ops = Array.from(value.key_ops, (item) => `${item}`);
  if (value.ext !== undefined) jwk.ext = Boolean(value.ext);
  if (value.oth !== undefined) jwk.oth = value.oth;
  return jwk;
}

/** Throws where the key's own restrictions exclude what is asked for (RFC 7517). */
function checkJwk(jwk, { kty, use, usages, extractable }) {
  const isCipher = kty === "oct" && use === "enc";
  if (jwk.kty === undefined) throw isCipher ? dataError() : invalidKeyData();
  if (jwk.kty !== kty) {
    if (isCipher) throw dataError();
    const isNamed = kty === "oct" || kty === "AKP";
    throw isNamed ? dataError('Invalid JWK "kty" Parameter') : invalidKeyData();
  }
  if (jwk.use !== undefined && usages.length > 0 && jwk.use !== use) {
    throw dataError('Invalid JWK "use" Parameter');
  }
  if (jwk.key_ops !== undefined) {
    if (new Set(jwk.key_ops).size !== jwk.key_ops.length) {
      throw dataError("Duplicate key operation");
    }
    if (!usages.every((usage) => jwk.key_ops.includes(usage))) {
      throw dataError("Key operations and usage mismatch");
    }
  }
  if (jwk.ext === false && extractable) {
    throw dataError('JWK "ext" Parameter and extractable mismatch');
  }
}

function algorithmMismatch() {
  return dataError('JWK "alg" does not match the requested algorithm');
}

/** A key as a JSON Web Key, its members in alphabetical order. */
function writeJwk(record, members) {
  const jwk = { ...members, ext: record.extractable, key_ops: [...record.usages] };
  const sorted = {};
  for (const name of Object.keys(jwk).sort()) {
    if (jwk[name] !== undefined) sorted[name] = jwk[name];
  }
  return sorted;
}

module.exports = {
  HASHES, algorithmMismatch, blockBitsOf, bytesMember, checkJwk, encodeBase64Url, hashOf, jwkBytes,
  numberMember, optionalBytes, readJwk, writeJwk,
};
