// setImmediate, the objects it returns, and what timers share with it.
"use strict";

const { Object, Symbol } = globalThis;
const loop = require("runtime/event-loop");
const asyncContext = require("runtime/async-context");
const { apply } = require("runtime/primordials");
const { afterCallback, reportUncaught, state } = loop;

const SLOT_IMMEDIATES = 3;
const SLOT_IMMEDIATE_REFERENCES = 7;
const DISPOSE = Symbol.dispose ?? Symbol.for("Symbol.dispose");

let lastIdentifier = 0;
let waiting = [];
let running = [];
let runningIndex = 0;
let isImmediate, cancel, run, describe;

class Immediate {
  #callback;
  #parameters;
  #context = asyncContext.current;
  #identifier = ++lastIdentifier;
  #referenced = true;
  #destroyed = false;
  #isRunning = false;

  constructor(callback, parameters) {
    this.#callback = callback;
    this.#parameters = parameters;
    waiting[waiting.length] = this;
    state[SLOT_IMMEDIATES]++;
    state[SLOT_IMMEDIATE_REFERENCES]++;
  }

  static {
    isImmediate = (value) => typeof value === "object" && value !== null && #callback in value;
    cancel = (immediate) => {
      immediate.#isRunning = false;
      if (!immediate.#destroyed) immediate.#finish();
    };
    run = (immediate) => {
      if (immediate.#destroyed) return false;
      immediate.#finish();
      return immediate.#call();
    };
    describe = (immediate) => `Immediate (#${immediate.#identifier})`;
  }

  #finish() {
    this.#destroyed = true;
    state[SLOT_IMMEDIATES]--;
    if (this.#referenced) state[SLOT_IMMEDIATE_REFERENCES]--;
  }

  #call() {
    asyncContext.current = this.#context;
    this.#isRunning = true;
    let hasReturned = true;
    try {
      const parameters = this.#parameters;
      if (parameters === undefined) this.#callback();
      else apply(this.#callback, this, parameters);
    } catch (error) {
      hasReturned = false;
      reportUncaught(error, true);
    }
    this.#isRunning = false;
    asyncContext.current = undefined;
    return hasReturned;
  }

  get _destroyed() { return this.#destroyed && !this.#isRunning; }
  hasRef() { return isImmediate(this) ? this.#referenced : undefined; }

  ref() {
    if (!isImmediate(this)) return undefined;
    if (!this.#referenced) {
      this.#referenced = true;
      if (!this.#destroyed) state[SLOT_IMMEDIATE_REFERENCES]++;
    }
    return this;
  }

  unref() {
    if (!isImmediate(this)) return undefined;
    if (this.#referenced) {
      this.#referenced = false;
      if (!this.#destroyed) state[SLOT_IMMEDIATE_REFERENCES]--;
    }
    return this;
  }

  [DISPOSE]() { cancel(this); }
  [Symbol.toPrimitive]() { return this.#identifier; }
  get [Symbol.toStringTag]() { return "Immediate"; }
}

// The order of own properties that Bun's classes have.
function moveConstructorLast(constructor) {
  const { prototype } = constructor;
  delete prototype.constructor;
  Object.defineProperty(prototype, "constructor", {
    configurable: true, enumerable: false, writable: true, value: constructor,
  });
}

moveConstructorLast(Immediate);

function expectFunction(callback, name) {
  if (typeof callback === "function") return;
  const error = new TypeError(`${name} expects a function`);
  error.code = "ERR_INVALID_ARG_TYPE";
  throw error;
}

// The arguments from one on, as an array.
function rest(list, from) {
  const parameters = [];
  for (let index = from; index < list.length; index++) parameters[parameters.length] = list[index];
  return parameters;
}

const { setImmediate } = {
  setImmediate(callback) {
    expectFunction(callback, "setImmediate");
    return new Immediate(callback, arguments.length > 1 ? rest(arguments, 1) : undefined);
  },
};

// Calls a function once there are no other immediates; or, `atOnce`, before those there are.
function callLast(callback, atOnce) {
  const immediate = new Immediate(() => {
    if (waiting.length === 0 || atOnce) callback();
    else callLast(callback, false);
  }, undefined);
  if (!atOnce) return;
  waiting.length -= 1;
  waiting.unshift(immediate);
}

function clear(value) {
  if (isImmediate(value)) cancel(value);
}

// Runs the immediates that waited when the round began. As in Bun, what one that throws has queued
// runs behind the next that returns. Answers false when microtasks need
// native code in control, and is then called again.
function runImmediates() {
  if (runningIndex >= running.length) {
    running = waiting;
    waiting = [];
    runningIndex = 0;
  }
  while (runningIndex < running.length) {
    const hasReturned = run(running[runningIndex++]);
    if ((hasReturned || runningIndex === running.length) && !afterCallback()) return false;
  }
  running = [];
  runningIndex = 0;
  return true;
}

loop.runImmediates = runImmediates;

module.exports = {
  setImmediate,
  callLast,
  clear,
  rest,
  expectFunction,
  moveConstructorLast,
  Immediate,
  describe(value) { return isImmediate(value) ? describe(value) : undefined; },
};
