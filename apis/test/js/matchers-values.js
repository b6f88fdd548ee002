// Matchers that compare a value with another: toBe, toEqual, numbers, strings, classes.
"use strict";

const { paint } = require("test/paint");
const { inspect } = require("bun/inspect");
const { jestEquals, strictEquals, compare } = require("test/asymmetric");
const { matches } = require("bun/deep-equals");
const { valueDiff } = require("test/diff");

const EXPECTED = "<green>expected<r>";

function invalidArguments(message) {
  const error = new TypeError(message);
  error.code = "ERR_INVALID_ARG_TYPE";
  return error;
}

// Asks for a number of arguments, in Bun's words.
const needs = (name, count, verb = "requires") => (args) => {
  if (args.length >= count) return;
  throw invalidArguments(`${name}() ${verb} ${count} argument${count === 1 ? "" : "s"}`);
};

const green = (value) => paint`<green>${inspect(value)}<r>`;
const red = (value) => paint`<red>${inspect(value)}<r>`;

// "Expected: ...\nReceived: ...\n" with a word before what is expected.
const lines = (word, notWord) => (received, [expected], { isNot }) =>
  `${isNot ? notWord : word}${green(expected)}\nReceived: ${red(received)}\n`;

// ---- Equality --------------------------------------------------------------------------------

const HINT = '<d>If this test should pass, replace "toBe" with "toEqual" or "toStrictEqual"<r>';

const toBe = {
  params: EXPECTED,
  length: 1,
  prepare: needs("toBe", 1, "takes"),
  check: (received, [expected]) => Object.is(received, expected),
  message(received, [expected], { isNot, state }) {
    if (isNot) return `Expected: not ${green(expected)}\n`;
    if (strictEquals(received, expected) || jestEquals(received, expected)) {
      const hint = state.label !== "" ? `${require("test/paint").paintText(HINT)}\n\n` : "";
      return `${hint}Expected: ${green(expected)}\nReceived: serializes to the same string\n`;
    }
    if (typeof received === "string" && typeof expected === "string") {
      return `${valueDiff(received, expected, false)}\n`;
    }
    return `Expected: ${green(expected)}\nReceived: ${red(received)}\n`;
  },
};

const equality = (name, equals) => ({
  params: EXPECTED,
  length: 1,
  prepare: needs(name, 1),
  check: (received, [expected]) => equals(received, expected),
  message: (received, [expected], { isNot }) => `${valueDiff(received, expected, isNot)}\n`,
});

const isObject = (value) =>
  (typeof value === "object" && value !== null) || typeof value === "function";
const MUST = "value must be a non-null object\n";

const toMatchObject = {
  params: EXPECTED,
  length: 1,
  check(received, [expected], context) {
    if (!isObject(received)) {
      throw context.fail(paint`<b>Matcher error<r>: <red>received<r> ${MUST}`);
    }
    if (!isObject(expected)) {
      const text = paint`<b>Matcher error<r>: <green>expected<r> ${MUST}`;
      throw context.fail({ params: "", text });
    }
    return matches(expected, received, compare);
  },
  message: (received, [expected], { isNot }) => `${valueDiff(received, expected, isNot)}\n`,
};

// ---- Numbers ---------------------------------------------------------------------------------

const isNumeric = (value) => typeof value === "number" || typeof value === "bigint";

const comparison = (name, sign, holds) => ({
  params: EXPECTED,
  length: 1,
  prepare: needs(name, 1),
  check(received, [expected]) {
    if (!isNumeric(received) || !isNumeric(expected)) {
      throw new Error("Expected and actual values must be numbers or bigints");
    }
    return holds(received, expected);
  },
  message: lines(`Expected: ${sign} `, `Expected: not ${sign} `),
});

const toBeCloseTo = {
  params: `${EXPECTED}, precision`,
  length: 1,
  prepare(args) {
    if (args.length < 1) {
      throw invalidArguments(
        "toBeCloseTo() requires at least 1 argument. Expected value must be a number");
    }
    if (typeof args[0] !== "number") {
      throw invalidArguments("Expected expected to be a number for 'toBeCloseTo'.");
    }
    if (args[1] !== undefined && typeof args[1] !== "number") {
      throw invalidArguments("Expected precision to be a number for 'toBeCloseTo'.");
    }
  },
  check(received, [expected, precision = 2]) {
    if (typeof received !== "number") {
      throw invalidArguments("Expected received to be a number for 'expect'.");
    }
    if (Math.abs(received) === Infinity && Math.abs(expected) === Infinity) return true;
    return Math.abs(received - expected) < 10 ** -precision / 2;
  },
  message(received, [expected, precision = 2]) {
    return `Expected: ${green(expected)}\nReceived: ${red(received)}\n\n` +
      `Expected precision: ${precision}\n` +
      paint`Expected difference: < <green>${decimal(10 ** -precision / 2)}<r>\n` +
      paint`Received difference: <red>${decimal(Math.abs(received - expected))}<r>\n`;
  },
};

// A number without an exponent.
function decimal(number) {
  const text = String(number);
  if (!text.includes("e-")) return text;
  const [digits, exponent] = text.split("e-");
  return number.toFixed(Math.min(Number(exponent) + digits.replace(/\d\.?/, "").length, 100));
}

const toBeWithin = {
  params: "<green>start<r><d>, <r><green>end<r>",
  length: 2,
  prepare(args) {
    needs("toBeWithin", 2)(args);
    for (const [index, which] of ["first", "second"].entries()) {
      if (typeof args[index] === "number") continue;
      throw new Error(`toBeWithin() requires the ${which} argument to be a number`);
    }
  },
  check: (received, [start, end]) =>
    typeof received === "number" && received >= start && received < end,
  message: (received, [start, end], { isNot }) =>
    `Expected: ${isNot ? "not " : ""}between ${green(start)} ` +
    paint`<d>(inclusive)<r> and ${green(end)} <d>(exclusive)<r>\n` +
    `Received: ${red(received)}\n`,
};

// ---- Strings ---------------------------------------------------------------------------------

const text = (name, what, holds) => ({
  params: EXPECTED,
  length: 1,
  prepare(args) {
    needs(name, 1)(args);
    if (typeof args[0] === "string") return;
    throw new Error(`${name}() requires the first argument to be a string`);
  },
  check: (received, [expected]) => typeof received === "string" && holds(received, expected),
  message: lines(`Expected to ${what}: `, `Expected to not ${what}: `),
});

const toMatch = {
  params: EXPECTED,
  length: 1,
  prepare(args) {
    needs("toMatch", 1)(args);
    if (typeof args[0] === "string" || args[0] instanceof RegExp) return;
    throw new Error(
      `Expected value must be a string or regular expression: ${inspect(args[0])}`);
  },
  check(received, [expected]) {
    if (typeof received !== "string" && !(received instanceof String)) {
      throw new Error(`Received value must be a string: ${inspect(received)}`);
    }
    if (typeof expected === "string") return String(received).includes(expected);
    return new RegExp(expected.source, expected.flags.replace(/[gy]/g, "")).test(received);
  },
  message: lines("Expected substring or pattern: ", "Expected substring or pattern: not "),
};

const withoutSpace = (value) => value.replace(/[ \t\n\r\v\f]+/g, "");

const toEqualIgnoringWhitespace = {
  params: EXPECTED,
  length: 1,
  prepare(args) {
    needs("toEqualIgnoringWhitespace", 1)(args);
    if (typeof args[0] === "string") return;
    throw new Error("toEqualIgnoringWhitespace() requires argument to be a string");
  },
  check: (received, [expected]) =>
    typeof received === "string" && withoutSpace(received) === withoutSpace(expected),
  message: lines("Expected: ", "Expected: not "),
};

function countOf(part, whole) {
  let count = 0;
  for (let at = whole.indexOf(part); at >= 0; at = whole.indexOf(part, at + part.length)) count++;
  return count;
}

function repeatedMessage(received, [part, times], { isNot }) {
  const tail = `${green(part)}${isNot || times > 1 ? " " : ""}`;
  let word;
  if (isNot) word = times === 0 ? "Expected to include: " : "Expected not to include: ";
  else word = times === 0 ? "Expected to not include: " : "Expected to include: ";
  const count = times > 1 ? `${green(times)} times \n` : "\n";
  return `${word}${tail}${count}Received: ${red(received)}\n`;
}

const toIncludeRepeated = {
  params: EXPECTED,
  length: 2,
  prepare(args) {
    needs("toIncludeRepeated", 2)(args);
    if (typeof args[0] !== "string") {
      throw new Error("toIncludeRepeated() requires the first argument to be a string");
    }
    if (!Number.isInteger(args[1]) || args[1] < 0 || Object.is(args[1], -0)) {
      throw new Error("toIncludeRepeated() requires the second argument to be a number");
    }
  },
  check(received, [part, times]) {
    if (typeof received !== "string" && !(received instanceof String)) {
      throw new Error("toIncludeRepeated() requires the expect(value) to be a string");
    }
    if (part === "") {
      throw new Error("toIncludeRepeated() requires the first argument to be a non-empty string");
    }
    return countOf(part, String(received)) === times;
  },
  message: repeatedMessage,
};

// ---- Classes and choices ---------------------------------------------------------------------

function isConstructor(value) {
  if (typeof value !== "function") return false;
  try {
    Reflect.construct(Object, [], value);
    return true;
  } catch {
    return false;
  }
}

const toBeInstanceOf = {
  params: EXPECTED,
  length: 1,
  prepare(args) {
    needs("toBeInstanceOf", 1)(args);
    if (isConstructor(args[0])) return;
    throw new Error(`Expected value must be a function: ${inspect(args[0])}`);
  },
  check: (received, [expected]) => received instanceof expected,
  message: (received, [expected], { isNot }) =>
    `Expected constructor: ${isNot ? "not " : ""}${green(expected)}\n` +
    `Received value: ${red(received)}\n`,
};

const TYPES = new Set([
  "function", "object", "bigint", "boolean", "number", "string", "symbol", "undefined",
]);

const toBeTypeOf = {
  params: "",
  length: 1,
  prepare(args) {
    needs("toBeTypeOf", 1)(args);
    if (typeof args[0] !== "string") {
      throw invalidArguments("toBeTypeOf() requires a string argument");
    }
    if (TYPES.has(args[0])) return;
    throw invalidArguments(
      "toBeTypeOf() requires a valid type string argument ('function', 'object', 'bigint', " +
      "'boolean', 'number', 'string', 'symbol', 'undefined')");
  },
  check: (received, [expected]) => typeof received === expected,
  message: (received, [expected], { isNot }) =>
    `Expected type: ${isNot ? "not " : ""}${green(expected)}\n` +
    paint`Received type: <red>"${typeof received}"<r>\nReceived value: ${red(received)}\n`,
};

const isIterable = (value) =>
  value !== null && value !== undefined && typeof value[Symbol.iterator] === "function";
const NOT_A_LIST = "Received value must be an array type, or both received and expected values " +
  "must be strings.";

const toBeOneOf = {
  params: EXPECTED,
  length: 1,
  prepare: needs("toBeOneOf", 1, "takes"),
  check(received, [list]) {
    if (!isIterable(list) || typeof list === "string") throw new Error(NOT_A_LIST);
    for (const item of list) if (jestEquals(item, received)) return true;
    return false;
  },
  message: lines("Expected to be one of: ", "Expected to not be one of: "),
};

const toSatisfy = {
  params: EXPECTED,
  length: 1,
  prepare(args) {
    needs("toSatisfy", 1)(args);
    if (typeof args[0] !== "function") throw new Error("toSatisfy() argument must be a function");
  },
  check: (received, [predicate]) => predicate(received) === true,
  message: (received, [predicate], { isNot }) => isNot
    ? `Expected: not ${green(predicate)}\n`
    : `Expected: ${green(predicate)}\nReceived: ${red(received)}\n`,
};

module.exports = {
  green, invalidArguments, isIterable, lines, needs, red, EXPECTED, NOT_A_LIST,
  matchers: {
    toBe,
    toEqual: equality("toEqual", jestEquals),
    toStrictEqual: equality("toStrictEqual", strictEquals),
    toMatchObject,
    toBeGreaterThan: comparison("toBeGreaterThan", ">", (one, other) => one > other),
    toBeGreaterThanOrEqual:
      comparison("toBeGreaterThanOrEqual", ">=", (one, other) => one >= other),
    toBeLessThan: comparison("toBeLessThan", "<", (one, other) => one < other),
    toBeLessThanOrEqual: comparison("toBeLessThanOrEqual", "<=", (one, other) => one <= other),
    toBeCloseTo,
    toBeWithin,
    toInclude: text("toInclude", "include", (whole, part) => whole.includes(part)),
    toStartWith: text("toStartWith", "start with", (whole, part) => whole.startsWith(part)),
    toEndWith: text("toEndWith", "end with", (whole, part) => whole.endsWith(part)),
    toMatch,
    toEqualIgnoringWhitespace,
    toIncludeRepeated,
    toBeInstanceOf,
    toBeTypeOf,
    toBeOneOf,
    toSatisfy,
  },
};
