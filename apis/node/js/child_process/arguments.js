// What the functions of node:child_process are called with, checked and brought into one form.
"use strict";

const {
  coded, invalidType, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE,
  makeError, validateArray, validateBoolean, validateFunction, validateObject, validateString,
} = require("node/errors");
const { signals, names: signalNames } = require("node/process-signals");
const { Array, Number, Object, Uint8Array } = globalThis;

const DEFAULT_SHELL = "/bin/sh";
const PLACES = 3;

function withoutNull(value, name) {
  if (typeof value === "string" && value.includes("\0")) {
    throw ERR_INVALID_ARG_VALUE(name, value, "must be a string without null bytes");
  }
}

function allWithoutNull(values, name) {
  for (let index = 0; index < values.length; index++) {
    withoutNull(values[index], `${name}[${index}]`);
  }
}

// A path as text, from text, bytes or a file: URL.
function pathOf(value, name) {
  let path = value;
  if (path?.href && path.origin) path = Bun.fileURLToPath(path);
  if (typeof path !== "string" && !(path instanceof Uint8Array)) {
    throw ERR_INVALID_ARG_TYPE(name, ["string", "Buffer", "URL"], path);
  }
  const hasNull = typeof path === "string" ? path.includes("\0") : path.includes(0);
  if (hasNull) {
    throw ERR_INVALID_ARG_VALUE(name, path, "must be a string or Uint8Array without null bytes");
  }
  return typeof path === "string" ? path : new TextDecoder().decode(path);
}

function checkTimeout(timeout) {
  if (timeout === undefined || timeout === null) return;
  if (!(Number.isInteger(timeout) && timeout >= 0)) {
    throw ERR_OUT_OF_RANGE("timeout", "an unsigned integer", timeout);
  }
}

function checkMaxBuffer(maxBuffer) {
  if (maxBuffer === undefined || maxBuffer === null) return;
  if (!(typeof maxBuffer === "number" && maxBuffer >= 0)) {
    throw ERR_OUT_OF_RANGE("options.maxBuffer", "a positive number", maxBuffer);
  }
}

/** The number of a signal given by number, or by name in letters of any case. */
function signalOf(signal) {
  if (typeof signal === "number" && signalNames[signal] !== undefined) return signal;
  if (typeof signal === "string") {
    const number = signals[signal.toUpperCase()];
    if (number !== undefined) return number;
  }
  const error = new TypeError(`Unknown signal: ${signal}`);
  error.code = "ERR_UNKNOWN_SIGNAL";
  throw error;
}

function killSignalOf(signal) {
  if (signal === undefined || signal === null) return undefined;
  if (typeof signal === "string" || typeof signal === "number") return signalOf(signal);
  throw ERR_INVALID_ARG_TYPE("options.killSignal", ["string", "number"], signal);
}

const isGiven = (value) => value !== undefined && value !== null;

function checkIdentity(value, name) {
  if (isGiven(value) && value !== (value | 0)) throw invalidType(name, "of type int32", value);
}

function checkOptions(options) {
  if (isGiven(options.detached)) validateBoolean(options.detached, "options.detached");
  checkIdentity(options.uid, "options.uid");
  checkIdentity(options.gid, "options.gid");
  const { shell } = options;
  if (isGiven(shell) && typeof shell !== "boolean" && typeof shell !== "string") {
    throw ERR_INVALID_ARG_TYPE("options.shell", ["boolean", "string"], shell);
  }
  if (isGiven(options.argv0)) {
    validateString(options.argv0, "options.argv0");
    withoutNull(options.argv0, "options.argv0");
  }
  for (const name of ["windowsHide", "windowsVerbatimArguments"]) {
    if (isGiven(options[name])) validateBoolean(options[name], `options.${name}`);
  }
}

// The environment as the native side takes it: what is inherited counts, undefined does not.
function environmentOf(variables) {
  const lines = [];
  for (const name in variables) {
    const value = variables[name];
    if (value === undefined) continue;
    withoutNull(name, `options.env['${name}']`);
    withoutNull(value, `options.env['${name}']`);
    lines.push(`${name}=${value}`);
  }
  return lines.join("\0");
}

function listOf(args) {
  if (Array.isArray(args)) return args.slice();
  if (args === undefined || args === null) return [];
  if (typeof args !== "object") throw ERR_INVALID_ARG_TYPE("args", "object", args);
  return undefined;
}

/** What spawn and spawnSync were asked for; `args` begins with argv[0]. */
function normalizeSpawn(file, args, options) {
  validateString(file, "file");
  withoutNull(file, "file");
  if (file.length === 0) throw ERR_INVALID_ARG_VALUE("file", file, "cannot be empty");
  const list = listOf(args);
  const given = list === undefined ? args : options;
  const words = list ?? [];
  allWithoutNull(words, "args");
  if (given !== undefined) validateObject(given, "options");
  const wanted = { __proto__: null, ...given };
  if (isGiven(wanted.cwd)) wanted.cwd = pathOf(wanted.cwd, "options.cwd");
  checkOptions(wanted);
  wanted.file = file;
  wanted.args = words;
  if (wanted.shell) useShell(wanted);
  wanted.args.unshift(typeof wanted.argv0 === "string" ? wanted.argv0 : wanted.file);
  wanted.environment = environmentOf(wanted.env || process.env);
  wanted.detached = Boolean(wanted.detached);
  return wanted;
}

function useShell(wanted) {
  withoutNull(wanted.shell, "options.shell");
  const command = [wanted.file, ...wanted.args].join(" ");
  wanted.file = typeof wanted.shell === "string" ? wanted.shell : DEFAULT_SHELL;
  wanted.args = ["-c", command];
}

/** (file, args?, options?, callback?) of execFile and execFileSync. */
function normalizeExecFile(file, args, options, callback) {
  let words = args;
  let wanted = options;
  let done = callback;
  if (Array.isArray(words)) {
    words = words.slice();
  } else if (typeof words === "function") {
    [words, wanted, done] = [null, null, words];
  } else if (isGiven(words) && typeof words === "object") {
    [words, wanted, done] = [null, words, options];
  }
  if (typeof wanted === "function") done = wanted;
  else if (isGiven(wanted)) validateObject(wanted, "options");
  if (typeof wanted === "function" || !isGiven(wanted)) wanted = {};
  if (isGiven(done)) validateFunction(done, "callback");
  if (isGiven(wanted.argv0)) {
    validateString(wanted.argv0, "options.argv0");
    withoutNull(wanted.argv0, "options.argv0");
  }
  return { file, args: words ?? [], options: wanted, callback: done };
}

/** (command, options?, callback?) of exec and execSync: the shell is to run it. */
function normalizeExec(command, options, callback) {
  validateString(command, "command");
  withoutNull(command, "command");
  const isCallback = typeof options === "function";
  const wanted = { __proto__: null, ...(isCallback ? undefined : options) };
  wanted.shell = typeof wanted.shell === "string" ? wanted.shell : true;
  return { file: command, options: wanted, callback: isCallback ? options : callback };
}

function forkStdio(options) {
  const { stdio } = options;
  if (Array.isArray(stdio)) {
    if (stdio.includes("ipc")) return stdio;
    throw require("node/error-codes").ERR_CHILD_PROCESS_IPC_REQUIRED("options.stdio");
  }
  const word = typeof stdio === "string" ? stdio : options.silent ? "pipe" : "inherit";
  switch (word) {
    case "ignore": case "overlapped": case "pipe": return [word, word, word, "ipc"];
    case "inherit": return [0, 1, 2, "ipc"];
    default: throw ERR_INVALID_ARG_VALUE("stdio", word);
  }
}

/** What fork asks of spawn. */
function normalizeFork(modulePath, args, options) {
  const path = pathOf(modulePath, "modulePath");
  let words = args ?? [];
  let given = options;
  if (typeof words === "object" && !Array.isArray(words)) [words, given] = [[], words];
  else validateArray(words, "args");
  if (isGiven(given)) validateObject(given, "options");
  const wanted = { __proto__: null, ...given, shell: false };
  const file = wanted.execPath || process.execPath;
  withoutNull(file, "options.execPath");
  let own = wanted.execArgv || process.execArgv;
  allWithoutNull(own, "options.execArgv");
  if (own === process.execArgv && typeof process._eval === "string") {
    // A program given on the command line is not run again by the child.
    const place = own.lastIndexOf(process._eval);
    if (place > 0) own = own.toSpliced(place - 1, 2);
  }
  wanted.stdio = forkStdio(wanted);
  return { file, words: [...own, path, ...words], wanted };
}

function invalidStdio(value) {
  const error = new TypeError(`The value "${value}" is invalid for option "stdio"`);
  error.code = "ERR_INVALID_OPT_VALUE";
  return error;
}

function descriptorOf(stream, index) {
  if (Object.hasOwn(stream, "fd") && typeof stream.fd === "number") return stream.fd;
  if (typeof stream.fd === "number") return stream.fd;
  const fd = stream._handle?.fd;
  if (typeof fd === "number") return fd;
  throw ERR_INVALID_ARG_VALUE(`stdio[${index}]`, stream);
}

const isStream = (value) =>
  value !== null && typeof value === "object" && typeof value.on === "function" &&
  (typeof value.pipe === "function" || typeof value.write === "function");

function slotOf(value, index) {
  if (value === undefined || value === null) return index < PLACES ? "pipe" : "ignore";
  if (typeof value === "number") return value;
  switch (value) {
    case "pipe": case "overlapped": return "pipe";
    case "ignore": case "inherit": case "ipc": return value;
  }
  if (isStream(value)) return descriptorOf(value, index);
  throw new Error(`Invalid stdio option[${index}] "${value}"`);
}

/** The child's descriptors: "pipe", "ignore", "inherit", "ipc" or a number of ours each. */
function stdioSlots(stdio) {
  let list = stdio;
  if (typeof stdio === "string") {
    if (stdio !== "ignore" && stdio !== "pipe" && stdio !== "inherit" && stdio !== "overlapped") {
      throw invalidStdio(stdio);
    }
    list = [stdio, stdio, stdio];
  }
  if (!Array.isArray(list)) throw invalidStdio(stdio);
  list = list.slice();
  while (list.length < PLACES) list.push("pipe");
  if (list.filter((slot) => slot === "ipc").length > 1) {
    throw makeError("Error", "ERR_IPC_ONE_PIPE", "Child process can have only one IPC pipe");
  }
  return list.map(slotOf);
}

/** The slots as the native side takes them. */
function specificationOf(slots) {
  return slots.map((slot, index) => {
    switch (slot) {
      case "pipe":
        if (index > 2) return "s";
        return index === 0 ? "r" : "w";
      case "ipc": return "s";
      case "inherit": return `${index}`;
      case "ignore": return "n";
      default: return `${slot}`;
    }
  }).join(",");
}

module.exports = {
  checkMaxBuffer,
  checkTimeout,
  coded,
  isGiven,
  killSignalOf,
  normalizeExec,
  normalizeExecFile,
  normalizeFork,
  normalizeSpawn,
  signalOf,
  specificationOf,
  stdioSlots,
};
