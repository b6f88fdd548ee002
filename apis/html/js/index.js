"use strict";
// HTMLRewriter: handlers by selector, and what they are applied to. Wrong arguments throw at once;
// what handlers throw comes out of `transform`, or rejects the body that it answered.

const { codedError, invalidArgument, wrongInstance, setAttributes, setTag } =
  require("web/fetch-errors");
const { callable } = require("bun/native-class");
const { rewriterError } = require("html/units");

// Bits of what handlers want to see; apis/html/src/plan.rs has the same.
const ELEMENT_KINDS = [["element", 1], ["comments", 2], ["text", 4]];
const DOCUMENT_KINDS = [["doctype", 8], ["comments", 2], ["text", 4], ["end", 16]];

// The handlers given at once, and what the parser is told of them.
function readHandlers(selector, given, kinds) {
  if (given === null || (typeof given !== "object" && typeof given !== "function")) {
    throw invalidArgument("Expected object");
  }
  const entry = { self: given };
  let wishes = 0;
  for (const [name, bit] of kinds) {
    const handler = given[name];
    if (handler === undefined) continue;
    if (typeof handler !== "function") throw invalidArgument(`${name} must be a function`);
    entry[name] = handler;
    wishes |= bit;
  }
  entry.plan = [selector, wishes];
  return entry;
}

class HTMLRewriter {
  #entries = [];

  static #isOne(value) {
    return value !== null && typeof value === "object" && #entries in value;
  }

  on(selector, handlers) {
    if (!HTMLRewriter.#isOne(this)) throw wrongInstance("HTMLRewriter", this);
    if (arguments.length < 2) throw invalidArgument("Missing argument");
    if (selector === undefined || selector === null) throw invalidArgument("Expected string");
    const text = `${selector}`;
    const entry = readHandlers(text, handlers, ELEMENT_KINDS);
    const wrong = ops.htmlSelectorError(text);
    if (wrong !== undefined) throw rewriterError(wrong);
    this.#entries.push(entry);
    return this;
  }

  onDocument(handlers) {
    if (!HTMLRewriter.#isOne(this)) throw wrongInstance("HTMLRewriter", this);
    if (arguments.length === 0) throw invalidArgument("Missing argument");
    this.#entries.push(readHandlers(null, handlers, DOCUMENT_KINDS));
    return this;
  }

  transform(input) {
    if (!HTMLRewriter.#isOne(this)) throw wrongInstance("HTMLRewriter", this);
    if (arguments.length === 0) throw invalidArgument("Missing argument");
    const { transformResponse, transformText, transformBytes } = require("html/transform");
    const entries = [...this.#entries];
    if (typeof input === "string") return transformText(entries, input);
    if (input instanceof String) return transformText(entries, `${input}`);
    if (require("web/response").isResponse(input)) return transformResponse(entries, input);
    const bytes = require("web/encoding").bufferSource(input);
    if (bytes !== undefined) return transformBytes(entries, bytes);
    throw codedError(TypeError, "ERR_INVALID_ARG_TYPE", "Expected Response or Body");
  }
}

setAttributes(HTMLRewriter.prototype, { enumerable: true, configurable: false });
setTag(HTMLRewriter.prototype, "HTMLRewriter");

module.exports.HTMLRewriter = callable(HTMLRewriter);
