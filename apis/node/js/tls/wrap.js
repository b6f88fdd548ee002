// node:_tls_wrap: connections of node:tls by the name they had inside Node.
"use strict";

const { TLSSocket, Server, createServer, connect } = require("node/tls");

module.exports = { TLSSocket, Server, createServer, connect };
