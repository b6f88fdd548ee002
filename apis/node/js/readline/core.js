// The Interface that both node:readline and node:readline/promises build on: what it listens to,
// asks and answers. With a terminal it edits a line by keys; without one it parts text into lines.
// Throws once it is closed; errors of its input come as 'error' events of its own.
"use strict";

const EventEmitter = require("node/events");
const errors = require("node/errors");
const names = require("node/readline/symbols");
const { nextTick } = require("runtime/event-loop");
const { setUpHistory } = require("node/readline/history");
const { Boolean, Date, Infinity, Math, Number, Object, Reflect, Symbol } = globalThis;

const CRLF_DELAY_MIN_MS = 100;
const ESCAPE_TIMEOUT_MS = 500;
const TAB_SIZE = 8;
const UINT32_MAX = 4294967295;

/** The options, which may have been given as an object in the place of the input. */
function optionsOf(input, output, completer, terminal) {
  if (!input?.input) return { input, output, completer, terminal, prompt: "> " };
  return { ...pick(input), prompt: input.prompt === undefined ? "> " : input.prompt };
}

function pick({
  input, output, completer, terminal, history, historySize, removeHistoryDuplicates, crlfDelay,
  tabSize, escapeCodeTimeout, signal,
}) {
  return {
    input, output, completer, terminal, history, historySize, removeHistoryDuplicates, crlfDelay,
    tabSize, escapeCodeTimeout, signal,
  };
}

function expectOptions({ signal, tabSize, escapeCodeTimeout, completer }, reader) {
  if (tabSize !== undefined) {
    if (typeof tabSize !== "number") {
      throw errors.invalidType("tabSize", "of type number", tabSize);
    }
    if (!Number.isInteger(tabSize)) throw errors.ERR_OUT_OF_RANGE("tabSize", "an integer", tabSize);
    if (tabSize < 1 || tabSize > UINT32_MAX) {
      throw errors.ERR_OUT_OF_RANGE("tabSize", `>= 1 && <= ${UINT32_MAX}`, tabSize);
    }
  }
  if (escapeCodeTimeout !== undefined && !Number.isFinite(escapeCodeTimeout)) {
    throw errors.ERR_INVALID_ARG_VALUE("input.escapeCodeTimeout", reader.escapeCodeTimeout);
  }
  if (signal) errors.validateAbortSignal(signal, "options.signal");
  if (completer !== undefined && typeof completer !== "function") {
    throw errors.ERR_INVALID_ARG_VALUE("completer", completer);
  }
}

// A plain function, since node:readline's Interface may be called without `new`.
function InterfaceConstructor(input, output, completer, terminal) {
  this[names._sawReturnAt] = 0;
  this.isCompletionEnabled = true;
  this[names._sawKeyPress] = false;
  this[names._previousKey] = null;
  this.escapeCodeTimeout = ESCAPE_TIMEOUT_MS;
  this.tabSize = TAB_SIZE;
  Reflect.apply(EventEmitter, this, []);
  const options = optionsOf(input, output, completer, terminal);
  expectOptions(options, this);
  if (options.tabSize !== undefined) this.tabSize = options.tabSize;
  if (options.escapeCodeTimeout !== undefined) this.escapeCodeTimeout = options.escapeCodeTimeout;
  this.setupHistoryManager({
    size: options.historySize,
    history: options.history,
    removeHistoryDuplicates: options.removeHistoryDuplicates,
  });
  this.line = "";
  this[names._isMultiline] = false;
  this[names.kSubstringSearch] = null;
  this.output = options.output;
  this.input = options.input;
  this[names._undoStack] = [];
  this[names._redoStack] = [];
  this[names._previousCursorCols] = -1;
  this[names._killRing] = [];
  this[names._killRingCursor] = 0;
  const { crlfDelay } = options;
  this.crlfDelay = crlfDelay ? Math.max(CRLF_DELAY_MIN_MS, crlfDelay) : CRLF_DELAY_MIN_MS;
  this.completer = options.completer;
  this.setPrompt(options.prompt);
  this.terminal = Boolean(options.terminal ?? this.output?.isTTY);
  this[names["line object stream"]] = undefined;
  this.cursor = 0;
  listen(this);
  if (options.signal) heed(this, options.signal);
  this.line = "";
  this.input.resume();
}
Object.setPrototypeOf(InterfaceConstructor.prototype, EventEmitter.prototype);
Object.setPrototypeOf(InterfaceConstructor, EventEmitter);

/** What is listened for on the input, and on the output's size. */
function listen(reader) {
  const { input, output } = reader;
  const onerror = (error) => { reader.emit("error", error); };
  input.on("error", onerror);
  const [listeners, outputListeners] = reader.terminal
    ? terminalListeners(reader)
    : [lineListeners(reader), {}];
  if (reader.terminal) {
    require("node/readline/keys").emitKeypressEvents(input, reader);
    reader[names._setRawMode](true);
    reader.terminal = true;
  } else {
    const { StringDecoder } = require("node/string-decoder");
    reader[names._decoder] = new StringDecoder("utf8");
  }
  for (const [event, listener] of Object.entries(listeners)) input.on(event, listener);
  for (const [event, listener] of Object.entries(outputListeners)) output?.on(event, listener);
  reader.once("close", () => {
    input.removeListener("error", onerror);
    for (const [event, listener] of Object.entries(listeners)) {
      input.removeListener(event, listener);
    }
    for (const [event, listener] of Object.entries(outputListeners)) {
      output?.removeListener(event, listener);
    }
  });
}

function terminalListeners(reader) {
  return [{
    keypress: function onkeypress(text, key) {
      reader[names._ttyWrite](text, key);
      // Half of a pair shows only when the other half has come.
      const code = key?.sequence ? key.sequence.codePointAt(0) : 0;
      if (code >= 0xd800 && code <= 0xdfff) reader[names._refreshLine]();
    },
    end: function ontermend() {
      if (typeof reader.line === "string" && reader.line.length > 0) {
        reader.emit("line", reader.line);
      }
      reader.close();
    },
  }, { resize: function onresize() { reader[names._refreshLine](); } }];
}

function lineListeners(reader) {
  return {
    data: function ondata(data) { reader[names._normalWrite](data); },
    end: function onend() {
      const rest = reader[names._line_buffer];
      if (typeof rest === "string" && rest.length > 0) reader.emit("line", rest);
      reader.close();
    },
  };
}

function heed(reader, signal) {
  const onAborted = () => reader.close();
  if (signal.aborted) {
    nextTick(onAborted, undefined);
    return;
  }
  signal.addEventListener("abort", onAborted, { once: true });
  reader.once("close", () => signal.removeEventListener("abort", onAborted));
}

function expectOpen(reader) {
  if (reader.closed) throw require("node/error-codes").ERR_USE_AFTER_CLOSE("readline");
}

class Interface extends InterfaceConstructor {
  get columns() { return this.output?.columns || Infinity; }

  setPrompt(prompt) { this[names._prompt] = prompt; }
  getPrompt() { return this[names._prompt]; }
  setupHistoryManager(options) { setUpHistory(this, options); }

  [names._setRawMode](mode) {
    const before = this.input.isRaw;
    if (typeof this.input.setRawMode === "function") this.input.setRawMode(mode);
    return before;
  }

  prompt(preserveCursor) {
    expectOpen(this);
    if (this.paused) this.resume();
    if (this.terminal && globalThis.process.env.TERM !== "dumb") {
      if (!preserveCursor) this.cursor = 0;
      this[names._refreshLine]();
    } else {
      this[names._writeToOutput](this[names._prompt]);
    }
  }

  [names.kQuestion](query, callback) {
    expectOpen(this);
    if (!this[names._questionCallback]) {
      this[names._oldPrompt] = this[names._prompt];
      this.setPrompt(query);
      this[names._questionCallback] = callback;
    }
    this.prompt();
  }

  [names._setLine](line = "") {
    this.line = line;
    this[names._isMultiline] = line.includes("\n");
  }

  [names._onLine](line) {
    const callback = this[names._questionCallback];
    if (callback) {
      this[names._questionCallback] = null;
      this.setPrompt(this[names._oldPrompt]);
      callback(line);
    } else {
      this.emit("line", line);
    }
  }

  [names.kQuestionCancel]() {
    if (!this[names._questionCallback]) return;
    this[names._questionCallback] = null;
    this.setPrompt(this[names._oldPrompt]);
    this.clearLine();
  }

  [names._writeToOutput](stringToWrite) {
    errors.validateString(stringToWrite, "stringToWrite");
    if (this.output !== null && this.output !== undefined) this.output.write(stringToWrite);
  }

  close() {
    if (this.closed) return;
    this.pause();
    if (this.terminal) this[names._setRawMode](false);
    this.closed = true;
    this.emit("close");
  }

  pause() {
    expectOpen(this);
    if (this.paused) return undefined;
    this.input.pause();
    this.paused = true;
    this.emit("pause");
    return this;
  }

  resume() {
    expectOpen(this);
    if (!this.paused) return undefined;
    this.input.resume();
    this.paused = false;
    this.emit("resume");
    return this;
  }

  write(data, key) {
    expectOpen(this);
    if (this.paused) this.resume();
    if (this.terminal) this[names._ttyWrite](data, key);
    else this[names._normalWrite](data);
  }

  [names._normalWrite](data) {
    if (data === undefined) return;
    let text = this[names._decoder].write(data);
    if (this[names._sawReturnAt] && Date.now() - this[names._sawReturnAt] <= this.crlfDelay) {
      if (text.codePointAt() === 10) text = text.slice(1);
      this[names._sawReturnAt] = 0;
    }
    splitLines(this, text);
  }

  [names._ttyWrite](text, key) {
    require("node/readline/key-bindings").ttyWrite(this, text, key);
  }

  [Symbol.asyncIterator]() {
    this[names["line object stream"]] ??= EventEmitter.on(this, "line", {
      close: ["close"],
      highWaterMark: 1024,
      [Symbol.for("nodejs.kFirstEventParam")]: true,
    });
    return this[names["line object stream"]];
  }

  [Symbol.dispose]() { this.close(); }
}

/** Gives on the whole lines of a text and keeps what is left. */
function splitLines(reader, text) {
  const { LINE_ENDING } = require("node/readline/key-bindings");
  // Asked of the new part alone, so that long lines are not searched again and again.
  if (!/[\r\n\u2028\u2029]/.test(text)) {
    if (text) reader[names._line_buffer] = (reader[names._line_buffer] || "") + text;
    return;
  }
  const whole = (reader[names._line_buffer] || "") + text;
  reader[names._line_buffer] = null;
  reader[names._sawReturnAt] = whole.endsWith("\r") ? Date.now() : 0;
  const lines = whole.split(LINE_ENDING);
  reader[names._line_buffer] = lines.pop();
  for (const line of lines) reader[names._onLine](line);
}

function install(methods) {
  const descriptors = Object.getOwnPropertyDescriptors(methods);
  for (const key of Reflect.ownKeys(descriptors)) {
    Object.defineProperty(Interface.prototype, key, { ...descriptors[key], enumerable: false });
  }
}
install(require("node/readline/display").methods);
for (const methods of require("node/readline/edit").groups) install(methods);
Object.defineProperty(Interface.prototype, Symbol.dispose, { enumerable: true });

module.exports = { BaseInterface: Interface, InterfaceConstructor };
