"use strict";
// Bun.file: a Blob over a path or descriptor, read when asked. Bun.stdin, stdout and stderr.
// Invariant: a source keeps nothing of the file but its name; size and times are asked for anew.
// Fails with the system's error: code, errno, syscall, path.

const { createBlob, isBlob, externalOf } = require("web/blob");
const { codedError, invalidArgument } = require("web/fetch-errors");
const { OCTET_STREAM, normalizeType, typeByPath } = require("web/mime");

const DESCRIPTOR_MAX = 2147483647;
// Bytes a stream of a file reads at a time.
const STREAM_CHUNK = 256 * 1024;
// What a file that does not exist reports as its time.
const NO_TIME = 4503599627370495;

const rangeEnd = (end) => end === undefined ? -1 : end;

class FileSource {
  constructor(target) {
    // A string (a path) or a number (a descriptor).
    this.target = target;
  }

  get path() {
    return typeof this.target === "string" ? this.target : undefined;
  }

  size() {
    return ops.fileSizeNow(this.target) ?? 0;
  }

  lastModified() {
    return ops.fileModifiedNow(this.target) ?? NO_TIME;
  }

  text(start, end) {
    return ops.fileText(this.target, start, rangeEnd(end));
  }

  bytes(start, end) {
    return ops.fileBytes(this.target, start, rangeEnd(end));
  }

  arrayBuffer(start, end) {
    return ops.fileBuffer(this.target, start, rangeEnd(end));
  }

  stream(start, end) {
    return streamOfFile(this.target, start, rangeEnd(end));
  }

  exists() {
    return ops.fileExists(this.target);
  }

  stat() {
    return ops.fileStat(this.target).then((fields) => new (statsClass())(fields));
  }

  unlink() {
    if (typeof this.target === "string") return ops.fileUnlink(this.target);
    return Promise.reject(invalidArgument("Is not possible to unlink a file descriptor"));
  }

  write(data, options) {
    return require("bun/write").writeTo(this.target, data, options);
  }

  writer(options) {
    const { createFileSink } = require("bun/file-sink");
    return createFileSink(this.target, options);
  }
}

function streamOfFile(target, start, end) {
  const { createNativeReadable } = require("web/streams");
  const isPath = typeof target === "string";
  let descriptor = isPath ? -1 : target;
  let position = start;
  const close = () => {
    if (isPath && descriptor >= 0) ops.fileClose(descriptor).catch(() => {});
    descriptor = -1;
  };
  return createNativeReadable({
    async pull(controller) {
      if (descriptor < 0) descriptor = await ops.fileOpen(target, false, false, false, 0);
      const length = end < 0 ? STREAM_CHUNK : Math.min(STREAM_CHUNK, end - position);
      const offset = isPath || start > 0 ? position : -1;
      const chunk = length > 0 ? await ops.fileReadSome(descriptor, offset, length) : null;
      if (chunk !== null && chunk.length > 0) {
        position += chunk.length;
        controller.enqueue(chunk);
        if (position !== end) return;
      }
      close();
      controller.close();
    },
    cancel: close,
  });
}

let Stats;

// The class of node:fs where that is loaded, else one with the same members.
function statsClass() {
  Stats ??= require("bun/file-stats").Stats;
  return Stats;
}

function checkedDescriptor(value) {
  const range = 'The value of "fd" is out of range. It must be ';
  if (!Number.isInteger(value)) {
    throw codedError(RangeError, "ERR_OUT_OF_RANGE", `${range}an integer. Received ${value}`);
  }
  if (value < 0 || value > DESCRIPTOR_MAX) {
    const bounds = `>= 0 && <= ${DESCRIPTOR_MAX}. Received ${value}`;
    throw codedError(RangeError, "ERR_OUT_OF_RANGE", range + bounds);
  }
  return value;
}

function pathOfUrl(url) {
  if (url.protocol !== "file:") {
    const message = 'URL must be a non-empty "file:" path';
    throw codedError(TypeError, "ERR_INVALID_URL_SCHEME", message);
  }
  return decodeURIComponent(url.pathname);
}

/// What a program named a file by, as a path or a descriptor; undefined for anything else.
function targetOf(value) {
  if (typeof value === "string") return value;
  if (typeof value === "number") return checkedDescriptor(value);
  if (value === null || typeof value !== "object") return undefined;
  if (value instanceof require("web/url").URL) return pathOfUrl(value);
  const bytes = require("web/blob").copyBytes(value);
  return bytes === null ? undefined : require("web/body").textOfBytes(bytes);
}

/// The target of a BunFile, or undefined.
function targetOfBlob(blob) {
  const external = isBlob(blob) ? externalOf(blob) : null;
  return external?.source instanceof FileSource ? external.source.target : undefined;
}

function file(path) {
  const options = arguments[1];
  const target = targetOf(path);
  if (target === undefined) throw invalidArgument("Expected file path string or file descriptor");
  const given = options !== null && typeof options === "object" ? normalizeType(options.type) : "";
  const own = typeof target === "string" ? typeByPath(target) : OCTET_STREAM;
  return createBlob(new FileSource(target), given || own);
}

const standard = (descriptor) => createBlob(new FileSource(descriptor), OCTET_STREAM);
const lazily = (name, descriptor) =>
  Object.defineProperty(module.exports, name, {
    configurable: true,
    enumerable: true,
    get() {
      const value = standard(descriptor);
      Object.defineProperty(this, name, { value });
      return value;
    },
  });

Object.assign(module.exports, { file, FileSource, targetOf, targetOfBlob, externalOf });
lazily("stdin", 0);
lazily("stdout", 1);
lazily("stderr", 2);
