// The formatter: one run over one or more values, appending to a string.
//
// The state of a run is the Formatter's fields: where it is (indent, depth, the objects it is
// inside of), what it was asked for (color, maxDepth, singleLine, sorted) and the estimate of the
// current line's length that decides where arrays break. Printers are functions
// (formatter, value), found by kind in one table, so that a kind is one entry and one function.
// Exceptions of user code (custom inspectors) go through to the caller.
"use strict";

const text = require("bun/inspect-text");
const kinds = require("bun/inspect-kinds");
const { tint, quote, indentation, numberText, RESET, COMMA, GREEN } = text;
const { CUSTOM } = kinds;
const isArray = Array.isArray;

// Lines are broken once they are estimated to be longer than this many characters.
const LINE_LENGTH_MAX = 80;

const UNLIMITED_DEPTH = 65535;

class Formatter {
  constructor(options) {
    this.out = "";
    this.color = options.colors ? 1 : 0;
    this.maxDepth = options.depth;
    this.singleLine = options.singleLine;
    this.sorted = options.sorted;
    this.quoteStrings = false;
    this.indent = options.indent;
    this.depth = 0;
    this.lineLength = 0;
    // The objects that are being printed, outermost first.
    this.visited = [];
    this.hideGlobal = false;
    this.disableCustom = false;
    this.quoteKeys = false;
    this.bytesAsText = false;
    this.errorLevel = options.errorLevel;
    this.insideError = false;
  }

  // Appends `piece` and counts it towards the line's length.
  write(piece) {
    this.out += piece;
    this.lineLength += piece.length;
  }

  // Appends a tinted pair around `piece`, counting only the piece.
  writeTinted(ink, piece) {
    this.lineLength += piece.length;
    this.out += this.color === 0 ? piece : ink[1] + piece + RESET[1];
  }

  comma() {
    this.out += COMMA[this.color];
    this.lineLength += 1;
  }

  newline() {
    this.out += "\n" + indentation(this.indent);
  }

  resetLine() {
    this.lineLength = this.indent * 2;
  }

  // Whether the line has grown long; if so the caller breaks it, and the count starts anew.
  isLongLine() {
    if (this.lineLength <= LINE_LENGTH_MAX) return false;
    this.resetLine();
    return true;
  }

  // Prints a value and answers its kind. What is nested in another hides the global object.
  format(value) {
    const kind = kindOf(this, value);
    if (kind === "string") printString(this, value);
    else if (kind === "number") printNumber(this, value);
    else printKind(this, kind, value);
    return kind;
  }

  formatNested(value) {
    const previous = this.hideGlobal;
    this.hideGlobal = true;
    const kind = this.format(value);
    this.hideGlobal = previous;
    return kind;
  }

  // Runs `print` one level deeper, with strings quoted.
  inside(print) {
    const previous = this.quoteStrings;
    this.quoteStrings = true;
    this.indent += 1;
    this.depth += 1;
    print();
    this.indent -= 1;
    this.depth -= 1;
    this.quoteStrings = previous;
  }

  isTooDeep() {
    return this.depth > this.maxDepth;
  }
}

const PRIMITIVE_KINDS = {
  undefined: "undefined",
  boolean: "boolean",
  number: "number",
  bigint: "bigint",
  string: "string",
  symbol: "symbol",
};

// Kinds whose values can contain themselves.
const CIRCULAR_KINDS = new Set(["array", "object", "map", "set", "weakmap", "weakset", "error"]);

function kindOf(formatter, value) {
  if (value === null) return "null";
  const type = typeof value;
  if (type !== "object" && type !== "function") return PRIMITIVE_KINDS[type];
  if (value === globalThis) return formatter.hideGlobal ? "global" : "object";
  if (isRevoked(value)) return "revoked-proxy";
  if (ops.proxyTarget(value) !== undefined) return "proxy";
  if (!formatter.disableCustom && typeof value[CUSTOM] === "function") return "custom";
  if (type === "function") return functionKind(value);
  if (platform().find(value) !== null) return "platform";
  return kinds.isElement(value) ? "element" : kinds.objectKind(value);
}

// All that a revoked proxy can do is throw, whatever is asked.
function isRevoked(value) {
  try {
    isArray(value);
    return false;
  } catch {
    return true;
  }
}

function functionKind(value) {
  return kinds.functionFacts(value).isClass ? "class" : "function";
}

// Kinds that do not make an array break before its first element.
const SHORT_KINDS = new Set([
  "null",
  ...Object.keys(PRIMITIVE_KINDS),
  "regexp",
  "boxed-string",
  "boxed-number",
  "boxed-boolean",
]);

function isPrimitiveKind(kind) {
  return SHORT_KINDS.has(kind);
}

const CIRCULAR = tint("<r><cyan>[Circular]<r>");

function printKind(formatter, kind, value) {
  if (!CIRCULAR_KINDS.has(kind)) return printers()[kind](formatter, value);
  const { visited } = formatter;
  if (visited.includes(value)) {
    formatter.out += CIRCULAR[formatter.color];
    return;
  }
  visited.push(value);
  printers()[kind](formatter, value);
  visited.pop();
}

const DIM = tint("<r><d>");
const YELLOW = text.YELLOW;
const CYAN_PLAIN = tint("<cyan>");
const BLUE = tint("<r><blue>");
const MAGENTA = tint("<r><magenta>");
const RED = tint("<r><red>");

function printString(formatter, value) {
  if (!formatter.quoteStrings) {
    formatter.write(value);
    return;
  }
  printQuoted(formatter, value);
}

// A literal. Wide characters make Bun count the string twice, and lines break where it breaks them.
function printQuoted(formatter, value) {
  formatter.lineLength += value.length;
  if (value === "") {
    formatter.out += '""';
    return;
  }
  const color = formatter.color;
  const literal = quote(value);
  if (text.isWide(value)) formatter.lineLength += literal.length;
  formatter.out += color === 0 ? literal : GREEN[1] + literal + RESET[1];
}

function printSymbol(formatter, value) {
  const description = value.description;
  formatter.writeTinted(BLUE, "Symbol(" + (description === undefined ? "" : description) + ")");
}

function printNumber(formatter, value) {
  formatter.writeTinted(YELLOW, numberText(value));
}

function printDate(formatter, value) {
  const literal = JSON.stringify(value);
  const shown = literal === undefined || literal === "null" ? "Invalid Date" : literal.slice(1, -1);
  formatter.lineLength += literal === undefined ? 0 : literal.length;
  formatter.out += MAGENTA[formatter.color] + shown + RESET[formatter.color];
}

function printRegExp(formatter, value) {
  formatter.writeTinted(RED, String(value));
}

function printBoxedString(formatter, value) {
  const color = formatter.color;
  const string = String(value);
  if (formatter.quoteStrings) {
    printQuoted(formatter, string);
  } else {
    formatter.lineLength += string.length;
    formatter.out += GREEN[color] + "[String: " + quote(string) + "]" + RESET[color];
  }
}

function printBoxed(label) {
  return (formatter, value) => {
    const name = kinds.className(value);
    const shown = name === label ? label : label + " (" + name + ")";
    formatter.writeTinted(YELLOW, "[" + shown + ": " + String(value) + "]");
  };
}

function printFunction(formatter, value) {
  const name = kinds.nameOf(value);
  const family = kinds.nameOf(Object.getPrototypeOf(value));
  let shown;
  if (name === "" || name === family) shown = family === "" ? "[Function]" : "[" + family + "]";
  else shown = "[" + (family === "" ? "Function" : family) + ": " + name + "]";
  formatter.out += CYAN_PLAIN[formatter.color] + shown + RESET[formatter.color];
}

function printClass(formatter, value) {
  const name = kinds.nameOf(value);
  const parent = Object.getPrototypeOf(value);
  const isDerived = typeof parent === "function" && kinds.functionFacts(parent).isClass;
  const parentName = isDerived ? kinds.nameOf(parent) : "";
  formatter.lineLength += name.length + parentName.length;
  const shown =
    "[class " + (name || "(anonymous)") + (parentName === "" ? "" : " extends " + parentName) + "]";
  formatter.out += CYAN_PLAIN[formatter.color] + shown + RESET[formatter.color];
}

const PROMISE_STATES = ["<pending>", "<resolved>", "<rejected>"];

function printPromise(formatter, value) {
  if (!formatter.singleLine && formatter.isLongLine()) formatter.newline();
  const state = PROMISE_STATES[ops.promiseState(value)] || "<unknown>";
  const color = formatter.color;
  formatter.out += "Promise { " + text.CYAN[color] + state + RESET[color] + " }";
}

function printProxy(formatter, value) {
  const previous = formatter.hideGlobal;
  formatter.hideGlobal = false;
  formatter.format(ops.proxyTarget(value));
  formatter.hideGlobal = previous;
}

// Calls the value's own inspector. A string it answers is printed as it is.
function printCustom(formatter, value) {
  const { customOptions } = require("bun/inspect");
  const { inspect } = require("node/inspect");
  const depth = Math.max(formatter.maxDepth - formatter.depth, 0);
  const options = customOptions(formatter);
  const answer = Reflect.apply(value[CUSTOM], value, [depth, options, inspect]);
  if (typeof answer === "string") formatter.out += answer;
  else printProxyless(formatter, answer);
}

function printProxyless(formatter, value) {
  const previous = formatter.hideGlobal;
  formatter.hideGlobal = false;
  formatter.format(value);
  formatter.hideGlobal = previous;
}

// What JSON makes of it: generators and string iterators.
function printAsJson(formatter, value) {
  const literal = JSON.stringify(value, null, formatter.indent);
  formatter.write(literal === undefined ? "undefined" : literal);
}

function constant(ink, piece) {
  return (formatter) => formatter.writeTinted(ink, piece);
}

const PRIMITIVE_PRINTERS = {
  __proto__: null,
  undefined: constant(DIM, "undefined"),
  null: constant(YELLOW, "null"),
  boolean: (formatter, value) => formatter.writeTinted(YELLOW, value ? "true" : "false"),
  number: printNumber,
  bigint: (formatter, value) => formatter.writeTinted(YELLOW, value + "n"),
  string: printString,
  symbol: printSymbol,
  date: printDate,
  regexp: printRegExp,
  "boxed-string": printBoxedString,
  "boxed-number": printBoxed("Number"),
  "boxed-boolean": printBoxed("Boolean"),
  function: printFunction,
  class: printClass,
  promise: printPromise,
  proxy: printProxy,
  "revoked-proxy": constant(text.CYAN, "<Revoked Proxy>"),
  global: constant(CYAN_PLAIN, "[Global Object]"),
  custom: printCustom,
  json: printAsJson,
};

let printersByKind = null;

// Every printer by its kind; the modules load when the first value is printed.
function printers() {
  if (printersByKind === null) {
    printersByKind = {
      __proto__: null,
      ...PRIMITIVE_PRINTERS,
      ...require("bun/inspect-objects").PRINTERS,
      ...require("bun/inspect-collections").PRINTERS,
      ...require("bun/inspect-platform").PRINTERS,
      element: (formatter, value) => require("bun/inspect-element").print(formatter, value),
      error: (formatter, value) => require("bun/inspect-errors").print(formatter, value),
    };
  }
  return printersByKind;
}

let platformModule = null;

function platform() {
  if (platformModule === null) platformModule = require("bun/inspect-platform");
  return platformModule;
}

module.exports = {
  Formatter,
  UNLIMITED_DEPTH,
  kindOf,
  printKind,
  isPrimitiveKind,
};
