"use strict";
// Which proxy a request goes through: the option, else the environment, as Bun reads both.

const { invalidValue } = require("fetch/options");
const { Target } = require("fetch/target");

// `flags` (apis/web/src/fetch/start.rs).
const PROXY_SECURE = 128;

class Proxy {
  constructor(target, headers) {
    this.hostname = target.hostname;
    this.port = target.port;
    this.flags = target.secure ? PROXY_SECURE : 0;
    this.fields = fieldsOf(target, headers);
  }
}

function fieldsOf(target, headers) {
  let fields = "";
  let authorized = false;
  if (headers !== undefined && headers !== null) {
    const { Headers, rawEntries } = require("web/headers");
    const flat = rawEntries(new Headers(headers));
    for (let index = 0; index < flat.length; index += 2) {
      fields += `${flat[index]}: ${flat[index + 1]}\r\n`;
      authorized ||= flat[index].toLowerCase() === "proxy-authorization";
    }
  }
  if (target.authorization !== null && !authorized) {
    fields = `Proxy-Authorization: ${target.authorization}\r\n${fields}`;
  }
  return `${fields}Proxy-Connection: Keep-Alive\r\n`;
}

function parse(text) {
  const url = require("web/url").URL.parse(text);
  if (url === null) throw invalidValue("fetch() proxy URL is invalid");
  return url;
}

let environment;

// Read once: whether any variable is set decides what every later request costs.
function fromEnvironment() {
  if (environment === undefined) {
    const { env } = process;
    const read = (...names) => names.map((name) => env[name]).find((value) => value) ?? "";
    environment = {
      http: read("http_proxy", "HTTP_PROXY"),
      https: read("https_proxy", "HTTPS_PROXY"),
      none: read("no_proxy", "NO_PROXY").split(",").map((name) => name.trim().toLowerCase())
        .filter((name) => name !== ""),
    };
  }
  return environment;
}

function isExempt(target) {
  const host = target.host.toLowerCase();
  const hostname = target.hostname.toLowerCase();
  return fromEnvironment().none.some((name) => {
    if (name === "*") return true;
    const bare = name.startsWith(".") ? name.slice(1) : name;
    return hostname === bare || host === bare || hostname.endsWith(`.${bare}`);
  });
}

/// The proxy of a request to `target`, or null.
function proxyOf(option, target) {
  let text = "";
  let headers;
  let exempts = true;
  if (typeof option === "string") text = option;
  else if (option !== null && typeof option === "object") {
    const { URL } = require("web/url");
    if (option instanceof URL) text = option.href;
    else {
      text = option.url === undefined ? "" : `${option.url}`;
      headers = option.headers;
      exempts = option.respectNoProxy !== false;
    }
  }
  if (text === "") {
    const { http, https } = fromEnvironment();
    text = target.secure ? https : http;
  }
  if (text === "" || (exempts && isExempt(target))) return null;
  const url = parse(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    const { fetchError } = require("fetch/errors");
    throw fetchError("UnsupportedProxyProtocol", target.href);
  }
  return new Proxy(new Target(url), headers);
}

module.exports = { proxyOf };
