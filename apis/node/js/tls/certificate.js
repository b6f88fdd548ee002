// Certificates of a connection, as getPeerCertificate() and its kind tell of them.
"use strict";

const { describe, legacyObject } = require("node/crypto/certificate-object");
const { WeakMap } = globalThis;

// What certificates say, read once as long as their connection holds them.
const described = new WeakMap();

function objectOf(der) {
  let said = described.get(der);
  if (said === undefined) described.set(der, said = describe(der));
  return legacyObject(der, said);
}

/** The certificate at the head of a chain; with its issuers where `isDetailed`. */
function chainObject(chain, isDetailed) {
  if (chain.length === 0) return undefined;
  const own = objectOf(chain[0]);
  if (!isDetailed) return own;
  let last = own;
  for (const der of chain.slice(1)) {
    const issuer = objectOf(der);
    last.issuerCertificate = issuer;
    last = issuer;
  }
  const isOwnIssuer = JSON.stringify(last.subject) === JSON.stringify(last.issuer);
  if (isOwnIssuer) last.issuerCertificate = last;
  return own;
}

module.exports = { chainObject };
