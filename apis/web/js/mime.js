"use strict";
// Media types: by file extension, by content, and the canonical form of what a program passes.

const OCTET_STREAM = "application/octet-stream";
const TEXT_PLAIN = "text/plain;charset=utf-8";

// What is passed exactly so gains its character set.
const CANONICAL = new Map([
  ["text/plain", TEXT_PLAIN],
  ["text/html", "text/html;charset=utf-8"],
  ["text/css", "text/css;charset=utf-8"],
  ["text/javascript", "text/javascript;charset=utf-8"],
  ["application/javascript", "text/javascript;charset=utf-8"],
  ["text/jsx", "text/javascript;charset=utf-8"],
  ["application/json", "application/json;charset=utf-8"],
]);
const PRINTABLE = /^[\x20-\x7e]*$/;

/// The type of a Blob made with the option `type`.
function normalizeType(type) {
  if (typeof type !== "string" || type === "") return "";
  const canonical = CANONICAL.get(type);
  if (canonical !== undefined) return canonical;
  return PRINTABLE.test(type) ? type.toLowerCase() : "";
}

/// The type of a Blob made from a body with this content-type header.
function typeOfHeader(value) {
  const semicolon = value.indexOf(";");
  const essence = semicolon < 0 ? value : value.slice(0, semicolon).trimEnd();
  return CANONICAL.get(essence) ?? value;
}

/// The type of a part of a Blob with this one: the runtime's own types stay, others are dropped.
function typeOfPart(type) {
  return type !== "" && (type.includes(";charset=utf-8") || ops.mimeIsKnown(type)) ? type : "";
}

// One entry an extension that a program asked for: bounded, for names can come from clients.
const REMEMBERED_MAX = 256;
const remembered = new Map();

function typeByExtension(extension) {
  let type = remembered.get(extension);
  if (type !== undefined) return type;
  type = ops.mimeByExtension(extension.toLowerCase()) ?? "";
  if (remembered.size < REMEMBERED_MAX) remembered.set(extension, type);
  return type;
}

/// The extension of a path without its dot; a name that only starts with a dot has none.
function extensionOf(path) {
  let end = path.length;
  while (end > 1 && path[end - 1] === "/") end--;
  const start = path.lastIndexOf("/", end - 1) + 1;
  const dot = path.lastIndexOf(".", end - 1);
  return dot > start ? path.slice(dot + 1, end) : "";
}

function typeByPath(path) {
  const extension = extensionOf(path);
  return (extension === "" ? "" : typeByExtension(extension)) || OCTET_STREAM;
}

const SIGNATURES = [
  ["image/png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ["image/jpeg", [0xff, 0xd8, 0xff]],
  ["image/gif", [0x47, 0x49, 0x46, 0x38]],
  ["image/bmp", [0x42, 0x4d]],
];

/// The type that the first bytes give away, or "".
function sniff(bytes) {
  for (const [type, signature] of SIGNATURES) {
    if (signature.every((byte, index) => bytes[index] === byte)) return type;
  }
  return "";
}

module.exports = {
  OCTET_STREAM,
  TEXT_PLAIN,
  normalizeType,
  typeOfHeader,
  typeOfPart,
  extensionOf,
  typeByExtension,
  typeByPath,
  sniff,
};
