// Matchers for what is in a list, a string or an object: items, keys, values, properties.
"use strict";

const { paint } = require("test/paint");
const { inspect } = require("bun/inspect");
const { jestEquals } = require("test/asymmetric");
const { isObject } = require("test/matchers-kinds");
const { valueDiff } = require("test/diff");
const values = require("test/matchers-values");

const { green, invalidArguments, isIterable, lines, needs, red, EXPECTED, NOT_A_LIST } = values;

const contains = lines("Expected to contain: ", "Expected to not contain: ");

// ---- Items -----------------------------------------------------------------------------------

// In a string, `toContain` looks for a part of it, `toContainEqual` for one character.
function isPart(whole, part, equals) {
  return (equals === Object.is || [...part].length === 1) && whole.includes(part);
}

const item = (name, word, equals) => ({
  params: EXPECTED,
  length: 1,
  prepare: needs(name, 1, "takes"),
  check(received, [expected]) {
    if (typeof received === "string" && typeof expected === "string") {
      return isPart(received, expected, equals);
    }
    const isBoxed = equals !== Object.is && expected instanceof String;
    const isText = typeof received === "string" && !isBoxed;
    if (!isIterable(received) || isText) throw new Error(NOT_A_LIST);
    for (const member of received) if (equals(member, expected)) return true;
    return false;
  },
  message: lines(`Expected to ${word}: `, `Expected to not ${word}: `),
});

const equalItem = item("toContainEqual", "contain", jestEquals);
const toContainEqual = {
  ...equalItem,
  answersItself: true,
  message: (received, args, context) => (context.isNot
    ? `Expected to not contain: ${green(args[0])}\n`
    : equalItem.message(received, args, context)),
};

// ---- Keys and values -------------------------------------------------------------------------

const list = (name, check, message = contains) => ({
  params: EXPECTED,
  length: 1,
  prepare(args) {
    needs(name, 1, "takes")(args);
    if (Array.isArray(args[0])) return;
    throw invalidArguments(`Expected expected to be a array for '${name}'.`);
  },
  check: (received, [expected]) => check(received, expected),
  message,
});

const has = (object, key) => Object.hasOwn(object, key);
const isIn = (members, wanted) => members.some((member) => jestEquals(member, wanted));
const valuesOf = (object) => (object === undefined || object === null ? [] : Object.values(object));

const toContainKey = {
  params: EXPECTED,
  length: 1,
  prepare: needs("toContainKey", 1, "takes"),
  check(received, [key]) {
    if (!isObject(received)) {
      throw invalidArguments(`Expected value must be an object\nReceived: ${inspect(received)}`);
    }
    return has(received, key);
  },
  message: contains,
};

const toContainValue = {
  params: EXPECTED,
  length: 1,
  prepare: needs("toContainValue", 1, "takes"),
  check: (received, [value]) => isIn(valuesOf(received), value),
  message: contains,
};

const allKeysLines = lines("Expected to contain all keys: ", "Expected to not contain all keys: ");

const keyed = {
  toContainKey,
  toContainValue,
  toContainKeys: list("toContainKeys", (received, keys) =>
    isObject(received) ? keys.every((key) => has(received, key)) : keys.length === 0),
  toContainAnyKeys: list("toContainAnyKeys", (received, keys) =>
    isObject(received) && keys.some((key) => has(received, key))),
  toContainAllKeys: list(
    "toContainAllKeys",
    (received, keys) => {
      const own = Object.keys(received);
      return own.length === keys.length && own.every((key) => isIn(keys, key));
    },
    (received, args, context) => allKeysLines(Object.keys(received), args, context),
  ),
  toContainValues: list("toContainValues", (received, wanted) =>
    received === undefined || received === null ||
      wanted.every((value) => isIn(valuesOf(received), value))),
  toContainAnyValues: list("toContainAnyValues", (received, wanted) =>
    wanted.some((value) => isIn(valuesOf(received), value)),
  lines("Expected to contain any of the following values: ",
    "Expected to not contain any of the following values: ")),
  toContainAllValues: list(
    "toContainAllValues",
    (received, wanted) => {
      const own = valuesOf(received);
      return own.length === wanted.length && wanted.length > 0 &&
        wanted.every((value) => isIn(own, value));
    },
    lines("Expected to contain all values: ", "Expected to not contain all values: "),
  ),
};

// ---- Properties ------------------------------------------------------------------------------

const PATH = "<green>path<r>";
const PATH_AND_VALUE = "<green>path<r><d>, <r><green>value<r>";

const SEPARATORS = new Set(["[", "]", "."]);

// The steps of "a.b[0]", undefined where there is none. As in Jest, brackets only separate, and a
// dot at an end or beside another stands for the property named "".
function stepsOf(path) {
  if (typeof path !== "string") return [...path];
  if (path === "") return [""];
  const steps = path[0] === "." ? [""] : [];
  let hasName = false;
  let index = 0;
  while (index < path.length) {
    while (SEPARATORS.has(path[index])) {
      const isDot = path[index] === ".";
      index++;
      if (index === path.length) {
        if (isDot) steps.push("");
        return isDot || hasName ? steps : undefined;
      }
      if (isDot && path[index] === ".") steps.push("");
    }
    const start = index;
    while (index < path.length && !SEPARATORS.has(path[index])) index++;
    steps.push(path.slice(start, index));
    hasName = true;
  }
  return steps;
}

// { value } of a property, or undefined where there is none.
function property(object, path) {
  if (object === undefined || object === null) return undefined;
  const steps = stepsOf(path);
  if (steps === undefined) return undefined;
  let value = object;
  for (const step of steps) {
    if (value === undefined || value === null || !(step in Object(value))) return undefined;
    value = value[step];
  }
  return { value };
}

const toHaveProperty = {
  params: PATH_AND_VALUE,
  length: 2,
  prepare(args) {
    if (args.length < 1) {
      throw invalidArguments("toHaveProperty() requires at least 1 argument");
    }
  },
  check(received, args) {
    const [path, expected] = args;
    if (typeof path !== "string" && !isIterable(path)) {
      throw new Error("Expected path must be a string or an array");
    }
    const found = property(received, path);
    if (found === undefined) return false;
    return args.length < 2 || jestEquals(found.value, expected);
  },
  message(received, args, { isNot }) {
    const [path, expected] = args;
    const found = property(received, path);
    if (isNot) return absentMessage(path, args, found);
    if (args.length < 2) {
      return {
        params: PATH,
        text: `Expected path: ${green(path)}\n\nUnable to find property\n`,
      };
    }
    if (found !== undefined) return `${valueDiff(found.value, expected, false)}\n`;
    return `Expected path: ${green(path)}\n\nExpected value: ${green(expected)}\n\n` +
      "Unable to find property\n";
  },
};

function absentMessage(path, args, found) {
  if (args.length > 1) {
    return `Expected path: ${green(path)}\n\nExpected value: not ${green(args[1])}\n`;
  }
  const text = paint`Expected path: not ${green(path)}\n\nReceived value: ${red(found.value)}\n`;
  return { params: PATH, text };
}

module.exports = {
  matchers: {
    toContain: item("toContain", "contain", Object.is),
    toContainEqual,
    ...Object.fromEntries(Object.entries(keyed).map(([name, spec]) =>
      [name, { ...spec, answersItself: true }])),
    toHaveProperty,
  },
};
