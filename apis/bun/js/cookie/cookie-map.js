"use strict";
// Bun.CookieMap: the cookies of a request, and what a response is to change of them.
// Invariants: a name is either among the changes or among what came, never both; what came may
// hold a name twice, and the first counts.

const { invalidArgument, setAttributes, setTag } = require("web/fetch-errors");
const { Cookie, decodeValue, isCookie, madeWithNew } = require("bun/cookie/cookie");

const { Array, Map, Object, String, Symbol, TypeError } = globalThis;

const LONG_AGO = new Date(0);

function pairsOfText(text) {
  const pairs = [];
  for (const part of text.split(";")) {
    const at = part.indexOf("=");
    if (at < 0) continue;
    const name = part.slice(0, at).trim();
    if (name !== "") pairs.push([name, decodeValue(part.slice(at + 1).trim())]);
  }
  return pairs;
}

function pairsOf(initial) {
  if (initial === undefined || initial === null) return [];
  if (typeof initial === "string") return pairsOfText(initial);
  if (typeof initial !== "object") throw new TypeError("Invalid initializer type");
  if (!Array.isArray(initial)) {
    return Object.keys(initial).map((name) => [name, String(initial[name])]);
  }
  return initial.map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw new TypeError("Expected arrays of exactly two strings");
    }
    return pair.map(String);
  });
}

const iteratorPrototype = Object.create(
  Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())),
  {
    next: {
      value: function next() { return this[STEPS].next(); },
      writable: true, configurable: true, enumerable: true,
    },
    [Symbol.toStringTag]: { value: "CookieMap Iterator", configurable: true },
  },
);
const STEPS = Symbol("steps");

function iterate(items) {
  return Object.create(iteratorPrototype, { [STEPS]: { value: items[Symbol.iterator]() } });
}

class CookieMap {
  #came;
  // Cookies to set, a deleted one with an expiry in the past.
  #changes = new Map();

  constructor(_initial) {
    this.#came = pairsOf(arguments[0]);
  }

  #entries() {
    const entries = [];
    for (const [name, { cookie, isDeleted }] of this.#changes) {
      if (!isDeleted) entries.push([name, cookie.value]);
    }
    return [...entries, ...this.#came];
  }

  get(name) {
    const wanted = String(name);
    const change = this.#changes.get(wanted);
    if (change !== undefined) return change.isDeleted ? null : change.cookie.value;
    for (const [key, value] of this.#came) {
      if (key === wanted) return value;
    }
    return null;
  }

  toSetCookieHeaders() {
    return Array.from(this.#changes.values(), ({ cookie }) => cookie.toString());
  }

  has(name) { return this.get(name) !== null; }

  #change(cookie, isDeleted) {
    const { name } = cookie;
    this.#came = this.#came.filter(([key]) => key !== name);
    this.#changes.delete(name);
    this.#changes.set(name, { cookie, isDeleted });
  }

  set(name, value) {
    if (arguments.length === 0) return;
    if (isCookie(name)) this.#change(name, false);
    else if (typeof name === "object" && name !== null) this.#change(new Cookie(name), false);
    else this.#change(new Cookie(String(name), String(value), arguments[2]), false);
  }

  delete(name) {
    if (arguments.length === 0) return;
    const isObject = typeof name === "object" && name !== null;
    const wanted = isObject ? name.name : name;
    if (wanted === undefined || wanted === null || wanted === "") {
      throw new TypeError("Cookie name is required");
    }
    const given = isObject ? name : arguments[1];
    const { domain, path } = given ?? {};
    this.#change(new Cookie(String(wanted), "", { domain, path, expires: LONG_AGO }), true);
  }

  entries() { return iterate(this.#entries()); }
  keys() { return iterate(this.#entries().map(([name]) => name)); }
  values() { return iterate(this.#entries().map(([, value]) => value)); }

  forEach(callback) {
    if (typeof callback !== "function") {
      throw invalidArgument("Cannot call callback on a non-function");
    }
    for (const [name, value] of this.#entries()) callback.call(arguments[1], value, name, this);
  }

  toJSON() {
    const json = {};
    for (const [name, value] of this.#entries()) {
      if (!Object.hasOwn(json, name)) {
        Object.defineProperty(json, name, {
          value, writable: true, enumerable: true, configurable: true,
        });
      }
    }
    return json;
  }

  get size() { return this.#entries().length; }
}
setAttributes(CookieMap.prototype, { enumerable: true });
Object.defineProperty(CookieMap.prototype, "size", { configurable: false });
Object.defineProperty(CookieMap.prototype, Symbol.iterator, {
  value: CookieMap.prototype.entries, writable: true, configurable: true,
});
setTag(CookieMap.prototype, "CookieMap");
Object.defineProperty(CookieMap, "length", { value: 1, configurable: true });

module.exports = { CookieMap: madeWithNew(CookieMap) };
