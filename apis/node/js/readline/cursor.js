// Control sequences of terminals, and the functions that write them: to move the cursor and to
// clear the line or the screen. They answer as write() does; without a stream they do nothing.
"use strict";

const errors = require("node/errors");
const { nextTick } = require("runtime/event-loop");
const { Number } = globalThis;

const ESCAPE = "\x1b";

function CSI(strings, ...values) {
  let sequence = `${ESCAPE}[`;
  strings.forEach((text, index) => {
    sequence += text;
    if (index < values.length) sequence += values[index];
  });
  return sequence;
}

CSI.kEscape = ESCAPE;
CSI.kClearToLineBeginning = CSI`1K`;
CSI.kClearToLineEnd = CSI`0K`;
CSI.kClearLine = CSI`2K`;
CSI.kClearScreenDown = CSI`0J`;

const isMissing = (value) => value === undefined || value === null;

/** Whether there is nothing to write; the callback is then called on its own. */
function skips(nothing, callback) {
  if (nothing && typeof callback === "function") nextTick(callback, [null]);
  return nothing;
}

function expectCallback(callback) {
  if (callback !== undefined) errors.validateFunction(callback, "callback");
}

function moveSequence(columns, rows) {
  let sequence = "";
  if (columns < 0) sequence += CSI`${-columns}D`;
  else if (columns > 0) sequence += CSI`${columns}C`;
  if (rows < 0) sequence += CSI`${-rows}A`;
  else if (rows > 0) sequence += CSI`${rows}B`;
  return sequence;
}

function clearSequence(direction) {
  if (direction < 0) return CSI.kClearToLineBeginning;
  return direction > 0 ? CSI.kClearToLineEnd : CSI.kClearLine;
}

function positionSequence(column, row) {
  return typeof row !== "number" ? CSI`${column + 1}G` : CSI`${row + 1};${column + 1}H`;
}

function cursorTo(stream, x, y, callback) {
  expectCallback(callback);
  const done = typeof y === "function" ? y : callback;
  const row = typeof y === "function" ? undefined : y;
  if (Number.isNaN(x)) throw errors.ERR_INVALID_ARG_VALUE("x", x);
  if (Number.isNaN(row)) throw errors.ERR_INVALID_ARG_VALUE("y", row);
  if (skips(isMissing(stream) || (typeof x !== "number" && typeof row !== "number"), done)) {
    return true;
  }
  if (typeof x !== "number") throw require("node/error-codes").ERR_INVALID_CURSOR_POS();
  return stream.write(positionSequence(x, row), done);
}

function moveCursor(stream, dx, dy, callback) {
  expectCallback(callback);
  if (skips(isMissing(stream) || !(dx || dy), callback)) return true;
  return stream.write(moveSequence(dx, dy), callback);
}

function clearLine(stream, dir, callback) {
  expectCallback(callback);
  if (skips(isMissing(stream), callback)) return true;
  return stream.write(clearSequence(dir), callback);
}

function clearScreenDown(stream, callback) {
  expectCallback(callback);
  if (skips(isMissing(stream), callback)) return true;
  return stream.write(CSI.kClearScreenDown, callback);
}

module.exports = {
  CSI, moveSequence, clearSequence, positionSequence,
  cursorTo, moveCursor, clearLine, clearScreenDown,
};
