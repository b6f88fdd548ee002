// node:_tls_wrap: connections of node:tls by the name they had inside Node.
"use strict";

globalThis.process.emitWarning(
  "The _tls_wrap module is deprecated. Use `node:tls` instead.", "DeprecationWarning", "DEP0192");

const { TLSSocket, Server, createServer, connect } = require("node/tls");

module.exports = { TLSSocket, Server, createServer, connect };
