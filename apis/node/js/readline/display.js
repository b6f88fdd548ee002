// What an Interface shows: its line on the terminal, and where the cursor is on it.
"use strict";

const names = require("node/readline/symbols");
const { cursorTo, moveCursor, clearScreenDown } = require("node/readline/cursor");
const { Infinity, Math, Object } = globalThis;

/** Stands before the second and later lines of a text of several. */
const MULTILINE_PROMPT = "| ";

/** How many columns a text takes; control sequences take none. */
function getStringWidth(text, removeControlChars = true) {
  const width = globalThis.Bun.stringWidth;
  return removeControlChars ? width(text) : width(text, { countAnsiEscapeCodes: true });
}
Object.defineProperty(getStringWidth, "length", { value: 1, configurable: true });

function stripVTControlCharacters(text) {
  require("node/errors").validateString(text, "str");
  return globalThis.Bun.stripANSI(text);
}

const methods = {
  [names._refreshLine]() {
    const line = this[names._prompt] + this.line;
    const { cols: lineColumns, rows: lineRows } = this[names._getDisplayPos](line);
    const cursor = this.getCursorPos();
    // To the first row, which is as far up as the cursor was down.
    const rowsBefore = this.prevRows || 0;
    if (rowsBefore > 0) moveCursor(this.output, 0, -rowsBefore);
    cursorTo(this.output, 0);
    clearScreenDown(this.output);
    if (this[names._isMultiline]) {
      const [first, ...rest] = this.line.split("\n");
      this[names._writeToOutput](this[names._prompt] + first);
      for (const each of rest) this[names._writeToOutput](`\n${MULTILINE_PROMPT}${each}`);
    } else {
      this[names._writeToOutput](line);
    }
    // A terminal begins a new row only when something is written to it.
    if (lineColumns === 0) this[names._writeToOutput](" ");
    cursorTo(this.output, cursor.cols);
    const up = lineRows - cursor.rows;
    if (up > 0) moveCursor(this.output, 0, -up);
    this.prevRows = cursor.rows;
  },

  [names._getDisplayPos](text) {
    const columns = this.columns;
    let offset = 0;
    let rows = 0;
    for (const character of stripVTControlCharacters(text)) {
      if (character === "\n") {
        rows += Math.ceil(offset / columns) || 1;
        offset = this[names._isMultiline] ? MULTILINE_PROMPT.length : 0;
        continue;
      }
      if (character === "\t") {
        offset += this.tabSize - (offset % this.tabSize);
        continue;
      }
      const width = getStringWidth(character, false);
      // A wide character does not begin in the last column.
      if (width === 2 && (offset + 1) % columns === 0) offset++;
      offset += width;
    }
    const cols = offset % columns;
    rows += (offset - cols) / columns;
    return { cols, rows };
  },

  getCursorPos() {
    return this[names._getDisplayPos](this[names._prompt] + this.line.slice(0, this.cursor));
  },

  [names._moveCursor](distance) {
    if (distance === 0) return;
    const before = this.getCursorPos();
    this.cursor = Math.min(Math.max(this.cursor + distance, 0), this.line.length);
    const after = this.getCursorPos();
    if (before.rows === after.rows) moveCursor(this.output, after.cols - before.cols, 0);
    else this[names._refreshLine]();
  },

  clearLine() {
    this[names._moveCursor](Infinity);
    this[names._writeToOutput]("\r\n");
    this.line = "";
    this.cursor = 0;
    this.prevRows = 0;
  },
};

module.exports = { methods, getStringWidth, stripVTControlCharacters, MULTILINE_PROMPT };
