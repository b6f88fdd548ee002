// process.emitWarning: a `warning` event, and by default two lines on the terminal.
"use strict";

const { invalidType } = require("node/errors");
const { nextTick } = require("runtime/event-loop");
const { valueOf, valuesOf } = require("node/process-flags");
const { Object } = globalThis;

let hintGiven = false;

function checkText(value, name) {
  if (value !== undefined && typeof value !== "string") {
    throw invalidType(name, "of type string", value);
  }
}

// (warning, type or options, code, constructor), the latter ones left out as may be.
function warningOf(warning, type, code, constructor) {
  let [kind, number, detail] = [type, code, undefined];
  if (type !== null && typeof type === "object" && !Array.isArray(type)) {
    number = type.code;
    if (typeof type.detail === "string") ({ detail } = type);
    kind = type.type || "Warning";
    constructor = type.ctor;
  } else if (typeof type === "function") {
    constructor = type;
    [kind, number] = ["Warning", undefined];
  }
  checkText(kind, "type");
  if (typeof number === "function") {
    constructor = number;
    number = undefined;
  }
  checkText(number, "code");
  if (typeof warning !== "string") {
    if (warning instanceof Error) return warning;
    throw invalidType("warning", "of type string or Error", warning);
  }
  const made = new Error(warning);
  made.name = kind || "Warning";
  if (number) made.code = number;
  if (detail !== undefined) made.detail = detail;
  if (typeof constructor === "function") Error.captureStackTrace(made, constructor);
  return made;
}

/** Where the text of warnings goes: a file, if it can be written, or the terminal. */
function outputOf(process) {
  const path = valueOf("--redirect-warnings") ??
    process.env.NODE_REDIRECT_WARNINGS;
  return (text) => {
    if (path) {
      try {
        require("node/fs").appendFileSync(path, text);
        return;
      } catch {
        // Told on the terminal instead.
      }
    }
    ops.write(2, text);
  };
}

function makeEmitWarning(process) {
  const { execArgv, env } = process;
  const disabled = valuesOf("--disable-warning");
  const output = outputOf(process);
  const isSilent = execArgv.includes("--no-warnings") || env.NODE_NO_WARNINGS === "1";
  const isTraced = execArgv.includes("--trace-warnings");
  // Before the listeners of the program that came first.
  if (!isSilent) process.prependListener("warning", print);
  function print(warning) {
    if (warning === null || typeof warning !== "object") return;
    if (disabled.includes(warning.code) || disabled.includes(warning.name)) return;
    const code = warning.code ? `[${warning.code}] ` : "";
    const isDeprecation = warning.name === "DeprecationWarning";
    const told = isTraced || (isDeprecation && process.traceDeprecation)
      ? `${warning.stack}`
      : `${warning.name}: ${warning.message}`;
    let text = `(node:${process.pid}) ${code}${told}\n`;
    if (typeof warning.detail === "string") text += `${warning.detail}\n`;
    if (!hintGiven) {
      hintGiven = true;
      text += "(Use `bun --trace-warnings ...` to show where the warning was created)\n";
    }
    if (!process.noDeprecation || warning.name !== "DeprecationWarning") output(text);
  }
  return function emitWarning(warning, type, code, constructor) {
    const made = warningOf(warning, type, code, constructor);
    if (made.name === "DeprecationWarning") {
      if (process.noDeprecation) return;
      if (process.throwDeprecation) {
        nextTick(() => { throw made; }, undefined);
        return;
      }
    }
    nextTick(() => process.emit("warning", made), undefined);
  };
}

module.exports = { makeEmitWarning };
