// The synchronous forms of node:fs that move bytes.
"use strict";

const checks = require("node/fs-checks");
const common = require("node/fs-common");
const { invalidType, ERR_OUT_OF_RANGE } = require("node/errors");
const { Number, ArrayBuffer, Uint8Array, Math, Array } = globalThis;
const { isView } = ArrayBuffer;
const { check, checkDescriptor } = common;

const LENGTH_MAX = 2147483647;
const SAFE_MAX = Number.MAX_SAFE_INTEGER;

function readFileSync(path, options) {
  path = checks.target(path);
  let encoding;
  let flags = 0;
  if (options !== undefined && options !== null) {
    encoding = checks.encodingOf(options);
    if (typeof options === "object") flags = checks.flags(options.flag);
  }
  if (encoding === undefined || encoding === "buffer") return common.readBuffer(path, flags);
  return common.readText(path, flags, encoding);
}

function writeWhole(path, data, options, flag, isGiven) {
  path = checks.target(path);
  const { encoding, flags, mode, flush } = common.writeOptions(options, flag);
  const bytes = common.encoded(checks.contents(data, isGiven), encoding);
  const answer = ops.writeFile(path, bytes, flags, mode, flush);
  if (answer < 0) throw common.writeError(answer, path);
}

function writeFileSync(path, data, options) {
  writeWhole(path, data, options, "w", arguments.length > 1);
}

function appendFileSync(path, data, options) {
  writeWhole(path, data, options, "a", arguments.length > 1);
}

// ---- Ranges of buffers -----------------------------------------------------------------------

function isOptions(value) {
  return value !== null && typeof value === "object";
}

/** Checks what is read into `buffer`; the length in bytes. */
function readRange(buffer, offset, length) {
  const size = buffer.byteLength;
  if (offset === undefined || offset === null) offset = 0;
  else checks.integer(offset, "offset", 0, SAFE_MAX);
  if (length === undefined || length === null) length = size - offset;
  else if (typeof length !== "number") throw invalidType("length", "of type number", length);
  length |= 0;
  if (length === 0) return { offset, length };
  if (size === 0) throw emptyBuffer();
  if (length < 0) throw ERR_OUT_OF_RANGE("length", ">= 0", length);
  if (length > size - offset) {
    const most = length > size ? size : Math.max(size - offset, 0);
    throw ERR_OUT_OF_RANGE("length", `<= ${most}`, length);
  }
  return { offset, length };
}

function emptyBuffer() {
  const { makeError } = require("node/errors");
  const message = "The argument 'buffer' is empty and cannot be written.";
  return makeError("TypeError", "ERR_INVALID_ARG_VALUE", message);
}

/** Checks what is written of `buffer`. */
function writeRange(buffer, offset, length) {
  const size = buffer.byteLength;
  if (offset === undefined || offset === null) offset = 0;
  else {
    checks.integer(offset, "offset", 0, SAFE_MAX);
    if (offset > size) throw ERR_OUT_OF_RANGE("offset", `<= ${size}`, offset);
  }
  if (length === undefined || length === null) return { offset, length: size - offset };
  if (typeof length !== "number") throw invalidType("length", "of type number", length);
  if (length > LENGTH_MAX) {
    throw ERR_OUT_OF_RANGE("length", `>= 0 && <= ${LENGTH_MAX}`, length);
  }
  if (!(length >= 0 && length <= size - offset)) {
    throw ERR_OUT_OF_RANGE("length", `>= 0 and <= ${size - offset}`, length);
  }
  return { offset, length };
}

function bytesOf(view) {
  if (view instanceof Uint8Array) return view;
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function readSync(fd, buffer, offset, length, position) {
  let given = position;
  if (arguments.length <= 3 || isOptions(offset)) {
    const isWrong = offset !== undefined && (typeof offset !== "object" || Array.isArray(offset));
    if (isWrong) {
      throw invalidType("options", "of type object", offset);
    }
    ({ offset = 0, length = buffer.byteLength - offset, position: given = null } = offset ?? {});
  }
  fd = checks.descriptor(fd);
  checks.view(buffer);
  const range = readRange(buffer, offset, length);
  const at = checks.position(given, range.length);
  if (range.length === 0) return 0;
  return check(ops.read(fd, bytesOf(buffer), range.offset, range.length, at), "read");
}

function writtenType(value) {
  const kinds = "of type string or an instance of Buffer, TypedArray, or DataView";
  return invalidType("buffer", kinds, value);
}

/** A position that is no number is none, as it always was for writes. */
function writePosition(value) {
  if (typeof value !== "number" && typeof value !== "bigint") return -1;
  return Number(value);
}

function writeSync(fd, buffer, offset, length, position) {
  if (!isView(buffer)) {
    if (typeof buffer !== "string") throw writtenType(buffer);
    fd = checks.descriptor(fd);
    const at = writePosition(offset);
    const encoding = checks.encoding(length);
    if (encoding === undefined || encoding === "utf8") {
      return check(ops.writeText(fd, buffer, at), "write");
    }
    const bytes = common.encoded(buffer, encoding);
    return check(ops.write(fd, bytes, 0, bytes.byteLength, at), "write");
  }
  fd = checks.descriptor(fd);
  if (isOptions(offset)) {
    ({ offset = 0, length = buffer.byteLength - offset, position = null } = offset);
  }
  const range = writeRange(buffer, offset, length);
  const at = writePosition(position);
  if (range.length === 0) return 0;
  return check(ops.write(fd, bytesOf(buffer), range.offset, range.length, at), "write");
}

function vectors(operation, syscall, fd, buffers, position) {
  fd = checks.descriptor(fd);
  const parts = checks.views(buffers).map(bytesOf);
  const at = writePosition(position);
  if (parts.length === 0) return 0;
  return checkDescriptor(operation(fd, at, ...parts), syscall, fd);
}

function readvSync(fd, buffers, position) {
  return vectors(ops.readv, "readv", fd, buffers, position);
}

function writevSync(fd, buffers, position) {
  return vectors(ops.writev, "writev", fd, buffers, position);
}

module.exports = {
  readFileSync, writeFileSync, appendFileSync, readSync, writeSync, readvSync, writevSync,
  readRange, writeRange, bytesOf, writePosition, writtenType, isOptions,
};
