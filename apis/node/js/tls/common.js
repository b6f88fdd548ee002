// node:_tls_common: contexts of node:tls by the name they had inside Node.
"use strict";

globalThis.process.emitWarning(
  "The _tls_common module is deprecated. Use `node:tls` instead.", "DeprecationWarning", "DEP0192");

const { Object } = globalThis;

const { SecureContext, createSecureContext } = require("node/tls/context");

// Where to ask about a certificate: lines of `method:place`.
function accessOf(lines) {
  const access = Object.create(null);
  for (const line of lines.split("\n")) {
    const at = line.indexOf(":");
    if (at < 0) continue;
    const method = line.slice(0, at);
    // What is called __proto__ is a name like any other.
    if (!Object.hasOwn(access, method)) {
      Object.defineProperty(access, method, {
        value: [], writable: true, enumerable: true, configurable: true,
      });
    }
    access[method].push(line.slice(at + 1));
  }
  return access;
}

function translatePeerCertificate(certificate) {
  if (!certificate) return null;
  const { infoAccess, issuerCertificate } = certificate;
  if (issuerCertificate !== undefined && issuerCertificate !== null &&
      issuerCertificate !== certificate) {
    certificate.issuerCertificate = translatePeerCertificate(issuerCertificate);
  }
  if (infoAccess !== undefined && infoAccess !== null) {
    certificate.infoAccess = accessOf(infoAccess);
  }
  return certificate;
}

module.exports = { SecureContext, createSecureContext, translatePeerCertificate };
