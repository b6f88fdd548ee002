"use strict";
// Fetches that need no network: data:, blob: and file: URLs.

const { createResponse } = require("web/response");
const { Headers } = require("web/headers");
const { invalidValue } = require("fetch/options");

function responseOf(body, type, url) {
  const headers = new Headers();
  if (type !== "") headers.set("content-type", type);
  const statusText = url.startsWith("file:") ? "" : "OK";
  return createResponse({ body, status: 200, statusText, headers, url, redirected: false });
}

// RFC 2397, percent-decoded into bytes.
function bytesOfData(text) {
  const { encodeUtf8 } = require("web/encoding");
  const input = encodeUtf8(text);
  const out = new Uint8Array(input.length);
  let length = 0;
  for (let index = 0; index < input.length; index++) {
    const escape = input[index] === 0x25 ? hexAt(input, index + 1) : -1;
    out[length++] = escape < 0 ? input[index] : escape;
    if (escape >= 0) index += 2;
  }
  return out.subarray(0, length);
}

function hexAt(bytes, at) {
  const text = String.fromCharCode(bytes[at], bytes[at + 1]);
  return /^[\da-f]{2}$/i.test(text) ? Number.parseInt(text, 16) : -1;
}

function fetchData(href) {
  const failed = () => Promise.reject(new Error("failed to fetch the data URL"));
  const text = href.slice("data:".length).replace(/#.*$/s, "");
  const comma = text.indexOf(",");
  if (comma < 0) return failed();
  let type = text.slice(0, comma).trim();
  let bytes = bytesOfData(text.slice(comma + 1));
  const coded = /;\s*base64$/i.exec(type);
  if (coded !== null) {
    type = type.slice(0, coded.index);
    bytes = fromBase64(bytes);
    if (bytes === null) return failed();
  }
  const blob = require("web/blob").createBlob(bytes.slice(), type);
  return Promise.resolve(responseOf(blob, type, href));
}

function fromBase64(bytes) {
  try {
    const { atob, decodeUtf8 } = require("web/encoding");
    const standard = decodeUtf8(bytes).replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(atob(standard), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

function fetchBlob(href) {
  const blob = require("web/object-urls").resolve(href);
  if (blob === undefined) {
    const { errorOf } = require("fetch/errors");
    return Promise.reject(errorOf({ code: "ENOTFOUND", hostname: "blob" }, href));
  }
  return Promise.resolve(responseOf(blob, blob.type, href));
}

// The error for a file that is not there comes when it is opened.
async function fetchFile(url) {
  const file = require("bun/file").file(url);
  if (!(await file.exists())) await file.bytes();
  return responseOf(file, file.type, url.href);
}

/// Answers a fetch of a URL that is not of HTTP.
function fetchOther(url) {
  switch (url.protocol) {
    case "data:": return fetchData(url.href);
    case "blob:": return fetchBlob(url.href);
    case "file:": return fetchFile(url);
    default: return Promise.reject(invalidValue("protocol must be http:, https: or s3:"));
  }
}

module.exports = { fetchOther };
