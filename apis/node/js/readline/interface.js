// The Interface of node:readline, of callbacks and of old: it may be called without `new`, and
// what it does inside can be overridden under names with an underscore.
"use strict";

const names = require("node/readline/symbols");
const { BaseInterface, InterfaceConstructor } = require("node/readline/core");
const errors = require("node/errors");
const { Object, Promise, Symbol } = globalThis;

const NO_OPTIONS = {};

/** A completer that returns its result, as one that calls back. */
function withCallback(completer) {
  return completer.length === 2
    ? completer
    : (value, callback) => callback(null, completer(value));
}

function Interface(input, output, completer, terminal) {
  if (!(this instanceof Interface)) return new Interface(input, output, completer, terminal);
  if (input?.input && typeof input.completer === "function") {
    const adapted = { ...input, completer: withCallback(input.completer) };
    InterfaceConstructor.call(this, adapted, output, completer, terminal);
  } else {
    const adapted = typeof completer === "function" ? withCallback(completer) : completer;
    InterfaceConstructor.call(this, input, output, adapted, terminal);
  }
  if (globalThis.process.env.TERM === "dumb") {
    const { ttyWriteDumb } = require("node/readline/key-bindings");
    this._ttyWrite = ttyWriteDumb.bind(this);
  }
}
Object.setPrototypeOf(Interface.prototype, BaseInterface.prototype);
Object.setPrototypeOf(Interface, BaseInterface);

const { prototype } = Interface;

/** What of the arguments is the callback, with the signal's listener taken off by it. */
function listenToSignal(reader, signal, callback) {
  const onAbort = () => { reader[names.kQuestionCancel](); };
  signal.addEventListener("abort", onAbort, { once: true });
  const cleanup = () => { signal.removeEventListener("abort", onAbort); };
  if (typeof callback !== "function") return cleanup;
  return (answer) => {
    cleanup();
    return callback(answer);
  };
}

prototype.question = function question(query, options, cb) {
  let callback = typeof options === "function" ? options : cb;
  const { signal } = options === null || typeof options !== "object" ? NO_OPTIONS : options;
  if (signal) {
    errors.validateAbortSignal(signal, "options.signal");
    if (signal.aborted) return;
    callback = listenToSignal(this, signal, callback);
  }
  if (typeof callback === "function") this[names.kQuestion](query, callback);
};

prototype.question[Symbol.for("nodejs.util.promisify.custom")] = {
  question(query, options) {
    const given = options === null || typeof options !== "object" ? NO_OPTIONS : options;
    const { signal } = given;
    const failure = () => errors.abortError(undefined, { cause: signal.reason });
    if (signal?.aborted) return Promise.reject(failure());
    return new Promise((resolve, reject) => {
      if (!signal) {
        this.question(query, given, resolve);
        return;
      }
      const onAbort = () => { reject(failure()); };
      signal.addEventListener("abort", onAbort, { once: true });
      this.question(query, given, (answer) => {
        signal.removeEventListener("abort", onAbort);
        resolve(answer);
      });
    });
  },
}.question;

// What the base calls by symbol is looked up under the underscored name, which can be overridden.
const OVERRIDABLE = [
  "_setRawMode", "_onLine", "_writeToOutput", "_addHistory", "_refreshLine", "_normalWrite",
  "_insertString", "_tabComplete", "_wordLeft", "_wordRight", "_deleteLeft", "_deleteRight",
  "_deleteWordLeft", "_deleteWordRight", "_deleteLineLeft", "_deleteLineRight", "_line",
  "_historyNext", "_historyPrev", "_getDisplayPos", "_moveCursor", "_ttyWrite",
];
const PROPERTIES = [
  "_decoder", "_line_buffer", "_oldPrompt", "_previousKey", "_prompt", "_questionCallback",
  "_sawKeyPress", "_sawReturnAt",
];

for (const name of OVERRIDABLE) {
  Object.defineProperty(prototype, names[name], { get() { return this[name]; } });
}
for (const name of PROPERTIES) {
  const symbol = names[name];
  Object.defineProperty(prototype, name, {
    get() { return this[symbol]; },
    set(value) { this[symbol] = value; },
  });
}
for (const name of OVERRIDABLE) {
  prototype[name] = BaseInterface.prototype[names[name]];
  if (name === "_getDisplayPos") prototype._getCursorPos = BaseInterface.prototype.getCursorPos;
}

prototype._tabComplete = function (lastKeypressWasTab) {
  this.pause();
  this.completer(this.line.slice(0, this.cursor), (error, value) => {
    this.resume();
    if (error) {
      const { inspect } = require("bun/inspect-node");
      this._writeToOutput(`Tab completion error: ${inspect(error)}`);
      return;
    }
    this[names._tabCompleter](lastKeypressWasTab, value);
  });
};

module.exports = { Interface };
