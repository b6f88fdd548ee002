// Errors as util.inspect prints them: the stack, corrected where it does not name the class, with
// the frames a cause shares left out.
"use strict";

const { Array, Math, Object, Reflect, String } = globalThis;

function stackOf(error) {
  // What the engine threw itself has its own kind of stack until it is adopted.
  const { stack } = require("bun/error-stack").adopt(error);
  if (stack) return String(stack);
  return Reflect.apply(Object.getPrototypeOf(TypeError).prototype.toString, error, []);
}

// Properties that the stack shows already are left out; what is never enumerable is shown.
function chooseKeys(context, keys, error, stack) {
  if (!context.showHidden && keys.length !== 0) {
    const names = ["name", "message", "stack"];
    for (let index = 0; index < names.length; index++) {
      const name = names[index];
      const place = keys.indexOf(name);
      if (place < 0) continue;
      const { [name]: value } = error;
      if (typeof value !== "string" || stack.includes(value)) keys.splice(place, 1);
    }
  }
  if ("cause" in error && !keys.includes("cause")) keys.push("cause");
  if (Array.isArray(error.errors) && !keys.includes("errors")) keys.push("errors");
}

const LEADING_NAME = /^([A-Z][a-z_ A-Z0-9[\]()-]+)(?::|\n\s+at)/;
const ONLY_NAME = /^([a-z_A-Z0-9-]*Error)$/;

function isNamedBy(stack, name) {
  if (!name.endsWith("Error") || !stack.startsWith(name)) return false;
  const next = stack[name.length];
  return next === undefined || next === ":" || next === "\n";
}

// The stack with the class's name, where it has another.
function improved(stack, constructor, name, tag) {
  if (constructor !== null && !isNamedBy(stack, name)) return stack;
  let fallback = "Error";
  let length = name.length;
  if (constructor === null) {
    const start = LEADING_NAME.exec(stack) ?? ONLY_NAME.exec(stack);
    fallback = start === null ? "" : start[1];
    length = fallback.length;
    fallback = fallback || "Error";
  }
  const { prefixOf } = require("node/inspect-kinds");
  const prefix = prefixOf(constructor, tag, fallback).slice(0, -1);
  if (name === prefix) return stack;
  if (!prefix.includes(name)) return `${prefix} [${name}]${stack.slice(length)}`;
  return length === 0 ? `${prefix}: ${stack}` : `${prefix}${stack.slice(length)}`;
}

const SHARED_FRAMES_SHOWN = 3;

// Where the longest run of frames that both stacks have starts, and its length.
function sharedRun(frames, causeFrames) {
  for (let start = 0; start < frames.length - SHARED_FRAMES_SHOWN; start++) {
    const at = causeFrames.indexOf(frames[start]);
    if (at < 0) continue;
    const rest = causeFrames.length - at;
    if (rest <= SHARED_FRAMES_SHOWN) continue;
    let length = 1;
    const max = Math.min(rest, frames.length - start);
    while (length < max && frames[start + length] === causeFrames[at + length]) length++;
    if (length > SHARED_FRAMES_SHOWN) return { length, start };
  }
  return { length: 0, start: 0 };
}

function frameLines(context, error, text) {
  const frames = text.split("\n");
  const { cause } = error;
  if (!("cause" in error) || !Object.getPrototypeOf(TypeError).isError(cause)) return frames;
  const causeStack = stackOf(cause);
  const from = causeStack.indexOf("\n    at");
  if (from < 0) return frames;
  const { length, start } = sharedRun(frames, causeStack.slice(from + 1).split("\n"));
  if (length > SHARED_FRAMES_SHOWN) {
    const skipped = length - 2;
    const message = `    ... ${skipped} lines matching cause stack trace ...`;
    frames.splice(start + 1, skipped, context.stylize(message, "undefined"));
  }
  return frames;
}

function formatError(context, error, constructor, tag, keys) {
  const name = error.name !== undefined && error.name !== null ? String(error.name) : "Error";
  let stack = stackOf(error);
  chooseKeys(context, keys, error, stack);
  stack = improved(stack, constructor, name, tag);
  const messageAt = error.message ? stack.indexOf(error.message) : -1;
  const after = messageAt < 0 ? 0 : messageAt + String(error.message).length;
  const framesAt = stack.indexOf("\n    at", after);
  if (framesAt < 0) {
    stack = `[${stack}]`;
  } else {
    const lines = frameLines(context, error, stack.slice(framesAt + 1));
    stack = `${stack.slice(0, framesAt)}\n${lines.join("\n")}`;
  }
  if (context.indentationLvl === 0) return stack;
  return stack.replaceAll("\n", `\n${" ".repeat(context.indentationLvl)}`);
}

module.exports = { formatError, stackOf };
