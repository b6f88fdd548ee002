"use strict";
// The simple parts of the Bun object: constants, sleeping, paths and URLs, whole streams.

const { invalidArgument } = require("web/fetch-errors");

const VERSION = "1.4.5";
const REVISION = "a7733435cf40429e3b35c36072769df2052b80f1";

function sleep(duration) {
  const isDate = duration instanceof Date;
  if (!isDate && typeof duration !== "number") {
    throw new TypeError("sleep expects a number (milliseconds)");
  }
  const wait = isDate ? duration.getTime() - Date.now() : duration;
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), Math.max(0, wait));
  });
}

function sleepSync(duration) {
  if (typeof duration !== "number") {
    throw invalidArgument("sleepSync expects a number (milliseconds)");
  }
  if (!(duration >= 0)) {
    throw invalidArgument("argument to sleepSync must not be negative, got " + duration);
  }
  ops.sleepSync(duration);
}

const start = performance.now();
const nanoseconds = () => Math.round((performance.now() - start) * 1e6);

function escapeHTML(value) {
  const text = `${value}`;
  return ops.escapeHtml(text) ?? text;
}
Object.defineProperty(escapeHTML, "length", { value: 2 });

function fileURLToPath(url) {
  return require("node/file-urls").fileURLToPath(url, arguments[1]);
}

function pathToFileURL(path) {
  return require("node/file-urls").pathToFileURL(`${path}`, arguments[1]);
}

function concatArrayBuffers(buffers, limit, asUint8Array) {
  return require("bun/concat-array-buffers").concatArrayBuffers(buffers, limit, asUint8Array);
}

const allocUnsafe = (size) => new Uint8Array(size);

function checkedStream(stream) {
  const streams = require("web/streams");
  if (!streams.isReadableStream(stream)) {
    const message = 'The "stream" argument must be an instance of ReadableStream';
    throw invalidArgument(message);
  }
  if (streams.isReadableLocked(stream)) {
    throw require("web/errors").invalidState("ReadableStream is locked");
  }
  return stream;
}

const bytesOf = (stream) => require("web/streams").readableToBytes(checkedStream(stream));
const textOf = (stream) => require("web/streams").readableToText(checkedStream(stream));

const readableStreamToArray = (stream) => chunksOf(stream);

async function chunksOf(stream) {
  const reader = checkedStream(stream).getReader();
  const chunks = [];
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return chunks;
    chunks.push(value);
  }
}

const readableStreamToBytes = (stream) => bytesOf(stream);
const readableStreamToText = (stream) => textOf(stream);
const readableStreamToArrayBuffer = (stream) =>
  require("web/streams").readableToArrayBuffer(checkedStream(stream));
const readableStreamToJSON = (stream) => textOf(stream).then(require("web/blob").parseJson);
const readableStreamToBlob = (stream) =>
  require("web/streams").readableToBlob(checkedStream(stream));
const { readableStreamToFormData } = {
  readableStreamToFormData(stream) {
    const boundary = arguments[1];
    const { FormData } = require("web/form-data");
    return bytesOf(stream).then((bytes) => FormData.from(bytes, boundary));
  },
};

Object.assign(module.exports, {
  version: VERSION,
  revision: REVISION,
  version_with_sha: `v${VERSION} (${REVISION.slice(0, 9)})`,
  origin: "",
  isMainThread: require("runtime/prelude").loadedModule("runtime/own-thread") === undefined,
  isStandaloneExecutable: false,
  embeddedFiles: [],
  sleep,
  sleepSync,
  nanoseconds,
  escapeHTML,
  fileURLToPath,
  pathToFileURL,
  concatArrayBuffers,
  allocUnsafe,
  readableStreamToArray,
  readableStreamToArrayBuffer,
  readableStreamToBlob,
  readableStreamToBytes,
  readableStreamToFormData,
  readableStreamToJSON,
  readableStreamToText,
});

/// Properties of the process, looked up when read.
const lazily = (name, value) =>
  Object.defineProperty(module.exports, name, { enumerable: true, configurable: true, get: value });
lazily("env", () => process.env);
lazily("argv", () => process.argv);
lazily("cwd", () => process.cwd());
lazily("main", () => process.argv[1] ?? "");
lazily("enableANSIColors", () => Boolean(process.stdout?.isTTY));
