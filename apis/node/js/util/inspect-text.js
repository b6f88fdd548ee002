// Primitives as util.inspect prints them, and the escapes and widths of text.
"use strict";

const { Math, Number, Object, RegExp, String } = globalThis;
const { trunc } = Math;

// Control characters, quotes, backslashes, and halves of surrogate pairs.
const HALVES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const TO_ESCAPE = new RegExp(`[\\x00-\\x1f\\x27\\x5c\\x7f-\\x9f]|${HALVES.source}`);
const EACH_TO_ESCAPE = new RegExp(TO_ESCAPE.source, "g");
const NAMED = { "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", "\\": "\\\\" };
const LAST_CONTROL = 0x9f;

function escapeOf(character) {
  const named = NAMED[character];
  if (named !== undefined) return named;
  const unit = character.charCodeAt(0);
  const digits = unit.toString(16);
  return unit <= LAST_CONTROL ? `\\x${digits.toUpperCase().padStart(2, "0")}` : `\\u${digits}`;
}

function escaped(text, quote) {
  return text.replace(EACH_TO_ESCAPE, (character) => {
    if (character === "'") return quote === "'" ? "\\'" : "'";
    return escapeOf(character);
  });
}

// The text in quotes: single ones, unless it holds such and no others.
function quoted(text) {
  if (!TO_ESCAPE.test(text)) return `'${text}'`;
  let quote = "'";
  if (text.includes("'")) {
    if (!text.includes('"')) quote = '"';
    else if (!text.includes("`") && !text.includes("${")) quote = "`";
  }
  return `${quote}${escaped(text, quote)}${quote}`;
}

// Escapes without quotes, for names in brackets.
function escapeInside(text) {
  if (!TO_ESCAPE.test(text)) return text;
  return text.replace(EACH_TO_ESCAPE, (character) =>
    character === "'" || character === "\\" ? character : escapeOf(character));
}

// ---- Numbers ---------------------------------------------------------------------------------

const DIGITS = 3;

function separatedFromEnd(digits) {
  const start = digits.startsWith("-") ? 1 : 0;
  let result = "";
  let index = digits.length;
  for (; index >= start + DIGITS + 1; index -= DIGITS) {
    result = `_${digits.slice(index - DIGITS, index)}${result}`;
  }
  return index === digits.length ? digits : `${digits.slice(0, index)}${result}`;
}

function separatedFromStart(digits) {
  let result = "";
  let index = 0;
  for (; index < digits.length - DIGITS; index += DIGITS) {
    result += `${digits.slice(index, index + DIGITS)}_`;
  }
  return index === 0 ? digits : `${result}${digits.slice(index)}`;
}

function separatedNumber(number) {
  const whole = trunc(number);
  const shown = String(whole);
  if (whole === number) {
    if (!Number.isFinite(number) || shown.includes("e")) return shown;
    return separatedFromEnd(shown);
  }
  if (Number.isNaN(number)) return shown;
  const sign = whole === 0 && number < 0 ? "-" : "";
  const wholeText = Object.is(whole, -0) ? "0" : shown;
  const full = String(number);
  if (full.includes("e")) return full;
  const point = full.indexOf(".");
  return `${sign}${separatedFromEnd(wholeText)}.${separatedFromStart(full.slice(point + 1))}`;
}

function formatNumber(stylize, number, hasSeparator) {
  if (Object.is(number, -0)) return stylize("-0", "number");
  return stylize(hasSeparator ? separatedNumber(number) : `${number}`, "number");
}

function formatBigInt(stylize, bigint, hasSeparator) {
  const shown = String(bigint);
  return stylize(`${hasSeparator ? separatedFromEnd(shown) : shown}n`, "bigint");
}

// ---- Primitives ------------------------------------------------------------------------------

const WIDTH_MIN = 16;
const QUOTES_WIDTH = 4;

function formatString(stylize, value, context) {
  let shown = value;
  let trailer = "";
  if (value.length > context.maxStringLength) {
    const rest = value.length - context.maxStringLength;
    shown = value.slice(0, context.maxStringLength);
    trailer = `... ${rest} more character${rest > 1 ? "s" : ""}`;
  }
  const isLong = shown.length > WIDTH_MIN &&
    shown.length > context.breakLength - context.indentationLvl - QUOTES_WIDTH;
  if (context.compact !== true && isLong && shown.includes("\n")) {
    const lines = shown.split(/(?<=\n)/).map((line) => stylize(quoted(line), "string"));
    return lines.join(` +\n${" ".repeat(context.indentationLvl + 2)}`) + trailer;
  }
  return stylize(quoted(shown), "string") + trailer;
}

function formatPrimitive(stylize, value, context) {
  switch (typeof value) {
    case "string": return formatString(stylize, value, context);
    case "number": return formatNumber(stylize, value, context.numericSeparator);
    case "bigint": return formatBigInt(stylize, value, context.numericSeparator);
    case "boolean": return stylize(`${value}`, "boolean");
    case "undefined": return stylize("undefined", "undefined");
    default: return stylize(escapeInside(String(value)), "symbol");
  }
}

// ---- Widths ----------------------------------------------------------------------------------

const COLORS = /\x1b\[\d\d?m/g;

function withoutColors(text) {
  return text.includes("\x1b") ? text.replace(COLORS, "") : text;
}

const PRINTABLE = /^[\x20-\x7e]*$/;

function widthOf(text, hasColors = true) {
  if (PRINTABLE.test(text)) return text.length;
  const plain = hasColors ? withoutColors(text) : text;
  return require("bun/string-width").stringWidth(plain);
}

module.exports = {
  quoted, escapeInside, formatNumber, formatBigInt, formatPrimitive, withoutColors, widthOf,
};
