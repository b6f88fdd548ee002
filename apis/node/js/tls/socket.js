// tls.TLSSocket: a net.Socket whose handle is a TLS connection over a socket of its own, over
// another socket, or over any Duplex.
//
// The handshake begins once what is underneath is connected. Errors before the program has got
// hold of the socket ('secureConnection' of a server) go to '_tlsError' alone.
"use strict";

const { Socket, SECURE, attach } = require("node/net/socket");
const EventEmitter = require("node/events");
const { Duplex } = require("node/stream/duplex");
const { nextTick } = require("runtime/event-loop");
const errors = require("node/errors");
const codes = require("node/error-codes");
const { isIP } = require("node/net/families");
const { createSecureContext, nativeOf } = require("node/tls/context");
const { SecureHandle } = require("node/tls/handle");
const { HandleTransport, transportOf } = require("node/tls/transport");
const { convertALPNProtocols, encodeProtocols } = require("node/tls/protocols");
const { Array, Boolean, Object, Symbol } = globalThis;

const OPTIONS = Symbol("connect-options");
const IS_VERIFIED = Symbol("verified");
const PENDING_SESSION = Symbol("pendingSession");
const ERROR_EMITTED = Symbol("error-emitted");
const RENEGOTIATION_DISABLED = Symbol("renegotiationDisabled");
const SESSION = Symbol("ksession");
const UNDERNEATH = Symbol("underneath");
const HANDLE = Symbol("secureHandle");
const FACE = Symbol("ssl");
const STARTS = Symbol("starts");

// What no protocol of a client's is: the connection is refused.
const NO_PROTOCOL = encodeProtocols([""]);
const UINT32_MAX = 4294967295;
const FRAGMENT_BYTES_MIN = 512;
const FRAGMENT_BYTES_MAX = 16384;

function rejectsByDefault() {
  const { NODE_TLS_REJECT_UNAUTHORIZED: value } = globalThis.process.env;
  return value !== "0" && value !== "false";
}

// ---- Making ----------------------------------------------------------------------------------

function TLSSocket(socket, opts) {
  if (!(this instanceof TLSSocket)) return new TLSSocket(socket, opts);
  const isStream = socket instanceof Duplex;
  if (!isStream && socket instanceof EventEmitter) {
    throw errors.invalidType("socket", "of type Duplex", socket);
  }
  const options = { ...(isStream ? opts : opts ?? socket) };
  this._tlsOptions = options;
  this.alpnProtocol = null;
  this._secureEstablished = false;
  this._rejectUnauthorized = options.rejectUnauthorized ?? rejectsByDefault();
  this._requestCert = Boolean(options.requestCert);
  this._securePending = false;
  this._newSessionPending = false;
  this._controlReleased = false;
  this.secureConnecting = true;
  this._SNICallback = null;
  this.servername = null;
  this.authorized = false;
  this.authorizationError = null;
  this.encrypted = true;
  this.isServer = Boolean(options.isServer);
  const { allowHalfOpen, pauseOnCreate, highWaterMark, onread, signal, lookup } = options;
  Socket.call(this, {
    allowHalfOpen: isStream ? socket.allowHalfOpen : allowHalfOpen,
    pauseOnCreate, highWaterMark, onread, signal, lookup, manualStart: true,
    noDelay: options.noDelay, keepAlive: options.keepAlive,
    keepAliveInitialDelay: options.keepAliveInitialDelay,
  });
  initialize(this, options);
  if (isStream) layOver(this, socket);
}
Object.setPrototypeOf(TLSSocket.prototype, Socket.prototype);
Object.setPrototypeOf(TLSSocket, Socket);

function initialize(socket, options) {
  const { ALPNProtocols, servername } = options;
  if (ALPNProtocols) convertALPNProtocols(ALPNProtocols, options);
  socket.ALPNProtocols = options.ALPNProtocols;
  if (servername && !socket.isServer) socket.servername = servername;
  if (options.ciphers) socket.ciphers = options.ciphers;
  if (options.SNICallback !== undefined && options.SNICallback !== null) {
    errors.validateFunction(options.SNICallback, "options.SNICallback");
    socket._SNICallback = options.SNICallback;
  }
  socket[OPTIONS] = null;
  socket[HANDLE] = null;
  socket[UNDERNEATH] = null;
  socket[STARTS] = true;
  socket[SESSION] = options.session ?? null;
  socket[IS_VERIFIED] = false;
  socket[PENDING_SESSION] = null;
  socket[ERROR_EMITTED] = false;
  socket[RENEGOTIATION_DISABLED] = false;
  options.secureContext ??= createSecureContext(options);
  socket.on("error", socket._tlsError);
}

// Begins over another stream, as soon as that is connected.
function layOver(socket, stream) {
  socket[UNDERNEATH] = stream;
  socket[STARTS] = socket.isServer;
  socket._parent = stream;
  socket._parentWrap = stream;
  stream.on("error", (error) => {
    if (!socket.destroyed) socket.destroy(error);
  });
  if (stream instanceof Socket && (stream.connecting || stream._handle === null)) {
    socket.connecting = true;
    // Whoever goes before there is a connection takes what is underneath along.
    socket.once("close", () => stream.destroy());
    stream.once("connect", () => {
      if (socket.destroyed) return;
      socket.connecting = false;
      begin(socket, transportOf(stream));
      socket.emit("connect");
    });
    return;
  }
  if (stream instanceof Socket) stream.once("close", () => socket.destroy());
  const early = [];
  for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) early.push(chunk);
  const handle = begin(socket, transportOf(stream), early);
  if (handle !== undefined) socket.read(0);
}

// ---- The handshake ---------------------------------------------------------------------------

function settingsOf(socket) {
  const options = socket._tlsOptions;
  const { isServer } = socket;
  return {
    context: nativeOf(options.secureContext),
    isServer,
    asks: !isServer || socket._requestCert,
    requires: socket._requestCert && socket._rejectUnauthorized,
    serverName: isServer ? undefined : nameToAskFor(socket),
    protocols: options.ALPNProtocols,
  };
}

// Addresses are no names (RFC 6066 section 3).
function nameToAskFor(socket) {
  const name = socket.servername || socket._tlsOptions.secureContext.servername ||
    socket[OPTIONS]?.host || socket._host || (socket[OPTIONS] === null ? "" : "localhost");
  return name !== "" && !isIP(name) ? name : undefined;
}

function begin(socket, transport, early = []) {
  let handle;
  try {
    handle = new SecureHandle(transport, settingsOf(socket), STEPS);
  } catch (error) {
    nextTick(() => socket.destroy(error));
    return undefined;
  }
  if (handle.settings.serverName !== undefined) socket.servername = handle.settings.serverName;
  socket[HANDLE] = handle;
  attach(socket, handle);
  if (socket[STARTS]) startSoon(handle, early);
  return handle;
}

function startSoon(handle, early) {
  nextTick(() => {
    if (handle.isClosed) return;
    handle.start();
    for (const chunk of early) handle.received(chunk);
  });
}

const KEY_LOG_MODE = 0o600;

// The file of secrets that a flag of the process names; undefined where there is none.
let keyLog;

function logSecret(bytes) {
  keyLog ??= require("node/process-flags").valueOf("--tls-keylog") ?? "";
  if (keyLog !== "") require("node/fs").appendFileSync(keyLog, bytes, { mode: KEY_LOG_MODE });
}

const STEPS = {
  hello: answerHello,
  agreed,
  session(handle, der) {
    const socket = handle.owner;
    if (socket.isServer) return;
    if (socket[IS_VERIFIED] || !socket[OPTIONS]) socket.emit("session", der);
    else socket[PENDING_SESSION] = der;
  },
  keyLine(handle, line) {
    const socket = handle.owner;
    const bytes = require("node/buffer").Buffer.from(`${line}\n`);
    logSecret(bytes);
    if (socket.isServer) socket._tlsOptions.server?.emit("keylog", bytes, socket);
    else socket.emit("keylog", bytes);
  },
  failed(handle, error) { failed(handle.owner, error); },
  cut(handle, error) {
    const socket = handle.owner;
    if (error !== undefined) socket.destroy(error);
    else if (socket[UNDERNEATH] !== null) socket.destroy();
  },
};

function agreed(handle) {
  const socket = handle.owner;
  socket.alpnProtocol = handle.say("protocol") ?? false;
  if (socket.isServer) socket.servername = handle.say("serverName") ?? false;
  socket._secureEstablished = true;
  socket._securePending = false;
  if (socket._tlsOptions.handshakeTimeout > 0) socket.setTimeout(0, socket._handleTimeout);
  socket.emit("secure");
}

function failed(socket, error) {
  if (socket._hadError || socket.destroyed) return;
  socket._hadError = true;
  if (!socket._secureEstablished) {
    socket._closeAfterHandlingError = true;
    socket.destroy(error);
  } else if (socket.isServer && socket._rejectUnauthorized &&
      error.reason === "PEER_DID_NOT_RETURN_A_CERTIFICATE") {
    socket.destroy();
  } else {
    socket._emitTLSError(error);
  }
}

// ---- A server's answer -----------------------------------------------------------------------

function answerHello(handle) {
  const socket = handle.owner;
  const [name, ...protocols] = handle.hello();
  const { server } = socket._tlsOptions;
  if (name) socket.servername = name;
  const choose = socket._SNICallback ?? server?._contextFor;
  if (!name || !choose) {
    answerWith(handle, name, protocols, undefined);
    return;
  }
  let isAnswered = false;
  choose.call(server ?? socket, name, (error, context) => {
    if (isAnswered) {
      socket.destroy(codes.ERR_MULTIPLE_CALLBACK());
      return;
    }
    isAnswered = true;
    if (handle.isClosed) return;
    if (error) {
      socket.destroy(error);
      return;
    }
    const native = context ? nativeOf(context) : undefined;
    if (context && native === undefined) socket.destroy(new Error("Invalid SNI context"));
    else answerWith(handle, name, protocols, native);
  });
}

function answerWith(handle, name, protocols, context) {
  const socket = handle.owner;
  const { ALPNCallback } = socket._tlsOptions;
  if (typeof ALPNCallback !== "function" || protocols.length === 0) {
    handle.answer(context, undefined);
    return;
  }
  const chosen = ALPNCallback.call(socket, { servername: name, protocols });
  if (chosen !== undefined && !protocols.includes(chosen)) {
    socket.destroy(codes.ERR_TLS_ALPN_CALLBACK_INVALID_RESULT(chosen, protocols));
    return;
  }
  handle.answer(context, chosen === undefined ? NO_PROTOCOL : encodeProtocols([chosen]));
}

// ---- Methods ---------------------------------------------------------------------------------

function expectAgreed(socket) {
  const handle = socket[HANDLE];
  if (handle === null || !handle.isAgreed) throw codes.ERR_TLS_INVALID_STATE();
  return handle;
}

function certificateOf(chain, isDetailed) {
  return require("node/tls/certificate").chainObject(chain, isDetailed);
}

const methods = {
  _tlsError(error) {
    this.emit("_tlsError", error);
    return this._controlReleased ? error : null;
  },
  _emitTLSError(error) {
    const shown = this._tlsError(error);
    if (shown) this.destroy(shown);
  },
  _releaseControl() {
    if (this._controlReleased) return false;
    this._controlReleased = true;
    this.removeListener("error", this._tlsError);
    return true;
  },
  _handleTimeout() { this._emitTLSError(codes.ERR_TLS_HANDSHAKE_TIMEOUT()); },
  _destroySSL() {},
  /// A client over a stream of the program's begins when it is told to, or writes.
  _start() {
    if (this[STARTS]) return;
    this[STARTS] = true;
    if (this[HANDLE] !== null && !this[HANDLE].isStarted) startSoon(this[HANDLE], []);
  },
  getSession() {
    const session = this[HANDLE]?.say("session");
    return session === undefined ? undefined : require("node/buffer").Buffer.from(session);
  },
  getEphemeralKeyInfo() {
    const handle = this[HANDLE];
    if (handle === null) return undefined;
    if (this.isServer) return null;
    const [type, name, size] = handle.say("key") ?? [];
    return type === "DH" ? { type, size } : { type, name, size };
  },
  getCipher() {
    const handle = this[HANDLE];
    const cipher = handle?.say("cipher");
    if (cipher === undefined) return undefined;
    const [name, standardName] = cipher;
    const isNewest = name.startsWith("TLS_");
    const version = isNewest ? "TLSv1.3" : olderVersion(name);
    return { name, standardName, version };
  },
  getSharedSigalgs() { return this[HANDLE] === null ? undefined : []; },
  getProtocol() { return this[HANDLE] === null ? null : this[HANDLE].say("version"); },
  getFinished() { return this[HANDLE]?.finished(false); },
  getPeerFinished() { return this[HANDLE]?.finished(true); },
  isSessionReused() { return this[HANDLE]?.say("resumed") ?? false; },
  renegotiate(options, callback) {
    if (options === null || typeof options !== "object") {
      throw errors.ERR_INVALID_ARG_TYPE("options", "Object", options);
    }
    if (callback !== undefined) errors.validateFunction(callback, "callback");
    if (this.destroyed || this[HANDLE] === null) return undefined;
    if (this[RENEGOTIATION_DISABLED] || this.isServer) {
      if (callback) nextTick(callback, [codes.ERR_TLS_RENEGOTIATION_DISABLED()]);
      return false;
    }
    if (callback) nextTick(callback, [codes.ERR_TLS_RENEGOTIATION_DISABLED()]);
    return false;
  },
  disableRenegotiation() { this[RENEGOTIATION_DISABLED] = true; },
  getTLSTicket() { return undefined; },
  setKeyCert(context) {
    if (context !== undefined) this._tlsOptions.secureContext = createSecureContext(context);
  },
  exportKeyingMaterial(length, label, context) {
    errors.validateInteger(length, "length", 1, UINT32_MAX);
    errors.validateString(label, "label");
    if (context !== undefined && !ArrayBuffer.isView(context)) {
      const kinds = ["Buffer", "TypedArray", "DataView"];
      throw errors.ERR_INVALID_ARG_TYPE("context", kinds, context);
    }
    return expectAgreed(this).export(length, label, context);
  },
  setMaxSendFragment(size) {
    errors.validateNumber(size, "size");
    return this[HANDLE] !== null && size >= FRAGMENT_BYTES_MIN && size <= FRAGMENT_BYTES_MAX;
  },
  enableTrace() {},
  setServername(name) {
    errors.validateString(name, "name");
    if (this.isServer) throw codes.ERR_TLS_SNI_FROM_SERVER();
    this.servername = name;
    this[HANDLE]?.setServerName(name);
  },
  setSession(session) { this[SESSION] = session; },
  getPeerCertificate(detailed) {
    const handle = this[HANDLE];
    if (handle === null) return null;
    return certificateOf(handle.peerChain(), Boolean(detailed)) ?? {};
  },
  getCertificate() {
    const handle = this[HANDLE];
    if (handle === null) return null;
    const der = handle.ownCertificate();
    return der === undefined ? {} : certificateOf([der], false);
  },
  getPeerX509Certificate() {
    const chain = this[HANDLE]?.peerChain() ?? [];
    return require("node/crypto/certificate").certificateOfChain(chain);
  },
  getX509Certificate() {
    const der = this[HANDLE]?.ownCertificate();
    return der && new (require("node/crypto").X509Certificate)(der);
  },
  // Once the own handle is connected, the connection takes its place.
  [SECURE]() { begin(this, new HandleTransport(this._handle, null)); },
};

function olderVersion(cipher) {
  return /SHA256|SHA384|GCM|CHACHA/.test(cipher) ? "TLSv1.2" : "TLSv1/SSLv3";
}

for (const name of globalThis.Reflect.ownKeys(methods)) {
  Object.defineProperty(TLSSocket.prototype, name, {
    value: methods[name], writable: true, enumerable: typeof name === "string", configurable: true,
  });
}
Object.defineProperty(TLSSocket.prototype, "ssl", {
  get() {
    if (this[HANDLE]?.isClosed) return null;
    return this[FACE] ??= new SecureFace(this);
  },
  enumerable: true,
  configurable: true,
});

/** What programs see of the connection itself. */
class SecureFace {
  #socket;
  constructor(socket) {
    this.#socket = socket;
    this.verifyError = () =>
      (socket[HANDLE] === null ? null : verificationError(socket) ?? null);
  }

  get fd() { return this.#socket[HANDLE]?.fd ?? -1; }
}

/** What came of looking at the peer's certificate; undefined where there is none. */
function verificationOf(socket) { return socket[HANDLE].verification(); }

/** The error of a peer's certificate, or undefined where nothing is wrong with it. */
function verificationError(socket) {
  const told = socket[HANDLE].verification();
  if (!Array.isArray(told)) return undefined;
  const [code, text] = told;
  const error = new Error(text);
  return Object.assign(error, { code, errno: 0 });
}

module.exports = {
  ERROR_EMITTED, IS_VERIFIED, OPTIONS, PENDING_SESSION, TLSSocket, rejectsByDefault,
  verificationError, verificationOf,
};
