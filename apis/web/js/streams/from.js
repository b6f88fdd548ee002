"use strict";
// ReadableStream.from: a stream over any iterable, asynchronous or not.

const { ReadableCore } = require("web/streams/readable-core");
const controllers = require("web/streams/readable-controller");
const { withCode } = require("web/errors");
const { transform, rejected } = require("web/streams/queue");

function notIterable(value) {
  const text = typeof value === "symbol" ? value.toString() : `${value}`;
  return withCode(new TypeError(`${text} must be iterable`), "ERR_ARG_NOT_ITERABLE");
}

function requireObject(value, what) {
  if ((typeof value === "object" && value !== null) || typeof value === "function") return value;
  throw new TypeError(`${what} must return an object`);
}

/** Finds the iterator; `isAsync` tells whether its results are promises. */
function openIterator(iterable) {
  if (iterable === undefined || iterable === null) throw notIterable(iterable);
  const asyncMethod = iterable[Symbol.asyncIterator];
  const isAsync = asyncMethod !== undefined && asyncMethod !== null;
  const method = isAsync ? asyncMethod : iterable[Symbol.iterator];
  if (typeof method !== "function") throw notIterable(iterable);
  const iterator = requireObject(method.call(iterable), "The iterator method");
  return { iterator, next: iterator.next, isAsync };
}

function settledValue(isAsync, result) {
  if (isAsync) return result.value;
  // An iterable of promises gives their values, as `for await` does.
  return Promise.resolve(result.value);
}

/** A stream that pulls one value of `iterable` for each read. */
function fromIterable(iterable) {
  const { iterator, next, isAsync } = openIterator(iterable);
  const stream = new ReadableCore();
  const deliver = (result) => {
    requireObject(result, "The iterator's next()");
    if (result.done) {
      controllers.closeController(stream.controller);
      return undefined;
    }
    const value = settledValue(isAsync, result);
    if (isAsync) return controllers.enqueue(stream.controller, value);
    return transform(value, (chunk) => controllers.enqueue(stream.controller, chunk));
  };
  const pull = () => {
    let result;
    try {
      result = next.call(iterator);
    } catch (error) {
      return rejected(error);
    }
    return transform(Promise.resolve(result), deliver);
  };
  const cancel = (reason) => {
    const method = iterator.return;
    if (method === undefined || method === null) return undefined;
    return transform(Promise.resolve(method.call(iterator, reason)), (result) => {
      requireObject(result, "The iterator's return()");
    });
  };
  controllers.setUp(stream, { start: undefined, pull, cancel }, 0, undefined);
  return require("web/streams/readable-stream").faceOf(stream);
}

module.exports = { fromIterable };
