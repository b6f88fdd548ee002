// Text primitives of the value formatter: colours, quoting, identifiers, indentation.
//
// Pure functions over strings; nothing here looks at an object. Every coloured piece of text is a
// pair [plain, coloured], indexed by the formatter's `color` (0 or 1), so that printing never asks
// whether colours are on. Owned by bun/inspect*; fails never.
"use strict";

const ESCAPES = {
  r: "\x1b[0m",
  b: "\x1b[1m",
  d: "\x1b[2m",
  i: "\x1b[3m",
  red: "\x1b[31m",
  green: "\x1b[32m",
  yellow: "\x1b[33m",
  blue: "\x1b[34m",
  magenta: "\x1b[35m",
  cyan: "\x1b[36m",
};

const TAG = /<(r|b|d|i|red|green|yellow|blue|magenta|cyan)>/g;

// "<red>text<r>" -> ["text", "\x1b[31mtext\x1b[0m"]
function tint(markup) {
  return [markup.replace(TAG, ""), markup.replace(TAG, (_, name) => ESCAPES[name])];
}

const RESET = tint("<r>");
const COMMA = tint("<r><d>,<r>");
const GREEN = tint("<r><green>");
const YELLOW = tint("<r><yellow>");
const CYAN = tint("<r><cyan>");
const COLON_AFTER_KEY = tint("<d>:<r> ");
const COLON_AFTER_QUOTED_KEY = tint("<r><d>:<r> ");
const SYMBOL_KEY_OPEN = tint("<r><d>[<r><blue>");
const SYMBOL_KEY_CLOSE = tint("<r><d>]:<r> ");

const WIDE = /[^\x00-\xff]/;
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\xff]*$/;
const IDENTIFIER = /^[a-zA-Z_$][a-zA-Z0-9_$]*$/;

// A string as a quoted literal. Control characters have capital hexadecimal digits in strings of
// eight-bit characters and small ones in others, as Bun's two writers have them.
function quote(text) {
  if (PLAIN.test(text)) return '"' + text + '"';
  const literal = JSON.stringify(text);
  if (WIDE.test(text)) return literal;
  if (!literal.includes("\\u00")) return literal;
  return capitalizeControls(literal);
}

// Only true escapes are touched: a backslash in the text itself is written as two.
function capitalizeControls(literal) {
  return literal.replace(/\\\\|\\u00[01][0-9a-f]/g, (escape) =>
    escape.length === 6 ? "\\u" + escape.slice(2).toUpperCase() : escape,
  );
}

// A property key as it stands before its colon, colours included. Identifiers stay bare unless
// `quoteAll`; keys of wide characters are quoted without escapes, as Bun does.
function keyText(key, color, quoteAll) {
  if (!quoteAll && IDENTIFIER.test(key)) return RESET[color] + key + COLON_AFTER_KEY[color];
  const literal = WIDE.test(key) ? '"' + key + '"' : quote(key);
  return GREEN[color] + literal + COLON_AFTER_QUOTED_KEY[color];
}

function symbolKeyText(symbol, color) {
  const description = symbol.description === undefined ? "" : symbol.description;
  return SYMBOL_KEY_OPEN[color] + "Symbol(" + description + ")" + SYMBOL_KEY_CLOSE[color];
}

const INDENTATIONS = [""];

// `depth` levels of two spaces.
function indentation(depth) {
  while (INDENTATIONS.length <= depth) INDENTATIONS.push("  ".repeat(INDENTATIONS.length));
  return INDENTATIONS[depth];
}

function isWide(text) {
  return WIDE.test(text);
}

function isIdentifier(text) {
  return IDENTIFIER.test(text);
}

// A number as Bun prints it: only negative zero differs from String().
function numberText(value) {
  return value === 0 && 1 / value < 0 ? "-0" : "" + value;
}

module.exports = {
  tint,
  quote,
  keyText,
  symbolKeyText,
  indentation,
  isIdentifier,
  isWide,
  numberText,
  RESET,
  COMMA,
  GREEN,
  YELLOW,
  CYAN,
};
