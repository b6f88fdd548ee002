// http2.Server and http2.SecureServer: listeners whose connections are sessions.
"use strict";

const net = require("node/net/server");
const { setTimeout, clearTimeout } = require("runtime/timers");
const errors = require("node/errors");
const STATUS_CODES = require("node/http/status-codes");
const { SERVER, ServerHttp2Session } = require("node/http2/server-session");
const { validateSettings } = require("node/http2/settings");
const { checkCustom } = require("node/http2/client-session");
const { checkObject } = require("node/http2/stream");
const { Array, Object, Set, Symbol } = globalThis;

const SESSIONS = Symbol("sessions");
const OPTIONS = Symbol("options");
const REJECTED = Symbol.for("nodejs.rejection");
const UNKNOWN_PROTOCOL_MS = 10000;
const WORDS = ["maxSessionInvalidFrames", "maxSessionRejectedStreams", "unknownProtocolTimeout"];

const FORBIDDEN = "HTTP/1.0 403 Forbidden\r\nContent-Type: text/plain\r\n\r\n" +
  "Missing ALPN Protocol, expected `h2` to be available.\n" +
  "If this is a HTTP request: The server was not configured with the `allowHTTP1` option or a " +
  "listener for the `unknownProtocol` event.\n";

function checkedOptions(given, typeName = "Object") {
  checkObject(given, "options", typeName);
  const options = { ...given };
  checkObject(options.settings, "options.settings", typeName);
  options.settings = { ...options.settings };
  checkCustom(options.remoteCustomSettings);
  for (const name of WORDS) {
    if (options[name] !== undefined) errors.validateUint32(options[name], name);
  }
  options.unknownProtocolTimeout ??= UNKNOWN_PROTOCOL_MS;
  const { IncomingMessage } = require("node/http/incoming");
  const { ServerResponse } = require("node/http/response");
  const compat = require("node/http2/compat");
  options.Http1IncomingMessage ||= IncomingMessage;
  options.Http1ServerResponse ||= ServerResponse;
  options.Http2ServerRequest ||= compat.Http2ServerRequest;
  options.Http2ServerResponse ||= compat.Http2ServerResponse;
  return options;
}

// ---- Connections -----------------------------------------------------------------------------

function connectionListener(socket) {
  const options = this[OPTIONS];
  if (socket.encrypted && socket.alpnProtocol !== "h2") {
    if (options.allowHTTP1 === true) {
      socket.server[HTTP1](socket);
    } else if (!this.emit("unknownProtocol", socket)) {
      refuse(socket, options);
    }
    return;
  }
  socket.on("timeout", onSocketTimeout);
  socket.on("error", onSocketError);
  const session = new ServerHttp2Session(socket, options, this);
  this[SESSIONS].add(session);
  session.once("close", () => this[SESSIONS].delete(session));
  session.on("stream", onStream);
  session.on("error", onSessionError);
  session.on("priority", onPriority);
  if (this.timeout) session.setTimeout(this.timeout, onSessionTimeout);
  if (options.origins && Array.isArray(options.origins)) session.origin(...options.origins);
  this.emit("session", session);
}

const HTTP1 = Symbol("http1");

function refuse(socket, { unknownProtocolTimeout }) {
  const timer = setTimeout(() => {
    if (!socket.destroyed) socket.destroy();
  }, unknownProtocolTimeout).unref();
  socket.once("close", () => clearTimeout(timer));
  socket.end(FORBIDDEN);
}

function onSocketTimeout() {
  this.destroy();
}

// The session hears of it too; without a listener it would end the process.
function onSocketError() {}

function onStream(...given) {
  this[SERVER].emit("stream", ...given);
}

function onSessionError(error) {
  this[SERVER].emit("sessionError", error, this);
}

function onPriority(...given) {
  this[SERVER].emit("priority", ...given);
}

function onSessionTimeout() {
  if (this.destroyed || this.closed) return;
  if (!this[SERVER].emit("timeout", this)) this.destroy();
}

// ---- Servers ---------------------------------------------------------------------------------

// Requests and responses are made only where somebody listens for them.
function setupCompat(event) {
  if (event !== "request") return;
  this.removeListener("newListener", setupCompat);
  const { onServerStream } = require("node/http2/compat");
  const { Http2ServerRequest, Http2ServerResponse } = this[OPTIONS];
  this.on("stream", onServerStream.bind(this, Http2ServerRequest, Http2ServerResponse));
}

function initialize(server, options, listener) {
  server[SESSIONS] = new Set();
  server[OPTIONS] = options;
  server.timeout = 0;
  server.setMaxListeners?.(0);
  server.on("newListener", setupCompat);
  if (typeof listener === "function") server.on("request", listener);
}

const shared = {
  setTimeout(milliseconds, callback) {
    this.timeout = milliseconds;
    if (callback !== undefined) {
      errors.validateFunction(callback, "callback");
      this.on("timeout", callback);
    }
    return this;
  },
  updateSettings(settings) {
    validateSettings(settings);
    this[OPTIONS].settings = { ...this[OPTIONS].settings, ...settings };
  },
};

function closeSessions(server) {
  for (const session of server[SESSIONS]) session.close();
}

function rejected(error, event, ...given) {
  if (event === "stream") {
    const [stream] = given;
    if (stream.sentHeaders) {
      stream.destroy(error);
    } else {
      stream.respond({ ":status": 500 });
      stream.end();
    }
  } else if (event === "request") {
    const [, response] = given;
    if (response.headersSent || response.finished) {
      response.destroy();
      return;
    }
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.statusCode = 500;
    response.end(STATUS_CODES[500]);
  } else {
    net.Server.prototype[REJECTED]?.call(this, error, event, ...given);
  }
}

class Http2Server extends net.Server {
  constructor(given, listener) {
    const options = checkedOptions(typeof given === "function" ? {} : given);
    super(options, connectionListener);
    initialize(this, options, typeof given === "function" ? given : listener);
  }

  close(callback) {
    super.close(callback);
    closeSessions(this);
  }
}

let SecureServer;

// Loaded with the first secure server: it brings node:tls.
function secureServerClass() {
  if (SecureServer !== undefined) return SecureServer;
  const tls = require("node/tls");
  class Http2SecureServer extends tls.Server {
    constructor(given, listener) {
      const options = checkedOptions(given, "object");
      const protocols = options.allowHTTP1 === true ? ["h2", "http/1.1"] : ["h2"];
      if (!options.ALPNCallback) options.ALPNProtocols ??= protocols;
      super(options, connectionListener);
      initialize(this, options, listener);
      if (options.allowHTTP1 === true) serveHttp1(this, options);
      this.on("tlsClientError", onTlsError);
    }

    close(callback) {
      super.close(callback);
      closeSessions(this);
      if (this[OPTIONS].allowHTTP1 === true) this.closeIdleConnections?.();
    }
  }
  share(Http2SecureServer);
  return (SecureServer = Http2SecureServer);
}

function onTlsError(error, socket) {
  if (!this.emit("clientError", error, socket)) socket.destroy(error);
}

// Connections that speak HTTP/1.1 are node:http's.
function serveHttp1(server, options) {
  const { internals } = require("node/http/server");
  const { connectionListener: listener } = require("node/http/connection");
  const settings = {
    ...options,
    IncomingMessage: options.Http1IncomingMessage,
    ServerResponse: options.Http1ServerResponse,
    ...options.http1Options,
  };
  internals.storeHTTPOptions(server, settings);
  internals.initialize(server, settings, undefined);
  server.timeout = 0;
  server[HTTP1] = listener;
  for (const name of ["closeIdleConnections", "closeAllConnections"]) {
    Object.defineProperty(server, name, {
      value: internals.methods[name], writable: true, configurable: true,
    });
  }
}

function share(Class) {
  for (const name of Object.keys(shared)) {
    Object.defineProperty(Class.prototype, name, {
      value: shared[name], writable: true, configurable: true,
    });
  }
  Class.prototype[REJECTED] = rejected;
}
share(Http2Server);

function createServer(options, onRequestHandler) {
  return new Http2Server(options, onRequestHandler);
}

function createSecureServer(options, onRequestHandler) {
  return new (secureServerClass())(options, onRequestHandler);
}

/** Makes a session of a socket the program has accepted. */
function performServerHandshake(socket, options = {}) {
  return new ServerHttp2Session(socket, checkedOptions(options), undefined);
}

module.exports = { createServer, createSecureServer, performServerHandshake };
