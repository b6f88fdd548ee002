// AssertionError: the error of a failed check, with the difference worded.
"use strict";

const { validateObject } = require("node/errors");
const { difference, READABLE, inspectValue, inks } = require("node/assert-difference");
const { inspect } = require("node/inspect");
const { Error, Object, Set, String } = globalThis;

const WITH_DIFFERENCE = new Set(["deepStrictEqual", "strictEqual", "partialDeepStrictEqual"]);
const LINES_MAX = 50;
const LINES_SHOWN = 47;
const SHORT_MAX = 5;
const LOOSE_TEXT_MAX = 1024;
const OPERAND_MAX = 512;

function shorten(text, max) {
  return text.length > max ? `${text.slice(0, max - 3)}...` : text;
}

// Errors are copied, so that what is shown are their properties.
function plainError(error) {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(error)), error);
  const { message } = error;
  Object.defineProperty(copy, "message", { value: message });
  if (!Object.hasOwn(error, "cause")) return copy;
  const { cause } = error;
  const value = isErrorWithStack(cause) ? plainError(cause) : cause;
  return Object.defineProperty(copy, "cause", { value });
}

const isErrorWithStack = (value) =>
  typeof value === "object" && value !== null && "stack" in value && value instanceof Error;

function negatedMessage(actual, operator, diff) {
  let base = READABLE[operator];
  const isObject = (typeof actual === "object" && actual !== null) || typeof actual === "function";
  if (operator === "notStrictEqual" && isObject) base = READABLE.notStrictEqualObject;
  const lines = inspectValue(actual).split("\n");
  if (lines.length > LINES_MAX && diff !== "full") {
    const { blue, white } = inks();
    lines.length = LINES_SHOWN;
    lines[LINES_SHOWN - 1] = `${blue}...${white}`;
  }
  if (lines.length > 1) return `${base}\n\n${lines.join("\n")}\n`;
  return `${base}${lines[0].length > SHORT_MAX ? "\n\n" : " "}${lines[0]}`;
}

function operandsMessage(actual, expected, operator, diff) {
  let left = inspectValue(actual);
  let right = inspectValue(expected);
  const known = READABLE[operator];
  if (operator === "notDeepEqual" && left === right) {
    const text = `${known}\n\n${left}`;
    return diff === "full" ? text : shorten(text, LOOSE_TEXT_MAX);
  }
  if (diff !== "full") {
    left = shorten(left, OPERAND_MAX);
    right = shorten(right, OPERAND_MAX);
  }
  if (operator === "deepEqual") {
    return `${known}\n\n${left}\n\nshould loosely deep-equal\n\n${right}`;
  }
  const unequal = READABLE[`${operator}Unequal`];
  if (unequal) return `${unequal}\n\n${left}\n\nshould not loosely deep-equal\n\n${right}`;
  return `${left} ${operator} ${right}`;
}

function messageFor(options, diff) {
  const { message, operator } = options;
  let { actual, expected } = options;
  const hasMessage = message !== undefined && message !== null;
  if (hasMessage && !WITH_DIFFERENCE.has(operator)) return String(message);
  if (!hasMessage && isErrorWithStack(actual) && isErrorWithStack(expected)) {
    actual = plainError(actual);
    expected = plainError(expected);
  }
  if (WITH_DIFFERENCE.has(operator)) {
    return difference(actual, expected, operator, hasMessage ? message : undefined, diff);
  }
  if (operator === "notDeepStrictEqual" || operator === "notStrictEqual") {
    return negatedMessage(actual, operator, diff);
  }
  return operandsMessage(actual, expected, operator, diff);
}

class AssertionError extends Error {
  constructor(options) {
    validateObject(options, "options");
    const { message, operator, stackStartFn, stackStartFunction, details } = options;
    const diff = options.diff ?? "simple";
    super(messageFor(options, diff));
    this.generatedMessage = !message;
    if (details) {
      this.actual = this.expected = this.operator = undefined;
      details.forEach((detail, index) => {
        this[`message ${index}`] = detail.message;
        this[`actual ${index}`] = detail.actual;
        this[`expected ${index}`] = detail.expected;
        this[`operator ${index}`] = detail.operator;
        this[`stack trace ${index}`] = detail.stack;
      });
    } else {
      this.actual = options.actual;
      this.expected = options.expected;
      this.operator = operator;
    }
    // The stack is made while the name says the code.
    Object.defineProperty(this, "name", {
      __proto__: null, value: "AssertionError [ERR_ASSERTION]",
      enumerable: false, writable: true, configurable: true,
    });
    this.code = "ERR_ASSERTION";
    Error.captureStackTrace(this, stackStartFn || stackStartFunction);
    void this.stack;
    this.name = "AssertionError";
    this.diff = diff;
  }

  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }

  [inspect.custom](_depth, options) {
    // Long operands are cut: the message says what there is to say of them.
    const { actual, expected } = this;
    if (typeof actual === "string") this.actual = cutLines(actual);
    if (typeof expected === "string") this.expected = cutLines(expected);
    const shown = inspect(this, { ...options, customInspect: false, depth: 0 });
    this.actual = actual;
    this.expected = expected;
    return shown;
  }
}

const LINES_OF_OPERANDS_MAX = 10;

function cutLines(text) {
  const lines = text.split("\n");
  if (lines.length > LINES_OF_OPERANDS_MAX) {
    lines.length = LINES_OF_OPERANDS_MAX;
    return `${lines.join("\n")}\n...`;
  }
  // As in Bun, it is the end that is shown.
  return text.length > OPERAND_MAX ? `${text.slice(OPERAND_MAX)}...` : text;
}

module.exports = { AssertionError };
