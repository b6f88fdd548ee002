// Matchers for mock functions: how often they were called, with what, and what they returned.
"use strict";

const { paint } = require("test/paint");
const { inspect } = require("bun/inspect");
const { jestEquals } = require("test/asymmetric");
const { recordOf } = require("test/mock");
const { valueDiff } = require("test/diff");
const { green, invalidArguments, red, EXPECTED } = require("test/matchers-values");

const isCount = (value) => Number.isInteger(value) && value >= 0 && value <= 0xffffffff;
const plural = (count) => (count === 1 ? "" : "s");

function record(received) {
  const found = recordOf(received);
  if (found !== undefined) return found;
  throw new Error(`Expected value must be a mock function: ${inspect(received)}`);
}

// For matchers of arguments, which say so as a matcher's failure.
function recordFor(received, context) {
  const found = recordOf(received);
  if (found !== undefined) return found;
  const { isNot } = context.state;
  context.state.isNot = false;
  const error = context.fail(
    paint`Matcher error: <red>received<r> value must be a mock function\n` +
    `Received: ${inspect(received)}`);
  context.state.isNot = isNot;
  throw error;
}

// ---- Counts ----------------------------------------------------------------------------------

const countLines = (expected, received) =>
  paint`Expected number of calls: ${expected}\nReceived number of calls: <red>${received}<r>\n`;

const toHaveBeenCalled = {
  params: "",
  length: 0,
  check(received, [argument]) {
    const { calls } = record(received);
    if (argument === undefined) return calls.length > 0;
    throw invalidArguments("toHaveBeenCalled() must not have an argument");
  },
  message: (received, _, { isNot }) =>
    countLines(isNot ? paint`<green>0<r>` : paint`>= <green>1<r>`, record(received).calls.length),
};

const times = (check, countOf) => ({
  params: EXPECTED,
  length: 1,
  check,
  message(received, args, { isNot }) {
    const count = paint`${isNot ? "not " : ""}<green>${countOf(args)}<r>`;
    return countLines(count, record(received).calls.length);
  },
});

const toHaveBeenCalledOnce = {
  ...times((received) => record(received).calls.length === 1, () => 1),
  length: 0,
};

const toHaveBeenCalledTimes = times((received, [count]) => {
  const { calls } = record(received);
  if (!isCount(count)) {
    throw invalidArguments("toHaveBeenCalledTimes() requires 1 non-negative integer argument");
  }
  return calls.length === count;
}, ([count]) => count);

// ---- Arguments -------------------------------------------------------------------------------

const ARGUMENTS = "<green>...expected<r>";
const sameArguments = (call, expected) =>
  call.length === expected.length && expected.every((item, at) => jestEquals(call[at], item));

const numbered = (items, width, show) =>
  items.map((item, at) => `           ${String(at + 1).padStart(width)}: ${show(item)}`).join("\n");

const toHaveBeenCalledWith = {
  params: ARGUMENTS,
  length: 0,
  check: (received, expected, context) =>
    recordFor(received, context).calls.some((call) => sameArguments(call, expected)),
  message(received, expected, { isNot }) {
    const { calls } = record(received);
    if (isNot) {
      return `Expected mock function not to have been called with: ${green(expected)}\nBut it was.`;
    }
    if (calls.length === 0) return `Expected: ${green(expected)}\nBut it was not called.`;
    if (calls.length === 1) return `${valueDiff(calls[0], expected, false)}\n`;
    return paint`    <green>Expected<r>: ${inspect(expected)}\n    <red>Received<r>:\n` +
      `${numbered(calls, 4, inspect)}\n\n    Number of calls: ${calls.length}\n`;
  },
};

const toHaveBeenLastCalledWith = {
  params: ARGUMENTS,
  length: 0,
  check(received, expected, context) {
    const { calls } = recordFor(received, context);
    return calls.length > 0 && sameArguments(calls[calls.length - 1], expected);
  },
  message(received, expected, { isNot }) {
    const { calls } = record(received);
    if (isNot) return `Expected last call not to be with: ${green(expected)}\nBut it was.`;
    if (calls.length === 0) return `Expected: ${green(expected)}\nBut it was not called.`;
    return `${valueDiff(calls[calls.length - 1], expected, false)}\n`;
  },
};

function requestedCall(calls, number) {
  return `The mock function was called ${calls.length} time${plural(calls.length)}, ` +
    `but call ${number} was requested.`;
}

const toHaveBeenNthCalledWith = {
  params: `<green>n<r>, ${ARGUMENTS}`,
  length: 0,
  check(received, [number, ...expected], context) {
    const { calls } = recordFor(received, context);
    const name = "toHaveBeenNthCalledWith()";
    if (!Number.isInteger(number)) {
      throw invalidArguments(`${name} requires a positive integer as the first argument`);
    }
    if (number <= 0) {
      throw invalidArguments(`${name} first argument must be a positive integer`);
    }
    return calls.length >= number && sameArguments(calls[number - 1], expected);
  },
  message(received, [number, ...expected], { isNot }) {
    const { calls } = record(received);
    if (isNot) return `Expected call #${number} not to be with: ${green(expected)}\nBut it was.`;
    if (calls.length < number) return requestedCall(calls, number);
    return `Call #${number}:\n${valueDiff(calls[number - 1], expected, false)}\n`;
  },
};

// ---- Returns ---------------------------------------------------------------------------------

const returned = (received) => record(received).results.filter(({ type }) => type === "return");

const returnCount = (holds, countOf, signs) => ({
  params: EXPECTED,
  length: 1,
  check: (received, args) => holds(returned(received).length, countOf(args)),
  message(received, args, { isNot }) {
    const sign = signs[isNot ? 1 : 0];
    const space = " ".repeat(sign.length);
    return paint`Expected number of succesful returns: ${sign}<green>${countOf(args)}<r>\n` +
      paint`Received number of succesful returns: ${space}<red>${returned(received).length}<r>\n` +
      paint`Received number of calls:             ${space}` +
      paint`<red>${record(received).results.length}<r>\n`;
  },
});

const toHaveReturned = returnCount(
  (count) => count >= 1,
  (args) => {
    if (args[0] === undefined) return 1;
    throw invalidArguments("toHaveReturned() must not have an argument");
  },
  [">= ", "< "],
);

const toHaveReturnedTimes = returnCount(
  (count, expected) => count === expected,
  ([count]) => {
    if (isCount(count)) return count;
    throw invalidArguments("toHaveReturnedTimes() requires 1 non-negative integer argument");
  },
  ["== ", "!= "],
);

const expectedAndReceived = (expected, received) =>
  typeof expected === "string" && typeof received === "string"
    ? `${valueDiff(received, expected, false)}\n`
    : `Expected: ${green(expected)}\nReceived: ${red(received)}`;

function showResult({ type, value }) {
  if (type === "return") return inspect(value);
  return type === "throw" ? `function call threw an error: ${inspect(value)}` : "<incomplete call>";
}

function noReturnMatches(received, expected) {
  const { results } = record(received);
  const values = returned(received).map(({ value }) => value);
  if (results.length === 1 && values.length === 1) return expectedAndReceived(expected, values[0]);
  if (results.some(({ type }) => type === "throw")) {
    return `Some calls errored:\n\n    Expected: ${inspect(expected)}\n    Received:\n` +
      `${numbered(results, 2, showResult)}\n\n    Number of returns: ${values.length}\n` +
      `    Number of calls:   ${results.length}\n`;
  }
  return paint`    <green>Expected<r>: ${inspect(expected)}\n    <red>Received<r>:\n` +
    `${numbered(values, 4, inspect)}\n\n    Number of returns: ${values.length}\n`;
}

const toHaveReturnedWith = {
  params: EXPECTED,
  length: 1,
  check: (received, [expected]) =>
    returned(received).some(({ value }) => jestEquals(value, expected)),
  message: (received, [expected], { isNot }) => isNot
    ? `Expected mock function not to have returned: ${green(expected)}\n`
    : noReturnMatches(received, expected),
};

const isReturn = (result, expected) =>
  result?.type === "return" && jestEquals(result.value, expected);

const toHaveLastReturnedWith = {
  params: EXPECTED,
  length: 1,
  check: (received, [expected]) => isReturn(record(received).results.at(-1), expected),
  message(received, [expected], { isNot }) {
    const last = record(received).results.at(-1);
    let text;
    if (isNot) {
      text = `Expected mock function not to have last returned: ${green(expected)}\nBut it did.\n`;
    } else if (last === undefined) text = "The mock function was not called.";
    else if (last.type === "throw") text = `The last call threw an error: ${red(last.value)}\n`;
    else text = expectedAndReceived(expected, last.value);
    return { name: "toHaveBeenLastReturnedWith", text };
  },
};

const toHaveNthReturnedWith = {
  params: `<green>n<r>, ${EXPECTED}`,
  length: 1,
  check(received, [number, expected]) {
    const { results } = record(received);
    if (!Number.isInteger(number)) {
      throw invalidArguments("toHaveNthReturnedWith() first argument must be an integer");
    }
    if (number <= 0) {
      throw invalidArguments("toHaveNthReturnedWith() n must be greater than 0");
    }
    return isReturn(results[number - 1], expected);
  },
  message(received, [number, expected], { isNot }) {
    const { results } = record(received);
    const result = results[number - 1];
    if (isNot) {
      const what = `Expected mock function not to have returned on call ${number}`;
      return `${what}: ${green(expected)}\nBut it did.\n`;
    }
    if (result === undefined) return `${requestedCall(results, number)}\n`;
    if (result.type === "throw") return `Call ${number} threw an error: ${red(result.value)}\n`;
    return `Call ${number}:\n${expectedAndReceived(expected, result.value)}`;
  },
};

module.exports = {
  matchers: {
    toHaveBeenCalled, toHaveBeenCalledOnce, toHaveBeenCalledTimes, toHaveBeenCalledWith,
    toHaveBeenLastCalledWith, toHaveBeenNthCalledWith, toHaveReturned, toHaveReturnedTimes,
    toHaveReturnedWith, toHaveLastReturnedWith, toHaveNthReturnedWith,
  },
  aliases: {
    toBeCalled: "toHaveBeenCalled",
    toBeCalledTimes: "toHaveBeenCalledTimes",
    toBeCalledWith: "toHaveBeenCalledWith",
    lastCalledWith: "toHaveBeenLastCalledWith",
    nthCalledWith: "toHaveBeenNthCalledWith",
    toReturn: "toHaveReturned",
    lastReturnedWith: "toHaveLastReturnedWith",
    nthReturnedWith: "toHaveNthReturnedWith",
  },
};
