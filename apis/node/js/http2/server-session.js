// ServerHttp2Session: the side that answers.
"use strict";

const { Buffer } = require("node/buffer");
const errors = require("node/errors");
const codes = require("node/error-codes");
const http2Errors = require("node/http2/errors");
const { tellWithHeaders } = require("node/http2/channels");
const { Http2Session, STATE, alive, schedule } = require("node/http2/session");
const { ServerHttp2Stream } = require("node/http2/server-stream");
const { INNER } = require("node/http2/stream");
const { Symbol } = globalThis;

const SERVER = Symbol("server");
const TYPE_SERVER = 0;
const REFUSED_STREAM = 7;
const END_HEADERS = 4;
const END_STREAM = 1;
const ALTSVC_FRAME = 10;
const ORIGIN_FRAME = 12;
const PAYLOAD_MAX = 16382;
const QUOTED = /^[\t\u0020-\u005b\u005d-\u007e\u0080-\u00ff]*$/;

class ServerHttp2Session extends Http2Session {
  constructor(socket, options, server) {
    super(TYPE_SERVER, options, socket);
    this[SERVER] = server;
  }

  get server() { return this[SERVER]; }

  altsvc(alt, originOrStream) {
    alive(this);
    let stream = 0;
    let origin = "";
    if (typeof originOrStream === "string") {
      origin = originOf(originOrStream, http2Errors.ERR_HTTP2_ALTSVC_INVALID_ORIGIN);
    } else if (typeof originOrStream === "number") {
      if (originOrStream >>> 0 !== originOrStream || originOrStream === 0) {
        throw errors.ERR_OUT_OF_RANGE("originOrStream", `> 0 && < ${2 ** 32}`, originOrStream);
      }
      stream = originOrStream;
    } else if (originOrStream !== undefined) {
      origin = originOrStream?.origin;
      if (typeof origin !== "string") {
        throw errors.ERR_INVALID_ARG_TYPE(
          "originOrStream", ["string", "number", "URL", "object"], originOrStream);
      }
      if (origin === "null" || origin.length === 0) {
        throw http2Errors.ERR_HTTP2_ALTSVC_INVALID_ORIGIN();
      }
    }
    errors.validateString(alt, "alt");
    if (!QUOTED.test(alt)) throw codes.ERR_INVALID_CHAR("alt");
    if (Buffer.byteLength(origin) + Buffer.byteLength(alt) > PAYLOAD_MAX) {
      throw http2Errors.ERR_HTTP2_ALTSVC_LENGTH();
    }
    const payload = Buffer.concat([counted(origin), Buffer.from(alt, "latin1")]);
    const { number, streams } = this[STATE];
    if (stream !== 0 && !streams.has(stream)) return;
    ops.frame(number, ALTSVC_FRAME, 0, stream, payload);
    schedule(this);
  }

  origin(...origins) {
    alive(this);
    if (origins.length === 0) return;
    const list = origins.map((each) => {
      if (typeof each === "string") {
        return originOf(each, http2Errors.ERR_HTTP2_INVALID_ORIGIN);
      }
      const origin = each?.origin;
      errors.validateString(origin, "origin");
      if (origin === "null" || origin.length === 0) {
        throw http2Errors.ERR_HTTP2_INVALID_ORIGIN();
      }
      return origin;
    });
    const payload = Buffer.concat(list.map(counted));
    if (payload.length > PAYLOAD_MAX) throw http2Errors.ERR_HTTP2_ORIGIN_LENGTH();
    ops.frame(this[STATE].number, ORIGIN_FRAME, 0, 0, payload);
    schedule(this);
  }

  onHeaders(id, isNew, isEnd, headers, lines) {
    const { streams, number } = this[STATE];
    const flags = END_HEADERS | (isEnd ? END_STREAM : 0);
    if (!isNew) {
      const stream = streams.get(id);
      if (stream !== undefined && !stream.destroyed) {
        stream.emit(isEnd ? "trailers" : "headers", headers, flags, lines);
      }
      return;
    }
    if (this.closed) {
      ops.reset(number, id, REFUSED_STREAM);
      return;
    }
    const stream = new ServerHttp2Stream(this, id, headers);
    stream[INNER].endsAfterHeaders = isEnd;
    if (isEnd) stream.push(null);
    tellWithHeaders(true, "created", stream, headers);
    tellWithHeaders(true, "start", stream, headers);
    this.emit("stream", stream, headers, flags, lines);
  }
}

function originOf(text, invalid) {
  const { URL } = require("web/url");
  const { origin } = new URL(text);
  if (origin === "null") throw invalid();
  return origin;
}

/** A text behind two bytes that count it. */
function counted(text) {
  const bytes = Buffer.from(text, "latin1");
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

module.exports = { SERVER, ServerHttp2Session };
