// The global console.
//
// Every line is formatted by bun/inspect and written at once, whole, to standard output or
// standard error: nothing is buffered here, so nothing is lost at exit. Counters, timers and the
// group indentation are this module's state, one per isolate. Throws what formatting throws
// (custom inspectors) and a TypeError where console.table gets wrong columns.
"use strict";

const { defineLazy } = require("runtime/prelude");

const { elapsedMilliseconds } = ops;
const INDENT = "  ";
const DEFAULT_LABEL = "default";
// Elapsed times above this are shown in seconds.
const MILLISECONDS_SHOWN_MAX = 1500;

const outputs = {
  stdout: { write: ops.writeStdout, colors: ops.useColors(1) },
  stderr: { write: ops.writeStderr, colors: ops.useColors(2) },
};

// Where each level goes, and how errors look in it.
const LEVELS = {
  log: { output: outputs.stdout, errorLevel: "plain" },
  warn: { output: outputs.stderr, errorLevel: "warn" },
  error: { output: outputs.stderr, errorLevel: "error" },
};

const groups = { depth: 0, indent: "" };
const counts = new Map();
const timers = new Map();
let depthOfConsole = 2;

function formatting() {
  return require("bun/inspect");
}

function setGroupDepth(depth) {
  groups.depth = depth;
  groups.indent = INDENT.repeat(depth);
}

function lineOptions(level) {
  return {
    colors: level.output.colors,
    depth: depthOfConsole,
    singleLine: false,
    sorted: false,
    indent: groups.depth,
    errorLevel: level.errorLevel,
    isError: level === LEVELS.error,
  };
}

function print(level, values, options) {
  level.output.write(formatting().formatLog(values, options), true);
}

function printLine(level, values) {
  if (values.length === 0) {
    outputs.stdout.write("\n");
    return;
  }
  const line = level.output.colors ? uncoloredText(level, values) : plainLine(values);
  if (line !== null) level.output.write(groups.depth === 0 ? line : groups.indent + line, true);
  else print(level, values, lineOptions(level));
}

// A lone string has no colour of its own, except as an error.
function uncoloredText(level, values) {
  const isText = values.length === 1 && typeof values[0] === "string";
  return isText && level !== LEVELS.error ? values[0] : null;
}

// The line of strings and numbers alone, which need no formatter; null for anything else.
function plainLine(values) {
  let line = "";
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (index > 0) line += " ";
    if (typeof value === "string") {
      if (index + 1 < values.length && value.includes("%")) return null;
      line += value;
    } else if (typeof value === "number") {
      line += value === 0 && 1 / value < 0 ? "-0" : value;
    } else if (typeof value === "boolean" || value === undefined || value === null) {
      line += value;
    } else {
      return null;
    }
  }
  return line;
}

function labelOf(label) {
  return label === undefined ? DEFAULT_LABEL : String(label);
}

function elapsedText(milliseconds) {
  const [amount, unit] =
    Math.round(milliseconds) <= MILLISECONDS_SHOWN_MAX
      ? [milliseconds, "ms"]
      : [milliseconds / 1000, "s"];
  const shown = amount.toFixed(2) + unit;
  if (!outputs.stderr.colors) return "[" + shown + "]";
  return "\x1b[0m\x1b[2m[\x1b[1m" + shown + "\x1b[0m\x1b[2m]\x1b[0m";
}

function elapsed(label) {
  const start = timers.get(label);
  return start === undefined ? null : elapsedText(elapsedMilliseconds() - start);
}

function printCount(label, count) {
  const shown = outputs.stdout.colors
    ? "\x1b[0m" + label + "\x1b[2m: \x1b[0m\x1b[33m" + count + "\x1b[0m"
    : label + ": " + count;
  outputs.stdout.write(shown + "\n");
}

function dirOptions(options) {
  const changes = {};
  if (typeof options !== "object" || options === null) return changes;
  const { depth, colors } = options;
  if (typeof depth === "number" || typeof depth === "bigint") {
    changes.depth = Math.max(Number(depth) | 0, 0) & 0xffff;
  } else if (depth === null) {
    changes.depth = 0xffff;
  }
  if (typeof colors === "boolean") changes.colors = colors;
  return changes;
}

function assertionText() {
  return outputs.stderr.colors
    ? "\x1b[0m\x1b[31mAssertion failed\x1b[0m\n"
    : "Assertion failed\n";
}

function toBytes(chunk) {
  if (typeof chunk === "string" || ArrayBuffer.isView(chunk)) return chunk;
  if (chunk instanceof ArrayBuffer) return chunk;
  const error = new TypeError("write() expects a string, ArrayBufferView, or ArrayBuffer");
  error.code = "ERR_STREAM_NULL_VALUES";
  throw error;
}

const logging = {
  debug(...values) {
    printLine(LEVELS.log, values);
  },
  error(...values) {
    printLine(LEVELS.error, values);
  },
  log(...values) {
    printLine(LEVELS.log, values);
  },
  info(...values) {
    printLine(LEVELS.log, values);
  },
  warn(...values) {
    printLine(LEVELS.warn, values);
  },
  clear() {
    if (!outputs.stdout.colors) return;
    const output = outputs.stderr.colors ? outputs.stderr : outputs.stdout;
    output.write("\x1b[2J\x1b[3J\x1b[H");
  },
  dir(...values) {
    if (values.length === 0) return;
    const options = lineOptions(LEVELS.log);
    if (values.length > 1) Object.assign(options, dirOptions(values[1]));
    print(LEVELS.log, values.slice(0, 1), options);
  },
  dirxml(...values) {
    if (values.length > 0) print(LEVELS.log, values, lineOptions(LEVELS.log));
  },
  table(...values) {
    if (values.length === 0) return;
    const { consoleTable } = require("bun/inspect-table");
    const table = consoleTable(values[0], values[1], outputs.stdout.colors);
    if (table === null) print(LEVELS.log, values, lineOptions(LEVELS.log));
    else outputs.stdout.write(table);
  },
  trace(...values) {
    if (values.length > 0) print(LEVELS.log, values, lineOptions(LEVELS.log));
    const { traceFrom } = require("bun/inspect-errors");
    outputs.stdout.write(traceFrom(logging.trace, outputs.stdout.colors));
  },
  assert(...given) {
    if (given[0]) return;
    const values = given.slice(1);
    if (values.length === 0) outputs.stderr.write(assertionText());
    else print(LEVELS.error, values, lineOptions(LEVELS.error));
  },
};

const counting = {
  count(...labels) {
    const label = labelOf(labels[0]);
    const count = (counts.get(label) || 0) + 1;
    counts.set(label, count);
    printCount(label, count);
  },
  countReset(...labels) {
    counts.delete(labelOf(labels[0]));
  },
  profile() {},
  profileEnd() {},
  time(...labels) {
    const label = labelOf(labels[0]);
    if (!timers.has(label)) timers.set(label, elapsedMilliseconds());
  },
  timeLog(...values) {
    const label = labelOf(values[0]);
    const time = elapsed(label);
    if (time === null) return;
    let line = label === "" ? time : time + " " + label;
    for (const value of values.slice(1)) {
      const options = { ...lineOptions(LEVELS.warn), indent: 0, errorLevel: "error" };
      line += " " + formatting().formatLog([value], options);
    }
    outputs.stderr.write(line + "\n");
  },
  timeEnd(...labels) {
    const label = labelOf(labels[0]);
    const time = elapsed(label);
    if (time === null) return;
    timers.delete(label);
    outputs.stderr.write((label === "" ? time : time + " " + label) + "\n");
  },
  timeStamp() {},
  takeHeapSnapshot() {},
};

const grouping = {
  group(...values) {
    if (values.length > 0) printLine(LEVELS.log, values);
    setGroupDepth(groups.depth + 1);
  },
  // Does not indent, though groupEnd takes an indentation back: so does Bun.
  groupCollapsed(...values) {
    if (values.length > 0) printLine(LEVELS.log, values);
  },
  groupEnd() {
    setGroupDepth(Math.max(groups.depth - 1, 0));
  },
  record() {},
  recordEnd() {},
  screenshot() {},
};

// Writes without a newline and answers how many bytes that were. It has no name in Bun.
const [write] = [
  (chunk, ...more) => {
    let written = ops.writeStdout(toBytes(chunk));
    for (const piece of more) written += ops.writeStdout(toBytes(piece));
    return written;
  },
];

// Lines of standard input, without their ends.
async function* lines() {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of globalThis.Bun.stdin.stream()) {
    rest += decoder.decode(chunk, { stream: true });
    const pieces = rest.split("\n");
    rest = pieces.pop();
    yield* pieces;
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}

const ENUMERABLE = { enumerable: true, configurable: true };

const console = Object.create({});
Object.assign(console, logging, counting, grouping, { write });

// The class is made when asked for.
defineLazy(console, ["Console", "node/console-class"], { ...ENUMERABLE, writable: true });

// process.stdout and process.stderr, looked up when first asked for.
for (const name of ["stdout", "stderr"]) {
  const key = "_" + name;
  const keep = (value) => Object.defineProperty(console, key, {
    value, writable: true, enumerable: false, configurable: true,
  });
  Object.defineProperty(console, key, {
    get: () => keep(globalThis.process[name])[key],
    set: keep,
    enumerable: false,
    configurable: true,
  });
}
Object.defineProperty(console, Symbol.toStringTag, {
  value: "console",
  writable: false,
  enumerable: false,
  configurable: true,
});
Object.defineProperty(console, Symbol.asyncIterator, {
  value: { [Symbol.asyncIterator]: () => lines() }[Symbol.asyncIterator],
  writable: true,
  enumerable: true,
  configurable: true,
});

function setDepth(depth) {
  depthOfConsole = depth;
}

// As the command line has it: 0 is all of an object.
function setDepthInWords([depth]) {
  depthOfConsole = depth === "0" ? Infinity : Number(depth);
}

module.exports = { console, setDepth, setDepthInWords, useColorsOnError: outputs.stderr.colors };
