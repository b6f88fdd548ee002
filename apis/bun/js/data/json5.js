"use strict";
// Bun.JSON5: a parser and a writer (https://spec.json5.org).

const { textOf, setOwn } = require("bun/data/input");
const { indentOf, unboxed, isLeftOut, checkReplacer, checkBigInt } = require("bun/data/stringify");

const { Array, Number, Object, Set, String, SyntaxError } = globalThis;

const SPACE = /[\t\n\v\f\r \u2028\u2029\ufeff\p{Zs}]/u;
const NAME_START = /[$_\p{ID_Start}]/u;
const NAME_PART = /[$_\u200c\u200d\p{ID_Continue}]/u;
const IDENTIFIER = /^[$_\p{ID_Start}][$_\u200c\u200d\p{ID_Continue}]*$/u;
const DECIMAL = /(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y;
const HEXADECIMAL = /0[xX][\da-fA-F]+/y;
const HEXADECIMAL_END = 2 ** 64;
// Characters that begin or end something, if not a name.
const KNOWN = /[\]}[{:,"'+\-./\w$]/;
const LINE_END = /[\n\r\u2028\u2029]/;
const SIMPLE_ESCAPES = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", 0: "\0" };

class Parser {
  #text;
  #at = 0;

  constructor(text) { this.#text = text; }

  #fail(message) { return new SyntaxError(`JSON5 Parse error: ${message}`); }

  document() {
    const value = this.#value();
    this.#skip();
    if (this.#at < this.#text.length) throw this.#fail("Unexpected token after JSON5 value");
    return value;
  }

  // Over white space and comments.
  #skip() {
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined) return;
      if (character === "/") this.#comment();
      else if (SPACE.test(character)) this.#at++;
      else return;
    }
  }

  #comment() {
    const next = this.#text[this.#at + 1];
    if (next === "/") {
      while (this.#at < this.#text.length && !LINE_END.test(this.#text[this.#at])) this.#at++;
    } else if (next === "*") {
      const end = this.#text.indexOf("*/", this.#at + 2);
      if (end < 0) throw this.#fail("Unterminated multi-line comment");
      this.#at = end + 2;
    } else {
      throw this.#fail("Unexpected token");
    }
  }

  #value() {
    this.#skip();
    const character = this.#text[this.#at];
    switch (character) {
      case undefined: throw this.#fail("Unexpected end of input");
      case "{": return this.#object();
      case "[": return this.#array();
      case '"': case "'": return this.#string();
      case "+": case "-": return this.#signed(character);
      default:
    }
    if (character === "." || (character >= "0" && character <= "9")) return this.#number();
    if (NAME_START.test(this.#character())) return this.#literal();
    const isPunctuation = "]}:,".includes(character);
    throw this.#fail(isPunctuation ? "Unexpected token" : "Unexpected character");
  }

  #character() {
    return String.fromCodePoint(this.#text.codePointAt(this.#at));
  }

  #literal() {
    const start = this.#at;
    while (this.#at < this.#text.length && NAME_PART.test(this.#character())) {
      this.#at += this.#character().length;
    }
    switch (this.#text.slice(start, this.#at)) {
      case "null": return null;
      case "true": return true;
      case "false": return false;
      case "Infinity": return Infinity;
      case "NaN": return NaN;
      default: throw this.#fail("Unexpected token");
    }
  }

  #signed(sign) {
    this.#at++;
    const next = this.#text[this.#at];
    if (next === undefined) throw this.#fail("Unexpected end of input");
    let number;
    if (next === "." || (next >= "0" && next <= "9")) number = this.#number();
    else if (next === "I" || next === "N") number = this.#literal();
    else throw this.#fail("Unexpected character");
    return sign === "-" ? -number : number;
  }

  #number() {
    const { [this.#at]: first, [this.#at + 1]: second } = this.#text;
    const isHexadecimal = first === "0" && (second === "x" || second === "X");
    if (first === "0" && second >= "0" && second <= "9") {
      throw this.#fail("Leading zeros are not allowed in JSON5");
    }
    const pattern = isHexadecimal ? HEXADECIMAL : DECIMAL;
    pattern.lastIndex = this.#at;
    const digits = pattern.exec(this.#text)?.[0];
    const problem = isHexadecimal ? "Invalid hex number" : "Invalid number";
    if (digits === undefined) throw this.#fail(problem);
    this.#at += digits.length;
    const value = Number(digits);
    const next = this.#text[this.#at];
    const isCut = (next === "e" || next === "E") && !/e/i.test(digits);
    if (isHexadecimal ? value >= HEXADECIMAL_END : isCut) throw this.#fail(problem);
    return value;
  }

  #array() {
    const items = [];
    this.#at++;
    for (;;) {
      this.#skip();
      if (this.#at >= this.#text.length) throw this.#fail("Unexpected end of input");
      if (this.#text[this.#at] === "]") break;
      items.push(this.#value());
      if (!this.#comma("]", "Unterminated array")) break;
    }
    this.#at++;
    return items;
  }

  // Over a comma, or to the end of the collection: false then.
  #comma(close, unterminated) {
    this.#skip();
    const character = this.#text[this.#at];
    if (character === undefined) throw this.#fail(unterminated);
    if (character === close) return false;
    if (character !== ",") throw this.#fail("Expected ','");
    this.#at++;
    return true;
  }

  #object() {
    const object = {};
    this.#at++;
    for (;;) {
      this.#skip();
      const character = this.#text[this.#at];
      if (character === undefined) throw this.#fail("Unexpected end of input");
      if (character === "}") break;
      const key = character === '"' || character === "'" ? this.#string() : this.#name();
      this.#skip();
      const colon = this.#text[this.#at];
      if (colon !== ":") throw this.#unexpected(colon, "Expected ':' after object key");
      this.#at++;
      setOwn(object, key, this.#value());
      if (!this.#comma("}", "Unterminated object")) break;
    }
    this.#at++;
    return object;
  }

  #unexpected(character, message) {
    if (character === undefined || KNOWN.test(character) || NAME_START.test(character)) {
      return this.#fail(message);
    }
    return this.#fail("Unexpected character");
  }

  #name() {
    let name = "";
    while (this.#at < this.#text.length) {
      let character = this.#character();
      const start = this.#at;
      if (character === "\\") {
        if (this.#text[this.#at + 1] !== "u") throw this.#fail("Invalid unicode escape");
        this.#at += 2;
        character = String.fromCharCode(this.#hexadecimal(4));
      } else {
        this.#at += character.length;
      }
      const fits = name === "" ? NAME_START : NAME_PART;
      if (!fits.test(character)) {
        this.#at = start;
        break;
      }
      name += character;
    }
    if (name === "") {
      throw this.#unexpected(this.#text[this.#at], "Invalid identifier start character");
    }
    return name;
  }

  #string() {
    const quote = this.#text[this.#at++];
    let value = "";
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined || character === "\n" || character === "\r") {
        throw this.#fail("Unterminated string");
      }
      this.#at++;
      if (character === quote) return value;
      value += character === "\\" ? this.#escape() : character;
    }
  }

  #escape() {
    const character = this.#text[this.#at++];
    if (character === undefined) throw this.#fail("Unexpected end of input in escape sequence");
    if (character === "x") return String.fromCharCode(this.#hexadecimal(2));
    if (character === "u") return String.fromCharCode(this.#hexadecimal(4));
    if (character === "\r" && this.#text[this.#at] === "\n") this.#at++;
    if (LINE_END.test(character)) return "";
    const follows = this.#text[this.#at];
    const isOctal = character === "0" ? follows >= "0" && follows <= "9" : /[1-9]/.test(character);
    if (isOctal) throw this.#fail("Octal escape sequences are not allowed in JSON5");
    return SIMPLE_ESCAPES[character] ?? character;
  }

  #hexadecimal(width) {
    const digits = this.#text.slice(this.#at, this.#at + width);
    if (digits.length < width || !/^[\da-f]+$/i.test(digits)) {
      throw this.#fail(
        width === 2 ? "Invalid hex escape" : "Invalid unicode escape: expected 4 hex digits",
      );
    }
    this.#at += width;
    return Number.parseInt(digits, 16);
  }
}

const QUOTED = /[\\'\0-\x1f\u2028\u2029]/g;
const QUOTES = {
  "\\": "\\\\", "'": "\\'", "\0": "\\0", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r",
  "\t": "\\t", "\v": "\\v", "\u2028": "\\u2028", "\u2029": "\\u2029",
};

function quoted(text) {
  const escape = (character) =>
    QUOTES[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  return `'${text.replace(QUOTED, escape)}'`;
}

function write(given, indent, depth, above) {
  const value = unboxed(given);
  checkBigInt(value, "JSON5");
  if (typeof value === "string") return quoted(value);
  if (typeof value !== "object" || value === null) return `${value}`;
  if (above.has(value)) throw new Error("Converting circular structure to JSON5");
  above.add(value);
  const isArray = Array.isArray(value);
  const separator = indent === "" ? "" : `\n${indent.repeat(depth + 1)}`;
  const parts = [];
  for (const key of isArray ? value.keys() : Object.keys(value)) {
    const item = value[key];
    if (isLeftOut(item) && !isArray) continue;
    const text = isLeftOut(item) ? "null" : write(item, indent, depth + 1, above);
    const name = isArray ? "" : `${IDENTIFIER.test(key) ? key : quoted(key)}:`;
    parts.push(separator + (isArray || indent === "" ? name : `${name} `) + text);
  }
  above.delete(value);
  const [open, close] = isArray ? "[]" : "{}";
  if (parts.length === 0) return open + close;
  const end = indent === "" ? "" : `,\n${indent.repeat(depth)}`;
  return open + parts.join(",") + end + close;
}

const JSON5 = {
  parse(input) {
    return new Parser(textOf(input)).document();
  },
  stringify(value, replacer, space) {
    checkReplacer(replacer, "JSON5");
    return isLeftOut(value) ? undefined : write(value, indentOf(space), 0, new Set());
  },
};

module.exports = { JSON5 };
