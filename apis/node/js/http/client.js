// ClientRequest: a request, written once it has a socket. What its socket does is followed in
// client-events.
"use strict";

const { OutgoingMessage, kOutHeaders, kUniqueHeaders, parseUniqueHeadersOption } =
  require("node/http/outgoing");
const given = require("node/http/client-options");
const { nextTick } = require("runtime/event-loop");
const { Buffer } = require("node/buffer");
const codes = require("node/error-codes");
const errors = require("node/errors");
const asyncContext = require("runtime/async-context");
const { Array, Boolean, Number, Object, Set, String, Symbol } = globalThis;

const PATH = Symbol("kPath");
const ERROR = Symbol("kError");
const DELAY_MAX_MS = 2147483647;

// Methods whose requests have no content unless a program writes some.
const BARE_METHODS = new Set(["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"]);

function ClientRequest(input, second, third) {
  if (!(this instanceof ClientRequest)) return new ClientRequest(input, second, third);
  OutgoingMessage.call(this);
  const [options, callback] = given.optionsOf(input, second, third);
  const defaultAgent = options._defaultAgent || require("node/http/agent").globalAgent;
  const agent = given.agentOf(options, defaultAgent);
  this.agent = agent;
  const protocol = given.checkProtocol(options, agent, defaultAgent);
  given.checkPath(options.path);
  const defaultPort = options.defaultPort || agent?.defaultPort;
  const port = (options.port = options.port || defaultPort || 80);
  const host = (options.host = given.validateHost(options.hostname, "hostname") ||
    given.validateHost(options.host, "host") || "localhost");
  const isHostSet = options.setHost !== undefined
    ? Boolean(options.setHost) : options.setDefaultHeaders !== false;
  const signal = options.signal;
  this.socketPath = options.socketPath;
  if (options.timeout !== undefined) {
    this.timeout = timerDuration(options.timeout, "timeout");
  }
  if (signal) destroyOnAbort(this, signal);
  this.method = given.methodOf(options);
  setParserOptions(this, options);
  this[PATH] = options.path || "/";
  if (callback) this.once("response", callback);
  this.useChunkedEncodingByDefault = !BARE_METHODS.has(this.method);
  setFields(this, host, protocol);
  setKeepAlive(this, options, agent);
  if (options.setDefaultHeaders === false) {
    this._removedConnection = true;
    this._removedContLen = true;
    this._removedTE = true;
  }
  setHeaders(this, options, { host, port, defaultPort, isHostSet });
  this[kUniqueHeaders] = parseUniqueHeadersOption(options.uniqueHeaders);
  connect(this, options, agent);
}
Object.setPrototypeOf(ClientRequest.prototype, OutgoingMessage.prototype);
Object.setPrototypeOf(ClientRequest, OutgoingMessage);

function timerDuration(value, name) {
  errors.validateNumber(value, name);
  if (value < 0 || !Number.isFinite(value)) {
    throw errors.ERR_OUT_OF_RANGE(name, "a non-negative finite number", value);
  }
  if (value <= DELAY_MAX_MS) return value;
  globalThis.process.emitWarning(
    `${value} does not fit into a 32-bit signed integer.\n` +
    `Timer duration was truncated to ${DELAY_MAX_MS}.`, "TimeoutOverflowWarning");
  return DELAY_MAX_MS;
}

function destroyOnAbort(request, signal) {
  errors.validateAbortSignal(signal, "options.signal");
  const onAbort = () => {
    request.destroy(errors.abortError(undefined, { cause: signal.reason }));
  };
  if (signal.aborted) {
    onAbort();
    return;
  }
  signal.addEventListener("abort", onAbort);
  request.once("close", () => signal.removeEventListener("abort", onAbort));
}

function setParserOptions(request, options) {
  const { maxHeaderSize, insecureHTTPParser, joinDuplicateHeaders } = options;
  if (maxHeaderSize !== undefined) errors.validateInteger(maxHeaderSize, "maxHeaderSize", 0);
  request.maxHeaderSize = maxHeaderSize;
  if (insecureHTTPParser !== undefined) {
    errors.validateBoolean(insecureHTTPParser, "options.insecureHTTPParser");
  }
  request.insecureHTTPParser = insecureHTTPParser;
  request.httpValidation = options.httpValidation;
  if (joinDuplicateHeaders !== undefined) {
    errors.validateBoolean(joinDuplicateHeaders, "options.joinDuplicateHeaders");
  }
  request.joinDuplicateHeaders = joinDuplicateHeaders;
}

function setFields(request, host, protocol) {
  request._ended = false;
  request.res = null;
  request.aborted = false;
  request.timeoutCb = null;
  request.upgradeOrConnect = false;
  request.parser = null;
  request.maxHeadersCount = null;
  request.reusedSocket = false;
  request.host = host;
  request.protocol = protocol;
}

function setKeepAlive(request, options, agent) {
  if (!agent) return;
  // An agent whose sockets are all taken at once would close each after one request.
  if (!agent.keepAlive && !Number.isFinite(agent.maxSockets)) {
    request._last = true;
    request.shouldKeepAlive = false;
  } else {
    request._last = false;
    request.shouldKeepAlive = true;
  }
}

// ---- The head --------------------------------------------------------------------------------

function setHeaders(request, options, { host, port, defaultPort, isHostSet }) {
  const { headers } = options;
  if (Array.isArray(headers)) {
    // Whoever gives a list gives all of it.
    request._storeHeader(startLine(request), headers);
    return;
  }
  if (headers) for (const name of Object.keys(headers)) request.setHeader(name, headers[name]);
  if (host && isHostSet && !request.getHeader("host")) {
    request.setHeader("Host", given.hostField(host, port, defaultPort));
  }
  if (options.auth && !request.getHeader("Authorization")) {
    request.setHeader("Authorization", basic(options.auth));
  }
  if (request.getHeader("expect")) {
    if (request._header) throw codes.ERR_HTTP_HEADERS_SENT("render");
    request._storeHeader(startLine(request), request[kOutHeaders]);
  }
}

function basic(auth) {
  return `Basic ${Buffer.from(auth).toString("base64")}`;
}

function startLine(request) {
  return `${request.method} ${request.path} HTTP/1.1\r\n`;
}

// ---- The socket ------------------------------------------------------------------------------

function connect(request, options, agent) {
  const { signal, ...rest } = options;
  if (request.socketPath) {
    request._last = true;
    request.shouldKeepAlive = Boolean(agent?.keepAlive);
    request._last = !request.shouldKeepAlive;
  }
  if (agent) {
    const { path, ...place } = rest;
    agent.addRequest(request, { __proto__: null, ...place, path: request.socketPath ?? path });
    return;
  }
  request._last = true;
  request.shouldKeepAlive = false;
  const target = request.socketPath ? { ...rest, path: request.socketPath } : withoutPath(rest);
  connectAlone(request, options, target);
}

function withoutPath({ path, ...rest }) {
  return rest;
}

function connectAlone(request, options, target) {
  let called = false;
  const onCreate = (error, socket) => {
    if (called) return;
    called = true;
    request.onSocket(error ? null : socket, error);
  };
  if (typeof options.createConnection !== "function") {
    request.onSocket(require("node/net").createConnection(target));
    return;
  }
  try {
    const socket = options.createConnection(target, onCreate);
    if (socket) onCreate(null, socket);
  } catch (error) {
    onCreate(error);
  }
}

// ---- Methods ---------------------------------------------------------------------------------

function emitAbort(request) {
  request.emit("abort");
}

const methods = {
  _finish() {
    OutgoingMessage.prototype._finish.call(this);
  },
  _implicitHeader() {
    if (this._header) throw codes.ERR_HTTP_HEADERS_SENT("render");
    this._storeHeader(startLine(this), this[kOutHeaders]);
  },
  abort() {
    if (this.aborted) return;
    this.aborted = true;
    nextTick(emitAbort, [this]);
    this.destroy();
  },
  destroy(error) {
    if (this.destroyed) return this;
    this.destroyed = true;
    // What comes of the response is of no interest any more.
    this.res?._dump();
    this[ERROR] = error;
    this.socket?.destroy(error);
    return this;
  },
  onSocket(socket, error) {
    const context = asyncContext.current;
    // An error before the request listens is the request's all the same.
    let early = error;
    const onEarlyError = (failure) => { early ??= failure; };
    socket?.on?.("error", onEarlyError);
    nextTick(() => {
      asyncContext.current = context;
      socket?.removeListener?.("error", onEarlyError);
      require("node/http/client-events").takeSocket(this, socket, early);
    }, []);
  },
  // Calls a method of the socket's once it is connected.
  _deferToConnect(method, parameters) {
    const call = () => {
      if (this.socket.writable && method) this.socket[method](...parameters);
    };
    const onSocket = () => {
      if (this.socket.connecting) this.socket.once("connect", call);
      else call();
    };
    if (this.socket) onSocket();
    else this.once("socket", onSocket);
  },
  setTimeout(milliseconds, callback) {
    if (this._ended) return this;
    require("node/http/client-events").listenSocketTimeout(this);
    const duration = timerDuration(milliseconds, "msecs");
    if (callback) this.once("timeout", callback);
    if (this.socket) {
      setSocketTimeout(this.socket, duration);
    } else {
      this.once("socket", (socket) => setSocketTimeout(socket, duration));
    }
    return this;
  },
  setNoDelay(isOn) {
    this._deferToConnect("setNoDelay", [isOn]);
  },
  setSocketKeepAlive(isOn, delay) {
    this._deferToConnect("setKeepAlive", [isOn, delay]);
  },
  clearTimeout(callback) {
    this.setTimeout(0, callback);
  },
};

function setSocketTimeout(socket, duration) {
  if (socket.connecting) socket.once("connect", function setTimeoutOnConnect() {
    this.setTimeout(duration);
  });
  else socket.setTimeout(duration);
}

for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(ClientRequest.prototype, name, {
    value, writable: true, enumerable: true, configurable: true,
  });
}
Object.defineProperty(ClientRequest.prototype, "path", {
  get() { return this[PATH]; },
  set(value) {
    given.checkPath(value);
    this[PATH] = String(value);
  },
  enumerable: true,
  configurable: true,
});

module.exports = { ClientRequest, ERROR };
