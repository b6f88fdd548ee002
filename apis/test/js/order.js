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
  // `random` shuffles the entries of scopes; undefined where their order stays.
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

// The generator of Bun's shuffles, xoshiro256++ begun with splitmix64: what a seed orders there it
// orders here.
class Random {
  constructor(seed) {
    let state = seed;
    this.state = [0n, 0n, 0n, 0n].map(() => {
      state = whole(state + 0x9e3779b97f4a7c15n);
      let mixed = whole((state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n);
      mixed = whole((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
      return mixed ^ (mixed >> 31n);
    });
  }

  // A whole number from 0 to `limit` - 1.
  below(limit) {
    const { state } = this;
    const sum = rotated(whole(state[0] + state[3]), 23n) + state[0];
    const shifted = whole(state[1] << 17n);
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotated(state[3], 45n);
    return Number((whole(sum) * BigInt(limit)) >> 64n);
  }
}

const whole = (value) => BigInt.asUintN(64, value);
const rotated = (value, count) => whole(value << count) | (value >> (64n - count));

// The tests of a scope, from the first on.
function shuffle(list, random) {
  for (let index = 0; index < list.length - 1; index++) {
    swap(list, index, index + random.below(list.length - index));
  }
}

// The files of a run, from the last on.
function shuffleFiles(files, seed) {
  const random = new Random(BigInt(seed));
  for (let index = files.length - 1; index > 0; index--) {
    swap(files, index, random.below(index + 1));
  }
}

function swap(list, one, other) {
  [list[one], list[other]] = [list[other], list[one]];
}

// What orders the tests of a file: its seed and its name, so that they keep their order whatever
// runs beside them.
function randomOfFile(seed, path) {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return new Random(whole(Bun.hash.wyhash(name) + BigInt(seed)));
}

module.exports = { Order, randomOfFile, shuffleFiles };
