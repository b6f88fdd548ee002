// Certificates of a connection, as getPeerCertificate() and its kind tell of them.
"use strict";

const { legacyObject } = require("node/crypto/certificate-object");

/** The certificate at the head of a chain; with its issuers where `isDetailed`. */
function chainObject(chain, isDetailed) {
  if (chain.length === 0) return undefined;
  const own = legacyObject(chain[0]);
  if (!isDetailed) return own;
  let last = own;
  for (const der of chain.slice(1)) {
    const issuer = legacyObject(der);
    last.issuerCertificate = issuer;
    last = issuer;
  }
  const isOwnIssuer = JSON.stringify(last.subject) === JSON.stringify(last.issuer);
  if (isOwnIssuer) last.issuerCertificate = last;
  return own;
}

module.exports = { chainObject };
