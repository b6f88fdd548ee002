// tls.connect().
"use strict";

const errors = require("node/errors");
const { isIP } = require("node/net/families");
const { normalizeArgs } = require("node/net/arguments");
const { createSecureContext } = require("node/tls/context");
const {
  IS_VERIFIED, OPTIONS, PENDING_SESSION, TLSSocket, rejectsByDefault, verificationError,
} = require("node/tls/socket");
const { Object } = globalThis;

function connectOptions(given) {
  const normalized = normalizeArgs(given);
  const [options] = normalized;
  for (const each of [given[1], given[2]]) {
    if (each !== null && typeof each === "object") {
      Object.assign(options, each);
      break;
    }
  }
  return normalized;
}

function checkOptions(options) {
  const { checkServerIdentity, servername } = options;
  if ("checkServerIdentity" in options) {
    errors.validateFunction(checkServerIdentity, "options.checkServerIdentity");
  }
  if (servername && isIP(servername)) {
    throw errors.ERR_INVALID_ARG_VALUE("options.servername", servername,
      "Setting the TLS ServerName to an IP address is not permitted.");
  }
}

// Ciphers nobody knows are refused in other words than those of createSecureContext().
function contextFor(options) {
  try {
    return createSecureContext(options);
  } catch (error) {
    if (error.code !== "ERR_SSL_NO_CIPHER_MATCH") throw error;
    const { library, code } = error;
    const refused = errors.makeError("Error", code, "No cipher match");
    throw Object.assign(refused, { reason: "no cipher match", library });
  }
}

/** What tls.connect() does. */
function connect(...given) {
  const normalized = connectOptions(given);
  const [options, callback] = normalized;
  checkOptions(options);
  const { socket: underneath } = options;
  const own = underneath === undefined || underneath === null;
  const rejects = options.rejectUnauthorized ?? rejectsByDefault();
  const secureContext = options.secureContext ?? contextFor(options);
  if (own && options.path === undefined && options.port === undefined) {
    throw errors.ERR_MISSING_ARGS(["options", "port", "path"]);
  }
  const made = {
    ...options, secureContext, isServer: false, requestCert: true, rejectUnauthorized: rejects,
  };
  const socket = new TLSSocket(own ? undefined : underneath, made);
  socket[OPTIONS] = { ...options, rejectUnauthorized: rejects };
  if (callback !== null) socket.once("secureConnect", callback);
  if (own) {
    if (options.timeout) socket.setTimeout(options.timeout);
    normalized[1] = null;
    socket.connect(normalized);
  }
  socket._releaseControl();
  socket._start();
  if (options.session) socket.setSession(options.session);
  socket.on("secure", onConnectSecure);
  socket.prependListener("end", onConnectEnd);
  return socket;
}

function hostOf({ servername, host, socket }) {
  return servername || host || socket?._host || "localhost";
}

function identityError(socket, options) {
  const check = options.checkServerIdentity ?? require("node/tls").checkServerIdentity;
  return check(hostOf(options), socket.getPeerCertificate(true));
}

function onConnectSecure() {
  const options = this[OPTIONS];
  let failure = verificationError(this);
  if (failure === undefined && !this.isSessionReused()) failure = identityError(this, options);
  if (failure) {
    this.authorized = false;
    this.authorizationError = failure.code || failure.message;
    if (options.rejectUnauthorized !== false) {
      this.destroy(failure);
      return;
    }
  } else {
    this.authorized = true;
  }
  this.secureConnecting = false;
  this.emit("secureConnect");
  this[IS_VERIFIED] = true;
  const session = this[PENDING_SESSION];
  this[PENDING_SESSION] = null;
  if (session) this.emit("session", session);
  this.removeListener("end", onConnectEnd);
}

// The server has gone before the two sides agreed.
function onConnectEnd() {
  if (this._hadError) return;
  this._hadError = true;
  const { path, host, port, localAddress } = this[OPTIONS];
  const error =
    new Error("Client network socket disconnected before secure TLS connection was established");
  Object.assign(error, { code: "ECONNRESET", path, host, port, localAddress });
  this.destroy(error);
}

module.exports = { connect };
