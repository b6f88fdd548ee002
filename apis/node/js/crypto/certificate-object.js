// Certificates as plain objects, as they were before there was X509Certificate.
"use strict";

const { Buffer } = require("node/buffer");
const { Object } = globalThis;

const asBuffer = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

// Values by name; a name that stands there twice has a list.
function nameObject(flat) {
  const name = Object.create(null);
  for (let index = 0; index < flat.length; index += 2) {
    const [key, value] = [flat[index], flat[index + 1]];
    name[key] = key in name ? [].concat(name[key], value) : value;
  }
  return name;
}

function accessObject(flat) {
  if (flat === undefined) return undefined;
  const access = Object.create(null);
  for (let index = 0; index < flat.length; index += 2) {
    (access[flat[index]] ??= []).push(flat[index + 1]);
  }
  return access;
}

function keyProperties(said) {
  if (said.modulus !== undefined) {
    const { modulus, exponent, bits, pubkey } = said;
    return { modulus, exponent, bits, pubkey: asBuffer(pubkey) };
  }
  if (said.asn1Curve === undefined) return {};
  const { bits, pubkey, asn1Curve, nistCurve } = said;
  const curve = { bits, pubkey: asBuffer(pubkey), asn1Curve };
  if (nistCurve !== undefined) curve.nistCurve = nistCurve;
  return curve;
}

/** What a certificate in DER says; undefined where it is none. */
function describe(der) { return ops.certificateDescribe(der); }

/** The object of a certificate in DER. */
function legacyObject(der, said = describe(der)) {
  if (said === undefined) return undefined;
  return {
    subject: nameObject(said.subject),
    issuer: nameObject(said.issuer),
    subjectaltname: said.alternativeNames,
    infoAccess: accessObject(said.access),
    ...keyProperties(said),
    valid_from: said.validFrom,
    valid_to: said.validTo,
    fingerprint: said.fingerprint,
    fingerprint256: said.fingerprint256,
    fingerprint512: said.fingerprint512,
    ext_key_usage: said.usage.length === 0 ? undefined : said.usage,
    serialNumber: said.serialNumber,
    raw: Buffer.from(der),
    ca: said.isAuthority,
  };
}

module.exports = { describe, legacyObject };
