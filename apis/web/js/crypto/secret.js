"use strict";
// Algorithms with secret keys: AES, ChaCha20-Poly1305, HMAC, HKDF, PBKDF2.
//
// An algorithm is an object whose methods are the operations it has. Each operation is
// `{ read, run }`: `read(dictionary)` converts the parameters, `run` does the work and answers a
// promise or a value.

const { computeBuffer, computeTruth } = require("web/crypto/compute");
const {
  dataError, invalidKeyData, notSupported, operationError, unsupportedUsage,
} = require("web/crypto/errors");
const {
  algorithmMismatch, blockBitsOf, bytesMember, checkJwk, encodeBase64Url, hashOf, jwkBytes,
  numberMember, optionalBytes, writeJwk,
} = require("web/crypto/values");

const AES_BITS = [128, 192, 256];
const SHORT = 65_536;
const LONG = 4_294_967_296;
const none = () => ({});

function random(bytes) {
  const made = new Uint8Array(bytes);
  ops.randomFill(made);
  return made;
}

function checkUsages(usages, allowed, kind) {
  if (!usages.every((usage) => allowed.includes(usage))) throw unsupportedUsage(kind);
}

function secretKey(material, algorithm, extractable, usages) {
  return { type: "secret", material, algorithm, extractable, usages };
}

// ---- Formats of secret keys ------------------------------------------------------------------

/** The bytes of a secret key in a format that secret keys have. */
function secretBytes(format, data, name, options) {
  if (format === "raw" || format === "raw-secret") return data;
  if (format === "jwk") {
    checkJwk(data, { kty: "oct", ...options });
    const bytes = jwkBytes(data, "k");
    if (bytes === undefined) throw options.absent?.() ?? invalidKeyData();
    return bytes;
  }
  if (format.startsWith("raw-")) {
    throw notSupported(`Unable to import ${name} using ${format} format`);
  }
  throw notSupported();
}

function exportSecret(format, record, alg) {
  if (format === "raw" || format === "raw-secret") return record.material.slice().buffer;
  if (format !== "jwk") throw notSupported();
  return writeJwk(record, { kty: "oct", k: encodeBase64Url(record.material), alg });
}

// ---- AES -------------------------------------------------------------------------------------

const CRYPT_USAGES = ["encrypt", "decrypt", "wrapKey", "unwrapKey"];
const WRAP_USAGES = ["wrapKey", "unwrapKey"];

function readLength(dictionary, type) {
  return { length: numberMember(dictionary, type, "length", "unsigned short", SHORT) };
}

function aesKeys(name, suffix, allowed) {
  const algOf = (material) => `A${material.length * 8}${suffix}`;
  return {
    name,
    generateKey: {
      read: (dictionary) => readLength(dictionary, "AesKeyParams"),
      run({ length }, extractable, usages) {
        checkUsages(usages, allowed, "an AES");
        if (!AES_BITS.includes(length)) throw operationError();
        return secretKey(random(length / 8), { name, length }, extractable, usages);
      },
    },
    importKey: {
      read: none,
      run(format, data, _parameters, extractable, usages) {
        checkUsages(usages, allowed, "an AES");
        const options = { use: "enc", usages, extractable, absent: dataError };
        const material = secretBytes(format, data, name, options);
        const length = material.length * 8;
        if (!AES_BITS.includes(length)) throw dataError();
        if (format === "jwk" && data.alg !== undefined && data.alg !== algOf(material)) {
          throw dataError();
        }
        return secretKey(material, { name, length }, extractable, usages);
      },
    },
    exportKey: {
      read: none,
      run: (format, record) => exportSecret(format, record, algOf(record.material)),
    },
    getKeyLength: {
      read: (dictionary) => readLength(dictionary, "AesDerivedKeyParams"),
      run({ length }) {
        if (!AES_BITS.includes(length)) throw operationError();
        return length;
      },
    },
  };
}

function exactly(bytes, length, name) {
  if (bytes.length !== length) {
    throw operationError(`algorithm.${name} must contain exactly ${length} bytes`);
  }
}

/** Encryption with an initialization vector of one block. */
function blockCipher(name, suffix, type, task) {
  const read = (dictionary) => ({ iv: bytesMember(dictionary, type, "iv") });
  const operation = (direction) => ({
    read,
    run({ iv }, record, data) {
      exactly(iv, 16, "iv");
      const full = `${task}.${direction}`;
      return computeBuffer(operationError, full, "", 0, record.material, iv, data);
    },
  });
  return {
    ...aesKeys(name, suffix, CRYPT_USAGES),
    encrypt: operation("encrypt"),
    decrypt: operation("decrypt"),
  };
}

const counterMode = {
  read: (dictionary) => ({
    counter: bytesMember(dictionary, "AesCtrParams", "counter"),
    length: numberMember(dictionary, "AesCtrParams", "length", "octet", 256),
  }),
  run({ counter, length }, record, data) {
    if (counter.length !== 16 || length === 0 || length > 128) throw operationError();
    return computeBuffer(operationError, "aes.ctr", "", length, record.material, counter, data);
  },
};

const TAG_BITS = [32, 64, 96, 104, 112, 120, 128];

function sealed(task, check) {
  const operation = (direction) => ({
    read: (dictionary) => ({
      iv: bytesMember(dictionary, "AesGcmParams", "iv"),
      additionalData: optionalBytes(dictionary, "additionalData"),
      tagLength: dictionary.tagLength === undefined
        ? 128
        : numberMember(dictionary, "AesGcmParams", "tagLength", "octet", 256),
    }),
    run({ iv, additionalData, tagLength }, record, data) {
      check(iv, tagLength);
      const full = `${task}.${direction}`;
      const { material } = record;
      return computeBuffer(
        operationError, full, "", tagLength / 8, material, iv, data, additionalData,
      );
    },
  });
  return { encrypt: operation("encrypt"), decrypt: operation("decrypt") };
}

function checkGcm(iv, tagLength) {
  if (!TAG_BITS.includes(tagLength)) {
    throw operationError(`${tagLength} is not a valid AES-GCM tag length`);
  }
  if (iv.length === 0) throw operationError();
}

function checkChaCha(iv, tagLength) {
  exactly(iv, 12, "iv");
  if (tagLength !== 128) throw operationError(`${tagLength} is not a valid tag length`);
}

const keyWrap = (direction) => ({
  read: none,
  run: (_parameters, record, data) =>
    computeBuffer(operationError, `aes.kw.${direction}`, "", 0, record.material, data),
});

const chaChaName = "ChaCha20-Poly1305";
const chaChaKeys = {
  name: chaChaName,
  generateKey: {
    read: none,
    run(_parameters, extractable, usages) {
      checkUsages(usages, CRYPT_USAGES, `a ${chaChaName}`);
      return secretKey(random(32), { name: chaChaName }, extractable, usages);
    },
  },
  importKey: {
    read: none,
    run(format, data, _parameters, extractable, usages) {
      if (format === "raw") throw notSupported();
      checkUsages(usages, CRYPT_USAGES, `a ${chaChaName}`);
      const material = secretBytes(format, data, chaChaName, { use: "enc", usages, extractable });
      if (material.length !== 32) throw dataError();
      if (format === "jwk" && data.alg !== undefined && data.alg !== "C20P") {
        throw algorithmMismatch();
      }
      return secretKey(material, { name: chaChaName }, extractable, usages);
    },
  },
  exportKey: {
    read: none,
    run(format, record) {
      if (format === "raw") throw notSupported();
      return exportSecret(format, record, "C20P");
    },
  },
  getKeyLength: { read: none, run: () => 256 },
};

// ---- HMAC ------------------------------------------------------------------------------------

const MAC_USAGES = ["sign", "verify"];
const macAlg = (hash) => (hash.startsWith("SHA-") ? `HS${hash.slice(4)}` : undefined);

function readMac(type) {
  return (dictionary) => ({
    hash: hashOf(dictionary.hash, type),
    length: dictionary.length === undefined
      ? undefined
      : numberMember(dictionary, type, "length", "unsigned long", LONG),
  });
}

const hmac = {
  name: "HMAC",
  generateKey: {
    read: readMac("HmacKeyParams"),
    run({ hash, length = blockBitsOf(hash) }, extractable, usages) {
      checkUsages(usages, MAC_USAGES, "an HMAC");
      if (length === 0) throw operationError();
      const algorithm = { name: "HMAC", hash: { name: hash }, length };
      return secretKey(random(Math.ceil(length / 8)), algorithm, extractable, usages);
    },
  },
  importKey: {
    read: readMac("HmacImportParams"),
    run(format, data, { hash, length }, extractable, usages) {
      checkUsages(usages, MAC_USAGES, "HMAC");
      const empty = () => dataError("Zero-length key is not supported");
      const isKeyless = format === "jwk" && data.kty === "oct" && data.k === undefined;
      if (isKeyless) throw invalidKeyData();
      const options = { use: "sig", usages, extractable, absent: empty };
      const material = secretBytes(format, data, "HMAC", options);
      if (format === "jwk" && data.alg !== undefined && data.alg !== macAlg(hash)) {
        throw algorithmMismatch();
      }
      if (material.length === 0) throw empty();
      const bits = material.length * 8;
      if (length === 0) throw dataError("HmacImportParams.length cannot be 0");
      if (length !== undefined && length % 8 !== 0) {
        throw notSupported("Unsupported HmacImportParams.length");
      }
      if (length !== undefined && length !== bits) {
        throw dataError("Invalid key length");
      }
      const algorithm = { name: "HMAC", hash: { name: hash }, length: length ?? bits };
      return secretKey(material, algorithm, extractable, usages);
    },
  },
  exportKey: {
    read: none,
    run: (format, record) => exportSecret(format, record, macAlg(record.algorithm.hash.name)),
  },
  sign: {
    read: none,
    run: (_parameters, { algorithm, material }, data) =>
      computeBuffer(operationError, "hmac.sign", algorithm.hash.name, 0, material, data),
  },
  verify: {
    read: none,
    run: (_parameters, { algorithm, material }, signature, data) =>
      computeTruth(
        operationError, "hmac.verify", algorithm.hash.name, 0, material, data, signature,
      ),
  },
  getKeyLength: {
    read: readMac("HmacImportParams"),
    run({ hash, length }) {
      if (length === 0) throw operationError();
      return length ?? blockBitsOf(hash);
    },
  },
};

// ---- Derivation ------------------------------------------------------------------------------

const DERIVE_USAGES = ["deriveKey", "deriveBits"];

function derivation(name, operation) {
  return {
    name,
    importKey: {
      read: none,
      run(format, data, _parameters, extractable, usages) {
        if (format !== "raw" && format !== "raw-secret") throw notSupported();
        checkUsages(usages, DERIVE_USAGES, `a ${name}`);
        if (extractable) throw new SyntaxError(`${name} keys are not extractable`);
        return secretKey(data, { name }, false, usages);
      },
    },
    deriveBits: operation,
    getKeyLength: { read: none, run: () => null },
  };
}

function checkLength(length) {
  if (length === null) throw operationError("length cannot be null");
  if (length % 8 !== 0) throw operationError("length must be a multiple of 8");
}

const hkdf = derivation("HKDF", {
  read: (dictionary) => ({
    hash: hashOf(dictionary.hash, "HkdfParams"),
    salt: bytesMember(dictionary, "HkdfParams", "salt"),
    info: bytesMember(dictionary, "HkdfParams", "info"),
  }),
  run({ hash, salt, info }, { material }, length) {
    checkLength(length);
    return computeBuffer(operationError, "hkdf", hash, length / 8, material, salt, info);
  },
});

const pbkdf2 = derivation("PBKDF2", {
  read: (dictionary) => ({
    salt: bytesMember(dictionary, "Pbkdf2Params", "salt"),
    iterations: numberMember(dictionary, "Pbkdf2Params", "iterations", "unsigned long", LONG),
    hash: hashOf(dictionary.hash, "Pbkdf2Params"),
  }),
  run({ hash, salt, iterations }, { material }, length) {
    checkLength(length);
    if (iterations === 0) throw operationError();
    const rounds = new Uint8Array(4);
    new DataView(rounds.buffer).setUint32(0, iterations);
    return computeBuffer(operationError, "pbkdf2", hash, length / 8, material, salt, rounds);
  },
});

const algorithms = [
  blockCipher("AES-CBC", "CBC", "AesCbcCfbParams", "aes.cbc"),
  blockCipher("AES-CFB-8", "CFB8", "AesCbcCfbParams", "aes.cfb8"),
  { ...aesKeys("AES-CTR", "CTR", CRYPT_USAGES), encrypt: counterMode, decrypt: counterMode },
  { ...aesKeys("AES-GCM", "GCM", CRYPT_USAGES), ...sealed("aes.gcm", checkGcm) },
  { ...chaChaKeys, ...sealed("chacha", checkChaCha) },
  {
    ...aesKeys("AES-KW", "KW", WRAP_USAGES),
    wrapKey: keyWrap("wrap"),
    unwrapKey: keyWrap("unwrap"),
  },
  hmac,
  hkdf,
  pbkdf2,
];

module.exports = { algorithms, checkUsages };
