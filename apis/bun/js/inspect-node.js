// Values as node:util's inspect prints them: what custom inspectors get as their third argument.
//
// Strings in single quotes, objects on one line while they are short, three levels at most. Covers
// the kinds that inspectors of the platform and of packages pass; own enumerable properties only.
// Throws what custom inspectors throw.
"use strict";

const kinds = require("bun/inspect-kinds");
const { isIdentifier, numberText } = require("bun/inspect-text");
const { CUSTOM } = kinds;

const DEPTH_DEFAULT = 2;
const BREAK_LENGTH = 80;
const LEVELS_ON_ONE_LINE = 3;
const ARRAY_ITEMS_MAX = 100;
// What braces and indentation are reckoned at when a line's length is judged.
const LINE_OVERHEAD = 10;

const STYLES = {
  __proto__: null,
  number: [33, 39],
  bigint: [33, 39],
  boolean: [33, 39],
  undefined: [90, 39],
  null: [1, 22],
  string: [32, 39],
  symbol: [32, 39],
  date: [35, 39],
  regexp: [31, 39],
  special: [36, 39],
};

class Context {
  constructor(options) {
    const given = options || {};
    this.depth = given.depth === undefined ? DEPTH_DEFAULT : given.depth;
    if (this.depth === null) this.depth = Infinity;
    this.colors = given.colors === true;
    this.breakLength = given.breakLength === undefined ? BREAK_LENGTH : given.breakLength;
    this.seen = [];
    this.circular = [];
    this.currentDepth = 0;
    this.indentation = 0;
    this.given = given;
  }

  paint(text, style) {
    const codes = STYLES[style];
    if (!this.colors || codes === undefined) return text;
    return "\x1b[" + codes[0] + "m" + text + "\x1b[" + codes[1] + "m";
  }
}

const NAMED_ESCAPES = { "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r" };

function quoted(text) {
  let quote = "'";
  if (text.includes("'")) {
    if (!text.includes('"')) quote = '"';
    else if (!text.includes("`") && !text.includes("${")) quote = "`";
  }
  const escaped = text.replace(/[\x00-\x1f\x7f-\x9f\\'"`]/g, (character) => {
    if (character === "\\") return "\\\\";
    if ("'\"`".includes(character)) return character === quote ? "\\" + character : character;
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0");
    return NAMED_ESCAPES[character] || "\\x" + code;
  });
  return quote + escaped + quote;
}

const PRIMITIVES = {
  __proto__: null,
  string: (value) => quoted(value),
  number: numberText,
  bigint: (value) => value + "n",
  boolean: String,
  undefined: String,
  symbol: String,
};

function formatValue(context, value, level) {
  if (value === null) return context.paint("null", "null");
  const primitive = PRIMITIVES[typeof value];
  if (primitive !== undefined) return context.paint(primitive(value), typeof value);
  const target = ops.proxyTarget(value);
  if (target !== undefined) return formatValue(context, target, level);
  const custom = value[CUSTOM];
  if (typeof custom === "function" && custom !== inspect) {
    return formatCustom(context, value, custom, level);
  }
  if (context.seen.includes(value)) return formatCircular(context, value);
  return formatRaw(context, value, level);
}

function formatCustom(context, value, custom, level) {
  const depth = context.depth - level;
  const options = { ...context.given, depth, stylize: (text, style) => context.paint(text, style) };
  const answer = Reflect.apply(custom, value, [depth, options, inspect]);
  if (typeof answer !== "string") return formatValue(context, answer, level);
  return answer.replaceAll("\n", "\n" + " ".repeat(context.indentation));
}

function formatCircular(context, value) {
  if (!context.circular.includes(value)) context.circular.push(value);
  return context.paint("[Circular *" + (context.circular.indexOf(value) + 1) + "]", "special");
}

// The kinds that have no parts: a function from the value to its text and style.
const ATOMS = {
  __proto__: null,
  date: (value) => [Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString(), "date"],
  regexp: (value) => [String(value), "regexp"],
  error: (value) => [typeof value.stack === "string" ? value.stack : String(value), ""],
  "boxed-string": (value) => ["[String: " + quoted(String(value)) + "]", "string"],
  "boxed-number": (value) => ["[Number: " + numberText(Number(value)) + "]", "number"],
  "boxed-boolean": (value) => ["[Boolean: " + String(value) + "]", "boolean"],
  weakmap: () => ["WeakMap { <items unknown> }", ""],
  weakset: () => ["WeakSet { <items unknown> }", ""],
};

function functionText(value) {
  const { isClass, name } = kinds.functionFacts(value);
  if (!isClass) {
    const family = kinds.nameOf(Object.getPrototypeOf(value)) || "Function";
    return "[" + family + (name === "" ? " (anonymous)" : ": " + name) + "]";
  }
  const parent = Object.getPrototypeOf(value);
  const parentName = typeof parent === "function" ? kinds.nameOf(parent) : "";
  return "[class " + (name || "(anonymous)") + (parentName && " extends " + parentName) + "]";
}

function prefixOf(value, plain) {
  const name = kinds.className(value);
  if (Object.getPrototypeOf(value) === null) return "[Object: null prototype] ";
  return name === plain ? "" : name + " ";
}

function nameOr(value, builtIn) {
  const name = kinds.className(value);
  return name === "Object" ? builtIn : name;
}

const entryText = (context, level) => ([key, item]) =>
  formatValue(context, key, level) + " => " + formatValue(context, item, level);

// The kinds with parts: [opening brace, closing brace, texts of the parts].
const COLLECTIONS = {
  __proto__: null,
  array: (context, value, level) => {
    const name = nameOr(value, "Array");
    const prefix = name === "Array" ? "" : name + "(" + value.length + ") ";
    return [prefix + "[", "]", itemTexts(context, value, level)];
  },
  arguments: (context, value, level) => ["[Arguments] [", "]", itemTexts(context, value, level)],
  view: (context, value, level) => {
    if (value instanceof DataView) return ["DataView {", "}", []];
    const heading = kinds.className(value) + "(" + value.length + ") [";
    return [heading, "]", itemTexts(context, value, level)];
  },
  map: (context, value, level) => {
    const entries = Array.from(Map.prototype.entries.call(value), entryText(context, level));
    return [nameOr(value, "Map") + "(" + value.size + ") {", "}", entries];
  },
  set: (context, value, level) => {
    const items = Array.from(Set.prototype.values.call(value));
    const texts = items.map((item) => formatValue(context, item, level));
    return [nameOr(value, "Set") + "(" + value.size + ") {", "}", texts];
  },
  promise: (context, value, level) => ["Promise {", "}", [promiseText(context, value, level)]],
};

function promiseText(context, value, level) {
  const state = ops.promiseState(value);
  if (state === 0) return context.paint("<pending>", "special");
  if (state < 0 || ops.promiseResult === undefined) return context.paint("<unknown>", "special");
  const result = formatValue(context, ops.promiseResult(value), level);
  return state === 1 ? result : context.paint("<rejected>", "special") + " " + result;
}

function itemTexts(context, value, level) {
  const shown = Math.min(value.length, ARRAY_ITEMS_MAX);
  const texts = [];
  let holes = 0;
  const flush = () => {
    if (holes > 0) texts.push("<" + holes + " empty item" + (holes > 1 ? "s" : "") + ">");
    holes = 0;
  };
  for (let index = 0; index < shown; index += 1) {
    if (!(index in value)) {
      holes += 1;
      continue;
    }
    flush();
    context.indentation += 2;
    texts.push(formatValue(context, value[index], level));
    context.indentation -= 2;
  }
  flush();
  const rest = value.length - shown;
  if (rest > 0) texts.push("... " + rest + " more item" + (rest > 1 ? "s" : ""));
  return texts;
}

function keyOf(context, key) {
  if (typeof key === "symbol") return context.paint(String(key), "symbol");
  return isIdentifier(key) ? key : context.paint(quoted(key), "string");
}

function propertyText(context, value, key, level) {
  const descriptor = Object.getOwnPropertyDescriptor(value, key);
  let text;
  if ("value" in descriptor) {
    context.indentation += 2;
    text = formatValue(context, descriptor.value, level);
    context.indentation -= 2;
  } else {
    const both = descriptor.get !== undefined && descriptor.set !== undefined;
    const label = both ? "Getter/Setter" : descriptor.get !== undefined ? "Getter" : "Setter";
    text = context.paint("[" + label + "]", "special");
  }
  return keyOf(context, key) + ": " + text;
}

function ownKeysOf(value, isList) {
  const isEnumerable = Object.prototype.propertyIsEnumerable;
  const isShown = (key) =>
    isEnumerable.call(value, key) && !(isList && /^\d+$/.test(String(key)));
  return Reflect.ownKeys(value).filter(isShown);
}

const INDEXED_KINDS = new Set(["array", "view", "arguments", "boxed-string"]);

function formatRaw(context, value, level) {
  const isFunction = typeof value === "function";
  const kind = isFunction ? "function" : kinds.objectKind(value);
  const keys = ownKeysOf(value, INDEXED_KINDS.has(kind));
  const atom = isFunction ? [functionText(value), "special"] : ATOMS[kind]?.(value);
  if (atom !== undefined && keys.length === 0) return context.paint(...atom);
  if (level > context.depth) {
    const name = kind === "array" ? "Array" : kinds.className(value);
    return context.paint("[" + name + "]", "special");
  }
  context.seen.push(value);
  context.currentDepth = level;
  const collection = COLLECTIONS[kind];
  const [open, close, parts] =
    collection !== undefined
      ? collection(context, value, level + 1)
      : [(atom === undefined ? prefixOf(value, "Object") : "") + "{", "}", []];
  const output = parts.concat(keys.map((key) => propertyText(context, value, key, level + 1)));
  context.seen.pop();
  const base = atom === undefined ? "" : context.paint(...atom) + " ";
  const text = joined(context, base + open, close, output, level);
  const circular = context.circular.indexOf(value);
  if (circular < 0) return text;
  return context.paint("<ref *" + (circular + 1) + ">", "special") + " " + text;
}

const ANSI = /\x1b\[\d+m/g;

function joined(context, open, close, output, level) {
  if (output.length === 0) return open + close;
  if (context.currentDepth - level < LEVELS_ON_ONE_LINE) {
    const start = output.length + context.indentation + open.length + LINE_OVERHEAD;
    const plain = context.colors ? output.map((part) => part.replace(ANSI, "")) : output;
    const length = plain.reduce((sum, part) => sum + part.length + 1, start);
    if (length <= context.breakLength && !output.some((part) => part.includes("\n"))) {
      return open + " " + output.join(", ") + " " + close;
    }
  }
  const pad = "\n" + " ".repeat(context.indentation);
  return open + pad + "  " + output.join("," + pad + "  ") + pad + close;
}

function inspect(value, options) {
  return formatValue(new Context(options), value, 0);
}

inspect.custom = CUSTOM;

module.exports = { inspect };
