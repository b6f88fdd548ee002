// http.Server: a net.Server whose connections speak HTTP/1. A timer looks at connections whose
// request takes too long to come.
"use strict";

const net = require("node/net/server");
const { EventEmitter } = require("node/events-core");
const { ConnectionsList } = require("node/http/parser");
const { IncomingMessage } = require("node/http/incoming");
const { ServerResponse } = require("node/http/response");
const { connectionListener } = require("node/http/connection");
const common = require("node/http/common");
const STATUS_CODES = require("node/http/status-codes");
const errors = require("node/errors");
const { setInterval, clearInterval } = require("runtime/timers");
const symbols = require("node/http/connection").symbols;
const { Math, Object, Promise, Reflect, Symbol } = globalThis;

const { kIncomingMessage } = common;
const { CONNECTIONS, OPTIMIZE_EMPTY, RESPONSE, UNIQUE_HEADERS } = symbols;
const CHECKING_INTERVAL = Symbol("http.server.connectionsCheckingInterval");

const REQUEST_TIMEOUT_MS = 300_000;
const HEADERS_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_BUFFER_MS = 1_000;
const CHECKING_INTERVAL_MS = 30_000;

function numberOption(options, name, otherwise) {
  const value = options[name];
  if (value === undefined) return otherwise;
  errors.validateInteger(value, name, 0);
  return value;
}

function booleanOption(options, name, otherwise) {
  const value = options[name];
  if (value === undefined) return otherwise;
  errors.validateBoolean(value, `options.${name}`);
  return value;
}

/** Checks a server's options and makes them its properties; node:https shares it. */
function storeHTTPOptions(server, options) {
  server[kIncomingMessage] = options.IncomingMessage || IncomingMessage;
  server[RESPONSE] = options.ServerResponse || ServerResponse;
  server.maxHeaderSize = numberOption(options, "maxHeaderSize", undefined);
  server.insecureHTTPParser = booleanOption(options, "insecureHTTPParser", undefined);
  server.requestTimeout = numberOption(options, "requestTimeout", REQUEST_TIMEOUT_MS);
  const headersMax = Math.min(HEADERS_TIMEOUT_MS, server.requestTimeout);
  server.headersTimeout = numberOption(options, "headersTimeout", headersMax);
  const { requestTimeout, headersTimeout } = server;
  if (requestTimeout > 0 && headersTimeout > 0 && headersTimeout > requestTimeout) {
    throw errors.ERR_OUT_OF_RANGE("headersTimeout", "<= requestTimeout", options.headersTimeout);
  }
  server.keepAliveTimeout = numberOption(options, "keepAliveTimeout", KEEP_ALIVE_TIMEOUT_MS);
  server.keepAliveTimeoutBuffer =
    numberOption(options, "keepAliveTimeoutBuffer", KEEP_ALIVE_BUFFER_MS);
  server.connectionsCheckingInterval =
    numberOption(options, "connectionsCheckingInterval", CHECKING_INTERVAL_MS);
  server.requireHostHeader = booleanOption(options, "requireHostHeader", true);
  server.joinDuplicateHeaders = booleanOption(options, "joinDuplicateHeaders", undefined);
  if (options.shouldUpgradeCallback !== undefined) {
    errors.validateFunction(options.shouldUpgradeCallback, "options.shouldUpgradeCallback");
  }
  server.shouldUpgradeCallback = options.shouldUpgradeCallback ?? shouldUpgrade;
  server[OPTIMIZE_EMPTY] =
    booleanOption(options, "optimizeEmptyRequests", false);
  server.rejectNonStandardBodyWrites =
    booleanOption(options, "rejectNonStandardBodyWrites", false);
}

function shouldUpgrade() {
  return this.listenerCount("upgrade") > 0;
}

function isUnset(value) {
  return value === undefined || value === null;
}

/** The options of a server's constructor, whichever of its arguments they are. */
function optionsOf(options) {
  if (typeof options === "function" || isUnset(options)) return {};
  errors.validateObject(options, "options");
  return { ...options };
}

function Server(given, listener) {
  if (!(this instanceof Server)) return new Server(given, listener);
  const options = optionsOf(given);
  const requestListener = typeof given === "function" ? given : listener;
  storeHTTPOptions(this, options);
  net.Server.call(this, {
    allowHalfOpen: true,
    noDelay: options.noDelay ?? true,
    keepAlive: options.keepAlive,
    keepAliveInitialDelay: options.keepAliveInitialDelay,
    highWaterMark: options.highWaterMark,
    blockList: options.blockList,
  });
  initialize(this, options, requestListener);
  this.on("connection", connectionListener);
}
Object.setPrototypeOf(Server.prototype, net.Server.prototype);
Object.setPrototypeOf(Server, net.Server);

/** What http and https servers have in common. */
function initialize(server, options, requestListener) {
  if (requestListener) server.on("request", requestListener);
  server.httpAllowHalfOpen = false;
  server.on("listening", setupConnectionsTracking);
  server.timeout = 0;
  server.maxHeadersCount = null;
  server.maxRequestsPerSocket = 0;
  server[CONNECTIONS] = new ConnectionsList();
  const { parseUniqueHeadersOption } = require("node/http/outgoing");
  server[UNIQUE_HEADERS] = parseUniqueHeadersOption(options.uniqueHeaders);
}

// ---- Connections that take too long ----------------------------------------------------------

function setupConnectionsTracking() {
  this[CONNECTIONS] ??= new ConnectionsList();
  clearInterval(this[CHECKING_INTERVAL]);
  const check = () => checkConnections(this);
  this[CHECKING_INTERVAL] = setInterval(check, this.connectionsCheckingInterval).unref();
}

function checkConnections(server) {
  if (server.headersTimeout === 0 && server.requestTimeout === 0) return;
  const late = server[CONNECTIONS].expired(server.headersTimeout, server.requestTimeout);
  for (const { socket } of late) {
    if (socket) onRequestTimeout(socket);
  }
}

function onRequestTimeout(socket) {
  const { requestTimeout } = require("node/http/connection");
  requestTimeout(socket);
}

/** Ends idle connections and the timer, before a server closes. */
function httpServerPreClose(server) {
  server.closeIdleConnections();
  clearInterval(server[CHECKING_INTERVAL]);
}

const methods = {
  close(callback) {
    httpServerPreClose(this);
    net.Server.prototype.close.call(this, callback);
    return this;
  },
  [Symbol.asyncDispose]() {
    const { promise, resolve, reject } = Promise.withResolvers();
    this.close((error) => (error ? reject(error) : resolve()));
    return promise;
  },
  closeAllConnections() {
    for (const { socket } of this[CONNECTIONS]?.all() ?? []) socket?.destroy();
  },
  closeIdleConnections() {
    for (const { socket } of this[CONNECTIONS]?.idle() ?? []) {
      if (!socket || (socket._httpMessage && !socket._httpMessage.finished)) continue;
      socket.destroy();
    }
  },
  setTimeout(milliseconds, callback) {
    this.timeout = milliseconds;
    if (callback) this.on("timeout", callback);
    return this;
  },
  [EventEmitter.captureRejectionSymbol](error, event, ...parameters) {
    if (event !== "request") {
      net.Server.prototype[EventEmitter.captureRejectionSymbol].call(
        this, error, event, ...parameters);
      return;
    }
    const [, response] = parameters;
    if (response.headersSent || response.writableEnded) {
      response.destroy();
      return;
    }
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.statusCode = 500;
    response.end(STATUS_CODES[500]);
  },
};

for (const name of Reflect.ownKeys(methods)) {
  Object.defineProperty(Server.prototype, name, {
    value: methods[name], writable: true, enumerable: true, configurable: true,
  });
}

module.exports = {
  Server,
  ServerResponse,
  kConnectionsCheckingInterval: CHECKING_INTERVAL,
};
Object.defineProperty(module.exports, "internals", {
  value: { initialize, optionsOf, storeHTTPOptions, methods },
  enumerable: false,
});
