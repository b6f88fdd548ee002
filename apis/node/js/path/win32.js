// node:path for Windows paths, on any system. Pure but for `resolve` of relative paths, which asks
// for the working directory. Fails with ERR_INVALID_ARG_TYPE.
"use strict";

const {
  expectPath, collapse, lastComponent, extensionStart, withoutSuffix, formatWith, faceOf,
} = require("node/path-shared");

const SLASH = 47;
const BACKSLASH = 92;
const COLON = 58;
const isSeparator = (code) => code === SLASH || code === BACKSLASH;
const place = { begin: 0, end: 0 };

function isLetter(code) {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

function separatorFrom(path, index) {
  let at = index;
  while (at < path.length && !isSeparator(path.charCodeAt(at))) at++;
  return at;
}

function nameFrom(path, index) {
  let at = index;
  while (at < path.length && isSeparator(path.charCodeAt(at))) at++;
  return at;
}

function hasDrive(path) {
  return path.length > 1 && path.charCodeAt(1) === COLON && isLetter(path.charCodeAt(0));
}

/**
 * The root of a path: its device ("C:" or "\\server\share"), where the root ends in the text, and
 * whether the path is absolute.
 */
function rootOf(path) {
  const { length } = path;
  if (length > 0 && isSeparator(path.charCodeAt(0))) {
    if (length > 1 && isSeparator(path.charCodeAt(1))) {
      const serverEnd = separatorFrom(path, 2);
      const share = nameFrom(path, serverEnd);
      if (serverEnd > 2 && serverEnd < length && share < length) {
        const end = separatorFrom(path, share);
        const device = `\\\\${path.slice(2, serverEnd)}\\${path.slice(share, end)}`;
        return { device, end, absolute: true, unc: true };
      }
    }
    return { device: "", end: 1, absolute: true, unc: false };
  }
  if (!hasDrive(path)) return { device: "", end: 0, absolute: false, unc: false };
  const absolute = length > 2 && isSeparator(path.charCodeAt(2));
  return { device: path.slice(0, 2), end: absolute ? 3 : 2, absolute, unc: false };
}

function directoryFor(device) {
  if (device === "") return process.cwd();
  const directory = process.env[`=${device}`] || process.cwd();
  const elsewhere = directory.slice(0, 2).toLowerCase() !== device.toLowerCase();
  return elsewhere && directory.charCodeAt(2) === BACKSLASH ? `${device}\\` : directory;
}

const resolve = (...paths) => {
  let device = "";
  let tail = "";
  let absolute = false;
  for (let index = paths.length - 1; index >= -1; index--) {
    let path;
    if (index >= 0) {
      path = paths[index];
      expectPath(path, `paths[${index}]`);
      if (path.length === 0) continue;
    } else {
      path = directoryFor(device);
    }
    const root = rootOf(path);
    if (root.device !== "") {
      if (device === "") device = root.device;
      else if (root.device.toLowerCase() !== device.toLowerCase()) continue;
    }
    if (!absolute) {
      tail = `${path.slice(root.end)}\\${tail}`;
      ({ absolute } = root);
    }
    if (absolute && device !== "") break;
  }
  const text = collapse(tail, 0, isSeparator, !absolute, []).join("\\");
  return `${device}${absolute ? "\\" : ""}${text}` || ".";
};

const normalize = (path) => {
  expectPath(path, "path");
  const { length } = path;
  if (length === 0) return ".";
  if (length === 1) return path === "/" ? "\\" : path;
  const { device, end, absolute, unc } = rootOf(path);
  if (unc && end === length) return `${device}\\`;
  let tail = collapse(path, end, isSeparator, !absolute, []).join("\\");
  if (tail.length === 0 && !absolute) tail = ".";
  if (end < length && tail.length > 0 && isSeparator(path.charCodeAt(length - 1))) tail += "\\";
  return `${device}${absolute ? "\\" : ""}${tail}`;
};

const isAbsolute = (path) => {
  expectPath(path, "path");
  return path.length > 0 && (isSeparator(path.charCodeAt(0)) || rootOf(path).absolute);
};

/** Joined parts must not look like the start of a UNC path that the first part was not. */
const join = (...paths) => {
  let joined = "";
  let first = "";
  for (let index = 0; index < paths.length; index++) {
    const path = paths[index];
    expectPath(path, `paths[${index}]`);
    if (path.length === 0) continue;
    if (joined.length === 0) joined = first = path;
    else joined += `\\${path}`;
  }
  if (joined.length === 0) return ".";
  const isServer = isSeparator(first.charCodeAt(0)) && first.length > 2 &&
    isSeparator(first.charCodeAt(1)) && !isSeparator(first.charCodeAt(2));
  const slashes = nameFrom(joined, 0);
  const onlyServer = first.length === 2 && slashes >= 2 && isSeparator(first.charCodeAt(1));
  if (!isServer && !onlyServer && slashes >= 2) joined = `\\${joined.slice(slashes)}`;
  else if (onlyServer && slashes > 2) joined = `\\${joined.slice(slashes)}`;
  return normalize(joined);
};

function segmentsOf(path) {
  let begin = 0;
  let end = path.length;
  while (begin < end && path.charCodeAt(begin) === BACKSLASH) begin++;
  while (end > begin + 1 && path.charCodeAt(end - 1) === BACKSLASH) end--;
  return begin === end ? [] : path.slice(begin, end).split("\\");
}

const relative = (from, to) => {
  expectPath(from, "from");
  expectPath(to, "to");
  if (from === to) return "";
  const start = resolve(from);
  const target = resolve(to);
  if (start === target || start.toLowerCase() === target.toLowerCase()) return "";
  const startSegments = segmentsOf(start);
  const targetSegments = segmentsOf(target);
  let common = 0;
  const limit = Math.min(startSegments.length, targetSegments.length);
  while (common < limit &&
    startSegments[common].toLowerCase() === targetSegments[common].toLowerCase()) common++;
  if (common === 0 && limit > 0) return target;
  const out = startSegments.slice(common).fill("..");
  return out.concat(targetSegments.slice(common)).join("\\");
};

const toNamespacedPath = (path) => {
  if (typeof path !== "string" || path.length === 0) return path;
  const whole = resolve(path);
  if (whole.length <= 2) return path;
  if (whole.charCodeAt(0) === BACKSLASH) {
    const third = whole[2];
    if (whole.charCodeAt(1) === BACKSLASH && third !== "?" && third !== ".") {
      return `\\\\?\\UNC\\${whole.slice(2)}`;
    }
  } else if (hasDrive(whole) && whole.charCodeAt(2) === BACKSLASH) {
    return `\\\\?\\${whole}`;
  }
  return whole;
};

/** Where the part begins that dirname and parse may shorten, and where the root ends. */
function rootEnd(path) {
  const root = rootOf(path);
  if (!root.unc) return root.end;
  return root.end < path.length ? root.end + 1 : root.end;
}

const dirname = (path) => {
  expectPath(path, "path");
  const { length } = path;
  if (length === 0) return ".";
  if (length === 1) return isSeparator(path.charCodeAt(0)) ? path : ".";
  const root = rootEnd(path);
  lastComponent(path, root, isSeparator, place);
  if (place.begin <= root) return root === 0 ? "." : path.slice(0, root);
  return path.slice(0, place.begin - 1);
};

const basename = (path, suffix) => {
  expectPath(path, "path");
  if (suffix !== undefined) expectPath(suffix, "ext");
  const start = hasDrive(path) ? 2 : 0;
  lastComponent(path, start, isSeparator, place);
  return withoutSuffix(place, suffix, path, start);
};

const extname = (path) => {
  expectPath(path, "path");
  lastComponent(path, hasDrive(path) ? 2 : 0, isSeparator, place);
  const base = path.slice(place.begin, place.end);
  return base.slice(extensionStart(base));
};

const format = (pathObject) => {
  return formatWith("\\", pathObject);
};

const parse = (path) => {
  expectPath(path, "path");
  const end = rootEnd(path);
  const root = path.slice(0, end);
  if (end === path.length) return { root, dir: root, base: "", ext: "", name: "" };
  lastComponent(path, end, isSeparator, place);
  const { begin } = place;
  const base = path.slice(begin, place.end);
  const dot = extensionStart(base);
  const dir = begin > end && base.length > 0 ? path.slice(0, begin - 1) : root;
  return { root, dir, base, ext: base.slice(dot), name: base.slice(0, dot) };
};

const matchesGlob = (path, pattern) => {
  return require("node/path-glob").matchesGlob(path, pattern, true);
};

module.exports = faceOf({
  resolve, normalize, isAbsolute, join, relative, toNamespacedPath, dirname, basename, extname,
  format, parse,
}, "\\", ";", matchesGlob);
