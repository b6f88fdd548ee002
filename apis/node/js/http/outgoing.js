// OutgoingMessage: a message being written. Its header lines are kept until the first byte of
// content, or the end, says how it is framed; what is written before it has a socket waits.
//
// `_header` is the text of the head once it is made, and `_send` puts it before the first piece.
"use strict";

const { Stream } = require("node/stream/legacy");
const { getDefaultHighWaterMark } = require("node/stream/high-water-mark");
const common = require("node/http/common");
const codes = require("node/error-codes");
const errors = require("node/errors");
const { utcDate } = require("node/http/date");
const writing = require("node/http/outgoing-write");
const {
  BODY_WRITES, BYTES, CHUNKS, CHUNKS_LENGTH, CORKED, ERRORED, FINISHED, HIGH_WATER_MARK,
  NEEDS_DRAIN, OUT_HEADERS, SOCKET, UNIQUE_HEADERS,
} = writing.symbols;
const { Array, Boolean, Object, Set } = globalThis;
const { validateHeaderName, validateHeaderValue, _checkInvalidHeaderChar: isInvalid } = common;

const CRLF = "\r\n";

function nothing() {}

function OutgoingMessage(options) {
  Stream.call(this);
  this.outputData = [];
  this.outputSize = 0;
  this.writable = true;
  this.destroyed = false;
  this._last = false;
  this.chunkedEncoding = false;
  this.shouldKeepAlive = true;
  this.maxRequestsOnConnectionReached = false;
  this._defaultKeepAlive = true;
  this.useChunkedEncodingByDefault = true;
  this.sendDate = false;
  this._removedConnection = false;
  this._removedContLen = false;
  this._removedTE = false;
  this.strictContentLength = false;
  this[BYTES] = 0;
  this._contentLength = null;
  this._hasBody = true;
  this._trailer = "";
  this[NEEDS_DRAIN] = false;
  this.finished = false;
  this._headerSent = false;
  this[CORKED] = 0;
  this[CHUNKS] = null;
  this[CHUNKS_LENGTH] = 0;
  this._closed = false;
  this[SOCKET] = null;
  this._header = null;
  this[OUT_HEADERS] = null;
  this._keepAliveTimeout = 0;
  this._onPendingData = nothing;
  this[ERRORED] = null;
  this[HIGH_WATER_MARK] = options?.highWaterMark ?? getDefaultHighWaterMark();
  this[BODY_WRITES] = options?.rejectNonStandardBodyWrites ?? false;
  this[UNIQUE_HEADERS] = null;
  this[FINISHED] = undefined;
}
Object.setPrototypeOf(OutgoingMessage.prototype, Stream.prototype);
Object.setPrototypeOf(OutgoingMessage, Stream);

// ---- The head --------------------------------------------------------------------------------

/** What the lines of a head say of its framing. */
class HeadState {
  constructor(firstLine) {
    this.header = firstLine;
    this.connection = false;
    this.length = false;
    this.coding = false;
    this.date = false;
    this.expect = false;
    this.trailer = false;
    this.keepAlive = false;
  }
}

const CLOSES = /(?:^|\W)close(?:$|\W)/i;

function note(message, state, name, value) {
  switch (name.length) {
    case 4: if (name.toLowerCase() === "date") state.date = true; break;
    case 6: if (name.toLowerCase() === "expect") state.expect = true; break;
    case 7: if (name.toLowerCase() === "trailer") state.trailer = true; break;
    case 10:
      switch (name.toLowerCase()) {
        case "connection":
          state.connection = true;
          message._removedConnection = false;
          if (CLOSES.test(value)) message._last = true;
          else message.shouldKeepAlive = true;
          break;
        case "keep-alive": message._defaultKeepAlive = false; break;
      }
      break;
    case 14:
      if (name.toLowerCase() === "content-length") {
        state.length = true;
        message._contentLength = +value;
        message._removedContLen = false;
      }
      break;
    case 17:
      if (name.toLowerCase() === "transfer-encoding") {
        state.coding = true;
        message._removedTE = false;
        if (common.chunkExpression.test(value)) message.chunkedEncoding = true;
      }
      break;
  }
}

function storeLine(message, state, name, value, validates) {
  if (validates) validateHeaderValue(name, value);
  state.header += `${name}: ${value}${CRLF}`;
  note(message, state, name, value);
}

const SPLIT_ALWAYS = new Set(["set-cookie"]);

function storeField(message, state, name, value, validates) {
  if (validates) validateHeaderName(name);
  if (!Array.isArray(value)) {
    storeLine(message, state, name, value, validates);
    return;
  }
  const isUnique = message[UNIQUE_HEADERS]?.has(name.toLowerCase());
  const splits = (value.length < 2 || !isCookie(name)) && !isUnique;
  if (splits) {
    for (const each of value) storeLine(message, state, name, each, validates);
  } else {
    storeLine(message, state, name, value.join("; "), validates);
  }
}

function isCookie(name) {
  return name.length === 6 && name.toLowerCase() === "cookie";
}

function storeFields(message, state, headers) {
  if (!headers) return;
  if (headers === message[OUT_HEADERS]) {
    for (const key in headers) {
      const entry = headers[key];
      storeField(message, state, entry[0], entry[1], false);
    }
  } else if (Array.isArray(headers)) {
    storeList(message, state, headers);
  } else {
    for (const key in headers) {
      if (Object.hasOwn(headers, key)) storeField(message, state, key, headers[key], true);
    }
  }
}

function storeList(message, state, headers) {
  if (headers.length > 0 && Array.isArray(headers[0])) {
    for (const [name, value] of headers) storeField(message, state, name, value, true);
    return;
  }
  if (headers.length % 2 !== 0) throw errors.ERR_INVALID_ARG_VALUE("headers", headers);
  for (let index = 0; index < headers.length; index += 2) {
    storeField(message, state, headers[index], headers[index + 1], true);
  }
}

// Whether another message may follow, and what the Connection field says of it.
function storeConnection(message, state) {
  if (message._removedConnection) {
    message._last = !message.shouldKeepAlive;
    return;
  }
  if (state.connection) return;
  const isFramed = state.length || message.useChunkedEncodingByDefault || message.agent;
  if (message.shouldKeepAlive && isFramed) {
    state.header += "Connection: keep-alive\r\n";
    if (message._keepAliveTimeout && message._defaultKeepAlive) {
      const seconds = (message._keepAliveTimeout / 1000) | 0;
      const { _maxRequestsPerSocket: max } = message;
      const most = ~~max > 0 ? `, max=${max}` : "";
      state.header += `Keep-Alive: timeout=${seconds}${most}${CRLF}`;
    }
  } else {
    message._last = true;
    state.header += "Connection: close\r\n";
  }
}

function storeFraming(message, state) {
  if (state.length || state.coding) return;
  if (!message._hasBody) {
    message.chunkedEncoding = false;
  } else if (!message.useChunkedEncodingByDefault) {
    message._last = true;
  } else if (!state.trailer && !message._removedContLen &&
      typeof message._contentLength === "number") {
    state.header += `Content-Length: ${message._contentLength}${CRLF}`;
  } else if (!message._removedTE) {
    state.header += "Transfer-Encoding: chunked\r\n";
    message.chunkedEncoding = true;
  } else {
    // With nothing to tell its end but the end of the connection.
    message._last = true;
  }
}

function storeHeader(message, firstLine, headers) {
  const state = new HeadState(firstLine);
  storeFields(message, state, headers);
  if (message.sendDate && !state.date) state.header += `Date: ${utcDate()}${CRLF}`;
  // RFC 9112 section 6.3: such an answer has no content, whatever its fields say.
  const isBare = message.statusCode === 204 || message.statusCode === 304;
  if (message.chunkedEncoding && isBare) {
    message.chunkedEncoding = false;
    message.shouldKeepAlive = false;
  }
  storeConnection(message, state);
  storeFraming(message, state);
  if (message.chunkedEncoding !== true && state.trailer) {
    throw codes.ERR_HTTP_TRAILER_INVALID();
  }
  message._header = state.header + CRLF;
  message._headerSent = false;
  if (state.expect) message._send("");
}

// ---- Fields ----------------------------------------------------------------------------------

function checkNotSent(message, action) {
  if (message._header) throw codes.ERR_HTTP_HEADERS_SENT(action);
}

function fieldsOf(message) {
  return (message[OUT_HEADERS] ??= { __proto__: null });
}

function parseUniqueHeadersOption(headers) {
  if (!Array.isArray(headers)) return null;
  const unique = new Set();
  for (const name of headers) unique.add(name.toLowerCase());
  return unique;
}

const fieldMethods = {
  setHeader(name, value) {
    checkNotSent(this, "set");
    validateHeaderName(name);
    validateHeaderValue(name, value);
    fieldsOf(this)[name.toLowerCase()] = [name, value];
    return this;
  },
  setHeaders(headers) {
    checkNotSent(this, "set");
    const isMap = headers && !Array.isArray(headers) && typeof headers.keys === "function" &&
      typeof headers.get === "function";
    if (!isMap) throw codes.ERR_INVALID_ARG_TYPE("headers", ["Headers", "Map"], headers);
    const cookies = [];
    for (const [name, value] of headers) {
      if (!SPLIT_ALWAYS.has(name)) this.setHeader(name, value);
      else if (Array.isArray(value)) cookies.push(...value);
      else cookies.push(value);
    }
    if (cookies.length > 0) this.setHeader("set-cookie", cookies);
    return this;
  },
  appendHeader(name, value) {
    checkNotSent(this, "append");
    validateHeaderName(name);
    validateHeaderValue(name, value);
    const fields = fieldsOf(this);
    const key = name.toLowerCase();
    const entry = fields[key];
    if (entry === undefined) {
      fields[key] = [name, value];
      return this;
    }
    const values = Array.isArray(entry[1]) ? entry[1].slice() : [entry[1]];
    if (Array.isArray(value)) values.push(...value);
    else values.push(value);
    fields[key] = [entry[0], values];
    return this;
  },
  getHeader(name) {
    errors.validateString(name, "name");
    const entry = this[OUT_HEADERS]?.[name.toLowerCase()];
    return entry === undefined ? undefined : entry[1];
  },
  getHeaderNames() {
    return this[OUT_HEADERS] === null ? [] : Object.keys(this[OUT_HEADERS]);
  },
  getRawHeaderNames() {
    if (this[OUT_HEADERS] === null) return [];
    return Object.values(this[OUT_HEADERS]).map((entry) => entry[0]);
  },
  getHeaders() {
    const result = { __proto__: null };
    const fields = this[OUT_HEADERS];
    if (fields !== null) for (const key of Object.keys(fields)) result[key] = fields[key][1];
    return result;
  },
  hasHeader(name) {
    errors.validateString(name, "name");
    return this[OUT_HEADERS] !== null && this[OUT_HEADERS][name.toLowerCase()] !== undefined;
  },
  removeHeader(name) {
    errors.validateString(name, "name");
    checkNotSent(this, "remove");
    const key = name.toLowerCase();
    switch (key) {
      case "connection": this._removedConnection = true; break;
      case "content-length": this._removedContLen = true; break;
      case "transfer-encoding": this._removedTE = true; break;
      case "date": this.sendDate = false; break;
    }
    if (this[OUT_HEADERS] !== null) delete this[OUT_HEADERS][key];
  },
  _renderHeaders() {
    if (this._header) throw codes.ERR_HTTP_HEADERS_SENT("render");
    const result = {};
    const fields = this[OUT_HEADERS];
    if (fields !== null) {
      for (const key of Object.keys(fields)) result[fields[key][0]] = fields[key][1];
    }
    return result;
  },
  _storeHeader(firstLine, headers) { storeHeader(this, firstLine, headers); },
  _implicitHeader() { throw codes.ERR_METHOD_NOT_IMPLEMENTED("_implicitHeader()"); },
  addTrailers(headers) {
    this._trailer = "";
    const isList = Array.isArray(headers);
    for (const key of Object.keys(headers)) {
      const name = isList ? headers[key][0] : key;
      const value = isList ? headers[key][1] : headers[key];
      validateHeaderName(name, "Trailer name");
      const isUnique = this[UNIQUE_HEADERS]?.has(name.toLowerCase());
      const isSplit = Array.isArray(value) && value.length > 1 && !isUnique;
      const values = isSplit ? value : [Array.isArray(value) ? value.join("; ") : value];
      for (const each of values) {
        if (isInvalid(each)) throw codes.ERR_INVALID_CHAR("trailer content", name);
        this._trailer += `${name}: ${each}${CRLF}`;
      }
    }
  },
};

const accessors = {
  errored: { get() { return this[ERRORED]; } },
  closed: { get() { return this._closed; } },
  writableFinished: {
    get() {
      const { [SOCKET]: socket } = this;
      return this.finished && this.outputSize === 0 && (!socket || socket.writableLength === 0);
    },
  },
  writableObjectMode: { get() { return false; } },
  writableLength: {
    get() { return this.outputSize + this[CHUNKS_LENGTH] + (this[SOCKET]?.writableLength ?? 0); },
  },
  writableHighWaterMark: {
    get() { return this[SOCKET]?.writableHighWaterMark ?? this[HIGH_WATER_MARK]; },
  },
  writableCorked: { get() { return this[CORKED]; } },
  connection: {
    get() { return this[SOCKET]; },
    set(value) { this.socket = value; },
  },
  socket: {
    get() { return this[SOCKET]; },
    set(value) {
      for (let count = 0; count < this[CORKED]; count++) {
        value?.cork();
        this[SOCKET]?.uncork();
      }
      this[SOCKET] = value;
    },
  },
  headersSent: { configurable: true, get() { return Boolean(this._header); } },
  writableEnded: { get() { return this.finished; } },
  writableNeedDrain: {
    get() { return !this.destroyed && !this.finished && this[NEEDS_DRAIN]; },
  },
  headers: { get() { return this.getHeaders(); } },
};

for (const [name, accessor] of Object.entries(accessors)) {
  Object.defineProperty(OutgoingMessage.prototype, name, {
    ...accessor, enumerable: true, configurable: true,
  });
}
const allMethods = { ...fieldMethods, ...writing.methods };
for (const name of globalThis.Reflect.ownKeys(allMethods)) {
  Object.defineProperty(OutgoingMessage.prototype, name, {
    value: allMethods[name], writable: true, enumerable: true, configurable: true,
  });
}

// ---- What is no longer to be used ------------------------------------------------------------

function deprecated(name, get, set) {
  const { deprecate } = require("node/util");
  const words = [`OutgoingMessage.prototype.${name} is deprecated`, "DEP0066"];
  Object.defineProperty(OutgoingMessage.prototype, name, {
    get: deprecate(get, ...words), set: deprecate(set, ...words), enumerable: true,
    configurable: true,
  });
}

deprecated("_headers", function _headers() { return this.getHeaders(); }, function set(value) {
  if (value === null || value === undefined) {
    this[OUT_HEADERS] = null;
  } else if (typeof value === "object") {
    const fields = (this[OUT_HEADERS] = Object.create(null));
    for (const name of Object.keys(value)) fields[name.toLowerCase()] = [name, value[name]];
  }
});

deprecated("_headerNames", function _headerNames() {
  const fields = this[OUT_HEADERS];
  if (fields === null) return null;
  const names = Object.create(null);
  for (const key of Object.keys(fields)) names[key] = fields[key][0];
  return names;
}, function set(value) {
  const fields = this[OUT_HEADERS];
  if (typeof value !== "object" || value === null || !fields) return;
  for (const key of Object.keys(value)) {
    const entry = fields[key];
    if (entry) entry[0] = value[key];
  }
});

module.exports = {
  kHighWaterMark: HIGH_WATER_MARK,
  kUniqueHeaders: UNIQUE_HEADERS,
  kOutHeaders: OUT_HEADERS,
  kErrored: ERRORED,
  kSocket: SOCKET,
  kRejectNonStandardBodyWrites: BODY_WRITES,
  parseUniqueHeadersOption,
  validateHeaderName,
  validateHeaderValue,
  OutgoingMessage,
};
