// Rejections that nothing handles: events of `process`, warnings or the end of the program, by the
// mode of --unhandled-rejections; without that flag as Bun does it, which is a mode of its own.
//
// A rejection is judged once ticks and microtasks have run, and forgiven if it has a handler by
// then. Those that were reported are watched, so that `rejectionHandled` can be told of late
// handlers. Owned by the isolate; fails never.
"use strict";

const { loadedModule } = require("runtime/prelude");
const loop = require("runtime/event-loop");
const { isPromiseHandled } = require("runtime/engine");
const errors = require("runtime/errors");

const FLAG = "--unhandled-rejections";
/** Reported rejections that are watched at a time; older ones are let go. */
const WATCHED_MAX = 200;

const ORIGIN = "This error originated either by throwing inside of an async function without a " +
  "catch block, or by rejecting a promise which was not handled with .catch().";
const HINT = `Unhandled promise rejection. ${ORIGIN} To terminate the bun process on unhandled ` +
  `promise rejection, use the CLI flag \`${FLAG}=strict\`.`;

function processModule() {
  try {
    return require("node/process").process;
  } catch {
    return undefined;
  }
}

let knownMode;

/** The mode the program was started with; "bun" without the flag. */
function mode() {
  if (knownMode !== undefined) return knownMode;
  const flags = processModule()?.execArgv ?? [];
  const at = flags.findLastIndex((flag) => flag === FLAG || flag.startsWith(`${FLAG}=`));
  if (at < 0) knownMode = "bun";
  else knownMode = flags[at] === FLAG ? flags[at + 1] : flags[at].slice(FLAG.length + 1);
  return knownMode;
}

/** Whether listeners of `unhandledRejection` were told. */
function emitUnhandled(reason, promise) {
  const process = loadedModule("node/process")?.process;
  if (process === undefined || process.listenerCount("unhandledRejection") === 0) return false;
  try {
    process.emit("unhandledRejection", reason, promise);
  } catch (error) {
    errors.uncaughtException(error, "unhandledRejection");
  }
  return true;
}

// In words, without running any code of the program's.
function shown(reason) {
  const isObject = typeof reason === "function" || (typeof reason === "object" && reason !== null);
  return isObject ? "[object Object]" : String(reason);
}

function isError(reason) {
  return typeof reason === "object" && reason !== null && Error.isError(reason);
}

function warn(reason) {
  const process = processModule();
  const name = "UnhandledPromiseRejectionWarning";
  process.emitWarning(isError(reason) ? String(reason.stack) : shown(reason), name);
  process.emitWarning(HINT, name);
}

/** What is thrown for a rejection: its reason, or an error that says what the reason was. */
function errorOf(reason) {
  if (isError(reason)) return reason;
  const text = `${ORIGIN} The promise rejected with the reason "${shown(reason)}".`;
  const { makeError } = require("node/errors");
  const error = makeError("Error", "ERR_UNHANDLED_REJECTION", text);
  const hidden = { enumerable: false, writable: true, configurable: true };
  return Object.defineProperty(error, "name", { value: "UnhandledPromiseRejection", ...hidden });
}

const actions = {
  bun(reason, promise) {
    if (!emitUnhandled(reason, promise)) errors.endByRejection(reason, 0);
  },
  throw(reason, promise) {
    if (emitUnhandled(reason, promise)) return;
    const error = errorOf(reason);
    if (errors.offerUncaught(error, "unhandledRejection")) return;
    errors.printFatal(error);
    errors.endByRejection(reason, 1);
  },
  strict(reason, promise) {
    const error = errorOf(reason);
    const isCaught = errors.offerUncaught(error, "unhandledRejection");
    if (!isCaught) errors.printFatal(error);
    if (!emitUnhandled(reason, promise)) warn(reason);
    if (isCaught) return;
    loop.runTicks();
    errors.fail(1);
  },
  warn(reason, promise) {
    emitUnhandled(reason, promise);
    warn(reason);
  },
  none: emitUnhandled,
  "warn-with-error-code"(reason, promise) {
    if (emitUnhandled(reason, promise)) return;
    warn(reason);
    processModule().exitCode = 1;
  },
};

const watched = [];

/** Tells of the reported rejections that have been given a handler since. */
function watch() {
  for (let index = 0; index < watched.length; index++) {
    const promise = watched[index];
    if (!isPromiseHandled(promise)) continue;
    watched.splice(index--, 1);
    const process = processModule();
    process.emit("rejectionHandled", promise);
    if (mode() === "bun") continue;
    const text = "Promise rejection was handled asynchronously";
    process.emitWarning(text, "PromiseRejectionHandledWarning");
  }
  if (watched.length === 0) loop.watchRejections = undefined;
}

/** Judges a rejection that had no handler when microtasks had run. */
function judge(reason, promise) {
  if (isPromiseHandled(promise) || errors.offerCapture(reason)) return;
  const act = actions[mode()] ?? actions.bun;
  act(reason, promise);
  if (watched.length >= WATCHED_MAX) watched.shift();
  watched.push(promise);
  loop.watchRejections = watch;
}

module.exports = { judge };
