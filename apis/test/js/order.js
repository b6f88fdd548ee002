// From declared scopes to the order of execution: groups of sequences, one group after another.
//
// A sequence is a test with its beforeEach and afterEach hooks, or one beforeAll or afterAll hook.
// Concurrent tests that follow each other form one group. A group all of whose sequences failed
// leads to its `skipTo`: from a beforeAll to the afterAlls of its scope.
"use strict";

const { Scope } = require("test/collection");

class Group {
  constructor(sequence, skipTo) {
    this.sequences = [sequence];
    this.skipTo = skipTo;
    // Sequences before this one have ended.
    this.firstOpen = 0;
  }
}

class Sequence {
  constructor(steps, test) {
    this.plan = steps;
    this.test = test;
    this.retriesLeft = test === undefined ? 0 : test.retry;
    this.repeatsLeft = test === undefined ? 0 : test.repeats;
    this.reset();
  }

  reset() {
    this.steps = this.plan.slice();
    this.index = 0;
    this.result = "pending";
    this.isRunning = false;
    this.skipsNext = false;
    this.startedAt = 0;
    this.expectCalls = 0;
    // undefined, "some" or a number: expect.hasAssertions() and expect.assertions(n).
    this.expectedCalls = undefined;
    this.token = undefined;
    // What it failed with last: { value }.
    this.error = undefined;
    this.timer = undefined;
  }

  get active() {
    return this.steps[this.index];
  }
}

class Order {
  // `random` gives numbers from 0 to 1, or is undefined.
  constructor(usesAllHooks, random) {
    this.groups = [];
    this.usesAllHooks = usesAllHooks;
    this.random = random;
    this.endsConcurrent = false;
  }

  // One group a hook; when one fails, the others of the list are left out.
  addHooks(hooks) {
    const start = this.groups.length;
    for (const hook of hooks) {
      const sequence = new Sequence([{ entry: hook, skipsTo: undefined }], undefined);
      this.groups.push(new Group(sequence, this.groups.length + 1));
      this.endsConcurrent = false;
    }
    return this.groups.slice(start);
  }

  skipFrom(groups) {
    for (const group of groups) group.skipTo = this.groups.length;
  }

  addScope(scope) {
    if (scope.failed) return;
    const usesHooks = this.usesAllHooks || scope.hasCallback;
    const before = usesHooks ? this.addHooks(scope.beforeAll) : [];
    if (this.random !== undefined) shuffle(scope.entries, this.random);
    for (const entry of scope.entries) {
      if (scope.only === "contains" && entry.only === "no") continue;
      if (entry instanceof Scope) this.addScope(entry);
      else this.addTest(entry);
    }
    this.skipFrom(before);
    const after = usesHooks ? this.addHooks(scope.afterAll) : [];
    this.skipFrom(after);
  }

  addTest(test) {
    const sequence = new Sequence(stepsOf(test), test);
    if (test.concurrent && this.endsConcurrent) {
      this.groups[this.groups.length - 1].sequences.push(sequence);
    } else {
      this.groups.push(new Group(sequence, this.groups.length + 1));
    }
    this.endsConcurrent = test.concurrent;
  }
}

// A test between its hooks. A step that fails leads past `skipsPast`; without one, to the end.
function stepsOf(test) {
  if (!test.hasCallback) return [{ entry: test, skipsPast: test }];
  const before = [];
  const after = [];
  for (let scope = test.parent; scope !== undefined; scope = scope.parent) {
    before.unshift(...scope.beforeEach);
    after.push(...scope.afterEach);
  }
  return [
    ...before.map((entry) => ({ entry, skipsPast: test })),
    { entry: test, skipsPast: test },
    ...after.map((entry) => ({ entry, skipsPast: undefined })),
  ];
}

function shuffle(list, random) {
  for (let index = list.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    [list[index], list[other]] = [list[other], list[index]];
  }
}

// Numbers from 0 to 1 that depend on the seed alone.
function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

module.exports = { Order, seededRandom, shuffle };
