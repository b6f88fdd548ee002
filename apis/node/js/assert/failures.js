// What node:assert does when a check fails, and the checks that look at what was thrown.
"use strict";

const {
  ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE,
} = require("node/errors");
const { ERR_AMBIGUOUS_ARGUMENT } = require("node/error-codes");
const { AssertionError } = require("node/assertion-error");
const { isDeepStrictEqual } = require("node/deep-equal");
const { isRegExp } = require("node/util-types");
const { inspect } = require("node/inspect");
const { NOTHING } = require("node/assert-core");
const { Object, Reflect, String } = globalThis;

const isObject = (value) => typeof value === "object" && value !== null;
const isError = (value) => require("bun/error-stack").Error.isError(value);

function fail(details) {
  if (isError(details.message)) throw details.message;
  throw new AssertionError(details);
}

// An error whose message was made here.
function failGenerated(details, isGenerated) {
  const error = new AssertionError(details);
  error.generatedMessage = isGenerated;
  throw error;
}

function failTruth(start, count, value, message) {
  if (isError(message)) throw message;
  const isGenerated = count === 0 || message === undefined || message === null;
  const text = count === 0 ? "No value argument passed to `assert.ok()`" : message;
  failGenerated(
    { actual: value, expected: true, message: text, operator: "==", stackStartFn: start },
    isGenerated);
}

// ---- fail, match, ifError --------------------------------------------------------------------

let hasWarned = false;

function warnOfValues() {
  if (hasWarned) return;
  hasWarned = true;
  require("node/process").process.emitWarning(
    "assert.fail() with more than one argument is deprecated. Please use assert.strictEqual() " +
      "instead or only pass a message.",
    "DeprecationWarning",
    "DEP0094",
  );
}

function failByHand(assertion, count, actual, expected, message, operator, start) {
  let text = message;
  let first = actual;
  let sign = operator;
  const isBare = count <= 1 && (actual === undefined || actual === null);
  if (isBare) {
    text = "Failed";
  } else if (count === 1) {
    text = actual;
    first = undefined;
  } else {
    warnOfValues();
    if (count === 2) sign = "!=";
  }
  if (isError(text)) throw text;
  const error = new AssertionError({
    actual: first,
    expected,
    operator: sign === undefined ? "fail" : sign,
    stackStartFn: start,
    message: text,
  });
  if (isBare) error.generatedMessage = true;
  throw error;
}

function match(string, regexp, message, start) {
  if (!isRegExp(regexp)) throw ERR_INVALID_ARG_TYPE("regexp", "RegExp", regexp);
  const wanted = start.name === "match";
  if (typeof string === "string" && (regexp.exec(string) !== null) === wanted) return;
  if (isError(message)) throw message;
  let text = message;
  if (!message) {
    const { specificType } = require("node/errors");
    const lead = wanted
      ? "The input did not match the regular expression "
      : "The input was expected to not match the regular expression ";
    text = typeof string === "string"
      ? `${lead}${inspect(regexp)}. Input:\n\n${inspect(string)}\n`
      : `The "string" argument must be of type string. Received ${specificType(string)}`;
  }
  const details = {
    actual: string, expected: regexp, message: text, operator: start.name, stackStartFn: start,
  };
  failGenerated(details, !message);
}

function failOnError(assertion, thrown, start) {
  const inner = isObject(thrown) ? thrown.message : undefined;
  let text = inspect(thrown);
  if (typeof inner === "string") {
    text = inner.length === 0 && thrown.constructor ? thrown.constructor.name : inner;
  }
  const error = new AssertionError({
    actual: thrown,
    expected: null,
    operator: "ifError",
    message: `ifError got unwanted exception: ${text}`,
    stackStartFn: start,
  });
  joinStacks(error, require("bun/error-stack").adopt(thrown).stack);
  throw error;
}

// The frames of the original error take the place of those they share.
function joinStacks(error, original) {
  if (typeof original !== "string") return;
  const at = original.indexOf("\n    at");
  if (at < 0) return;
  const originalFrames = original.slice(at + 1).split("\n");
  let frames = error.stack.split("\n");
  for (const frame of originalFrames) {
    const position = frames.indexOf(frame);
    if (position < 0) continue;
    frames = frames.slice(0, position);
    break;
  }
  error.stack = `${frames.join("\n")}\n${originalFrames.join("\n")}`;
}

// ---- throws and rejects ----------------------------------------------------------------------

// The properties of an error that are compared, shown as an object of their own.
class Comparison {
  constructor(value, keys, actual) {
    for (const key of keys) {
      if (!(key in value)) continue;
      const isMatched = actual !== undefined && typeof actual[key] === "string" &&
        isRegExp(value[key]) && value[key].exec(actual[key]) !== null;
      this[key] = isMatched ? actual[key] : value[key];
    }
  }
}

function compareKey(actual, expected, key, message, keys, start) {
  if (key in actual && isDeepStrictEqual(actual[key], expected[key])) return;
  if (message) {
    fail({ actual, expected, message, operator: start.name, stackStartFn: start });
  }
  const error = new AssertionError({
    actual: new Comparison(actual, keys),
    expected: new Comparison(expected, keys, actual),
    operator: "deepStrictEqual",
    stackStartFn: start,
  });
  error.actual = actual;
  error.expected = expected;
  error.operator = start.name;
  throw error;
}

function compareShape(actual, expected, message, start) {
  if (!isObject(actual)) {
    const error = new AssertionError({
      actual, expected, message, operator: "deepStrictEqual", stackStartFn: start,
    });
    error.operator = start.name;
    throw error;
  }
  const keys = Object.keys(expected);
  if (isError(expected)) keys.push("message", "name");
  else if (keys.length === 0) {
    throw ERR_INVALID_ARG_VALUE("error", expected, "may not be an empty object");
  }
  for (const key of keys) {
    const isMatched = typeof actual[key] === "string" && isRegExp(expected[key]) &&
      expected[key].exec(actual[key]) !== null;
    if (!isMatched) compareKey(actual, expected, key, message, keys, start);
  }
}

// What is wrong with an error in the eyes of a class or a validation function; undefined for
// nothing.
function complaintOf(actual, expected) {
  if (expected.prototype !== undefined && actual instanceof expected) return undefined;
  const { Error } = require("bun/error-stack");
  if (Object.prototype.isPrototypeOf.call(Error, expected)) {
    const lead = `The error is expected to be an instance of "${expected.name}". Received `;
    if (!isError(actual)) return `${lead}"${inspect(actual, { depth: -1 })}"`;
    return `${lead}"${actual.name}"\n\nError message:\n\n${actual.message}`;
  }
  const answer = Reflect.apply(expected, {}, [actual]);
  if (answer === true) return undefined;
  const name = expected.name ? `"${expected.name}" ` : "";
  const tail = isError(actual) ? `\n\nCaught error:\n\n${actual}` : "";
  return `The ${name}validation function is expected to return "true". ` +
    `Received ${inspect(answer)}${tail}`;
}

function compareError(actual, expected, message, start) {
  let complaint;
  if (typeof expected === "function") {
    complaint = complaintOf(actual, expected);
  } else if (isRegExp(expected)) {
    const text = String(actual);
    if (expected.exec(text) !== null) return;
    complaint = `The input did not match the regular expression ${inspect(expected)}. Input:\n\n` +
      `${inspect(text)}\n`;
  } else {
    compareShape(actual, expected, message, start);
    return;
  }
  if (complaint === undefined) return;
  if (isError(message)) throw message;
  const details = {
    actual, expected, message: message || complaint, operator: start.name, stackStartFn: start,
  };
  failGenerated(details, !message);
}

const ERROR_KINDS = ["Function", "Error", "RegExp", "Object"];

// [what is expected, message] of the arguments after the function.
function readExpectation(actual, args) {
  const [error, message] = args;
  if (typeof error === "string") {
    if (args.length > 1) throw ERR_INVALID_ARG_TYPE("error", ERROR_KINDS, error);
    if (isObject(actual) && actual.message === error) {
      throw ERR_AMBIGUOUS_ARGUMENT(
        "error/message", `The error message "${error}" is identical to the message.`);
    }
    if (actual === error) {
      throw ERR_AMBIGUOUS_ARGUMENT(
        "error/message", `The error "${actual}" is identical to the message.`);
    }
    return [undefined, error];
  }
  if (error !== undefined && error !== null && !isObject(error) && typeof error !== "function") {
    throw ERR_INVALID_ARG_TYPE("error", ERROR_KINDS, error);
  }
  return [error, message];
}

function kindOf(start) {
  return start.name === "rejects" || start.name === "doesNotReject" ? "rejection" : "exception";
}

function expectError(start, actual, args) {
  const [error, message] = readExpectation(actual, args);
  if (actual === NOTHING) {
    const name = error?.name ? ` (${error.name})` : "";
    const detail = message ? `: ${message}` : ".";
    fail({
      actual: undefined,
      expected: error,
      operator: start.name,
      message: isError(message) ? message : `Missing expected ${kindOf(start)}${name}${detail}`,
      stackStartFn: start,
    });
  }
  if (error) compareError(actual, error, message, start);
}

function isExpected(actual, expected) {
  if (typeof expected !== "function") {
    if (isRegExp(expected)) return expected.exec(String(actual)) !== null;
    throw ERR_INVALID_ARG_TYPE("expected", ["Function", "RegExp"], expected);
  }
  if (expected.prototype !== undefined && actual instanceof expected) return true;
  const { Error } = require("bun/error-stack");
  if (Object.prototype.isPrototypeOf.call(Error, expected)) return false;
  return Reflect.apply(expected, {}, [actual]) === true;
}

function expectNoError(start, actual, args) {
  if (actual === NOTHING) return;
  let [error, message] = args;
  if (typeof error === "string") [error, message] = [undefined, error];
  if (error && !isExpected(actual, error)) throw actual;
  const detail = message ? `: ${message}` : ".";
  fail({
    actual,
    expected: error,
    operator: start.name,
    message: `Got unwanted ${kindOf(start)}${detail}\nActual message: "${actual?.message}"`,
    stackStartFn: start,
  });
}

/** Behind an `await` no frame of the program is left: the stack of a failure names the check. */
function afterWait(name, check) {
  try {
    check();
  } catch (error) {
    const { stack } = error;
    if (error instanceof AssertionError && !/\n {4}at /.test(stack)) {
      error.stack = `${stack}\n    at assert.${name} (node:assert)`;
    }
    throw error;
  }
}

module.exports = {
  afterWait, fail, failTruth, failByHand, failOnError, match, expectError, expectNoError,
};
