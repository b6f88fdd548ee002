// HTTPParser: a connection's messages, taken apart natively and handed to call-backs under
// numbers, as Node's binding does. Whoever handles heads in a hurry sets `onHead` instead of
// [kOnHeadersComplete] and gets the text of a head undivided.
//
// A call-back may close or reuse its parser: `epoch` tells.
"use strict";

const { parseError } = require("node/http/errors");
const { Array, Date, Int32Array, Object } = globalThis;
const { now } = Date;

const words = new Int32Array(ops.httpAttach());
const methods = ops.httpMethods();

// What a step finds, in the numbers of apis/node/src/http.rs.
const NEED = 0;
const HEAD = 1;
const CONTENT = 2;
const COMPLETE = 3;
const UPGRADE = 4;

// Bits of the third word.
const KEEPS_ALIVE = 1;
const ASKS_UPGRADE = 2;
const IS_COMPLETE = 4;
const IS_WITHIN = 8;
const HAS_HOST = 16;
const HAS_EXPECT = 32;

const CLOSED = -1;
const HEAD_BYTES_MAX = 16384;

const BEGIN = 0;
const HEADERS = 1;
const HEADERS_COMPLETE = 2;
const BODY = 3;
const MESSAGE_COMPLETE = 4;

const CONSTANTS = {
  REQUEST: 1,
  RESPONSE: 2,
  kOnMessageBegin: BEGIN,
  kOnHeaders: HEADERS,
  kOnHeadersComplete: HEADERS_COMPLETE,
  kOnBody: BODY,
  kOnMessageComplete: MESSAGE_COMPLETE,
  kOnExecute: 5,
  kOnTimeout: 6,
  kLenientNone: 0,
  kLenientHeaders: 1,
  kLenientChunkedLength: 2,
  kLenientKeepAlive: 4,
  kLenientTransferEncoding: 8,
  kLenientVersion: 16,
  kLenientDataAfterClose: 32,
  kLenientOptionalLFAfterCR: 64,
  kLenientOptionalCRLFAfterChunk: 128,
  kLenientOptionalCRBeforeLF: 256,
  kLenientSpacesAfterChunkSize: 512,
  kLenientHeaderValueRelaxed: 1024,
  kLenientAll: 2047,
};

/** What a head's words say, apart from its text. */
class HeadFacts {
  constructor(text) {
    this.text = text;
    this.keepsAlive = (words[2] & KEEPS_ALIVE) !== 0;
    this.asksUpgrade = (words[2] & ASKS_UPGRADE) !== 0;
    this.isComplete = (words[2] & IS_COMPLETE) !== 0;
    this.hasHost = (words[2] & HAS_HOST) !== 0;
    this.hasExpect = (words[2] & HAS_EXPECT) !== 0;
    this.method = words[3];
    this.major = words[4];
    this.minor = words[5];
    this.status = words[6];
    this.firstLength = words[7];
    this.lines = words[8];
  }

  /** The target or the reason phrase. */
  get first() { return this.text.slice(0, this.firstLength); }
}

/** Names and values of a head's text, taking turns; `from` is where its first part ends. */
function linesOf(text, from) {
  return text.length === from ? [] : text.slice(from + 1).split("\n");
}

class HTTPParser {
  constructor() {
    this.number = CLOSED;
    this.epoch = 0;
    this.isResponse = false;
    this.follows = 0;
    this.bytes = undefined;
    this.startedAt = 0;
    this.headAt = 0;
    this.onHead = headToCallback;
    this.connections = undefined;
  }

  initialize(type, resource, headBytesMax = 0, lenient = 0, connections = undefined) {
    this.close();
    this.isResponse = type === CONSTANTS.RESPONSE;
    const bytesMax = headBytesMax > 0 ? headBytesMax : HEAD_BYTES_MAX;
    this.number = ops.httpOpen(this.isResponse, lenient, bytesMax);
    this.follows = 0;
    this.startedAt = now();
    this.headAt = 0;
    this.connections = connections;
    connections?.add(this);
  }

  close() {
    this.epoch++;
    this.remove();
    if (this.number === CLOSED) return;
    ops.httpClose(this.number);
    this.number = CLOSED;
  }

  free() { this.close(); }

  remove() {
    this.connections?.delete(this);
    this.connections = undefined;
  }

  execute(buffer, offset = 0, length = buffer.length) {
    const isWhole = offset === 0 && length === buffer.length;
    return run(this, isWhole ? buffer : buffer.subarray(offset, offset + length));
  }

  /** The connection has ended: an error where a message has not. */
  finish() {
    const answer = ops.httpFinish(this.number);
    if (typeof answer === "string") return parseError(answer, 0);
    if (answer) this[MESSAGE_COMPLETE]?.();
    return undefined;
  }

  getCurrentBuffer() { return this.bytes; }
  pause() {}
  resume() {}
  consume() {}
  unconsume() {}
  duration() { return this.startedAt === 0 ? 0 : now() - this.startedAt; }
  headersCompleted() { return this.headAt !== 0; }
}
Object.assign(HTTPParser, CONSTANTS);

// Runs through bytes; how many were taken, or the error.
function run(parser, bytes) {
  const { epoch, number } = parser;
  parser.bytes = bytes;
  let at = 0;
  for (;;) {
    const text = ops.httpStep(number, bytes, at, parser.follows);
    const what = words[0];
    const flags = words[2];
    at = words[1];
    if (what === HEAD) {
      parser.follows = parser.onHead(new HeadFacts(text));
      if (parser.epoch !== epoch) return at;
      if ((flags & IS_COMPLETE) !== 0) {
        ended(parser);
        if (parser.epoch !== epoch) return at;
      } else {
        parser.headAt = now();
      }
    } else if (what === CONTENT) {
      parser[BODY]?.(bytes.subarray(words[9], words[10]));
      if (parser.epoch !== epoch) return at;
      if ((flags & IS_COMPLETE) !== 0) {
        ended(parser);
        if (parser.epoch !== epoch) return at;
      }
    } else if (what === COMPLETE) {
      if (text !== undefined) parser[HEADERS]?.(linesOf(text, 0), "");
      ended(parser);
      if (parser.epoch !== epoch) return at;
    } else if (what === NEED) {
      if ((flags & IS_WITHIN) !== 0 && parser.startedAt === 0) parser.startedAt = now();
      return at;
    } else if (what === UPGRADE) {
      return at;
    } else {
      return parseError(text, at);
    }
    if (at === bytes.length && (flags & (IS_COMPLETE | IS_WITHIN)) === IS_COMPLETE) return at;
  }
}

function ended(parser) {
  parser.startedAt = 0;
  parser.headAt = 0;
  parser.follows = 0;
  parser[MESSAGE_COMPLETE]?.();
}

// The call-back of Node's binding: true or one for no content, two for another protocol.
function headToCallback(facts) {
  this[BEGIN]?.();
  const lines = linesOf(facts.text, facts.firstLength);
  const { isResponse } = this;
  const answer = this[HEADERS_COMPLETE]?.(
    facts.major, facts.minor, lines, isResponse ? undefined : facts.method,
    isResponse ? undefined : facts.first, isResponse ? facts.status : undefined,
    isResponse ? facts.first : undefined, facts.asksUpgrade, facts.keepsAlive);
  return answer | 0;
}

/** The parsers of a server's connections, by what they are doing. */
class ConnectionsList {
  constructor() { this.parsers = new globalThis.Set(); }

  add(parser) { this.parsers.add(parser); }
  delete(parser) { this.parsers.delete(parser); }
  all() { return Array.from(this.parsers); }
  active() { return this.all().filter((parser) => parser.startedAt !== 0); }
  idle() { return this.all().filter((parser) => parser.startedAt === 0); }

  /** Takes out, and returns, the parsers whose head or message takes longer than allowed. */
  expired(headersTimeout = 0, requestTimeout = 0) {
    const time = now();
    const late = [];
    for (const parser of this.parsers) {
      const { startedAt, headAt } = parser;
      if (startedAt === 0) continue;
      const age = time - startedAt;
      const isHeadLate = headAt === 0 && headersTimeout > 0 && age >= headersTimeout;
      if (!isHeadLate && !(requestTimeout > 0 && age >= requestTimeout)) continue;
      late.push(parser);
      this.parsers.delete(parser);
    }
    return late;
  }
}

module.exports = { HTTPParser, ConnectionsList, linesOf, methods };
