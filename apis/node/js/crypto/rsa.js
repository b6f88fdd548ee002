// RSA's encryption with either half.
"use strict";

const errors = require("node/errors");
const input = require("node/crypto/key-input");
const { digestName } = require("node/crypto-hash");

const PKCS1 = 1;
const OAEP = 4;

function hashOf(oaepHash) {
  if (oaepHash === undefined) return "sha1";
  errors.validateString(oaepHash, "options.oaepHash");
  const name = digestName(oaepHash);
  if (name !== undefined) return name;
  throw errors.makeError("Error", "ERR_OSSL_EVP_INVALID_DIGEST", "Invalid digest used");
}

function labelOf({ oaepLabel, encoding }) {
  if (oaepLabel === undefined) return undefined;
  return input.bytesOf(oaepLabel, "options.oaepLabel", encoding);
}

function crypt(how, isPrivate, standardPadding) {
  const { [how]: run } = { [how](key, buffer) {
    const handle = input.keyNumber(key, isPrivate);
    const options = key !== null && typeof key === "object" ? key : {};
    const padding = options.padding ?? standardPadding;
    if (how === "privateDecrypt" && padding === PKCS1) {
      throw errors.makeError("TypeError", "ERR_INVALID_ARG_VALUE",
        "RSA_PKCS1_PADDING is no longer supported for private decryption");
    }
    const hash = hashOf(options.oaepHash);
    const label = labelOf(options);
    const bytes = input.bytesOf(buffer, "buffer", options.encoding);
    return input.asBuffer(ops.rsaCrypt(how, handle.number, bytes, padding, hash, label));
  } };
  return run;
}

module.exports = {
  publicEncrypt: crypt("publicEncrypt", false, OAEP),
  publicDecrypt: crypt("publicDecrypt", false, PKCS1),
  privateEncrypt: crypt("privateEncrypt", true, PKCS1),
  privateDecrypt: crypt("privateDecrypt", true, OAEP),
};
