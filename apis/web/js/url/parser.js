"use strict";
// The parser of the URL Standard, in pieces instead of one state machine: scheme, authority, path,
// query, fragment. It takes any input; web/url/fast handles the common one. Works on `Parts`, the
// components of a URL, which the setters use too.

const {
  C0_SET, FRAGMENT_SET, QUERY_SET, SPECIAL_QUERY_SET, PATH_SET, USERINFO_SET, percentEncode,
} = require("web/url/percent");
const { parseHost } = require("web/url/host");

const DEFAULT_PORTS = { http: 80, https: 443, ws: 80, wss: 443, ftp: 21, file: null };
Object.setPrototypeOf(DEFAULT_PORTS, null);

const SCHEME = /^[a-zA-Z][a-zA-Z0-9+\-.]*:/;
const DRIVE_LETTER = /^[a-zA-Z][:|]$/;
const NORMALIZED_DRIVE_LETTER = /^[a-zA-Z]:$/;
const STARTS_WITH_DRIVE_LETTER = /^[a-zA-Z][:|](?:[\/\\?#]|$)/;
const DOUBLE_DOT = /^(?:\.|%2e){2}$/i;
const SINGLE_DOT = /^(?:\.|%2e)$/i;

function isSpecialScheme(scheme) {
  return scheme in DEFAULT_PORTS;
}

class Parts {
  constructor() {
    this.scheme = "";
    this.username = "";
    this.password = "";
    /** Serialized; `null` where there is none. */
    this.host = null;
    this.port = null;
    /** Segments; unused when `opaque` is a string. */
    this.path = [];
    this.opaque = null;
    this.query = null;
    this.fragment = null;
  }
  get isSpecial() { return isSpecialScheme(this.scheme); }
  get hasCredentials() { return this.username !== "" || this.password !== ""; }
  /** Without a host there is nothing that a user or a port could belong to. */
  get cannotHavePort() {
    return this.host === null || this.host === "" || this.scheme === "file";
  }
  copyAuthority(base) {
    this.username = base.username;
    this.password = base.password;
    this.host = base.host;
    this.port = base.port;
  }
  pathname() {
    if (this.opaque !== null) return this.opaque;
    return this.path.length === 0 ? "" : "/" + this.path.join("/");
  }
}

/** Where the path ends: at `?`, `#`, or the end. */
function endOf(text, pattern, start = 0) {
  pattern.lastIndex = start;
  const match = pattern.exec(text);
  return match === null ? text.length : match.index;
}
const QUERY_OR_FRAGMENT = /[?#]/g;
const AUTHORITY_END = /[\/?#]/g;
const SPECIAL_AUTHORITY_END = /[\/\\?#]/g;

function shortenPath(url) {
  const { path } = url;
  if (url.scheme === "file" && path.length === 1 && NORMALIZED_DRIVE_LETTER.test(path[0])) return;
  path.pop();
}

function parseSegment(url, segment, isLast) {
  if (DOUBLE_DOT.test(segment)) {
    shortenPath(url);
    if (isLast) url.path.push("");
  } else if (SINGLE_DOT.test(segment)) {
    if (isLast) url.path.push("");
  } else {
    let text = segment;
    if (url.scheme === "file" && url.path.length === 0 && DRIVE_LETTER.test(text)) {
      text = text[0] + ":";
    }
    url.path.push(percentEncode(text, PATH_SET));
  }
}

/** Parses segments that follow the slash before `text`. */
function parseSegments(url, text) {
  const segments = text.split(url.isSpecial ? /[\/\\]/ : "/");
  const last = segments.length - 1;
  for (let index = 0; index <= last; index++) parseSegment(url, segments[index], index === last);
}

function setQuery(url, text) {
  url.query = percentEncode(text, url.isSpecial ? SPECIAL_QUERY_SET : QUERY_SET);
}

/** Parses `?query#fragment`. */
function parseQueryAndFragment(url, text) {
  let rest = text;
  const hash = rest.indexOf("#");
  if (hash >= 0) {
    url.fragment = percentEncode(rest.slice(hash + 1), FRAGMENT_SET);
    rest = rest.slice(0, hash);
  }
  if (rest !== "") setQuery(url, rest.slice(1));
}

/** The "path start state": what follows the authority. */
function parsePathStart(url, text) {
  const end = endOf(text, QUERY_OR_FRAGMENT);
  const path = text.slice(0, end);
  if (url.isSpecial) parseSegments(url, /^[\/\\]/.test(path) ? path.slice(1) : path);
  else if (path !== "") parseSegments(url, path[0] === "/" ? path.slice(1) : path);
  parseQueryAndFragment(url, text.slice(end));
  return url;
}

/** The "path state": segments without a slash before the first. */
function parsePath(url, text) {
  const end = endOf(text, QUERY_OR_FRAGMENT);
  parseSegments(url, text.slice(0, end));
  parseQueryAndFragment(url, text.slice(end));
  return url;
}

function parseOpaque(url, text) {
  const end = endOf(text, QUERY_OR_FRAGMENT);
  let path = percentEncode(text.slice(0, end), C0_SET);
  // A space before the query would be lost when the URL is parsed again.
  if (end < text.length && path.endsWith(" ")) path = path.slice(0, -1) + "%20";
  url.opaque = path;
  parseQueryAndFragment(url, text.slice(end));
  return url;
}

function setCredentials(url, text) {
  const colon = text.indexOf(":");
  url.username = percentEncode(colon < 0 ? text : text.slice(0, colon), USERINFO_SET);
  url.password = colon < 0 ? "" : percentEncode(text.slice(colon + 1), USERINFO_SET);
}

/** Where a port would begin: the first colon outside brackets, -1 without one. */
function portColon(text) {
  let inBrackets = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === "[") inBrackets = true;
    else if (character === "]") inBrackets = false;
    else if (character === ":" && !inBrackets) return index;
  }
  return -1;
}

/** Sets the port from digits; false for a failure. */
function setPort(url, digits) {
  if (digits === "") return true;
  if (!/^[0-9]+$/.test(digits)) return false;
  const port = parseInt(digits, 10);
  if (port > 65535) return false;
  url.port = port === DEFAULT_PORTS[url.scheme] ? null : port;
  return true;
}

/** Parses user, password, host and port, then the rest; `text` begins after the slashes. */
function parseAuthority(url, text) {
  const end = endOf(text, url.isSpecial ? SPECIAL_AUTHORITY_END : AUTHORITY_END);
  let hostAndPort = text.slice(0, end);
  const at = hostAndPort.lastIndexOf("@");
  if (at >= 0) {
    setCredentials(url, hostAndPort.slice(0, at));
    hostAndPort = hostAndPort.slice(at + 1);
    if (hostAndPort === "") return undefined;
  }
  const colon = portColon(hostAndPort);
  const hostText = colon < 0 ? hostAndPort : hostAndPort.slice(0, colon);
  if (hostText === "" && (colon >= 0 || url.isSpecial)) return undefined;
  url.host = hostText === "" ? "" : parseHost(hostText, url.isSpecial);
  if (url.host === undefined) return undefined;
  if (colon >= 0 && !setPort(url, hostAndPort.slice(colon + 1))) return undefined;
  return parsePathStart(url, text.slice(end));
}

/** The host of a file URL; `text` begins after two slashes. */
function parseFileHost(url, text) {
  const end = endOf(text, SPECIAL_AUTHORITY_END);
  const hostText = text.slice(0, end);
  if (DRIVE_LETTER.test(hostText)) {
    url.host = "";
    return parsePath(url, text);
  }
  const host = hostText === "" ? "" : parseHost(hostText, true);
  if (host === undefined) return undefined;
  url.host = host === "localhost" ? "" : host;
  return parsePathStart(url, text.slice(end));
}

function isSlash(character) {
  return character === "/" || character === "\\";
}

function parseFile(url, text, base) {
  url.scheme = "file";
  url.host = "";
  const fileBase = base !== undefined && base.scheme === "file" ? base : undefined;
  if (isSlash(text[0])) {
    if (isSlash(text[1])) return parseFileHost(url, text.slice(2));
    if (fileBase !== undefined) {
      url.host = fileBase.host;
      const drive = fileBase.path[0];
      if (!STARTS_WITH_DRIVE_LETTER.test(text.slice(1)) && drive !== undefined &&
        NORMALIZED_DRIVE_LETTER.test(drive)) {
        url.path.push(drive);
      }
    }
    return parsePath(url, text.slice(1));
  }
  if (fileBase === undefined) return parsePath(url, text);
  return parseRelativeTo(url, text, fileBase, STARTS_WITH_DRIVE_LETTER.test(text));
}

/** Takes over the base's path and query as far as `text` does not replace them. */
function parseRelativeTo(url, text, base, dropsPath = false) {
  url.copyAuthority(base);
  url.path = [...base.path];
  url.query = base.query;
  if (text[0] === "?") url.query = null;
  if (text === "" || text[0] === "#" || text[0] === "?") {
    parseQueryAndFragment(url, text);
    return url;
  }
  url.query = null;
  if (dropsPath) url.path = [];
  else shortenPath(url);
  return parsePath(url, text);
}

function parseRelative(url, text, base) {
  url.scheme = base.scheme;
  const { isSpecial } = url;
  if (text[0] === "/" || (isSpecial && text[0] === "\\")) {
    if (isSpecial && isSlash(text[1])) return parseAuthority(url, text.replace(/^[\/\\]+/, ""));
    if (text[1] === "/") return parseAuthority(url, text.slice(2));
    url.copyAuthority(base);
    return parsePath(url, text.slice(1));
  }
  return parseRelativeTo(url, text, base);
}

function parseAfterScheme(url, rest, base) {
  if (url.scheme === "file") return parseFile(url, rest, base);
  if (url.isSpecial) {
    const isRelative = base !== undefined && base.scheme === url.scheme && !rest.startsWith("//");
    if (isRelative) return parseRelative(url, rest, base);
    return parseAuthority(url, rest.replace(/^[\/\\]+/, ""));
  }
  if (rest.startsWith("//")) return parseAuthority(url, rest.slice(2));
  if (rest[0] === "/") return parsePath(url, rest.slice(1));
  return parseOpaque(url, rest);
}

function trim(input) {
  let start = 0;
  let end = input.length;
  while (start < end && input.charCodeAt(start) <= 32) start++;
  while (end > start && input.charCodeAt(end - 1) <= 32) end--;
  return removeNewlines(input.slice(start, end));
}

/** Tabs and line breaks mean nothing anywhere in a URL. */
function removeNewlines(text) {
  return /[\t\n\r]/.test(text) ? text.replace(/[\t\n\r]+/g, "") : text;
}

/** Parses a URL against `base`, which is `Parts` or `undefined`; `undefined` for a failure. */
function parse(input, base) {
  const text = trim(input);
  const url = new Parts();
  const match = SCHEME.exec(text);
  if (match !== null) {
    url.scheme = match[0].slice(0, -1).toLowerCase();
    return parseAfterScheme(url, text.slice(match[0].length), base);
  }
  if (base === undefined) return undefined;
  if (base.opaque !== null) {
    if (text[0] !== "#") return undefined;
    url.scheme = base.scheme;
    url.opaque = base.opaque;
    url.query = base.query;
    parseQueryAndFragment(url, text);
    if (url.query === null) url.query = base.query;
    return url;
  }
  return base.scheme === "file" ? parseFile(url, text, base) : parseRelative(url, text, base);
}

module.exports = {
  DEFAULT_PORTS, Parts, isSpecialScheme, parse, parseSegments, setQuery, setPort, portColon,
  removeNewlines, endOf, AUTHORITY_END, SPECIAL_AUTHORITY_END, DRIVE_LETTER,
};
