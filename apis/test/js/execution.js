// Runs a file's describe callbacks, then its tests and hooks.
//
// Everything advances in `pump`, which the event loop calls: never inside a microtask, so that the
// microtasks of a callback can be run to their end before the next one starts. A callback that
// ends at once is followed by the next one in the same call. What a callback still owes is named
// by a token: an answer that comes after its time limit has a stale one and counts for nothing.
"use strict";

const { Object, Promise, Reflect } = globalThis;
const loop = require("runtime/event-loop");
const asyncContext = require("runtime/async-context");
const timers = require("runtime/timers");
const { isPromiseHandled, promiseState } = require("runtime/engine");
const { runner, counters } = require("test/state");
const { Order, randomOfFile } = require("test/order");
const report = require("test/report");

const children = require("bun/spawn-native");

const { setImmediate, realTimeout: setTimeout, realClear: clearTimeout } = timers;
const then = Promise.prototype.then;
const now = () => ops.elapsedNanoseconds();

const NS_A_MS = 1e6;

// ---- One callback ----------------------------------------------------------------------------

// What a running callback is known by. While the call itself and the microtasks after it run
// (`isLate` is false), errors add up; later the first one ends the callback. `onDone` runs once,
// later; not at all where the callback ended before `call` returned. A closed token is stale.
class Token {
  constructor(onError, onDone) {
    this.onError = onError;
    this.onDone = onDone;
    this.waits = 1;
    this.isDone = false;
    this.isLate = false;
    this.isClosed = false;
  }

  finish() {
    if (this.isDone || this.isClosed) return;
    this.isDone = true;
    if (!this.isLate) return;
    this.isClosed = true;
    this.onDone(this);
  }

  fail(error, isThrown = false) {
    if (this.isClosed) return;
    this.onError(error, isThrown);
    this.finish();
  }

  settle() {
    if (--this.waits === 0) this.finish();
  }
}

// What `done` ends goes on to the end of its own callback first.
function doneCallback(token) {
  let wasCalled = false;
  return Object.defineProperty(function (error) {
    if (wasCalled) return;
    wasCalled = true;
    if (error !== undefined && error !== null) token.fail(error);
    else if (token.isLate) setImmediate(() => token.settle());
    else token.settle();
  }, "name", { value: "done" });
}

const isPromise = (value) =>
  typeof value === "object" && value !== null && promiseState(value)[0] !== "unknown";

// The state of a promise after everything that is due now has run: ["pending"], ["fulfilled",
// value], ["rejected", reason], or ["unknown"] for what is no promise.
function settledState(value) {
  if (typeof value !== "object" || value === null) return ["unknown"];
  const state = promiseState(value);
  if (state[0] !== "pending") return state;
  // Whoever asks deals with a rejection.
  Reflect.apply(then, value, [undefined, () => {}]);
  const context = asyncContext.current;
  loop.runTicks();
  asyncContext.current = context;
  return promiseState(value);
}

// The key under which the async context of tests that run side by side holds their sequence.
const SEQUENCE = {};

function contextOf(sequence) {
  asyncContext.enable();
  return [SEQUENCE, sequence];
}

// The sequence whose callback, or what it started, is running side by side with others.
function concurrentSequence() {
  const context = asyncContext.current;
  return context?.[0] === SEQUENCE ? context[1] : undefined;
}

// Has the callback that runs in `sequence` wait for an expectation that is judged later. What the
// program does not deal with itself, through the promise it was given, fails that callback.
function outlast(sequence, judged) {
  const given = Reflect.apply(then, judged, []);
  const token = (sequence ?? concurrentSequence())?.token;
  if (token === undefined || token.isClosed) return given;
  token.waits++;
  Reflect.apply(then, judged, [() => token.settle(), (error) => {
    if (isPromiseHandled(given)) return token.settle();
    Reflect.apply(then, given, [undefined, () => {}]);
    return token.fail(error);
  }]);
  return given;
}

// Calls a callback and runs the microtasks that follow. Answers whether it has ended.
function call(callback, takesDone, token, context = undefined) {
  asyncContext.current = context;
  try {
    let parameters = [];
    if (takesDone) {
      token.waits++;
      parameters = [doneCallback(token)];
    }
    const result = Reflect.apply(callback, undefined, parameters);
    if (isPromise(result)) {
      token.waits++;
      Reflect.apply(then, result, [() => token.settle(), (error) => token.fail(error)]);
    }
  } catch (error) {
    token.fail(error, true);
  }
  asyncContext.current = undefined;
  loop.afterCallback();
  token.settle();
  token.isLate = true;
  token.isClosed = token.isDone;
  return token.isDone;
}

// ---- Describe callbacks ----------------------------------------------------------------------

function runDescribes(file, whenDone) {
  for (;;) {
    const next = file.nextDescribe();
    if (next === undefined) return whenDone();
    file.activeScope = next.scope;
    const back = () => { file.activeScope = next.outer; };
    const token = new Token(
      (error, isThrown) => collectionFailed(file, error, isThrown),
      () => {
        back();
        setImmediate(() => runDescribes(file, whenDone));
      },
    );
    if (!call(next.callback, false, token)) return undefined;
    back();
  }
}

function collectionFailed(file, error, isThrown) {
  file.activeScope.failed = true;
  report.betweenTests(error, isThrown);
}

// ---- Tests and hooks -------------------------------------------------------------------------

class Execution {
  constructor(file, whenDone) {
    this.file = file;
    this.whenDone = whenDone;
    this.groups = orderOf(file).groups;
    this.index = 0;
    this.isPumping = false;
    this.isScheduled = false;
  }

  get group() {
    return this.groups[this.index];
  }

  // Whether what starts and fails now is of one sequence.
  get isAlone() {
    return this.group.sequences.length === 1;
  }

  schedule() {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.pump();
    });
  }

  pump() {
    if (this.isPumping) return;
    this.isPumping = true;
    while (this.group !== undefined) {
      const { group } = this;
      if (!this.stepGroup(group)) {
        this.isPumping = false;
        return;
      }
      const hasFailed = group.sequences.every((sequence) => isFailure(sequence.result));
      this.index = hasFailed ? group.skipTo : this.index + 1;
    }
    this.isPumping = false;
    this.whenDone();
  }

  // Answers whether the group has ended.
  stepGroup(group) {
    const limit = runner.options.maxConcurrency || Infinity;
    let running = 0;
    let isFirst = true;
    for (let index = group.firstOpen; index < group.sequences.length; index++) {
      const isDone = this.stepSequence(group.sequences[index]);
      if (isDone && isFirst) group.firstOpen = index + 1;
      if (isDone) continue;
      isFirst = false;
      running++;
      if (running >= limit) break;
    }
    return running === 0;
  }

  // Runs a sequence as far as it goes; answers whether it has ended.
  stepSequence(sequence) {
    for (;;) {
      if (sequence.isRunning) return false;
      const step = sequence.active;
      if (step === undefined) return true;
      if (sequence.index === 0 && sequence.test?.callback !== undefined || !sequence.test) {
        if (sequence.startedAt === 0) sequence.startedAt = now();
      }
      if (step.entry.callback === undefined) this.passOver(sequence, step.entry);
      else if (!this.runStep(sequence, step.entry)) return false;
    }
  }

  passOver(sequence, entry) {
    if (sequence.result === "pending") sequence.result = entry.mode;
    this.advance(sequence);
  }

  // Answers whether the step has ended.
  runStep(sequence, entry) {
    sequence.isRunning = true;
    const start = now();
    if (this.isAlone) sequence.lastChild = children.childrenWatch(entry.timeout);
    const token = new Token(
      (error, isThrown) => this.failed(sequence, entry, error, isThrown),
      () => this.ended(sequence, token),
    );
    sequence.token = token;
    const context = this.isAlone ? undefined : contextOf(sequence);
    const isDone = call(entry.callback, entry.takesDone, token, context);
    const spent = (now() - start) / NS_A_MS;
    const isOver = entry.timeout > 0 && spent > entry.timeout;
    if (isOver) this.timedOut(sequence, entry);
    if (isDone || isOver) {
      token.isClosed = true;
      this.advance(sequence);
      return true;
    }
    if (entry.timeout > 0) {
      const left = entry.timeout - spent;
      sequence.timer = setTimeout(() => this.limitReached(sequence, entry, token), left);
    }
    return false;
  }

  limitReached(sequence, entry, token) {
    if (sequence.token !== token || token.isClosed) return;
    token.isClosed = true;
    this.timedOut(sequence, entry);
    this.ended(sequence, token);
  }

  timedOut(sequence, entry) {
    const what = entry === sequence.test ? "timeout" : "hook-timeout";
    sequence.result = entry.takesDone ? `${what}-done` : what;
    sequence.timedOutAfter = entry.timeout;
    sequence.skipsNext = true;
    if (this.isAlone) report.childrenKilled(children.childrenEnd(sequence.lastChild));
  }

  // A callback that was waited for has ended.
  ended(sequence, token) {
    if (sequence.token !== token) return;
    this.advance(sequence);
    this.schedule();
  }

  advance(sequence) {
    const { active } = sequence;
    if (this.isAlone) children.childrenWatch(0);
    clearTimeout(sequence.timer);
    sequence.timer = sequence.token = undefined;
    sequence.isRunning = false;
    if (!sequence.skipsNext) {
      sequence.index++;
    } else {
      sequence.skipsNext = false;
      const past = active.skipsPast;
      const index = sequence.steps.findIndex((step) => step.entry === past);
      sequence.index = past === undefined ? sequence.steps.length : index + 1;
    }
    if (sequence.active === undefined) this.sequenceEnded(sequence);
  }

  sequenceEnded(sequence) {
    const hasFailed = isFailure(sequence.result);
    if (hasFailed && sequence.retriesLeft > 0) {
      sequence.retriesLeft--;
      return this.startAgain(sequence);
    }
    if (!hasFailed && sequence.repeatsLeft > 0) {
      sequence.repeatsLeft--;
      return this.startAgain(sequence);
    }
    const elapsed = sequence.startedAt === 0 ? 0 : now() - sequence.startedAt;
    conclude(sequence);
    report.sequenceEnded(this.file, sequence, elapsed);
    return undefined;
  }

  startAgain(sequence) {
    require("test/snapshots").resetCounts();
    sequence.reset();
  }

  // ---- Errors ----

  // An error of a test's or hook's own callback.
  failed(sequence, entry, error, isThrown) {
    sequence.skipsNext = true;
    sequence.error = { value: error, stack: stackFor(error, isThrown) };
    if (entry !== sequence.test) {
      if (sequence.result === "pending") sequence.result = "fail";
      report.error(error, isThrown);
      return;
    }
    const { mode } = sequence.test;
    if (sequence.result === "pending") {
      sequence.result = mode === "failing" ? "pass" : mode === "todo" ? "todo" : "fail";
    }
    if (mode !== "failing") report.error(error, isThrown);
  }

  // An error that nothing caught, while this file runs.
  uncaught(error, isThrown) {
    const { group } = this;
    const sequence = group?.sequences.length === 1 ? group.sequences[0] : undefined;
    const token = sequence?.token;
    const entry = sequence?.active?.entry;
    if (token === undefined || token.isClosed || entry !== sequence.test) {
      report.betweenTests(error, isThrown);
      return;
    }
    token.fail(error, isThrown);
  }
}

// Kept for a report that is written at the end.
function stackFor(error, isThrown) {
  if (runner.options.reporter !== "junit") return undefined;
  return require("test/annotations").stackOf(error, isThrown);
}

const FAILURES = new Set([
  "fail", "timeout", "timeout-done", "hook-timeout", "hook-timeout-done", "failing-passed",
  "todo-passed", "no-assertions", "assertion-count",
]);
const isFailure = (result) => FAILURES.has(result);

// The result of a sequence whose steps have all ended.
function conclude(sequence) {
  const { expectedCalls, expectCalls } = sequence;
  if (!isFailure(sequence.result)) {
    if (expectedCalls === "some" && expectCalls === 0) sequence.result = "no-assertions";
    if (typeof expectedCalls === "number" && expectedCalls !== expectCalls) {
      sequence.result = "assertion-count";
    }
  }
  if (sequence.result !== "pending") return;
  const mode = sequence.test?.mode;
  if (mode === "failing") sequence.result = "failing-passed";
  else sequence.result = mode === "todo" ? "todo-passed" : "pass";
}

function orderOf(file) {
  const { options } = runner;
  const random = options.seed === undefined ? undefined : randomOfFile(options.seed, file.title);
  const hasFilter = runner.nameFilter !== undefined;
  const order = new Order(file.root.only === "no" && !hasFilter, random);
  const before = file.isFirst ? order.addHooks(runner.preloadScope.beforeAll) : [];
  order.addScope(file.root);
  order.skipFrom(before);
  const after = file.isLast ? order.addHooks(runner.preloadScope.afterAll) : [];
  order.skipFrom(after);
  return order;
}

// Runs a loaded file; the promise is fulfilled when its last hook has ended.
function runFile(file) {
  return new Promise((resolve) => {
    setImmediate(() => runDescribes(file, () => {
      file.phase = "execution";
      file.execution = new Execution(file, () => {
        file.phase = "done";
        resolve();
      });
      file.execution.pump();
    }));
  });
}

// Errors that nothing caught.
function uncaught(error, isThrown = false) {
  const { file } = runner;
  if (file === undefined) {
    report.betweenTests(error, isThrown);
  } else if (file.phase === "collection") {
    collectionFailed(file, error, isThrown);
  } else if (file.phase === "execution") {
    file.execution.uncaught(error, isThrown);
  } else {
    report.betweenTests(error, isThrown);
  }
}

// The sequence that runs alone, where one does.
function currentSequence() {
  const group = runner.file?.execution?.group;
  if (group === undefined || group.sequences.length !== 1) return undefined;
  const sequence = group.sequences[0];
  return sequence.active === undefined ? undefined : sequence;
}

function countExpectation(sequence) {
  if (sequence === undefined) counters.expectations++;
  else sequence.expectCalls++;
}

module.exports = {
  countExpectation, currentSequence, isFailure, isPromise, outlast, runFile, settledState,
  uncaught,
};
