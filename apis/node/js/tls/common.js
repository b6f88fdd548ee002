// node:_tls_common: contexts of node:tls by the name they had inside Node.
"use strict";

const { SecureContext, createSecureContext } = require("node/tls/context");

function translatePeerCertificate(certificate) { return certificate; }

module.exports = { SecureContext, createSecureContext, translatePeerCertificate };
