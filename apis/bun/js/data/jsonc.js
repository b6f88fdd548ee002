"use strict";
// Bun.JSONC: JSON with comments, trailing commas and single quotes. What follows the value is
// not looked at, as in Bun.

const { invalidArgument } = require("web/fetch-errors");
const { textOf, setOwn } = require("bun/data/input");

const { JSON, Number, RangeError, SyntaxError } = globalThis;

const SPACE = /[\s\ufeff]*/y;
const TOKEN = /[\w$]+|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|[^\s]/y;
const NUMBER = /-?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?/y;
const DEPTH_MAX = 10_000;

class Parser {
  #text;
  #at = 0;
  #depth = 0;

  constructor(text) { this.#text = text; }

  #fail(message) { return new SyntaxError(`JSONC Parse error: ${message}`); }

  // The next token for an error message.
  #found() {
    if (this.#at >= this.#text.length) return "end of file";
    TOKEN.lastIndex = this.#at;
    return `"${TOKEN.exec(this.#text)?.[0] ?? this.#text[this.#at]}"`;
  }

  #skip() {
    for (;;) {
      SPACE.lastIndex = this.#at;
      this.#at += SPACE.exec(this.#text)[0].length;
      if (this.#text[this.#at] !== "/") return;
      if (this.#text[this.#at + 1] === "/") {
        const end = this.#text.indexOf("\n", this.#at);
        this.#at = end < 0 ? this.#text.length : end;
      } else if (this.#text[this.#at + 1] === "*") {
        const end = this.#text.indexOf("*/", this.#at + 2);
        if (end < 0) throw this.#fail('Expected "*/" to terminate multi-line comment');
        this.#at = end + 2;
      } else {
        return;
      }
    }
  }

  document() {
    this.#skip();
    if (this.#at >= this.#text.length) {
      const isEmpty = this.#text.trim() === "";
      throw this.#fail(isEmpty ? "Unexpected end of input" : "Unexpected end of file");
    }
    return this.#value();
  }

  #value() {
    this.#skip();
    const character = this.#text[this.#at];
    if (character === "{" || character === "[") {
      if (++this.#depth > DEPTH_MAX) throw new RangeError("Maximum call stack size exceeded.");
      const value = character === "{" ? this.#object() : this.#array();
      this.#depth--;
      return value;
    }
    if (character === '"' || character === "'") return this.#string(character);
    if (character === "-" || (character >= "0" && character <= "9")) return this.#number();
    return this.#literal();
  }

  #literal() {
    if (this.#text[this.#at] === "+") {
      throw this.#fail("Unsupported syntax: Operators are not allowed in JSON");
    }
    const found = this.#found();
    switch (found) {
      case '"null"': this.#at += 4; return null;
      case '"true"': this.#at += 4; return true;
      case '"false"': this.#at += 5; return false;
      case "end of file": throw this.#fail(`Unexpected ${found}`);
      default: throw this.#fail(`Unexpected ${found.slice(1, -1)}`);
    }
  }

  #number() {
    NUMBER.lastIndex = this.#at;
    const digits = NUMBER.exec(this.#text)?.[0];
    if (digits === undefined) {
      this.#at++;
      throw this.#fail(`Expected number but found ${this.#found()}`);
    }
    this.#at += digits.length;
    return Number(digits);
  }

  #string(quote) {
    const start = this.#at++;
    for (;; this.#at++) {
      const character = this.#text[this.#at];
      if (character === undefined || character === "\n") {
        throw this.#fail("Unterminated string literal");
      }
      if (character === "\\") this.#at++;
      else if (character === quote) break;
    }
    const inner = this.#text.slice(start + 1, this.#at++);
    const plain = quote === "'" ? inner.replace(/\\'/g, "'").replace(/(?<!\\)"/g, '\\"') : inner;
    try {
      return JSON.parse(`"${plain.replace(/\t/g, "\\t")}"`);
    } catch {
      throw this.#fail("Syntax Error");
    }
  }

  // Over a comma; false at the end of the collection.
  #comma(close) {
    this.#skip();
    const character = this.#text[this.#at];
    if (character === close) return false;
    if (character === undefined) throw this.#fail(`Expected "${close}" but found end of file`);
    if (character !== ",") throw this.#fail(`Expected "," but found ${this.#found()}`);
    this.#at++;
    this.#skip();
    return this.#text[this.#at] !== close;
  }

  #array() {
    const items = [];
    this.#at++;
    this.#skip();
    if (this.#at >= this.#text.length) throw this.#fail('Expected "]" but found end of file');
    if (this.#text[this.#at] !== "]") {
      do items.push(this.#value()); while (this.#comma("]"));
    }
    this.#at++;
    return items;
  }

  #object() {
    const object = {};
    this.#at++;
    this.#skip();
    if (this.#at >= this.#text.length) throw this.#fail('Expected "}" but found end of file');
    if (this.#text[this.#at] !== "}") {
      do this.#entry(object); while (this.#comma("}"));
    }
    this.#at++;
    return object;
  }

  #entry(object) {
    this.#skip();
    const character = this.#text[this.#at];
    if (character !== '"' && character !== "'") {
      throw this.#fail(`Expected string but found ${this.#found()}`);
    }
    const key = this.#string(character);
    this.#skip();
    if (this.#text[this.#at] !== ":") throw this.#fail(`Expected ":" but found ${this.#found()}`);
    this.#at++;
    setOwn(object, key, this.#value());
  }
}

const JSONC = {
  parse(input) {
    if (input === undefined || input === null) throw invalidArgument("input must be a string");
    const text = textOf(input);
    try {
      return JSON.parse(text);
    } catch {
      return new Parser(text).document();
    }
  },
};

module.exports = { JSONC };
