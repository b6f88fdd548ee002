// JSON Web Keys (RFC 7517, 7518, 8037) of keys of two halves.
"use strict";

const { Buffer } = require("node/buffer");
const errors = require("node/errors");
const codes = require("node/error-codes");
const { Object } = globalThis;

const TYPES = ["RSA", "EC", "OKP", "AKP"];
const CURVES = {
  "prime256v1": "P-256", "secp256k1": "secp256k1", "secp384r1": "P-384", "secp521r1": "P-521",
};
const EDWARDS = { "ed25519": "Ed25519", "x25519": "X25519" };
const RSA_PUBLIC = ["n", "e"];
const RSA_PRIVATE = ["d", "p", "q", "dp", "dq", "qi"];

function oneOf(name, values, value) {
  const shown = values.map((each) => `'${each}'`).join(", ");
  return errors.ERR_INVALID_ARG_VALUE(name, value, `must be one of: ${shown}`);
}

function partsOf(jwk, names) {
  return names.map((name) => {
    errors.validateString(jwk[name], `key.${name}`);
    return Buffer.from(jwk[name], "base64url");
  });
}

/** The number of the key of a JWK. */
function numberOf(jwk, isPrivate) {
  errors.validateObject(jwk, "key.key");
  const { kty, crv } = jwk;
  if (!TYPES.includes(kty)) throw oneOf("key.kty", TYPES, kty);
  const { handleOf } = require("node/crypto/keys");
  if (kty === "RSA") {
    const isWhole = isPrivate || jwk.d !== undefined;
    const names = isWhole ? [...RSA_PUBLIC, ...RSA_PRIVATE] : RSA_PUBLIC;
    return handleOf(ops.keyFromParts("RSA", "", ...partsOf(jwk, names)));
  }
  if (kty === "EC") {
    const curves = Object.values(CURVES);
    if (!curves.includes(crv)) throw oneOf("key.crv", curves, crv);
    const parts = partsOf(jwk, isPrivate ? ["x", "y", "d"] : ["x", "y"]);
    return handleOf(ops.keyFromParts("EC", crv, ...parts));
  }
  if (kty === "AKP") throw codes.ERR_CRYPTO_INVALID_JWK("Unsupported JWK AKP key");
  const curves = Object.values(EDWARDS);
  if (!curves.includes(crv)) throw oneOf("key.crv", curves, crv);
  const parts = partsOf(jwk, isPrivate ? ["x", "d"] : ["x"]);
  return handleOf(ops.keyFromParts("OKP", crv, ...parts));
}

/** The JWK of a key: its number, its kind, and the name of its curve. */
function jwkOf(number, kind, curve) {
  if (kind !== "rsa" && kind !== "ec" && EDWARDS[kind] === undefined) {
    throw errors.makeError("Error", "ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE",
      "Unsupported JWK Key Type.");
  }
  const parts = ops.keyParts(number).map((bytes) => Buffer.from(bytes).toString("base64url"));
  if (kind === "rsa") {
    const jwk = { kty: "RSA" };
    [...RSA_PUBLIC, ...RSA_PRIVATE].forEach((name, index) => {
      if (parts[index] !== undefined) jwk[name] = parts[index];
    });
    return jwk;
  }
  if (kind === "ec") {
    const crv = CURVES[curve];
    if (crv === undefined) {
      throw errors.makeError("Error", "ERR_CRYPTO_JWK_UNSUPPORTED_CURVE",
        `Unsupported JWK EC curve: ${curve}.`);
    }
    const [x, y, d] = parts;
    return d === undefined ? { kty: "EC", x, y, crv } : { kty: "EC", x, y, crv, d };
  }
  const crv = EDWARDS[kind];
  const [x, d] = parts;
  return d === undefined ? { crv, x, kty: "OKP" } : { crv, d, x, kty: "OKP" };
}

module.exports = { jwkOf, numberOf };
