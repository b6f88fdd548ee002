// ServerHttp2Stream: a request that has come, or a response that is pushed.
"use strict";

const { nextTick } = require("runtime/event-loop");
const { setImmediate } = require("runtime/immediates");
const errors = require("node/errors");
const http2Errors = require("node/http2/errors");
const fields = require("node/http2/headers");
const { asObject, tell, tellWithHeaders } = require("node/http2/channels");
const { Http2Stream, INNER, OWNER, checkObject } = require("node/http2/stream");
const { utcDate } = require("node/http/date");
const { STATE, schedule } = require("node/http2/session");
const { Array, Boolean, String } = globalThis;

const EMPTY_PAYLOAD = 1;
const GET_TRAILERS = 2;

// Statuses whose responses have no content.
const isBare = (status) => status === 204 || status === 205 || status === 304;

class ServerHttp2Stream extends Http2Stream {
  constructor(session, id, headers) {
    super(session, undefined);
    this.begin(id);
    const state = this[INNER];
    this.protocol = headers[":scheme"];
    this.authority = headers[":authority"] ?? headers.host;
    state.isHead = headers[":method"] === "HEAD";
  }

  /** Responds where the program writes without having done so. */
  proceed() { this.respond(); }

  respond(given = undefined, givenOptions = undefined) {
    if (this.destroyed || this.closed) throw http2Errors.ERR_HTTP2_INVALID_STREAM();
    if (this.headersSent) throw http2Errors.ERR_HTTP2_HEADERS_SENT();
    checkObject(givenOptions, "options");
    const options = { ...givenOptions };
    const { headers, status } = responseHeaders(given, options);
    const isEnd = Boolean(options.endStream) || isBare(status) || this.headRequest;
    const state = this[INNER];
    state.waitsForTrailers = Boolean(options.waitForTrailers) && !isEnd;
    sendHeaders(this, headers, isEnd);
    state.sentHeaders = asObject(headers);
    state.hasSentHeaders = true;
    const flags = (isEnd ? EMPTY_PAYLOAD : 0) | (state.waitsForTrailers ? GET_TRAILERS : 0);
    tell(true, "finish", () => ({ stream: this, headers: asObject(headers), flags }));
    if (!isEnd) return;
    state.hasEnded = true;
    this.end();
  }

  additionalHeaders(given) {
    if (this.destroyed || this.closed) throw http2Errors.ERR_HTTP2_INVALID_STREAM();
    if (this.headersSent) throw http2Errors.ERR_HTTP2_HEADERS_AFTER_RESPOND();
    checkObject(given, "headers");
    const headers = { __proto__: null, ...given };
    const status = headers[":status"];
    if (status !== undefined) {
      const number = headers[":status"] = status | 0;
      if (number === 101) throw http2Errors.ERR_HTTP2_STATUS_101();
      if (number < 100 || number >= 200) {
        throw http2Errors.ERR_HTTP2_INVALID_INFO_STATUS(status);
      }
    }
    const state = this[INNER];
    state.sentInfoHeaders ??= [];
    state.sentInfoHeaders.push(headers);
    sendHeaders(this, headers, false);
  }

  pushStream(given, givenOptions, givenCallback) {
    if (!this.pushAllowed) throw http2Errors.ERR_HTTP2_PUSH_DISABLED();
    if (this.id % 2 === 0) throw http2Errors.ERR_HTTP2_NESTED_PUSH();
    const callback = typeof givenOptions === "function" ? givenOptions : givenCallback;
    const options = typeof givenOptions === "function" ? undefined : givenOptions;
    errors.validateFunction(callback, "callback");
    checkObject(options, "options");
    checkObject(given, "headers");
    const headers = { __proto__: null, ...given };
    headers[":method"] ??= "GET";
    headers[":path"] ??= "/";
    headers[":scheme"] ??= this.protocol;
    headers[":authority"] ??= this.authority;
    push(this, headers, Boolean(options?.endStream), callback);
  }

  respondWithFD(fd, headers, options) {
    require("node/http2/respond-file").respondWithFD(this, fd, headers, options);
  }

  respondWithFile(path, headers, options) {
    require("node/http2/respond-file").respondWithFile(this, path, headers, options);
  }
}

/** The fields of a response as they will be sent, and its status. */
function responseHeaders(given, options) {
  if (Array.isArray(given)) return listedHeaders(given, options);
  checkObject(given, "headers");
  const headers = { __proto__: null, ...given };
  if (headers[":status"] === undefined || headers[":status"] === null) headers[":status"] = 200;
  const status = headers[":status"] |= 0;
  checkStatus(status, given);
  if (options.sendDate ?? true) headers.date ??= utcDate();
  return { headers, status };
}

function listedHeaders(given, options) {
  if (given.length % 2 !== 0) throw errors.ERR_INVALID_ARG_VALUE("headers", given);
  const headers = [...given];
  if (given[fields.sensitiveHeaders]) {
    headers[fields.sensitiveHeaders] = given[fields.sensitiveHeaders];
  }
  const placeOf = (name) => headers.findIndex(
    (each, index) => index % 2 === 0 && String(each).toLowerCase() === name);
  let place = placeOf(":status");
  if (place < 0) {
    headers.unshift(":status", 200);
    place = 0;
  }
  const status = headers[place + 1] | 0;
  checkStatus(status, given);
  if ((options.sendDate ?? true) && placeOf("date") < 0) headers.push("date", utcDate());
  return { headers, status };
}

function checkStatus(status, given) {
  if (status >= 200 && status <= 599) return;
  throw http2Errors.ERR_HTTP2_STATUS_INVALID(given?.[":status"] ?? status);
}

function sendHeaders(stream, headers, isEnd) {
  const session = stream[OWNER];
  const sensitive = fields.sensitiveText(headers);
  const text = fields.toText(headers, fields.KINDS.response);
  ops.headers(session[STATE].number, stream.id, text, sensitive, isEnd);
  schedule(session);
}

function push(stream, headers, isEnd, callback) {
  const session = stream[OWNER];
  const sensitive = fields.sensitiveText(headers);
  const text = fields.toText(headers, fields.KINDS.request);
  const id = ops.promise(session[STATE].number, stream.id, text, sensitive);
  schedule(session);
  if (id < 0) {
    nextTick(callback, [http2Errors.ERR_HTTP2_OUT_OF_STREAMS()]);
    return;
  }
  const pushed = new ServerHttp2Stream(session, id, headers);
  pushed[INNER].sentHeaders = headers;
  tellWithHeaders(true, "created", pushed, headers);
  tellWithHeaders(true, "start", pushed, headers);
  pushed.push(null);
  if (isEnd || pushed.headRequest) {
    pushed[INNER].endsAfterHeaders = isEnd;
    setImmediate(() => { if (!pushed.destroyed && !pushed.writableEnded) pushed.end(); });
  }
  nextTick(callback, [null, pushed, headers, 0]);
}

module.exports = { ServerHttp2Stream, isBare, responseHeaders };
