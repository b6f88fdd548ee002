// Bun.stringWidth and Bun.stripANSI: how many terminal columns a string takes.
//
// Printable ASCII is counted without looking further. Otherwise grapheme by grapheme: two columns
// for East Asian wide characters and emoji, none for controls, marks and joiners. Fails never.
"use strict";

const ASCII = /^[\x20-\x7e]*$/;
// An operating system command up to its terminator, or a control sequence.
const COMMAND = "\\][^\\x07\\x1b\\x9c]*(?:\\x07|\\x1b\\\\|\\x9c)";
const SEQUENCE = "[[\\]()#;?]*(?:[0-9]{1,4}(?:[;:][0-9]{0,4})*)?[0-9A-PR-TZcf-nq-uy=><~]";
const ANSI = new RegExp("[\\x1b\\x9b](?:" + COMMAND + "|" + SEQUENCE + ")", "g");
const ZERO = /^[\p{Cc}\p{Cf}\p{M}\p{Cs}\u115f\u1160\u3164\uffa0]$/u;
const EMOJI = /\p{Emoji_Presentation}/u;
const AMBIGUOUS_RANGES = [
  [0xa1, 0xa1], [0xa4, 0xa4], [0xa7, 0xa8], [0xaa, 0xaa], [0xae, 0xae], [0xb0, 0xb4], [0xb6, 0xba],
  [0xbc, 0xbf], [0xc6, 0xc6], [0xd0, 0xd0], [0xd7, 0xd8], [0xde, 0xe1], [0xe6, 0xe6], [0xe8, 0xea],
  [0xec, 0xed], [0xf0, 0xf0], [0xf2, 0xf3], [0xf7, 0xfa], [0xfc, 0xfc], [0xfe, 0xfe],
  [0x391, 0x3a9], [0x3b1, 0x3c9], [0x401, 0x401], [0x410, 0x451], [0x2010, 0x2010],
  [0x2013, 0x2016], [0x2018, 0x2019], [0x201c, 0x201d], [0x2020, 0x2022], [0x2024, 0x2027],
  [0x2030, 0x2030], [0x2032, 0x2033], [0x20ac, 0x20ac], [0x2103, 0x2103], [0x2116, 0x2116],
  [0x2121, 0x2122], [0x2150, 0x216b], [0x2190, 0x2199], [0x2200, 0x2200], [0x2211, 0x2211],
  [0x221a, 0x221a], [0x221e, 0x221e], [0x2460, 0x24e9], [0x24eb, 0x254b], [0x2550, 0x2573],
  [0x2580, 0x258f], [0x2592, 0x2595], [0x25a0, 0x25a1], [0x25b2, 0x25b3], [0x25c6, 0x25c8],
  [0x25cb, 0x25cb], [0x25cf, 0x25d1], [0x2605, 0x2606], [0x2640, 0x2640], [0x2642, 0x2642],
  [0xe000, 0xf8ff],
];
const WIDE_RANGES = [
  [0x1100, 0x115f], [0x2329, 0x232a], [0x2e80, 0x303e], [0x3041, 0xa4cf], [0xa960, 0xa97c],
  [0xac00, 0xd7a3], [0xf900, 0xfaff], [0xfe10, 0xfe19], [0xfe30, 0xfe6f], [0xff01, 0xff60],
  [0xffe0, 0xffe6], [0x16fe0, 0x18cff], [0x1aff0, 0x1b2ff], [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
];
const EMOJI_SELECTOR = 0xfe0f;
const REGIONAL_FIRST = 0x1f1e6;
const REGIONAL_LAST = 0x1f1ff;

let segmenter = null;

function graphemes(text) {
  if (segmenter === null) segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

function isWithin(ranges, point) {
  for (const [first, last] of ranges) {
    if (point < first) return false;
    if (point <= last) return true;
  }
  return false;
}

function pointWidth(character, ambiguousIsNarrow) {
  if (ZERO.test(character)) return 0;
  const point = character.codePointAt(0);
  if (point > 0x10ff && isWithin(WIDE_RANGES, point)) return 2;
  if (point > 0x2300 && EMOJI.test(character)) return 2;
  if (!ambiguousIsNarrow && isWithin(AMBIGUOUS_RANGES, point)) return 2;
  return 1;
}

function isEmojiCluster(points) {
  const first = points[0].codePointAt(0);
  if (first >= REGIONAL_FIRST && first <= REGIONAL_LAST) return true;
  if (EMOJI.test(points[0])) return true;
  return points.some((point) => point.codePointAt(0) === EMOJI_SELECTOR) && first > 0x22;
}

function graphemeWidth(segment, ambiguousIsNarrow) {
  const points = [...segment];
  if (points.length > 1 && isEmojiCluster(points)) return 2;
  let width = 0;
  for (const point of points) width += pointWidth(point, ambiguousIsNarrow);
  return width;
}

function stripANSI(value) {
  const text = String(value);
  return text.includes("\x1b") || text.includes("\x9b") ? text.replace(ANSI, "") : text;
}

function stringWidth(value, options) {
  if (value === undefined) return 0;
  const given = typeof options === "object" && options !== null ? options : {};
  let text = String(value);
  if (ASCII.test(text)) return text.length;
  if (!given.countAnsiEscapeCodes) text = stripANSI(text);
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) {
    width += graphemeWidth(segment, given.ambiguousIsNarrow !== false);
  }
  return width;
}

module.exports = { stringWidth, stripANSI };
