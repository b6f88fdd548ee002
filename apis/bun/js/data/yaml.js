"use strict";
// Bun.YAML: parse, and stringify in flow style, or in block style where an indent is asked for.

const { textOf } = require("bun/data/input");
const { parseData } = require("bun/data/parsed");
const { indentOf, unboxed, isLeftOut, checkReplacer, checkBigInt } = require("bun/data/stringify");

const { Array, Map, Number, Object, Set } = globalThis;

// Words that other versions of YAML read as something else than text.
const WORDS = /^(?:~|null|true|false|yes|no|on|off|y|n|\.inf|\.nan)$/i;
const NUMERIC = /^[-+]?(?:\.?\d[\d_]*(?:\.[\d_]*)?(?:e[-+]?\d+)?|0x[\da-f_]+|0o[0-7_]+|\.inf)$/i;
const SPECIAL_START = /^[-?:,[\]{}#&*!|>'"%@`\s.]/;
const SPECIAL = /[\0-\x1f\x7f-\x9f\u2028\u2029\ufeff,[\]{}'"]|: | #|:$|\s$/;
const ESCAPED = /[\0-\x1f\x7f-\x9f\u2028\u2029\ufeff"\\]/g;
const ESCAPES = {
  "\0": "\\0", "\x07": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f",
  "\r": "\\r", "\x1b": "\\e", '"': '\\"', "\\": "\\\\", "\x85": "\\N", "\xa0": "\\_",
  "\u2028": "\\L", "\u2029": "\\P",
};

function escaped(character) {
  const code = character.charCodeAt(0);
  const hex = (width) => code.toString(16).padStart(width, "0");
  return ESCAPES[character] ?? (code < 0x100 ? `\\x${hex(2)}` : `\\u${hex(4)}`);
}

function textScalar(text) {
  const isPlain = text !== "" && !WORDS.test(text) && !NUMERIC.test(text) && text !== "<<" &&
    !SPECIAL_START.test(text) && !SPECIAL.test(text);
  return isPlain ? text : `"${text.replace(ESCAPED, escaped)}"`;
}

function numberScalar(number) {
  if (Number.isNaN(number)) return ".nan";
  if (number === Infinity) return ".inf";
  if (number === -Infinity) return "-.inf";
  return Object.is(number, -0) ? "-0" : `${number}`;
}

function scalar(value) {
  if (typeof value === "string") return textScalar(value);
  return typeof value === "number" ? numberScalar(value) : `${value}`;
}

const isObject = (value) => typeof value === "object" && value !== null;

// Writes one value; what occurs more than once gets an anchor where it is first.
class Writer {
  #indent;
  #counts = new Map();
  #anchors = new Map();
  #names = new Set();

  constructor(value, indent) {
    this.#indent = indent;
    this.#count(value);
    this.isBlock = indent !== "";
  }

  #count(value) {
    checkBigInt(value, "YAML");
    if (!isObject(value)) return;
    const count = this.#counts.get(value) ?? 0;
    this.#counts.set(value, count + 1);
    if (count > 0) return;
    for (const key of Object.keys(value)) {
      if (!isLeftOut(value[key])) this.#count(unboxed(value[key]));
    }
  }

  #freeName(wanted) {
    const base = wanted.replace(/[^\w-]/g, "_") || "value";
    let name = base;
    for (let number = 1; this.#names.has(name); number++) name = `${base}${number}`;
    this.#names.add(name);
    return name;
  }

  // "*name" for a value that was written before, "&name" for one that will be again, or "".
  #mark(value, wanted) {
    const known = this.#anchors.get(value);
    if (known !== undefined) return `*${known}`;
    if (this.#counts.get(value) < 2) return "";
    const name = this.#freeName(wanted);
    this.#anchors.set(value, name);
    return `&${name}`;
  }

  flow(given, wanted) {
    const value = unboxed(given);
    if (!isObject(value)) return scalar(value);
    const mark = this.#mark(value, wanted);
    if (mark.startsWith("*")) return mark;
    const body = Array.isArray(value) ? this.#flowList(value) : this.#flowMap(value);
    return mark === "" ? body : `${mark} ${body}`;
  }

  #flowList(list) {
    const items = [];
    list.forEach((item, index) => {
      if (!isLeftOut(item)) items.push(this.flow(item, `item${index}`));
    });
    return `[${items.join(",")}]`;
  }

  #flowMap(map) {
    const entries = [];
    for (const key of Object.keys(map)) {
      if (!isLeftOut(map[key])) entries.push(`${textScalar(key)}: ${this.flow(map[key], key)}`);
    }
    return `{${entries.join(",")}}`;
  }

  // The lines of a value whose first line's indent is already there.
  block(given, depth, wanted) {
    const value = unboxed(given);
    if (!isObject(value)) return scalar(value);
    const mark = this.#mark(value, wanted);
    if (mark.startsWith("*")) return mark;
    const body = this.#blockBody(value, depth);
    if (mark === "") return body;
    const isFlat = body === "[]" || body === "{}";
    return isFlat ? `${mark} ${body}` : `${mark}\n${this.#indent.repeat(depth)}${body}`;
  }

  #blockBody(value, depth) {
    const lines = [];
    const separator = `\n${this.#indent.repeat(depth)}`;
    if (Array.isArray(value)) {
      value.forEach((item, index) => {
        if (isLeftOut(item)) return;
        lines.push(`- ${this.block(item, depth + 1, `item${index}`)}`);
      });
      return lines.length === 0 ? "[]" : lines.join(separator);
    }
    for (const key of Object.keys(value)) {
      if (isLeftOut(value[key])) continue;
      const text = this.block(value[key], depth + 1, key);
      const isLong = isObject(unboxed(value[key])) && text !== "[]" && text !== "{}";
      const glue = isLong ? `\n${this.#indent.repeat(depth + 1)}` : " ";
      lines.push(`${textScalar(key)}:${glue}${text}`);
    }
    return lines.length === 0 ? "{}" : lines.join(separator);
  }
}

const YAML = {
  parse(input) {
    return parseData("YAML", textOf(input));
  },
  stringify(value, replacer, space) {
    checkReplacer(replacer, "YAML");
    if (isLeftOut(value)) return undefined;
    const plain = unboxed(value);
    const writer = new Writer(plain, indentOf(space));
    return writer.isBlock ? writer.block(plain, 0, "root") : writer.flow(plain, "root");
  },
};

module.exports = { YAML };
