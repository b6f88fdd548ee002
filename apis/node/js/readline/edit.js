// The editing of a line: inserting and deleting, words, killing and yanking, undoing and redoing,
// the history, and completion.
"use strict";

const names = require("node/readline/symbols");
const { charLengthAt, charLengthLeft } = require("node/readline/keys");
const { getStringWidth, MULTILINE_PROMPT } = require("node/readline/display");
const { reverseLines } = require("node/readline/history");
const { Array, Infinity, Math } = globalThis;

const KILL_RING_MAX = 32;
const UNDO_MAX = 2048;

/** How long the word is that ends `text`, with what parts it from the cursor. */
function wordLengthLeft(text) {
  // In reverse, since a match at the end of a long text would be looked for from each place.
  const reversed = Array.from(text).reverse().join("");
  return /^\s*(?:[^\w\s]+|\w+)?/.exec(reversed)[0].length;
}

const deleting = {
  [names._insertString](text) {
    this[names._beforeEdit](this.line, this.cursor);
    const atEnd = this.cursor >= this.line.length;
    const before = this.isCompletionEnabled && atEnd ? this.getCursorPos() : undefined;
    this.line = this.line.slice(0, this.cursor) + text + this.line.slice(this.cursor);
    this.cursor += text.length;
    if (!this.isCompletionEnabled) {
      // In the middle of what was pasted: shown in full with its last character.
      this[names._writeToOutput](text);
      return;
    }
    if (!atEnd) {
      this[names._refreshLine]();
      return;
    }
    // At the end, writing it is enough, unless it goes on in the next row.
    if (before.rows < this.getCursorPos().rows) this[names._refreshLine]();
    else this[names._writeToOutput](text);
  },

  [names._deleteLeft]() {
    if (this.cursor <= 0 || this.line.length <= 0) return;
    this[names._beforeEdit](this.line, this.cursor);
    const start = this.cursor - charLengthLeft(this.line, this.cursor);
    this.line = this.line.slice(0, start) + this.line.slice(this.cursor);
    this.cursor = start;
    this[names._refreshLine]();
  },

  [names._deleteRight]() {
    if (this.cursor >= this.line.length) return;
    this[names._beforeEdit](this.line, this.cursor);
    const end = this.cursor + charLengthAt(this.line, this.cursor);
    this.line = this.line.slice(0, this.cursor) + this.line.slice(end);
    this[names._refreshLine]();
  },

  [names._deleteWordLeft]() {
    if (this.cursor <= 0) return;
    this[names._beforeEdit](this.line, this.cursor);
    const leading = this.line.slice(0, this.cursor);
    const start = leading.length - wordLengthLeft(leading);
    this.line = leading.slice(0, start) + this.line.slice(this.cursor);
    this.cursor = start;
    this[names._refreshLine]();
  },

  [names._deleteWordRight]() {
    if (this.cursor >= this.line.length) return;
    this[names._beforeEdit](this.line, this.cursor);
    const trailing = this.line.slice(this.cursor);
    const { length } = /^(?:\s+|\W+|\w+)\s*/.exec(trailing)[0];
    this.line = this.line.slice(0, this.cursor) + trailing.slice(length);
    this[names._refreshLine]();
  },

  [names._deleteLineLeft]() {
    this[names._beforeEdit](this.line, this.cursor);
    const killed = this.line.slice(0, this.cursor);
    this.line = this.line.slice(this.cursor);
    this.cursor = 0;
    this[names._pushToKillRing](killed);
    this[names._refreshLine]();
  },

  [names._deleteLineRight]() {
    this[names._beforeEdit](this.line, this.cursor);
    const killed = this.line.slice(this.cursor);
    this.line = this.line.slice(0, this.cursor);
    this[names._pushToKillRing](killed);
    this[names._refreshLine]();
  },
};

const moving = {
  [names._wordLeft]() {
    if (this.cursor <= 0) return;
    this[names._moveCursor](-wordLengthLeft(this.line.slice(0, this.cursor)));
  },

  [names._wordRight]() {
    if (this.cursor >= this.line.length) return;
    const trailing = this.line.slice(this.cursor);
    this[names._moveCursor](/^(?:\s+|[^\w\s]+|\w+)\s*/.exec(trailing)[0].length);
  },

  // One row up or down within a text of several, to the same column where there is one.
  [names._multilineMove](direction, lines, { rows, cols }) {
    const here = lines[rows];
    const there = lines[rows + direction];
    const down = direction === 1;
    const toEnd = down
      ? here.length - cols + MULTILINE_PROMPT.length + there.length + 1
      : -cols + 1;
    const wantedBefore = this[names._previousCursorCols];
    let distance;
    if (cols > there.length + 1) {
      if (wantedBefore === -1) this[names._previousCursorCols] = cols;
      distance = toEnd;
    } else {
      distance = down ? here.length + 1 : -there.length - 1;
      if (wantedBefore !== -1 && wantedBefore <= there.length) {
        distance += wantedBefore - cols;
        this[names._previousCursorCols] = -1;
      } else if (wantedBefore !== -1) {
        distance = toEnd;
      }
    }
    this[names._moveCursor](distance);
  },

  [names._moveDownOrHistoryNext]() {
    const position = this.getCursorPos();
    const lines = this.line.split("\n");
    if (this[names._isMultiline] && position.rows < lines.length - 1) {
      this[names._multilineMove](1, lines, position);
      return;
    }
    this[names._previousCursorCols] = -1;
    this[names._historyNext]();
  },

  [names._moveUpOrHistoryPrev]() {
    const position = this.getCursorPos();
    if (this[names._isMultiline] && position.rows > 0) {
      this[names._multilineMove](-1, this.line.split("\n"), position);
      return;
    }
    this[names._previousCursorCols] = -1;
    this[names._historyPrev]();
  },

  [names._historyNext]() {
    if (!this.historyManager.canNavigateToNext()) return;
    this[names._beforeEdit](this.line, this.cursor);
    showEntry(this, this.historyManager.navigateToNext(this[names.kSubstringSearch]));
  },

  [names._historyPrev]() {
    if (!this.historyManager.canNavigateToPrevious()) return;
    this[names._beforeEdit](this.line, this.cursor);
    showEntry(this, this.historyManager.navigateToPrevious(this[names.kSubstringSearch]));
  },
};

function showEntry(reader, entry) {
  reader[names._setLine](reverseLines(entry, "\r", "\n"));
  reader.cursor = reader.line.length;
  reader[names._refreshLine]();
}

const remembering = {
  [names._beforeEdit](oldText, oldCursor) { this[names._pushToUndoStack](oldText, oldCursor); },

  [names._addHistory]() {
    return this.historyManager.addHistory(this[names._isMultiline], this.lastCommandErrored);
  },

  [names._line]() {
    this[names._savePreviousState]();
    const line = this[names._addHistory]();
    this[names._undoStack] = [];
    this[names._redoStack] = [];
    this.clearLine();
    this[names._onLine](line);
  },

  [names._savePreviousState]() {
    this[names._previousState] = {
      line: this.line, cursor: this.cursor, prevRows: this.prevRows,
    };
  },

  [names._restorePreviousState]() {
    const { line, cursor, prevRows } = this[names._previousState];
    this[names._setLine](line);
    this.cursor = cursor;
    this.prevRows = prevRows;
  },

  // Goes on with the line that was just entered, in a new row.
  [names._addNewLineOnTTY]() {
    if (!this.terminal) return;
    this[names._restorePreviousState]();
    const { length } = this.line.split("\n");
    this.line += "\n";
    this[names._isMultiline] = true;
    this.cursor = this.line.length;
    this.prevRows = length - 1;
    this[names._refreshLine]();
  },

  [names._pushToKillRing](killed) {
    const ring = this[names._killRing];
    if (!killed || killed === ring[0]) return;
    ring.unshift(killed);
    this[names._killRingCursor] = 0;
    while (ring.length > KILL_RING_MAX) ring.pop();
  },

  [names._yank]() {
    const ring = this[names._killRing];
    if (ring.length === 0) return;
    this[names._yanking] = true;
    this[names._insertString](ring[this[names._killRingCursor]]);
  },

  [names._yankPop]() {
    const ring = this[names._killRing];
    if (!this[names._yanking] || ring.length <= 1) return;
    const last = ring[this[names._killRingCursor]];
    this[names._killRingCursor] = (this[names._killRingCursor] + 1) % ring.length;
    const next = ring[this[names._killRingCursor]];
    const head = this.line.slice(0, this.cursor - last.length) + next;
    this.line = head + this.line.slice(this.cursor);
    this.cursor = head.length;
    this[names._refreshLine]();
  },

  [names._pushToUndoStack](text, cursor) {
    const stack = this[names._undoStack];
    if (stack.push({ text, cursor }) > UNDO_MAX) stack.shift();
  },

  [names._undo]() { swapState(this, this[names._undoStack], this[names._redoStack]); },
  [names._redo]() { swapState(this, this[names._redoStack], this[names._undoStack]); },
};

function swapState(reader, from, to) {
  if (from.length === 0) return;
  to.push({ text: reader.line, cursor: reader.cursor });
  const entry = from.pop();
  reader[names._setLine](entry.text);
  reader.cursor = entry.cursor;
  reader[names._refreshLine]();
}

// ---- Completion --------------------------------------------------------------------------------

function commonPrefix(texts) {
  if (texts.length === 0) return "";
  const sorted = texts.toSorted();
  const first = sorted[0];
  const last = sorted[sorted.length - 1];
  let length = 0;
  while (length < first.length && first[length] === last[length]) length++;
  return first.slice(0, length);
}

/** Completions in columns; an empty one begins a new group. */
function table(completions, columns) {
  const widths = completions.map((each) => getStringWidth(each));
  const width = Math.max(...widths) + 2;
  const perLine = Math.floor(columns / width) || 1;
  const lineMax = perLine === Infinity ? 1 : perLine;
  let output = "\r\n";
  let inLine = 0;
  let gap = 0;
  completions.forEach((completion, index) => {
    if (completion === "" || inLine === lineMax) {
      output += "\r\n";
      inLine = 0;
      gap = 0;
    } else {
      output += " ".repeat(gap);
    }
    if (completion !== "") {
      output += completion;
      gap = width - widths[index];
      inLine++;
    } else {
      output += "\r\n";
    }
  });
  return inLine === 0 ? output : `${output}\r\n\r\n`;
}

const completing = {
  async [names._tabComplete](lastKeypressWasTab) {
    this.pause();
    let value;
    try {
      value = await this.completer(this.line.slice(0, this.cursor));
    } catch (error) {
      const { inspect } = require("bun/inspect-node");
      this[names._writeToOutput](`Tab completion error: ${inspect(error)}`);
      return;
    } finally {
      this.resume();
    }
    this[names._tabCompleter](lastKeypressWasTab, value);
  },

  [names._tabCompleter](lastKeypressWasTab, { 0: completions, 1: completeOn }) {
    if (!completions || completions.length === 0) return;
    const prefix = commonPrefix(completions.filter((each) => each !== ""));
    if (prefix.startsWith(completeOn) && prefix.length > completeOn.length) {
      this[names._insertString](prefix.slice(completeOn.length));
      return;
    }
    if (!completeOn.startsWith(prefix)) {
      const start = this.cursor - completeOn.length;
      this.line = this.line.slice(0, start) + prefix + this.line.slice(this.cursor);
      this.cursor = start + prefix.length;
      this[names._refreshLine]();
      return;
    }
    // All are shown only when asked for twice.
    if (!lastKeypressWasTab) return;
    this[names._beforeEdit](this.line, this.cursor);
    this[names._writeToOutput](table(completions, this.columns));
    this[names._refreshLine]();
  },
};

module.exports = { groups: [deleting, moving, remembering, completing] };
