"use strict";
// Headers: an ordered list of validated names and values.
// Invariants: a list is flat, [record, value, ...]; every name but set-cookie occurs once; a value
// is trimmed and free of NUL, CR, LF and code units above 255. Names are interned records, so the
// search compares pointers first. `version` moves with every change, so that iterators notice.
// Fails with TypeErrors before anything is changed.

const {
  invalidArgument,
  missingArguments,
  invalidReceiver,
  setAttributes,
  setTag,
} = require("web/fetch-errors");

// Names that are written in this spelling whatever the program wrote, and come first.
const WELL_KNOWN = `Accept Accept-Charset Accept-Language Accept-Encoding Accept-Ranges
Access-Control-Allow-Credentials Access-Control-Allow-Headers Access-Control-Allow-Methods
Access-Control-Allow-Origin Access-Control-Expose-Headers Access-Control-Max-Age
Access-Control-Request-Headers Access-Control-Request-Method Age Authorization Cache-Control
Connection Content-Disposition Content-Encoding Content-Language Content-Length Content-Location
Content-Security-Policy Content-Security-Policy-Report-Only Content-Type Content-Range Cookie
Cookie2 Cross-Origin-Embedder-Policy Cross-Origin-Embedder-Policy-Report-Only
Cross-Origin-Opener-Policy Cross-Origin-Opener-Policy-Report-Only Cross-Origin-Resource-Policy
Date DNT Default-Style ETag Expect Expires Host If-Match If-Modified-Since If-None-Match If-Range
If-Unmodified-Since Keep-Alive Last-Event-ID Last-Modified Link Location Origin Ping-From Ping-To
Purpose Pragma Proxy-Authorization Proxy-Connection Range Referer Referrer-Policy Refresh
Report-To Sec-Fetch-Dest Sec-Fetch-Mode Sec-WebSocket-Accept Sec-WebSocket-Extensions
Sec-WebSocket-Key Sec-WebSocket-Protocol Sec-WebSocket-Version Server-Timing Service-Worker
Service-Worker-Allowed Service-Worker-Navigation-Preload Set-Cookie Set-Cookie2 SourceMap TE
Timing-Allow-Origin Trailer Transfer-Encoding Upgrade Upgrade-Insecure-Requests User-Agent Vary
Via X-Content-Type-Options X-DNS-Prefetch-Control X-Frame-Options X-SourceMap X-XSS-Protection
X-Temp-Tablet Icy-MetaInt Icy-Metadata`;

// At most 1,024 spellings of at most 64 characters are kept: bounded by 1,024 * (64 + 80) bytes.
const INTERNED_MAX = 1024;
const INTERNED_LENGTH_MAX = 64;
const records = new Map();
const canonical = new Map();
for (const name of WELL_KNOWN.split(/\s+/)) {
  const lower = name.toLowerCase();
  const record = { lower, wire: name, wellKnown: true };
  canonical.set(lower, record);
  records.set(lower, record);
  records.set(name, record);
}
const SET_COOKIE = canonical.get("set-cookie");
SET_COOKIE.wire = "set-cookie";
const COOKIE = canonical.get("cookie");
const CONTENT_TYPE = canonical.get("content-type");

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const PLAIN_VALUE = /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/;
const INVALID_IN_VALUE = /[\0\r\n\u0100-\uffff]/;
const SPACE = new Set("\t\n\r ");

const lowerCases = new Map();

function makeRecord(name) {
  if (!TOKEN.test(name)) throw new TypeError(`Invalid header name: '${name}'`);
  let lower = name.toLowerCase();
  const known = canonical.get(lower);
  if (known !== undefined) return known;
  const room = records.size < INTERNED_MAX && name.length <= INTERNED_LENGTH_MAX;
  if (room) {
    const shared = lowerCases.get(lower);
    if (shared === undefined) lowerCases.set(lower, lower);
    else lower = shared;
  }
  const record = { lower, wire: name, wellKnown: false };
  if (room) records.set(name, record);
  return record;
}

function recordOf(name) {
  const record = records.get(name);
  return record === undefined ? makeRecord(name) : record;
}

// An expression would look at a run of spaces within the value once for each of them.
function withoutOuterSpace(value) {
  let start = 0;
  let end = value.length;
  while (start < end && SPACE.has(value[start])) start++;
  while (end > start && SPACE.has(value[end - 1])) end--;
  return value.slice(start, end);
}

function normalized(name, value) {
  if (PLAIN_VALUE.test(value)) return value;
  const trimmed = withoutOuterSpace(value);
  if (INVALID_IN_VALUE.test(trimmed)) {
    throw new TypeError(`Header '${name}' has invalid value`);
  }
  return trimmed;
}

function indexOf(list, lower) {
  for (let index = 0; index < list.length; index += 2) {
    if (list[index].lower === lower) return index;
  }
  return -1;
}

function appendTo(list, record, value) {
  const index = record === SET_COOKIE ? -1 : indexOf(list, record.lower);
  if (index < 0) list.push(record, value);
  else list[index + 1] += (record === COOKIE ? "; " : ", ") + value;
}

function removeFrom(list, lower) {
  let kept = 0;
  for (let index = 0; index < list.length; index += 2) {
    if (list[index].lower === lower) continue;
    list[kept] = list[index];
    list[kept + 1] = list[index + 1];
    kept += 2;
  }
  list.length = kept;
}

function fillFromPairs(list, init, iterate) {
  const pairs = [];
  for (const pair of { [Symbol.iterator]: () => iterate.call(init) }) {
    if (pair === null || typeof pair !== "object" || pair[Symbol.iterator] === undefined) {
      throw invalidArgument("Value is not a sequence");
    }
    const items = [];
    for (const item of pair) items.push(`${item}`);
    pairs.push(items);
  }
  for (const items of pairs) {
    if (items.length !== 2) {
      throw new TypeError("Header sub-sequence must contain exactly two items");
    }
    const record = recordOf(items[0]);
    appendTo(list, record, normalized(record.wire, items[1]));
  }
}

const { ownKeys } = Reflect;
const { propertyIsEnumerable } = Object.prototype;

// Asks of each property what the interface description says and in its order: a proxy can tell.
function fillFromRecord(list, init) {
  const names = ownKeys(init);
  for (let index = 0; index < names.length; index++) {
    const name = names[index];
    if (!propertyIsEnumerable.call(init, name)) continue;
    if (typeof name === "symbol") throw new TypeError("Cannot convert a symbol to a string");
    const value = init[name];
    const text = typeof value === "string" ? value : `${value}`;
    const record = recordOf(name);
    appendTo(list, record, normalized(record.wire, text));
  }
}

const INSERTION_SORT_MAX = 64;

function compareNames(left, right) {
  return left[0] < right[0] ? -1 : 1;
}

function sortPairs(out) {
  const pairs = [];
  for (let index = 0; index < out.length; index += 2) pairs.push([out[index], out[index + 1]]);
  return pairs.sort(compareNames).flat();
}

/// Flat [lower-case name, value, ...]: sorted by name, set-cookie last.
function sorted(list) {
  let out = [];
  let cookies = 0;
  for (let index = 0; index < list.length; index += 2) {
    const lower = list[index].lower;
    if (list[index] === SET_COOKIE) {
      cookies++;
      continue;
    }
    let place = out.length;
    if (place <= INSERTION_SORT_MAX) {
      out.push(lower, lower);
      for (; place > 0 && out[place - 2] > lower; place -= 2) {
        out[place] = out[place - 2];
        out[place + 1] = out[place - 1];
      }
      out[place] = lower;
      out[place + 1] = list[index + 1];
    } else out.push(lower, list[index + 1]);
  }
  if (out.length > INSERTION_SORT_MAX) out = sortPairs(out);
  if (cookies === 0) return out;
  for (let index = 0; index < list.length; index += 2) {
    if (list[index] === SET_COOKIE) out.push("set-cookie", list[index + 1]);
  }
  return out;
}

let snapshot;
let versionOf;

class Headers {
  #list = [];
  #version = 0;
  #sorted = null;
  #sortedVersion = -1;

  constructor(init = undefined) {
    if (init === undefined) return;
    if (init === null || (typeof init !== "object" && typeof init !== "function")) {
      throw new TypeError("Type error");
    }
    if (#list in init) {
      this.#list = init.#list.slice();
      return;
    }
    const iterate = init[Symbol.iterator];
    if (iterate === undefined || iterate === null) fillFromRecord(this.#list, init);
    else if (typeof iterate === "function") fillFromPairs(this.#list, init, iterate);
    else throw new TypeError("Symbol.iterator property should be callable");
  }

  append(name, value) {
    if (!(#list in this)) throw invalidReceiver("Headers", "append");
    if (arguments.length < 2) throw missingArguments();
    const record = recordOf(`${name}`);
    const text = normalized(record.wire, `${value}`);
    this.#version++;
    appendTo(this.#list, record, text);
  }

  delete(name) {
    if (!(#list in this)) throw invalidReceiver("Headers", "delete");
    if (arguments.length < 1) throw missingArguments();
    const record = recordOf(`${name}`);
    this.#version++;
    removeFrom(this.#list, record.lower);
  }

  get(name) {
    if (!(#list in this)) throw invalidReceiver("Headers", "get");
    if (arguments.length < 1) throw missingArguments();
    const record = recordOf(`${name}`);
    const list = this.#list;
    if (record === SET_COOKIE) {
      const cookies = Headers.#cookies(list);
      return cookies.length === 0 ? null : cookies.join(", ");
    }
    const index = indexOf(list, record.lower);
    return index < 0 ? null : list[index + 1];
  }

  getAll(name) {
    if (!(#list in this)) return undefined;
    if (arguments.length < 1) throw new TypeError("Missing argument");
    if (`${name}`.toLowerCase() !== "set-cookie") {
      throw new TypeError('Only "set-cookie" is supported.');
    }
    return Headers.#cookies(this.#list);
  }

  has(name) {
    if (!(#list in this)) throw invalidReceiver("Headers", "has");
    if (arguments.length < 1) throw missingArguments();
    return indexOf(this.#list, recordOf(`${name}`).lower) >= 0;
  }

  set(name, value) {
    if (!(#list in this)) throw invalidReceiver("Headers", "set");
    if (arguments.length < 2) throw missingArguments();
    const written = `${name}`;
    const record = recordOf(written);
    const text = normalized(written, `${value}`);
    this.#version++;
    const list = this.#list;
    if (record === SET_COOKIE) removeFrom(list, "set-cookie");
    const index = indexOf(list, record.lower);
    if (index < 0) list.push(record, text);
    else list[index + 1] = text;
  }

  entries() {
    if (!(#list in this)) throw invalidReceiver("Headers", "entries");
    return new HeadersIterator(this, 0);
  }

  keys() {
    if (!(#list in this)) throw invalidReceiver("Headers", "keys");
    return new HeadersIterator(this, 1);
  }

  values() {
    if (!(#list in this)) throw invalidReceiver("Headers", "values");
    return new HeadersIterator(this, 2);
  }

  forEach(callback) {
    if (!(#list in this)) throw invalidReceiver("Headers", "forEach");
    if (typeof callback !== "function") {
      throw invalidArgument("Cannot call callback on a non-function");
    }
    const receiver = arguments[1];
    let flat = snapshot(this);
    for (let index = 0; index < flat.length; index += 2) {
      callback.call(receiver, flat[index + 1], flat[index], this);
      flat = snapshot(this);
    }
  }

  toJSON() {
    if (!(#list in this)) throw invalidReceiver("Headers", "toJSON");
    const list = this.#list;
    const out = {};
    for (let index = 0; index < list.length; index += 2) {
      const record = list[index];
      if (record.wellKnown && record !== SET_COOKIE) out[record.lower] = list[index + 1];
    }
    const cookies = Headers.#cookies(list);
    if (cookies.length > 0) out["set-cookie"] = cookies;
    for (let index = 0; index < list.length; index += 2) {
      if (!list[index].wellKnown) out[list[index].lower] = list[index + 1];
    }
    return out;
  }

  get count() {
    return #list in this ? this.#list.length / 2 : undefined;
  }

  getSetCookie() {
    return #list in this ? Headers.#cookies(this.#list) : undefined;
  }

  static #cookies(list) {
    const out = [];
    for (let index = 0; index < list.length; index += 2) {
      if (list[index] === SET_COOKIE) out.push(list[index + 1]);
    }
    return out;
  }

  static {
    module.exports.isHeaders = (value) =>
      value !== null && typeof value === "object" && #list in value;

    /// Flat [name as written on the wire, value, ...], cookies first, then well-known names.
    module.exports.rawEntries = (headers) => {
      const list = headers.#list;
      const cookies = [];
      const wellKnown = [];
      const others = [];
      for (let index = 0; index < list.length; index += 2) {
        const record = list[index];
        const out = record === SET_COOKIE ? cookies : record.wellKnown ? wellKnown : others;
        out.push(record.wire, list[index + 1]);
      }
      if (cookies.length > 0) return cookies.concat(wellKnown, others);
      return others.length === 0 ? wellKnown : wellKnown.concat(others);
    };

    /// Headers of a flat [name, value, ...] that a parser has already checked and trimmed.
    module.exports.createHeaders = (flat) => {
      const headers = new Headers();
      const list = headers.#list;
      for (let index = 0; index < flat.length; index += 2) {
        appendTo(list, recordOf(flat[index]), flat[index + 1]);
      }
      return headers;
    };

    /// The entries in order; the answer is shared, not to be changed.
    snapshot = (headers) => {
      if (headers.#sortedVersion !== headers.#version) {
        headers.#sorted = sorted(headers.#list);
        headers.#sortedVersion = headers.#version;
      }
      return headers.#sorted;
    };
    versionOf = (headers) => headers.#version;

    /// The content type, or null: cheaper than `get`.
    module.exports.contentTypeOf = (headers) => {
      const index = indexOf(headers.#list, CONTENT_TYPE.lower);
      return index < 0 ? null : headers.#list[index + 1];
    };

    module.exports.setContentType = (headers, value) => {
      headers.#list.push(CONTENT_TYPE, value);
      headers.#version++;
    };
  }
}

// Walks a snapshot, and takes a new one where the headers changed since, at the same position.
class HeadersIterator {
  #headers;
  #kind;
  #flat = null;
  #version = -1;
  #position = 0;

  constructor(headers, kind) {
    this.#headers = headers;
    this.#kind = kind;
  }

  next() {
    if (this === null || typeof this !== "object" || !(#headers in this)) {
      const error = new TypeError("Cannot call next() on a non-Iterator object");
      error.code = "ERR_INVALID_THIS";
      throw error;
    }
    const headers = this.#headers;
    if (headers === null) return { value: undefined, done: true };
    const version = versionOf(headers);
    if (this.#flat === null || version !== this.#version) {
      this.#flat = snapshot(headers);
      this.#version = version;
    }
    const flat = this.#flat;
    const index = this.#position * 2;
    if (index >= flat.length) {
      this.#headers = null;
      return { value: undefined, done: true };
    }
    this.#position++;
    const kind = this.#kind;
    if (kind === 0) return { value: [flat[index], flat[index + 1]], done: false };
    return { value: flat[index + kind - 1], done: false };
  }
}

const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
Object.setPrototypeOf(HeadersIterator.prototype, IteratorPrototype);
delete HeadersIterator.prototype.constructor;
setAttributes(HeadersIterator.prototype, { enumerable: true });
setTag(HeadersIterator.prototype, "Headers Iterator");

setAttributes(Headers.prototype, { enumerable: true });
Object.defineProperty(Headers.prototype, "count", { configurable: false });
setTag(Headers.prototype, "Headers");
Object.defineProperty(Headers.prototype, Symbol.iterator, {
  value: Headers.prototype.entries,
  writable: true,
  configurable: true,
});

module.exports.Headers = Headers;
