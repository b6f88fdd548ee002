// node:test, on the runner of bun:test.
//
// Tests and suites are declared to that runner. A test that is declared inside a running one is a
// subtest: it runs there and then, one after another, and its failure is its parent's.
"use strict";

const { Object, Promise, Reflect } = globalThis;
const scopes = require("test/scopes");
const hooks = require("test/hooks");
const { runner } = require("test/state");
const { currentSequence } = require("test/execution");
const { realTimeout, realClear } = require("runtime/timers");

const ANONYMOUS = "<anonymous>";
// Without a name, as a test without a function has none.
const [noop] = [() => {}];

function testFailure(message, failureType, cause) {
  const error = new Error(message);
  error.code = "ERR_TEST_FAILURE";
  if (failureType !== undefined) error.failureType = failureType;
  if (cause !== undefined) error.cause = cause;
  return error;
}

const plural = (count) => (count === 1 ? "" : "s");

// ---- Contexts --------------------------------------------------------------------------------

// The context of the test that runs.
let current;
let assertions;

function assertModule() {
  if (assertions !== undefined) return assertions;
  assertions = { ...require("node/assert") };
  for (const name of ["AssertionError", "CallTracker", "strict", "default"]) {
    delete assertions[name];
  }
  return assertions;
}

// The functions of node:assert that count for a plan.
function countingAssertions(context, count) {
  const counting = {};
  for (const [name, check] of Object.entries(assertModule())) {
    counting[name] = typeof check !== "function" ? check : function (...parameters) {
      count();
      return Reflect.apply(check, context, parameters);
    };
  }
  return counting;
}

// Set by the class below, which alone reads a context's private state.
let settle;
let abort;
let fail;

class TestContext {
  #name;
  #parent;
  #controller;
  #assert;
  #mock;
  #planned;
  #counted = 0;
  #subtests = Promise.resolve();
  #failed = 0;
  #hooks = { before: [], beforeEach: [], afterEach: [], after: [] };
  #hasBegun = false;
  #isSuite;
  #error = null;

  constructor(name, parent, isSuite) {
    this.#name = name;
    this.#parent = parent;
    this.#isSuite = isSuite;
  }

  get signal() {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  get name() { return this.#name; }

  get fullName() {
    const before = this.#parent === undefined ? "" : `${this.#parent.fullName} > `;
    return before + this.#name;
  }

  get filePath() { return runner.file?.path; }
  get error() { return this.#error; }
  get passed() { return this.#error === null; }
  get attempt() { return 0; }
  get workerId() { return 1; }
  get tags() { return []; }

  diagnostic(message) {
    console.log(message);
  }

  plan(count) {
    this.#planned = count;
  }

  get assert() {
    this.#assert ??= countingAssertions(this, () => { this.#counted++; });
    return this.#assert;
  }

  get mock() {
    this.#mock ??= new (require("test/node-test-mock").MockTracker)();
    return this.#mock;
  }

  runOnly() {}

  skip() {
    const sequence = currentSequence();
    if (sequence?.result === "pending") sequence.result = "skip";
  }

  todo() {
    const sequence = currentSequence();
    if (sequence?.result === "pending") sequence.result = "todo";
  }

  before(callback) { this.#addHook("before", callback); }
  after(callback) { this.#addHook("after", callback); }
  beforeEach(callback) { this.#addHook("beforeEach", callback); }
  afterEach(callback) { this.#addHook("afterEach", callback); }

  #addHook(kind, callback = noop) {
    if (this.#isSuite) declareHook(BUN_HOOKS[kind], callback);
    else this.#hooks[kind].push(callback);
  }

  async waitFor(condition, { interval = 50, timeout = 1000 } = {}) {
    const end = performance.now() + timeout;
    for (;;) {
      try {
        return await condition();
      } catch (cause) {
        if (performance.now() >= end) throw testFailure("waitFor() timed out", undefined, cause);
      }
      await new Promise((resolve) => { realTimeout(resolve, interval); });
    }
  }

  test(name, options, callback) {
    const given = readArguments(name, options, callback);
    if (this.#isSuite) return declareTest(given);
    this.#counted++;
    const run = () => this.#runSubtest(given);
    this.#subtests = this.#subtests.then(run, run);
    return this.#subtests;
  }

  describe(name, options, callback) {
    return declareSuite(readArguments(name, options, callback));
  }

  async #runSubtest({ name, options, callback }) {
    if (options.skip || options.todo) return;
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      for (const hook of this.#hooks.before) await hook(this);
    }
    const context = new TestContext(name, this, false);
    try {
      for (const hook of this.#hooks.beforeEach) await hook(context);
      await runTest(context, callback, options);
    } catch (error) {
      this.#failed++;
      require("test/report").error(error);
    }
    for (const hook of this.#hooks.afterEach) await hook(context);
  }

  static {
    // What follows a test's own function: its subtests, hooks, plan.
    settle = async (context) => {
      let waited;
      do {
        waited = context.#subtests;
        await waited;
      } while (waited !== context.#subtests);
      for (const hook of context.#hooks.after) await hook(context);
      context.#mock?.restoreAll();
      if (context.#failed > 0) {
        const message = `${context.#failed} subtest${plural(context.#failed)} failed`;
        throw testFailure(message, "subtestsFailed");
      }
      const planned = context.#planned;
      if (planned === undefined || planned === context.#counted) return;
      throw testFailure(
        `plan expected ${planned} assertion${plural(planned)} but received ${context.#counted}`);
    };
    abort = (context, reason) => context.#controller?.abort(reason);
    fail = (context, error) => { context.#error = error; };
  }
}

// ---- Running ---------------------------------------------------------------------------------

function callWithDone(callback, context) {
  return new Promise((resolve, reject) => {
    const done = (error) => {
      if (error === undefined || error === null) resolve();
      else reject(error);
    };
    const returned = Reflect.apply(callback, context, [context, done]);
    if (typeof returned?.then === "function") {
      reject(testFailure("passed a callback but also returned a Promise", "callbackAndPromise"));
    }
  });
}

function limited(promise, timeout, context) {
  if (timeout === undefined || timeout === null || timeout === Infinity) return promise;
  let timer;
  const limit = new Promise((_, reject) => {
    timer = realTimeout(() => {
      const error = testFailure(`test timed out after ${timeout}ms`, "testTimeoutFailure");
      abort(context, error);
      reject(error);
    }, timeout);
  });
  return Promise.race([promise, limit]).finally(() => realClear(timer));
}

async function runTest(context, callback, options) {
  const outer = current;
  current = context;
  const { AsyncLocalStorage } = require("node/async-hooks");
  storage ??= new AsyncLocalStorage();
  const run = async () => {
    if (callback.length > 1) await callWithDone(callback, context);
    else await Reflect.apply(callback, context, [context]);
    await settle(context);
  };
  if (options.plan !== undefined) context.plan(options.plan);
  try {
    await limited(storage.run(context, run), options.timeout, context);
  } catch (error) {
    fail(context, error);
    throw error;
  } finally {
    current = outer;
    abort(context, undefined);
  }
}
let storage;

// ---- Declaring -------------------------------------------------------------------------------

function readArguments(name, options, callback) {
  if (typeof name === "function") [callback, options, name] = [name, options, undefined];
  else if (typeof name === "object" && name !== null) {
    [name, options, callback] = [undefined, name, options];
  }
  if (typeof options === "function") [options, callback] = [callback, options];
  callback ??= noop;
  const label = typeof name === "string" && name !== "" ? name : callback.name;
  return {
    name: label || ANONYMOUS,
    options: typeof options === "object" && options !== null ? options : {},
    callback,
  };
}

const settled = () => Promise.resolve(undefined);

function chosen(declare, { skip, todo }, mode) {
  if (mode === "skip" || skip) return declare.skip;
  if (mode === "todo" || todo) return declare.todo;
  return declare;
}

function declareTest(given, mode) {
  const { name, options, callback } = given;
  const parent = suite;
  const run = () => runTest(new TestContext(name, parent, false), callback, options);
  // The time limit is the test's own affair.
  const limit = options.timeout === undefined ? undefined : { timeout: 0 };
  chosen(scopes.test, options, mode)(name, run, limit);
  return settled();
}

let suite;

function declareSuite(given, mode) {
  const { name, options, callback } = given;
  const context = new TestContext(name, suite, true);
  chosen(scopes.describe, options, mode)(name, () => {
    const outer = suite;
    suite = context;
    try {
      return callback(context);
    } finally {
      suite = outer;
    }
  });
  return settled();
}

const BUN_HOOKS = {
  before: "beforeAll", after: "afterAll", beforeEach: "beforeEach", afterEach: "afterEach",
};

function declareHook(name, callback = noop) {
  const context = suite;
  hooks[name](callback.length > 1
    ? () => callWithDone(callback, context)
    : async () => { await Reflect.apply(callback, context, [context]); });
}

// A test declared by a running one is its subtest.
function test(name, options, callback) {
  if (current !== undefined) return current.test(name, options, callback);
  return declareTest(readArguments(name, options, callback));
}

function describe(name, options, callback) {
  return declareSuite(readArguments(name, options, callback));
}

for (const mode of ["skip", "todo", "only"]) {
  test[mode] = (name, options, callback) => {
    const given = readArguments(name, options, callback);
    if (current === undefined) return declareTest(given, mode);
    return mode === "only" ? current.test(name, options, callback) : settled();
  };
  describe[mode] = (name, options, callback) =>
    declareSuite(readArguments(name, options, callback), mode);
}

const hook = (kind) => ({
  [kind](callback) {
    if (current === undefined) declareHook(BUN_HOOKS[kind], callback);
    else current[kind](callback);
  },
})[kind];

function notImplemented(message) {
  const error = new Error(message);
  error.name = "NotImplementedError";
  error.code = "ERR_NOT_IMPLEMENTED";
  throw error;
}

// What Bun refuses too, in its words.
function refusedByBun(name) {
  notImplemented(
    `${name} is not yet implemented in Bun. Track the status & thumbs up the issue: ` +
      "https://github.com/oven-sh/bun/issues/5090. Use `bun:test` in the interim.",
  );
}

Object.assign(test, {
  describe,
  suite: describe,
  test,
  it: test,
  before: hook("before"),
  after: hook("after"),
  beforeEach: hook("beforeEach"),
  afterEach: hook("afterEach"),
});
Object.defineProperty(test, "assert", { enumerable: true, get: assertModule });
test.snapshot = {
  setDefaultSnapshotSerializer() { refusedByBun("setDefaultSnapshotSerializer()"); },
  setResolveSnapshotPath() { refusedByBun("setResolveSnapshotPath()"); },
};
test.run = function run() { notImplemented("run() is not available in dx."); };
let tracker;
Object.defineProperty(test, "mock", {
  enumerable: true,
  get: () => (tracker ??= new (require("test/node-test-mock").MockTracker)()),
});
test.getTestContext = function getTestContext() {
  return storage?.getStore() ?? current;
};

module.exports = test;
