// node:http2. Servers, sessions and the compatibility classes are loaded when asked for.
"use strict";

const { sensitiveHeaders } = require("node/http2/headers");
const settings = require("node/http2/settings");

module.exports = {
  get constants() { return require("node/http2/constants").constants; },
  createServer(options, onRequestHandler) {
    return require("node/http2/server").createServer(options, onRequestHandler);
  },
  createSecureServer(options, onRequestHandler) {
    return require("node/http2/server").createSecureServer(options, onRequestHandler);
  },
  getDefaultSettings: settings.getDefaultSettings,
  getPackedSettings: settings.getPackedSettings,
  getUnpackedSettings: settings.getUnpackedSettings,
  get performServerHandshake() { return require("node/http2/server").performServerHandshake; },
  sensitiveHeaders,
  get Http2ServerRequest() { return require("node/http2/compat").Http2ServerRequest; },
  get Http2ServerResponse() { return require("node/http2/compat").Http2ServerResponse; },
  get connect() { return require("node/http2/client-session").connect; },
  get ClientHttp2Session() { return require("node/http2/client-session").ClientHttp2Session; },
};
