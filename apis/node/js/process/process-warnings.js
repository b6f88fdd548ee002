// process.emitWarning: a `warning` event, and by default two lines on the terminal.
"use strict";

const { invalidType } = require("node/errors");
const { nextTick } = require("runtime/event-loop");
const { Object } = globalThis;

let hintGiven = false;

function warningOf(warning, options) {
  if (typeof warning !== "string") {
    if (warning instanceof Error) return warning;
    throw invalidType("warning", "of type string or Error", warning);
  }
  const made = new Error(warning);
  made.name = String(options.type || "Warning");
  if (options.code !== undefined) made.code = options.code;
  if (options.detail !== undefined) made.detail = options.detail;
  return made;
}

function makeEmitWarning(process) {
  process.on("warning", print);
  function print(warning) {
    const code = warning.code ? `[${warning.code}] ` : "";
    let text = `(node:${process.pid}) ${code}${warning.name}: ${warning.message}\n`;
    if (typeof warning.detail === "string") text += `${warning.detail}\n`;
    if (!hintGiven) {
      hintGiven = true;
      text += "(Use `bun --trace-warnings ...` to show where the warning was created)\n";
    }
    if (!process.noDeprecation || warning.name !== "DeprecationWarning") ops.write(2, text);
  }
  return function emitWarning(warning, type, code) {
    let options = { type, code };
    if (type !== null && typeof type === "object") options = type;
    else if (typeof type === "function") options = {};
    const made = warningOf(warning, options);
    if (made.name === "DeprecationWarning") {
      if (process.noDeprecation) return;
      if (process.throwDeprecation) throw made;
    }
    nextTick(() => process.emit("warning", made), undefined);
  };
}

module.exports = { makeEmitWarning };
