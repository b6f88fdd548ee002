// Http2ServerResponse: a response as node:http shows it.
"use strict";

const { Stream } = require("node/stream/legacy");
const { nextTick } = require("runtime/event-loop");
const errors = require("node/errors");
const codes = require("node/error-codes");
const http2Errors = require("node/http2/errors");
const { PROXY, REQUEST } = require("node/http2/compat-request");
const { PSEUDO } = require("node/http2/headers");
const { streamSocket } = require("node/http2/socket-proxy");
const { Array, Boolean, Object, Symbol } = globalThis;

const RESPONSE = Symbol("response");
const STATE = Symbol("state");
const STREAM = Symbol("stream");
const HEADERS = Symbol("headers");
const TRAILERS = Symbol("trailers");
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const warned = { statusMessage: false, connection: false };

function warnOnce(what, message) {
  if (warned[what]) return;
  warned[what] = true;
  globalThis.process.emitWarning(message, "UnsupportedWarning");
}

function warnStatusMessage() {
  warnOnce("statusMessage", "Status message is not supported by HTTP/2 (RFC7540 8.1.2.4)");
}

function isDropped(name, value) {
  if (name !== "connection" || value === "trailers") return false;
  warnOnce("connection",
    "The provided connection header is not valid, the value will be dropped from the header and " +
    "will never be in use.");
  return true;
}

function normalized(name) {
  errors.validateString(name, "name");
  return name.trim().toLowerCase();
}

function checkHeader(name, value) {
  if (name === "" || name.includes(" ")) throw codes.ERR_INVALID_HTTP_TOKEN("Header name", name);
  if (PSEUDO.has(name)) throw http2Errors.ERR_HTTP2_PSEUDOHEADER_NOT_ALLOWED();
  if (value === undefined || value === null) {
    throw http2Errors.ERR_HTTP2_INVALID_HEADER_VALUE(value, name);
  }
}

function refuseSent(response) {
  if (response[STREAM].headersSent) throw http2Errors.ERR_HTTP2_HEADERS_SENT();
}

/** What a response keeps beside its fields. */
class ResponseState {
  constructor() {
    this.isClosed = false;
    this.isEnding = false;
    this.isDestroyed = false;
    this.isHead = false;
    this.sendDate = true;
    this.statusCode = 200;
  }
}

class Http2ServerResponse extends Stream {
  constructor(stream, options) {
    super(options);
    this[STATE] = new ResponseState();
    this[HEADERS] = { __proto__: null };
    this[TRAILERS] = { __proto__: null };
    this[STREAM] = stream;
    stream[PROXY] = null;
    stream[RESPONSE] = this;
    this.writable = true;
    this.req = stream[REQUEST];
    stream.on("drain", onDrain);
    stream.on("close", onClose);
    stream.on("wantTrailers", onWantTrailers);
    stream.on("timeout", () => this.emit("timeout"));
  }

  get _header() { return this.headersSent; }
  get writableEnded() { return this[STATE].isEnding; }
  get finished() { return this[STATE].isEnding; }

  get socket() {
    if (this[STATE].isClosed) return undefined;
    const stream = this[STREAM];
    return (stream[PROXY] ??= streamSocket(stream));
  }

  get connection() { return this.socket; }
  get stream() { return this[STREAM]; }
  get headersSent() { return this[STREAM].headersSent; }
  get sendDate() { return this[STATE].sendDate; }
  set sendDate(value) { this[STATE].sendDate = Boolean(value); }
  get writableCorked() { return this[STREAM].writableCorked; }
  get writableHighWaterMark() { return this[STREAM].writableHighWaterMark; }
  get writableFinished() { return this[STREAM].writableFinished; }
  get writableLength() { return this[STREAM].writableLength; }
  get statusCode() { return this[STATE].statusCode; }

  set statusCode(value) {
    const code = value | 0;
    if (code >= 100 && code < 200) throw http2Errors.ERR_HTTP2_INFO_STATUS_NOT_ALLOWED();
    if (code < 100 || code > 599) throw http2Errors.ERR_HTTP2_STATUS_INVALID(code);
    this[STATE].statusCode = code;
  }

  get statusMessage() {
    warnStatusMessage();
    return "";
  }

  set statusMessage(message) { warnStatusMessage(); }

  // ---- Fields --------------------------------------------------------------------------------

  setTrailer(given, value) {
    const name = normalized(given);
    checkHeader(name, value);
    this[TRAILERS][name] = value;
  }

  addTrailers(headers) {
    for (const name of Object.keys(headers)) this.setTrailer(name, headers[name]);
  }

  getHeader(name) { return this[HEADERS][normalized(name)]; }
  getHeaderNames() { return Object.keys(this[HEADERS]); }
  getHeaders() { return Object.assign({ __proto__: null }, this[HEADERS]); }
  hasHeader(name) { return Object.hasOwn(this[HEADERS], normalized(name)); }

  removeHeader(given) {
    errors.validateString(given, "name");
    refuseSent(this);
    const name = normalized(given);
    if (name === "date") this[STATE].sendDate = false;
    else delete this[HEADERS][name];
  }

  setHeader(given, value) {
    errors.validateString(given, "name");
    refuseSent(this);
    setField(this, given, value);
  }

  appendHeader(given, value) {
    errors.validateString(given, "name");
    refuseSent(this);
    appendField(this, given, value);
  }

  flushHeaders() {
    const { isClosed, statusCode } = this[STATE];
    if (!isClosed && !this[STREAM].headersSent) this.writeHead(statusCode);
  }

  writeHead(statusCode, statusMessage, given) {
    const state = this[STATE];
    if (state.isClosed || this[STREAM].destroyed || this[STREAM].closed) return this;
    refuseSent(this);
    if (typeof statusMessage === "string") warnStatusMessage();
    let headers = given;
    if (headers === undefined && typeof statusMessage === "object") headers = statusMessage;
    if (Array.isArray(headers)) {
      setList(this, headers);
    } else if (headers !== null && typeof headers === "object") {
      for (const name of Object.keys(headers)) setField(this, name, headers[name]);
    }
    state.statusCode = statusCode;
    begin(this);
    return this;
  }

  // ---- Content -------------------------------------------------------------------------------

  cork() { this[STREAM].cork(); }
  uncork() { this[STREAM].uncork(); }

  write(chunk, givenEncoding, givenCallback) {
    const isShort = typeof givenEncoding === "function";
    const callback = isShort ? givenEncoding : givenCallback;
    const encoding = isShort ? "utf8" : givenEncoding;
    const state = this[STATE];
    let error;
    if (state.isEnding) error = codes.ERR_STREAM_WRITE_AFTER_END();
    else if (state.isClosed) error = http2Errors.ERR_HTTP2_INVALID_STREAM();
    else if (state.isDestroyed) return false;
    if (error !== undefined) {
      if (typeof callback === "function") nextTick(callback, [error]);
      this.destroy(error);
      return false;
    }
    const stream = this[STREAM];
    if (!stream.headersSent) this.writeHead(state.statusCode);
    return stream.write(chunk, encoding, callback);
  }

  end(givenChunk, givenEncoding, givenCallback) {
    let chunk = givenChunk;
    let encoding = givenEncoding;
    let callback = givenCallback;
    if (typeof chunk === "function") {
      callback = chunk;
      chunk = null;
    } else if (typeof encoding === "function") {
      callback = encoding;
      encoding = "utf8";
    }
    const stream = this[STREAM];
    const state = this[STATE];
    if ((state.isClosed || state.isEnding) && state.isHead === stream.headRequest) {
      if (typeof callback === "function") nextTick(callback, []);
      return this;
    }
    // What answers HEAD has no content, and its stream ends with the fields.
    const isWanted = chunk !== null && chunk !== undefined && !stream.headRequest;
    if (isWanted) this.write(chunk, encoding);
    state.isHead = stream.headRequest;
    state.isEnding = true;
    if (typeof callback === "function") {
      if (stream.writableEnded) this.once("finish", callback);
      else stream.once("finish", callback);
    }
    if (!stream.headersSent) this.writeHead(state.statusCode);
    if (state.isClosed || stream.destroyed) onClose.call(stream);
    else stream.end();
    return this;
  }

  destroy(error) {
    if (this[STATE].isDestroyed) return;
    this[STATE].isDestroyed = true;
    this[STREAM].destroy(error);
  }

  setTimeout(msecs, callback) {
    if (!this[STATE].isClosed) this[STREAM].setTimeout(msecs, callback);
  }

  createPushResponse(headers, callback) {
    errors.validateFunction(callback, "callback");
    if (this[STATE].isClosed) {
      nextTick(callback, [http2Errors.ERR_HTTP2_INVALID_STREAM()]);
      return;
    }
    this[STREAM].pushStream(headers, {}, (error, stream) => {
      if (error) callback(error);
      else callback(null, new Http2ServerResponse(stream));
    });
  }

  writeContinue() {
    const stream = this[STREAM];
    if (stream.headersSent || this[STATE].isClosed) return false;
    stream.additionalHeaders({ ":status": 100 });
    return true;
  }

  writeEarlyHints(hints) {
    errors.validateObject(hints, "hints");
    const { link, ...headers } = hints;
    const { linkText } = require("node/http/response");
    const text = linkText(link);
    if (text.length === 0) return false;
    const stream = this[STREAM];
    if (stream.headersSent || this[STATE].isClosed) return false;
    stream.additionalHeaders({ ...headers, ":status": 103, "Link": text });
    return true;
  }
}

// ---- Fields, and what streams say ------------------------------------------------------------

function setField(response, given, value) {
  const name = given.trim().toLowerCase();
  checkHeader(name, value);
  if (isDropped(name, value)) return;
  if (name[0] === ":") throw http2Errors.ERR_HTTP2_INVALID_PSEUDOHEADER(name);
  if (!TOKEN.test(name)) {
    response.destroy(codes.ERR_INVALID_HTTP_TOKEN("Header name", name));
    return;
  }
  response[HEADERS][name] = value;
}

function appendField(response, given, value) {
  const name = given.trim().toLowerCase();
  const headers = response[HEADERS];
  if (!headers[name]) {
    setField(response, given, value);
    return;
  }
  checkHeader(name, value);
  if (isDropped(name, value)) return;
  headers[name] = [].concat(headers[name], value);
}

function setList(response, list) {
  const pairs = [];
  if (list.length > 0 && Array.isArray(list[0])) {
    pairs.push(...list);
  } else {
    if (list.length % 2 !== 0) throw errors.ERR_INVALID_ARG_VALUE("headers", list);
    for (let index = 0; index < list.length; index += 2) {
      pairs.push([list[index], list[index + 1]]);
    }
  }
  for (const [name] of pairs) response.removeHeader(name);
  for (const [name, value] of pairs) appendField(response, name, value);
}

function begin(response) {
  const state = response[STATE];
  response[HEADERS][":status"] = state.statusCode;
  response[STREAM].respond(response[HEADERS], {
    endStream: state.isEnding,
    waitForTrailers: true,
    sendDate: state.sendDate,
  });
}

function onDrain() {
  this[RESPONSE]?.emit("drain");
}

function onWantTrailers() {
  this.sendTrailers(this[RESPONSE][TRAILERS]);
}

function onClose() {
  const response = this[RESPONSE];
  if (response === undefined) return;
  const state = response[STATE];
  if (this.headRequest !== state.isHead) return;
  state.isClosed = true;
  this[PROXY] = null;
  this.removeListener("wantTrailers", onWantTrailers);
  this[RESPONSE] = undefined;
  response.emit("finish");
  response.emit("close");
}

module.exports = { Http2ServerResponse };
