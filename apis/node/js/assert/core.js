// node:assert. Checks throw an AssertionError, whose making (and all that it takes to word the
// difference) is in modules of its own that load when a check fails.
//
// As in Bun, deepEqual is what Bun.deepEquals calls equal, not Node's comparison by ==.
"use strict";

const {
  ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_MISSING_ARGS, makeError, validateFunction,
} = require("node/errors");
const { isDeepStrictEqual, isPartiallyEqual } = require("node/deep-equal");
const { Object, Symbol } = globalThis;

const OPTIONS = Symbol("options");

const isDeepEqual = (left, right) => require("bun/deep-equals").equals(left, right, false);
const { adopt } = require("runtime/async-context");
const failures = () => require("node/assert-failures");

function fail(assertion, actual, expected, message, operator, start) {
  const diff = assertion?.[OPTIONS]?.diff;
  failures().fail({ actual, expected, message, operator, stackStartFn: start, diff });
}

function needTwo(count) {
  if (count < 2) throw ERR_MISSING_ARGS("actual", "expected");
}

const skipsPrototypes = (assertion) => assertion?.[OPTIONS]?.skipPrototype;

// As == has it, NaN being equal to itself.
function isLooselyEqual(left, right) {
  return left == right || (left !== left && right !== right);
}

const checks = {
  ok(...args) {
    if (!args[0]) failures().failTruth(ok, args.length, args[0], args[1]);
  },
  fail(actual, expected, message, operator, stackStartFn) {
    failures().failByHand(this, arguments.length, actual, expected, message, operator,
      stackStartFn || checks.fail);
  },
  equal(actual, expected, message) {
    needTwo(arguments.length);
    if (!isLooselyEqual(actual, expected)) {
      fail(this, actual, expected, message, "==", checks.equal);
    }
  },
  notEqual(actual, expected, message) {
    needTwo(arguments.length);
    if (isLooselyEqual(actual, expected)) {
      fail(this, actual, expected, message, "!=", checks.notEqual);
    }
  },
  deepEqual(actual, expected, message) {
    needTwo(arguments.length);
    if (!isDeepEqual(actual, expected)) {
      fail(this, actual, expected, message, "deepEqual", checks.deepEqual);
    }
  },
  notDeepEqual(actual, expected, message) {
    needTwo(arguments.length);
    if (isDeepEqual(actual, expected)) {
      fail(this, actual, expected, message, "notDeepEqual", checks.notDeepEqual);
    }
  },
  deepStrictEqual(actual, expected, message) {
    needTwo(arguments.length);
    if (!isDeepStrictEqual(actual, expected, skipsPrototypes(this))) {
      fail(this, actual, expected, message, "deepStrictEqual", checks.deepStrictEqual);
    }
  },
  notDeepStrictEqual(actual, expected, message) {
    needTwo(arguments.length);
    if (isDeepStrictEqual(actual, expected, skipsPrototypes(this))) {
      fail(this, actual, expected, message, "notDeepStrictEqual", checks.notDeepStrictEqual);
    }
  },
  strictEqual(actual, expected, message) {
    needTwo(arguments.length);
    if (!Object.is(actual, expected)) {
      fail(this, actual, expected, message, "strictEqual", checks.strictEqual);
    }
  },
  notStrictEqual(actual, expected, message) {
    needTwo(arguments.length);
    if (Object.is(actual, expected)) {
      fail(this, actual, expected, message, "notStrictEqual", checks.notStrictEqual);
    }
  },
  partialDeepStrictEqual(actual, expected, message) {
    needTwo(arguments.length);
    if (!isPartiallyEqual(actual, expected)) {
      fail(this, actual, expected, message, "partialDeepStrictEqual",
        checks.partialDeepStrictEqual);
    }
  },
  match(string, regexp, message) {
    failures().match(string, regexp, message, checks.match);
  },
  doesNotMatch(string, regexp, message) {
    failures().match(string, regexp, message, checks.doesNotMatch);
  },
  throws(promiseFn, ...args) {
    failures().expectError(checks.throws, caught(promiseFn), args);
  },
  async rejects(promiseFn, ...args) {
    const actual = await rejection(promiseFn);
    failures().afterWait("rejects", () => failures().expectError(checks.rejects, actual, args));
  },
  doesNotThrow(fn, ...args) {
    failures().expectNoError(checks.doesNotThrow, caught(fn), args);
  },
  async doesNotReject(fn, ...args) {
    const actual = await rejection(fn);
    failures().afterWait("doesNotReject", () => {
      failures().expectNoError(checks.doesNotReject, actual, args);
    });
  },
  ifError(err) {
    if (err !== null && err !== undefined) failures().failOnError(this, err, checks.ifError);
  },
};

const { ok } = checks;

// ---- What a function throws, or a promise is rejected with -----------------------------------

const NOTHING = Symbol("nothing");

function caught(fn) {
  validateFunction(fn, "fn");
  try {
    fn();
  } catch (error) {
    return adopt(error);
  }
  return NOTHING;
}

function isPromiseLike(value) {
  return value instanceof Promise || (value !== null && typeof value === "object" &&
    typeof value.then === "function" && typeof value.catch === "function");
}

async function rejection(promiseFn) {
  let promise = promiseFn;
  if (typeof promiseFn === "function") {
    promise = promiseFn();
    if (!isPromiseLike(promise)) {
      const { ERR_INVALID_RETURN_VALUE } = require("node/errors");
      throw ERR_INVALID_RETURN_VALUE("instance of Promise", "promiseFn", promise);
    }
  } else if (!isPromiseLike(promiseFn)) {
    throw ERR_INVALID_ARG_TYPE("promiseFn", ["Function", "Promise"], promiseFn);
  }
  try {
    await promise;
  } catch (error) {
    return adopt(error);
  }
  return NOTHING;
}

// ---- The function and its class --------------------------------------------------------------

const assertFunctions = {
  assert: {
    ok(...args) {
      if (!args[0]) failures().failTruth(assert, args.length, args[0], args[1]);
    },
  },
  strict: {
    strict(...args) {
      if (!args[0]) failures().failTruth(strict, args.length, args[0], args[1]);
    },
  },
};
const assert = assertFunctions.assert.ok;
const { strict } = assertFunctions.strict;

const LAZY = {
  AssertionError: () => require("node/assertion-error").AssertionError,
  CallTracker: () => require("node/call-tracker").CallTracker,
};

function defineLazily(target) {
  for (const name of Object.keys(LAZY)) {
    const define = (value) => Object.defineProperty(target, name, {
      value, writable: true, enumerable: true, configurable: true,
    });
    Object.defineProperty(target, name, {
      get: { get() {
        const value = LAZY[name]();
        define(value);
        return value;
      } }.get,
      set: { set(value) { define(value); } }.set,
      enumerable: true,
      configurable: true,
    });
  }
}

const STRICT_FORMS = {
  equal: "strictEqual",
  deepEqual: "deepStrictEqual",
  notEqual: "notStrictEqual",
  notDeepEqual: "notDeepStrictEqual",
};

// The checks of an instance have options: how much of a difference is shown, and whether
// prototypes count.
function Assert(options) {
  if (!new.target) {
    const message = "Class constructor Assert cannot be invoked without `new`";
    throw makeError("TypeError", "ERR_CONSTRUCT_CALL_REQUIRED", message);
  }
  const given = { strict: true, skipPrototype: false, ...options };
  if (given.diff !== undefined) checkDiff(given.diff);
  this.AssertionError = LAZY.AssertionError();
  Object.defineProperty(this, OPTIONS, { value: given });
  if (!given.strict) return;
  for (const name of Object.keys(STRICT_FORMS)) this[name] = this[STRICT_FORMS[name]];
}

function checkDiff(diff) {
  if (diff === "simple" || diff === "full") return;
  throw ERR_INVALID_ARG_VALUE("options.diff", diff, "must be one of: 'simple', 'full'");
}

const METHODS = [
  "fail", "ok", "equal", "notEqual", "deepEqual", "notDeepEqual", "deepStrictEqual",
  "notDeepStrictEqual", "strictEqual", "notStrictEqual", "partialDeepStrictEqual", "throws",
  "rejects", "doesNotThrow", "doesNotReject", "ifError", "match", "doesNotMatch",
];
for (const name of METHODS) Assert.prototype[name] = checks[name];

defineLazily(assert);
defineLazily(strict);
Object.assign(assert, checks);
Object.assign(strict, checks, { Assert, strict });
Object.assign(assert, { strict, Assert });
for (const name of Object.keys(STRICT_FORMS)) strict[name] = checks[STRICT_FORMS[name]];

module.exports = { assert, NOTHING };
