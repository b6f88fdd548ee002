// Header lines as objects: which names join their values, and how (RFC 9110 section 5.3, with
// Node's list of fields that count only once).
"use strict";

const { Map, Object } = globalThis;

const ONCE = [
  "Age", "Authorization", "Content-Length", "Content-Type", "ETag", "Expires", "From", "Host",
  "If-Modified-Since", "If-Unmodified-Since", "Last-Modified", "Location", "Max-Forwards",
  "Proxy-Authorization", "Referer", "Retry-After", "Server", "User-Agent",
];
const LISTED = [
  "Accept", "Accept-Encoding", "Accept-Language", "Access-Control-Allow-Origin", "Cache-Control",
  "Connection", "Content-Encoding", "Date", "Expect", "If-None-Match", "Keep-Alive", "Origin",
  "Transfer-Encoding", "Upgrade", "Vary", "X-Forwarded-For", "X-Forwarded-Host",
  "X-Forwarded-Proto", "X-Powered-By",
];

const TAKE_FIRST = 0;
const JOIN = 1;
const JOIN_COOKIES = 2;
const COLLECT = 3;

// What is known of a name, in the spellings that come most.
const known = new Map();

function know(name, how) {
  const key = name.toLowerCase();
  const field = { key, how };
  known.set(key, field);
  known.set(name, field);
}
for (const name of ONCE) know(name, TAKE_FIRST);
for (const name of LISTED) know(name, JOIN);
know("Cookie", JOIN_COOKIES);
know("Set-Cookie", COLLECT);

function fieldOf(name) {
  const field = known.get(name);
  if (field !== undefined) return field;
  const key = name.toLowerCase();
  return known.get(key) ?? { key, how: JOIN };
}

function add(target, name, value, joinsAll) {
  const { key, how } = fieldOf(name);
  const present = Object.hasOwn(target, key) ? target[key] : undefined;
  if (how === COLLECT) {
    if (present === undefined) target[key] = [value];
    else present.push(value);
  } else if (present === undefined) {
    target[key] = value;
  } else if (how === JOIN_COOKIES) {
    target[key] = `${present}; ${value}`;
  } else if (how === JOIN || joinsAll) {
    target[key] = `${present}, ${value}`;
  }
}

/** Adds names and values that take turns in `lines` to an object of joined values. */
function addJoined(target, lines, joinsAll, from = 0) {
  for (let index = from; index + 1 < lines.length; index += 2) {
    add(target, lines[index], lines[index + 1], joinsAll);
  }
  return target;
}

/** As addJoined, with a list for each name. */
function addDistinct(target, lines) {
  for (let index = 0; index + 1 < lines.length; index += 2) {
    const key = lines[index].toLowerCase();
    if (target[key] === undefined) target[key] = [lines[index + 1]];
    else target[key].push(lines[index + 1]);
  }
  return target;
}

/** A list of distinct values, or the first where a name counts once. */
function distinct(lines) {
  return addDistinct(Object.create(null), lines);
}

module.exports = { add, addJoined, addDistinct, distinct };
