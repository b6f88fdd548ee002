// The class Console: what the global console does, on streams of the program's choice.
//
// Errors of the streams are ignored, unless the program asks for them. Formatting is util.format's.
"use strict";

const {
  ERR_INVALID_ARG_VALUE, makeError, validateArray, validateInteger, validateObject,
} = require("node/errors");
const { ERR_INCOMPATIBLE_OPTION_PAIR } = require("node/error-codes");
const { inspect } = require("node/inspect");
const { formatWithOptions } = require("node/format");
const { Map, Math, Number, Object, Reflect, String, Symbol } = globalThis;

const COUNTS = Symbol("counts");
const COLOR_MODE = Symbol("kColorMode");
const IS_CONSOLE = Symbol("kIsConsole");
const INDENT = Symbol("kGroupIndent");
const INDENT_WIDTH = Symbol("kGroupIndentWidth");
const INSPECT_OPTIONS = Symbol("kInspectOptions");

const INDENT_MAX = 1000;
const INDENT_DEFAULT = 2;

const warn = (message) => require("node/process").process.emitWarning(message);
const now = () => globalThis.performance.now();

// ---- Options ---------------------------------------------------------------------------------

function isWritable(stream) {
  return stream !== null && typeof stream === "object" && typeof stream.write === "function";
}

function notWritable(name) {
  const message = `${name} is not a writable stream`;
  return makeError("TypeError", "ERR_CONSOLE_WRITABLE_STREAM", message);
}

function checkInspectOptions(options, colorMode) {
  if (options === undefined) return;
  validateObject(options, "options.inspectOptions");
  const all = options instanceof Map ? [...options.values()] : [options];
  for (const each of all) {
    if (each.colors !== undefined && colorMode !== undefined) {
      throw ERR_INCOMPATIBLE_OPTION_PAIR("options.inspectOptions.color", "colorMode");
    }
  }
}

function readOptions(given, stderr, ignoreErrors) {
  const isStream = !given || typeof given.write === "function";
  const options = isStream ? { stdout: given, stderr, ignoreErrors } : given;
  const read = {
    stdout: options.stdout,
    stderr: options.stderr ?? options.stdout,
    ignoreErrors: options.ignoreErrors ?? true,
    colorMode: options.colorMode === undefined ? "auto" : options.colorMode,
    inspectOptions: options.inspectOptions,
    groupIndentation: options.groupIndentation,
  };
  if (!isWritable(read.stdout)) throw notWritable("stdout");
  if (!isWritable(read.stderr)) throw notWritable("stderr");
  if (read.colorMode !== "auto" && typeof read.colorMode !== "boolean") {
    const reason = "must be one of: 'auto', true, false";
    throw ERR_INVALID_ARG_VALUE("colorMode", read.colorMode, reason);
  }
  if (read.groupIndentation !== undefined) {
    validateInteger(read.groupIndentation, "groupIndentation", 0, INDENT_MAX);
  }
  checkInspectOptions(read.inspectOptions, options.colorMode);
  return read;
}

function hidden(target, name, value) {
  Object.defineProperty(target, name, {
    value, writable: true, enumerable: false, configurable: true,
  });
}

// ---- Writing ---------------------------------------------------------------------------------

// The options of inspect for a stream of the console.
function inspectOptionsOf(console, stream) {
  const given = console[INSPECT_OPTIONS];
  const own = given instanceof Map ? given.get(stream) : given;
  if (own?.colors !== undefined) return own;
  let colors = console[COLOR_MODE];
  if (colors === "auto") {
    colors = Boolean(stream.isTTY) &&
      (typeof stream.getColorDepth === "function" ? stream.getColorDepth() > 2 : true);
  }
  return colors ? { ...own, colors: true } : own;
}

function noop() {}

function writeTo(console, stream, onError, text) {
  const indent = console[INDENT];
  const indented = indent === "" ? text : indent + text.replaceAll("\n", `\n${indent}`);
  const line = `${indented}\n`;
  if (console._ignoreErrors === false) {
    stream.write(line);
    return;
  }
  try {
    // An error may come while the stream is written to, or to the callback.
    if (stream.listenerCount?.("error") === 0) stream.once("error", noop);
    stream.write(line, onError);
  } catch (error) {
    if (error instanceof RangeError && /call stack/i.test(error.message)) throw error;
  } finally {
    stream.removeListener?.("error", noop);
  }
}

function print(console, stream, args) {
  const options = inspectOptionsOf(console, stream);
  const text = formatWithOptions(options ?? {}, ...args);
  const isError = stream === console._stderr;
  const onError = isError ? console._stderrErrorHandler : console._stdoutErrorHandler;
  writeTo(console, stream, onError, text);
}

// ---- Times -----------------------------------------------------------------------------------

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const padded = (value) => `${value}`.padStart(2, "0");

function timeText(milliseconds) {
  if (milliseconds < SECOND) return `${Number(milliseconds.toFixed(3))}ms`;
  if (milliseconds < MINUTE) return `${(milliseconds / SECOND).toFixed(3)}s`;
  const seconds = (milliseconds % MINUTE) / SECOND;
  const [whole, fraction] = seconds.toFixed(3).split(".");
  const minutes = Math.floor((milliseconds % HOUR) / MINUTE);
  if (milliseconds < HOUR) return `${minutes}:${padded(whole)}.${fraction} (m:ss.mmm)`;
  const hours = Math.floor(milliseconds / HOUR);
  return `${hours}:${padded(minutes)}:${padded(whole)}.${fraction} (h:mm:ss.mmm)`;
}

function logTime(console, method, label, data) {
  const start = console._times.get(label);
  if (start === undefined) {
    warn(`No such label '${label}' for console.${method}()`);
    return false;
  }
  const shown = timeText(now() - start);
  console.log("%s: %s", label, shown, ...data);
  return true;
}

// ---- Methods ---------------------------------------------------------------------------------

const methods = {
  log(...args) { print(this, this._stdout, args); },
  warn(...args) { print(this, this._stderr, args); },
  dir(object, options) {
    const own = inspectOptionsOf(this, this._stdout);
    const text = inspect(object, { customInspect: false, ...own, ...options });
    writeTo(this, this._stdout, this._stdoutErrorHandler, text);
  },
  time(label = "default") {
    const name = `${label}`;
    if (this._times.has(name)) warn(`Label '${name}' already exists for console.time()`);
    else this._times.set(name, now());
  },
  timeEnd(label = "default") {
    const name = `${label}`;
    if (logTime(this, "timeEnd", name, [])) this._times.delete(name);
  },
  timeLog(label = "default", ...data) { logTime(this, "timeLog", `${label}`, data); },
  trace: function trace(...args) {
    const holder = { name: "Trace", message: formatWithOptions({}, ...args) };
    Error.captureStackTrace(holder, trace);
    this.error(holder.stack);
  },
  assert(expression, ...args) {
    if (expression) return;
    const [first, ...rest] = args;
    if (args.length === 0) this.warn("Assertion failed");
    else this.warn(`Assertion failed: ${String(first)}`, ...rest);
  },
  clear() {
    if (!this._stdout.isTTY || globalThis.process.env.TERM === "dumb") return;
    this._stdout.write("\x1b[1;1H\x1b[0J");
  },
  count(label = "default") {
    const name = `${label}`;
    const count = (this[COUNTS].get(name) ?? 0) + 1;
    this[COUNTS].set(name, count);
    this.log(`${name}: ${count}`);
  },
  countReset(label = "default") {
    const name = `${label}`;
    if (this[COUNTS].has(name)) this[COUNTS].delete(name);
    else warn(`Count for '${name}' does not exist`);
  },
  group(...data) {
    if (data.length > 0) Reflect.apply(this.log, this, data);
    this[INDENT] += " ".repeat(this[INDENT_WIDTH]);
  },
  groupEnd() {
    const indent = this[INDENT];
    this[INDENT] = indent.slice(0, Math.max(indent.length - this[INDENT_WIDTH], 0));
  },
  table(tabularData, properties) {
    if (tabularData === null || typeof tabularData !== "object") {
      this.log(tabularData);
      return;
    }
    if (properties !== undefined) validateArray(properties, "properties");
    const options = inspectOptionsOf(this, this._stdout);
    this.log(require("node/console-table").table(tabularData, properties, options));
  },
};
const ALIASES = {
  debug: "log", info: "log", dirxml: "log", error: "warn", groupCollapsed: "group",
};
for (const name of Object.keys(ALIASES)) methods[name] = methods[ALIASES[name]];

// Without `new`, too.
function Console(options) {
  if (!new.target) return Reflect.construct(Console, arguments);
  const read = readOptions(options, arguments[1], arguments[2]);
  // Methods are bound, so that they can be taken off the console.
  for (const name of Object.keys(methods)) {
    const method = this[name].bind(this);
    Object.defineProperty(method, "name", { value: name });
    this[name] = method;
  }
  hidden(this, "_stdout", read.stdout);
  hidden(this, "_stderr", read.stderr);
  hidden(this, "_stdoutErrorHandler", errorHandler(read.stdout));
  hidden(this, "_stderrErrorHandler", errorHandler(read.stderr));
  hidden(this, "_ignoreErrors", Boolean(read.ignoreErrors));
  hidden(this, "_times", new Map());
  hidden(this, COUNTS, new Map());
  hidden(this, COLOR_MODE, read.colorMode);
  hidden(this, IS_CONSOLE, true);
  hidden(this, INDENT, "");
  hidden(this, INDENT_WIDTH, read.groupIndentation ?? INDENT_DEFAULT);
  hidden(this, INSPECT_OPTIONS, read.inspectOptions);
  Object.defineProperty(this, Symbol.toStringTag, { value: "console", configurable: true });
  return undefined;
}

// An error that arrives after the write has returned must not end the program.
function errorHandler(stream) {
  return (error) => {
    if (error === null || error === undefined || stream._writableState?.errorEmitted) return;
    if (stream.listenerCount?.("error") === 0) stream.once("error", noop);
  };
}

for (const name of Object.keys(methods)) Console.prototype[name] = methods[name];
Object.defineProperty(Console, Symbol.hasInstance, {
  value: (instance) => Boolean(instance?.[IS_CONSOLE]) ||
    instance === require("web/console").console,
});

module.exports = { Console, timeText };
