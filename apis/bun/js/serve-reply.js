"use strict";
// From a handler's result to reply records: whole replies, streams with credit, files, errors.

const { Response, statusOf, statusTextOf, headersOrNull, bodySourceOf, markBodyUsed } =
  require("web/response");
const { rawEntries } = require("web/headers");
const { KIND, NO_FIELDS, writeChunk, writeEnd, writeReply } = require("bun/serve-wire");

// Content types a record names by number (actors/net/src/record.rs).
const TYPE_NONE = 0;
const TYPE_TEXT = 1;
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
  const headers = headersOrNull(response);
  const status = statusOf(response);
  if (typeof body === "string") {
    markBodyUsed(response);
    if (!finish(incoming)) return;
    const reason = statusTextOf(response);
    if (headers === null) {
      writeReply(incoming, KIND.whole, status, TYPE_TEXT, NO_FIELDS, reason, body);
    } else {
      writeReply(incoming, KIND.whole, status, TYPE_NONE, rawEntries(headers), reason, body);
    }
    return;
  }
  const entries = headers === null ? NO_FIELDS : rawEntries(headers);
  replyOther(incoming, response, status, entries, body);
}

function replyOther(incoming, response, status, entries, body) {
  const reason = statusTextOf(response);
  if (body === null) {
    if (finish(incoming)) {
      writeReply(incoming, KIND.whole, status, TYPE_NONE, entries, reason, null);
    }
    return;
  }
  if (body instanceof Uint8Array) {
    markBodyUsed(response);
    if (finish(incoming)) {
      writeReply(incoming, KIND.whole, status, TYPE_NONE, entries, reason, body);
    }
    return;
  }
  const blob = require("web/blob");
  if (body instanceof blob.Blob) {
    markBodyUsed(response);
    replyBlob(incoming, status, entries, reason, body, blob);
    return;
  }
  // A stream: it is taken over whole, so that nobody else reads from it.
  const stream = response.body;
  markBodyUsed(response);
  if (incoming.replied) return;
  writeReply(incoming, KIND.streamStart, status, TYPE_NONE, entries, reason, null);
  pump(incoming, stream.getReader());
}

function withType(entries, type) {
  if (type === "") return entries;
  for (let index = 0; index < entries.length; index += 2) {
    if (entries[index].toLowerCase() === "content-type") return entries;
  }
  return entries.concat("Content-Type", type);
}

function replyBlob(incoming, status, entries, reason, body, blob) {
  entries = withType(entries, body.type);
  const bytes = blob.bytesOf(body);
  if (bytes !== null) {
    if (finish(incoming)) {
      writeReply(incoming, KIND.whole, status, TYPE_NONE, entries, reason, bytes);
    }
    return;
  }
  replyFile(incoming, status, entries, reason, body).catch((error) => {
    replyError(incoming, error);
  });
}

// A BunFile: its length and date become headers, its bytes are read as the client takes them.
async function replyFile(incoming, status, entries, reason, file) {
  const size = await fileSize(file);
  if (incoming.replied) return;
  if (size === null) {
    finish(incoming);
    writeReply(incoming, KIND.whole, 404, TYPE_NONE, NO_FIELDS, "", null);
    return;
  }
  if (status === 200 && size.modifiedMs > 0 && file.size === size.bytes) {
    entries = entries.concat("last-modified", new Date(size.modifiedMs).toUTCString());
  }
  const length = Math.min(size.bytes, file.size);
  if (length <= FILE_CHUNK) {
    const bytes = await file.bytes();
    if (finish(incoming)) {
      writeReply(incoming, KIND.whole, status, TYPE_NONE, entries, reason, bytes);
    }
    return;
  }
  if (length > 0xffffffff) {
    writeReply(incoming, KIND.streamStart, status, TYPE_NONE, entries, reason, null);
  } else {
    writeReply(incoming, KIND.streamSized, status, TYPE_NONE, entries, reason, length);
  }
  pump(incoming, file.stream().getReader());
}

async function fileSize(file) {
  try {
    const status = await file.stat();
    return { bytes: status.size, modifiedMs: Number(status.mtimeMs) };
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
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
        outstanding -= await ops.serve_drained(
          incoming.shard, incoming.exchange, incoming.generation);
        if (incoming.aborted) return;
      }
    }
    if (finish(incoming)) writeEnd(incoming, false);
  } catch (error) {
    if (finish(incoming)) writeEnd(incoming, true);
    report(error);
  } finally {
    ops.serve_forget(incoming.shard, incoming.exchange, incoming.generation);
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
  return typeof value === "string" ? value : require("bun/inspect").inspect(value);
}

// Prints an error, or a line, as uncaught ones are printed; never throws.
function report(error) {
  try {
    if (typeof error === "string") ops.serve_log(error);
    else ops.serve_log(require("bun/inspect").formatError(error));
  } catch {
    ops.serve_log("error: a request handler failed with a value that cannot be printed");
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
