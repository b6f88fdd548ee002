// beforeAll, beforeEach, afterEach, afterAll and onTestFinished; the default time limit.
"use strict";

const { runner } = require("test/state");
const { newHook } = require("test/collection");
const { hookArguments } = require("test/scopes");

function addHook(name, first, second, third) {
  const { callback, options } = hookArguments(name, first, second, third);
  if (runner.options === undefined) {
    throw new Error(
      `Cannot use ${name}() outside of the test runner. Run "bun test" to run tests.`);
  }
  const entryOptions = { timeout: options.timeout, takesDone: callback.length > 0 };
  const file = runner.isInPreload ? undefined : runner.file;
  if (file === undefined) {
    addInPreload(name, callback, entryOptions);
  } else if (file.phase === "collection") {
    addInCollection(name, file.activeScope, newHook(callback, entryOptions, file.activeScope));
  } else if (file.phase === "execution") {
    addInTest(name, newHook(callback, entryOptions, undefined));
  } else {
    throw new Error(`Cannot call ${name}() after the test run has completed`);
  }
}

function addInPreload(name, callback, options) {
  if (name === "onTestFinished") {
    throw new Error(`Cannot call ${name}() in preload. It can only be called inside a test.`);
  }
  runner.preloadScope[name].push(newHook(callback, options, undefined));
}

function addInCollection(name, scope, hook) {
  if (name === "onTestFinished") {
    throw new Error(
      `Cannot call ${name}() outside of a test. It can only be called inside a test.`);
  }
  scope[name].push(hook);
}

// A hook declared by a running test or hook is one more step of its sequence.
function addInTest(name, entry) {
  const sequence = require("test/execution").currentSequence();
  if (sequence === undefined) {
    const advice = name === "onTestFinished"
      ? "Use test.serial or remove test.concurrent."
      : "Call it inside describe() instead.";
    throw new Error(
      `Cannot call ${name}() here. It cannot be called inside a concurrent test. ${advice}`);
  }
  const { steps, index, test } = sequence;
  let place;
  if (name === "onTestFinished") {
    place = steps.length;
  } else if (name === "afterAll" || name === "afterEach") {
    const own = steps.findIndex((step, at) => at >= index && step.entry === test);
    place = (own < 0 ? index : own) + 1;
  } else {
    throw new Error(`Cannot call ${name}() inside a test. Call it inside describe() instead.`);
  }
  steps.splice(place, 0, { entry, skipsPast: undefined });
}

const hooks = {
  beforeAll(callback) { addHook("beforeAll", callback, arguments[1], arguments[2]); },
  beforeEach(callback) { addHook("beforeEach", callback, arguments[1], arguments[2]); },
  afterEach(callback) { addHook("afterEach", callback, arguments[1], arguments[2]); },
  afterAll(callback) { addHook("afterAll", callback, arguments[1], arguments[2]); },
  onTestFinished(callback) { addHook("onTestFinished", callback, arguments[1], arguments[2]); },
  setDefaultTimeout(milliseconds) {
    if (typeof milliseconds !== "number") {
      throw new Error("setTimeout() expects a number (milliseconds)");
    }
    runner.timeoutOverride = Math.max(Math.trunc(milliseconds), 0);
  },
};

module.exports = hooks;
