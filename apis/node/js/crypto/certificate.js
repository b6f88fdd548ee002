// X509Certificate.
"use strict";

const { Buffer } = require("node/buffer");
const errors = require("node/errors");
const input = require("node/crypto/key-input");
const { describe, legacyObject } = require("node/crypto/certificate-object");
const { Date, Object } = globalThis;

const MILLISECONDS = 1000;
const LINE = /.{1,64}/g;
const SUBJECTS = ["default", "always", "never"];

// Names as lines: `CN=a`.
function lines(flat) {
  const shown = [];
  for (let index = 0; index < flat.length; index += 2) {
    shown.push(`${flat[index]}=${flat[index + 1]}`);
  }
  return shown.join("\n");
}

function accessLines(flat) {
  if (flat === undefined) return undefined;
  let shown = "";
  for (let index = 0; index < flat.length; index += 2) {
    shown += `${flat[index]}:${flat[index + 1]}\n`;
  }
  return shown;
}

function pemOf(der) {
  const text = Buffer.from(der).toString("base64").match(LINE).join("\n");
  return `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
}

function checkOptions(options) {
  if (options === undefined) return {};
  errors.validateObject(options, "options");
  const { subject, wildcards, partialWildcards, multiLabelWildcards, singleLabelSubdomains } =
    options;
  if (subject !== undefined) {
    errors.validateString(subject, "options.subject");
    if (!SUBJECTS.includes(subject)) {
      throw errors.ERR_INVALID_ARG_VALUE("options.subject", subject);
    }
  }
  const switches = { wildcards, partialWildcards, multiLabelWildcards, singleLabelSubdomains };
  for (const [name, value] of Object.entries(switches)) {
    if (value !== undefined) errors.validateBoolean(value, `options.${name}`);
  }
  return options;
}

const namesWith = (said, prefix) =>
  (said.alternativeNames?.split(", ") ?? [])
    .filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));

function commonNames(said, short) {
  const names = [];
  for (let index = 0; index < said.subject.length; index += 2) {
    if (said.subject[index] === short) names.push(said.subject[index + 1]);
  }
  return names;
}

// The names of a certificate, and those of its subject where the options let them count.
function candidates(said, prefix, short, { subject = "default" }) {
  const names = namesWith(said, prefix);
  const counts = subject === "always" || (subject === "default" && names.length === 0);
  return counts ? [...names, ...commonNames(said, short)] : names;
}

function coversHost(pattern, host, { wildcards = true, partialWildcards = true }) {
  const [one, other] = [pattern.toLowerCase(), host.toLowerCase()];
  if (one === other) return true;
  const [first, ...rest] = one.split(".");
  const [label, ...parent] = other.split(".");
  if (!wildcards || !first.includes("*") || rest.length < 2) return false;
  if (rest.join(".") !== parent.join(".")) return false;
  if (first === "*") return label !== "";
  const [before, after] = first.split("*");
  return partialWildcards && label.length >= before.length + after.length &&
    label.startsWith(before) && label.endsWith(after);
}

function invalidText(what) {
  return errors.makeError("TypeError", "ERR_INVALID_ARG_VALUE", `Invalid ${what}`);
}

let stateOf;

class X509Certificate {
  #state;
  constructor(buffer) {
    if (arguments.length === 0) {
      throw errors.makeError("TypeError", "ERR_MISSING_ARGS",
        "X509Certificate constructor requires at least one argument");
    }
    const bytes = input.bytesOf(buffer, "buffer");
    let der;
    try {
      der = ops.certificateRead(bytes);
    } catch (error) {
      throw errors.makeError("Error", "ERR_CRYPTO_INVALID_STATE", error.message);
    }
    this.#state = { der, said: describe(der), key: undefined, issuer: undefined };
  }

  static { stateOf = (certificate) => certificate.#state; }
  static isOne(value) { return typeof value === "object" && value !== null && #state in value; }

  get ca() { return stateOf(this).said.isAuthority; }

  checkEmail(email, options) {
    errors.validateString(email, "email");
    if (email.includes("\0")) throw invalidText("email");
    const { said } = stateOf(this);
    const found = candidates(said, "email:", "emailAddress", checkOptions(options));
    return found.includes(email) ? email : undefined;
  }

  checkHost(name, options) {
    errors.validateString(name, "name");
    if (name === "" || name.includes("\0")) throw invalidText("name");
    const chosen = checkOptions(options);
    const { said } = stateOf(this);
    return candidates(said, "DNS:", "CN", chosen).find((each) => coversHost(each, name, chosen));
  }

  checkIP(ip) {
    errors.validateString(ip, "ip");
    const { canonicalAddress } = require("node/net/families");
    const wanted = canonicalAddress(ip);
    if (wanted === undefined) throw invalidText("IP address");
    const own = namesWith(stateOf(this).said, "IP Address:").map(canonicalAddress);
    return own.includes(wanted) ? ip : undefined;
  }

  checkIssued(otherCert) {
    checkCertificate(otherCert, "otherCert");
    return ops.certificateIssued(stateOf(otherCert).der, stateOf(this).der);
  }

  checkPrivateKey(privateKey) {
    const number = keyNumber(privateKey, "privateKey", "private");
    const own = ops.keyPublic(number);
    const same = ops.keyEquals(own, numberOfKey(this));
    ops.keyClose(own);
    return same;
  }

  get fingerprint() { return stateOf(this).said.fingerprint; }
  get fingerprint256() { return stateOf(this).said.fingerprint256; }
  get fingerprint512() { return stateOf(this).said.fingerprint512; }
  get infoAccess() { return accessLines(stateOf(this).said.access); }
  get issuer() { return lines(stateOf(this).said.issuer); }
  get issuerCertificate() { return stateOf(this).issuer; }

  get keyUsage() {
    const { usage } = stateOf(this).said;
    return usage.length === 0 ? undefined : [...usage];
  }

  get publicKey() {
    const keys = require("node/crypto/keys");
    const state = stateOf(this);
    return (state.key ??= keys.makeKey("public", keys.handleOf(ops.certificateKey(state.der))));
  }

  get raw() { return Buffer.from(stateOf(this).der); }
  get serialNumber() { return stateOf(this).said.serialNumber; }
  get signatureAlgorithm() { return stateOf(this).said.signatureAlgorithm; }
  get signatureAlgorithmOid() { return stateOf(this).said.signatureAlgorithmOid; }
  get subject() { return lines(stateOf(this).said.subject) || undefined; }
  get subjectAltName() { return stateOf(this).said.alternativeNames; }
  toJSON() { return pemOf(stateOf(this).der); }

  toLegacyObject() {
    const { der, said } = stateOf(this);
    return legacyObject(der, said);
  }

  toString() { return pemOf(stateOf(this).der); }
  get validFrom() { return stateOf(this).said.validFrom; }
  get validFromDate() { return new Date(stateOf(this).said.validFromSeconds * MILLISECONDS); }
  get validTo() { return stateOf(this).said.validTo; }
  get validToDate() { return new Date(stateOf(this).said.validToSeconds * MILLISECONDS); }

  verify(publicKey) {
    const number = keyNumber(publicKey, "publicKey", "public");
    return ops.certificateVerify(stateOf(this).der, number);
  }
}

const { isOne } = X509Certificate;
delete X509Certificate.isOne;

function checkCertificate(value, name) {
  if (!isOne(value)) throw errors.ERR_INVALID_ARG_TYPE(name, "X509Certificate", value);
}

function numberOfKey(certificate) {
  return require("node/crypto/keys").recordOf(certificate.publicKey).handle.number;
}

function keyNumber(value, name, type) {
  const record = require("node/crypto/keys").recordOf(value);
  if (record === undefined) throw errors.ERR_INVALID_ARG_TYPE(name, "KeyObject", value);
  if (record.type !== type) throw errors.ERR_INVALID_ARG_VALUE(name, value);
  return record.handle.number;
}

for (const name of Object.getOwnPropertyNames(X509Certificate.prototype)) {
  if (name === "constructor") continue;
  const descriptor = Object.getOwnPropertyDescriptor(X509Certificate.prototype, name);
  Object.defineProperty(X509Certificate.prototype, name, { ...descriptor, enumerable: true });
}

/** The first certificate of a chain, each knowing its issuer; undefined where there is none. */
function certificateOfChain(chain) {
  let issuer;
  for (let index = chain.length - 1; index >= 0; index--) {
    const certificate = new X509Certificate(chain[index]);
    stateOf(certificate).issuer = issuer;
    issuer = certificate;
  }
  return issuer;
}

/** Whether a value is an X509Certificate. */
function isX509Certificate(value) { return isOne(value); }

module.exports = { X509Certificate, certificateOfChain, isX509Certificate };
