// ServerResponse: the answer to a request.
"use strict";

const { OutgoingMessage, kOutHeaders, kRejectNonStandardBodyWrites } =
  require("node/http/outgoing");
const common = require("node/http/common");
const STATUS_CODES = require("node/http/status-codes");
const codes = require("node/error-codes");
const errors = require("node/errors");
const { Array, Object, Symbol } = globalThis;

// Set on sockets whose connection tells their response of the end.
const MANAGED = Symbol("kManaged");

const LINK_FORMAT = /^(?:<[^>\r\n]*>)(?:\s*;\s*[^;"\s]+(?:=(")?[^;"\s]*\1)?)*$/;

function ServerResponse(request, options) {
  OutgoingMessage.call(this, options);
  if (request.method === "HEAD") this._hasBody = false;
  this.req = request;
  this.sendDate = true;
  this._sent100 = false;
  this._expect_continue = false;
  if (request.httpVersionMajor < 1 || request.httpVersionMinor < 1) {
    this.useChunkedEncodingByDefault = common.chunkExpression.test(request.headers.te);
    this.shouldKeepAlive = false;
  }
  this[kRejectNonStandardBodyWrites] = options?.rejectNonStandardBodyWrites ?? false;
}
Object.setPrototypeOf(ServerResponse.prototype, OutgoingMessage.prototype);
Object.setPrototypeOf(ServerResponse, OutgoingMessage);

// The socket's 'close' ends the response it is busy with.
function onSocketClose() {
  const message = this._httpMessage;
  if (message) emitClose(message);
}

/** Emits a message's 'close', once. */
function emitClose(message) {
  if (message._closed) return;
  message.destroyed = true;
  message._closed = true;
  message.emit("close");
}

function checkLink(value) {
  const isValid = typeof value === "string" && LINK_FORMAT.test(value);
  if (isValid) return;
  const reason = 'must be an array or string of format "</styles.css>; rel=preload; as=style"';
  throw errors.ERR_INVALID_ARG_VALUE("hints", value, reason);
}

function linkText(value) {
  if (typeof value === "string") {
    checkLink(value);
    return value;
  }
  if (Array.isArray(value)) {
    for (const each of value) checkLink(each);
    return value.join(", ");
  }
  checkLink(value);
  return "";
}

// ---- The status line and fields of writeHead -------------------------------------------------

// A status must be a number of three digits.
function statusOf(value) {
  const status = value | 0;
  if (status >= 100 && status <= 999) return status;
  throw codes.ERR_HTTP_INVALID_STATUS_CODE(require("node/util").format("%s", value));
}

// Fields given to writeHead come on top of those that were set before.
function merge(response, fields) {
  if (Array.isArray(fields)) {
    const pairs = fields.length > 0 && Array.isArray(fields[0]) ? fields.flat() : fields;
    if (pairs.length % 2 !== 0) throw errors.ERR_INVALID_ARG_VALUE("headers", fields);
    for (let index = 0; index < pairs.length; index += 2) response.removeHeader(pairs[index]);
    for (let index = 0; index < pairs.length; index += 2) {
      if (pairs[index]) response.appendHeader(pairs[index], pairs[index + 1]);
    }
  } else if (fields) {
    for (const name of Object.keys(fields)) if (name) response.setHeader(name, fields[name]);
  }
  return response[kOutHeaders];
}

function writeHead(status, reason, given) {
  if (this._header) throw codes.ERR_HTTP_HEADERS_SENT("write");
  const code = statusOf(status);
  let fields = given;
  if (typeof reason === "string") {
    this.statusMessage = reason;
  } else {
    this.statusMessage ||= STATUS_CODES[code] || "unknown";
    fields ??= reason;
  }
  this.statusCode = code;
  const headers = this[kOutHeaders] === null ? fields : merge(this, fields);
  if (common._checkInvalidHeaderChar(this.statusMessage)) {
    throw codes.ERR_INVALID_CHAR("statusMessage");
  }
  // RFC 9110 section 15: these have no content.
  if (code === 204 || code === 304 || code < 200) this._hasBody = false;
  // A client that waits to be told to go on, and is not, will not send its content.
  if (this._expect_continue && !this._sent100) this.shouldKeepAlive = false;
  this._storeHeader(`HTTP/1.1 ${code} ${this.statusMessage}\r\n`, headers);
  return this;
}

const methods = {
  statusCode: 200,
  statusMessage: undefined,
  _finish() {
    this.finished = true;
    OutgoingMessage.prototype._finish.call(this);
  },
  assignSocket(socket) {
    if (socket._httpMessage) throw codes.ERR_HTTP_SOCKET_ASSIGNED();
    socket._httpMessage = this;
    if (!socket[MANAGED]) socket.on("close", onSocketClose);
    this.socket = socket;
    this.emit("socket", socket);
    this._flush();
  },
  detachSocket(socket) {
    if (socket._httpMessage !== this) return;
    if (!socket[MANAGED]) socket.removeListener("close", onSocketClose);
    socket._httpMessage = null;
    this.socket = null;
  },
  writeContinue(callback) {
    this._writeRaw("HTTP/1.1 100 Continue\r\n\r\n", "latin1", callback);
    this._sent100 = true;
  },
  writeProcessing(callback) {
    this._writeRaw("HTTP/1.1 102 Processing\r\n\r\n", "latin1", callback);
  },
  writeInformation(status, headers, callback) {
    errors.validateInteger(status, "statusCode", 100, 199);
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "unknown"}\r\n`;
    const fields = headers ?? {};
    errors.validateObject(fields, "headers");
    for (const name of Object.keys(fields)) {
      common.validateHeaderName(name);
      common.validateHeaderValue(name, fields[name]);
      head += `${name}: ${fields[name]}\r\n`;
    }
    this._writeRaw(`${head}\r\n`, "latin1", callback);
  },
  writeEarlyHints(hints, callback) {
    errors.validateObject(hints, "hints");
    if (hints.link === null || hints.link === undefined) return;
    const link = linkText(hints.link);
    if (link.length === 0) return;
    common.validateHeaderValue("Link", link);
    let head = `HTTP/1.1 103 Early Hints\r\nLink: ${link}\r\n`;
    for (const name of Object.keys(hints)) {
      if (name === "link") continue;
      common.validateHeaderName(name);
      common.validateHeaderValue(name, hints[name]);
      head += `${name}: ${hints[name]}\r\n`;
    }
    this._writeRaw(`${head}\r\n`, "latin1", callback);
  },
  _implicitHeader() { this.writeHead(this.statusCode); },
  writeHead,
  writeHeader: writeHead,
};

for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(ServerResponse.prototype, name, {
    value, writable: true, enumerable: true, configurable: true,
  });
}

module.exports = { MANAGED, ServerResponse, emitClose, linkText };
