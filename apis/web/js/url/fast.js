"use strict";
// The common URL in one pass: a special scheme, a plain lower-case domain, nothing to encode.
// Answers a Record, or `undefined` when the full parser must look at the input; never a failure.

const { Record } = require("web/url/record");

const NOT_HOST = 1;
const NOT_USER = 2;
const NOT_PATH = 4;
const NOT_QUERY = 8;
const NOT_FRAGMENT = 16;
const ALL = NOT_HOST | NOT_USER | NOT_PATH | NOT_QUERY | NOT_FRAGMENT;

// What each character is not allowed to be part of without encoding; beyond ASCII: nothing.
const CLASSES = new Uint8Array(128).fill(ALL);
function allow(characters, mask) {
  for (const character of characters) CLASSES[character.charCodeAt(0)] &= ~mask;
}
const LOWER = "abcdefghijklmnopqrstuvwxyz0123456789";
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
allow(LOWER + "-._", ALL);
allow(UPPER, ALL & ~NOT_HOST);
allow("!$&()*+,~%", ALL & ~NOT_HOST);
allow("'", NOT_PATH | NOT_USER | NOT_FRAGMENT);
allow(":@;=", NOT_PATH | NOT_QUERY | NOT_FRAGMENT);
allow("/", NOT_PATH | NOT_QUERY | NOT_FRAGMENT);
allow("[]|", NOT_PATH | NOT_QUERY | NOT_FRAGMENT);
allow("?^{}", NOT_QUERY | NOT_FRAGMENT);
allow("`", NOT_QUERY);
allow("#", NOT_FRAGMENT);

const SLASH = 47;
const QUESTION = 63;
const HASH = 35;
const AT = 64;
const COLON = 58;
const DOT = 46;
const HYPHEN = 45;
const PERCENT = 37;
const ZERO = 48;
const NINE = 57;

/** The index after `scheme://`, or 0; sets `defaultPort`. */
let defaultPort = 0;
function afterScheme(input) {
  let index;
  if (input.charCodeAt(0) === 104) {
    if (input.charCodeAt(1) !== 116 || input.charCodeAt(2) !== 116) return 0;
    if (input.charCodeAt(3) !== 112) return 0;
    index = 4;
  } else {
    if (input.charCodeAt(0) !== 119 || input.charCodeAt(1) !== 115) return 0;
    index = 2;
  }
  defaultPort = 80;
  if (input.charCodeAt(index) === 115) {
    defaultPort = 443;
    index++;
  }
  if (input.charCodeAt(index) !== COLON || input.charCodeAt(index + 1) !== SLASH) return 0;
  return input.charCodeAt(index + 2) === SLASH ? index + 3 : 0;
}

// The segments of the path being normalized: where each starts, after its slash, and ends.
const SEGMENTS_MAX = 64;
const segmentStarts = new Int32Array(SEGMENTS_MAX);
const segmentEnds = new Int32Array(SEGMENTS_MAX);

/** Finds the segments that remain without `.` and `..`; -1 when there are too many. */
function keepSegments(input, pathStart, pathEnd) {
  let count = 0;
  let start = pathStart + 1;
  for (let index = start; index <= pathEnd; index++) {
    if (index < pathEnd && input.charCodeAt(index) !== SLASH) continue;
    if (count === SEGMENTS_MAX) return -1;
    const length = index - start;
    let dots = 0;
    if (length === 1 || length === 2) {
      if (input.charCodeAt(start) === DOT) dots = 1;
      if (length === 2 && dots === 1) dots = input.charCodeAt(start + 1) === DOT ? 2 : 0;
    }
    if (dots === 2 && count > 0) count--;
    if (dots === 0 || index === pathEnd) {
      segmentStarts[count] = start;
      segmentEnds[count++] = dots === 0 ? index : start;
    }
    start = index + 1;
  }
  return count;
}

/** Resolves `.` and `..` in a path that starts with a slash and has no encoded dots. */
function removeDots(input, pathStart, pathEnd) {
  const count = keepSegments(input, pathStart, pathEnd);
  if (count < 0) return undefined;
  let result = "";
  let from = segmentStarts[0] - 1;
  let to = segmentEnds[0];
  for (let index = 1; index < count; index++) {
    if (segmentStarts[index] - 1 !== to) {
      result += input.slice(from, to);
      from = segmentStarts[index] - 1;
    }
    to = segmentEnds[index];
  }
  return result + input.slice(from, to);
}

/** Checks a port without leading zeros that is not the default. */
function isPlainPort(input, start, end) {
  if (end - start < 1 || end - start > 5) return false;
  let port = 0;
  for (let index = start; index < end; index++) {
    const unit = input.charCodeAt(index);
    if (unit < ZERO || unit > NINE) return false;
    port = port * 10 + unit - ZERO;
  }
  if (input.charCodeAt(start) === ZERO && port !== 0) return false;
  if (port === 0 && end - start > 1) return false;
  return port <= 65535 && port !== defaultPort;
}

/** A domain that is neither an address nor may hold encoded labels. */
function isPlainDomain(input, start, end) {
  if (start === end || input.charCodeAt(end - 1) === DOT) return false;
  let label = start;
  for (let index = start; index < end; index++) {
    const unit = input.charCodeAt(index);
    if (unit === DOT) label = index + 1;
    else if (unit === HYPHEN && input.charCodeAt(index + 1) === HYPHEN) return false;
  }
  const first = input.charCodeAt(label);
  return first < ZERO || first > NINE;
}

/** Parses an absolute URL. */
function parseFast(input) {
  const authority = afterScheme(input);
  if (authority === 0) return undefined;
  const { length } = input;
  let index = authority;
  let flags = 0;
  let unit = 0;
  let hostStart = authority;
  let usernameEnd = -1;
  let colon = -1;
  let hasUser = false;
  for (; index < length; index++) {
    unit = input.charCodeAt(index);
    if (unit === SLASH || unit === QUESTION || unit === HASH) break;
    if (unit === COLON) {
      if (colon >= 0) return undefined;
      colon = index;
      continue;
    }
    if (unit === AT) {
      if (hasUser || (flags & NOT_USER) !== 0 || index === authority) return undefined;
      hasUser = true;
      usernameEnd = colon >= 0 ? colon : index;
      if (colon === index - 1 || colon === authority) return undefined;
      hostStart = index + 1;
      colon = -1;
      flags = 0;
      continue;
    }
    if (unit > 127) return undefined;
    // A port's digits are host characters too; isPlainPort looks at them again.
    flags |= CLASSES[unit];
  }
  const authorityEnd = index;
  const hostEnd = colon >= 0 ? colon : authorityEnd;
  if ((flags & NOT_HOST) !== 0 || !isPlainDomain(input, hostStart, hostEnd)) return undefined;
  if (colon >= 0 && !isPlainPort(input, colon + 1, authorityEnd)) return undefined;
  if (usernameEnd < 0) usernameEnd = hostStart;
  return parseRest(input, authority, usernameEnd, hostStart, hostEnd, authorityEnd);
}

/** Parses path, query and fragment from `pathnameStart` on. */
function parseRest(input, authority, usernameEnd, hostStart, hostEnd, pathnameStart) {
  const { length } = input;
  let index = pathnameStart;
  let flags = 0;
  let hasDots = false;
  let previous = 0;
  for (; index < length; index++) {
    const unit = input.charCodeAt(index);
    if (unit === QUESTION || unit === HASH) break;
    if (unit > 127) return undefined;
    flags |= CLASSES[unit];
    if (unit === DOT && previous === SLASH) hasDots = true;
    else if (unit === PERCENT && input.charCodeAt(index + 1) === 50) return undefined;
    previous = unit;
  }
  if ((flags & NOT_PATH) !== 0) return undefined;
  const searchStart = index;
  let hashStart = length;
  if (index < length && input.charCodeAt(index) === QUESTION) {
    flags = 0;
    for (index++; index < length; index++) {
      const unit = input.charCodeAt(index);
      if (unit === HASH) break;
      if (unit > 127) return undefined;
      flags |= CLASSES[unit];
    }
    if ((flags & NOT_QUERY) !== 0) return undefined;
  }
  if (index < length) {
    hashStart = index;
    flags = 0;
    for (index++; index < length; index++) {
      const unit = input.charCodeAt(index);
      if (unit > 127) return undefined;
      flags |= CLASSES[unit];
    }
    if ((flags & NOT_FRAGMENT) !== 0) return undefined;
  }
  let href = input;
  let moved = 0;
  if (hasDots) {
    const path = removeDots(input, pathnameStart, searchStart);
    if (path === undefined) return undefined;
    moved = path.length - (searchStart - pathnameStart);
    if (moved !== 0) href = input.slice(0, pathnameStart) + path + input.slice(searchStart);
  } else if (pathnameStart === searchStart) {
    moved = 1;
    href = input.slice(0, pathnameStart) + "/" + input.slice(pathnameStart);
  }
  return new Record(
    href, authority - 2, usernameEnd, hostStart, hostEnd, pathnameStart, searchStart + moved,
    hashStart + moved, true, false,
  );
}

/** Parses a path that begins with one slash against a base of a special scheme. */
function parsePathFast(input, base) {
  if (input.charCodeAt(0) !== SLASH || !base.hasHost || base.isOpaque) return undefined;
  const second = input.charCodeAt(1);
  if (second === SLASH || second === 92) return undefined;
  const authority = afterScheme(base.href);
  if (authority === 0) return undefined;
  const { usernameEnd, hostStart, hostEnd, pathnameStart } = base;
  const joined = base.href.slice(0, pathnameStart) + input;
  return parseRest(joined, authority, usernameEnd, hostStart, hostEnd, pathnameStart);
}

module.exports = { parseFast, parsePathFast };
