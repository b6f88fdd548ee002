// _http_common: checks of header names and values, and the parsers connections share.
"use strict";

const { HTTPParser } = require("node/http/binding").httpParser;
const { HTTPParser: Constants, methods } = require("node/http/parser");
const codes = require("node/error-codes");
const { setImmediate } = require("runtime/immediates");
const { Math, Symbol } = globalThis;

const TOKEN = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
const INVALID_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

const INCOMING = Symbol("IncomingMessage");
const SKIP_PENDING = Symbol("SkipPendingData");
const PAIRS_MAX = 2000;

function checkIsHttpToken(value) {
  return TOKEN.test(value);
}

function checkInvalidHeaderChar(value) {
  return INVALID_IN_VALUE.test(value);
}

const validateHeaderName = (name, label) => {
  if (typeof name !== "string" || !name || !TOKEN.test(name)) {
    throw codes.ERR_INVALID_HTTP_TOKEN(label || "Header name", name);
  }
};

const validateHeaderValue = (name, value) => {
  if (value === undefined) throw codes.ERR_HTTP_INVALID_HEADER_VALUE(value, name);
  if (INVALID_IN_VALUE.test(value)) throw codes.ERR_INVALID_CHAR("header content", name);
};

// ---- Parsers ---------------------------------------------------------------------------------

/** Objects kept to be used again, up to a number of them. */
class FreeList {
  constructor(name, max, make) {
    this.name = name;
    this.ctor = make;
    this.max = max;
    this.list = [];
  }

  hasItems() { return this.list.length > 0; }
  alloc() { return this.list.length > 0 ? this.list.pop() : this.ctor(this); }

  free(item) {
    if (this.list.length >= this.max) return false;
    this.list.push(item);
    return true;
  }
}

// A head as the message it begins; what its owner says of it is what follows.
function takeHead(facts) {
  const { socket } = this;
  const server = socket?.server;
  const { IncomingMessage } = require("node/http/incoming");
  const Message = server?.[INCOMING] || IncomingMessage;
  const message = new Message(socket);
  this.incoming = message;
  message.httpVersionMajor = facts.major;
  message.httpVersionMinor = facts.minor;
  message.httpVersion = versionText(facts.major, facts.minor);
  message.joinDuplicateHeaders = server?.joinDuplicateHeaders || this.joinDuplicateHeaders;
  message.upgrade = facts.asksUpgrade;
  if (this.isResponse) {
    message.statusCode = facts.status;
    message.statusMessage = facts.first;
  } else {
    message.url = facts.first;
    message.method = methods[facts.method];
  }
  message._takeHead(facts.text, facts.firstLength, Math.min(facts.lines * 2, this.maxHeaderPairs));
  return this.onIncoming(message, facts.keepsAlive, facts);
}

function versionText(major, minor) {
  if (major === 1) return minor === 1 ? "1.1" : "1.0";
  return `${major}.${minor}`;
}

function takeTrailers(lines) {
  const { incoming } = this;
  if (incoming === null) return;
  incoming.complete = true;
  const count = Math.min(lines.length, this.maxHeaderPairs);
  incoming._addHeaderLines(count === lines.length ? lines : lines.slice(0, count), count);
}

function takeBody(bytes) {
  const { incoming } = this;
  if (incoming === null || incoming._dumped) return;
  if (!incoming.push(bytes)) this.socket?.pause();
}

function takeEnd() {
  const { incoming, socket } = this;
  if (incoming !== null) {
    incoming.complete = true;
    if (!incoming._dumped || !incoming._readableState.ended) incoming.push(null);
  }
  if (socket && !socket._paused && socket.readable) socket.resume();
}

function clean(parser) {
  parser.socket = null;
  parser.incoming = null;
  parser.outgoing = null;
  parser.maxHeaderPairs = PAIRS_MAX;
  parser[Constants.kOnMessageBegin] = null;
  parser[Constants.kOnExecute] = null;
  parser[Constants.kOnTimeout] = null;
  parser._consumed = false;
  parser.onIncoming = null;
  parser.joinDuplicateHeaders = null;
}

const parsers = new FreeList("parsers", 1000, function parsersCb() {
  const parser = new HTTPParser();
  clean(parser);
  parser.onHead = takeHead;
  parser[Constants.kOnHeaders] = takeTrailers;
  parser[Constants.kOnHeadersComplete] = null;
  parser[Constants.kOnBody] = takeBody;
  parser[Constants.kOnMessageComplete] = takeEnd;
  return parser;
});

/** Gives a parser back, and cuts what ties it to a message and a socket. */
function freeParser(parser, message, socket) {
  if (parser) {
    if (parser._consumed) parser.unconsume();
    clean(parser);
    parser.remove();
    if (parsers.free(parser) === false) setImmediate(() => parser.close());
    else parser.free();
  }
  if (message) message.parser = null;
  if (socket) socket.parser = null;
}

function prepareError(error, parser, rawPacket) {
  error.rawPacket = rawPacket || parser.getCurrentBuffer();
  if (typeof error.reason === "string") error.message = `Parse Error: ${error.reason}`;
}

// ---- Leniency --------------------------------------------------------------------------------

const isInsecure = () => globalThis.process.execArgv.includes("--insecure-http-parser");
let hasWarned = false;

function isLenient() {
  const insecure = isInsecure();
  if (insecure && !hasWarned) {
    hasWarned = true;
    globalThis.process.emitWarning("Using insecure HTTP parsing");
  }
  return insecure;
}

/** The rules to relax, from a message's or server's option, else from the command line. */
function calculateLenientFlags(insecure) {
  const all = insecure === undefined ? isLenient() : insecure;
  return all ? Constants.kLenientAll : Constants.kLenientNone;
}

module.exports = {
  validateHeaderName,
  validateHeaderValue,
  _checkIsHttpToken: checkIsHttpToken,
  _checkInvalidHeaderChar: checkInvalidHeaderChar,
  chunkExpression: /(?:^|\W)chunked(?:$|\W)/i,
  continueExpression: /(?:^|\W)100-continue(?:$|\W)/i,
  CRLF: "\r\n",
  freeParser,
  methods,
  parsers,
  kIncomingMessage: INCOMING,
  kSkipPendingData: SKIP_PENDING,
  HTTPParser,
  isLenient,
  calculateLenientFlags,
  prepareError,
  MAX_HEADER_PAIRS: PAIRS_MAX,
};
