// The sockets that handlers of Bun.listen and Bun.connect are given.
//
// A write is taken whole where nothing waits to be sent, and not at all where something does:
// then `drain` follows. `close` is the last that is heard of a socket.
"use strict";

const errors = require("node/errors");
const { setTimeout, clearTimeout } = require("runtime/timers");
const { bytesAs, call, checkHandlers, wrong } = require("bun/sockets/handlers");
const { errnoError } = require("node/net/errors");
const { ArrayBuffer, Boolean, Math, Number, Object, Symbol, Uint8Array } = globalThis;

const OPEN = 1;
const CLOSED = -1;

const MILLISECONDS = 1000;

class TCPSocket {
  #handle;
  #handlers;
  #listener;
  #state = OPEN;
  #isWaiting = false;
  #endsWhenSent = false;
  #allowHalfOpen;
  #timer;
  #timeoutSeconds = 0;

  constructor(handle, handlers, { data, listener, allowHalfOpen }) {
    this.#handle = handle;
    this.#handlers = handlers;
    this.#listener = listener;
    this.#allowHalfOpen = Boolean(allowHalfOpen);
    this.data = data;
    handle.owner = this;
    handle.events = TCPSocket.#EVENTS;
  }

  static #EVENTS = {
    connected() {}, accepted() {}, message() {},
    received({ owner }, chunk) { owner.#received(chunk); },
    ended({ owner }, errno) { owner.#ended(errno); },
    sent({ owner }, errno) { owner.#sent(errno); },
  };

  /** Tells the `open` handler, and begins to read. */
  static open(socket) {
    call(socket.#handlers, "open", socket);
    if (socket.#state === OPEN) socket.#handle.readStart();
  }

  #received(chunk) {
    if (this.#state !== OPEN) return;
    this.#refresh();
    call(this.#handlers, "data", this, bytesAs(this.#handlers.binaryType, chunk));
  }

  #ended(errno) {
    if (this.#state !== OPEN) return;
    if (errno !== 0) {
      this.#close(errnoError(errno, "read"));
      return;
    }
    call(this.#handlers, "end", this);
    if (!this.#allowHalfOpen || this.#endsWhenSent) this.end();
  }

  #sent(errno) {
    this.#isWaiting = false;
    if (this.#state === CLOSED) return;
    if (errno !== 0) this.#close(errnoError(errno, "write"));
    else if (this.#endsWhenSent) this.#close();
    else call(this.#handlers, "drain", this);
  }

  #close(error = undefined) {
    if (this.#state === CLOSED) return;
    this.#state = CLOSED;
    clearTimeout(this.#timer);
    this.#handle.close(() => call(this.#handlers, "close", this, error));
  }

  #refresh() {
    if (this.#timeoutSeconds > 0) this.#timer.refresh();
  }

  get listener() { return this.#listener; }
  get alpnProtocol() { return false; }
  get authorized() { return false; }
  get bytesWritten() { return this.#handle.bytesWritten - this.#handle.writeQueueSize; }
  get fd() { return this.#handle.fd; }
  get readyState() { return this.#state; }
  get localAddress() { return this.#name("getsockname").address; }
  get localFamily() { return this.#name("getsockname").family; }
  get localPort() { return this.#name("getsockname").port; }
  get remoteAddress() { return this.#name("getpeername").address; }
  get remoteFamily() { return this.#name("getpeername").family; }
  get remotePort() { return this.#name("getpeername").port; }

  #name(which) {
    const out = {};
    if (this.#state !== CLOSED) this.#handle[which]?.(out);
    return out;
  }

  /** How many bytes were taken; -1 where the socket is closed. */
  write(data, byteOffset = undefined, byteLength = undefined) {
    if (data === undefined) return 0;
    if (this.#state !== OPEN) return -1;
    if (this.#isWaiting) return 0;
    const bytes = sourceOf(data, byteOffset, byteLength);
    if (bytes.length === 0) return 0;
    const outcome = this.#handle.write(bytes);
    if (outcome < 0) return -1;
    this.#isWaiting = outcome === 1;
    this.#refresh();
    return bytes.length;
  }

  /** Sends what is given and what waits, then closes. */
  end(data = undefined, byteOffset = undefined, byteLength = undefined) {
    if (this.#state !== OPEN) return -1;
    const written = data === undefined ? 0 : this.write(data, byteOffset, byteLength);
    if (this.#isWaiting) {
      this.#endsWhenSent = true;
    } else {
      this.#handle.shutdown();
      this.#close();
    }
    return written;
  }

  /** Closes for writing, or both ways. */
  shutdown(halfClose = false) {
    if (this.#state !== OPEN) return;
    if (halfClose) {
      this.#handle.shutdown();
    } else {
      this.end();
    }
  }

  close() { this.#close(); }

  terminate() {
    if (this.#state === CLOSED) return;
    this.#state = CLOSED;
    clearTimeout(this.#timer);
    this.#handle.reset(() => call(this.#handlers, "close", this));
  }

  flush() {}
  pause() { if (this.#state === OPEN) this.#handle.readStop(); }
  resume() { if (this.#state === OPEN) this.#handle.readStart(); }
  ref() { this.#handle.ref(); }
  unref() { this.#handle.unref(); }

  timeout(seconds) {
    if (arguments.length === 0) throw new Error("Expected 1 argument, got 0");
    errors.validateNumber(seconds, "timeout");
    clearTimeout(this.#timer);
    this.#timeoutSeconds = seconds > 0 ? seconds : 0;
    if (this.#timeoutSeconds === 0) return;
    const tell = () => call(this.#handlers, "timeout", this);
    this.#timer = setTimeout(tell, this.#timeoutSeconds * MILLISECONDS).unref();
  }

  setNoDelay(on = true) {
    return this.#handle.setNoDelay?.(Boolean(on)) === 0;
  }

  setKeepAlive(on = false, initialDelay = 0) {
    const seconds = Math.floor(Number(initialDelay) / MILLISECONDS);
    return this.#handle.setKeepAlive?.(Boolean(on), seconds) === 0;
  }

  setTypeOfService(value) { return this.#handle.setTypeOfService?.(value) === 0; }
  getTypeOfService() { return this.#handle.getTypeOfService?.() ?? 0; }

  reload(options) {
    if (options === undefined) throw new Error("Expected 1 argument");
    this.#handlers = checkHandlers(options?.socket);
  }

  // What only a connection with TLS has an answer to.
  getAuthorizationError() { return null; }
  getPeerCertificate(detailed) { return null; }
  getEphemeralKeyInfo() { return null; }
  getTLSVersion() { return null; }
  isSessionReused() { return false; }
  setMaxSendFragment(bytes) { return false; }

  upgradeTLS(options) {
    if (options === undefined) throw new Error("Expected 1 arguments");
    throw unsupportedTls();
  }

  [Symbol.dispose]() { this.close(); }
}

// The rest of what only TLS has an answer to: name and number of parameters.
const WITHOUT_ANSWER = {
  disableRenegotiation: 0, exportKeyingMaterial: 3, getCertificate: 0, getCipher: 0,
  getServername: 0, getSession: 0, getSharedSigalgs: 0, getTLSFinishedMessage: 0,
  getTLSPeerFinishedMessage: 0, getTLSTicket: 0, renegotiate: 0, resumeSNI: 2, setKeyCert: 1,
  setServername: 1, setSession: 1, setVerifyMode: 2,
};
for (const [name, length] of Object.entries(WITHOUT_ANSWER)) {
  const { [name]: value } = { [name]() { return undefined; } };
  Object.defineProperty(value, "length", { value: length });
  Object.defineProperty(TCPSocket.prototype, name, {
    value, writable: true, enumerable: false, configurable: true,
  });
}

const { open } = TCPSocket;
delete TCPSocket.open;

function unsupportedTls() {
  return new Error("TLS is not available to Bun.listen and Bun.connect");
}

function sourceOf(data, byteOffset, byteLength) {
  if (typeof data === "string") {
    const encoding = typeof byteOffset === "string" ? byteOffset : "utf8";
    return require("node/buffer").Buffer.from(data, encoding);
  }
  const isBuffer = data instanceof ArrayBuffer;
  if (!isBuffer && !ArrayBuffer.isView(data)) {
    throw wrong("The \"data\" argument must be of type string, buffer, or blob. Received " +
      errors.specificType(data));
  }
  const bytes = isBuffer ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (byteOffset === undefined) return bytes;
  errors.validateInteger(byteOffset, "byteOffset", 0, bytes.length);
  if (byteLength === undefined) return bytes.subarray(byteOffset);
  errors.validateInteger(byteLength, "byteLength", 0, bytes.length - byteOffset);
  return bytes.subarray(byteOffset, byteOffset + byteLength);
}


module.exports = { TCPSocket, open, unsupportedTls };
