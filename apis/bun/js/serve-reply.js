"use strict";
// From a handler's result to reply records: whole replies, streams with credit, files, errors.

const {
  Response, statusOf, givenHeaders, bodySourceOf, markBodyUsed, defaultContentType,
} = require("web/response");
const { rawEntries } = require("web/headers");
const { TEXT_PLAIN } = require("web/mime");
const { KIND, NO_FIELDS, writeChunk, writeEnd, writeReply } = require("bun/serve-wire");

// Content types a record names by number (actors/net/src/record.rs).
const TYPE_NONE = 0;
// The status line has the standard phrase, whatever `statusText` says, as in Bun.
const NO_REASON = "";
const TYPE_TEXT = 1;
const TYPE_JSON = 2;
const JSON_TYPE = "application/json;charset=utf-8";
// Bytes of one streamed reply that native code may hold before the producer has to wait.
const STREAM_WINDOW = 256 * 1024;
// Bytes read from a file at a time.
const FILE_CHUNK = 256 * 1024;

const WELCOME = "Welcome to Bun! To get started, return a Response object.";
const WENT_WRONG = "Something went wrong!";

function finish(incoming) {
  if (incoming.replied) return false;
  incoming.replied = true;
  incoming.site.pending--;
  const live = incoming.site.live[incoming.shard];
  if (live[incoming.exchange] === incoming) live[incoming.exchange] = null;
  return true;
}

// Takes what a handler returned or its promise gave.
function reply(incoming, response) {
  if (incoming.replied) return;
  if (!(response instanceof Response)) {
    replyMissing(incoming, response);
    return;
  }
  const body = bodySourceOf(response);
  if (body === undefined) {
    replyError(incoming, bodyUsedError());
    return;
  }
  const headers = givenHeaders(response);
  const status = statusOf(response);
  const own = defaultContentType(response);
  const type = incoming.isHead() && !keepsType(incoming, own) ? null : own;
  let entries = headers === null ? NO_FIELDS : rawEntries(headers);
  if (incoming.cookies !== null) {
    for (const field of incoming.cookies.toSetCookieHeaders()) {
      entries = entries.concat("set-cookie", field);
    }
  }
  const given = entries;
  let typeNumber = TYPE_NONE;
  if (type === TEXT_PLAIN) typeNumber = TYPE_TEXT;
  else if (type === JSON_TYPE) typeNumber = TYPE_JSON;
  else if (type !== null) entries = entries.concat("content-type", type);
  if (typeof body === "string") {
    markBodyUsed(response);
    if (!finish(incoming)) return;
    writeReply(incoming, KIND.whole, status, typeNumber, entries, NO_REASON, body);
    return;
  }
  replyOther(incoming, response, { status, type, typeNumber, given, entries, body });
}

// Of the types that were not given, HEAD is told that of Response.json and those of routes' files.
function keepsType(incoming, type) {
  return type === JSON_TYPE || incoming.routeFacts !== undefined;
}

function replyOther(incoming, response, head) {
  const { status, typeNumber, entries, body } = head;
  const reason = NO_REASON;
  if (body === null || body instanceof Uint8Array) {
    markBodyUsed(response);
    if (finish(incoming)) {
      writeReply(incoming, KIND.whole, status, typeNumber, entries, reason, body);
    }
    return;
  }
  const blob = require("web/blob");
  if (blob.isBlob(body)) {
    markBodyUsed(response);
    head.reason = reason;
    replyBlob(incoming, head, blob.bytesOf(body));
    return;
  }
  // A stream: it is taken over whole, so that nobody else reads from it.
  const reader = require("web/streams").readerOfWhole(response.body);
  writeReply(incoming, KIND.streamStart, status, typeNumber, entries, reason, null);
  pump(incoming, reader);
}

function replyBlob(incoming, head, bytes) {
  if (bytes === null) {
    replyFile(incoming, head).catch((error) => replyError(incoming, error));
  } else if (finish(incoming)) {
    const { status, typeNumber, entries, reason } = head;
    writeReply(incoming, KIND.whole, status, typeNumber, entries, reason, bytes);
  }
}

// A BunFile: its length and, for routes, its date become headers; its bytes are read as the client
// takes them.
async function replyFile(incoming, head) {
  const { reason, body: file } = head;
  const files = require("bun/serve-files");
  const facts = incoming.routeFacts ?? await files.factsOf(file);
  if (incoming.replied) return;
  head.method = incoming.method();
  head.headers = incoming.headers();
  const { status, fields, range, keepsType } = incoming.routeFacts === undefined
    ? files.handlerAnswer(head, file, facts)
    : files.routeAnswer(head, facts);
  const typeNumber = keepsType ? head.typeNumber : TYPE_NONE;
  const entries = (keepsType ? head.entries : head.given).concat(fields);
  const length = range === null ? 0 : range.end - range.start;
  if (length === 0) {
    if (finish(incoming)) {
      writeReply(incoming, KIND.whole, status, typeNumber, entries, reason, null);
    }
    return;
  }
  const part = file.slice(range.start, range.end);
  if (length <= FILE_CHUNK) {
    const bytes = await part.bytes();
    if (finish(incoming)) {
      writeReply(incoming, KIND.whole, status, typeNumber, entries, reason, bytes);
    }
    return;
  }
  const kind = length > 0xffffffff ? KIND.streamStart : KIND.streamSized;
  writeReply(incoming, kind, status, typeNumber, entries, reason, length);
  pump(incoming, part.stream().getReader());
}

// Sends what a reader gives, waiting where the client takes it too slowly.
async function pump(incoming, reader) {
  let outstanding = 0;
  incoming.onAbort = () => {
    reader.cancel(new DOMException("The connection was closed.", "AbortError")).catch(() => {});
  };
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (incoming.aborted) return;
      if (done) break;
      const chunk = chunkBytes(value);
      if (chunk.length === 0) continue;
      writeChunk(incoming, chunk);
      outstanding += chunk.length;
      while (outstanding >= STREAM_WINDOW) {
        outstanding -= await ops.serveDrained(
          incoming.shard, incoming.exchange, incoming.generation);
        if (incoming.aborted) return;
      }
    }
    if (finish(incoming)) writeEnd(incoming, false);
  } catch (error) {
    if (finish(incoming)) writeEnd(incoming, true);
    report(error);
  } finally {
    ops.serveForget(incoming.shard, incoming.exchange, incoming.generation);
  }
}

let encoder = null;

function chunkBytes(value) {
  if (value instanceof Uint8Array) return value;
  if (typeof value === "string") {
    encoder ??= new TextEncoder();
    return encoder.encode(value);
  }
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  throw new TypeError("ReadableStream chunk must be a string or a buffer");
}

function bodyUsedError() {
  const error = new TypeError(
    "Response body already used. A Response body can only be sent once; " +
      "create a new Response for each request.");
  error.code = "ERR_BODY_ALREADY_USED";
  return error;
}

// The handler gave something that is not a Response.
function replyMissing(incoming, value) {
  report(`error: Expected a Response object, but received '${describe(value)}'`);
  if (!finish(incoming)) return;
  if (incoming.site.development) {
    writeReply(incoming, KIND.whole, 200, TYPE_TEXT, NO_FIELDS, "", WELCOME);
  } else {
    writeReply(incoming, KIND.whole, 204, TYPE_NONE, NO_FIELDS, "", null);
  }
}

function describe(value) {
  return require("bun/inspect").inspect(value);
}

// Prints an error, or a line, as uncaught ones are printed; never throws.
function report(error) {
  try {
    if (typeof error === "string") ops.serveLog(error);
    else ops.serveLog(require("bun/inspect").formatError(error));
  } catch {
    ops.serveLog("error: a request handler failed with a value that cannot be printed");
  }
}

// A handler threw or rejected: the site's error handler decides, else a 500.
function replyError(incoming, error) {
  const { site } = incoming;
  if (incoming.replied) return;
  if (site.error === null || incoming.failing) {
    replyFailure(incoming, error);
    return;
  }
  incoming.failing = true;
  let result;
  try {
    result = site.error.call(site.server, error);
  } catch (again) {
    replyFailure(incoming, again, error);
    return;
  }
  if (result instanceof Promise) {
    result.then(
      (response) => replyFromErrorHandler(incoming, response, error),
      (again) => replyFailure(incoming, again, error),
    );
    return;
  }
  replyFromErrorHandler(incoming, result, error);
}

function replyFromErrorHandler(incoming, response, error) {
  if (response instanceof Response) reply(incoming, response);
  else replyFailure(incoming, error);
}

function replyFailure(incoming, error, earlier) {
  report(error);
  if (earlier !== undefined) report(earlier);
  if (!finish(incoming)) return;
  if (incoming.site.development) {
    report(`${incoming.method()} - ${incoming.path()} failed`);
    const fields = ["Content-Type", "text/html;charset=utf-8"];
    writeReply(incoming, KIND.whole, 500, TYPE_NONE, fields, "", errorPage(error));
  } else {
    const fields = ["content-type", "text/plain"];
    writeReply(incoming, KIND.whole, 500, TYPE_NONE, fields, "", WENT_WRONG);
  }
}

const HTML_ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function errorPage(error) {
  const escape = (text) => text.replace(/[&<>"]/g, (character) => HTML_ESCAPES[character]);
  let text;
  try {
    text = require("bun/inspect").inspect(error);
  } catch {
    text = "Error";
  }
  return '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8" />' +
    "<title>Internal Server Error</title></head>\n" +
    `<body><h1>Internal Server Error</h1><pre>${escape(text)}</pre></body>\n</html>\n`;
}

module.exports = { reply, replyError, finish, report };
