// The module node:timers/promises: timers that answer through promises and heed abort signals.
// Bad arguments reject; those of setInterval do so when the first value is asked for.
"use strict";

const timers = require("runtime/timers");
const {
  validateAbortSignal, validateBoolean, validateNumber, validateObject,
} = require("node/errors");
const { Object, Promise, Symbol } = globalThis;

function abortError({ reason }) {
  const error = new Error("The operation was aborted", { cause: reason });
  error.name = "AbortError";
  error.code = "ABORT_ERR";
  return error;
}

function checkOptions(options) {
  validateObject(options, "options");
  const { signal, ref = true } = options;
  validateAbortSignal(signal, "options.signal");
  validateBoolean(ref, "options.ref");
  if (signal?.aborted) throw abortError(signal);
  return { signal, ref };
}

// Numbers out of range only earn a warning, by the timer itself.
function checkDelay(delay) {
  if (typeof delay !== "number") validateNumber(delay, "delay");
}

// Starts a timer by `start(resolve)`, cancels it by `stop` when the signal aborts.
function waiting(start, stop, value, { signal, ref }) {
  return new Promise((resolve, reject) => {
    const timer = start(() => {
      signal?.removeEventListener("abort", abort);
      resolve(value);
    });
    if (!ref) timer.unref();
    function abort() {
      stop(timer);
      reject(abortError(signal));
    }
    signal?.addEventListener("abort", abort, { once: true });
  });
}

async function setTimeoutChecked(delay, value, options) {
  checkDelay(delay);
  const start = (callback) => timers.setTimeout(callback, delay);
  return waiting(start, timers.clearTimeout, value, checkOptions(options));
}

function setTimeout(delay = 1, value = undefined, options = {}) {
  return setTimeoutChecked(delay, value, options);
}

async function setImmediateChecked(value, options) {
  return waiting(timers.setImmediate, timers.clearImmediate, value, checkOptions(options));
}

function setImmediate(value, options = {}) {
  return setImmediateChecked(value, options);
}

/** The ticks of a running interval, one value each. */
class Ticks {
  #value;
  #signal;
  #timer;
  #count = 0;
  #wake;
  #onAbort = () => {
    timers.clearInterval(this.#timer);
    this.#wake?.();
  };

  constructor(delay, value, { signal, ref }) {
    this.#value = value;
    this.#signal = signal;
    this.#timer = timers.setInterval(() => {
      this.#count++;
      this.#wake?.();
    }, delay);
    if (!ref) this.#timer.unref();
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  async next() {
    if (this.#count === 0 && !this.#signal?.aborted) {
      await new Promise((resolve) => { this.#wake = resolve; });
      this.#wake = undefined;
    }
    if (this.#count > 0) {
      this.#count--;
      return { done: false, value: this.#value };
    }
    if (this.#signal?.aborted) throw abortError(this.#signal);
    return { done: true };
  }

  async return() {
    timers.clearInterval(this.#timer);
    this.#signal?.removeEventListener("abort", this.#onAbort);
    return {};
  }
}

function iteratorOf(methods) {
  return { ...methods, [Symbol.asyncIterator]() { return this; } };
}

function setInterval(delay = 1, value = undefined, options = {}) {
  try {
    checkDelay(delay);
    const ticks = new Ticks(delay, value, checkOptions(options));
    return iteratorOf({ next: () => ticks.next(), return: () => ticks.return() });
  } catch (error) {
    return iteratorOf({ next: () => Promise.reject(error) });
  }
}

const scheduler = { wait, yield: setImmediate };

function wait(delay, options) {
  return setTimeout(delay, undefined, options);
}
Object.defineProperty(wait, "name", { value: "", configurable: true });

module.exports = { setTimeout, setImmediate, setInterval, scheduler };
