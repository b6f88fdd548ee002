// The parser and the formatter of node:url from before the URL Standard. Pure; fails with Node's
// errors for arguments that are no text, and with Invalid URL for hosts that cannot be.
"use strict";

const {
  ERR_INVALID_ARG_TYPE, makeError, validateObject, validateString,
} = require("node/errors");

const { Object, URLSearchParams, decodeURIComponent, encodeURIComponent, escape } = globalThis;

const PROTOCOL = /^[a-z0-9.+-]+:/i;
const PORT = /:[0-9]*$/;
const SIMPLE_PATH = /^(\/\/?(?!\/)[^?\s]*)(\?[^\s]*)?$/;
const SURROUNDING_SPACE = /^[\0- \xa0\ufeff]+|[\0- \xa0\ufeff]+$/g;
const HOST_END = /[/?#]/;
const REMOVED = /[\t\n\r]/g;
const NO_HOST_CHARACTER = /[%/?;#'{}|\\^`<>" \r\n\t]/;
const ESCAPED = /['{}|\\^`<>" \r\n\t]/g;
const NO_NAME_CHARACTER = /[/\\#?:]/;
const HOST_LENGTH_MAX = 255;

const SLASHED = new Set(["http:", "https:", "ftp:", "gopher:", "file:", "ws:", "wss:"]);
const isSlashed = (protocol) => SLASHED.has(protocol) || SLASHED.has(`${protocol}:`);
const isScript = (protocol) => protocol === "javascript:" || protocol === "javascript";

function Url() {
  this.protocol = null;
  this.slashes = null;
  this.auth = null;
  this.host = null;
  this.port = null;
  this.hostname = null;
  this.hash = null;
  this.search = null;
  this.query = null;
  this.pathname = null;
  this.path = null;
  this.href = null;
}
Url.prototype = {};

/** Where the first match lies; the length where there is none. */
function find(text, pattern) {
  const index = text.search(pattern);
  return index < 0 ? text.length : index;
}

function queryObject(query) {
  return Object.setPrototypeOf(new URLSearchParams(query).toJSON(), null);
}

/** The text without space around it, backslashes before the query turned into slashes. */
function cleaned(url) {
  const text = url.replace(SURROUNDING_SPACE, "");
  const end = find(text, /[?#]/);
  return { head: text.slice(0, end).replaceAll("\\", "/"), tail: text.slice(end) };
}

/** A path with nothing else but a query needs no more parsing; answers whether it was one. */
function parseSimple(url, text, parseQueryString) {
  const simple = SIMPLE_PATH.exec(text);
  if (simple === null) return false;
  url.path = text;
  url.href = text;
  url.pathname = simple[1];
  if (simple[2]) {
    url.search = simple[2];
    const query = simple[2].slice(1);
    url.query = parseQueryString ? queryObject(query) : query;
  } else if (parseQueryString) {
    url.query = Object.create(null);
  }
  return true;
}

let hasWarned = false;

/** Ends a host's name at the first character it cannot have; answers what goes to the path. */
function cutName(url, rest, whole) {
  const { hostname } = url;
  const end = find(hostname, NO_NAME_CHARACTER);
  if (end === hostname.length) return rest;
  if (hostname[end] === ":" && !hasWarned) {
    hasWarned = true;
    const text = `The URL ${whole} is invalid. Future versions of Node.js will throw an error.`;
    process.emitWarning(text, "DeprecationWarning", "DEP0170");
  }
  url.hostname = hostname.slice(0, end);
  return `/${hostname.slice(end)}${rest}`;
}

function asciiName(name) {
  const ascii = require("web/url/host").domainToAscii(name);
  if (ascii === undefined) throw makeError("TypeError", "ERR_INVALID_URL", "Invalid URL");
  return ascii;
}

/** Takes authority and host from the front of the text; answers the rest. */
function parseAuthority(url, text, whole) {
  const limit = find(text, HOST_END);
  let rest = text.slice(0, limit).replace(REMOVED, "") + text.slice(limit);
  const hostEnd = rest.search(HOST_END);
  const at = hostEnd < 0 ? rest.lastIndexOf("@") : rest.lastIndexOf("@", hostEnd);
  if (at >= 0) {
    url.auth = decodeURIComponent(rest.slice(0, at));
    rest = rest.slice(at + 1);
  }
  const end = find(rest, NO_HOST_CHARACTER);
  url.host = rest.slice(0, end);
  rest = rest.slice(end);
  url.parseHost();
  if (typeof url.hostname !== "string") url.hostname = "";
  const { hostname } = url;
  const isIpv6 = hostname.startsWith("[") && hostname.endsWith("]");
  if (!isIpv6) rest = cutName(url, rest, whole);
  const isLong = url.hostname.length > HOST_LENGTH_MAX;
  url.hostname = isLong ? "" : url.hostname.toLowerCase();
  if (url.hostname && !isIpv6) url.hostname = asciiName(url.hostname);
  url.host = `${url.hostname}${url.port ? `:${url.port}` : ""}`;
  if (!isIpv6) return rest;
  url.hostname = url.hostname.slice(1, -1);
  return rest[0] === "/" ? rest : `/${rest}`;
}

function escapeOne(character) {
  const escaped = encodeURIComponent(character);
  return escaped === character ? escape(character) : escaped;
}

/** Takes hash, query and path from what is left. */
function parseTail(url, text, parseQueryString) {
  let rest = isScript(url.protocol) ? text : text.replace(ESCAPED, escapeOne);
  const hash = rest.indexOf("#");
  if (hash >= 0) {
    url.hash = rest.slice(hash);
    rest = rest.slice(0, hash);
  }
  const question = rest.indexOf("?");
  if (question >= 0) {
    url.search = rest.slice(question);
    const query = rest.slice(question + 1);
    url.query = parseQueryString ? queryObject(query) : query;
    rest = rest.slice(0, question);
  } else if (parseQueryString) {
    url.query = Object.create(null);
  }
  if (rest) url.pathname = rest;
  if (SLASHED.has(url.protocol) && url.hostname && !url.pathname) url.pathname = "/";
  if (url.pathname || url.search) url.path = `${url.pathname || ""}${url.search || ""}`;
}

Url.prototype.parse = function parse(url, parseQueryString, slashesDenoteHost) {
  validateString(url, "url");
  const { head, tail } = cleaned(url);
  let rest = head + tail;
  if (!slashesDenoteHost && !tail.includes("#") && !head.includes("@")) {
    if (parseSimple(this, rest, parseQueryString)) return this;
  }
  const protocol = PROTOCOL.exec(rest)?.[0];
  if (protocol !== undefined) {
    this.protocol = protocol.toLowerCase();
    rest = rest.slice(protocol.length);
  }
  const hostless = isScript(this.protocol);
  let slashes = false;
  if (slashesDenoteHost || protocol !== undefined || /^\/\/[^@/]+@[^@/]+/.test(rest)) {
    slashes = rest.startsWith("//");
    if (slashes && !hostless) {
      rest = rest.slice(2);
      this.slashes = true;
    }
  }
  if (!hostless && (slashes || (protocol !== undefined && !SLASHED.has(this.protocol)))) {
    rest = parseAuthority(this, rest, url);
  }
  parseTail(this, rest, parseQueryString);
  this.href = this.format();
  return this;
};

/** Bun's name for it; programs see it among the methods. */
Url.prototype.parseHost = function parseHost() {
  let { host } = this;
  const port = PORT.exec(host)?.[0];
  if (port !== undefined) {
    if (port !== ":") this.port = port.slice(1);
    host = host.slice(0, host.length - port.length);
  }
  if (host) this.hostname = host;
};

function hostText({ auth, host, hostname, port }) {
  const user = auth ? `${encodeURIComponent(auth).replace(/%3A/gi, ":")}@` : "";
  if (host) return user + host;
  if (!hostname) return "";
  const isBare = hostname.includes(":") && !hostname.startsWith("[");
  const name = isBare ? `[${hostname}]` : hostname;
  return `${user}${name}${port ? `:${port}` : ""}`;
}

function searchText({ search, query }) {
  if (search) return search;
  if (!query || typeof query !== "object" || Object.keys(query).length === 0) return "";
  const text = new URLSearchParams(query).toString();
  return text && `?${text}`;
}

Url.prototype.format = function format() {
  let protocol = this.protocol || "";
  let pathname = this.pathname || "";
  let hash = this.hash || "";
  let host = hostText(this);
  let search = searchText(this);
  if (protocol && !protocol.endsWith(":")) protocol += ":";
  if (this.slashes || ((!protocol || isSlashed(protocol)) && host.length > 0)) {
    host = `//${host}`;
    if (pathname && pathname[0] !== "/") pathname = `/${pathname}`;
  } else if (protocol === "file:") {
    host = "//";
  }
  if (hash && hash[0] !== "#") hash = `#${hash}`;
  if (search && search[0] !== "?") search = `?${search}`;
  pathname = pathname.replace(/[?#]/g, encodeURIComponent);
  search = search.replaceAll("#", "%23");
  return protocol + host + pathname + search + hash;
};

const DEPRECATED = "`url.parse()` behavior is not standardized and prone to errors that have " +
  "security implications. Use the WHATWG URL API instead. CVEs are not issued for " +
  "`url.parse()` vulnerabilities.";
let isDeprecationTold = false;

/** Warns once, unless it is a package's code that asks. */
function tellDeprecation() {
  if (require("bun/error-stack").isCalledFromPackage(urlParse)) return;
  isDeprecationTold = true;
  process.emitWarning(DEPRECATED, "DeprecationWarning", "DEP0169");
}

function urlParse(url, parseQueryString, slashesDenoteHost) {
  if (!isDeprecationTold) tellDeprecation();
  if (url instanceof Url) return url;
  const parsed = new Url();
  try {
    return parsed.parse(url, parseQueryString, slashesDenoteHost);
  } catch (error) {
    error.input = url;
    throw error;
  }
}

/** A URL of the URL Standard as text, parts of it left out. */
function formatStandard(url, options) {
  if (options !== undefined && options !== null) validateObject(options, "options");
  const { auth = true, fragment = true, search = true, unicode = false } = options ?? {};
  const copy = new URL(url.href);
  if (!auth) copy.username = copy.password = "";
  if (!fragment) copy.hash = "";
  if (!search) copy.search = "";
  const { href, host } = copy;
  if (!unicode || !host.includes("xn--")) return href;
  const { hostname } = copy;
  const shown = require("node/url-domains").domainToUnicode(hostname);
  const start = href.indexOf(hostname, copy.protocol.length);
  return href.slice(0, start) + shown + href.slice(start + hostname.length);
}

function urlFormat(urlObject, options) {
  if (typeof urlObject === "string") return urlParse(urlObject).format();
  if (typeof urlObject !== "object" || urlObject === null) {
    throw ERR_INVALID_ARG_TYPE("urlObject", ["Object", "string"], urlObject);
  }
  if (require("web/url").isUrl(urlObject)) return formatStandard(urlObject, options);
  const isLegacy = urlObject instanceof Url;
  return isLegacy ? urlObject.format() : Url.prototype.format.call(urlObject);
}

module.exports = { Url, urlParse, urlFormat, SLASHED, isSlashed, isScript };
