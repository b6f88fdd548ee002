"use strict";
// Bun.write: replaces the content of a file by text, bytes, a Blob, a file, or the body of a
// Response, Request or stream, and answers how many bytes that was. Missing folders are made.
// A file is copied without its bytes entering JavaScript.

const { codedError, invalidArgument, bodyUsed } = require("web/fetch-errors");
const { Blob, isBlob, copyBytes, contentOf } = require("web/blob");
const { FileSource, targetOf, targetOfBlob, externalOf } = require("bun/file");

const FILE_MODE = 0o664;
const NOT_WRITABLE = "Cannot write to a Blob backed by bytes, which are always read-only";
const NO_DATA = "Bun.write(pathOrFdOrBlob, blob) expects a Blob-y thing to write";

function describe(value) {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "function") return `function ${value.name}`;
  if (typeof value === "object") return `an instance of ${value.constructor?.name ?? "Object"}`;
  return `type ${typeof value} (${String(value)})`;
}

function destinationOf(value) {
  if (isBlob(value)) {
    const target = targetOfBlob(value);
    if (target === undefined) throw invalidArgument(NOT_WRITABLE);
    return target;
  }
  const target = targetOf(value);
  if (target !== undefined) return target;
  const expected = 'The "destination" argument must be of type path, file descriptor, or Blob.';
  throw codedError(TypeError, "ERR_INVALID_ARG_TYPE", `${expected} Received ${describe(value)}`);
}

function settingsOf(options) {
  const given = options !== null && typeof options === "object" ? options : {};
  const mode = Number.isInteger(given.mode) ? given.mode : FILE_MODE;
  return { createPath: given.createPath !== false, mode };
}

const writeData = (target, data, { createPath, mode }) =>
  ops.fileWrite(target, data, true, createPath, mode);

async function writeStream(target, stream, { createPath, mode }) {
  const { chunkBytes } = require("web/body");
  const isPath = typeof target === "string";
  const reader = stream.getReader();
  const descriptor = isPath ? await ops.fileOpen(target, true, true, createPath, mode) : target;
  let written = 0;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return written;
      const position = isPath ? written : -1;
      written += await ops.fileWriteSome(descriptor, position, chunkBytes(value));
    }
  } finally {
    if (isPath) await ops.fileClose(descriptor);
  }
}

async function writeBlob(target, blob, settings) {
  const content = contentOf(blob);
  if (content !== null) return writeData(target, content, settings);
  const { source, start, end } = externalOf(blob);
  if (!(source instanceof FileSource)) return writeData(target, await blob.bytes(), settings);
  const { createPath, mode } = settings;
  return ops.fileCopy(source.target, start, end ?? -1, target, true, createPath, mode);
}

async function writeBody(target, owner, body, settings) {
  if (body === undefined) throw bodyUsed();
  if (body === null) return writeData(target, "", settings);
  if (isBlob(body)) return writeBlob(target, body, settings);
  if (typeof body === "string" || body instanceof Uint8Array) {
    await owner.arrayBuffer();
    return writeData(target, body, settings);
  }
  return writeStream(target, owner.body, settings);
}

/// Writes to a path or descriptor.
async function writeTo(target, data, options) {
  const settings = settingsOf(options);
  if (typeof data === "string") return writeData(target, data, settings);
  if (isBlob(data)) return writeBlob(target, data, settings);
  if (typeof data !== "object") return writeData(target, `${data}`, settings);
  const bytes = copyBytes(data);
  if (bytes !== null) return writeData(target, bytes, settings);
  const responses = require("web/response");
  if (responses.isResponse(data)) {
    return writeBody(target, data, responses.bodySourceOf(data), settings);
  }
  const requests = require("web/request");
  if (requests.isRequest(data)) {
    return writeBody(target, data, requests.bodySourceOf(data), settings);
  }
  const { ReadableStream } = require("web/streams");
  if (data instanceof ReadableStream) return writeStream(target, data, settings);
  if (Array.isArray(data)) return writeBlob(target, new Blob(data), settings);
  return writeData(target, `${data}`, settings);
}

/// Throws at once for what can never be written; anything else rejects.
function write(destination, data) {
  const target = destinationOf(destination);
  if (data === null || data === undefined) throw invalidArgument(NO_DATA);
  return writeTo(target, data, arguments[2]);
}
Object.defineProperty(write, "length", { value: 1 });

module.exports = { write, writeTo };
