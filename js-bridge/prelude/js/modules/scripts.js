// Programs that are in no file, made ready to be evaluated: the operations behind node:vm,
// Module.prototype._compile and `data:` imports.
"use strict";

const { atob, decodeURIComponent } = globalThis;

const LOADERS = {
  __proto__: null,
  "text/javascript": "js", "application/javascript": "js", "application/ecmascript": "js",
  "text/ecmascript": "js", "text/jsx": "jsx", "text/typescript": "ts",
  "application/typescript": "ts", "text/tsx": "tsx", "application/json": "json",
};

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
  loadDataUrl, loadText: ops.loadText, prepareScript: ops.prepareScript,
};
