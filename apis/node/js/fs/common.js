// What the three faces of node:fs share: errors of failed operations, bytes as buffers, text in
// other encodings than the operations know, and options read once.
"use strict";

const checks = require("node/fs-checks");
const { Array, Uint8Array } = globalThis;

// An operation of several calls adds this for each that succeeded before the one that failed.
const STEP = 1000;

const described = new Map();

function describe(errno) {
  let words = described.get(errno);
  if (words === undefined) {
    words = ops.describeError(errno);
    described.set(errno, words);
  }
  return words;
}

/** The error of a call that failed; `more` are further properties before `syscall`. */
function systemError(errno, syscall, path = undefined, dest = undefined, more = undefined) {
  const [code, text] = describe(errno);
  let message = `${code}: ${text}, ${syscall}`;
  const from = path === undefined ? undefined : checks.shown(path);
  const to = dest === undefined ? undefined : checks.shown(dest);
  if (from !== undefined && from !== "") message += ` '${from}'`;
  if (to !== undefined) message += ` -> '${to}'`;
  const error = new (require("bun/error-stack").Error)(message);
  error.code = code;
  if (from !== undefined && from !== "") error.path = from;
  if (to !== undefined) error.dest = to;
  if (more !== undefined) globalThis.Object.assign(error, more);
  error.syscall = syscall;
  error.errno = -errno;
  return error;
}

/** Whether an operation answered with a failure. */
function isFailure(answer) {
  return typeof answer === "number" ? answer < 0 : Array.isArray(answer);
}

/** The answer, unless it is a failure: then that is thrown. */
function check(answer, syscall, path, dest) {
  if (typeof answer === "number") {
    if (answer < 0) throw systemError(-answer, syscall, path, dest);
  } else if (Array.isArray(answer)) {
    throw systemError(-answer[0], syscall, answer[1], dest);
  }
  return answer;
}

/** As check(), for calls on a descriptor that errors name. */
function checkDescriptor(answer, syscall, fd) {
  if (typeof answer === "number" && answer < 0) {
    throw systemError(-answer, syscall, undefined, undefined, { fd });
  }
  return answer;
}

const READ_STEPS = ["open", "read"];
const WRITE_STEPS = ["open", "write", "fsync"];

const OUT_OF_MEMORY = 12;

// Of the calls of a whole read or write, only the one that opens has a path to name; and what is
// too long to be read has one.
function stepError(answer, steps, target) {
  const failure = -answer;
  const step = Math.floor(failure / STEP);
  const errno = failure % STEP;
  const isNamed = (step === 0 || errno === OUT_OF_MEMORY) && typeof target !== "number";
  return systemError(errno, steps[step], isNamed ? target : undefined);
}
const { Math } = globalThis;

const readError = (answer, target) => stepError(answer, READ_STEPS, target);
const writeError = (answer, target) => stepError(answer, WRITE_STEPS, target);

// ---- Bytes and text --------------------------------------------------------------------------

let Buffer;
let FastBuffer;

/** A fresh ArrayBuffer or Uint8Array as a Buffer over the same memory. */
function bufferOf(bytes) {
  FastBuffer ??= bufferClass();
  if (bytes.buffer === undefined) return new FastBuffer(bytes);
  return new FastBuffer(bytes.buffer, bytes.byteOffset, bytes.length);
}

function bufferClass() {
  require("node/buffer");
  return require("node/buffer-class").FastBuffer;
}

const SCRATCH_BYTES = 65536;
// Copies between places that are the same within their pages are slow: what is copied to begins at
// a page, as a rule.
const SCRATCH_OFFSET = 2048;
let scratch;
// Longer strings take over the memory they were read into.
const TEXT_SCRATCH_BYTES = 16384;
let textScratch;
// The part of it that was read last: files read again and again tend to be of one length.
let part;

// After how many bytes of new buffers the next collection is asked for. The engine puts collections
// off to every 32 MiB where they come often, which suits small objects; buffers in memory that has
// left the processor's caches cost more than collecting does.
const FRESH_BYTES = 4 * 1024 * 1024;
const PUT_OFF_BYTES = 32 * 1024 * 1024;
let fresh = 0;

function count(length) {
  fresh += length;
  if (fresh < FRESH_BYTES) return;
  fresh = 0;
  ops.hastenCollection(PUT_OFF_BYTES);
}

function makeScratch() {
  const made = new Uint8Array(SCRATCH_OFFSET + SCRATCH_BYTES).subarray(SCRATCH_OFFSET);
  scratch = part = made;
  textScratch = made.subarray(0, TEXT_SCRATCH_BYTES);
}

/** A whole file as a Buffer: through a scratch buffer where it is small. */
function readBuffer(target, flags) {
  FastBuffer ??= bufferClass();
  if (scratch === undefined) makeScratch();
  const answer = ops.readFileInto(target, flags, scratch);
  if (typeof answer !== "number") return bufferOf(answer);
  if (answer < 0) throw readError(answer, target);
  count(answer);
  if (part.length !== answer) part = scratch.subarray(0, answer);
  // A copy of an array is not filled with zeros first.
  return new FastBuffer(part);
}

const FORM_BYTES = 0;
const FORM_UTF8 = 1;
const FORM_LATIN1 = 2;

/** The form in which the operations give a whole file of this encoding. */
function formOf(encoding) {
  if (encoding === "utf8") return FORM_UTF8;
  if (encoding === "latin1") return FORM_LATIN1;
  return FORM_BYTES;
}

/** A whole file as a string. */
function readText(target, flags, encoding) {
  const form = formOf(encoding);
  if (form === FORM_BYTES) return readBuffer(target, flags).toString(encoding);
  if (scratch === undefined) makeScratch();
  const answer = ops.readFileText(target, flags, form, textScratch);
  if (typeof answer === "number") throw readError(answer, target);
  return answer;
}

/** What a program asked for, from what an operation of that form answered. */
function decoded(answer, encoding) {
  if (typeof answer === "string") return answer;
  const buffer = bufferOf(answer);
  if (encoding === undefined || encoding === "buffer") return buffer;
  return buffer.toString(encoding);
}

/** Text in an encoding other than UTF-8 as bytes; what is UTF-8 or bytes already stays. */
function encoded(data, encoding) {
  if (typeof data !== "string") return data;
  if (encoding === undefined || encoding === "utf8" || encoding === "buffer") return data;
  Buffer ??= require("node/buffer").Buffer;
  return Buffer.from(data, encoding);
}

/** Whether an operation is asked for a path's bytes: for every encoding but UTF-8. */
function asBytes(encoding) {
  return encoding !== undefined && encoding !== "utf8";
}

/** A path that an operation answered, in the encoding of the options. */
function pathIn(answer, encoding) {
  return typeof answer === "string" ? answer : decoded(answer, encoding);
}

// ---- Options ---------------------------------------------------------------------------------

/** `options.bigint`, which is a boolean where it is given. */
function wantsBigInt(options) {
  if (options === undefined || options === null || typeof options !== "object") return false;
  return options.bigint === undefined ? false : checks.flag(options.bigint, "bigint");
}

/** Options of readdir. */
function listingOptions(options) {
  const encoding = checks.encodingOf(options);
  if (!checks.isObject(options)) return { withKinds: false, recursive: false, encoding };
  const withKinds = checks.flag(options.withFileTypes, "withFileTypes");
  const recursive = checks.flag(options.recursive, "recursive");
  return { withKinds, recursive, encoding };
}

/** Options of mkdir: an object, or the mode. */
function folderOptions(options) {
  if (!checks.isObject(options)) {
    return { recursive: false, mode: checks.mode(options, 0o777) };
  }
  const recursive = checks.flag(options.recursive, "recursive");
  return { recursive, mode: checks.mode(options.mode, 0o777) };
}

function booleanOption(value, name, fallback) {
  if (value === undefined) return fallback;
  if (typeof value === "boolean") return value;
  const { makeError } = require("node/errors");
  const message = `The "options.${name}" property must be of type boolean.`;
  throw makeError("TypeError", "ERR_INVALID_ARG_TYPE", message);
}

const UINT32_MAX = 4294967295;

/** Options of rm and rmdir. */
function removalOptions(options) {
  if (options === undefined) return { recursive: false, force: false, tries: 0, delay: 100 };
  if (!checks.isObject(options)) {
    const { makeError } = require("node/errors");
    const message = 'The "options" argument must be of type object.';
    throw makeError("TypeError", "ERR_INVALID_ARG_TYPE", message);
  }
  const { retryDelay = 100, maxRetries = 0 } = options;
  return {
    recursive: booleanOption(options.recursive, "recursive", false),
    force: booleanOption(options.force, "force", false),
    tries: checks.integer(maxRetries, "options.maxRetries", 0, UINT32_MAX),
    delay: checks.integer(retryDelay, "options.retryDelay", 0, UINT32_MAX),
  };
}

/** What a SystemError says of a removal or copy that was refused. */
function refusal(code, message, info) {
  const { makeError } = require("node/errors");
  const { syscall, code: name, message: reason, path } = info;
  const text = `${message}: ${syscall} returned ${name} (${reason})${path ? ` ${path}` : ""}`;
  const error = makeError("Error", code, text, "SystemError");
  error.name = "SystemError";
  error.info = info;
  error.errno = info.errno;
  error.syscall = syscall;
  error.path = path;
  return error;
}

/** rm of a folder without `recursive`. */
function isFolder(path) {
  const info = {
    code: "EISDIR", message: "is a directory", path: checks.shown(path), syscall: "rm", errno: 21,
  };
  return refusal("ERR_FS_EISDIR", "Path is a directory", info);
}

const LINK_TYPES = ["dir", "file", "junction"];

function checkLinkType(type) {
  if (type === undefined || type === null || LINK_TYPES.includes(type)) return;
  const { makeError } = require("node/errors");
  const shown = typeof type === "string" ? ` Received "${type}"` : "";
  const message = `Symlink type must be one of "dir", "file", or "junction".${shown}`;
  throw makeError("TypeError", "ERR_INVALID_ARG_VALUE", message);
}

/** Options of readFile: an encoding, or an object with one and a flag. */
function readOptions(options) {
  const encoding = checks.encodingOf(options);
  const flags = checks.isObject(options) ? checks.flags(options.flag) : 0;
  return { encoding, flags };
}

/** Options of writeFile and appendFile. */
function writeOptions(options, fallbackFlag) {
  const encoding = checks.encodingOf(options);
  if (!checks.isObject(options)) {
    return { encoding, flags: checks.flags(fallbackFlag), mode: 0o666, flush: false };
  }
  const { flag = fallbackFlag, flush } = options;
  if (flush !== undefined && flush !== null && typeof flush !== "boolean") {
    throw require("node/errors").invalidType("flush", "of type boolean", flush);
  }
  const flags = checks.flags(flag ?? fallbackFlag);
  return { encoding, flags, mode: checks.mode(options.mode, 0o666), flush: flush === true };
}

module.exports = {
  systemError, isFailure, check, checkDescriptor, readError, writeError, bufferOf, readBuffer,
  readText, formOf, decoded, encoded, asBytes, pathIn, wantsBigInt, listingOptions, folderOptions,
  removalOptions, refusal, isFolder, checkLinkType, readOptions, writeOptions, ops,
};
