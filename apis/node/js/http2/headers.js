// Fields between the objects programs use and the text native code reads: names and values,
// each followed by a line feed. What a list may say is checked here, with Node's errors.
"use strict";

const errors = require("node/errors");
const codes = require("node/error-codes");
const http2Errors = require("node/http2/errors");
const { Array, Object, Set, String, Symbol } = globalThis;

const sensitiveHeaders = Symbol.for("nodejs.http2.sensitiveHeaders");

const PSEUDO = new Set([":status", ":method", ":authority", ":scheme", ":path", ":protocol"]);
const SINGLE = new Set([
  ...PSEUDO, "access-control-allow-credentials", "access-control-max-age",
  "access-control-request-method", "age", "authorization", "content-encoding",
  "content-language", "content-length", "content-location", "content-md5", "content-range",
  "content-type", "date", "dnt", "etag", "expires", "from", "host", "if-match",
  "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "last-modified",
  "location", "max-forwards", "proxy-authorization", "range", "referer", "retry-after", "tk",
  "upgrade-insecure-requests", "user-agent", "x-content-type-options",
]);
const OF_CONNECTION = new Set([
  "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade",
  "http2-settings",
]);
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const NOT_A_VALUE = /[^\t\u0020-\u007e\u0080-\u00ff]/;

/** Which pseudo-header fields a list may have. */
const KINDS = {
  request: new Set([":method", ":authority", ":scheme", ":path", ":protocol"]),
  response: new Set([":status"]),
  trailers: new Set(),
};

function isForbidden(name, value) {
  if (name === "te") return value !== "trailers";
  return OF_CONNECTION.has(name);
}

class Writer {
  constructor(allowed, isStrict) {
    this.allowed = allowed;
    this.isStrict = isStrict;
    this.pseudo = "";
    this.text = "";
    this.seen = undefined;
  }

  add(given, value) {
    const name = given.toLowerCase();
    if (value === undefined || name === "") return;
    if (Array.isArray(value)) {
      this.addList(name, value);
      return;
    }
    this.addOne(name, String(value));
  }

  addList(name, list) {
    if (list.length === 0) return;
    if (list.length > 1 && this.isStrict && SINGLE.has(name)) {
      throw http2Errors.ERR_HTTP2_HEADER_SINGLE_VALUE(name);
    }
    for (const each of list) this.addOne(name, String(each));
  }

  addOne(name, value) {
    if (SINGLE.has(name)) {
      this.seen ??= new Set();
      if (this.isStrict && this.seen.has(name)) {
        throw http2Errors.ERR_HTTP2_HEADER_SINGLE_VALUE(name);
      }
      this.seen.add(name);
    }
    if (name[0] === ":") {
      if (!this.allowed.has(name)) throw http2Errors.ERR_HTTP2_INVALID_PSEUDOHEADER(name);
      this.pseudo += `${name}\n${checked(name, value)}\n`;
      return;
    }
    if (!TOKEN.test(name)) throw codes.ERR_INVALID_HTTP_TOKEN("Header name", name);
    if (isForbidden(name, value)) {
      throw http2Errors.ERR_HTTP2_INVALID_CONNECTION_HEADERS(name);
    }
    this.text += `${name}\n${checked(name, value)}\n`;
  }
}

function checked(name, value) {
  if (!NOT_A_VALUE.test(value)) return value;
  throw codes.ERR_INVALID_CHAR("header content", name);
}

function sensitiveText(headers) {
  const names = headers?.[sensitiveHeaders];
  if (names === undefined) return undefined;
  if (!Array.isArray(names)) {
    throw errors.ERR_INVALID_ARG_VALUE("headers[http2.neverIndex]", names);
  }
  return names.length === 0 ? undefined : names.map((name) => name.toLowerCase()).join("\n");
}

/** The text of an object's fields, or of a flat list's, pseudo-header fields first. */
function toText(headers, allowed, isStrict = true) {
  const writer = new Writer(allowed, isStrict);
  if (Array.isArray(headers)) {
    for (let index = 0; index < headers.length; index += 2) {
      writer.add(headers[index], headers[index + 1]);
    }
  } else {
    for (const name of Object.keys(headers)) writer.add(name, headers[name]);
  }
  return writer.pseudo + writer.text;
}

/** Names and values of native code's text, taking turns. */
function toLines(text) {
  const lines = text.split("\n");
  lines.pop();
  return lines;
}

/** The object of names and values taking turns. */
function toObject(lines, sensitive) {
  const headers = { __proto__: null };
  for (let index = 0; index < lines.length; index += 2) {
    const name = lines[index];
    const value = name === ":status" ? lines[index + 1] | 0 : lines[index + 1];
    const present = headers[name];
    if (present === undefined) {
      headers[name] = name === "set-cookie" ? [value] : value;
    } else if (name === "set-cookie") {
      present.push(value);
    } else if (!SINGLE.has(name)) {
      headers[name] = name === "cookie" ? `${present}; ${value}` : `${present}, ${value}`;
    }
  }
  headers[sensitiveHeaders] = sensitive === undefined ? [] : toLines(sensitive);
  return headers;
}

module.exports = { KINDS, PSEUDO, sensitiveHeaders, sensitiveText, toLines, toObject, toText };
