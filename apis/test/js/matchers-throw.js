// toThrow.
"use strict";

const { paint } = require("test/paint");
const { inspect } = require("bun/inspect");
const { promiseState } = require("runtime/engine");
const asyncContext = require("runtime/async-context");
const asymmetric = require("test/asymmetric");
const { green, red, EXPECTED } = require("test/matchers-values");

const isObject = (value) =>
  (typeof value === "object" && value !== null) || typeof value === "function";

const then = Promise.prototype.then;
const handled = (promise) => Reflect.apply(then, promise, [undefined, () => {}]);

// What a function throws, or a promise is rejected with: { thrown } or { returned }. A function
// that answers a promise throws what that is rejected with: { pending } until it is settled.
function outcomeOf(received, { state }) {
  if (typeof received !== "function") {
    if (state.promise === "rejects") return { thrown: asyncContext.adopt(received) };
    if (state.promise === "resolves") {
      return isError(received) ? { thrown: received } : { returned: received };
    }
    throw new Error("Expected value must be a function");
  }
  try {
    const returned = received();
    const [status, result] = require("test/execution").settledState(returned);
    if (status === "unknown") return { returned };
    handled(returned);
    if (status === "pending") return { pending: returned };
    return status === "rejected" ? { thrown: asyncContext.adopt(result) } : { returned };
  } catch (thrown) {
    // A promise that is thrown is not waited for; its rejection is seen.
    if (isObject(thrown) && promiseState(thrown)[0] !== "unknown") handled(thrown);
    return { thrown: asyncContext.adopt(thrown) };
  }
}

// Finds the outcome for `check`; answers a promise where that has to be waited for.
function begin(received, args, context) {
  context.outcome = outcomeOf(received, context);
  const { pending } = context.outcome;
  if (pending === undefined) return undefined;
  return Reflect.apply(then, pending, [
    () => { context.outcome = { returned: pending }; },
    (thrown) => { context.outcome = { thrown: asyncContext.adopt(thrown) }; },
  ]);
}

const isError = (value) => value instanceof Error;

// What is expected: { kind, value }.
function expectation([expected]) {
  if (expected === undefined || expected === "") return { kind: "any" };
  if (typeof expected === "string") return { kind: "substring", value: expected };
  if (expected instanceof RegExp) return { kind: "pattern", value: expected };
  if (asymmetric.isAsymmetric(expected)) return { kind: "matcher", value: expected };
  if (!isObject(expected)) {
    throw new Error(`Expected value must be string or Error: ${inspect(expected)}`);
  }
  if (expected.message !== undefined) return { kind: "message", value: expected.message };
  return { kind: "constructor", value: expected };
}

// The message of what was thrown, where it has one.
const messageOf = (thrown) => (isObject(thrown) ? thrown.message : String(thrown));

const CHECKS = {
  any: () => true,
  substring: (thrown, text) => {
    const message = messageOf(thrown);
    return message !== undefined && String(message).includes(text);
  },
  pattern: (thrown, pattern) => {
    const message = messageOf(thrown);
    return message !== undefined && Boolean(pattern.test(message));
  },
  matcher: (thrown, matcher) => asymmetric.strictEquals(thrown, matcher),
  message: (thrown, message) => Object.is(messageOf(thrown), message),
  constructor: (thrown, constructor) =>
    typeof constructor === "function" && thrown instanceof constructor,
};

const className = (value) =>
  (typeof value === "function" ? value.name : value?.constructor?.name) ?? "";
const classOf = (value) => value?.constructor?.name ?? "";

function thrownAny(thrown) {
  const text = isError(thrown)
    ? paint`Error name: ${red(thrown.name)}\nError message: ${red(thrown.message)}\n`
    : `Thrown value: ${red(thrown)}\n`;
  return { params: "", text };
}

function shouldNotThrow({ kind, value }, thrown) {
  const message = messageOf(thrown);
  switch (kind) {
    case "any": return thrownAny(thrown);
    case "substring":
    case "pattern":
      return `Expected ${kind}: not ${green(value)}\nReceived message: ${red(message)}\n`;
    case "message": return `Expected message: not ${green(value)}\n`;
    case "matcher":
      return `Expected value: not ${green(value)}\nReceived value: ${red(thrown)}\n`;
    default:
      return paint`Expected constructor: not <green>${className(value)}<r>\n\n` +
        `Received message: ${red(message)}\n`;
  }
}

function threwOther({ kind, value }, thrown) {
  const message = messageOf(thrown);
  const received = message === undefined
    ? `Received value: ${red(thrown)}`
    : `Received message: ${red(message)}\n`;
  switch (kind) {
    case "substring":
    case "pattern":
      return `Expected ${kind}: ${green(value)}\n${received}`;
    case "message":
      return `Expected message: ${green(value)}\n${received.replace(/\n?$/, "\n")}`;
    case "matcher":
      return `Expected value: ${green(value)}\nReceived value: ${red(thrown)}\n`;
    default:
      return paint`Expected constructor: <green>${className(value)}<r>\n` +
        paint`Received constructor: <red>${classOf(thrown)}<r>\n\n` +
        received.replace(/\n?$/, "\n");
  }
}

function didNotThrow({ kind, value }, returned) {
  const tail = `Received function did not throw\nReceived value: ${red(returned)}\n`;
  if (kind === "any") return { params: "", text: tail };
  const shown = kind === "constructor" ? paint`<green>${className(value)}<r>` : green(value);
  const word = kind === "matcher" ? "value" : kind;
  return `Expected ${word}: ${shown}\n\n${tail}`;
}

const toThrow = {
  params: EXPECTED,
  length: 1,
  prepare: expectation,
  begin,
  check(received, args, context) {
    context.expectation = expectation(args);
    const { outcome } = context;
    if (!("thrown" in outcome)) return false;
    const { kind, value } = context.expectation;
    return CHECKS[kind](outcome.thrown, value);
  },
  message(received, args, { isNot, expectation: expected, outcome }) {
    if (isNot) return shouldNotThrow(expected, outcome.thrown);
    if ("thrown" in outcome) return threwOther(expected, outcome.thrown);
    return didNotThrow(expected, outcome.returned);
  },
};

module.exports = { matchers: { toThrow }, aliases: { toThrowError: "toThrow" }, outcomeOf };
