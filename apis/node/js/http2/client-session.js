// ClientHttp2Session and its streams: the side that asks.
"use strict";

const { nextTick } = require("runtime/event-loop");
const errors = require("node/errors");
const http2Errors = require("node/http2/errors");
const fields = require("node/http2/headers");
const { asObject, tell, tellWithHeaders } = require("node/http2/channels");
const { Http2Session, SOCKET, STATE, schedule } = require("node/http2/session");
const { Http2Stream, INNER, checkObject, warnOfPriorities } = require("node/http2/stream");
const asyncContext = require("runtime/async-context");
const { Array, Boolean, Object, Set, String, Symbol } = globalThis;

const AUTHORITY = Symbol("authority");
const PROTOCOL = Symbol("protocol");
const ORIGINS = Symbol("originSet");

const TYPE_CLIENT = 1;
const HEADERS_FRAME = 1;
const FRAME_SIZE_ERROR = 6;
const REFUSED_STREAM = 7;
const END_HEADERS = 4;
const END_STREAM = 1;
const MISDIRECTED = 421;
const WITHOUT_CONTENT = new Set(["GET", "HEAD", "DELETE"]);

// ---- Streams ---------------------------------------------------------------------------------

class ClientHttp2Stream extends Http2Stream {
  constructor(session, options) {
    super(session, options);
    this[INNER].hasSentHeaders = true;
    this.on("headers", onInformation);
  }

  proceed() {}
}

function onInformation(headers) {
  if (headers[":status"] === 100) this.emit("continue");
}

// ---- Sessions --------------------------------------------------------------------------------

class ClientHttp2Session extends Http2Session {
  constructor(options, socket, authority, protocol) {
    super(TYPE_CLIENT, options, socket);
    this[AUTHORITY] = authority;
    this[PROTOCOL] = protocol;
    this[ORIGINS] = undefined;
  }

  get originSet() {
    if (!this.encrypted || this.destroyed) return undefined;
    return Array.from(originsOf(this));
  }

  request(given, givenOptions) {
    if (this.destroyed) throw http2Errors.ERR_HTTP2_INVALID_SESSION();
    if (this.closed) throw http2Errors.ERR_HTTP2_GOAWAY_SESSION();
    checkObject(givenOptions, "options");
    const options = { ...givenOptions };
    checkOptions(options);
    const headers = requestHeaders(this, given);
    const method = valueOf(headers, ":method");
    options.endStream ??= WITHOUT_CONTENT.has(method);
    const sensitive = fields.sensitiveText(headers);
    const text = fields.toText(headers, fields.KINDS.request);
    const stream = new ClientHttp2Stream(this, { signal: undefined });
    const state = stream[INNER];
    state.sentHeaders = asObject(headers);
    state.isHead = method === "HEAD";
    state.waitsForTrailers = Boolean(options.waitForTrailers);
    stream.authority = valueOf(headers, ":authority") ?? valueOf(headers, "host");
    tellWithHeaders(false, "created", stream, headers);
    if (options.endStream) stream.end();
    if (!follow(stream, options.signal)) return stream;
    startWhenConnected(this, () => start(this, stream, text, sensitive, options));
    return stream;
  }

  onHeaders(id, isNew, isEnd, headers, lines) {
    const stream = this[STATE].streams.get(id);
    if (stream === undefined || stream.destroyed) return;
    const status = headers[":status"];
    const flags = END_HEADERS | (isEnd ? END_STREAM : 0);
    let event = isEnd ? "trailers" : "headers";
    if (status >= 200) event = stream[INNER].isPushed ? "push" : "response";
    else if (status !== undefined) event = "headers";
    if (event !== "headers") stream[INNER].endsAfterHeaders ||= isEnd && event !== "trailers";
    if (status === MISDIRECTED) originsOf(this).delete(`https://${stream.authority}`);
    if (status >= 200) tell(false, "finish", () => ({ stream, headers, flags }));
    stream.emit(event, headers, flags, lines);
  }

  onPromise(id, promised, headers, lines) {
    const stream = new ClientHttp2Stream(this, undefined);
    stream[INNER].isPushed = true;
    stream[INNER].isHead = headers[":method"] === "HEAD";
    stream[INNER].hasEnded = true;
    stream.begin(promised);
    tellWithHeaders(false, "created", stream, headers);
    tellWithHeaders(false, "start", stream, headers);
    stream.end();
    this.emit("stream", stream, headers, END_HEADERS, lines);
  }

  onAltSvc(stream, origin, value) { this.emit("altsvc", value, origin, stream); }

  onOrigins(origins) {
    if (!this.encrypted || this.destroyed) return;
    const known = originsOf(this);
    for (const origin of origins) known.add(origin);
    this.emit("origin", origins);
  }
}

function originsOf(session) {
  if (session[ORIGINS] !== undefined) return session[ORIGINS];
  const socket = session[SOCKET];
  let host = socket.servername;
  if (!host) {
    host = socket.remoteFamily === "IPv6" ? `[${socket.remoteAddress}]` : socket.remoteAddress;
  }
  const port = socket.remotePort === undefined ? "" : `:${socket.remotePort}`;
  return (session[ORIGINS] = new Set([`https://${host}${port}`]));
}

// ---- Requests --------------------------------------------------------------------------------

const PRIORITIES = ["weight", "parent", "exclusive", "silent"];
const OPTION_TYPES = {
  endStream: "boolean",
  exclusive: "boolean",
  parent: "number",
  silent: "boolean",
  waitForTrailers: "boolean",
};

function checkOptions(options) {
  for (const name of Object.keys(OPTION_TYPES)) {
    const value = options[name];
    if (value === undefined || typeof value === OPTION_TYPES[name]) continue;
    throw errors.ERR_INVALID_ARG_TYPE(`options.${name}`, OPTION_TYPES[name], value);
  }
  if (PRIORITIES.some((name) => options[name] !== undefined)) {
    warnOfPriorities("Priority signaling has been deprecated as of RFC 9113.");
  }
}

function valueOf(headers, name) {
  if (!Array.isArray(headers)) return headers[name];
  for (let index = 0; index < headers.length; index += 2) {
    if (String(headers[index]).toLowerCase() === name) return headers[index + 1];
  }
  return undefined;
}

function requestHeaders(session, given) {
  if (Array.isArray(given)) return listedHeaders(session, given);
  checkObject(given, "headers");
  const headers = { __proto__: null, ...given };
  const method = headers[":method"] ??= "GET";
  if (method === "CONNECT" && headers[":protocol"] === undefined) {
    checkConnect(headers);
    return headers;
  }
  if (headers[":authority"] === undefined && headers.host === undefined) {
    headers[":authority"] = session[AUTHORITY];
  }
  headers[":scheme"] ??= session[PROTOCOL].slice(0, -1);
  headers[":path"] ??= "/";
  return headers;
}

function listedHeaders(session, given) {
  if (given.length % 2 !== 0) throw errors.ERR_INVALID_ARG_VALUE("headers", given);
  const missing = [];
  const add = (name, value) => {
    if (valueOf(given, name) === undefined) missing.push(name, value);
  };
  add(":method", "GET");
  if (valueOf(given, "host") === undefined) add(":authority", session[AUTHORITY]);
  add(":scheme", session[PROTOCOL].slice(0, -1));
  add(":path", "/");
  const headers = [...missing, ...given];
  if (given[fields.sensitiveHeaders]) {
    headers[fields.sensitiveHeaders] = given[fields.sensitiveHeaders];
  }
  return headers;
}

function checkConnect(headers) {
  if (headers[":authority"] === undefined) throw http2Errors.ERR_HTTP2_CONNECT_AUTHORITY();
  if (headers[":scheme"] !== undefined) throw http2Errors.ERR_HTTP2_CONNECT_SCHEME();
  if (headers[":path"] !== undefined) throw http2Errors.ERR_HTTP2_CONNECT_PATH();
}

// Destroys the stream when the signal says so; false where it has.
function follow(stream, signal) {
  if (signal === undefined || signal === null) return true;
  errors.validateAbortSignal(signal, "options.signal");
  const abort = () => {
    stream.destroy(errors.abortError(undefined, { cause: signal.reason }));
  };
  if (signal.aborted) {
    abort();
    return false;
  }
  signal.addEventListener("abort", abort);
  stream.once("close", () => signal.removeEventListener("abort", abort));
  return true;
}

function startWhenConnected(session, action) {
  if (session[STATE].isConnected) {
    action();
    return;
  }
  const context = asyncContext.current;
  session[STATE].whenConnected.push(() => {
    asyncContext.current = context;
    action();
  });
}

function start(session, stream, text, sensitive, options) {
  if (session.destroyed || stream.destroyed) return;
  if (text.length > session[STATE].headerBytesMax) {
    nextTick(refuseLarge, [stream]);
    return;
  }
  const id = ops.request(session[STATE].number, text, sensitive, options.endStream);
  if (id < 0) {
    const error = http2Errors.ERR_HTTP2_OUT_OF_STREAMS();
    nextTick(() => stream.destroy(error), []);
    return;
  }
  if (options.endStream) stream[INNER].hasEnded = true;
  tellWithHeaders(false, "start", stream, stream.sentHeaders);
  stream.begin(id);
  schedule(session);
}

// What is longer than the program allows itself is never sent.
function refuseLarge(stream) {
  stream.emit("frameError", HEADERS_FRAME, FRAME_SIZE_ERROR, 0);
  stream.close(REFUSED_STREAM);
  stream.destroy();
}

// ---- Connecting ------------------------------------------------------------------------------

function hostAndPort(authority, options) {
  let host = authority.hostname || options.hostname || authority.host || options.host ||
    "localhost";
  if (host[0] === "[") host = host.slice(1, -1);
  const protocol = authority.protocol || options.protocol || "https:";
  const port = String(authority.port || options.port || (protocol === "http:" ? 80 : 443));
  return { host, port, protocol };
}

function open(protocol, port, host, options) {
  if (protocol === "http:") return require("node/net").connect({ port, host, ...options });
  if (protocol !== "https:") throw http2Errors.ERR_HTTP2_UNSUPPORTED_PROTOCOL(protocol);
  const asked = { port, host, ...options, ALPNProtocols: options.ALPNProtocols ?? ["h2"] };
  if (asked.servername === undefined && require("node/net").isIP(host) === 0) {
    asked.servername = host;
  }
  return require("node/tls").connect(asked);
}

function connect(given, givenOptions, givenListener) {
  const listener = typeof givenOptions === "function" ? givenOptions : givenListener;
  checkObject(typeof givenOptions === "function" ? undefined : givenOptions, "options");
  const options = { ...(typeof givenOptions === "function" ? undefined : givenOptions) };
  checkObject(options.settings, "options.settings");
  checkCustom(options.remoteCustomSettings);
  const { URL } = require("web/url");
  const authority = typeof given === "string" ? new URL(given) : given;
  checkAuthority(authority);
  const { host, port, protocol } = hostAndPort(authority, options);
  const { settings, createConnection } = options;
  require("node/http2/settings").validateSettings(settings);
  const socket = typeof createConnection === "function"
    ? createConnection(authority, options)
    : open(protocol, port, host, withoutOwn(options));
  const isDefault = port === (protocol === "http:" ? "80" : "443");
  const bracketed = host.includes(":") ? `[${host}]` : host;
  const name = isDefault ? bracketed : `${bracketed}:${port}`;
  const session = new ClientHttp2Session(options, socket, name, protocol);
  if (typeof listener === "function") session.once("connect", listener);
  return session;
}

// What tls.connect and net.connect take, without what is the session's.
function withoutOwn(options) {
  const { settings, timeout, ...rest } = options;
  return rest;
}

function checkAuthority(authority) {
  if (authority !== null && typeof authority === "object") return;
  throw errors.ERR_INVALID_ARG_TYPE("authority", ["string", "object", "URL"], authority);
}

function checkCustom(list) {
  if (list === undefined) return;
  if (!Array.isArray(list)) {
    throw errors.ERR_INVALID_ARG_TYPE("options.remoteCustomSettings", "Array", list);
  }
  if (list.length > 10) throw http2Errors.ERR_HTTP2_TOO_MANY_CUSTOM_SETTINGS();
}

Object.defineProperty(connect, Symbol.for("nodejs.util.promisify.custom"), {
  value(authority, options) {
    const { promise, resolve, reject } = globalThis.Promise.withResolvers();
    const session = connect(authority, options, () => {
      session.removeListener("error", reject);
      resolve(session);
    });
    session.once("error", reject);
    return promise;
  },
});

module.exports = { ClientHttp2Session, checkCustom, connect };
