// What node:path does the same way for both kinds of path: checks of arguments, segments,
// format, and the tables that programs see. Pure; fails with ERR_INVALID_ARG_TYPE.
"use strict";

const { coded } = require("node/errors");

const { defineProperty } = Object;

function kindOf(value) {
  return Array.isArray(value) ? "array" : typeof value;
}

function wrongType(name, expected, value) {
  const text = `The "${name}" property must be of type ${expected}, got ${kindOf(value)}`;
  return coded(new TypeError(text), "ERR_INVALID_ARG_TYPE");
}

function expectPath(value, name) {
  if (typeof value !== "string") throw wrongType(name, "string", value);
}

/**
 * Appends the segments of `path` from `start` on to `segments`, resolving "." and "..".
 * `floor` is how many segments ".." may not remove; below it ".." is kept where `above` allows.
 */
function collapse(path, start, isSeparator, above, segments) {
  const { length } = path;
  let from = start;
  for (let index = start; index <= length; index++) {
    if (index < length && !isSeparator(path.charCodeAt(index))) continue;
    const size = index - from;
    const begins = from;
    from = index + 1;
    if (size === 0) continue;
    if (size === 1 && path.charCodeAt(begins) === 46) continue;
    if (size === 2 && path.charCodeAt(begins) === 46 && path.charCodeAt(begins + 1) === 46) {
      const count = segments.length;
      if (count > 0 && segments[count - 1] !== "..") segments.pop();
      else if (above) segments.push("..");
      continue;
    }
    segments.push(path.slice(begins, index));
  }
  return segments;
}

/** Where the last component begins and ends, trailing separators left out; from `start` on. */
function lastComponent(path, start, isSeparator, place) {
  let end = path.length;
  while (end > start && isSeparator(path.charCodeAt(end - 1))) end--;
  let begin = end;
  while (begin > start && !isSeparator(path.charCodeAt(begin - 1))) begin--;
  place.begin = begin;
  place.end = end;
}

/** Where the extension of a component begins; its length where it has none. */
function extensionStart(base) {
  const dot = base.lastIndexOf(".");
  return dot <= 0 || base === ".." ? base.length : dot;
}

/** The component at `place` without its suffix. Of nothing but separators, all stay. */
function withoutSuffix(place, suffix, path, start) {
  const base = path.slice(place.begin, place.end);
  if (suffix === undefined || suffix.length === 0 || suffix.length > path.length) return base;
  if (suffix === path) return "";
  if (base.length === 0) return path.slice(start);
  const rest = base.length - suffix.length;
  return rest > 0 && base.endsWith(suffix) ? base.slice(0, rest) : base;
}

function formatWith(separator, pathObject) {
  if (pathObject === null || typeof pathObject !== "object" || Array.isArray(pathObject)) {
    throw wrongType("pathObject", "object", pathObject);
  }
  const { root } = pathObject;
  const dir = pathObject.dir || root;
  let { base } = pathObject;
  if (!base) {
    const { ext } = pathObject;
    const dotted = ext ? `${ext[0] === "." ? "" : "."}${ext}` : "";
    base = `${pathObject.name || ""}${dotted}`;
  }
  if (!dir) return base;
  return dir === root ? `${dir}${base}` : `${dir}${separator}${base}`;
}

/** The object that programs get, with the names and lengths its functions have in Bun. */
function faceOf(functions, sep, delimiter, matchesGlob) {
  const face = {};
  const lengths = { basename: 1, relative: 1 };
  for (const name of ["resolve", "normalize", "isAbsolute", "join", "relative",
    "toNamespacedPath", "dirname", "basename", "extname", "format", "parse"]) {
    face[name] = named(functions[name], name, lengths[name] ?? 1);
  }
  face.sep = sep;
  face.delimiter = delimiter;
  face.win32 = undefined;
  face.posix = undefined;
  face._makeLong = face.toNamespacedPath;
  face.matchesGlob = named(matchesGlob, "matchesGlob", 2);
  return face;
}

function named(action, name, length) {
  defineProperty(action, "name", { value: `bound ${name}`, configurable: true });
  defineProperty(action, "length", { value: length, configurable: true });
  return action;
}

module.exports = {
  expectPath, collapse, lastComponent, extensionStart, withoutSuffix, formatWith, faceOf,
};
