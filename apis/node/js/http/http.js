// node:http.
"use strict";

const common = require("node/http/common");
const errors = require("node/errors");
const { Number, Object } = globalThis;

const HEAD_BYTES_MAX = 16384;
let headBytesMax =
  Number(require("node/process-flags").valueOf("--max-http-header-size") ?? HEAD_BYTES_MAX);

const debugged = (globalThis.process.env.NODE_DEBUG ?? "").toLowerCase().split(",");
if (debugged.includes("http")) {
  globalThis.process.emitWarning(
    "Setting the NODE_DEBUG environment variable to 'http' can expose sensitive data " +
    "(such as passwords, tokens and authentication headers) in the resulting log.");
}

function createServer(options, callback) {
  return new module.exports.Server(options, callback);
}

function request(url, options, cb) {
  return new (require("node/http/client").ClientRequest)(url, options, cb);
}

function get(url, options, cb) {
  const made = request(url, options, cb);
  made.end();
  return made;
}

module.exports = {
  Agent: undefined,
  Server: undefined,
  METHODS: [...common.methods].sort(),
  STATUS_CODES: require("node/http/status-codes"),
  createServer,
  ServerResponse: undefined,
  IncomingMessage: undefined,
  request,
  get,
  get maxHeaderSize() { return headBytesMax; },
  set maxHeaderSize(value) { headBytesMax = value; },
  validateHeaderName: common.validateHeaderName,
  validateHeaderValue: common.validateHeaderValue,
  setMaxIdleHTTPParsers(max) {
    errors.validateInteger(max, "max", 1);
    common.parsers.max = max;
  },
  setGlobalProxyFromEnv() {
    return () => {};
  },
  get globalAgent() { return require("node/http/agent").globalAgent; },
  set globalAgent(value) { require("node/http/agent").globalAgent = value; },
  ClientRequest: undefined,
  OutgoingMessage: undefined,
  WebSocket: undefined,
  CloseEvent: undefined,
  MessageEvent: undefined,
};

// Classes are loaded when somebody asks for them; then they are plain properties.
function lazily(name, load) {
  Object.defineProperty(module.exports, name, {
    get() {
      const value = load();
      Object.defineProperty(module.exports, name, {
        value, writable: true, enumerable: true, configurable: true,
      });
      return value;
    },
    set(value) {
      Object.defineProperty(module.exports, name, {
        value, writable: true, enumerable: true, configurable: true,
      });
    },
    enumerable: true,
    configurable: true,
  });
}
lazily("Agent", () => require("node/http/agent").Agent);
lazily("Server", () => require("node/http/server").Server);
lazily("ServerResponse", () => require("node/http/response").ServerResponse);
lazily("IncomingMessage", () => require("node/http/incoming").IncomingMessage);
lazily("ClientRequest", () => require("node/http/client").ClientRequest);
lazily("OutgoingMessage", () => require("node/http/outgoing").OutgoingMessage);
lazily("WebSocket", () => globalThis.WebSocket);
lazily("CloseEvent", () => globalThis.CloseEvent);
lazily("MessageEvent", () => globalThis.MessageEvent);
