// What keys do to an Interface's line: tables by name for each set of modifiers.
"use strict";

const names = require("node/readline/symbols");
const { charLengthAt, charLengthLeft } = require("node/readline/keys");
const { cursorTo, clearScreenDown } = require("node/readline/cursor");
const { Date, Infinity } = globalThis;

// \r\n, \n, \r that is followed by something else, or a separator of Unicode.
const LINE_ENDING = /\r?\n|\r(?!\n)|\u2028|\u2029/g;
const UNDO = 0x1f;
const REDO = 0x1e;

const does = (name) => (reader) => reader[name]();
const charLeft = (reader) =>
  reader[names._moveCursor](-charLengthLeft(reader.line, reader.cursor));
const charRight = (reader) => reader[names._moveCursor](charLengthAt(reader.line, reader.cursor));
const toStart = (reader) => reader[names._moveCursor](-Infinity);
const toEnd = (reader) => reader[names._moveCursor](Infinity);

function interrupt(reader) {
  if (reader.listenerCount("SIGINT") > 0) reader.emit("SIGINT");
  else reader.close();
}

function deleteOrEnd(reader) {
  if (reader.cursor === 0 && reader.line.length === 0) reader.close();
  else if (reader.cursor < reader.line.length) reader[names._deleteRight]();
}

function suspend(reader) {
  if (reader.listenerCount("SIGTSTP") > 0) {
    reader.emit("SIGTSTP");
    return;
  }
  const { process } = require("node/process");
  process.once("SIGCONT", () => {
    // The stream is paused and resumed to see what came meanwhile, unless it is given up.
    if (!reader.paused) {
      reader.pause();
      reader.emit("SIGCONT");
    }
    reader[names._setRawMode](true);
    reader[names._refreshLine]();
  });
  reader[names._setRawMode](false);
  process.kill(process.pid, "SIGTSTP");
}

function clearScreen(reader) {
  cursorTo(reader.output, 0, 0);
  clearScreenDown(reader.output);
  reader[names._refreshLine]();
}

const CONTROL_SHIFT = {
  __proto__: null,
  backspace: does(names._deleteLineLeft),
  delete: does(names._deleteLineRight),
};

const CONTROL = {
  __proto__: null,
  c: interrupt,
  h: does(names._deleteLeft),
  d: deleteOrEnd,
  u: does(names._deleteLineLeft),
  k: does(names._deleteLineRight),
  a: toStart,
  e: toEnd,
  b: charLeft,
  f: charRight,
  l: clearScreen,
  n: does(names._historyNext),
  p: does(names._historyPrev),
  y: does(names._yank),
  z: suspend,
  w: does(names._deleteWordLeft),
  backspace: does(names._deleteWordLeft),
  delete: does(names._deleteWordRight),
  left: does(names._wordLeft),
  right: does(names._wordRight),
};

const META = {
  __proto__: null,
  b: does(names._wordLeft),
  f: does(names._wordRight),
  d: does(names._deleteWordRight),
  delete: does(names._deleteWordRight),
  backspace: does(names._deleteWordLeft),
  y: does(names._yankPop),
};

const PLAIN = {
  __proto__: null,
  return: enterReturn,
  enter: enterNewline,
  backspace: does(names._deleteLeft),
  delete: does(names._deleteRight),
  left: charLeft,
  right: charRight,
  home: toStart,
  end: toEnd,
  up: does(names._moveUpOrHistoryPrev),
  down: does(names._moveDownOrHistoryNext),
};

function enterReturn(reader) {
  reader[names._sawReturnAt] = Date.now();
  reader[names._line]();
}

// The \n of a \r\n is no line of its own.
function enterNewline(reader) {
  const at = reader[names._sawReturnAt];
  if (at === 0 || Date.now() - at > reader.crlfDelay) reader[names._line]();
  reader[names._sawReturnAt] = 0;
}

/** Begins a search by what stands before the cursor, or ends it. */
function updateSearch(reader, { name, ctrl, meta, shift }) {
  if ((name === "up" || name === "down") && !ctrl && !meta && !shift) {
    if (reader[names.kSubstringSearch] === null && !reader[names._isMultiline]) {
      reader[names.kSubstringSearch] = reader.line.slice(0, reader.cursor);
    }
  } else if (reader[names.kSubstringSearch] !== null) {
    reader[names.kSubstringSearch] = null;
    // No entry was found: the next search begins at the newest.
    if (reader.history.length === reader.historyIndex) reader.historyIndex = -1;
  }
}

/** Inserts text, which may hold whole lines. */
function insert(reader, text) {
  let start = 0;
  for (const { 0: { length }, index } of text.matchAll(LINE_ENDING)) {
    reader[names._insertString](text.slice(start, index));
    start = index + length;
    reader[names._line]();
  }
  reader[names._insertString](text.slice(start));
}

function plainKey(reader, text, key, previous) {
  if (reader[names._sawReturnAt] && key.name !== "enter") reader[names._sawReturnAt] = 0;
  const completes = key.name === "tab" && typeof reader.completer === "function" &&
    reader.isCompletionEnabled;
  if (completes) {
    reader[names._tabComplete](previous && previous.name === "tab");
  } else if (key.name in PLAIN) {
    PLAIN[key.name](reader);
  } else if (typeof text === "string" && text) {
    insert(reader, text);
  }
}

const NO_KEY = {};

function ttyWrite(reader, text, given) {
  const previous = reader[names._previousKey];
  const key = given || NO_KEY;
  reader[names._previousKey] = key;
  if (!key.meta || key.name !== "y") reader[names._yanking] = false;
  updateSearch(reader, key);
  if (typeof key.sequence === "string") {
    const code = key.sequence.codePointAt(0);
    if (code === UNDO || code === REDO) {
      reader[code === UNDO ? names._undo : names._redo]();
      return;
    }
  }
  if (key.name === "escape") return;
  if (key.ctrl && key.shift) CONTROL_SHIFT[key.name]?.(reader);
  else if (key.ctrl) CONTROL[key.name]?.(reader);
  else if (key.meta) META[key.name]?.(reader);
  else plainKey(reader, text, key, previous);
}

// For terminals that know no control sequences.
function ttyWriteDumb(text, given) {
  const key = given || NO_KEY;
  if (key.name === "escape") return;
  if (this[names._sawReturnAt] && key.name !== "enter") this[names._sawReturnAt] = 0;
  if (key.ctrl && key.name === "c") {
    interrupt(this);
  } else if (key.ctrl && key.name === "d") {
    this.close();
  } else if (key.name === "return") {
    this[names._sawReturnAt] = Date.now();
    this._line();
  } else if (key.name === "enter") {
    const at = this[names._sawReturnAt];
    if (at === 0 || Date.now() - at > this.crlfDelay) this._line();
    this[names._sawReturnAt] = 0;
  } else if (typeof text === "string" && text) {
    this.line += text;
    this.cursor += text.length;
    this._writeToOutput(text);
  }
}

module.exports = { ttyWrite, ttyWriteDumb, LINE_ENDING };
