// node:url.
"use strict";

const { Url, urlParse, urlFormat } = require("node/url-parse");
const { urlResolve, urlResolveObject } = require("node/url-resolve");
const { fileURLToPath, fileURLToPathBuffer, pathToFileURL } = require("node/file-urls");
const { domainToASCII, domainToUnicode } = require("node/url-domains");
const { URL, URLSearchParams } = require("web/url");

const { Number, Object, decodeURIComponent } = globalThis;

function urlToHttpOptions(url) {
  const { hash, hostname, href, password, pathname, port, protocol, search, username } = url;
  const isIpv6 = typeof hostname === "string" && hostname.startsWith("[");
  const options = {
    __proto__: null,
    ...url,
    protocol,
    hostname: isIpv6 ? hostname.slice(1, -1) : hostname,
    hash,
    search,
    pathname,
    path: `${pathname || ""}${search || ""}`,
    href,
  };
  if (port !== "") options.port = Number(port);
  if (username || password) {
    options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  }
  return options;
}

for (const [action, length] of [[urlFormat, 2], [pathToFileURL, 2], [fileURLToPathBuffer, 2]]) {
  Object.defineProperty(action, "length", { value: length, configurable: true });
}

module.exports = {
  parse: urlParse,
  resolve: urlResolve,
  resolveObject: urlResolveObject,
  format: urlFormat,
  Url,
  URLSearchParams,
  URL,
  get URLPattern() { return require("web/url-pattern").URLPattern; },
  pathToFileURL,
  fileURLToPath,
  fileURLToPathBuffer,
  urlToHttpOptions,
  domainToASCII,
  domainToUnicode,
};
