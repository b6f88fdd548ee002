"use strict";
// URLSearchParams: a list of names and values, flat in one array. One that belongs to a URL writes
// itself back into the URL's query whenever it changes.

const { defineInterface } = require("web/interface");
const { invalidArgument, invalidGetter, invalidThis, missingArguments, withCode } =
  require("web/errors");
const { percentDecode } = require("web/url/percent");

const { defineProperty } = Object;
const { iterator: ITERATOR } = Symbol;
const isPlain = /^[A-Za-z0-9*\-._]*$/;

/** Decodes a name or value of `application/x-www-form-urlencoded`. */
function decode(text) {
  let result = text;
  if (result.includes("+")) result = result.replaceAll("+", " ");
  if (!result.includes("%")) return result;
  try {
    return decodeURIComponent(result);
  } catch {
    return percentDecode(result);
  }
}

/** Parses a query into a flat list. */
function parseQuery(query) {
  const list = [];
  let start = 0;
  while (start < query.length) {
    let end = query.indexOf("&", start);
    if (end < 0) end = query.length;
    if (end > start) {
      const pair = query.slice(start, end);
      const equals = pair.indexOf("=");
      if (equals < 0) list.push(decode(pair), "");
      else list.push(decode(pair.slice(0, equals)), decode(pair.slice(equals + 1)));
    }
    start = end + 1;
  }
  return list;
}

const MORE_ESCAPES = { "!": "%21", "'": "%27", "(": "%28", ")": "%29", "~": "%7E", "%20": "+" };

function encode(text) {
  if (isPlain.test(text)) return text;
  return encodeURIComponent(text).replace(/[!'()~]|%20/g, (found) => MORE_ESCAPES[found]);
}

/** Serializes a flat list. */
function serializeQuery(list) {
  let result = "";
  for (let index = 0; index < list.length; index += 2) {
    if (index > 0) result += "&";
    result += encode(list[index]) + "=" + encode(list[index + 1]);
  }
  return result;
}

/** `USVString`: lone surrogates become U+FFFD. */
function usv(value) {
  if (typeof value === "symbol") throw new TypeError("Cannot convert a symbol to a string");
  return `${value}`.toWellFormed();
}

function listOfSequence(init) {
  const list = [];
  for (const pair of init) {
    if (pair === null || (typeof pair !== "object" && typeof pair !== "function") ||
      typeof pair[ITERATOR] !== "function") {
      throw invalidArgument("Value is not a sequence");
    }
    const values = [...pair];
    if (values.length !== 2) throw new TypeError("Type error");
    list.push(usv(values[0]), usv(values[1]));
  }
  return list;
}

function listOfRecord(init) {
  // A later key that becomes the same string replaces the earlier value.
  const entries = new Map();
  for (const key of Reflect.ownKeys(init)) {
    if (!Object.getOwnPropertyDescriptor(init, key)?.enumerable) continue;
    const name = usv(key);
    entries.set(name, usv(init[key]));
  }
  return [...entries].flat();
}

function listOfInit(init) {
  if (init === undefined) return [];
  if ((typeof init === "object" && init !== null) || typeof init === "function") {
    const method = init[ITERATOR];
    if (method === undefined || method === null) return listOfRecord(init);
    if (isParams(init) && method === entriesMethod) return listOf(init).slice();
    return listOfSequence(init);
  }
  if (typeof init === "symbol") {
    throw new TypeError("Cannot convert a Symbol value to a string");
  }
  const text = usv(init);
  return parseQuery(text[0] === "?" ? text.slice(1) : text);
}

let isParams;
let listOf;
let setList;
let createParams;
const INTERNAL = Symbol("internal");

class URLSearchParams {
  #list;
  /** Called with the new query after a change; `null` without a URL. */
  #onChange = null;

  constructor(init = undefined, list = undefined, onChange = null) {
    if (init === INTERNAL) {
      this.#list = list;
      this.#onChange = onChange;
      return;
    }
    this.#list = listOfInit(init);
  }

  append(name, value) {
    check(this, "append");
    if (arguments.length < 2) throw missingArguments();
    this.#list.push(usv(name), usv(value));
    this.#changed();
  }
  delete(name, value = undefined) {
    check(this, "delete");
    if (arguments.length === 0) throw missingArguments();
    const key = usv(name);
    const only = value === undefined ? undefined : usv(value);
    const old = this.#list;
    const kept = [];
    for (let index = 0; index < old.length; index += 2) {
      if (old[index] === key && (only === undefined || old[index + 1] === only)) continue;
      kept.push(old[index], old[index + 1]);
    }
    this.#list = kept;
    this.#changed();
  }
  get(name) {
    check(this, "get");
    if (arguments.length === 0) throw missingArguments();
    const key = usv(name);
    const list = this.#list;
    for (let index = 0; index < list.length; index += 2) {
      if (list[index] === key) return list[index + 1];
    }
    return null;
  }
  getAll(name) {
    check(this, "getAll");
    if (arguments.length === 0) throw missingArguments();
    const key = usv(name);
    const list = this.#list;
    const values = [];
    for (let index = 0; index < list.length; index += 2) {
      if (list[index] === key) values.push(list[index + 1]);
    }
    return values;
  }
  has(name, value = undefined) {
    check(this, "has");
    if (arguments.length === 0) throw missingArguments();
    const key = usv(name);
    const only = value === undefined ? undefined : usv(value);
    const list = this.#list;
    for (let index = 0; index < list.length; index += 2) {
      if (list[index] === key && (only === undefined || list[index + 1] === only)) return true;
    }
    return false;
  }
  set(name, value) {
    check(this, "set");
    if (arguments.length < 2) throw missingArguments();
    const key = usv(name);
    const text = usv(value);
    const old = this.#list;
    const kept = [];
    let isSet = false;
    for (let index = 0; index < old.length; index += 2) {
      if (old[index] !== key) kept.push(old[index], old[index + 1]);
      else if (!isSet) {
        kept.push(key, text);
        isSet = true;
      }
    }
    if (!isSet) kept.push(key, text);
    this.#list = kept;
    this.#changed();
  }
  sort() {
    check(this, "sort");
    const pairs = [];
    for (let index = 0; index < this.#list.length; index += 2) {
      pairs.push([this.#list[index], this.#list[index + 1]]);
    }
    // Strings compare by code units; the sort is stable.
    pairs.sort((left, right) => (left[0] < right[0] ? -1 : left[0] > right[0] ? 1 : 0));
    this.#list = pairs.flat();
    this.#changed();
  }
  entries() { return new ParamsIterator(check(this, "entries"), 2); }
  keys() { return new ParamsIterator(check(this, "keys"), 0); }
  values() { return new ParamsIterator(check(this, "values"), 1); }
  forEach(callback, thisArg = undefined) {
    check(this, "forEach");
    if (typeof callback !== "function") {
      throw invalidArgument("Cannot call callback on a non-function");
    }
    for (let index = 0; index < this.#list.length; index += 2) {
      callback.call(thisArg, this.#list[index + 1], this.#list[index], this);
    }
  }
  toString() { return serializeQuery(check(this, "toString").#list); }
  toJSON() {
    const list = check(this, "toJSON").#list;
    const result = Object.defineProperty({}, Symbol.toStringTag, {
      value: "URLSearchParams", writable: false, enumerable: false, configurable: true,
    });
    for (let index = 0; index < list.length; index += 2) {
      const name = list[index];
      const value = list[index + 1];
      if (!Object.hasOwn(result, name)) define(result, name, value);
      else if (typeof result[name] === "string") define(result, name, [result[name], value]);
      else result[name].push(value);
    }
    return result;
  }
  get length() { return size(this, "length"); }
  get size() { return size(this, "size"); }

  #changed() {
    if (this.#onChange !== null) this.#onChange(serializeQuery(this.#list));
  }

  static {
    isParams = (value) => typeof value === "object" && value !== null && #list in value;
    listOf = (params) => params.#list;
    setList = (params, list) => { params.#list = list; };
    createParams = (list, onChange) => new URLSearchParams(INTERNAL, list, onChange);
  }
}

function define(target, name, value) {
  defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
}

function check(params, method) {
  if (isParams(params)) return params;
  throw invalidThis("URLSearchParams", method);
}

function size(params, property) {
  if (!isParams(params)) throw invalidGetter("URLSearchParams", property);
  return listOf(params).length / 2;
}

let advance;
class ParamsIterator {
  #params;
  #kind;
  #index = 0;
  constructor(params, kind) {
    this.#params = params;
    this.#kind = kind;
  }
  static {
    advance = (iterator) => {
      if (typeof iterator !== "object" || iterator === null || !(#params in iterator)) {
        const error = new TypeError("Cannot call next() on a non-Iterator object");
        throw withCode(error, "ERR_INVALID_THIS");
      }
      const list = listOf(iterator.#params);
      const index = iterator.#index;
      if (index >= list.length) return { value: undefined, done: true };
      iterator.#index = index + 2;
      const kind = iterator.#kind;
      const value = kind === 2 ? [list[index], list[index + 1]] : list[index + kind];
      return { value, done: false };
    };
  }
}
const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][ITERATOR]()));
Object.setPrototypeOf(ParamsIterator.prototype, IteratorPrototype);
delete ParamsIterator.prototype.constructor;
defineProperty(ParamsIterator.prototype, "next", {
  value: { next() { return advance(this); } }.next,
  writable: true,
  enumerable: true,
  configurable: true,
});
defineProperty(ParamsIterator.prototype, Symbol.toStringTag, {
  value: "URLSearchParams Iterator",
  configurable: true,
});

defineInterface(URLSearchParams, { hidden: ["length"], fixed: ["length"] });
const { prototype } = URLSearchParams;
const entriesMethod = prototype.entries;
defineProperty(prototype, ITERATOR, {
  value: entriesMethod,
  writable: true,
  enumerable: false,
  configurable: true,
});
for (const [name, length] of [["append", 2], ["set", 2], ["delete", 1], ["has", 1]]) {
  defineProperty(prototype[name], "length", { value: length, configurable: true });
}

/** How the parameters print inside a URL: in the words of util.inspect. */
function inspectPairs(params, options, inspect) {
  const list = listOf(params);
  const pairs = [];
  for (let index = 0; index < list.length; index += 2) {
    pairs.push(`${inspect(list[index], options)} => ${inspect(list[index + 1], options)}`);
  }
  return pairs.length === 0 ? "URLSearchParams {}" : `URLSearchParams { ${pairs.join(", ")} }`;
}

module.exports = {
  URLSearchParams, inspectPairs, parseQuery, serializeQuery, createParams, setList, listOf,
};
