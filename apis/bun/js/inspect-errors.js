// Printed errors: a frame of source, name and message, own properties, the stack, causes.
//
// The source is that of the topmost frame in a file of the program. Errors held by an error (its
// cause, its own properties) follow after its stack; inside those they are printed in place. An
// error met again is [Circular]. Getters are not called, apart from a `message` that is one.
"use strict";

const stacks = require("bun/error-stack");
const { tint, quote, RESET } = require("bun/inspect-text");
const { Formatter } = require("bun/inspect-format");
const { find } = require("bun/inspect-platform");
const { Frame, nameOf } = stacks;
const { isError } = stacks.Error;

const { getOwnPropertyDescriptor } = Object;

// Lines of source shown: the one that threw and those before it.
const SOURCE_LINES = 6;
const LINE_LENGTH_MAX = 1024;
const LINE_LENGTH_WITH_CARET_MAX = 512;
// Names of own properties are padded to the longest, but not further than this.
const NAME_PADDING_MAX = 10;
// Values of own properties are printed as if at this depth, which is also their limit.
const PROPERTY_DEPTH = 1;

const BOLD = tint("<b>");
const BOLD_RESET = tint("<r><b>");
const CARET = tint("<red><b>^<r>\n");
const CIRCULAR = tint("<r><cyan>[Circular]<r>");
const COLON = tint("<r><d>:<r> ");
const NAME_COLON = [": ", tint("<r><d>:<r> ")[1]];
const GREEN = tint(" <green>");
const AT = tint("<r>      <d>at <r>");
const LEVEL_INKS = {
  plain: tint("<r>"),
  warn: tint("<r><yellow>"),
  error: tint("<r><red>"),
};

// --- Frames -----------------------------------------------------------------------------------

const READ_LINE = /^ {4}at (.*)$/;
const READ_PLACE = /^(.*?)(?::(\d+))?(?::(\d+))?$/s;

// Frames of a stack that the program has read or written: its text is all there is.
function framesOfText(text) {
  const frames = [];
  for (const line of text.split("\n")) {
    const match = READ_LINE.exec(line);
    if (match === null) continue;
    const frame = readFrame(match[1]);
    if (frame === null) break;
    frames.push(frame);
  }
  return frames;
}

// "name (place)" as a frame; null where the place has no parentheses.
function readFrame(text) {
  const open = text.lastIndexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 0 || close < open) return null;
  const [, url, line, column] = READ_PLACE.exec(text.slice(open + 1, close));
  const frame = new Frame("", url, Number(line || 0), Number(column || 0));
  let name = text.slice(0, Math.max(open - 1, 0));
  if (name.startsWith("async ")) name = name.slice(6);
  if (name.startsWith("new ")) frame.isConstructor = true;
  if (frame.isConstructor) name = name.slice(4);
  frame.name = name === "<anonymous>" || name === "global code" ? "" : name;
  frame.isModule = frame.name === "";
  return frame;
}

// The frame an error's own `sourceURL`, `line` and `column` tell of.
function frameOfProperties(error) {
  const values = ["sourceURL", "line", "column"].map((name) => {
    const descriptor = getOwnPropertyDescriptor(error, name);
    return descriptor === undefined ? undefined : descriptor.value;
  });
  if (typeof values[0] !== "string") return [];
  const raw = "module code@" + values[0] + ":" + values[1] + ":" + values[2];
  return stacks.framesOf(raw, null);
}

function framesOfError(error) {
  if (!isError(error)) return [];
  const untouched = stacks.untouchedFrames(error);
  if (untouched !== null) return untouched;
  const raw = stacks.rawStackOf(error);
  let stack;
  try {
    stack = error.stack;
  } catch {
    stack = undefined;
  }
  const frames = typeof stack === "string" ? framesOfText(stack) : [];
  if (frames.length > 0) return frames;
  return raw === undefined ? frameOfProperties(error) : stacks.framesOf(raw, null).slice(0, 1);
}

function placeInk(color) {
  if (color === 0) return (place) => place;
  return (place, frame) => {
    const position = frame.line === 0 ? "" : inkedPosition(frame);
    return "\x1b[0m\x1b[36m" + inkedPath(frame.url) + position;
  };
}

function inkedPosition(frame) {
  const column = frame.column === 0 ? "" : "\x1b[2m:\x1b[33m" + frame.column + "\x1b[0m";
  return "\x1b[0m\x1b[2m:\x1b[0m\x1b[33m" + frame.line + "\x1b[0m" + column;
}

// The directory the program runs in is dimmed.
function inkedPath(url) {
  const { process } = globalThis;
  const root = process === undefined ? "/" : process.cwd() + "/";
  if (root.length <= 1 || !url.startsWith(root)) return url;
  return "\x1b[2m" + root + "\x1b[0m\x1b[36m" + url.slice(root.length);
}

function plainPlace(frame) {
  const position = frame.line === 0 ? "" : frame.line + (frame.column ? ":" + frame.column : "");
  if (frame.isNative) return "1:11";
  return frame.url + (frame.url === "" || position === "" ? "" : ":") + position;
}

function frameLine(frame, color) {
  const name = frame.isModule ? frame.name : stacks.frameName(frame);
  const place = placeInk(color)(plainPlace(frame), frame);
  const shownName = color === 0 ? name : inkedName(frame, name);
  if (name === "") return AT[color] + place + "\n";
  const open = color === 0 ? " (" : "\x1b[2m (\x1b[0m";
  return AT[color] + shownName + open + place + (color === 0 ? ")\n" : "\x1b[2m)\x1b[0m\n");
}

function inkedName(frame, name) {
  if (frame.isConstructor) return name;
  if (frame.name === "") return "\x1b[0m\x1b[2m" + name + "\x1b[0m";
  return "\x1b[0m\x1b[1m\x1b[3m" + name + "\x1b[0m";
}

function stackLines(frames, color) {
  let out = "";
  for (const frame of frames) {
    if (frame.isNative && !isScripted(frame)) continue;
    out += frameLine(frame, color);
  }
  return out;
}

// Built-in functions written in JavaScript are shown, those in C++ are not.
const NATIVE_FUNCTIONS = new Set(["sort", "replace", "replaceAll", "parse", "stringify", "eval"]);

function isScripted(frame) {
  return !NATIVE_FUNCTIONS.has(frame.name);
}

// --- The piece of source ----------------------------------------------------------------------

function shownFrame(frames) {
  return frames.find((frame) => !frame.isNative && !/^(?:bun|node):|^$|^native/.test(frame.url));
}

// The numbered lines before the message; "" where there is no source to show.
function sourceFrame(frames, color) {
  const frame = shownFrame(frames);
  if (frame === undefined || frame.line === 0) return "";
  const text = stacks.sourceText(frame.url);
  if (text === null) return "";
  const lines = text.split("\n");
  const last = lines[frame.line - 1];
  if (last === undefined || last === "") return "";
  const width = String(frame.line).length;
  let out = "";
  for (let number = Math.max(frame.line - SOURCE_LINES + 1, 1); number < frame.line; number += 1) {
    out += sourceLine(number, lines[number - 1], width, color);
  }
  return out + sourceLine(frame.line, last, width, color) + caret(frame, last, width, color);
}

function trimLine(line) {
  return line.replace(/^\n+|[\n\r]+$/g, "").replace(/[\t ]+$/, "");
}

function sourceLine(number, line, width, color) {
  const shown = trimLine(line).slice(0, LINE_LENGTH_MAX);
  const code = color === 0 ? shown : require("bun/inspect-highlight").highlight(shown);
  const gutter = BOLD_RESET[color] + number + " |" + RESET[color];
  return " ".repeat(width - String(number).length) + gutter + " " + code + "\n";
}

function caret(frame, line, width, color) {
  const length = trimLine(line).length;
  if (length > LINE_LENGTH_MAX) return "\n";
  const column = Math.max(frame.column - 1, 0);
  if (length >= LINE_LENGTH_WITH_CARET_MAX && column <= LINE_LENGTH_WITH_CARET_MAX) return "\n";
  return " ".repeat(width + 3 + column) + CARET[color];
}

// --- Name, message, properties ----------------------------------------------------------------

function messageText(error) {
  let message;
  try {
    message = error.message;
  } catch {
    return "";
  }
  if (message === undefined && !("message" in error)) return "";
  try {
    return String(message);
  } catch {
    return "";
  }
}

// { name, message } of anything thrown.
function nameAndMessage(value) {
  if (typeof value === "symbol") return { name: "", message: value.description || "" };
  if ((typeof value !== "object" && typeof value !== "function") || value === null) {
    return { name: "", message: String(value) };
  }
  if (isErrorValue(value)) return { name: nameOf(value), message: messageText(value) };
  return { name: textAt(value, "name"), message: textAt(value, "message") };
}

// A property of something thrown, where it is a string and can be read.
function textAt(value, key) {
  try {
    const { [key]: text } = value;
    return typeof text === "string" ? text : "";
  } catch {
    return "";
  }
}

// Where something thrown that is no error says it comes from.
function saidPlace(value) {
  const own = (key) => getOwnPropertyDescriptor(value, key)?.value;
  if (typeof value !== "object" || value === null) return [];
  const url = own("sourceURL");
  const line = own("line");
  if (typeof url !== "string" || url === "") return [];
  const frame = new stacks.Frame("", url, typeof line === "number" ? line : 0, 0);
  frame.isModule = true;
  return [frame];
}

// The code of an error, its own or inherited; a getter is not run.
function codeOf(error) {
  let descriptor;
  let holder = error;
  for (; descriptor === undefined && holder !== null; holder = Object.getPrototypeOf(holder)) {
    descriptor = getOwnPropertyDescriptor(holder, "code");
  }
  const code = descriptor === undefined ? undefined : descriptor.value;
  return typeof code === "string" && !/[^\x00-\xff]/.test(code) ? code : undefined;
}

// An error of no special name whose message starts with its code is named by the code.
function headline(name, message, code) {
  if (name !== "Error" || message === "") return [name, message];
  const isPrefixed =
    code !== undefined && message.length > code.length + 3 && message.startsWith(code + ": ");
  return isPrefixed ? [code, message.slice(code.length + 2)] : ["", message];
}

function messageLine(value, code, level, color) {
  const given = nameAndMessage(value);
  const [name, message] = headline(given.name, given.message, code);
  const ink = LEVEL_INKS[level][color];
  const label = ink + (name || (level === "warn" ? "warn" : "error"));
  if (message === "" && name === "") return label + RESET[color] + "\n";
  if (message === "") return label + NAME_COLON[color] + "\n";
  return label + NAME_COLON[color] + BOLD[color] + message + RESET[color] + "\n";
}

const UNSHOWN = new Set(["message", "name", "stack"]);

// Own enumerable properties, as [name, value].
function ownProperties(error, code) {
  const shown = [];
  for (const key of Reflect.ownKeys(error)) {
    if (UNSHOWN.has(key) || (key === "code" && code !== undefined)) continue;
    if (typeof key === "string" && /^\d+$/.test(key)) continue;
    const descriptor = getOwnPropertyDescriptor(error, key);
    if (descriptor === undefined || !descriptor.enumerable || !("value" in descriptor)) continue;
    shown.push([typeof key === "symbol" ? key.description || "" : key, descriptor.value]);
  }
  return shown;
}

// Prints a property's value with the settings errors use for them.
function printValue(formatter, value) {
  const { depth, disableCustom, quoteStrings, maxDepth, bytesAsText } = formatter;
  formatter.depth = PROPERTY_DEPTH;
  formatter.disableCustom = true;
  formatter.quoteStrings = true;
  formatter.maxDepth = PROPERTY_DEPTH;
  formatter.bytesAsText = true;
  formatter.formatNested(value);
  Object.assign(formatter, { depth, disableCustom, quoteStrings, maxDepth, bytesAsText });
}

// Prints own properties; returns the errors among them that follow later.
function printOwn(formatter, error, code, isOutermost) {
  const color = formatter.color;
  const properties = ownProperties(error, code);
  const names = properties.map(([name]) => name.length);
  if (code !== undefined) names.push(4);
  const padding = Math.min(Math.max(0, ...names), NAME_PADDING_MAX);
  const later = [];
  let isEmpty = code === undefined;
  for (const [name, value] of properties) {
    if (isOutermost && isErrorValue(value) && !isVisited(formatter, value)) {
      later.push({ name, value });
      continue;
    }
    isEmpty = false;
    formatter.out += " ".repeat(Math.max(padding - name.length, 0)) + " " + name + COLON[color];
    printValue(formatter, value);
    formatter.out += tint("<r><d>,<r>\n")[color];
  }
  if (code !== undefined) {
    const pad = " ".repeat(Math.max(padding - 4, 0));
    formatter.out += pad + " code" + tint("<r><d>:<r>")[color];
    formatter.out += GREEN[color] + quote(code) + RESET[color] + "\n";
  }
  const cause = printHiddenCause(formatter, error, later);
  if (!isEmpty || cause) formatter.out += "\n";
  return later.map(({ value }) => value);
}

// The cause given to the constructor is not enumerable. Returns whether it was printed in place.
function printHiddenCause(formatter, error, later) {
  if (later.some(({ name }) => name === "cause")) return false;
  const descriptor = getOwnPropertyDescriptor(error, "cause");
  if (descriptor === undefined || descriptor.enumerable) return false;
  if (!isErrorValue(descriptor.value)) return false;
  if (!isVisited(formatter, descriptor.value)) {
    later.push({ name: "cause", value: descriptor.value });
    return false;
  }
  const color = formatter.color;
  formatter.out += " cause" + COLON[color] + CIRCULAR[color] + tint("<r><d>,<r>\n")[color];
  return true;
}

// Whether a value is printed as an error. Exceptions of the platform are printed as objects.
function isErrorValue(value) {
  return typeof value === "object" && value !== null && isError(value) && find(value) === null;
}

function isVisited(formatter, value) {
  return formatter.visited.includes(value);
}

// --- Whole errors -----------------------------------------------------------------------------

// Prints one error and those it holds.
function printInstance(formatter, value) {
  const color = formatter.color;
  const isInstance = isErrorValue(value);
  const isOutermost = !formatter.insideError;
  formatter.insideError = true;
  const { thrown } = formatter;
  formatter.thrown = undefined;
  const frames = thrown ?? (isInstance ? framesOfError(value) : []);
  const code = isInstance ? codeOf(value) : undefined;
  if (formatter.errorLevel !== "warn") formatter.out += sourceFrame(frames, color);
  formatter.out += messageLine(value, code, formatter.errorLevel, color);
  let later = [];
  if (isInstance) later = printOwn(formatter, value, code, isOutermost);
  else if (thrown === undefined) printThrown(formatter, value);
  const isSilent = !isInstance && thrown === undefined;
  formatter.out += stackLines(isSilent ? saidPlace(value) : frames, color);
  for (const held of later) printHeld(formatter, held);
  formatter.insideError = !isOutermost;
}

// What is no error is shown under its message.
function printThrown(formatter, value) {
  const { disableCustom } = formatter;
  formatter.disableCustom = true;
  formatter.formatNested(value);
  formatter.disableCustom = disableCustom;
  formatter.out += "\n";
}

function printHeld(formatter, error) {
  formatter.out += "\n";
  if (formatter.visited.includes(error)) {
    formatter.out += CIRCULAR[formatter.color];
    return;
  }
  formatter.visited.push(error);
  printInstance(formatter, error);
  formatter.visited.pop();
}

function aggregatedErrors(value) {
  if (!isErrorValue(value) || !(value instanceof stacks.AggregateError)) return null;
  const descriptor = getOwnPropertyDescriptor(value, "errors");
  const errors = descriptor === undefined ? undefined : descriptor.value;
  return Array.isArray(errors) && errors.length > 0 ? errors : null;
}

// Prints an error as a value: an aggregate is the sequence of its errors.
function print(formatter, value) {
  const errors = aggregatedErrors(value);
  if (errors === null) {
    printInstance(formatter, value);
    return;
  }
  for (const error of errors) print(formatter, error);
}

function errorFormatter(colors) {
  return new Formatter({
    colors,
    depth: 8,
    singleLine: false,
    sorted: false,
    indent: 0,
    errorLevel: "error",
  });
}

const INSPECT = Symbol.for("nodejs.util.inspect.custom");

// The text of a ResolveMessage or BuildMessage, which say it themselves.
function moduleMessage(value) {
  if (typeof value !== "object" || value === null) return undefined;
  const { BuildMessage, ResolveMessage } = require("runtime/module-errors");
  const isMessage = value instanceof BuildMessage || value instanceof ResolveMessage;
  return isMessage ? value[INSPECT]() + "\n" : undefined;
}

// An uncaught exception as it is reported on standard error. `thrown` are the frames of where it
// was thrown, where that is known.
function formatUncaught(value, colors, thrown) {
  const message = moduleMessage(value);
  if (message !== undefined) return message;
  const formatter = errorFormatter(colors);
  if (isErrorValue(value)) formatter.visited.push(value);
  formatter.thrown = thrown;
  print(formatter, value);
  return formatter.out;
}

// The lines of an error's stack as it is reported, without the word before each.
function framesText(value, thrown) {
  const frames = thrown ?? (isErrorValue(value) ? framesOfError(value) : saidPlace(value));
  return stackLines(frames, 0).split("\n").map((line) => line.replace(/^ *at /, "")).slice(0, -1);
}

// The stack of console.trace, from the caller of `boundary`.
function traceFrom(boundary, colors) {
  return stackLines(stacks.framesOf(stacks.captureRaw(boundary), null), colors ? 1 : 0);
}

module.exports = { framesText, print, formatUncaught, traceFrom };
