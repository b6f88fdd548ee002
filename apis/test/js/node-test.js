// node:test, on the runner of bun:test.
//
// Tests and suites are declared to that runner. A test that is declared inside a running one is a
// subtest: it runs there and then, one after another, and its failure is its parent's.
"use strict";

const { Map, Object, Promise, Reflect, WeakMap } = globalThis;
const scopes = require("test/scopes");
const hooks = require("test/hooks");
const { runner } = require("test/state");
const { currentSequence } = require("test/execution");
const { realTimeout, realClear } = require("runtime/timers");
const events = require("test/node-test-events");

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
  Object.assign(assertions, {
    fileSnapshot(value, path) { refusedByBun("fileSnapshot()"); },
    snapshot(value) { refusedByBun("snapshot()"); },
    register: registerCustomAssertion,
  });
  return assertions;
}

// Assertions that a program adds to those of each context.
const registered = new Map();

function registerCustomAssertion(name, check) {
  const { validateFunction, validateString } = require("node/errors");
  validateString(name, "name");
  validateFunction(check, "fn");
  registered.set(name, check);
}

// The functions of node:assert that count for a plan.
function countingAssertions(context, count) {
  const counting = {};
  const { register, ...checks } = assertModule();
  for (const [name, check] of [...Object.entries(checks), ...registered]) {
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
let described;
let hooksAround;
let isExcused;

// What holds the hooks of a file's tests outside of any suite.
const fileContexts = new WeakMap();

function contextOfFile() {
  const { file } = runner;
  if (!fileContexts.has(file)) fileContexts.set(file, new TestContext("", undefined, true));
  return fileContexts.get(file);
}

class TestContext {
  #name;
  #parent;
  #controller;
  #assert;
  #mock;
  #planned;
  #counted = 0;
  #subtests = Promise.resolve();
  #failures = [];
  #hooks = { before: [], beforeEach: [], afterEach: [], after: [] };
  #hasBegun = false;
  #isSuite;
  #error = null;
  #skip;
  #todo;

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

  skip(reason = true) {
    this.#skip = reason;
    const sequence = currentSequence();
    if (sequence?.result === "pending") sequence.result = "skip";
  }

  todo(reason = true) {
    this.#todo = reason;
    const sequence = currentSequence();
    if (sequence?.result === "pending") sequence.result = "todo";
  }

  before(callback) { this.#addHook("before", callback); }
  after(callback) { this.#addHook("after", callback); }
  beforeEach(callback) { this.#addHook("beforeEach", callback); }
  afterEach(callback) { this.#addHook("afterEach", callback); }

  #addHook(kind, callback = noop) {
    if (this.#isSuite && kind in BUN_HOOKS) declareHook(BUN_HOOKS[kind], callback);
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
    const context = new TestContext(name, this, false);
    if (options.skip) return tellSkipped(context, options);
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      for (const hook of this.#hooks.before) await callHook(hook, this);
    }
    try {
      await runBetweenHooks(context, callback, options);
    } catch (error) {
      // What is still to be done may fail.
      if (!options.todo) this.#failures.push(error);
    }
  }

  static {
    // What follows a test's own function: its subtests, hooks, plan.
    settle = async (context) => {
      let waited;
      do {
        waited = context.#subtests;
        await waited;
      } while (waited !== context.#subtests);
      for (const hook of context.#hooks.after) await callHook(hook, context);
      context.#mock?.restoreAll();
      const failed = context.#failures.length;
      if (failed > 0) {
        const message = `${failed} subtest${plural(failed)} failed`;
        throw testFailure(message, "subtestsFailed", context.#failures[0]);
      }
      const planned = context.#planned;
      if (planned === undefined || planned === context.#counted) return;
      throw testFailure(
        `plan expected ${planned} assertion${plural(planned)} but received ${context.#counted}`);
    };
    abort = (context, reason) => context.#controller?.abort(reason);
    fail = (context, error) => { context.#error = error; };
    hooksAround = (context, kind) => {
      const hooks = [];
      for (let outer = context.#parent; outer !== undefined; outer = outer.#parent) {
        hooks.unshift(outer.#hooks[kind]);
      }
      const ofFile = fileContexts.get(runner.file);
      if (ofFile !== undefined) hooks.unshift(ofFile.#hooks[kind]);
      return hooks;
    };
    // What skips itself, or is still to be done, may fail.
    isExcused = (context) => context.#skip !== undefined || context.#todo !== undefined;
    described = (context, { skip, todo }) => {
      let nesting = 1;
      for (let outer = context.#parent; outer !== undefined; outer = outer.#parent) nesting++;
      return {
        name: context.#name, nesting, isSuite: context.#isSuite,
        skip: context.#skip ?? (skip || undefined), todo: context.#todo ?? (todo || undefined),
      };
    };
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
      const error = testFailure(`test timed out after ${timeout}ms`);
      abort(context, error);
      reject(error);
    }, timeout);
  });
  return Promise.race([promise, limit]).finally(() => realClear(timer));
}

async function callHook(callback, context) {
  if (callback.length > 1) await callWithDone(callback, context);
  else await Reflect.apply(callback, context, [context]);
}

// Those of outer suites and tests come first before a test, and last behind it.
async function runBetweenHooks(context, callback, options) {
  for (const hooks of hooksAround(context, "beforeEach")) {
    for (const hook of hooks) await callHook(hook, context);
  }
  try {
    await runTest(context, callback, options);
  } finally {
    for (const hooks of hooksAround(context, "afterEach").reverse()) {
      for (const hook of hooks) await callHook(hook, context);
    }
  }
}

async function runTest(context, callback, options) {
  const outer = current;
  current = context;
  const { AsyncLocalStorage } = require("node/async-hooks");
  storage ??= new AsyncLocalStorage();
  const run = async () => {
    await callHook(callback, context);
    await settle(context);
  };
  if (options.plan !== undefined) context.plan(options.plan);
  const began = performance.now();
  let failure;
  try {
    await limited(storage.run(context, run), options.timeout, context);
  } catch (error) {
    fail(context, error);
    failure = { error };
    throw error;
  } finally {
    current = outer;
    abort(context, undefined);
    const milliseconds = performance.now() - began;
    if (events.isWanted()) events.tell(described(context, options), { ...failure, milliseconds });
  }
}
let storage;

function tellSkipped(context, options) {
  if (events.isWanted()) events.tell(described(context, options));
}

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

function chosen(declare, { skip, todo }) {
  if (skip) return declare.skip;
  return todo ? declare.todo : declare;
}

const withMode = (options, mode) =>
  (mode === "skip" || mode === "todo" ? { ...options, [mode]: options[mode] || true } : options);

function declareTest(given, mode) {
  const { name, callback } = given;
  const options = withMode({ todo: suiteTodo, ...given.options }, mode);
  const context = new TestContext(name, suite, false);
  const run = async () => {
    try {
      await runBetweenHooks(context, callback, options);
    } catch (error) {
      if (!isExcused(context)) throw error;
    }
  };
  // The time limit is the test's own affair.
  const limit = options.timeout === undefined ? undefined : { timeout: 0 };
  if (!events.isWanted() || !(options.skip || options.todo)) {
    chosen(scopes.test, options)(name, run, limit);
  } else if (options.skip) {
    scopes.test.skip(name, run);
    events.isSkipped(runner.file.activeScope.entries.at(-1), described(context, options));
  } else {
    // Where somebody listens, what is still to be done is tried.
    scopes.test(name, async () => {
      context.todo(options.todo);
      await run();
    }, limit);
  }
  return settled();
}

let suite;
// Why the tests of the suite are to be done, where it says so.
let suiteTodo;

function declareSuite(given, mode) {
  const { name, callback } = given;
  const options = withMode(given.options, mode);
  const context = new TestContext(name, suite, true);
  if (options.skip || options.todo) tellSkipped(context, options);
  // What it would declare is not even looked at.
  if (options.skip) return settled();
  scopes.describe(name, () => {
    const outer = [suite, suiteTodo];
    [suite, suiteTodo] = [context, options.todo || suiteTodo];
    try {
      return callback(context);
    } finally {
      [suite, suiteTodo] = outer;
    }
  });
  return settled();
}

// Those around each test run with the test's context, here and not in that runner.
const BUN_HOOKS = { before: "beforeAll", after: "afterAll" };

function declareHook(name, callback) {
  const context = suite ?? contextOfFile();
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
    return current.test(given.name, withMode(given.options, mode), given.callback);
  };
  describe[mode] = (name, options, callback) =>
    declareSuite(readArguments(name, options, callback), mode);
}

const hook = (kind) => ({
  [kind](callback, options) {
    (current ?? suite ?? contextOfFile())[kind](callback);
  },
})[kind];

// What Bun refuses too.
function refusedByBun(name) {
  throw require("test/node-test-refusals").inTheInterim(name);
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
test.run = function run(...parameters) {
  return require("test/node-test-run").run(...parameters);
};
let tracker;
Object.defineProperty(test, "mock", {
  enumerable: true,
  get: () => (tracker ??= new (require("test/node-test-mock").MockTracker)()),
});
test.getTestContext = function getTestContext() {
  return storage?.getStore() ?? current;
};

module.exports = test;
