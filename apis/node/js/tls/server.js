// tls.Server: a net.Server whose connections are TLS. The program gets to know of one
// ('secureConnection') when both sides have agreed; what fails before is a 'tlsClientError'.
"use strict";

const { Server: NetServer } = require("node/net/server");
const errors = require("node/errors");
const codes = require("node/error-codes");
const { createSecureContext, nativeOf } = require("node/tls/context");
const { convertALPNProtocols } = require("node/tls/protocols");
const {
  ERROR_EMITTED, TLSSocket, rejectsByDefault, verificationError, verificationOf,
} = require("node/tls/socket");
const { Map, Object, Symbol } = globalThis;

const CONTEXTS = Symbol("kcontexts");
const OPTIONS = Symbol("tlsOptions");
const HANDSHAKE_TIMEOUT_MS = 120000;
const CIPHER_SERVER_PREFERENCE = 0x400000;
const TICKET_KEYS_BYTES = 48;
const TICKET_KEYS = ["Buffer", "TypedArray", "DataView"];

// ---- Making ----------------------------------------------------------------------------------

function checkOptions(options) {
  const { ALPNCallback, ALPNProtocols, SNICallback, handshakeTimeout } = options;
  if (ALPNCallback !== undefined && ALPNCallback !== null) {
    errors.validateFunction(ALPNCallback, "options.ALPNCallback");
    if (ALPNProtocols) throw codes.ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS();
  }
  if (SNICallback !== undefined && SNICallback !== null) {
    errors.validateFunction(SNICallback, "options.SNICallback");
  }
  if (handshakeTimeout !== undefined && handshakeTimeout !== null) {
    errors.validateNumber(handshakeTimeout, "options.handshakeTimeout");
  }
}

function Server(given, listener) {
  if (!(this instanceof Server)) return new Server(given, listener);
  let options = given;
  let secureListener = listener;
  if (typeof given === "function") {
    secureListener = given;
    options = {};
  } else if (given === undefined || given === null) {
    options = {};
  } else if (typeof given !== "object") {
    throw errors.ERR_INVALID_ARG_TYPE("options", "object", given);
  }
  NetServer.call(this, options);
  options = { ...options };
  checkOptions(options);
  if (options.ALPNProtocols) convertALPNProtocols(options.ALPNProtocols, options);
  this[OPTIONS] = options;
  this[CONTEXTS] = new Map();
  this._contexts = [];
  this.setSecureContext(options);
  this._requestCert = options.requestCert === true || undefined;
  this._rejectUnauthorized = options.rejectUnauthorized ?? rejectsByDefault();
  this.ALPNProtocols = options.ALPNProtocols;
  this.ALPNCallback = options.ALPNCallback;
  this._SNICallback = options.SNICallback ?? undefined;
  this._handshakeTimeout = options.handshakeTimeout ?? HANDSHAKE_TIMEOUT_MS;
  this.on("connection", onConnection);
  if (typeof secureListener === "function") this.on("secureConnection", secureListener);
}
Object.setPrototypeOf(Server.prototype, NetServer.prototype);
Object.setPrototypeOf(Server, NetServer);

function createServer(options, connectionListener) {
  return new Server(options, connectionListener);
}

// ---- Connections -----------------------------------------------------------------------------

function onConnection(raw) {
  const options = this[OPTIONS];
  const socket = new TLSSocket(raw, {
    secureContext: this._sharedCreds,
    isServer: true,
    server: this,
    requestCert: Boolean(this._requestCert),
    rejectUnauthorized: this._rejectUnauthorized,
    handshakeTimeout: this._handshakeTimeout,
    ALPNProtocols: this.ALPNProtocols,
    ALPNCallback: this.ALPNCallback,
    SNICallback: this._SNICallback,
    pauseOnConnect: this.pauseOnConnect,
    pauseOnCreate: this.pauseOnConnect,
    highWaterMark: options.highWaterMark,
  });
  socket.server = this;
  socket[ERROR_EMITTED] = false;
  if (this._handshakeTimeout > 0) {
    socket.setTimeout(this._handshakeTimeout, socket._handleTimeout);
  }
  socket.on("secure", onSecure);
  socket.on("close", onClose);
  socket.on("_tlsError", onError);
  socket.on("end", onEnd);
}

function onSecure() {
  if (this._requestCert) {
    const failure = verificationError(this);
    if (failure !== undefined || verificationOf(this) === undefined) {
      this.authorizationError = failure?.code ?? "UNABLE_TO_GET_ISSUER_CERT";
      if (this._rejectUnauthorized) this.destroy();
    } else {
      this.authorized = true;
    }
  }
  if (this.destroyed || !this._releaseControl()) return;
  this.secureConnecting = false;
  if (this._tlsOptions.pauseOnConnect) this.pause();
  this._tlsOptions.server.emit("secureConnection", this);
}

// The client has gone before the two sides agreed.
function onEnd() {
  if (!this._secureEstablished) this.destroy();
}

function hangUp() {
  const error = new Error("socket hang up");
  error.code = "ECONNRESET";
  return error;
}

function onClose(hadError) {
  if (this._controlReleased || this[ERROR_EMITTED]) return;
  this[ERROR_EMITTED] = true;
  this._tlsOptions.server.emit("tlsClientError", hangUp(), this);
}

function onError(error) {
  if (this._controlReleased || this[ERROR_EMITTED]) return;
  this[ERROR_EMITTED] = true;
  this._tlsOptions.server.emit("tlsClientError", error, this);
}

// ---- Contexts --------------------------------------------------------------------------------

// Names may have a wildcard as their first label.
function patternOf(name) {
  const escaped = name.replace(/([.^$+?\-\\[\]{}])/g, "\\$1").replaceAll("*", "[^.]*");
  return new globalThis.RegExp(`^${escaped}$`, "i");
}

const methods = {
  addContext(servername, context) {
    if (!servername) throw codes.ERR_TLS_REQUIRED_SERVER_NAME();
    const made = nativeOf(context) === undefined ? createSecureContext(context) : context;
    this[CONTEXTS].set(servername, made);
    this._contexts.push([patternOf(servername), made]);
  },
  /** Finds the context for a name, the one added last first. */
  _contextFor(servername, callback) {
    const contexts = this._contexts ?? [];
    for (let index = contexts.length - 1; index >= 0; index--) {
      if (contexts[index][0].test(servername)) {
        callback(null, contexts[index][1]);
        return;
      }
    }
    callback(null, undefined);
  },
  setSecureContext(options) {
    const given = options ?? {};
    const names = [
      "key", "cert", "ca", "crl", "sessionTimeout", "sigalgs", "ecdhCurve", "passphrase",
      "ciphers", "secureProtocol", "minVersion", "maxVersion", "servername",
    ];
    for (const name of names) this[name] = given[name];
    const prefersOwnOrder = given.honorCipherOrder === false ? 0 : CIPHER_SERVER_PREFERENCE;
    this.secureOptions = (given.secureOptions ?? 0) | prefersOwnOrder;
    this._sharedCreds = createSecureContext({ ...given, servername: undefined });
  },
  getTicketKeys() { throw new Error("Not implented in Bun yet"); },
  setTicketKeys(buffer) {
    if (!ArrayBuffer.isView(buffer)) {
      throw errors.ERR_INVALID_ARG_TYPE("buffer", TICKET_KEYS, buffer);
    }
    if (buffer.byteLength !== TICKET_KEYS_BYTES) {
      throw errors.ERR_INVALID_ARG_VALUE("buffer", buffer,
        `Session ticket keys must be a ${TICKET_KEYS_BYTES}-byte buffer`);
    }
    throw new Error("Not implented in Bun yet");
  },
};

for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(Server.prototype, name, {
    value, writable: true, enumerable: true, configurable: true,
  });
}
const REJECTION = Symbol.for("nodejs.rejection");
Object.defineProperty(Server.prototype, REJECTION, {
  value(error, event, socket) {
    if (event === "secureConnection") socket.destroy(error);
    else NetServer.prototype[REJECTION].call(this, error, event, socket);
  },
  writable: true, configurable: true,
});

module.exports = { Server, createServer };
