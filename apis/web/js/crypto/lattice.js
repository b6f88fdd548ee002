"use strict";
// ML-DSA (FIPS 204) and ML-KEM (FIPS 203). A private key is kept as its seed, a public key as its
// encoding. Operations have the shape web/crypto/secret describes.

const { compute, computeBuffer, computeTruth } = require("web/crypto/compute");
const {
  dataError, invalidAccess, invalidKeyData, notSupported, operationError, unsupportedUsage,
} = require("web/crypto/errors");
const { checkJwk, encodeBase64Url, jwkBytes, optionalBytes, writeJwk } =
  require("web/crypto/values");

// The object identifiers of both families lie under 2.16.840.1.101.3.4 (RFC 9881, RFC 9935).
const IDENTIFIER = [0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04];
const KEY_TYPE = "AKP";
const none = () => ({});
const only = (usages, some) => usages.filter((usage) => some.includes(usage));

// ---- Headers of PKCS #8 and SubjectPublicKeyInfo ----------------------------------------------

function derLength(bytes) {
  return bytes < 0x80 ? [bytes] : [0x82, bytes >> 8, bytes & 0xff];
}

function derItem(tag, content) {
  return [tag, ...derLength(content.length), ...content];
}

// What stands before the key, whose `bytes` are the last of everything.
function headerBefore(bytes, tag, arc, isPrivate) {
  const algorithm = derItem(0x30, [...IDENTIFIER, ...arc]);
  const key = [tag, ...derLength(bytes)];
  // A seed is wrapped in an octet string; a bit string begins with how many bits it leaves out.
  const wrapper = isPrivate
    ? [0x04, ...derLength(key.length + bytes), ...key]
    : [0x03, ...derLength(bytes + 1), 0x00];
  const inner = [...(isPrivate ? [0x02, 0x01, 0x00] : []), ...algorithm, ...wrapper];
  return Uint8Array.from([0x30, ...derLength(inner.length + bytes), ...inner]);
}

function withHeader(header, key) {
  const whole = new Uint8Array(header.length + key.length);
  whole.set(header);
  whole.set(key, header.length);
  return whole;
}

// The key behind the only header it can have; anything else is none.
function withoutHeader(header, data, bytes) {
  const fits = data.length === header.length + bytes &&
    header.every((byte, index) => data[index] === byte);
  if (!fits) throw invalidKeyData();
  return data.subarray(header.length);
}

// ---- Keys -------------------------------------------------------------------------------------

function latticeKeys(shape) {
  const { name, task, use, arc, seedBytes, publicBytes, publicUsages, privateUsages } = shape;
  const algorithm = { name };
  const privateHeader = headerBefore(seedBytes, 0x80, arc, true);
  const publicHeader = headerBefore(publicBytes, 0x03, arc, false);

  function checkUsages(usages, allowed, article = "a") {
    if (!usages.every((usage) => allowed.includes(usage))) {
      throw unsupportedUsage(`${article} ${name}`);
    }
  }

  function keyOf(type, material, extractable, usages, other) {
    return { type, material, algorithm: { ...algorithm }, extractable, usages, other };
  }

  async function importPrivate(seed, extractable, usages) {
    checkUsages(usages, privateUsages);
    if (seed?.length !== seedBytes) throw invalidKeyData();
    const [own, other] = await compute(invalidKeyData, `${task}.private`, name, 0, seed);
    return keyOf("private", own, extractable, usages, other);
  }

  async function importPublic(bytes, extractable, usages) {
    checkUsages(usages, publicUsages);
    if (bytes?.length !== publicBytes) throw invalidKeyData();
    const [own] = await compute(invalidKeyData, `${task}.public`, name, 0, bytes);
    return keyOf("public", own, extractable, usages);
  }

  async function importJwk(jwk, extractable, usages) {
    checkJwk(jwk, { kty: KEY_TYPE, use, usages, extractable });
    if (jwk.alg === undefined) throw invalidKeyData();
    if (jwk.alg !== name) throw dataError('JWK "alg" Parameter and algorithm name mismatch');
    const bytes = jwkBytes(jwk, "pub");
    if (jwk.priv === undefined) return importPublic(bytes, extractable, usages);
    const record = await importPrivate(jwkBytes(jwk, "priv"), extractable, usages);
    if (bytes?.toHex() !== record.other.toHex()) throw invalidKeyData();
    return record;
  }

  function importKey(format, data, _parameters, extractable, usages) {
    switch (format) {
      case "jwk": return importJwk(data, extractable, usages);
      case "raw-seed": return importPrivate(data, extractable, usages);
      case "raw-public": return importPublic(data, extractable, usages);
      case "pkcs8":
        checkUsages(usages, privateUsages);
        return importPrivate(withoutHeader(privateHeader, data, seedBytes), extractable, usages);
      case "spki":
        checkUsages(usages, publicUsages);
        return importPublic(withoutHeader(publicHeader, data, publicBytes), extractable, usages);
      default: throw notSupported(`Unable to import ${name} using ${format} format`);
    }
  }

  function exportKey(format, record) {
    const { type, material } = record;
    const isPrivate = type === "private";
    if (format === "jwk") {
      const members = { alg: name, kty: KEY_TYPE, pub: encodeBase64Url(record.other ?? material) };
      if (isPrivate) members.priv = encodeBase64Url(material);
      return writeJwk(record, members);
    }
    if (format === (isPrivate ? "raw-seed" : "raw-public")) return material.slice().buffer;
    if (format === (isPrivate ? "pkcs8" : "spki")) {
      return withHeader(isPrivate ? privateHeader : publicHeader, material).buffer;
    }
    throw notSupported(`Unable to export ${name} ${type} key using ${format} format`);
  }

  return {
    name,
    generateKey: {
      read: none,
      async run(_parameters, extractable, usages) {
        checkUsages(usages, [...publicUsages, ...privateUsages], "an");
        const [own, other] = await compute(operationError, `${task}.generate`, name, 0);
        return {
          publicKey: keyOf("public", other, true, only(usages, publicUsages)),
          privateKey:
            keyOf("private", own, extractable, only(usages, privateUsages), other),
        };
      },
    },
    importKey: { read: none, run: importKey },
    exportKey: { read: none, run: exportKey },
    publicOf: {
      read: none,
      run(record, usages) {
        checkUsages(usages, publicUsages);
        return keyOf("public", record.other, true, usages);
      },
    },
  };
}

// ---- Signatures -------------------------------------------------------------------------------

const readContext = (dictionary) => ({ context: optionalBytes(dictionary, "context") });

function signatures(name, last, publicBytes) {
  return {
    ...latticeKeys({
      name, task: "mldsa", use: "sig", arc: [0x03, last], seedBytes: 32, publicBytes,
      publicUsages: ["verify"], privateUsages: ["sign"],
    }),
    sign: {
      read: readContext,
      run: ({ context }, { material }, data) =>
        computeBuffer(operationError, "mldsa.sign", name, 0, material, data, context),
    },
    verify: {
      read: readContext,
      run: ({ context }, { material }, signature, data) => computeTruth(
        operationError, "mldsa.verify", name, 0, material, data, signature, context,
      ),
    },
  };
}

// ---- Encapsulation ----------------------------------------------------------------------------

/** The secret both sides get, and what one sends the other. */
async function encapsulate(_parameters, { type, algorithm, material }) {
  if (type !== "public") throw invalidAccess();
  const [shared, ciphertext] =
    await compute(operationError, "mlkem.encapsulate", algorithm.name, 0, material);
  return { shared, ciphertext: ciphertext.buffer };
}

async function decapsulate(_parameters, { type, algorithm, material }, ciphertext) {
  if (type !== "private") throw invalidAccess();
  const [shared] =
    await compute(operationError, "mlkem.decapsulate", algorithm.name, 0, material, ciphertext);
  return shared;
}

function encapsulation(name, last, publicBytes) {
  return {
    ...latticeKeys({
      name, task: "mlkem", use: "enc", arc: [0x04, last], seedBytes: 64, publicBytes,
      publicUsages: ["encapsulateKey", "encapsulateBits"],
      privateUsages: ["decapsulateKey", "decapsulateBits"],
    }),
    encapsulate: { read: none, run: encapsulate },
    decapsulate: { read: none, run: decapsulate },
  };
}

module.exports = {
  algorithms: [
    signatures("ML-DSA-44", 0x11, 1312),
    signatures("ML-DSA-65", 0x12, 1952),
    signatures("ML-DSA-87", 0x13, 2592),
    encapsulation("ML-KEM-768", 0x02, 1184),
    encapsulation("ML-KEM-1024", 0x03, 1568),
  ],
};
