// CryptoKeys of KeyObjects, in the shape web/crypto keeps them.
"use strict";

const { createKey } = require("web/crypto/key");
const { DOMException } = require("web/dom-exception");
const { Buffer } = require("node/buffer");

const BITS = 8;

const nameOf = (algorithm) => (typeof algorithm === "string" ? algorithm : algorithm?.name);
const hashOf = (algorithm) =>
  ({ name: typeof algorithm.hash === "string" ? algorithm.hash : algorithm.hash?.name });

function unsupported() {
  return new DOMException("Unrecognized algorithm name", "NotSupportedError");
}

/** A CryptoKey of a secret's bytes. */
function secretKey(bytes, algorithm, extractable, usages) {
  const name = nameOf(algorithm);
  const described = { name };
  if (name === "HMAC") {
    described.hash = hashOf(algorithm);
    described.length = bytes.length * BITS;
  } else if (/^AES-/.test(name)) {
    described.length = bytes.length * BITS;
  } else if (name !== "HKDF" && name !== "PBKDF2") {
    throw unsupported();
  }
  const material = new Uint8Array(bytes);
  const given = { type: "secret", extractable, algorithm: described, usages: [...usages] };
  return createKey({ ...given, material });
}

// What a half is made of, and the algorithm it is for.
function halfOf(number, type, kind, curve, algorithm) {
  const name = nameOf(algorithm);
  if (kind === "rsa") {
    const [, exponent] = ops.keyParts(number);
    const bits = ops.keyDetails(number)[1];
    const described = {
      name, modulusLength: bits, publicExponent: exponent, hash: hashOf(algorithm),
    };
    return [ops.keyWrite(number, "der", type === "private" ? "pkcs8" : "spki"), described];
  }
  if (kind === "ec") {
    const namedCurve = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" }[curve];
    const format = type === "private" ? "pkcs8" : "spki";
    return [ops.keyWrite(number, "der", format), { name, namedCurve }];
  }
  const parts = ops.keyParts(number);
  return [new Uint8Array(Buffer.from(parts[type === "private" ? 1 : 0])), { name }];
}

/** A CryptoKey of one half of a pair. */
function pairedKey({ type, handle }, [kind, curve], algorithm, extractable, usages) {
  if (nameOf(algorithm) === undefined) throw unsupported();
  const [material, described] = halfOf(handle.number, type, kind, curve, algorithm);
  const record = { type, extractable, algorithm: described, usages: [...usages], material };
  if (type === "private") {
    const number = ops.keyPublic(handle.number);
    [record.other] = halfOf(number, "public", kind, curve, algorithm);
    ops.keyClose(number);
  }
  return createKey(record);
}

module.exports = { pairedKey, secretKey };
