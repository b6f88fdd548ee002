// The encodings a Buffer knows, as the numbers native code takes.
"use strict";

const { ERR_UNKNOWN_ENCODING } = require("node/errors");

const { String } = globalThis;

const UTF8 = 0;
const UTF16LE = 1;
const LATIN1 = 2;
const ASCII = 3;
const BASE64 = 4;
const BASE64URL = 5;
const HEX = 6;
const UNKNOWN = -1;

function codeOfName(name) {
  switch (name) {
    case "utf8": case "utf-8": return UTF8;
    case "hex": return HEX;
    case "base64": return BASE64;
    case "latin1": case "binary": return LATIN1;
    case "ascii": return ASCII;
    case "base64url": return BASE64URL;
    case "utf16le": case "utf-16le": case "ucs2": case "ucs-2": return UTF16LE;
    default: return UNKNOWN;
  }
}

/** The number of an encoding; -1 for an unknown name. */
function codeOf(name) {
  const code = codeOfName(name);
  return code !== UNKNOWN || typeof name !== "string" ? code : codeOfName(name.toLowerCase());
}

/** The number of an encoding, or ERR_UNKNOWN_ENCODING. */
function expectCode(encoding) {
  const code = codeOf(encoding);
  if (code !== UNKNOWN) return code;
  const other = codeOf(String(encoding));
  if (other === UNKNOWN) throw ERR_UNKNOWN_ENCODING(String(encoding));
  return other;
}

module.exports = {
  UTF8, UTF16LE, LATIN1, ASCII, BASE64, BASE64URL, HEX, UNKNOWN, codeOf, expectCode,
};
