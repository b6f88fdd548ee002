"use strict";
// The errors of a fetch, with the class, code, message and properties of Bun's.

const { timeoutError } = require("web/dom-exception");

const MORE = "For more information, pass `verbose: true` in the second argument to fetch()";
const UNABLE = "Unable to connect. Is the computer able to access the url?";

const MESSAGES = new Map([
  ["ECONNRESET", `The socket connection was closed unexpectedly. ${MORE}`],
  ["ECONNREFUSED", UNABLE],
  ["ECONNABORTED", UNABLE],
  ["EADDRNOTAVAIL", UNABLE],
  ["EHOSTUNREACH", UNABLE],
  ["ENETUNREACH", UNABLE],
  ["ETIMEDOUT", UNABLE],
  ["ENOENT", "Was there a typo in the url or port?"],
  ["EACCES", "Was there a typo in the url or port?"],
  ["ENOTDIR", "Was there a typo in the url or port?"],
  ["FailedToOpenSocket", "Was there a typo in the url or port?"],
  ["EPROTO", "The TLS handshake failed. Does the server speak TLS on this port?"],
  ["TooManyRedirects", `The response redirected too many times. ${MORE}`],
  ["RedirectURLInvalid", "Redirect URL in Location header is invalid."],
]);

function messageOf(code, url) {
  const known = MESSAGES.get(code);
  return known === undefined ? `${code} fetching "${url}". ${MORE}` : `${code}: ${known}`;
}

/// The error of a fetch of `url` that failed with `code`.
function fetchError(code, url, message = messageOf(code, url)) {
  const error = new TypeError(message);
  error.code = code;
  error.path = url;
  error.errno = 0;
  return error;
}

/// The error of arguments that make no fetch; its code does not show among its keys.
function argumentError(code, message) {
  const error = new TypeError(message);
  Object.defineProperty(error, "code", { value: code, writable: true, configurable: true });
  return error;
}

// The numbers of c-ares, which Bun looks names up with.
const NAME_ERRNO = { ENOTFOUND: 4, EAI_AGAIN: 11 };

function nameError(code, url, hostname) {
  const error = new TypeError(`getaddrinfo ${code} ${hostname}`);
  error.code = code;
  error.path = url;
  error.syscall = "getaddrinfo";
  error.hostname = hostname;
  error.errno = NAME_ERRNO[code];
  return error;
}

// The proxy answered CONNECT with a head of its own.
function tunnelError(head) {
  const lines = head.split(/\r?\n/);
  const [, status, reason] = /^HTTP\/1\.\d (\d+) ?(.*)$/.exec(lines[0]) ?? [null, "0", ""];
  const error = new Error(`Proxy refused to open a tunnel: ${status} ${reason}`.trimEnd());
  Object.defineProperty(error, "code", { value: "ERR_PROXY_TUNNEL", configurable: true });
  error.status = Number(status);
  error.statusText = reason;
  const { Headers } = require("web/headers");
  error.headers = new Headers();
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(":");
    if (colon > 0) error.headers.append(line.slice(0, colon), line.slice(colon + 1));
  }
  return error;
}

//// What a program gets for the error of an operation on an exchange of `url`.
function errorOf(native, url) {
  const { code } = native;
  if (code === "Timeout") return timeoutError();
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return nameError(code, url, native.hostname);
  if (code === "ERR_PROXY_TUNNEL") return tunnelError(native.head);
  if (code === undefined) return native;
  return native.message === ""
    ? fetchError(code, url)
    : fetchError(code, url, native.message);
}

module.exports = { argumentError, errorOf, fetchError };
