"use strict";
// What every stream class stands on: a first-in first-out queue, queuing strategies, and the
// reactions to what user code returned. No stream type is known here.

const asyncContext = require("runtime/async-context");

const promiseThen = asyncContext.then;
const PlatformPromise = Promise;
const withResolvers = Promise.withResolvers;
const apply = Reflect.apply;
const platformCall = Function.prototype.call;
const resolvedUndefined = Promise.resolve(undefined);
const ignore = () => {};

const INITIAL_CAPACITY = 8;

/** A ring buffer that doubles when full; `shift` and `push` touch nothing else. */
class Queue {
  constructor() {
    this.items = undefined;
    this.head = 0;
    this.length = 0;
    this.mask = INITIAL_CAPACITY - 1;
  }
  push(item) {
    if (this.items === undefined) this.items = new Array(INITIAL_CAPACITY);
    if (this.length > this.mask) this.grow();
    this.items[(this.head + this.length) & this.mask] = item;
    this.length++;
  }
  shift() {
    const item = this.items[this.head];
    this.items[this.head] = undefined;
    this.head = (this.head + 1) & this.mask;
    this.length--;
    return item;
  }
  peek() {
    return this.items[this.head];
  }
  clear() {
    this.items = undefined;
    this.head = 0;
    this.length = 0;
    this.mask = INITIAL_CAPACITY - 1;
  }
  grow() {
    const old = this.items;
    const capacity = old.length * 2;
    const items = new Array(capacity);
    for (let index = 0; index < this.length; index++) {
      items[index] = old[(this.head + index) & this.mask];
    }
    this.items = items;
    this.head = 0;
    this.mask = capacity - 1;
  }
}

/** What an internal algorithm returns when it will call the reaction itself, in a microtask. */
const LATER = Symbol("later");

/** Calls `onFulfilled(value)` or `onRejected(reason)` in a microtask, as a promise of `value`. */
function react(value, onFulfilled, onRejected) {
  if (value === undefined) microtask(onFulfilled);
  else if (value !== LATER) reactToPromise(value, onFulfilled, onRejected);
}

function reactToPromise(value, onFulfilled, onRejected) {
  asyncContext.then.call(PlatformPromise.resolve(value), onFulfilled, onRejected);
}

/** As `react`, in a job of its own: exactly one microtask later. */
function reactExactly(value, onFulfilled, onRejected) {
  if (value === undefined) asyncContext.then.call(resolvedUndefined, onFulfilled);
  else reactToPromise(value, onFulfilled, onRejected);
}

/** The promise that settles as the reaction does. */
function transform(promise, onFulfilled, onRejected) {
  return asyncContext.then.call(promise, onFulfilled, onRejected);
}

// Callbacks asked for in one turn share one promise job: a job costs more than most of them do.
// What these callbacks ask for runs in the same job once more, and later requests in the next job:
// half the jobs, and other microtasks still get their turn. Each runs in the async context that
// asked for it.
const waiting = [];
const contexts = [];
let waitingCount = 0;
let isRunning = false;

function runRange(from, to) {
  for (let index = from; index < to; index++) {
    asyncContext.current = contexts[index];
    waiting[index]();
  }
}

function runWaiting() {
  isRunning = true;
  const first = waitingCount;
  runRange(0, first);
  const second = waitingCount;
  runRange(first, second);
  isRunning = false;
  const left = waitingCount - second;
  for (let index = 0; index < left; index++) {
    waiting[index] = waiting[second + index];
    contexts[index] = contexts[second + index];
  }
  for (let index = left; index < waitingCount; index++) {
    waiting[index] = ignore;
    contexts[index] = undefined;
  }
  waitingCount = left;
  if (left > 0) promiseThen.call(resolvedUndefined, runWaiting);
}

/** Runs `callback` in a microtask. It must not throw. */
function microtask(callback) {
  waiting[waitingCount] = callback;
  contexts[waitingCount++] = asyncContext.current;
  if (waitingCount === 1 && !isRunning) promiseThen.call(resolvedUndefined, runWaiting);
}

function markHandled(promise) {
  promiseThen.call(promise, ignore, ignore);
}

/** A promise with its settling functions as plain properties. */
class Deferred {
  constructor() {
    const { promise, resolve, reject } = withResolvers.call(PlatformPromise);
    this.promise = promise;
    this.resolve = resolve;
    this.reject = reject;
  }
}

/** A promise that is made when it is first looked at, and settles as its state says. */
class LazyPromise {
  constructor() {
    this.state = 0; // 0 pending, 1 resolved, 2 rejected
    this.reason = undefined;
    this.deferred = null;
  }
  resolve() {
    if (this.state !== 0) return;
    this.state = 1;
    this.deferred?.resolve(undefined);
  }
  /** Rejects; the rejection never counts as unhandled. */
  reject(reason) {
    if (this.state !== 0) return;
    this.state = 2;
    this.reason = reason;
    if (this.deferred !== null) {
      markHandled(this.deferred.promise);
      this.deferred.reject(reason);
    }
  }
  /** Pending again; a promise that was looked at stays as it settled. */
  restarted() {
    if (this.deferred !== null) return new LazyPromise();
    this.state = 0;
    this.reason = undefined;
    return this;
  }
  get promise() {
    if (this.deferred === null) {
      this.deferred = new Deferred();
      if (this.state === 1) this.deferred.resolve(undefined);
      else if (this.state === 2) {
        markHandled(this.deferred.promise);
        this.deferred.reject(this.reason);
      }
    }
    return this.deferred.promise;
  }
}

/** A member of an underlying source, sink or transformer: a function or nothing. */
function callback(owner, name, what) {
  const value = owner[name];
  if (value === undefined) return undefined;
  if (typeof value !== "function") {
    throw new TypeError(`The ${what}'s '${name}' property must be a function`);
  }
  // `call` costs a fifth of Reflect.apply; only a function that hides it needs the other.
  if (value.call === platformCall) return value;
  return function (...values) { return apply(value, this, values); };
}

/** A queuing strategy, its members read in the order of the dictionary. */
class Strategy {
  constructor(value) {
    this.highWaterMark = undefined;
    this.size = undefined;
    if (value === undefined || value === null) return;
    if (typeof value !== "object" && typeof value !== "function") {
      throw new TypeError("The queuing strategy must be an object");
    }
    const { highWaterMark } = value;
    if (highWaterMark !== undefined) this.highWaterMark = +highWaterMark;
    const { size } = value;
    if (size === undefined) return;
    if (typeof size !== "function") {
      throw new TypeError("The queuing strategy's 'size' property must be a function");
    }
    this.size = (chunk) => size(chunk);
  }
  /** The high water mark, checked. */
  mark(fallback) {
    const mark = this.highWaterMark;
    if (mark === undefined) return fallback;
    if (mark >= 0) return mark;
    throw new RangeError(
      "The queuing strategy's highWaterMark must be a non-negative, non-NaN number",
    );
  }
}

isolate(Strategy);

/** Keeps setters that programs define on Object.prototype away from assignments to our fields. */
function isolate(constructor) {
  Object.setPrototypeOf(constructor.prototype, null);
}

/** The size of a chunk as a number that may enter a queue. */
function checkedSize(size) {
  const value = +size;
  if (value >= 0 && value !== Infinity) return value;
  throw new RangeError(
    "The queuing strategy's chunk size must be a non-negative, finite number",
  );
}

/** A rejected promise for an operation called on the wrong object or in the wrong state. */
function rejected(error) {
  return PlatformPromise.reject(error);
}

module.exports = {
  PlatformPromise,
  Queue,
  Deferred,
  LazyPromise,
  LATER,
  react,
  reactExactly,
  transform,
  microtask,
  markHandled,
  resolvedUndefined,
  callback,
  Strategy,
  isolate,
  checkedSize,
  rejected,
  ignore,

};
