// The operators of readable streams: what map, filter and the like do, as async generators over
// the stream, and what some, reduce and the like resolve to.
"use strict";

const {
  abortError, expectInteger, expectOperatorOptions, expectSignal, expectOptions,
} = require("node/stream/errors");
const errors = require("node/errors");
const { Math, Number, Promise } = globalThis;

/** The result of a mapping that gives no value. */
const EMPTY = {};
const END = {};

function expectMapper(mapper, name) {
  if (typeof mapper !== "function") throw errors.invalidType(name, "of type function", mapper);
}

// ---- map ---------------------------------------------------------------------------------------

function map(fn, options) {
  expectMapper(fn, "fn");
  expectOperatorOptions(options);
  let concurrency = 1;
  if (options?.concurrency !== undefined && options.concurrency !== null) {
    concurrency = Math.floor(options.concurrency);
  }
  let waiting = concurrency - 1;
  if (options?.highWaterMark !== undefined && options.highWaterMark !== null) {
    waiting = Math.floor(options.highWaterMark);
  }
  expectInteger(concurrency, "options.concurrency", 1);
  expectInteger(waiting, "options.highWaterMark", 0);
  const signals = options?.signal ? [options.signal] : [];
  const signal = globalThis.AbortSignal.any(signals);
  return new Mapping(this, fn, signal, concurrency, concurrency + waiting).values();
}

/** Calls the function for several values at a time; their results come in the order of values. */
class Mapping {
  constructor(stream, mapper, signal, concurrency, queueMax) {
    this.stream = stream;
    this.mapper = mapper;
    this.signal = signal;
    this.options = { signal };
    this.concurrency = concurrency;
    this.queueMax = queueMax;
    this.queue = [];
    this.running = 0;
    this.done = false;
    this.wakeReader = null;
    this.wakePump = null;
    this.onSettled = () => {
      this.running--;
      this.resumePump();
    };
    this.onRejected = () => {
      this.done = true;
      this.onSettled();
    };
  }

  resumePump() {
    const free = this.running < this.concurrency && this.queue.length < this.queueMax;
    if (this.wakePump === null || this.done || !free) return;
    this.wakePump();
    this.wakePump = null;
  }

  resumeReader() {
    if (this.wakeReader === null) return;
    this.wakeReader();
    this.wakeReader = null;
  }

  start(value) {
    let result;
    try {
      result = this.mapper(value, this.options);
      if (result === EMPTY) return;
      result = Promise.resolve(result);
    } catch (error) {
      result = Promise.reject(error);
    }
    this.running++;
    result.then(this.onSettled, this.onRejected);
    this.queue.push(result);
    this.resumeReader();
  }

  async pump() {
    try {
      for await (const value of this.stream) {
        if (this.done) return;
        if (this.signal.aborted) throw abortError();
        this.start(value);
        const full = this.queue.length >= this.queueMax || this.running >= this.concurrency;
        if (!this.done && full) await new Promise((resolve) => { this.wakePump = resolve; });
      }
      this.queue.push(END);
    } catch (error) {
      const failure = Promise.reject(error);
      failure.then(this.onSettled, this.onRejected);
      this.queue.push(failure);
    } finally {
      this.done = true;
      this.resumeReader();
    }
  }

  async* values() {
    this.pump();
    try {
      for (;;) {
        while (this.queue.length > 0) {
          const value = await this.queue[0];
          if (value === END) return;
          if (this.signal.aborted) throw abortError();
          if (value !== EMPTY) yield value;
          this.queue.shift();
          this.resumePump();
        }
        await new Promise((resolve) => { this.wakeReader = resolve; });
      }
    } finally {
      this.done = true;
      if (this.wakePump !== null) {
        this.wakePump();
        this.wakePump = null;
      }
    }
  }
}

// ---- Those that give streams -------------------------------------------------------------------

function filter(fn, options) {
  expectMapper(fn, "fn");
  const kept = async (value, given) => ((await fn(value, given)) ? value : EMPTY);
  return map.call(this, kept, options);
}

function flatMap(fn, options) {
  const values = map.call(this, fn, options);
  return (async function* () {
    for await (const value of values) yield* value;
  })();
}

function countOf(number) {
  const count = Number(number);
  if (count !== count) return 0;
  if (count < 0) throw errors.outOfRange("number", ">= 0", count);
  return count;
}

function drop(number, options = undefined) {
  expectOperatorOptions(options);
  return dropping(this, countOf(number), options?.signal);
}

async function* dropping(stream, count, signal) {
  let left = count;
  if (signal?.aborted) throw abortError();
  for await (const value of stream) {
    if (signal?.aborted) throw abortError();
    if (left-- <= 0) yield value;
  }
}

function take(number, options = undefined) {
  expectOperatorOptions(options);
  return taking(this, countOf(number), options?.signal);
}

async function* taking(stream, count, signal) {
  let left = count;
  if (signal?.aborted) throw abortError();
  for await (const value of stream) {
    if (signal?.aborted) throw abortError();
    if (left-- > 0) yield value;
    // Asks for no value more than it gives.
    if (left <= 0) return;
  }
}

function compose(stream, options) {
  if (options !== undefined && options !== null) expectOptions(options);
  if (options?.signal !== undefined && options?.signal !== null) {
    expectSignal(options.signal, "options.signal");
  }
  const composed = require("node/stream/compose").compose([this, stream]);
  if (options?.signal) require("node/stream/abort").addAbortSignal(options.signal, composed);
  return composed;
}

// ---- Those that give promises ------------------------------------------------------------------

async function some(fn, options = undefined) {
  for await (const _value of filter.call(this, fn, options)) return true;
  return false;
}

async function every(fn, options = undefined) {
  expectMapper(fn, "fn");
  return !(await some.call(this, async (...parameters) => !(await fn(...parameters)), options));
}

async function find(fn, options) {
  for await (const value of filter.call(this, fn, options)) return value;
  return undefined;
}

async function forEach(fn, options) {
  expectMapper(fn, "fn");
  const each = async (value, given) => {
    await fn(value, given);
    return EMPTY;
  };
  for await (const _value of map.call(this, each, options));
}

async function toArray(options) {
  expectOperatorOptions(options);
  const values = [];
  for await (const value of this) {
    if (options?.signal?.aborted) throw abortError({ cause: options.signal.reason });
    values.push(value);
  }
  return values;
}

class ReduceAwareErrMissingArgs extends TypeError {
  constructor() {
    super("Reduce of an empty stream requires an initial value");
    this.code = "ERR_MISSING_ARGS";
  }
}

async function reduce(reducer, initialValue, options) {
  expectMapper(reducer, "reducer");
  expectOperatorOptions(options);
  const outer = options?.signal;
  if (outer?.aborted) {
    const error = abortError({ cause: outer.reason });
    this.once("error", () => {});
    await require("node/stream/end-of-stream").finishedPromise(this.destroy(error));
    throw error;
  }
  const controller = new globalThis.AbortController();
  outer?.addEventListener("abort", () => controller.abort(), { once: true });
  let value = initialValue;
  let hasValue = arguments.length > 1;
  let empty = true;
  try {
    for await (const each of this) {
      empty = false;
      if (outer?.aborted) throw abortError();
      value = hasValue ? await reducer(value, each, { signal: controller.signal }) : each;
      hasValue = true;
    }
    if (empty && !hasValue) throw new ReduceAwareErrMissingArgs();
  } finally {
    controller.abort();
  }
  return value;
}

module.exports = {
  compose,
  streams: { drop, filter, flatMap, map, take },
  promises: { every, forEach, reduce, toArray, some, find },
};
