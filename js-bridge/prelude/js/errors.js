// Errors made for native code, and what happens to those nobody caught: listeners of `process`
// first, then the terminal and an exit code, as Bun does it.
"use strict";

const { loadedModule } = require("runtime/prelude");
const { state } = require("runtime/event-loop");

const SLOT_FAILED = 6;
/** The exit code where a listener of `uncaughtException` throws itself. */
const CODE_OF_FAILED_HANDLER = 7;
/** The exit code where the program has taken `process._fatalException` away. */
const CODE_WITHOUT_HANDLER = 6;

const constructors = ["Error", "TypeError", "RangeError", "SyntaxError"];
const CLASS_DOM_EXCEPTION = 4;

// Makes an error from its parts; `properties` is a flat array of names and values.
function makeError(kind, message, code, properties) {
  if (kind === CLASS_DOM_EXCEPTION) {
    const { DOMException } = require("web/dom-exception");
    return new DOMException(message, code);
  }
  const error = new globalThis[constructors[kind]](message);
  if (code !== undefined) error.code = code;
  for (let index = 0; index < properties.length; index += 2) {
    error[properties[index]] = properties[index + 1];
  }
  return error;
}

function processObject() {
  const loaded = loadedModule("node/process");
  return loaded === undefined ? undefined : loaded.process;
}

function describe(error) {
  try {
    const { formatError } = require("bun/inspect");
    if (typeof formatError === "function") return formatError(error);
  } catch {}
  try {
    if (error instanceof Error) {
      const stack = error.stack ? `\n${error.stack}` : "";
      return `${error.name === "Error" ? "error" : error.name}: ${error.message}${stack}`;
    }
    return `error: ${String(error)}`;
  } catch {
    return "error: (an error that cannot be printed)";
  }
}

// The starter of a worker hears of its errors; a program's are printed.
function printFatal(error) {
  const own = loadedModule("runtime/own-thread");
  if (own !== undefined) return own.uncaught(error);
  ops.writeError(`${describe(error)}\n`);
}

function printVersion() {
  if (loadedModule("runtime/own-thread") !== undefined) return;
  const version = "Bun v1.4.5 (Linux x64)";
  ops.writeError(hasColors() ? `\x1b[0m\n\x1b[2m${version}\x1b[0m\n` : `\n${version}\n`);
}

function hasColors() {
  const console = loadedModule("web/console");
  return console !== undefined && console.useColorsOnError;
}

// Where uncaught errors and rejections go instead, while a test runner judges them.
let capture;

function captureUncaught(handler) {
  capture = handler;
}

// Whether a test runner judges an error that nobody caught.
function offerCapture(error, isThrown) {
  if (capture === undefined) return false;
  capture(error, isThrown);
  return true;
}

// Gives an error to the program's own listeners. Answers whether one took it; what a listener
// throws itself is the error to report then.
function offerUncaught(error, origin) {
  const process = processObject();
  if (process === undefined) return false;
  if (process.listenerCount("uncaughtExceptionMonitor") > 0) {
    process.emit("uncaughtExceptionMonitor", error, origin);
  }
  const hasCapture = process.capture !== undefined;
  try {
    if (hasCapture) process.capture(error);
    else if (process.listenerCount("uncaughtException") === 0) return false;
    else process.emit("uncaughtException", error, origin);
  } catch (second) {
    printFatal(second);
    fail(hasCapture ? 1 : CODE_OF_FAILED_HANDLER);
  }
  return true;
}

// An error thrown where nothing catches it.
function uncaughtException(error, origin, isThrown) {
  const process = processObject();
  if (process !== undefined && typeof process._fatalException !== "function") {
    printFatal(error);
    fail(CODE_WITHOUT_HANDLER);
  }
  if (offerCapture(error, isThrown) || offerUncaught(error, origin)) return;
  printFatal(error);
  endSoon();
}

let isEnding = false;
let hasMainFailed = false;

// The main module has thrown: its error, which is told of next, ends the program before anything
// of the event loop.
function mainFailed() {
  hasMainFailed = true;
}

// Ends the program because of an error that was printed, once the turn of the loop it came in is
// over and there are no immediates: as in Bun those still run, with timers that are due meanwhile,
// and so do ticks and microtasks. Errors of theirs are printed too.
function endSoon() {
  if (loadedModule("runtime/own-thread") !== undefined) fail(1);
  if (isEnding) return;
  isEnding = true;
  require("runtime/immediates").callLast(() => fail(1), hasMainFailed);
}

// Ends the program because of a rejection; listeners of `exit` are told `code`.
function endByRejection(reason, code) {
  printFatal(reason);
  state[SLOT_FAILED] = 1;
  emitExit(code);
  printVersion();
  ops.exit(loadedModule("runtime/own-thread")?.rejectionCode ?? 1);
}

// Ends the program because of an error that was printed.
function fail(code) {
  state[SLOT_FAILED] = 1;
  emitExit(code, true);
  printVersion();
  // A listener of `exit` has the last word.
  ops.exit(Number(processObject()?.exitCode ?? code));
}

function emitExit(code, isLastWord = false) {
  const process = processObject();
  if (process !== undefined) process.emitExit(code, isLastWord);
}

// The event loop has run dry. Answers whether listeners were called, who may have added work.
function beforeExit() {
  const process = processObject();
  if (process === undefined || process.listenerCount("beforeExit") === 0) return false;
  try {
    process.emit("beforeExit", process.exitCode ?? 0);
  } catch (error) {
    uncaughtException(error, "uncaughtException");
  }
  return true;
}

// The program ends by itself: emits `exit` and answers the exit code.
function exitEvent() {
  const process = processObject();
  if (process === undefined) return 0;
  try {
    process.emitExit(process.exitCode ?? 0);
  } catch (error) {
    printFatal(error);
    return 1;
  }
  return Number(process.exitCode ?? 0);
}

module.exports = {
  captureUncaught,
  mainFailed,
  makeError,
  offerUncaught,
  endByRejection,
  fail,
  offerCapture,
  offerUncaught,
  printFatal,
  uncaughtException,
  beforeExit,
  exitEvent,
  describe,
};
