"use strict";
// URL: a record (web/url/record) behind getters and setters. The common URL is parsed in one pass
// by web/url/fast; the full parser loads when something else comes along.

const { defineInterface } = require("web/interface");
const { invalidArgument, invalidGetter, invalidThis, missingArguments, withCode } =
  require("web/errors");
const { parseFast, parsePathFast } = require("web/url/fast");

const BLOB_ORIGIN = /^blob:/;
const ORIGIN_SCHEMES = ["http", "https", "ws", "wss", "ftp"];
const BLOB_SCHEMES = [...ORIGIN_SCHEMES, "file"];

/** Parses absolute input; `undefined` for a failure. */
function parseAbsolute(input) {
  return parseFast(input) ?? parseFully(input, undefined);
}

function parseFully(input, base) {
  const { parse } = require("web/url/parser");
  const { recordOf, partsOf } = require("web/url/record");
  const parts = parse(input.toWellFormed(), base === undefined ? undefined : partsOf(base));
  return parts === undefined ? undefined : recordOf(parts);
}

/** Parses input against a base, which must itself be valid. */
function parseWithBase(input, base) {
  const baseRecord = parseAbsolute(base);
  if (baseRecord === undefined) return undefined;
  return parseFast(input) ?? parsePathFast(input, baseRecord) ?? parseFully(input, baseRecord);
}

function text(value) {
  if (typeof value === "string") return value;
  if (typeof value === "symbol") {
    throw new TypeError("Cannot convert a Symbol value to a string");
  }
  return `${value}`;
}

function parseArguments(input, base) {
  const url = text(input);
  return base === undefined ? parseAbsolute(url) : parseWithBase(url, text(base));
}

function invalidUrl(input, base) {
  const error = withCode(new TypeError("Invalid URL"), "ERR_INVALID_URL");
  Object.defineProperty(error, "code", { enumerable: true });
  error.input = text(input);
  if (base !== undefined) error.base = text(base);
  return error;
}

function originOf(record) {
  const { scheme } = record;
  if (ORIGIN_SCHEMES.includes(scheme)) return `${scheme}://${record.host}`;
  if (!BLOB_ORIGIN.test(record.href)) return "null";
  const inner = parseAbsolute(record.pathname);
  if (inner === undefined || !BLOB_SCHEMES.includes(inner.scheme)) return "null";
  return `${inner.scheme}://${inner.host}`;
}

let isUrl;
let recordOfUrl;

class URL {
  #record;
  #searchParams = null;

  constructor(url, base = undefined) {
    if (arguments.length === 0) throw missingArguments();
    const record = base === undefined && typeof url === "string"
      ? parseFast(url) ?? parseFully(url, undefined) : parseArguments(url, base);
    if (record === undefined) throw invalidUrl(url, base);
    this.#record = record;
  }

  static parse(url, base = undefined) {
    if (arguments.length === 0) throw missingArguments();
    return parseArguments(url, base) === undefined ? null : new URL(url, base);
  }
  static canParse(url, base = undefined) {
    if (arguments.length === 0) throw missingArguments();
    return parseArguments(url, base) !== undefined;
  }
  static createObjectURL(blob) {
    if (arguments.length === 0) throw missingArguments();
    const { isBlob } = require("web/blob");
    if (!isBlob(blob)) throw invalidArgument("createObjectURL expects a Blob object");
    return require("web/object-urls").create(blob);
  }
  static revokeObjectURL(url) {
    if (arguments.length === 0) {
      const message = "Not enough arguments to 'revokeObjectURL'. Expected 1, got 0.";
      throw withCode(new TypeError(message), "ERR_MISSING_ARGS");
    }
    require("web/object-urls").revoke(text(url));
  }

  get href() { return check(this, "href").#record.href; }
  set href(value) {
    check(this, "href");
    const record = parseAbsolute(text(value));
    if (record === undefined) throw invalidUrl(value, undefined);
    this.#record = record;
    this.#updateParams();
  }
  get origin() { return originOf(check(this, "origin").#record); }
  get protocol() {
    const record = check(this, "protocol").#record;
    return record.href.slice(0, record.protocolEnd);
  }
  set protocol(value) { check(this, "protocol").#change("setProtocol", value); }
  get username() { return check(this, "username").#record.username; }
  set username(value) { check(this, "username").#change("setUsername", value); }
  get password() { return check(this, "password").#record.password; }
  set password(value) { check(this, "password").#change("setPassword", value); }
  get host() {
    const record = check(this, "host").#record;
    // The port is left out together with the "/." that guards some paths.
    return record.port === "" ? record.hostname : record.host;
  }
  set host(value) { check(this, "host").#change("setHost", value); }
  get hostname() { return check(this, "hostname").#record.hostname; }
  set hostname(value) { check(this, "hostname").#change("setHostname", value); }
  get port() { return check(this, "port").#record.port; }
  set port(value) { check(this, "port").#change("setPort", value); }
  get pathname() { return check(this, "pathname").#record.pathname; }
  set pathname(value) { check(this, "pathname").#change("setPathname", value); }
  get hash() { return check(this, "hash").#record.hash; }
  set hash(value) { check(this, "hash").#change("setHash", value); }
  get search() { return check(this, "search").#record.search; }
  set search(value) {
    check(this, "search").#change("setSearch", value);
    this.#updateParams();
  }
  get searchParams() {
    if (check(this, "searchParams").#searchParams !== null) return this.#searchParams;
    const { createParams } = require("web/url-search-params");
    const onChange = (query) => {
      this.#record = require("web/url/setters").setSearch(this.#record, query);
    };
    this.#searchParams = createParams(this.#queryList(), onChange);
    return this.#searchParams;
  }

  toJSON() {
    if (!isUrl(this)) throw invalidThis("URL", "toJSON");
    return this.#record.href;
  }
  toString() {
    if (!isUrl(this)) throw invalidThis("URL", "toString");
    return this.#record.href;
  }

  #queryList() {
    return require("web/url-search-params").parseQuery(this.#record.search.slice(1));
  }
  #updateParams() {
    if (this.#searchParams === null) return;
    require("web/url-search-params").setList(this.#searchParams, this.#queryList());
  }
  #change(setter, value) {
    const record = require("web/url/setters")[setter](this.#record, text(value).toWellFormed());
    if (record !== undefined) this.#record = record;
  }

  static {
    isUrl = (value) => typeof value === "object" && value !== null && #record in value;
    recordOfUrl = (url) => url.#record;
  }
}

function check(url, property) {
  if (isUrl(url)) return url;
  throw invalidGetter("URL", property);
}

defineInterface(URL);
Object.defineProperty(URL, "length", { value: 1, configurable: true });
for (const name of ["parse", "canParse"]) {
  Object.defineProperty(URL[name], "length", { value: 1, configurable: true });
}

const INSPECTED = [
  "href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname",
  "search", "searchParams", "hash",
];
require("web/interface").defineInspection(URL, (url, options) => {
  const result = {};
  for (const name of INSPECTED) result[name] = url[name];
  const { searchParams } = url;
  result.searchParams = {
    [Symbol.for("nodejs.util.inspect.custom")](_depth, options, inspect) {
      return require("web/url-search-params").inspectPairs(searchParams, options, inspect);
    },
  };
  if (options?.showHidden) result[Symbol("context")] = new URLContext(url);
  return result;
});

const SCHEMES = ["http:", undefined, "https:", "ws:", "ftp:", "wss:", "file:"];
const NOT_SPECIAL = 1;
const ABSENT = 4294967295;

/** Where the parts of a URL begin and end in its text, which inspection shows on demand. */
class URLContext {
  constructor({ href, protocol, username, password, hostname, port, search, hash }) {
    const start = protocol.length;
    const hasHost = href.startsWith("//", start);
    const nameStart = hasHost ? start + 2 : start;
    const nameEnd = nameStart + username.length;
    const hostStart = password === "" ? nameEnd : nameEnd + 1 + password.length;
    const mark = hostStart > nameStart ? 1 : 0;
    const hostEnd = hostStart + mark + hostname.length;
    const pathStart = hostEnd + (port === "" ? 0 : port.length + 1);
    const hashStart = href.indexOf("#", pathStart);
    const end = hashStart < 0 ? href.length : hashStart;
    const searchStart = search === "" ? href.slice(0, end).indexOf("?", pathStart)
      : end - search.length;
    const scheme = SCHEMES.indexOf(protocol);
    Object.assign(this, {
      href,
      protocol_end: start,
      username_end: nameEnd,
      host_start: hostStart,
      host_end: hostEnd,
      pathname_start: pathStart,
      search_start: searchStart < 0 ? ABSENT : searchStart,
      hash_start: hashStart < 0 ? ABSENT : hashStart,
      port: port === "" ? ABSENT : Number(port),
      scheme_type: scheme < 0 ? NOT_SPECIAL : scheme,
    });
    for (const [name, get] of [
      ["hasPort", () => port !== ""], ["hasSearch", () => searchStart >= 0],
      ["hasHash", () => hash !== "" || hashStart >= 0],
    ]) Object.defineProperty(this, name, { get, enumerable: false, configurable: true });
  }
}

/** The parsed form of absolute input without a URL object: a Record, or `undefined`. */
const parseUrl = parseAbsolute;

module.exports = {
  URL,
  get URLSearchParams() { return require("web/url-search-params").URLSearchParams; },
  isUrl: (value) => isUrl(value),
  parseUrl,
  recordOfUrl,
};
