"use strict";
// Bun.JSONL: JSON values, one a line.
// Invariant: parseChunk never throws for bad input; it says what was read before it.

const { textOrBytesOrBlob } = require("bun/input-bytes");
const { decodeUtf8, encodeUtf8 } = require("web/encoding");

const { JSON, Object, RangeError, SyntaxError, TypeError } = globalThis;

// The end of the value that begins at `at`: [end, isWhole].
function endOfValue(text, at) {
  let depth = 0;
  let isQuoted = false;
  for (let index = at; index < text.length; index++) {
    const character = text[index];
    if (isQuoted) {
      if (character === "\\") index++;
      else if (character === '"') isQuoted = false;
    } else if (character === '"') {
      isQuoted = true;
    } else if (character === "{" || character === "[") {
      depth++;
    } else if (character === "}" || character === "]") {
      depth--;
    } else if (character === "\n" && depth <= 0) {
      return [index, true];
    }
  }
  return [text.length, depth <= 0 && !isQuoted];
}

// { values, read, error }, in code units of the text; `isLast` says that no more will come.
function read(text) {
  const values = [];
  let at = 0;
  let taken = 0;
  for (;;) {
    while (at < text.length && " \t\r\n".includes(text[at])) at++;
    if (at >= text.length) return { values, read: taken, done: true, error: null };
    const [end, isWhole] = endOfValue(text, at);
    const line = text.slice(at, end);
    try {
      values.push(JSON.parse(line));
    } catch {
      const isCut = end === text.length && !isWhole;
      if (isCut) return { values, read: taken, done: false, error: null };
      return { values, read: taken, done: false, error: new SyntaxError("Failed to parse JSONL") };
    }
    taken = at + line.trimEnd().length;
    at = end;
  }
}

function inputOf(input, name) {
  if (typeof input === "string") return input;
  const data = textOrBytesOrBlob(input);
  if (data !== undefined && typeof data !== "string") {
    return ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);
  }
  if (data !== undefined) return data;
  if (input === undefined || input === null) {
    throw new TypeError(`JSONL.${name} requires a string argument`);
  }
  return `${input}`;
}

function checkedRange(start, end, length) {
  const from = start === undefined ? 0 : start;
  const to = end === undefined ? length : Math.min(end, length);
  if (typeof from !== "number" || typeof to !== "number" || !(from >= 0 && from <= length)) {
    throw new RangeError("JSONL.parseChunk: start is out of range");
  }
  return [from, Math.max(from, to)];
}

const JSONL = {
  parse(input) {
    const data = inputOf(input, "parse");
    const { values, error } = read(typeof data === "string" ? data : decodeUtf8(data));
    if (error !== null && values.length === 0) throw error;
    return values;
  },
  parseChunk(input) {
    const data = inputOf(input, "parseChunk");
    const [start, end] = checkedRange(arguments[1], arguments[2], data.length);
    const isText = typeof data === "string";
    const text = isText ? data.slice(start, end) : decodeUtf8(data.subarray(start, end));
    const result = read(text);
    const taken = isText ? result.read : encodeUtf8(text.slice(0, result.read)).length;
    result.read = start + taken;
    return result;
  },
};
require("web/fetch-errors").setAttributes(JSONL, { configurable: false });
Object.defineProperty(JSONL, Symbol.toStringTag, { value: "JSONL", configurable: true });

module.exports = { JSONL };
