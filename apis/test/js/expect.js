// expect(): the object that matchers hang on, how a matcher is run, and expect's own functions.
//
// A matcher is described by { params, length, check, message }: `check(received, args, context)`
// answers whether it holds, `message(received, args, context)` the text below the signature when
// it fails. One that `answersItself` returns the Expect, as some of Bun's do. The families of
// matchers are in the modules matchers-*.
"use strict";

const { Object, Promise, Reflect, Symbol, WeakSet } = globalThis;
const { paint, paintText } = require("test/paint");
const { inspect } = require("bun/inspect");
const { runner } = require("test/state");
const asymmetric = require("test/asymmetric");
const execution = require("test/execution");

const then = Promise.prototype.then;

// Private state of an Expect, readable in this module only.
let stateOf;

class Expect {
  #state;

  constructor(state) {
    if (state === undefined) throw new TypeError("expect() cannot be called with new");
    this.#state = state;
  }

  static {
    stateOf = (expect) => expect.#state;
  }

  get not() {
    const state = this.#state;
    state.isNot = !state.isNot;
    return this;
  }

  get resolves() {
    const state = this.#state;
    if (state.promise === "rejects") throw new Error("Cannot chain .resolves() after .rejects()");
    state.promise = "resolves";
    return this;
  }

  get rejects() {
    const state = this.#state;
    if (state.promise === "resolves") throw new Error("Cannot chain .rejects() after .resolves()");
    state.promise = "rejects";
    return this;
  }
}
Object.defineProperty(Expect.prototype, Symbol.toStringTag, { value: "Expect" });

class State {
  constructor(value, label, sequence) {
    this.value = value;
    this.label = label;
    this.sequence = sequence;
    this.file = runner.file;
    this.isNot = false;
    this.promise = undefined;
  }
}

const hasText = (value) =>
  typeof value === "string" ||
  (typeof value === "object" && value !== null && typeof value.toString === "function");

const functions = {
  // The name is that of Bun's class; `expect` is how it is exported.
  expect(value) {
    const given = arguments[1];
    const label = given !== undefined && hasText(given) ? String(given) : "";
    return new Expect(new State(value, label, execution.currentSequence()));
  },
};
const { expect } = functions;
Object.defineProperty(expect, "name", { value: "Expect", configurable: true });
Object.defineProperty(expect, "length", { value: 0, configurable: true });

// ---- Running a matcher -----------------------------------------------------------------------

function signature(name, params, { isNot, promise }) {
  const chain = (promise === undefined ? "" : `${promise}<d>.<r>`) + (isNot ? "not<d>.<r>" : "");
  return paintText(
    `<d>expect(<r><red>received<r><d>).<r>${chain}${name}<d>(<r>${params}<d>)<r>`);
}

function failure(name, params, state, message) {
  const head = state.label === "" ? signature(name, params, state) : state.label;
  return matcherError(`${head}\n\n${message}`);
}

// Errors of matchers, which reports call assertion errors.
const matcherErrors = new WeakSet();

function matcherError(message) {
  const error = new Error(message);
  matcherErrors.add(error);
  return error;
}

class Context {
  constructor(state, name, spec) {
    this.state = state;
    this.name = name;
    this.spec = spec;
  }

  get isNot() {
    return this.state.isNot;
  }

  // Bun's messages of most matchers name `.not` but not `.resolves`. A message may bring
  // parameters or a name of its own.
  fail(message) {
    const { isNot, label } = this.state;
    const params = message.params ?? this.spec.params;
    const text = message.text ?? message;
    return failure(message.name ?? this.name, params, { isNot, label, promise: undefined }, text);
  }
}

// An expectation that is judged later: its test waits for it, and its error points at where it
// was made, as if it had been judged there.
function judgeLater(state, judged) {
  const error = new Error("judged later");
  return execution.outlast(state.sequence, Reflect.apply(then, judged, [undefined, (late) => {
    if (!matcherErrors.has(late)) throw late;
    error.message = late.message;
    matcherErrors.add(error);
    throw error;
  }]));
}

// Promises that `expect.resolvesTo` and its like met before they were settled, in the comparison
// that runs: it is made again once they are.
let pending = [];

function conclude(state, name, spec, value, args) {
  const context = new Context(state, name, spec);
  const judge = () => {
    const before = pending;
    pending = [];
    const passes = spec.check(value, args, context) !== state.isNot;
    const waited = pending;
    pending = before;
    if (waited.length > 0) {
      return judgeLater(state, Reflect.apply(then, Promise.allSettled(waited), [judge]));
    }
    if (passes) return undefined;
    throw context.fail(spec.message(value, args, context));
  };
  const awaited = spec.begin?.(value, args, context);
  return awaited === undefined ? judge() : Reflect.apply(then, awaited, [judge]);
}

function promiseFailure(state, name, spec, message, value) {
  const text = paint`${paintText(message)}<red>${inspect(value)}<r>\n`;
  return failure(name, spec.params, state, text);
}

const RESOLVED = "Expected promise that rejects<r>\nReceived promise that resolved: ";
const REJECTED = "Expected promise that resolves<r>\nReceived promise that rejected: ";

function runSettled(state, name, spec, args, hasRejected, value) {
  if (hasRejected !== (state.promise === "rejects")) {
    const message = hasRejected ? REJECTED : RESOLVED;
    throw promiseFailure(state, name, spec, message, state.value);
  }
  execution.countExpectation(state.sequence);
  return conclude(state, name, spec, value, args);
}

// `.resolves` and `.rejects`: at once where the promise is settled, else a promise, which the test
// that runs waits for.
function runPromised(state, name, spec, args) {
  const { value } = state;
  const [status, result] = execution.settledState(value);
  if (status === "unknown") {
    throw promiseFailure(state, name, spec, "Expected promise<r>\nReceived: ", value);
  }
  const settle = (hasRejected) => (outcome) =>
    runSettled(state, name, spec, args, hasRejected, outcome);
  if (status === "pending") {
    return judgeLater(state, Reflect.apply(then, value, [settle(false), settle(true)]));
  }
  if (status === "rejected") Reflect.apply(then, value, [undefined, () => {}]);
  return settle(status === "rejected")(result);
}

function runMatcher(state, name, spec, args) {
  if (state.promise === undefined) execution.countExpectation(state.sequence);
  spec.prepare?.(args, state);
  if (state.promise !== undefined) return runPromised(state, name, spec, args);
  return conclude(state, name, spec, state.value, args);
}

// An alias is called `name` in messages, not `property`.
function defineMatcher(property, name, spec) {
  const { [property]: matcher } = {
    [property](...args) {
      const judged = runMatcher(stateOf(this), name, spec, args);
      return spec.answersItself && judged === undefined ? this : judged;
    },
  };
  Object.defineProperty(matcher, "length", { value: spec.length, configurable: true });
  Object.defineProperty(Expect.prototype, property, {
    value: matcher, writable: true, configurable: true, enumerable: true,
  });
}

const FAMILIES = [
  "test/matchers-values", "test/matchers-kinds", "test/matchers-collections",
  "test/matchers-calls", "test/matchers-throw", "test/matchers-snapshots",
];
for (const family of FAMILIES) {
  const { matchers, aliases } = require(family);
  for (const name of Object.keys(matchers)) defineMatcher(name, name, matchers[name]);
  for (const alias of Object.keys(aliases ?? {})) {
    defineMatcher(alias, aliases[alias], matchers[aliases[alias]]);
  }
}

// ---- pass() and fail() -----------------------------------------------------------------------

function messageArgument(args, name, fallback) {
  if (args.length === 0) return fallback;
  if (typeof args[0] === "string") return args[0];
  const error = new TypeError(`Expected message to be a string for '${name}'.`);
  error.code = "ERR_INVALID_ARG_TYPE";
  throw error;
}

for (const [name, outcome] of [["pass", true], ["fail", false]]) {
  const { [name]: method } = {
    [name](message) {
      const state = stateOf(this);
      const text = messageArgument(arguments.length === 0 ? [] : [message], name,
        outcome ? "passes by .pass() assertion" : "fails by .fail() assertion");
      execution.countExpectation(state.sequence);
      if (outcome !== state.isNot) return;
      throw failure(name, "", { ...state, isNot: true }, `${text}\n`);
    },
  };
  Object.defineProperty(Expect.prototype, name, {
    value: method, writable: true, configurable: true, enumerable: true,
  });
}

// ---- expect.extend() -------------------------------------------------------------------------

const utils = {
  EXPECTED_COLOR: (text) => paint`<green>${text}<r>`,
  RECEIVED_COLOR: (text) => paint`<red>${text}<r>`,
  stringify: (value) => inspect(value),
  printExpected: (value) => paint`<green>${inspect(value)}<r>`,
  printReceived: (value) => paint`<red>${inspect(value)}<r>`,
  matcherHint(name, received = "received", expected = "expected", options = {}) {
    const { isNot, promise, comment, secondArgument } = options;
    let text = `<d>expect(<r><red>${received}<r><d>)<r>`;
    if (promise) text += `<d>.<r>${promise}`;
    if (isNot) text += "<d>.<r>not";
    const second = secondArgument ? `<d>, <r><green>${secondArgument}<r>` : "";
    text += `<d>.<r>${name}<d>(<r><green>${expected}<r>${second}<d>)<r>`;
    if (comment) text += `<d> // ${comment}<r>`;
    return paintText(text);
  },
};

function customContext(isNot, promise) {
  return {
    isNot,
    promise: promise ?? "",
    equals: (left, right) => asymmetric.jestEquals(left, right),
    utils,
  };
}

function invalidResult(name, result) {
  return new Error(
    `Unexpected return from matcher function \`${name}\`.\n` +
    "Matcher functions should return an object in the following format:\n" +
    "  {message?: string | function, pass: boolean}\n" +
    `'${inspect(result)}' was returned`);
}

function readResult(name, result) {
  const isObject = typeof result === "object" && result !== null;
  if (!isObject || typeof result.pass === "undefined") throw invalidResult(name, result);
  return { pass: Boolean(result.pass), message: result.message };
}

function customMessage(name, message, args) {
  if (typeof message === "function") return String(message());
  if (message !== undefined && message !== null) return String(message);
  return `No message was specified for this matcher.`;
}

// The names of a matcher's parameters, as its source has them, without the first.
function parameterNames(check) {
  const source = Reflect.apply(Function.prototype.toString, check, []);
  const list = /^[^(]*\(([^)]*)\)/.exec(source)?.[1] ?? "";
  return list.split(",").slice(1).map((name) => name.trim()).filter(Boolean).join(", ");
}

function concludeCustom(state, { name, check, args }, result) {
  const { pass, message } = readResult(name, result);
  if (pass !== state.isNot) return;
  const head = signature(name, parameterNames(check), { isNot: false, promise: undefined });
  throw matcherError(`${head}\n\n${customMessage(name, message, args)}`);
}

function runCustom(state, name, check, args) {
  const call = { name, check, args };
  const run = (value) => {
    if (state.promise === undefined) execution.countExpectation(state.sequence);
    const context = customContext(state.isNot, state.promise);
    const result = Reflect.apply(check, context, [value, ...args]);
    if (!execution.isPromise(result)) return concludeCustom(state, call, result);
    const [status, outcome] = execution.settledState(result);
    if (status === "fulfilled") return concludeCustom(state, call, outcome);
    const judged = Reflect.apply(then, result, [(late) => concludeCustom(state, call, late)]);
    return state.promise === undefined ? judgeLater(state, judged) : judged;
  };
  if (state.promise === undefined) return run(state.value);
  const spec = { params: "", check: () => !state.isNot };
  const settled = (hasRejected) => (value) => {
    runSettled(state, name, spec, args, hasRejected, value);
    return run(value);
  };
  const [status, result] = execution.settledState(state.value);
  if (status === "unknown") {
    throw promiseFailure(state, name, spec, "Expected promise<r>\nReceived: ", state.value);
  }
  if (status !== "pending") {
    if (status === "rejected") Reflect.apply(then, state.value, [undefined, () => {}]);
    return settled(status === "rejected")(result);
  }
  return judgeLater(state, Reflect.apply(then, state.value, [settled(false), settled(true)]));
}

function customAsymmetric(name, check, isNot) {
  return (...args) => {
    const matches = (value) => {
      const context = customContext(isNot, undefined);
      const result = Reflect.apply(check, context, [value, ...args]);
      const [status, outcome] = execution.settledState(result);
      if (status === "rejected") {
        Reflect.apply(then, result, [undefined, () => {}]);
        throw outcome;
      }
      return readResult(name, status === "unknown" ? result : outcome).pass;
    };
    return asymmetric.makeCustom(name, matches, args, isNot);
  };
}

function extend(matchers) {
  if (typeof matchers !== "object" && typeof matchers !== "function" || matchers === null) {
    throw new TypeError("expect.extend: Expected object argument");
  }
  for (const name in matchers) {
    const check = matchers[name];
    if (typeof check !== "function") {
      throw new TypeError(
        `expect.extend: \`${name}\` is not a valid matcher. Must be a function, ` +
        `is "${check === null ? "null" : typeof check}"`);
    }
    const { [name]: matcher } = {
      [name](...args) {
        return runCustom(stateOf(this), name, check, args);
      },
    };
    const attributes = { writable: true, configurable: true, enumerable: true };
    Object.defineProperty(Expect.prototype, name, { value: matcher, ...attributes });
    const positive = customAsymmetric(name, check, false);
    Object.defineProperty(expect, name, { value: positive, ...attributes });
    const negative = customAsymmetric(name, check, true);
    Object.defineProperty(negated, name, { value: negative, ...attributes });
  }
}

// ---- expect's own functions ------------------------------------------------------------------

function needSequence(name) {
  const sequence = execution.currentSequence();
  if (sequence !== undefined) return sequence;
  throw new Error(`${name}() must be called within a test`);
}

const negated = asymmetric.makers(true);

const statics = {
  ...asymmetric.makers(false),
  extend(matchers) { extend(matchers); },
  addSnapshotSerializer(serializer) {
    throw new Error("Not implemented");
  },
  assertions(count) {
    if (typeof count !== "number" || !Number.isInteger(count)) {
      throw new TypeError("Expected value must be a non-negative integer");
    }
    if (count < 0) throw new TypeError("Expected value must be a non-negative integer: " + count);
    needSequence("expect.assertions").expectedCalls = count;
  },
  hasAssertions(count) {
    needSequence("expect.hasAssertions").expectedCalls ??= "some";
  },
  unreachable(reason) {
    if (reason instanceof Error) throw reason;
    if (reason === undefined) throw new Error("reached unreachable code");
    const { name } = Object(reason);
    const error = new Error(String(reason));
    error.name = name ?? "UnreachableError";
    throw error;
  },
};
for (const name of Object.keys(statics)) {
  const value = statics[name];
  Object.defineProperty(value, "length", { value: 1, configurable: true });
  Object.defineProperty(expect, name, {
    value, writable: true, configurable: true, enumerable: true,
  });
}

const staticGetter = (name, get) =>
  Object.defineProperty(expect, name, { get, configurable: true, enumerable: true });
staticGetter("not", () => negated);
staticGetter("resolvesTo", () => promised("resolves"));
staticGetter("rejectsTo", () => promised("rejects"));

for (const [name, kind] of [["resolvesTo", "resolves"], ["rejectsTo", "rejects"]]) {
  Object.defineProperty(negated, name, { get: () => promised(kind).not, configurable: true });
}

// expect.resolvesTo.stringContaining(...): asymmetric matchers for what a promise settles to.
function promised(kind) {
  const wrap = (made) => {
    const wrapped = {};
    for (const name of Object.keys(made)) {
      wrapped[name] = (...args) => {
        const matcher = made[name](...args);
        const check = (value) => {
          const [status, result] = execution.settledState(value);
          if (status === "pending") pending.push(value);
          const wanted = kind === "rejects" ? "rejected" : "fulfilled";
          return status === wanted && asymmetric.matches(matcher, result);
        };
        return asymmetric.makeCustom(name, check, args, false);
      };
    }
    return wrapped;
  };
  const made = wrap(asymmetric.makers(false));
  return Object.defineProperty(made, "not", { get: () => wrap(asymmetric.makers(true)) });
}

expect.prototype = Expect.prototype;
Object.defineProperty(Expect.prototype, "constructor", { value: expect, configurable: true });

const isMatcherError = (error) => matcherErrors.has(error);

module.exports = { Expect, expect, isMatcherError, stateOf };
