"use strict";
// From a template and its values to what the language reads: text, strings put in, and objects.

const { codedError } = require("web/fetch-errors");

const { Array, JSON, Object, TypeError } = globalThis;

const SPECIAL = new Set([..."~[]#;\n*{},`$=()0123456789|><&'\" \\", "\b"]);
const QUOTED = /["$`\\]/g;

function checkNull(text) {
  if (!text.includes("\0")) return;
  const message = "The shell argument must be a string without null bytes. Received ";
  throw codedError(TypeError, "ERR_INVALID_ARG_VALUE", message + JSON.stringify(text));
}

/// A string as one word of a script.
function escape(text) {
  let isPlain = true;
  for (const character of text) {
    if (SPECIAL.has(character)) {
      isPlain = false;
      break;
    }
  }
  return isPlain ? text : `"${text.replace(QUOTED, "\\$&")}"`;
}

const isStream = (value) => require("web/streams").isReadableStream(value);
const isBytes = (value) => ArrayBuffer.isView(value) || value instanceof ArrayBuffer ||
  value instanceof SharedArrayBuffer;

// A blob's path, where it is a file with one.
function pathOf(blob) {
  return require("web/blob").externalOf(blob) === null || typeof blob.name !== "string"
    ? undefined
    : blob.name;
}

// Appends the pieces that one value becomes.
function putIn(value, pieces, objects) {
  if (typeof value === "object" && value !== null) {
    const { isBlob } = require("web/blob");
    const path = isBlob(value) ? pathOf(value) : undefined;
    if (path !== undefined) {
      checkNull(path);
      pieces.push([path]);
      return;
    }
    if (isBytes(value) || isBlob(value) || isStream(value) || value instanceof Response) {
      pieces.push(objects.length);
      objects.push(value);
      return;
    }
    if (Array.isArray(value)) {
      value.forEach((item, index) => {
        if (index > 0) pieces.push(" ");
        putIn(item, pieces, objects);
      });
      return;
    }
    if (Object.hasOwn(value, "raw") && value.raw !== undefined && value.raw !== null) {
      const raw = `${value.raw}`;
      checkNull(raw);
      pieces.push(raw);
      return;
    }
    if (typeof value.toString !== "function" || value.toString === Object.prototype.toString) {
      const shown = Object.prototype.toString.call(value);
      const hint = "you might need to call `.toString()` on it";
      throw new Error(`Invalid JS object used in shell: ${shown}, ${hint}`);
    }
  }
  const text = `${typeof value === "symbol" ? String(value) : value}`;
  checkNull(text);
  pieces.push([text]);
}

/// { pieces (as JSON), objects } of a template.
function scriptOf(raw, values) {
  const pieces = [];
  const objects = [];
  for (let index = 0; index < raw.length; index++) {
    checkNull(raw[index]);
    pieces.push(raw[index]);
    if (index < raw.length - 1) putIn(values[index], pieces, objects);
  }
  return { pieces: JSON.stringify(pieces), objects };
}

module.exports = { scriptOf, escape };
