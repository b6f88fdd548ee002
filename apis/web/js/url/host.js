"use strict";
// Hosts of URLs: domains, IPv4 and IPv6 addresses, opaque hosts. Every parser answers the
// serialized host, or `undefined` for a failure.

const { C0_SET, percentEncode, percentDecode, hexValue } = require("web/url/percent");

const FORBIDDEN_HOST = /[\0\t\n\r #\/:<>?@[\\\]^|]/;
const FORBIDDEN_DOMAIN = /[\0-\x20#%\/:<>?@[\\\]^|\x7f]/;
const PLAIN_DOMAIN = /^[a-z0-9.\-_~!"$&'()*+,;=`{}]+$/;
const MAXIMUM_IPV4 = 2 ** 32;

/** Parses one part of an IPv4 address; NaN when it is none. */
function parseIpv4Part(part) {
  if (part === "") return NaN;
  if (/^0[xX]/.test(part)) {
    if (part.length === 2) return 0;
    return /^0[xX][0-9a-fA-F]+$/.test(part) ? parseInt(part.slice(2), 16) : NaN;
  }
  if (part.length > 1 && part[0] === "0") {
    return /^[0-7]+$/.test(part) ? parseInt(part, 8) : NaN;
  }
  return /^[0-9]+$/.test(part) ? parseInt(part, 10) : NaN;
}

function endsInNumber(domain) {
  const parts = domain.split(".");
  if (parts[parts.length - 1] === "") {
    if (parts.length === 1) return false;
    parts.pop();
  }
  const last = parts[parts.length - 1];
  return /^[0-9]+$/.test(last) || /^0[xX][0-9a-fA-F]*$/.test(last);
}

function parseIpv4(domain) {
  const parts = domain.split(".");
  if (parts[parts.length - 1] === "" && parts.length > 1) parts.pop();
  if (parts.length > 4) return undefined;
  let address = 0;
  for (let index = 0; index < parts.length; index++) {
    const value = parseIpv4Part(parts[index]);
    if (Number.isNaN(value)) return undefined;
    const isLast = index === parts.length - 1;
    if (!isLast && value > 255) return undefined;
    if (isLast && value >= 256 ** (5 - parts.length)) return undefined;
    address += isLast ? value : value * 256 ** (3 - index);
  }
  if (address >= MAXIMUM_IPV4) return undefined;
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

class Ipv6Parser {
  constructor(text) {
    this.text = text;
    this.index = 0;
    this.pieces = [0, 0, 0, 0, 0, 0, 0, 0];
    this.count = 0;
    this.compress = -1;
  }

  /** A piece of one to four hexadecimal digits. */
  readPiece() {
    let value = 0;
    let length = 0;
    while (length < 4) {
      const digit = hexValue(this.text.charCodeAt(this.index));
      if (digit < 0) break;
      value = value * 16 + digit;
      this.index++;
      length++;
    }
    return { value, length };
  }

  /** Four decimal numbers that fill two pieces. */
  readIpv4() {
    const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(this.text.slice(this.index));
    if (match === null || this.count > 6) return false;
    const numbers = match.slice(1).map(Number);
    const isCanonical = match.slice(1).every((part) => part.length === 1 || part[0] !== "0");
    if (!isCanonical || numbers.some((number) => number > 255)) return false;
    this.pieces[this.count++] = numbers[0] * 256 + numbers[1];
    this.pieces[this.count++] = numbers[2] * 256 + numbers[3];
    this.index = this.text.length;
    return true;
  }

  readPieces() {
    const { text } = this;
    while (this.index < text.length) {
      if (this.count === 8) return false;
      if (text[this.index] === ":") {
        if (this.compress >= 0) return false;
        this.index++;
        this.compress = ++this.count;
        continue;
      }
      const start = this.index;
      const { value, length } = this.readPiece();
      if (text[this.index] === ".") {
        if (length === 0) return false;
        this.index = start;
        if (!this.readIpv4()) return false;
        break;
      }
      if (text[this.index] === ":") {
        this.index++;
        if (this.index === text.length) return false;
      } else if (this.index < text.length) {
        return false;
      }
      this.pieces[this.count++] = value;
    }
    return true;
  }

  parse() {
    if (this.text[0] === ":") {
      if (this.text[1] !== ":") return undefined;
      this.index = 2;
      this.compress = ++this.count;
    }
    if (!this.readPieces()) return undefined;
    if (this.compress >= 0) {
      const moved = this.pieces.splice(this.compress, this.count - this.compress);
      const zeros = new Array(8 - this.compress - moved.length).fill(0);
      this.pieces = [...this.pieces.slice(0, this.compress), ...zeros, ...moved];
      this.pieces[this.compress - 1] = 0;
    } else if (this.count !== 8) {
      return undefined;
    }
    return this.pieces;
  }
}

function serializeIpv6(pieces) {
  let start = -1;
  let length = 1;
  for (let index = 0; index < 8; index++) {
    let end = index;
    while (end < 8 && pieces[end] === 0) end++;
    if (end - index > length) {
      start = index;
      length = end - index;
    }
    if (end > index) index = end;
  }
  const hexadecimal = (list) => list.map((piece) => piece.toString(16)).join(":");
  if (start < 0) return hexadecimal(pieces);
  return hexadecimal(pieces.slice(0, start)) + "::" + hexadecimal(pieces.slice(start + length));
}

function parseIpv6(text) {
  const pieces = new Ipv6Parser(text).parse();
  return pieces === undefined ? undefined : "[" + serializeIpv6(pieces) + "]";
}

/** A domain in ASCII, lower case, or `undefined`. */
function domainToAscii(domain) {
  const lower = domain.toLowerCase();
  if (PLAIN_DOMAIN.test(lower) && !lower.includes("xn--")) return lower;
  return ops.domainToAscii(domain);
}

function parseDomain(text) {
  const ascii = domainToAscii(percentDecode(text));
  if (ascii === undefined || ascii === "" || FORBIDDEN_DOMAIN.test(ascii)) return undefined;
  return endsInNumber(ascii) ? parseIpv4(ascii) : ascii;
}

/** Parses the host of a URL; `isSpecial` tells whether its scheme is. */
function parseHost(text, isSpecial) {
  if (text[0] === "[") {
    return text[text.length - 1] === "]" ? parseIpv6(text.slice(1, -1)) : undefined;
  }
  if (isSpecial) return parseDomain(text);
  return FORBIDDEN_HOST.test(text) ? undefined : percentEncode(text, C0_SET);
}

/** A domain in ASCII as it is shown to people. */
function domainToUnicode(domain) {
  return ops.domainToUnicode(domain);
}

module.exports = { parseHost, domainToAscii, domainToUnicode };
