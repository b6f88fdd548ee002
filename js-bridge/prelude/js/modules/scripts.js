// Programs that are in no file, made ready to be evaluated: the operations behind node:vm,
// Module.prototype._compile and imports of `data:` and `blob:` URLs.
"use strict";

const { atob, decodeURIComponent } = globalThis;

const LOADERS = {
  __proto__: null,
  "text/javascript": "js", "application/javascript": "js", "application/ecmascript": "js",
  "text/ecmascript": "js", "text/jsx": "jsx", "text/typescript": "ts",
  "application/typescript": "ts", "video/mp2t": "ts", "text/tsx": "tsx",
  "application/json": "json",
};
const EXTENSIONS = {
  __proto__: null,
  js: "js", mjs: "js", jsx: "jsx", ts: "ts", mts: "ts", tsx: "tsx", json: "json",
};

function loadUrl(url, attribute) {
  return url.startsWith("blob:") ? loadBlob(url, attribute) : loadDataUrl(url, attribute);
}

// Whether the program has made a blob's URL, and not revoked it.
function isBlobUrl(url) {
  return !url.includes("#") && require("web/object-urls").resolve(url) !== undefined;
}

// The module in a blob: where its type names no language, its name may. A file of TypeScript has
// the type of JavaScript, so all of these are read as TypeScript.
function loadBlob(url, attribute) {
  const blob = require("web/object-urls").resolve(url);
  const type = blob.type.split(";")[0].trim().toLowerCase();
  const extension = /\.([a-z]+)$/.exec(blob.name ?? "")?.[1];
  const named = LOADERS[type] ?? EXTENSIONS[extension];
  const loader = attribute ?? (named === undefined || named === "js" ? "tsx" : named);
  const text = require("web/encoding").decodeUtf8(bytesNow(blob));
  return ops.loadText(url, url, text, loader, loader === "json" ? undefined : "module");
}

function bytesNow(blob) {
  const { bytesOf, externalOf } = require("web/blob");
  const bytes = bytesOf(blob);
  if (bytes !== null) return bytes;
  const { source, start, end } = externalOf(blob);
  return require("node/fs").readFileSync(source.target).subarray(start, end);
}

// The module of a `data:` URL: its type says how the text is read.
function loadDataUrl(url, attribute) {
  const comma = url.indexOf(",");
  const head = comma < 0 ? url.slice(5) : url.slice(5, comma);
  const body = comma < 0 ? "" : decodeURIComponent(url.slice(comma + 1));
  const [type, ...parameters] = head.split(";").map((part) => part.trim().toLowerCase());
  const text = parameters.includes("base64") ? utf8Of(decodeBase64(body, url)) : body;
  const loader = attribute ?? LOADERS[type] ?? "text";
  return ops.loadText(url, url, text, loader, loader === "json" ? undefined : "module");
}

function decodeBase64(body, url) {
  try {
    return atob(body);
  } catch {
    const message = `Base64DecodeError decoding data "${url}"`;
    throw require("runtime/module-errors").buildMessage({ message, position: null, notes: [] });
  }
}

// Text of UTF-8 from a string of bytes.
function utf8Of(bytes) {
  try {
    return decodeURIComponent(bytes.replace(/[^]/g, (byte) =>
      `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`));
  } catch {
    return bytes;
  }
}

module.exports = {
  isBlobUrl, loadText: ops.loadText, loadUrl, prepareScript: ops.prepareScript,
  rewriteCode: ops.rewriteCode,
};
