// node:readline/promises: questions that answer with promises, and Readline, which gathers
// control sequences and writes them in one go.
"use strict";

const errors = require("node/errors");
const names = require("node/readline/symbols");
const { BaseInterface } = require("node/readline/core");
const { CSI, clearSequence, moveSequence, positionSequence } = require("node/readline/cursor");
const { nextTick } = require("runtime/event-loop");
const { Number, Object, Promise } = globalThis;

class Interface extends BaseInterface {
  question(query, options = {}) {
    const signal = options?.signal;
    const failure = () => errors.abortError(undefined, { cause: signal.reason });
    if (signal) {
      errors.validateAbortSignal(signal, "options.signal");
      if (signal.aborted) return Promise.reject(failure());
    }
    return new Promise((resolve, reject) => {
      if (!signal) {
        this[names.kQuestion](query, resolve);
        return;
      }
      const onAbort = () => {
        this[names.kQuestionCancel]();
        reject(failure());
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this[names.kQuestion](query, (answer) => {
        signal.removeEventListener("abort", onAbort);
        resolve(answer);
      });
    });
  }
}
// The class's own constructor takes the same four, and says so by none, as in Node.
Object.defineProperty(Interface, "length", { value: 0, configurable: true });

function expectInteger(value, name, minimum, maximum) {
  if (typeof value !== "number") throw errors.invalidType(name, "of type number", value);
  if (!Number.isInteger(value)) throw errors.ERR_OUT_OF_RANGE(name, "an integer", value);
  if (value < minimum || value > maximum) {
    throw errors.ERR_OUT_OF_RANGE(name, `>= ${minimum} && <= ${maximum}`, value);
  }
}

const { MIN_SAFE_INTEGER, MAX_SAFE_INTEGER } = Number;
const expectAnyInteger =
  (value, name) => expectInteger(value, name, MIN_SAFE_INTEGER, MAX_SAFE_INTEGER);

class Readline {
  #autoCommit = false;
  #stream;
  #pending = [];

  constructor(stream, options = undefined) {
    if (!require("node/stream/status").isWritable(stream)) {
      throw errors.ERR_INVALID_ARG_TYPE("stream", "Writable", stream);
    }
    this.#stream = stream;
    if (options?.autoCommit !== undefined && options.autoCommit !== null) {
      errors.validateBoolean(options.autoCommit, "options.autoCommit");
      this.#autoCommit = options.autoCommit;
    }
  }

  #add(sequence) {
    if (this.#autoCommit) nextTick(() => this.#stream.write(sequence), undefined);
    else this.#pending.push(sequence);
    return this;
  }

  cursorTo(x, y = undefined) {
    expectAnyInteger(x, "x");
    if (y !== undefined && y !== null) expectAnyInteger(y, "y");
    return this.#add(positionSequence(x, y));
  }

  moveCursor(dx, dy) {
    if (!dx && !dy) return this;
    expectAnyInteger(dx, "dx");
    expectAnyInteger(dy, "dy");
    return this.#add(moveSequence(dx, dy));
  }

  clearLine(dir) {
    expectInteger(dir, "dir", -1, 1);
    return this.#add(clearSequence(dir));
  }

  clearScreenDown() { return this.#add(CSI.kClearScreenDown); }

  commit() {
    return new Promise((resolve) => {
      this.#stream.write(this.#pending.join(""), resolve);
      this.#pending = [];
    });
  }

  rollback() {
    this.#pending = [];
    return this;
  }
}

function createInterface(input, output, completer, terminal) {
  return new Interface(input, output, completer, terminal);
}

module.exports = { Interface, Readline, createInterface };
