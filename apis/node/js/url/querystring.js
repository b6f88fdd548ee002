// node:querystring.
"use strict";

const { makeError } = require("node/errors");

const { Array, Number, Object, String, decodeURIComponent, encodeURIComponent } = globalThis;

const PAIRS_MAX = 1000;

function hexValue(code) {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** The bytes of a text whose escapes are undone, those that are none left as they are. */
function unescapeBuffer(s, decodeSpaces) {
  const { Buffer } = require("node/buffer-class");
  const bytes = Buffer.allocUnsafe(s.length);
  let end = 0;
  for (let index = 0; index < s.length; index++) {
    let byte = s.charCodeAt(index);
    if (byte === 43 && decodeSpaces) byte = 32;
    else if (byte === 37) {
      const high = hexValue(s.charCodeAt(index + 1));
      const low = hexValue(s.charCodeAt(index + 2));
      if (high >= 0 && low >= 0) {
        byte = high * 16 + low;
        index += 2;
      }
    }
    bytes[end++] = byte;
  }
  return end === s.length ? bytes : bytes.slice(0, end);
}

function qsUnescape(s, decodeSpaces) {
  try {
    return decodeURIComponent(s);
  } catch {
    return querystring.unescapeBuffer(s, decodeSpaces).toString();
  }
}

function qsEscape(str) {
  const text = typeof str === "object" ? String(str) : typeof str === "string" ? str : str + "";
  try {
    return encodeURIComponent(text);
  } catch {
    return escapeIllFormed(text);
  }
}

/** As Node, takes any two code units of which the first is a surrogate for a pair. */
function escapeIllFormed(text) {
  let escaped = "";
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0xd800 || unit > 0xdfff) {
      escaped += encodeURIComponent(text[index]);
      continue;
    }
    if (++index === text.length) {
      throw makeError("URIError", "ERR_INVALID_URI", "URI malformed");
    }
    const low = text.charCodeAt(index) & 0x3ff;
    escaped += encodeURIComponent(String.fromCodePoint(0x10000 + ((unit & 0x3ff) << 10) + low));
  }
  return escaped;
}

function primitive(value) {
  switch (typeof value) {
    case "string": return value;
    case "number": return Number.isFinite(value) ? `${value}` : "";
    case "bigint": return `${value}`;
    case "boolean": return value ? "true" : "false";
    default: return "";
  }
}

function stringify(obj, sep, eq, options) {
  if (obj === null || typeof obj !== "object") return "";
  const separator = sep || "&";
  const equals = eq || "=";
  const custom = options?.encodeURIComponent;
  const encode = typeof custom === "function" ? custom : querystring.escape;
  let text = "";
  const add = (name, value) => {
    if (text !== "") text += separator;
    text += `${name}${encode(primitive(value))}`;
  };
  for (const key of Object.keys(obj)) {
    const value = obj[key];
    const name = `${encode(primitive(key))}${equals}`;
    if (!Array.isArray(value)) add(name, value);
    else for (let index = 0; index < value.length; index++) add(name, value[index]);
  }
  return text;
}

const ESCAPE = /%[0-9a-fA-F]{2}/;

function decoderOf(options) {
  const custom = options?.decodeURIComponent;
  const decode = typeof custom === "function" ? custom : querystring.unescape;
  const isCustom = decode !== qsUnescape;
  const space = isCustom ? "%20" : " ";
  return (part) => {
    const text = part.includes("+") ? part.replaceAll("+", space) : part;
    if (text.length === 0 || (!isCustom && !ESCAPE.test(text))) return text;
    try {
      return decode(text);
    } catch {
      return querystring.unescape(text, true);
    }
  };
}

function pairsMax(options) {
  const wanted = options?.maxKeys;
  if (typeof wanted !== "number") return PAIRS_MAX;
  return wanted > 0 ? wanted : Infinity;
}

function parse(qs, sep, eq, options) {
  const found = Object.create(null);
  if (typeof qs !== "string" || qs.length === 0) return found;
  const separator = sep ? `${sep}` : "&";
  const equals = eq ? `${eq}` : "=";
  const decode = decoderOf(options);
  let left = pairsMax(options);
  for (let start = 0; start <= qs.length && left > 0;) {
    // An empty separator, as of `[]`, is found nowhere.
    const next = separator === "" ? -1 : qs.indexOf(separator, start);
    const end = next < 0 ? qs.length : next;
    if (end > start) {
      const part = qs.slice(start, end);
      const middle = part.indexOf(equals);
      const key = decode(middle < 0 ? part : part.slice(0, middle));
      const value = middle < 0 ? "" : decode(part.slice(middle + equals.length));
      const known = found[key];
      if (known === undefined) found[key] = value;
      else if (typeof known === "string") found[key] = [known, value];
      else known.push(value);
    }
    // Empty pairs count too.
    left--;
    start = end + separator.length;
  }
  return found;
}

const querystring = {
  unescapeBuffer, unescape: qsUnescape, escape: qsEscape, stringify, encode: stringify, parse,
  decode: parse,
};

module.exports = querystring;
