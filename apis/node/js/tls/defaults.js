// What connections are made with where programs say nothing, and what they may change of it.
"use strict";

const errors = require("node/errors");
const { Buffer } = require("node/buffer");
const { Array, Object } = globalThis;

const SUITES = "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";
const OLDER_CIPHERS =
  "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:" +
  "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:HIGH:!aNULL:" +
  "!eNULL:!EXPORT:!DES:!RC4:!MD5:!PSK:!SRP:!CAMELLIA";

const CIPHERS = [
  "aes128-gcm-sha256", "aes128-sha", "aes256-gcm-sha384", "aes256-sha", "des-cbc3-sha",
  "ecdhe-ecdsa-aes128-gcm-sha256", "ecdhe-ecdsa-aes128-sha", "ecdhe-ecdsa-aes128-sha256",
  "ecdhe-ecdsa-aes256-gcm-sha384", "ecdhe-ecdsa-aes256-sha", "ecdhe-ecdsa-chacha20-poly1305",
  "ecdhe-psk-aes128-cbc-sha", "ecdhe-psk-aes256-cbc-sha", "ecdhe-psk-chacha20-poly1305",
  "ecdhe-rsa-aes128-gcm-sha256", "ecdhe-rsa-aes128-sha", "ecdhe-rsa-aes128-sha256",
  "ecdhe-rsa-aes256-gcm-sha384", "ecdhe-rsa-aes256-sha", "ecdhe-rsa-chacha20-poly1305",
  "psk-aes128-cbc-sha", "psk-aes256-cbc-sha", "tls_aes_128_gcm_sha256",
  "tls_aes_256_gcm_sha384", "tls_chacha20_poly1305_sha256",
];

let olderCiphers = OLDER_CIPHERS;

function ciphers() { return olderCiphers; }

function defaultCiphers() {
  return olderCiphers === "" ? SUITES : `${SUITES}:${olderCiphers}`;
}

// A name of a cipher or of a group of them, in OpenSSL's syntax.
const KNOWN_WORD = /^(?:TLS_[A-Z0-9_]+|[!+-]?(?:[A-Z0-9]+|[ae]NULL)(?:[-+][A-Z0-9-]+)*)$/;

function setDefaultCiphers(value) {
  if (value) {
    errors.validateString(value, "value.ciphers");
    const words = value.split(":");
    if (!words.every((word) => word === "" || KNOWN_WORD.test(word))) {
      const error = errors.makeError("Error", "ERR_SSL_NO_CIPHER_MATCH", "No cipher match");
      throw Object.assign(error, { reason: "no cipher match", library: "SSL routines" });
    }
    olderCiphers = words.filter((word) => !word.startsWith("TLS_")).join(":");
  } else {
    olderCiphers = "";
  }
}

function getCiphers() { return [...CIPHERS]; }

// ---- Authorities -----------------------------------------------------------------------------

const LINE = 64;
const NO_CERTIFICATES = "error:10000009:SSL routines:OPENSSL_internal:PEM routines";

function pemOf(der) {
  const text = Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString("base64");
  const lines = text.match(new globalThis.RegExp(`.{1,${LINE}}`, "g"));
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----`;
}

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

const pemsOf = (text) => (text.match(PEM) ?? []).map((pem) => `${pem}\n`);

// Lists that are read once.
const lists = {};

function listOf(type) {
  if (type === "extra") warnOfExtra();
  return (lists[type] ??= Object.freeze(
    type === "bundled"
      ? ops.tlsAuthorities("bundled").map(pemOf)
      : pemsOf(ops.tlsAuthorities(type))));
}

// Says once that the file NODE_EXTRA_CA_CERTS names is of no use.
let hasLooked = false;

function warnOfExtra() {
  if (hasLooked) return;
  hasLooked = true;
  const { env, stderr } = globalThis.process;
  const path = env.NODE_EXTRA_CA_CERTS;
  if (!path) return;
  let reason;
  try {
    const text = require("node/fs").readFileSync(path, "latin1");
    if (text.match(PEM) === null) reason = NO_CERTIFICATES;
  } catch (error) {
    const [, words] = /^\w+: ([^,]*)/.exec(error.message) ?? [undefined, error.message];
    reason = words[0].toUpperCase() + words.slice(1);
  }
  if (reason === undefined) return;
  stderr.write(`Warning: Ignoring extra certs from \`${path}\`, load failed: ${reason}\n`);
}

const SYSTEM_FLAG = "--use-system-ca";
if (globalThis.process.execArgv.includes(SYSTEM_FLAG)) ops.tlsAuthorities("useSystem");

let chosen;

/** What setDefaultCACertificates has chosen; undefined where native code knows the list. */
function chosenAuthorities() {
  warnOfExtra();
  return chosen;
}

function defaultAuthorities() {
  if (chosen !== undefined) return [...chosen];
  return (lists.default ??= Object.freeze([
    ...listOf("bundled"),
    ...(ops.tlsAuthorities("usesSystem") ? listOf("system") : []),
    ...listOf("extra"),
  ]));
}

function getCACertificates(type = "default") {
  errors.validateString(type, "type");
  switch (type) {
    case "default": return defaultAuthorities();
    case "bundled":
    case "system":
    case "extra": return listOf(type);
    default: throw errors.ERR_INVALID_ARG_VALUE("type", type);
  }
}

function setDefaultCACertificates(certs) {
  if (!Array.isArray(certs)) throw errors.ERR_INVALID_ARG_TYPE("certs", "Array", certs);
  const texts = [];
  certs.forEach((cert, index) => {
    if (typeof cert !== "string" && !ArrayBuffer.isView(cert)) {
      throw errors.ERR_INVALID_ARG_TYPE(`certs[${index}]`, ["string", "ArrayBufferView"], cert);
    }
    const text = typeof cert === "string" ? cert
      : Buffer.from(cert.buffer, cert.byteOffset, cert.byteLength).toString();
    texts.push(...pemsOf(text));
  });
  if (certs.length > 0 && texts.length === 0) {
    throw errors.makeError("Error", "ERR_CRYPTO_OPERATION_FAILED",
      "No valid certificates found in the provided array");
  }
  chosen = [...new globalThis.Set(texts)];
}

module.exports = {
  chosenAuthorities, ciphers, defaultCiphers, getCACertificates, getCiphers, listOf,
  setDefaultCACertificates, setDefaultCiphers,
};
