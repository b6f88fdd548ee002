// node:path for POSIX paths. Pure but for `resolve` of relative paths, which asks for the
// working directory. Fails with ERR_INVALID_ARG_TYPE.
"use strict";

const {
  expectPath, collapse, lastComponent, extensionStart, withoutSuffix, formatWith, faceOf,
} = require("node/path-shared");

const SLASH = 47;
const isSlash = (code) => code === SLASH;
const place = { begin: 0, end: 0 };

function resolved(path, absolute) {
  const text = collapse(path, 0, isSlash, !absolute, []).join("/");
  if (absolute) return `/${text}`;
  return text.length > 0 ? text : ".";
}

const resolve = (...paths) => {
  let joined = "";
  let absolute = false;
  for (let index = paths.length - 1; index >= 0 && !absolute; index--) {
    const path = paths[index];
    expectPath(path, `paths[${index}]`);
    if (path.length === 0) continue;
    joined = joined.length === 0 ? path : `${path}/${joined}`;
    absolute = path.charCodeAt(0) === SLASH;
  }
  if (!absolute) {
    const directory = process.cwd();
    joined = `${directory}/${joined}`;
    absolute = directory.charCodeAt(0) === SLASH;
  }
  return resolved(joined, absolute);
};

const normalize = (path) => {
  expectPath(path, "path");
  const { length } = path;
  if (length === 0) return ".";
  const absolute = path.charCodeAt(0) === SLASH;
  const trailing = path.charCodeAt(length - 1) === SLASH;
  const text = collapse(path, 0, isSlash, !absolute, []).join("/");
  if (text.length === 0) return absolute ? "/" : trailing ? "./" : ".";
  return `${absolute ? "/" : ""}${text}${trailing ? "/" : ""}`;
};

const isAbsolute = (path) => {
  expectPath(path, "path");
  return path.length > 0 && path.charCodeAt(0) === SLASH;
};

const join = (...paths) => {
  let joined = "";
  for (let index = 0; index < paths.length; index++) {
    const path = paths[index];
    expectPath(path, `paths[${index}]`);
    if (path.length === 0) continue;
    joined = joined.length === 0 ? path : `${joined}/${path}`;
  }
  return joined.length === 0 ? "." : normalize(joined);
};

const relative = (from, to) => {
  expectPath(from, "from");
  expectPath(to, "to");
  if (from === to) return "";
  const start = resolve(from);
  const target = resolve(to);
  if (start === target) return "";
  const startSegments = start === "/" ? [] : start.slice(1).split("/");
  const targetSegments = target === "/" ? [] : target.slice(1).split("/");
  let common = 0;
  while (common < startSegments.length && startSegments[common] === targetSegments[common]) {
    common++;
  }
  const out = startSegments.slice(common).fill("..");
  return out.concat(targetSegments.slice(common)).join("/");
};

const toNamespacedPath = (path) => {
  return path;
};

const dirname = (path) => {
  expectPath(path, "path");
  if (path.length === 0) return ".";
  const rooted = path.charCodeAt(0) === SLASH;
  let end = path.length;
  while (end > 1 && path.charCodeAt(end - 1) === SLASH) end--;
  // The separator before the last component; the first character never counts as one.
  do end--; while (end >= 1 && path.charCodeAt(end) !== SLASH);
  if (end < 1) return rooted ? "/" : ".";
  return rooted && end === 1 ? "//" : path.slice(0, end);
};

const basename = (path, suffix) => {
  expectPath(path, "path");
  if (suffix !== undefined) expectPath(suffix, "ext");
  lastComponent(path, 0, isSlash, place);
  return withoutSuffix(place, suffix, path, 0);
};

const extname = (path) => {
  expectPath(path, "path");
  lastComponent(path, 0, isSlash, place);
  const base = path.slice(place.begin, place.end);
  return base.slice(extensionStart(base));
};

const format = (pathObject) => {
  return formatWith("/", pathObject);
};

const parse = (path) => {
  expectPath(path, "path");
  const rooted = path.length > 0 && path.charCodeAt(0) === SLASH;
  lastComponent(path, rooted ? 1 : 0, isSlash, place);
  const { begin, end } = place;
  const base = path.slice(begin, end);
  // Of "..", right behind the root, Node makes a name and an extension.
  const dot = rooted && begin === 1 && base === ".." ? 1 : extensionStart(base);
  const root = rooted ? "/" : "";
  const dir = begin > root.length && end > begin ? path.slice(0, begin - 1) : root;
  return {
    root, dir, base, ext: base.slice(dot), name: base.slice(0, dot),
  };
};

const matchesGlob = (path, pattern) => {
  return require("node/path-glob").matchesGlob(path, pattern, false);
};

module.exports = faceOf({
  resolve, normalize, isAbsolute, join, relative, toNamespacedPath, dirname, basename, extname,
  format, parse,
}, "/", ":", matchesGlob);
