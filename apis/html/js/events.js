"use strict";
// Runs handlers over what the parser recorded of a piece of a document, in the order of the
// document, each ended before the next begins.

const { promiseState } = require("runtime/engine");
const { Seen, detach, faceOf } = require("html/units");

const { call } = Function.prototype;

// The first number of an event; apis/html/src/record.rs has the same.
const ELEMENT = 0;
const END_TAG = 1;
const COMMENT = 2;
const TEXT = 3;
const DOCTYPE = 4;
const DOCUMENT_END = 5;

const SELF_CLOSING = 1;
const CAN_HAVE_CONTENT = 2;

const NOT_IN_TIME = (result) =>
  `HTMLRewriter.transform() cannot synchronously return ${result} because a content handler ` +
  "returned a Promise that did not resolve within a microtask. Pass a Response instead and await " +
  "its body";

class Walk {
  #numbers = new Uint32Array(0);
  #text = "";
  #place = 0;
  #textPlace = 0;
  // Counts meetings of handlers and tokens, as the parser does.
  #event = -1;
  #entries;
  #last = null;
  #commands = [];
  // What cannot wait for promises says what it was to answer; null where it can.
  #result;

  constructor(entries, result) {
    this.#entries = entries;
    this.#result = result;
    this.endTagHandlers = new Map();
    // Open elements whose content was removed, by their tokens.
    this.lost = new Set();
  }

  /// Keeps what a handler says at the current event.
  command(action, text, value) {
    this.#commands.push([this.#event, action, text, value]);
  }

  /// Whether nothing was said.
  get isSilent() { return this.#commands.length === 0; }

  /// What was said, for the parser.
  takeCommands() {
    const commands = this.#commands;
    this.#commands = [];
    return commands.length === 0 ? "" : JSON.stringify(commands);
  }

  /// Runs the handlers of the next piece; a promise where one takes its time.
  run([numbers, text]) {
    this.#numbers = new Uint32Array(numbers);
    this.#text = text;
    this.#place = 0;
    this.#textPlace = 0;
    return this.#continue();
  }

  #continue() {
    while (this.#place < this.#numbers.length) {
      this.#event++;
      const waiting = this.#next();
      if (waiting !== undefined) return waiting;
    }
    return undefined;
  }

  #next() {
    const kind = this.#numbers[this.#place++];
    if (kind === END_TAG) return this.#endTag();
    const entry = this.#entries[this.#numbers[this.#place++]];
    const seen = this.#see(kind);
    return this.#call(entry[seen.kind], entry.self, seen);
  }

  #endTag() {
    const token = this.#number();
    const name = this.#string();
    if (this.lost.size > 0) this.lost.delete(token);
    if (this.endTagHandlers.size === 0) return undefined;
    const handler = this.endTagHandlers.get(token);
    if (handler === undefined) return undefined;
    this.endTagHandlers.delete(token);
    const seen = new Seen(this, token, "endTag");
    seen.name = name;
    return this.#call(handler, undefined, seen);
  }

  #see(kind) {
    switch (kind) {
      case ELEMENT: return this.#seeElement();
      case COMMENT: return this.#seeNamed("comments");
      case TEXT: return this.#seeText();
      case DOCTYPE: return this.#seeDoctype();
      case DOCUMENT_END: return new Seen(this, 0, "end");
      default:
        this.#place++;
        return this.#last;
    }
  }

  #seeElement() {
    const seen = this.#last = new Seen(this, this.#number(), "element");
    seen.removed = this.lost.size > 0;
    const flags = this.#number();
    seen.isSelfClosing = (flags & SELF_CLOSING) !== 0;
    seen.canHaveContent = (flags & CAN_HAVE_CONTENT) !== 0;
    seen.namespace = this.#number();
    seen.name = this.#string();
    const count = this.#number();
    seen.attributes = [];
    for (let index = 0; index < count * 2; index++) seen.attributes.push(this.#string());
    return seen;
  }

  #seeNamed(kind) {
    const seen = this.#last = new Seen(this, this.#number(), kind);
    seen.name = this.#string();
    return seen;
  }

  #seeText() {
    const seen = this.#last = new Seen(this, this.#number(), "text");
    seen.isLast = this.#number() === 1;
    seen.name = this.#string();
    return seen;
  }

  #seeDoctype() {
    const seen = this.#last = new Seen(this, this.#number(), "doctype");
    const flags = this.#number();
    const parts = [this.#string(), this.#string(), this.#string()]
      .map((part, index) => (flags & (1 << index)) === 0 ? null : part);
    [seen.name, seen.publicId, seen.systemId] = parts;
    return seen;
  }

  #number() {
    return this.#numbers[this.#place++];
  }

  #string() {
    const start = this.#textPlace;
    this.#textPlace = start + this.#numbers[this.#place++];
    return this.#text.slice(start, this.#textPlace);
  }

  // Calls a handler; a promise of the rest of the piece where it takes its time.
  #call(handler, self, seen) {
    const face = faceOf(seen);
    let result;
    try {
      result = call.call(handler, self, face);
    } catch (error) {
      detach(face);
      throw error;
    }
    if (result !== null && typeof result === "object") {
      if (result instanceof Error) throw result;
      if (this.#isPending(result)) return this.#later(result, face);
    }
    detach(face);
    return undefined;
  }

  #isPending(promise) {
    let [status, reason] = promiseState(promise);
    if (status === "pending" && this.#result !== null) {
      require("runtime/event-loop").runTicks();
      [status, reason] = promiseState(promise);
    }
    if (status === "rejected") {
      promise.catch(() => {});
      throw reason;
    }
    return status === "pending";
  }

  #later(promise, face) {
    if (this.#result !== null) {
      promise.catch(() => {});
      throw new TypeError(NOT_IN_TIME(this.#result));
    }
    return promise.finally(() => detach(face)).then(() => this.#continue());
  }
}

module.exports = { Walk };
