// Bun.inspect, and the formatting that console, errors and %-formats share.
//
// `inspect(value, options)` is the public function; `formatLog(arguments, options)` is a console
// line without its newline. Options are read once, here. Throws a TypeError for a bad depth and
// whatever a custom inspector throws.
"use strict";

const { CUSTOM } = require("bun/inspect-kinds");
const { Formatter, UNLIMITED_DEPTH, kindOf, printKind } = require("bun/inspect-format");

// The depth of Bun.inspect; the console has its own.
const INSPECT_DEPTH = 8;

const RED = "\x1b[0m\x1b[31m";
const RESET = "\x1b[0m";

function baseOptions() {
  return {
    colors: false,
    depth: INSPECT_DEPTH,
    singleLine: false,
    sorted: false,
    indent: 0,
    errorLevel: "error",
    isError: false,
  };
}

function invalidArguments(message) {
  const error = new TypeError(message);
  error.code = "ERR_INVALID_ARG_TYPE";
  return error;
}

// A depth as options give it; undefined leaves the default.
function readDepth(value, fallback) {
  if (typeof value !== "number") return fallback;
  if (value === Infinity || value === -Infinity) return UNLIMITED_DEPTH;
  if (!Number.isInteger(value)) {
    throw invalidArguments("expected depth to be an integer, got " + value);
  }
  if (value < 0) {
    throw invalidArguments("expected depth to be greater than or equal to 0, got " + value);
  }
  return Math.min(value, UNLIMITED_DEPTH);
}

function readObjectOptions(given, options) {
  options.depth = readDepth(given.depth, options.depth);
  if (given.colors !== undefined) options.colors = Boolean(given.colors);
  if (given.sorted !== undefined) options.sorted = Boolean(given.sorted);
  if (given.compact !== undefined) options.singleLine = Boolean(given.compact);
}

function inspectWith(value, given, colors) {
  const options = baseOptions();
  if (typeof given === "object" && given !== null) readObjectOptions(given, options);
  else {
    options.depth = readDepth(given, options.depth);
    if (colors !== undefined && colors !== null) options.colors = Boolean(colors);
  }
  const formatter = new Formatter(options);
  formatter.quoteStrings = true;
  formatter.format(value);
  return formatter.out;
}

// The public function: two parameters, and a method so that it has no prototype.
const { inspect } = {
  inspect(value, options) {
    return arguments.length === 0 ? "" : inspectWith(value, options, arguments[2]);
  },
};

function customOptions(formatter) {
  return {
    stylize: formatter.color === 1 ? stylizeColored : stylizePlain,
    depth: formatter.maxDepth,
    colors: formatter.color === 1,
  };
}

const STYLES = {
  __proto__: null,
  special: [36, 39],
  number: [33, 39],
  bigint: [33, 39],
  boolean: [33, 39],
  undefined: [90, 39],
  null: [1, 22],
  string: [32, 39],
  symbol: [32, 39],
  date: [35, 39],
  regexp: [31, 39],
  module: [4, 24],
};

function stylize(text, style) {
  const codes = STYLES[style];
  return codes === undefined ? text : "\x1b[" + codes[0] + "m" + text + "\x1b[" + codes[1] + "m";
}

// Functions without names, as custom inspectors see them in Bun.
const [stylizeColored, stylizePlain] = [(text, style) => stylize(text, style), (text) => text];

// One console line: the arguments with a space between them, %-formats expanded. The options are
// those of baseOptions(), all of them.
function formatLog(values, options) {
  const formatter = new Formatter(options);
  formatter.out = "  ".repeat(options.indent);
  const isSingle = values.length === 1;
  const isRed = options.isError && options.colors && (!isSingle || typeof values[0] === "string");
  if (isRed) formatter.out += RED;
  if (isSingle) formatter.format(values[0]);
  else printAll(formatter, values);
  if (isRed) formatter.out += RESET;
  return formatter.out;
}

// What may hold %-formats for the values after it: to Bun all three are strings.
const TEMPLATE_KINDS = new Set(["string", "boxed-string", "regexp"]);

function printAll(formatter, values) {
  let index = 0;
  while (index < values.length) {
    if (index > 0) formatter.out += " ";
    const value = values[index];
    index += 1;
    const kind = kindOf(formatter, value);
    if (index < values.length && TEMPLATE_KINDS.has(kind)) {
      index = require("bun/inspect-percent").print(formatter, String(value), values, index);
    } else {
      printKind(formatter, kind, value);
    }
  }
}

Object.assign(inspect, {
  custom: CUSTOM,
  table(data, properties, options) {
    return require("bun/inspect-table").inspectTable(data, properties, options);
  },
});

// An uncaught error as it is reported on standard error, without the last line's end.
function formatError(error) {
  const { formatUncaught } = require("bun/inspect-errors");
  return formatUncaught(error, require("web/console").useColorsOnError).replace(/\n$/, "");
}

module.exports = {
  inspect,
  formatError,
  customOptions,
  formatLog,
  baseOptions,
  readObjectOptions,
};
