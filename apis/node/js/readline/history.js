// The lines an Interface remembers, newest first, and where the arrow keys are in them. A line of
// several is kept in reverse, its parts parted by carriage returns.
"use strict";

const errors = require("node/errors");
const { Object, Symbol } = globalThis;

const CONTEXT = Symbol("_kContext");
const HISTORY = Symbol("_kHistory");
const INDEX = Symbol("_kIndex");
const SIZE = Symbol("_kSize");
const UNIQUE = Symbol("_kRemoveHistoryDuplicates");

const SIZE_DEFAULT = 30;

function reverseLines(text, from, to) {
  return text.split(from).reverse().join(to);
}

class ReplHistory {
  constructor(context, { size, history, removeHistoryDuplicates }) {
    if (history !== undefined) errors.validateArray(history, "history");
    if (size !== undefined) errors.validateNumber(size, "size", 0);
    this[CONTEXT] = context;
    this[UNIQUE] = Boolean(removeHistoryDuplicates);
    this[SIZE] = size ?? SIZE_DEFAULT;
    this[HISTORY] = history ?? [];
    this[INDEX] = -1;
  }

  /** Remembers the context's line, unless empty, and gives it back. */
  addHistory(isMultiline, lastCommandErrored) {
    const { line } = this[CONTEXT];
    const history = this[HISTORY];
    if (line.length === 0) return "";
    if (this[SIZE] === 0 || line.trim().length === 0) return line;
    // The parts of a line of several are not remembered, nor is what failed and is mended.
    if ((isMultiline && this[INDEX] === -1) || lastCommandErrored) history.shift();
    const kept = isMultiline ? reverseLines(line, "\n", "\r") : line;
    if (history.length === 0 || history[0] !== kept) {
      if (this[UNIQUE]) {
        const duplicate = history.indexOf(line);
        if (duplicate !== -1) history.splice(duplicate, 1);
      }
      history.unshift(kept);
      if (history.length > this[SIZE]) history.pop();
    }
    this[INDEX] = -1;
    const result = isMultiline ? reverseLines(history[0], "\r", "\n") : history[0];
    // A listener may take out what must not be remembered, a password say.
    this[CONTEXT].emit("history", history);
    return result;
  }

  canNavigateToNext() { return this[INDEX] > -1 && this[HISTORY].length > 0; }

  navigateToNext(substringSearch) {
    if (!this.canNavigateToNext()) return null;
    const search = substringSearch || "";
    let index = this[INDEX] - 1;
    while (index >= 0 && this.passes(index, search)) index--;
    this[INDEX] = index;
    return index === -1 ? search : this[HISTORY][index];
  }

  canNavigateToPrevious() {
    return this[HISTORY].length !== this[INDEX] && this[HISTORY].length > 0;
  }

  navigateToPrevious(substringSearch = "") {
    if (!this.canNavigateToPrevious()) return null;
    const search = substringSearch || "";
    let index = this[INDEX] + 1;
    while (index < this[HISTORY].length && this.passes(index, search)) index++;
    this[INDEX] = index;
    return index === this[HISTORY].length ? search : this[HISTORY][index];
  }

  /** Whether an entry is passed over: it does not begin as searched, or is shown already. */
  passes(index, search) {
    const entry = this[HISTORY][index];
    return !entry.startsWith(search) || this[CONTEXT].line === entry;
  }

  get size() { return this[SIZE]; }
  get isFlushing() { return false; }
  get history() { return this[HISTORY]; }
  set history(value) { this[HISTORY] = value; }
  get index() { return this[INDEX]; }
  set index(value) { this[INDEX] = value; }
}

/** Gives an interface its history and the properties that show it. */
function setUpHistory(context, options) {
  const manager = new ReplHistory(context, options);
  context.historyManager = manager;
  const show = (name, get, set) => {
    Object.defineProperty(context, name, { configurable: true, enumerable: true, get, set });
  };
  show("history", () => manager.history, (value) => { manager.history = value; });
  show("historyIndex", () => manager.index, (value) => { manager.index = value; });
  show("historySize", () => manager.size, undefined);
  show("isFlushing", () => manager.isFlushing, undefined);
}

module.exports = { setUpHistory, reverseLines };
