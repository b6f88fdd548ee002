"use strict";
// Where a URL leads: host, port, path and credentials, taken apart once for a URL used again.

const { argumentError } = require("fetch/errors");

const CACHE_MAX = 256;
const cache = new Map();

class Target {
  constructor(url) {
    this.href = url.href;
    this.origin = url.origin;
    this.secure = url.protocol === "https:";
    this.hostname = url.hostname;
    this.port = url.port === "" ? (this.secure ? 443 : 80) : Number(url.port);
    this.host = url.host;
    this.path = url.pathname + url.search;
    this.authorization = url.username === "" && url.password === "" ? null : basic(url);
  }
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/// The value of an Authorization field by the credentials of a URL.
function basic(url) {
  const { encodeUtf8 } = require("web/encoding");
  const bytes = encodeUtf8(`${decoded(url.username)}:${decoded(url.password)}`);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `Basic ${require("web/encoding").btoa(binary)}`;
}

const invalidUrl = (message) => argumentError("ERR_INVALID_URL", message);

/// The parsed URL of a text.
///
/// Throws Bun's errors for what is no URL.
function parse(text) {
  if (text === "") throw invalidUrl("fetch() URL must not be a blank string.");
  const url = require("web/url").URL.parse(text);
  if (url === null) throw invalidUrl("fetch() URL is invalid");
  return url;
}

/// The target of a text that names an http(s) URL; otherwise the URL itself, whose scheme decides.
function targetOf(text) {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const url = parse(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") return url;
  const target = new Target(url);
  if (cache.size >= CACHE_MAX) cache.clear();
  cache.set(text, target);
  return target;
}

module.exports = { Target, targetOf, basic };
