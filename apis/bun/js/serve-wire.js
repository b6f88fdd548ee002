"use strict";
// The two arrays that Bun.serve shares with native code, and how requests and replies lie in
// them. `inbox` holds arrivals (actors/net/src/arrival.rs), `outbox` collects reply records
// (actors/net/src/record.rs) until the turn ends or the array is full.

const { Headers, createHeaders } = require("web/headers");

const ARRIVAL_WORDS = 24;
const HEADER_BYTES = 32;
const KIND = {
  whole: 0, large: 1, streamStart: 2, streamChunk: 3, streamLarge: 4, streamEnd: 5,
  streamFail: 6, streamSized: 7,
};
const METHODS = [
  "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
];
// Strings up to this length are written byte by byte from JavaScript; crossing into native code
// costs about as much as this many characters.
const INLINE_TEXT_MAX = 512;
const INLINE_BYTES_MAX = 16384;

let inboxWords = null;
let outboxWords = null;
let outboxBytes = null;
let outboxSize = 0;
// Word 0 of the outbox tells native code how many bytes are filled.
let outboxEnd = 4;

function attach(dispatch) {
  if (inboxWords !== null) return;
  const [inbox, outbox] = ops.serveAttach(dispatch);
  inboxWords = new Uint32Array(inbox);
  outboxWords = new Uint32Array(outbox);
  outboxBytes = new Uint8Array(outbox);
  outboxSize = outbox.byteLength;
  outboxWords[0] = 4;
}

// Native code has carried out what the outbox held.
function flushed() {
  outboxEnd = outboxWords[0];
}

// Makes room for a record of at most `bytes`; the offset is a multiple of four.
function reserve(bytes) {
  outboxEnd = outboxWords[0];
  if (outboxEnd + bytes > outboxSize) {
    ops.serveFlush();
    outboxEnd = outboxWords[0];
  }
  return outboxEnd;
}

// Ends the record at `start`: everything up to `end` belongs to it.
function commit(start, end, incoming, status, fieldsLength, reasonLength, body) {
  const padded = (end + 3) & ~3;
  const word = start >> 2;
  outboxWords[word] = padded - start;
  outboxWords[word + 1] = incoming.exchange;
  outboxWords[word + 2] = incoming.generation;
  outboxWords[word + 3] = status;
  outboxWords[word + 4] = fieldsLength;
  outboxWords[word + 5] = reasonLength;
  outboxWords[word + 6] = body;
  outboxWords[word + 7] = incoming.shard;
  outboxWords[0] = padded;
  outboxEnd = padded;
}

// Writes ASCII text; -1 where a character is not ASCII.
function writeAscii(text, at) {
  const bytes = outboxBytes;
  const length = text.length;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code > 127) return -1;
    bytes[at + index] = code;
  }
  return at + length;
}

function writeLatin1(text, at) {
  const bytes = outboxBytes;
  const length = text.length;
  for (let index = 0; index < length; index++) bytes[at + index] = text.charCodeAt(index);
  return at + length;
}

function fieldsSize(entries) {
  let size = 0;
  for (let index = 0; index < entries.length; index += 2) {
    size += 6 + entries[index].length + entries[index + 1].length;
  }
  return size;
}

// A field: name length (16 bits), value length (32 bits), both little-endian, name, value.
function writeFields(entries, at) {
  const bytes = outboxBytes;
  for (let index = 0; index < entries.length; index += 2) {
    const name = entries[index];
    const value = entries[index + 1];
    bytes[at] = name.length;
    bytes[at + 1] = name.length >> 8;
    bytes[at + 2] = value.length;
    bytes[at + 3] = value.length >> 8;
    bytes[at + 4] = value.length >> 16;
    bytes[at + 5] = value.length >> 24;
    at = writeLatin1(value, writeLatin1(name, at + 6));
  }
  return at;
}

const NO_FIELDS = [];

// A whole reply or the head of a streamed one. `body` is a string, a Uint8Array, null, or for
// the streamed kinds the length that is known.
function writeReply(incoming, kind, status, contentType, entries, reason, body) {
  const fieldBytes = entries === NO_FIELDS ? 0 : fieldsSize(entries);
  const overhead = HEADER_BYTES + fieldBytes + reason.length + 4;
  if (overhead + INLINE_BYTES_MAX > outboxSize - 4) {
    throw new RangeError("Response headers are too large");
  }
  let bodyWord = 0;
  let inline = 0;
  if (kind === KIND.streamSized) {
    bodyWord = body;
  } else if (typeof body === "string") {
    if (body.length > INLINE_TEXT_MAX) {
      bodyWord = ops.serveLarge(body);
      kind = KIND.large;
    } else {
      inline = body.length;
    }
  } else if (body !== null) {
    if (body.length > INLINE_BYTES_MAX) {
      bodyWord = ops.serveLarge(body);
      kind = KIND.large;
    } else {
      inline = body.length;
    }
  }
  const start = reserve(overhead + inline);
  let at = start + HEADER_BYTES;
  if (fieldBytes !== 0) at = writeFields(entries, at);
  if (reason.length !== 0) at = writeLatin1(reason, at);
  if (kind === KIND.whole && inline !== 0) {
    if (typeof body === "string") {
      const end = writeAscii(body, at);
      if (end < 0) {
        bodyWord = ops.serveLarge(body);
        kind = KIND.large;
      } else {
        bodyWord = inline;
        at = end;
      }
    } else {
      outboxBytes.set(body, at);
      bodyWord = inline;
      at += inline;
    }
  }
  const packed = status | (kind << 16) | (contentType << 24);
  commit(start, at, incoming, packed, fieldBytes, reason.length, bodyWord);
}

function writeChunk(incoming, chunk) {
  if (chunk.length > INLINE_BYTES_MAX) {
    const large = ops.serveLarge(chunk);
    const start = reserve(HEADER_BYTES);
    commit(start, start + HEADER_BYTES, incoming, KIND.streamLarge << 16, 0, 0, large);
    return;
  }
  const start = reserve(HEADER_BYTES + chunk.length + 4);
  outboxBytes.set(chunk, start + HEADER_BYTES);
  const end = start + HEADER_BYTES + chunk.length;
  commit(start, end, incoming, KIND.streamChunk << 16, 0, 0, chunk.length);
}

function writeEnd(incoming, failed) {
  const start = reserve(HEADER_BYTES);
  const kind = failed ? KIND.streamFail : KIND.streamEnd;
  commit(start, start + HEADER_BYTES, incoming, kind << 16, 0, 0, 0);
}

// Path characters that a URL parser leaves as they are; "/." may be a dot segment.
const PLAIN_PATH = /^\/(?:[\w\-~!$&()*+,;=:@%/?]|(?<!\/)\.(?!\/|$))*$/;

let cachedHost = "";
let cachedScheme = "";
let cachedOrigin = "";

// Loaded when first needed: a server whose paths are plain never parses a URL.
const parseUrl = (text) => require("web/url").URL.parse(text);

function originOf(scheme, host) {
  if (host === cachedHost && scheme === cachedScheme) return cachedOrigin;
  const parsed = parseUrl(scheme + host);
  const origin = parsed === null ? scheme + host : parsed.origin;
  cachedHost = host;
  cachedScheme = scheme;
  cachedOrigin = origin;
  return origin;
}

function urlOf(scheme, host, path) {
  if (host === "") return path;
  const origin = originOf(scheme, host);
  if (PLAIN_PATH.test(path)) return origin + path;
  const url = origin + path;
  const parsed = parseUrl(url);
  return parsed === null ? url : parsed.href;
}

// Name and value pairs of a head's lines, which native code has already checked.
function headersOf(text, lineEnd) {
  const flat = [];
  let at = lineEnd + 2;
  for (;;) {
    const end = text.indexOf("\r\n", at);
    if (end <= at) break;
    const colon = text.indexOf(":", at);
    flat.push(text.slice(at, colon), text.slice(colon + 1, end).trim());
    at = end + 2;
  }
  return flat.length === 0 ? new Headers() : createHeaders(flat);
}

module.exports = {
  ARRIVAL_WORDS, KIND, METHODS, NO_FIELDS, attach, flushed, headersOf, urlOf, writeChunk,
  writeEnd, writeReply, words: () => inboxWords,
};
