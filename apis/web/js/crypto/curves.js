"use strict";
// ECDSA, ECDH, Ed25519 and X25519. Operations have the shape web/crypto/secret describes.

const { compute, computeBuffer, computeTruth } = require("web/crypto/compute");
const {
  badParameter, dataError, invalidAccess, invalidKeyData, missingMember, notSupported,
  operationError, refusedKey, unsupportedUsage,
} = require("web/crypto/errors");
const { recordOf } = require("web/crypto/key");
const { algorithmMismatch, checkJwk, encodeBase64Url, hashOf, jwkBytes, writeJwk } =
  require("web/crypto/values");
const { withCode } = require("web/errors");

const COORDINATE_BYTES = { __proto__: null, "P-256": 32, "P-384": 48, "P-521": 66 };
const DERIVE_USAGES = ["deriveKey", "deriveBits"];
const RAW_BYTES = 32;
const none = () => ({});

const only = (usages, some) => usages.filter((usage) => some.includes(usage));

function checkUsages(usages, allowed, error) {
  if (!usages.every((usage) => allowed.includes(usage))) throw error();
}

function keyOf(type, material, algorithm, extractable, usages, other) {
  return { type, material, algorithm: { ...algorithm }, extractable, usages, other };
}

function pairOf([own, other], algorithm, extractable, usages, publicUsages, privateUsages) {
  return {
    publicKey: keyOf("public", other, algorithm, true, only(usages, publicUsages)),
    privateKey: keyOf("private", own, algorithm, extractable, only(usages, privateUsages), other),
  };
}

/** Takes from a derived secret as many bits as were asked for. */
async function truncated(secret, length) {
  const buffer = await secret;
  if (length === null) return buffer;
  const bytes = Math.ceil(length / 8);
  if (bytes > buffer.byteLength) throw operationError("derived bit length is too small");
  const taken = new Uint8Array(buffer, 0, bytes).slice();
  // The bits of the last byte that were not asked for are zero.
  if (length % 8 !== 0) taken[bytes - 1] &= 0xff00 >> (length % 8);
  return taken.buffer;
}

// The public key that an agreement is made with.
function readPeer(dictionary) {
  const given = dictionary.public;
  const type = "EcdhKeyDeriveParams";
  if (given === undefined) throw missingMember(type, "publicKey", "CryptoKey");
  const peer = recordOf(given);
  if (peer === undefined) {
    const message = `Member ${type}.publicKey must be an instance of CryptoKey`;
    throw withCode(new TypeError(message), "ERR_INVALID_ARG_TYPE");
  }
  return { peer };
}

function checkPeer(record, peer) {
  if (record.type !== "private" || peer.type !== "public") throw invalidAccess();
  if (peer.algorithm.name !== record.algorithm.name) throw invalidAccess("key algorithm mismatch");
  if (peer.algorithm.namedCurve !== record.algorithm.namedCurve) {
    throw invalidAccess("Named curve mismatch");
  }
}

// ---- P-256, P-384, P-521 ---------------------------------------------------------------------

function readCurve(dictionary) {
  const { namedCurve } = dictionary;
  if (namedCurve === undefined) throw missingMember("EcKeyParams", "namedCurve", "DOMString");
  return { namedCurve: `${namedCurve}` };
}

function ellipticKeys(name, use, publicUsages, privateUsages) {
  const allowed = [...publicUsages, ...privateUsages];
  const unsupported = () => unsupportedUsage(`an ${name}`);

  async function importJwk(jwk, namedCurve, extractable, usages) {
    const isPrivate = jwk.d !== undefined;
    checkUsages(usages, isPrivate ? privateUsages : publicUsages, unsupported);
    checkJwk(jwk, { kty: "EC", use, usages, extractable });
    if (jwk.crv !== namedCurve) {
      throw dataError('JWK "crv" does not match the requested algorithm');
    }
    const names = isPrivate ? ["x", "y", "d"] : ["x", "y"];
    const parts = names.map((member) => jwkBytes(jwk, member));
    const size = COORDINATE_BYTES[namedCurve];
    if (!parts.every((part) => part?.length === size)) throw invalidKeyData();
    const task = isPrivate ? "ec.private" : "ec.public";
    const made = await compute(invalidKeyData, task, namedCurve, 0, ...parts);
    return fromMade(made, isPrivate, namedCurve, extractable, usages);
  }

  function fromMade(made, isPrivate, namedCurve, extractable, usages) {
    const type = isPrivate ? "private" : "public";
    return keyOf(type, made[0], { name, namedCurve }, extractable, usages, made[1]);
  }

  return {
    name,
    generateKey: {
      read: readCurve,
      async run({ namedCurve }, extractable, usages) {
        if (COORDINATE_BYTES[namedCurve] === undefined) throw notSupported();
        checkUsages(usages, allowed, badParameter);
        const made = await compute(operationError, "ec.generate", namedCurve, 0);
        const algorithm = { name, namedCurve };
        return pairOf(made, algorithm, extractable, usages, publicUsages, privateUsages);
      },
    },
    importKey: {
      read: readCurve,
      async run(format, data, { namedCurve }, extractable, usages) {
        if (COORDINATE_BYTES[namedCurve] === undefined) throw notSupported();
        if (format === "jwk") return importJwk(data, namedCurve, extractable, usages);
        const isPrivate = format === "pkcs8";
        if (!["pkcs8", "spki", "raw", "raw-public"].includes(format)) throw notSupported();
        checkUsages(usages, isPrivate ? privateUsages : publicUsages, unsupported);
        const task = `ec.${format === "raw-public" ? "raw" : format}`;
        const refuse = () => refusedKey(data, "EC", namedCurve);
        const made = await compute(refuse, task, namedCurve, 0, data);
        return fromMade(made, isPrivate, namedCurve, extractable, usages);
      },
    },
    exportKey: { read: none, run: exportElliptic },
    publicOf: {
      read: none,
      run(record, usages) {
        checkUsages(usages, publicUsages, unsupported);
        return keyOf("public", record.other, record.algorithm, true, usages);
      },
    },
  };
}

async function exportElliptic(format, record) {
  const { type, material, algorithm } = record;
  if (format === "pkcs8" || format === "spki") {
    if (type !== (format === "spki" ? "public" : "private")) throw invalidAccess();
    return material.slice().buffer;
  }
  const isPrivate = type === "private";
  if (format === "jwk") {
    const parts =
      await compute(dataError, isPrivate ? "ec.parts" : "ec.point", "", 0, material);
    const members = { kty: "EC", crv: algorithm.namedCurve };
    const names = isPrivate ? ["x", "y", "d"] : ["x", "y"];
    for (const [index, member] of names.entries()) members[member] = encodeBase64Url(parts[index]);
    return writeJwk(record, members);
  }
  if (format !== "raw" && format !== "raw-public") throw notSupported();
  if (isPrivate) throw invalidAccess();
  const parts = await compute(dataError, "ec.point", "", 0, material);
  return parts.at(-1).buffer;
}

const readHash = (dictionary) => ({ hash: hashOf(dictionary.hash, "EcdsaParams") });

const ecdsa = {
  ...ellipticKeys("ECDSA", "sig", ["verify"], ["sign"]),
  sign: {
    read: readHash,
    run: ({ hash }, { material }, data) =>
      computeBuffer(operationError, "ec.sign", hash, 0, material, data),
  },
  verify: {
    read: readHash,
    run: ({ hash }, { material }, signature, data) =>
      computeTruth(operationError, "ec.verify", hash, 0, material, data, signature),
  },
};

const ecdh = {
  ...ellipticKeys("ECDH", "enc", [], DERIVE_USAGES),
  deriveBits: {
    read: readPeer,
    run({ peer }, record, length) {
      checkPeer(record, peer);
      const { material } = record;
      const secret = computeBuffer(operationError, "ec.derive", "", 0, material, peer.material);
      return truncated(secret, length);
    },
  },
};

// ---- Curve25519 ------------------------------------------------------------------------------

function octetKeys(name, use, alg, publicUsages, privateUsages) {
  const allowed = [...publicUsages, ...privateUsages];
  const algorithm = { name };
  const unsupported = () => unsupportedUsage(`an ${name}`);

  async function importJwk(jwk, extractable, usages) {
    const isPrivate = jwk.d !== undefined;
    checkUsages(usages, isPrivate ? privateUsages : publicUsages, unsupported);
    checkJwk(jwk, { kty: "OKP", use, usages, extractable });
    if (jwk.crv !== name) throw dataError('JWK "crv" does not match the requested algorithm');
    if (alg !== undefined && ![undefined, alg, "EdDSA"].includes(jwk.alg)) {
      throw algorithmMismatch();
    }
    const x = jwkBytes(jwk, "x");
    const d = jwkBytes(jwk, "d");
    if (x?.length !== RAW_BYTES || (isPrivate && d?.length !== RAW_BYTES)) throw invalidKeyData();
    if (!isPrivate) return keyOf("public", x, algorithm, extractable, usages);
    const [own, other] = await compute(invalidKeyData, "okp.private", name, 0, d);
    if (other.toHex() !== x.toHex()) throw invalidKeyData();
    return keyOf("private", own, algorithm, extractable, usages, other);
  }

  async function exportKey(format, record) {
    const { type, material } = record;
    const isPrivate = type === "private";
    if (format === "jwk") {
      const members = { kty: "OKP", crv: name, alg, x: encodeBase64Url(record.other ?? material) };
      if (isPrivate) members.d = encodeBase64Url(material);
      return writeJwk(record, members);
    }
    if (format === "raw" || format === "raw-public") {
      if (isPrivate) throw invalidAccess();
      return material.slice().buffer;
    }
    if (format !== "pkcs8" && format !== "spki") throw notSupported();
    if (isPrivate !== (format === "pkcs8")) throw invalidAccess();
    return computeBuffer(dataError, isPrivate ? "okp.toPkcs8" : "okp.toSpki", name, 0, material);
  }

  return {
    name,
    generateKey: {
      read: none,
      async run(_parameters, extractable, usages) {
        checkUsages(usages, allowed, badParameter);
        const made = await compute(operationError, "okp.generate", name, 0);
        return pairOf(made, algorithm, extractable, usages, publicUsages, privateUsages);
      },
    },
    importKey: {
      read: none,
      async run(format, data, _parameters, extractable, usages) {
        if (format === "jwk") return importJwk(data, extractable, usages);
        if (format === "raw-seed") {
          throw notSupported(`Unable to import ${name} using ${format} format`);
        }
        const isPrivate = format === "pkcs8";
        checkUsages(usages, isPrivate ? privateUsages : publicUsages, unsupported);
        const task = isPrivate || format === "spki" ? `okp.${format}` : "okp.public";
        const refuse = () => refusedKey(data, name);
        const [own, other] = await compute(refuse, task, name, 0, data);
        return keyOf(isPrivate ? "private" : "public", own, algorithm, extractable, usages, other);
      },
    },
    exportKey: { read: none, run: exportKey },
    publicOf: {
      read: none,
      run(record, usages) {
        checkUsages(usages, publicUsages, unsupported);
        return keyOf("public", record.other, algorithm, true, usages);
      },
    },
  };
}

const ed25519 = {
  ...octetKeys("Ed25519", "sig", "Ed25519", ["verify"], ["sign"]),
  sign: {
    read: none,
    run: (_parameters, { material }, data) =>
      computeBuffer(operationError, "okp.sign", "Ed25519", 0, material, data),
  },
  verify: {
    read: none,
    run: (_parameters, { material }, signature, data) =>
      computeTruth(operationError, "okp.verify", "Ed25519", 0, material, data, signature),
  },
};

const x25519 = {
  ...octetKeys("X25519", "enc", undefined, [], DERIVE_USAGES),
  deriveBits: {
    read: readPeer,
    run({ peer }, record, length) {
      checkPeer(record, peer);
      const { material } = record;
      const secret =
        computeBuffer(operationError, "okp.derive", "X25519", 0, material, peer.material);
      return truncated(secret, length);
    },
  },
};

module.exports = { algorithms: [ecdsa, ecdh, ed25519, x25519] };
