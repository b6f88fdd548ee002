"use strict";
// What every stream class stands on: a first-in first-out queue, queuing strategies, and the
// reactions to what user code returned. No stream type is known here.

const promiseThen = Promise.prototype.then;
const PlatformPromise = Promise;
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

/** Calls `onFulfilled(value)` or `onRejected(reason)` in a microtask, as a promise of `value`. */
function react(value, onFulfilled, onRejected) {
  if (value === undefined) {
    promiseThen.call(resolvedUndefined, onFulfilled);
    return;
  }
  promiseThen.call(PlatformPromise.resolve(value), onFulfilled, onRejected);
}

/** The promise that settles as the reaction does. */
function transform(promise, onFulfilled, onRejected) {
  return promiseThen.call(promise, onFulfilled, onRejected);
}

/** Runs `callback` in a microtask. It must not throw. */
function microtask(callback) {
  promiseThen.call(resolvedUndefined, callback);
}

function markHandled(promise) {
  promiseThen.call(promise, ignore, ignore);
}

/** A promise with its settling functions as plain properties. */
class Deferred {
  constructor() {
    this.resolve = undefined;
    this.reject = undefined;
    this.promise = new PlatformPromise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
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
  if (typeof value === "function") return value;
  throw new TypeError(`The ${what}'s '${name}' property must be a function`);
}

/** The high water mark of a strategy. */
function highWaterMarkOf(strategy, fallback) {
  const value = strategy.highWaterMark;
  if (value === undefined) return fallback;
  const mark = +value;
  if (mark >= 0) return mark;
  throw new RangeError(
    "The queuing strategy's highWaterMark must be a non-negative, non-NaN number",
  );
}

/** The size function of a strategy; `undefined` means that every chunk counts one. */
function sizeOf(strategy) {
  const size = strategy.size;
  if (size === undefined) return undefined;
  if (typeof size !== "function") {
    throw new TypeError("The queuing strategy's 'size' property must be a function");
  }
  return (chunk) => size.call(undefined, chunk);
}

/** The strategy argument of a constructor. */
function strategyArgument(strategy) {
  if (strategy === undefined || strategy === null) return {};
  if (typeof strategy === "object" || typeof strategy === "function") return strategy;
  throw new TypeError("The queuing strategy must be an object");
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
  Queue,
  Deferred,
  LazyPromise,
  react,
  transform,
  microtask,
  markHandled,
  resolvedUndefined,
  callback,
  highWaterMarkOf,
  sizeOf,
  strategyArgument,
  checkedSize,
  rejected,
  ignore,

};
