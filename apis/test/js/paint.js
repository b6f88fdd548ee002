// Colours in the runner's own texts: `<red>`, `<green>`, `<b>`, `<d>` and `<r>` (reset) become
// escape codes or nothing. Values put into a text are never looked at.
"use strict";

const { runner } = require("test/state");

const CODES = {
  __proto__: null,
  r: "\x1b[0m",
  b: "\x1b[1m",
  d: "\x1b[2m",
  red: "\x1b[31m",
  green: "\x1b[32m",
  yellow: "\x1b[33m",
  blue: "\x1b[34m",
  magenta: "\x1b[35m",
  cyan: "\x1b[36m",
};
const TAG = /<(r|b|d|red|green|yellow|blue|magenta|cyan)>/g;

function paintText(text) {
  return text.replace(TAG, runner.colors ? (_, name) => CODES[name] : "");
}

// For templates: paint`<red>${value}<r>`.
function paint(strings, ...values) {
  let text = paintText(strings[0]);
  for (let index = 0; index < values.length; index++) {
    text += values[index] + paintText(strings[index + 1]);
  }
  return text;
}

module.exports = { paint, paintText };
