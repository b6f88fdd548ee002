// Http2ServerRequest: a request as node:http shows it.
"use strict";

const { Readable } = require("node/stream/readable");
const { nextTick } = require("runtime/event-loop");
const errors = require("node/errors");
const { streamSocket } = require("node/http2/socket-proxy");
const { Object, Symbol } = globalThis;

const REQUEST = Symbol("request");
const PROXY = Symbol("proxySocket");
const STATE = Symbol("state");
const STREAM = Symbol("stream");
const HEADERS = Symbol("headers");
const RAW_HEADERS = Symbol("rawHeaders");
const TRAILERS = Symbol("trailers");
const RAW_TRAILERS = Symbol("rawTrailers");
const ABORTED = Symbol("aborted");

class Http2ServerRequest extends Readable {
  constructor(stream, headers, options, rawHeaders) {
    super({ autoDestroy: false, ...options });
    this[STATE] = { isClosed: false, didRead: false };
    this[HEADERS] = headers;
    this[RAW_HEADERS] = rawHeaders;
    this[TRAILERS] = {};
    this[RAW_TRAILERS] = [];
    this[STREAM] = stream;
    this[ABORTED] = false;
    stream[PROXY] = null;
    stream[REQUEST] = this;
    stream.on("trailers", onTrailers);
    stream.on("end", onEnd);
    // Neither request nor response tell of the stream's errors.
    stream.on("error", () => {});
    stream.on("aborted", onAborted);
    stream.on("close", onClose);
    stream.on("timeout", () => this.emit("timeout"));
    this.on("pause", onPause);
    this.on("resume", onResume);
  }

  get aborted() { return this[ABORTED]; }

  get complete() {
    return this[ABORTED] || this.readableEnded || this[STATE].isClosed || this[STREAM].destroyed;
  }

  get stream() { return this[STREAM]; }
  get headers() { return this[HEADERS]; }
  get rawHeaders() { return this[RAW_HEADERS]; }
  get trailers() { return this[TRAILERS]; }
  get rawTrailers() { return this[RAW_TRAILERS]; }
  get httpVersionMajor() { return 2; }
  get httpVersionMinor() { return 0; }
  get httpVersion() { return "2.0"; }

  get socket() {
    const stream = this[STREAM];
    return (stream[PROXY] ??= streamSocket(stream));
  }

  get connection() { return this.socket; }

  _read() {
    const state = this[STATE];
    const stream = this[STREAM];
    if (state.didRead) {
      nextTick(resume, [stream]);
      return;
    }
    state.didRead = true;
    stream.on("data", onData);
  }

  get method() { return this[HEADERS][":method"]; }

  set method(method) {
    errors.validateString(method, "method");
    if (method.trim() === "") throw errors.ERR_INVALID_ARG_VALUE("method", method);
    this[HEADERS][":method"] = method;
  }

  get authority() { return this[HEADERS][":authority"] ?? this[HEADERS].host; }
  get scheme() { return this[HEADERS][":scheme"]; }
  get url() { return this[HEADERS][":path"]; }
  set url(url) { this[HEADERS][":path"] = url; }

  setTimeout(msecs, callback) {
    if (!this[STATE].isClosed) this[STREAM].setTimeout(msecs, callback);
    return this;
  }
}

function resume(stream) {
  stream.resume();
}

function onData(chunk) {
  const request = this[REQUEST];
  if (request !== undefined && !request.push(chunk)) this.pause();
}

function onTrailers(trailers, flags, rawTrailers) {
  const request = this[REQUEST];
  if (request === undefined) return;
  Object.assign(request[TRAILERS], trailers);
  request[RAW_TRAILERS].push(...rawTrailers);
}

function onEnd() {
  this[REQUEST]?.push(null);
}

function onPause() {
  this[STREAM].pause();
}

function onResume() {
  this[STREAM].resume();
}

function onAborted() {
  const request = this[REQUEST];
  if (request === undefined || request[STATE].isClosed) return;
  request[ABORTED] = true;
  request.emit("aborted");
}

function onClose() {
  const request = this[REQUEST];
  if (request === undefined) return;
  const state = request[STATE];
  state.isClosed = true;
  request.push(null);
  // As in node:http, what nobody reads is let go.
  if (!state.didRead && !request._readableState.resumeScheduled) request.resume();
  this[PROXY] = null;
  this[REQUEST] = undefined;
  request.emit("close");
}

module.exports = { Http2ServerRequest, PROXY, REQUEST };
