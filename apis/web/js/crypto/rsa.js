"use strict";
// RSA-OAEP, RSA-PSS and RSASSA-PKCS1-v1_5. Operations have the shape web/crypto/secret describes.

const { compute, computeBuffer, computeTruth } = require("web/crypto/compute");
const {
  dataError, invalidAccess, invalidKeyData, notSupported, operationError, refusedKey,
} = require("web/crypto/errors");
const { checkUsages } = require("web/crypto/secret");
const {
  algorithmMismatch, bytesMember, checkJwk, encodeBase64Url, hashOf, jwkBytes, numberMember,
  optionalBytes, writeJwk,
} = require("web/crypto/values");

const LONG = 4_294_967_296;
const MODULUS_BITS = [256, 16_384];
const PRIVATE_PARTS = ["d", "p", "q", "dp", "dq", "qi"];
const none = () => ({});

const bitsOf = (modulus) => modulus.length * 8 - Math.clz32(modulus[0]) + 24;

function keyOf(name, hash, type, material, modulus, publicExponent, extractable, usages, other) {
  const algorithm = {
    name,
    modulusLength: bitsOf(modulus),
    publicExponent,
    hash: { name: hash },
  };
  return { type, material, algorithm, extractable, usages, other };
}

function checkExponent(exponent) {
  let first = 0;
  while (exponent[first] === 0) first++;
  const bytes = exponent.subarray(first);
  const isThree = bytes.length === 1 && bytes[0] === 3;
  if (!isThree && !(bytes.length === 3 && bytes.toHex() === "010001")) throw operationError();
}

function keys(name, algOf, use, publicUsages, privateUsages) {
  const allowed = [...publicUsages, ...privateUsages];
  const publicKey = (hash, [material, n, e], extractable, usages) =>
    keyOf(name, hash, "public", material, n, e, extractable, usages);
  const privateKey = (hash, [material, other, n, e], extractable, usages) =>
    keyOf(name, hash, "private", material, n, e, extractable, usages, other);
  const only = (usages, some) => usages.filter((usage) => some.includes(usage));

  async function importJwk(jwk, hash, extractable, usages) {
    const isPrivate = jwk.d !== undefined;
    checkUsages(usages, isPrivate ? privateUsages : publicUsages, "a RSA");
    checkJwk(jwk, { kty: "RSA", use, usages, extractable });
    if (jwk.alg !== undefined && jwk.alg !== algOf(hash)) throw algorithmMismatch();
    if (jwk.oth !== undefined) throw notSupported();
    const names = isPrivate ? ["n", "e", ...PRIVATE_PARTS] : ["n", "e"];
    const parts = names.map((member) => jwkBytes(jwk, member));
    if (parts.includes(undefined)) throw invalidKeyData();
    const task = isPrivate ? "rsa.private" : "rsa.public";
    const made = await compute(invalidKeyData, task, "", 0, ...parts);
    const make = isPrivate ? privateKey : publicKey;
    return make(hash, made, extractable, usages);
  }

  return {
    name,
    generateKey: {
      read: (dictionary) => ({
        modulusLength:
          numberMember(dictionary, "RsaHashedKeyGenParams", "modulusLength", "unsigned long", LONG),
        publicExponent: bytesMember(dictionary, "RsaHashedKeyGenParams", "publicExponent"),
        hash: hashOf(dictionary.hash, "RsaHashedKeyGenParams"),
      }),
      async run({ modulusLength, publicExponent, hash }, extractable, usages) {
        checkUsages(usages, allowed, "a RSA");
        const [least, most] = MODULUS_BITS;
        if (modulusLength < least || modulusLength > most) throw operationError();
        checkExponent(publicExponent);
        const made =
          await compute(operationError, "rsa.generate", "", modulusLength, publicExponent);
        return {
          publicKey: publicKey(hash, made.slice(1), true, only(usages, publicUsages)),
          privateKey: privateKey(hash, made, extractable, only(usages, privateUsages)),
        };
      },
    },
    importKey: {
      read: (dictionary) => ({ hash: hashOf(dictionary.hash, "RsaHashedImportParams") }),
      async run(format, data, { hash }, extractable, usages) {
        if (format === "jwk") return importJwk(data, hash, extractable, usages);
        if (format === "spki") {
          checkUsages(usages, publicUsages, "a RSA");
          const made = await compute(() => refusedKey(data, "RSA"), "rsa.spki", "", 0, data);
          return publicKey(hash, made, extractable, usages);
        }
        if (format !== "pkcs8") {
          throw notSupported(`Unable to import ${name} using ${format} format`);
        }
        checkUsages(usages, privateUsages, "a RSA");
        const made = await compute(() => refusedKey(data, "RSA"), "rsa.pkcs8", "", 0, data);
        return privateKey(hash, made, extractable, usages);
      },
    },
    exportKey: {
      read: none,
      async run(format, record) {
        const { type, material, algorithm } = record;
        if (format === "jwk") {
          const members = { kty: "RSA", alg: algOf(algorithm.hash.name) };
          const task = type === "private" ? "rsa.parts" : "rsa.spki";
          const parts = await compute(dataError, task, "", 0, material);
          const names = type === "private" ? ["n", "e", ...PRIVATE_PARTS] : [null, "n", "e"];
          for (const [index, member] of names.entries()) {
            if (member !== null) members[member] = encodeBase64Url(parts[index]);
          }
          return writeJwk(record, members);
        }
        if (format !== "spki" && format !== "pkcs8") throw notSupported();
        if (type !== (format === "spki" ? "public" : "private")) throw invalidAccess();
        return material.slice().buffer;
      },
    },
    publicOf: {
      read: none,
      async run(record, usages) {
        checkUsages(usages, publicUsages, "a RSA");
        const made = await compute(dataError, "rsa.spki", "", 0, record.other);
        return publicKey(record.algorithm.hash.name, made, true, usages);
      },
    },
  };
}

// ---- Signatures ------------------------------------------------------------------------------

// `saltOf` gives the number that native code takes for the padding.
function signatures(read, saltOf) {
  return {
    sign: {
      read,
      run: (parameters, { algorithm, material }, data) => {
        const salt = saltOf(parameters);
        return computeBuffer(operationError, "rsa.sign", algorithm.hash.name, salt, material, data);
      },
    },
    verify: {
      read,
      run: (parameters, { algorithm, material }, signature, data) => {
        const { name } = algorithm.hash;
        const salt = saltOf(parameters);
        return computeTruth(
          operationError, "rsa.verify", name, salt, material, data, signature,
        );
      },
    },
  };
}

const SIGNS = [["verify"], ["sign"]];
const suffixOf = (hash) => (hash.startsWith("SHA-") ? hash.slice(4) : undefined);

// The name of an algorithm in JWKs; undefined for digests that have none.
function named(prefix, hash) {
  const suffix = suffixOf(hash);
  return suffix === undefined ? undefined : `${prefix}${suffix}`;
}

const readSalt = (dictionary) => ({
  saltLength: numberMember(dictionary, "RsaPssParams", "saltLength", "unsigned long", LONG),
});

const crypt = (task) => ({
  read: (dictionary) => ({ label: optionalBytes(dictionary, "label") }),
  run: ({ label }, { algorithm, material }, data) =>
    computeBuffer(operationError, task, algorithm.hash.name, 0, material, data, label),
});

const oaepAlg = (hash) => (hash === "SHA-1" ? "RSA-OAEP" : named("RSA-OAEP-", hash));

const algorithms = [
  {
    ...keys("RSASSA-PKCS1-v1_5", (hash) => named("RS", hash), "sig", ...SIGNS),
    ...signatures(none, () => 0),
  },
  {
    ...keys("RSA-PSS", (hash) => named("PS", hash), "sig", ...SIGNS),
    ...signatures(readSalt, ({ saltLength }) => saltLength + 1),
  },
  {
    ...keys("RSA-OAEP", oaepAlg, "enc", ["encrypt", "wrapKey"], ["decrypt", "unwrapKey"]),
    encrypt: crypt("rsa.encrypt"),
    decrypt: crypt("rsa.decrypt"),
  },
];

module.exports = { algorithms };
