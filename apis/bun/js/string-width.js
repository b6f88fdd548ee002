// Bun.stringWidth and Bun.stripANSI: how many terminal columns a string takes.
//
// Printable ASCII is counted without looking further, other texts character by character, and what
// joins characters (flags, keycaps, skin tones, families) cluster by cluster. Fails never.
"use strict";

const ASCII = /^[\x20-\x7e]*$/;
// An operating system command up to its terminator, or a control sequence.
const COMMAND = "\\][^\\x07\\x1b\\x9c]*(?:\\x07|\\x1b\\\\|\\x9c)";
const SEQUENCE = "[[\\]()#;?]*(?:[0-9]{1,4}(?:[;:][0-9]{0,4})*)?[0-9A-PR-TZcf-nq-uy=><~]";
const ANSI = new RegExp("[\\x1b\\x9b](?:" + COMMAND + "|" + SEQUENCE + ")", "g");
/** What makes a cluster of characters another width than the sum of its characters. */
const JOINING = /[\u200d\u20e3\ufe0f\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}]/u;
const REGIONAL = /^[\u{1f1e6}-\u{1f1ff}]/u;
const MODIFIER = /^[\u{1f3fb}-\u{1f3ff}]$/u;
const MODIFIER_BASE = /\p{Emoji_Modifier_Base}$/u;
const KEYCAP = "\u20e3";
const EMOJI_SELECTOR = "\ufe0f";
const PICTURE = /^(?=\p{Emoji})\p{Extended_Pictographic}/u;
/** Pictures below it are letters to whatever joins them, and so are those of CJK punctuation. */
const EMOJI_FIRST = 0x203c;
const CJK_FIRST = 0x3000;
const CJK_LAST = 0x33ff;

let segmenter = null;
let table = null;

function graphemes(text) {
  if (segmenter === null) segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

// The sum of all characters by themselves.
function sumOf(text, ambiguousWidth) {
  if (table === null) table = require("bun/string-width-table");
  const { classOf, AMBIGUOUS } = table;
  let width = 0;
  for (let index = 0; index < text.length; index++) {
    const point = text.codePointAt(index);
    if (point > 0xffff) index++;
    const kind = classOf(point);
    width += kind === AMBIGUOUS ? ambiguousWidth : kind;
  }
  return width;
}

function isEmoji(text) {
  const point = text.codePointAt(0);
  return point >= EMOJI_FIRST && (point < CJK_FIRST || point > CJK_LAST) && PICTURE.test(text);
}

function clusterWidth(cluster, ambiguousWidth) {
  if (cluster.length === 1) return sumOf(cluster, ambiguousWidth);
  if (REGIONAL.test(cluster)) return cluster.length > 2 ? 2 : 1;
  if (cluster.includes(KEYCAP)) return 2;
  if (cluster.includes(EMOJI_SELECTOR) && PICTURE.test(cluster)) return 2;
  if (isEmoji(cluster) && (JOINING.test(cluster))) return 2;
  return sumOf(cluster, ambiguousWidth);
}

// A skin tone belongs to what can have one; behind anything else it stands for itself.
function splitWidth(segment, ambiguousWidth) {
  let width = 0;
  let cluster = "";
  for (const character of segment) {
    if (MODIFIER.test(character) && cluster !== "" && !MODIFIER_BASE.test(cluster)) {
      width += clusterWidth(cluster, ambiguousWidth);
      cluster = "";
    }
    cluster += character;
  }
  return width + clusterWidth(cluster, ambiguousWidth);
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
  const ambiguousWidth = given.ambiguousIsNarrow !== false ? 1 : 2;
  if (!JOINING.test(text)) return sumOf(text, ambiguousWidth);
  let width = 0;
  for (const { segment } of graphemes(text)) width += splitWidth(segment, ambiguousWidth);
  return width;
}

module.exports = { stringWidth, stripANSI };
