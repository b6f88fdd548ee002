// How much a stream holds before it asks its writer to wait: the defaults and what options say.
"use strict";

const { expectInteger } = require("node/stream/errors");
const { Number, Math } = globalThis;

let bytes = 64 * 1024;
let objects = 16;

function getDefaultHighWaterMark(objectMode = false) {
  return objectMode ? objects : bytes;
}
Object.defineProperty(getDefaultHighWaterMark, "length", { value: 0, configurable: true });

function setDefaultHighWaterMark(objectMode, value) {
  expectInteger(value, "value", 0);
  if (objectMode) objects = value;
  else bytes = value;
}

/** The mark of one side of a stream; `sideKey` names the option of that side of a duplex. */
function highWaterMarkOf(objectMode, options, sideKey, duplex) {
  let mark = options.highWaterMark;
  if ((mark === undefined || mark === null) && duplex) mark = options[sideKey];
  if (mark === undefined || mark === null) return objectMode ? objects : bytes;
  if (!Number.isInteger(mark) || mark < 0) {
    const name = duplex ? `options.${sideKey}` : "options.highWaterMark";
    throw require("node/errors").invalidValue(name, mark, "is invalid");
  }
  return Math.floor(mark);
}

module.exports = { getDefaultHighWaterMark, setDefaultHighWaterMark, highWaterMarkOf };
