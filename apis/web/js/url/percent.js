"use strict";
// Percent-encoding and -decoding with the encode sets of the URL Standard. A set is a table of 128
// entries: 1 where the ASCII character must be encoded; everything beyond ASCII always is.

const { fromCharCode } = String;

function encodeSet(base, characters) {
  const table = new Uint8Array(128);
  if (base === undefined) {
    table.fill(1, 0, 0x20);
    table[0x7f] = 1;
  } else {
    table.set(base);
  }
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

const C0_SET = encodeSet(undefined, "");
const FRAGMENT_SET = encodeSet(C0_SET, ' "<>`');
const QUERY_SET = encodeSet(C0_SET, ' "#<>');
const SPECIAL_QUERY_SET = encodeSet(QUERY_SET, "'");
const PATH_SET = encodeSet(QUERY_SET, "?^`{}");
const USERINFO_SET = encodeSet(PATH_SET, "/:;=@[\\]|");

const HEX = "0123456789ABCDEF";
const ENCODED = Array.from({ length: 256 }, (_, byte) => "%" + HEX[byte >> 4] + HEX[byte & 15]);

function encodeCodePoint(point) {
  if (point < 0x80) return ENCODED[point];
  if (point < 0x800) return ENCODED[0xc0 | (point >> 6)] + ENCODED[0x80 | (point & 63)];
  const last = ENCODED[0x80 | ((point >> 6) & 63)] + ENCODED[0x80 | (point & 63)];
  if (point < 0x10000) return ENCODED[0xe0 | (point >> 12)] + last;
  return ENCODED[0xf0 | (point >> 18)] + ENCODED[0x80 | ((point >> 12) & 63)] + last;
}

/** Encodes what `table` names; a lone surrogate counts as U+FFFD. */
function percentEncode(text, table) {
  let result = "";
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80 && table[unit] === 0) continue;
    if (start < index) result += text.slice(start, index);
    let point = unit;
    if ((unit & 0xf800) === 0xd800) {
      const next = text.charCodeAt(index + 1);
      if ((unit & 0xfc00) === 0xd800 && (next & 0xfc00) === 0xdc00) {
        point = 0x10000 + ((unit & 0x3ff) << 10) + (next & 0x3ff);
        index++;
      } else {
        point = 0xfffd;
      }
    }
    result += encodeCodePoint(point);
    start = index + 1;
  }
  if (start === 0) return text;
  return start < text.length ? result + text.slice(start) : result;
}

function hexValue(unit) {
  if (unit >= 48 && unit <= 57) return unit - 48;
  const lower = unit | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

// Reads one UTF-8 sequence as the Encoding Standard does; answers its length in `sequenceLength`.
let sequenceLength = 1;

function decodeSequence(bytes, index) {
  const first = bytes[index];
  sequenceLength = 1;
  if (first < 0x80) return first;
  const needed = first >= 0xc2 && first <= 0xdf ? 1
    : (first & 0xf0) === 0xe0 ? 2
    : first >= 0xf0 && first <= 0xf4 ? 3 : 0;
  if (needed === 0) return 0xfffd;
  let lower = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  let upper = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  let point = first & (0x3f >> needed);
  for (let count = 1; count <= needed; count++) {
    const byte = bytes[index + count];
    if (!(byte >= lower && byte <= upper)) return 0xfffd;
    sequenceLength++;
    point = (point << 6) | (byte & 63);
    lower = 0x80;
    upper = 0xbf;
  }
  return point;
}

function decodeBytes(bytes) {
  let result = "";
  for (let index = 0; index < bytes.length; index += sequenceLength) {
    const point = decodeSequence(bytes, index);
    result += point < 0x10000 ? fromCharCode(point) : String.fromCodePoint(point);
  }
  return result;
}

/** Decodes percent sequences as UTF-8; what is no sequence stays as it is. */
function percentDecode(text) {
  if (!text.includes("%")) return text;
  let result = "";
  let bytes = [];
  for (let index = 0; index < text.length; index++) {
    const high = text.charCodeAt(index) === 37 ? hexValue(text.charCodeAt(index + 1)) : -1;
    const low = high < 0 ? -1 : hexValue(text.charCodeAt(index + 2));
    if (low >= 0) {
      bytes.push((high << 4) | low);
      index += 2;
      continue;
    }
    if (bytes.length > 0) {
      result += decodeBytes(bytes);
      bytes = [];
    }
    result += text[index];
  }
  return bytes.length > 0 ? result + decodeBytes(bytes) : result;
}

module.exports = {
  C0_SET, FRAGMENT_SET, QUERY_SET, SPECIAL_QUERY_SET, PATH_SET, USERINFO_SET,
  percentEncode, percentDecode, hexValue,
};
