// Arguments of node:fs: paths, descriptors, flags, modes, times, encodings, options. Each function
// answers what the operations take, or throws in the words of Bun 1.4.5.
"use strict";

const {
  makeError, invalidType, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE,
} = require("node/errors");
const { constants } = require("node/fs-constants");
const { Number, JSON, Date, ArrayBuffer, Uint8Array, String, Object } = globalThis;
const { isInteger } = Number;
const { isView } = ArrayBuffer;

const DESCRIPTOR_MAX = 2147483647;
const UINT32_MAX = 4294967295;
const SAFE_MAX = Number.MAX_SAFE_INTEGER;
const POSITION_MAX = 9223372036854775807n;

// ---- Paths -----------------------------------------------------------------------------------

function nullByte(name, value) {
  const message =
    `The argument '${name}' must be a string, Uint8Array, or URL without null bytes. ` +
    `Received ${JSON.stringify(value)}`;
  return makeError("TypeError", "ERR_INVALID_ARG_VALUE", message);
}

function textOf(bytes) {
  return require("web/encoding").decodeUtf8(bytes);
}

function pathOfUrl(url, name) {
  const message = 'URL must be a non-empty "file:" path';
  if (url.protocol !== "file:") throw makeError("TypeError", "ERR_INVALID_URL_SCHEME", message);
  if (url.hostname !== "") throw makeError("TypeError", "ERR_INVALID_FILE_URL_HOST", message);
  if (/%2f/i.test(url.pathname)) throw makeError("TypeError", "ERR_INVALID_FILE_URL_PATH", message);
  const path = decodeURIComponent(url.pathname);
  if (path.includes("\0")) throw nullByte(name, path);
  return path;
}

// The path in a buffer or URL; undefined where the value is neither.
function pathOfObject(value, name) {
  if (value === null || typeof value !== "object") return undefined;
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) {
    const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : value;
    if (bytes.includes(0)) throw nullByte(name, textOf(bytes));
    return bytes;
  }
  if (value instanceof String) return path(String(value), name);
  if (value instanceof require("web/url").URL) return pathOfUrl(value, name);
  return undefined;
}

// What the kernel takes, with the zero byte at the end; letters have at most three bytes each.
const PATH_BYTES_MAX = 4096;
const SHORT_PATH_LENGTH = 1365;

// Longer paths are refused before they get to the kernel, whatever the call.
function checkLength(value) {
  if (require("node/buffer").Buffer.byteLength(value) < PATH_BYTES_MAX) return;
  const ENAMETOOLONG = 36;
  throw require("node/fs-common").systemError(ENAMETOOLONG, "open", value);
}

/** A path as the operations take it: a string, or bytes. */
function path(value, name = "path") {
  if (typeof value === "string") {
    if (value.includes("\0")) throw nullByte(name, value);
    if (value.length > SHORT_PATH_LENGTH) checkLength(value);
    return value;
  }
  const found = pathOfObject(value, name);
  if (found !== undefined) return found;
  const message = `${name} must be a string or TypedArray`;
  throw makeError("TypeError", "ERR_INVALID_ARG_TYPE", message);
}

/** As path(), in the words of the functions that check as Node does. */
function pathLikeNode(value, name) {
  if (typeof value === "string") return path(value, name);
  const found = pathOfObject(value, name);
  if (found !== undefined) return found;
  throw ERR_INVALID_ARG_TYPE(name, ["string", "Buffer", "URL"], value);
}

/** A path, or a descriptor. */
function target(value) {
  if (typeof value === "string") return path(value, "path");
  if (typeof value === "number") return descriptor(value);
  const found = pathOfObject(value, "path");
  if (found !== undefined) return found;
  const message = "path must be a string or a file descriptor";
  throw makeError("TypeError", "ERR_INVALID_ARG_TYPE", message);
}

/** The prefix of a temporary folder. */
function prefix(value) {
  if (typeof value === "string") return path(value, "prefix");
  const found = pathOfObject(value, "prefix");
  if (found !== undefined) return found;
  throw invalidType("prefix", "of type string, Buffer, or URL", value);
}

/** The path as errors show it. */
function shown(value) {
  return typeof value === "string" ? value : textOf(value);
}

// ---- Numbers ---------------------------------------------------------------------------------

// Numbers are shown as they are, without separators.
function outOfRange(name, range, value) {
  const message =
    `The value of "${name}" is out of range. It must be ${range}. Received ${String(value)}`;
  return makeError("RangeError", "ERR_OUT_OF_RANGE", message);
}

function integer(value, name, least, most) {
  if (typeof value !== "number") throw invalidType(name, "of type number", value);
  if (!isInteger(value)) throw outOfRange(name, "an integer", value);
  if (value < least || value > most) throw outOfRange(name, `>= ${least} && <= ${most}`, value);
  return value;
}

// As integer(), in the words of the functions that Node writes in JavaScript.
function integerLikeNode(value, name, least, most = SAFE_MAX) {
  if (typeof value !== "number") throw invalidType(name, "of type number", value);
  if (!isInteger(value)) throw ERR_OUT_OF_RANGE(name, "an integer", value);
  if (value < least || value > most) {
    throw ERR_OUT_OF_RANGE(name, `>= ${least} && <= ${most}`, value);
  }
  return value;
}

function descriptor(value) {
  if (typeof value === "number" && value >= 0 && value <= DESCRIPTOR_MAX && isInteger(value)) {
    return value;
  }
  return integer(value, "fd", 0, DESCRIPTOR_MAX);
}

function owner(value, name) {
  if (value === undefined) {
    throw makeError("TypeError", "ERR_INVALID_ARG_TYPE", `${name} is required`);
  }
  return integer(value, name, -1, UINT32_MAX);
}

function length(value) {
  if (value === undefined) return 0;
  if (typeof value === "number" && isInteger(value) && value < 0) return 0;
  return integer(value, "len", 0, SAFE_MAX);
}

/** Permissions: a number, or octal digits. `undefined` where the caller has a default. */
function mode(value, fallback) {
  if (value === undefined || value === null) {
    if (fallback !== undefined) return fallback;
    const message = `The "mode" property must be of type number, got ${typeof value}`;
    throw makeError("TypeError", "ERR_INVALID_ARG_TYPE", message);
  }
  if (typeof value === "string") {
    if (!/^(0o)?[0-7]+$/.test(value)) {
      const reason = "must be a 32-bit unsigned integer or an octal string";
      throw ERR_INVALID_ARG_VALUE("mode", value, reason);
    }
    return Number.parseInt(value.startsWith("0o") ? value.slice(2) : value, 8);
  }
  return integer(value, "mode", 0, UINT32_MAX);
}

/** What access() and copyFile() are asked to do: 0 to 7. */
function smallMode(value) {
  if (value === undefined || value === null) return 0;
  if (typeof value !== "number") {
    const message = "mode must be int32 or null/undefined";
    throw makeError("TypeError", "ERR_INVALID_ARG_TYPE", message);
  }
  if (!(value >= 0 && value <= 7)) {
    const message = "mode is out of range: >= 0 and <= 7";
    throw makeError("RangeError", "ERR_OUT_OF_RANGE", message);
  }
  return value | 0;
}

/** A position for the operations: -1 is the file's own. `room` bytes must fit behind it. */
function position(value, room = 1) {
  if (value === undefined || value === null) return -1;
  if (typeof value === "bigint") {
    const most = POSITION_MAX - globalThis.BigInt(room);
    if (value < -1n || value > most) {
      throw outOfRange("position", `>= -1 and <= ${most}`, value);
    }
    return Number(value);
  }
  if (typeof value !== "number") {
    throw invalidType("position", "of type number or bigint", value);
  }
  return integer(value, "position", -1, SAFE_MAX);
}

/** Seconds since the epoch. */
function time(value, name) {
  if (typeof value === "string" && value !== "" && +value == value) value = +value;
  if (typeof value === "number" && Number.isFinite(value)) {
    return value < 0 ? Date.now() / 1000 : value;
  }
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.getTime() / 1000;
  const message = `${name} must be a number or a Date`;
  throw makeError("TypeError", "ERR_INVALID_ARG_TYPE", message);
}

// ---- Flags -----------------------------------------------------------------------------------

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_EXCL, O_SYNC } = constants;
const FLAGS = new Map([
  ["r", O_RDONLY],
  ["rs", O_RDONLY | O_SYNC],
  ["sr", O_RDONLY | O_SYNC],
  ["r+", O_RDWR],
  ["rs+", O_RDWR | O_SYNC],
  ["sr+", O_RDWR | O_SYNC],
  ["w", O_TRUNC | O_CREAT | O_WRONLY],
  ["wx", O_TRUNC | O_CREAT | O_WRONLY | O_EXCL],
  ["xw", O_TRUNC | O_CREAT | O_WRONLY | O_EXCL],
  ["w+", O_TRUNC | O_CREAT | O_RDWR],
  ["wx+", O_TRUNC | O_CREAT | O_RDWR | O_EXCL],
  ["xw+", O_TRUNC | O_CREAT | O_RDWR | O_EXCL],
  ["a", O_APPEND | O_CREAT | O_WRONLY],
  ["ax", O_APPEND | O_CREAT | O_WRONLY | O_EXCL],
  ["xa", O_APPEND | O_CREAT | O_WRONLY | O_EXCL],
  ["as", O_APPEND | O_CREAT | O_WRONLY | O_SYNC],
  ["sa", O_APPEND | O_CREAT | O_WRONLY | O_SYNC],
  ["a+", O_APPEND | O_CREAT | O_RDWR],
  ["ax+", O_APPEND | O_CREAT | O_RDWR | O_EXCL],
  ["xa+", O_APPEND | O_CREAT | O_RDWR | O_EXCL],
  ["as+", O_APPEND | O_CREAT | O_RDWR | O_SYNC],
  ["sa+", O_APPEND | O_CREAT | O_RDWR | O_SYNC],
]);

function flags(value, fallback = O_RDONLY) {
  if (value === undefined || value === null) return fallback;
  if (typeof value === "number") return integer(value, "flags", -2147483648, 2147483647);
  if (typeof value === "string") {
    const found = FLAGS.get(value) ?? FLAGS.get(value.toLowerCase());
    if (found !== undefined) return found;
    if (/^[0-9]+$/.test(value)) return Number(value) | 0;
  }
  throw ERR_INVALID_ARG_VALUE("flags", value);
}

// ---- Encodings and options -------------------------------------------------------------------

const ENCODINGS = new Map([
  ["utf8", "utf8"], ["utf-8", "utf8"], ["ucs2", "utf16le"], ["ucs-2", "utf16le"],
  ["utf16le", "utf16le"], ["utf-16le", "utf16le"], ["latin1", "latin1"], ["binary", "latin1"],
  ["ascii", "ascii"], ["base64", "base64"], ["base64url", "base64url"], ["hex", "hex"],
  ["buffer", "buffer"],
]);

/** The one spelling of an encoding; undefined for none. */
function encoding(value) {
  if (value === undefined || value === null || value === "") return undefined;
  const known = typeof value === "string"
    ? ENCODINGS.get(value) ?? ENCODINGS.get(value.toLowerCase())
    : undefined;
  if (known !== undefined) return known;
  const message = `encoding '${String(value)}' is an invalid encoding`;
  throw makeError("TypeError", "ERR_INVALID_ARG_VALUE", message);
}

/** The encoding that options name: a string, or an object's property. */
function encodingOf(options) {
  if (options === undefined || options === null) return undefined;
  if (typeof options === "string") return encoding(options);
  if (typeof options === "object") return encoding(options.encoding);
  return undefined;
}

function flag(value, name, fallback = false) {
  if (value === undefined) return fallback;
  if (typeof value === "boolean") return value;
  const message = `The "${name}" property must be of type boolean, got ${typeof value}`;
  throw makeError("TypeError", "ERR_INVALID_ARG_TYPE", message);
}

/** Text or bytes to be written; anything else is an error. */
function contents(data, isGiven = true) {
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  if (isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return data;
  if (!isGiven) throw makeError("TypeError", "ERR_INVALID_ARG_TYPE", "data is required");
  const message =
    'The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView';
  throw makeError("TypeError", "ERR_INVALID_ARG_TYPE", message);
}

function callback(value) {
  if (typeof value !== "function") throw invalidType("cb", "of type function", value);
  return value;
}

/** A buffer to read into. */
function view(value) {
  if (!isView(value)) {
    throw invalidType("buffer", "an instance of Buffer, TypedArray, or DataView", value);
  }
  return value;
}

function views(value) {
  const good = globalThis.Array.isArray(value) && value.every((each) => isView(each));
  if (!good) throw makeError("TypeError", "ERR_INVALID_ARG_TYPE", "Expected ArrayBufferView[]");
  return value;
}

const isObject = (value) => value !== null && typeof value === "object";

Object.assign(module.exports, {
  path, pathLikeNode, target, prefix, shown, integer, integerLikeNode, descriptor, owner, length,
  mode, smallMode, position, time, flags, encoding, encodingOf, flag, contents, callback, view,
  views, isObject, pathOfUrl,
});
