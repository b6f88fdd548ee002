// Asymmetric matchers: expect.any(), expect.anything(), expect.objectContaining()... and those of
// expect.extend(). Each is an object whose `matches` is asked when values are compared.
"use strict";

const { Array, Map, Object, Reflect, WeakMap, Symbol } = globalThis;
const { equals } = require("bun/deep-equals");

// The state of each matcher, kept apart so that it has no own properties.
const states = new WeakMap();

class ExpectAny {}
class ExpectAnything {}
class ExpectArrayContaining {}
class ExpectCloseTo {}
class ExpectCustomAsymmetricMatcher {}
class ExpectObjectContaining {}
class ExpectStringContaining {}
class ExpectStringMatching {}

const CLASSES = [
  ExpectAny, ExpectAnything, ExpectArrayContaining, ExpectCloseTo, ExpectCustomAsymmetricMatcher,
  ExpectObjectContaining, ExpectStringContaining, ExpectStringMatching,
];
for (const made of CLASSES) {
  Object.defineProperty(made.prototype, Symbol.toStringTag, { value: made.name });
  // What other libraries ask a matcher.
  Object.defineProperty(made.prototype, "asymmetricMatch", {
    configurable: true,
    writable: true,
    value: { asymmetricMatch(value) { return matches(this, value); } }.asymmetricMatch,
  });
  // For console.log and the messages of matchers.
  Object.defineProperty(made.prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value() {
      const { inspect } = require("bun/inspect");
      return states.get(this).shown((value) => inspect(value));
    },
  });
}

const isAsymmetric = (value) =>
  typeof value === "object" && value !== null && states.has(value);

// For deep comparison: an answer where one of the two is a matcher, else undefined.
function compare(left, right) {
  if (isAsymmetric(right)) return matches(right, left);
  if (isAsymmetric(left)) return matches(left, right);
  return undefined;
}

function matches(matcher, value) {
  const { check, isNot } = states.get(matcher);
  return check(value) !== isNot;
}

const jestEquals = (left, right) => equals(left, right, false, compare);
const strictEquals = (left, right) => equals(left, right, true, compare);

function make(Made, check, isNot, shown) {
  const matcher = new Made();
  states.set(matcher, { check, isNot, shown });
  return matcher;
}

function checkAny(constructor) {
  switch (constructor) {
    case String: return (value) => typeof value === "string" || value instanceof String;
    case Number: return (value) => typeof value === "number" || value instanceof Number;
    case Boolean: return (value) => typeof value === "boolean" || value instanceof Boolean;
    case BigInt: return (value) => typeof value === "bigint" || value instanceof BigInt;
    case Symbol: return (value) => typeof value === "symbol" || value instanceof Symbol;
    case Function: return (value) => typeof value === "function";
    case Object: return (value) => typeof value === "object" && value !== null;
    case Array: return (value) => Array.isArray(value);
    default: return (value) => value instanceof constructor;
  }
}

const notNothing = (value) => value !== undefined && value !== null;

function checkObject(expected) {
  return (value) => {
    if (typeof value !== "object" && typeof value !== "function" || value === null) return false;
    return Reflect.ownKeys(expected).every(
      (key) => key in value && jestEquals(value[key], expected[key]));
  };
}

const checkArray = (expected) => (value) =>
  Array.isArray(value) &&
  expected.every((item) => value.some((candidate) => jestEquals(candidate, item)));

function invalid(message) {
  const error = new TypeError(message);
  error.code = "ERR_INVALID_ARG_TYPE";
  return error;
}

const isText = (value) => typeof value === "string" || value instanceof String;

// The functions of `expect` and, negated, of `expect.not`.
function makers(isNot) {
  const not = isNot ? "Not" : "";
  return {
    any(constructor) {
      if (arguments.length === 0 || typeof constructor !== "function") {
        throw invalid("any() expects to be passed a constructor function. Please pass one or " +
          "use anything() to match any object.");
      }
      return make(ExpectAny, checkAny(constructor), isNot, () => `Any<${constructor.name}>`);
    },
    anything() {
      return make(ExpectAnything, notNothing, isNot, () => "Anything");
    },
    arrayContaining(expected) {
      if (!Array.isArray(expected)) throw invalid("arrayContaining() requires an array");
      return make(ExpectArrayContaining, checkArray(expected), isNot,
        () => "ExpectArrayContaining {}");
    },
    objectContaining(expected) {
      if (typeof expected !== "object" || expected === null) {
        throw invalid("objectContaining() requires an object");
      }
      return make(ExpectObjectContaining, checkObject(expected), isNot,
        (format) => `Object${not}Containing ${format(expected)}`);
    },
    stringContaining(expected) {
      if (!isText(expected)) throw invalid("stringContaining() requires a string");
      const check = (value) => isText(value) && value.includes(expected);
      return make(ExpectStringContaining, check, isNot,
        (format) => `String${not}Containing ${format(expected)}`);
    },
    stringMatching(expected) {
      if (!isText(expected) && !(expected instanceof RegExp)) {
        throw invalid("stringMatching() requires a string or regular expression");
      }
      const check = (value) => isText(value) && (expected instanceof RegExp
        ? new RegExp(expected.source, expected.flags.replace(/[gy]/g, "")).test(value)
        : value.includes(expected));
      return make(ExpectStringMatching, check, isNot,
        (format) => `String${not}Matching ${format(expected)}`);
    },
    closeTo(expected, digits = 2) {
      if (typeof expected !== "number") throw invalid("closeTo() requires a number");
      if (typeof digits !== "number") throw invalid("precision must be a number");
      // What is no number is neither close nor far.
      const check = (value) =>
        typeof value === "number" ? isClose(value, expected, digits) : isNot;
      return make(ExpectCloseTo, check, isNot,
        () => `Number${not}CloseTo ${Math.trunc(expected)} (${digits} ${digitsWord(digits)})`);
    },
  };
}

const digitsWord = (digits) => (digits === 1 ? "digit" : "digits");

function isClose(value, expected, digits) {
  if (Object.is(value, expected)) return true;
  if (!Number.isFinite(value) || !Number.isFinite(expected)) return false;
  return Math.abs(value - expected) < 10 ** -digits / 2;
}

// A matcher of expect.extend() as an asymmetric one.
function makeCustom(name, check, args, isNot) {
  return make(ExpectCustomAsymmetricMatcher, check, isNot, (format) =>
    `${isNot ? "not." : ""}${name} ${format(args)}`);
}

// The text of a matcher in messages; undefined for anything else.
function describe(value, format) {
  return isAsymmetric(value) ? states.get(value).shown(format) : undefined;
}

module.exports = {
  compare, describe, isAsymmetric, jestEquals, makeCustom, makers, matches, strictEquals,
};
