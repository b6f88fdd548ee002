"use strict";
// Asynchronous iteration of a readable stream (`for await`).

const core = require("web/streams/readable-core");
const { Deferred, transform, rejected, ignore } = require("web/streams/queue");
const { invalidThisType } = require("web/errors");

class IterationRequest extends Deferred {
  constructor(state) {
    super();
    this.state = state;
  }
  chunk(value) { this.resolve({ value, done: false }); }
  close() {
    core.releaseReader(this.state.reader);
    this.state.finished = true;
    this.resolve({ value: undefined, done: true });
  }
  error(reason) {
    core.releaseReader(this.state.reader);
    this.state.finished = true;
    this.reject(reason);
  }
}

const states = new WeakMap();
const AsyncIteratorPrototype = Object.getPrototypeOf(
  Object.getPrototypeOf(async function* () {}).prototype,
);

/** Steps run one after the other, however fast they are asked for. */
function enqueueStep(state, step) {
  const before = state.ongoing;
  const promise = before === undefined ? step() : transform(before, step, step);
  state.ongoing = promise;
  return promise;
}

function nextStep(state) {
  if (state.finished) return Promise.resolve({ value: undefined, done: true });
  const request = new IterationRequest(state);
  core.read(state.reader, request);
  return request.promise;
}

function returnStep(state, value) {
  if (state.finished) return Promise.resolve({ value, done: true });
  state.finished = true;
  const { stream } = state.reader;
  let result;
  if (!state.preventCancel) result = core.cancel(stream, value);
  core.releaseReader(state.reader);
  const answer = { value, done: true };
  return result === undefined ? Promise.resolve(answer) : transform(result, () => answer);
}

const prototype = Object.create(AsyncIteratorPrototype, {
  next: {
    value: {
      next() {
        const state = states.get(this);
        if (state === undefined) return rejected(invalidThisType("ReadableStreamAsyncIterator"));
        return enqueueStep(state, () => nextStep(state));
      },
    }.next,
    writable: true,
    enumerable: true,
    configurable: true,
  },
  return: {
    value: {
      return(value) {
        const state = states.get(this);
        if (state === undefined) return rejected(invalidThisType("ReadableStreamAsyncIterator"));
        // One microtask more, in which the source may pull once again before it is cancelled.
        if (state.ongoing !== undefined) {
          state.ongoing = transform(state.ongoing, ignore, ignore);
        }
        return enqueueStep(state, () => returnStep(state, value));
      },
    }.return,
    writable: true,
    enumerable: true,
    configurable: true,
  },
});

/** Locks the stream and returns its iterator. */
function iterate(stream, preventCancel) {
  const iterator = Object.create(prototype);
  const reader = core.acquireReader(stream);
  states.set(iterator, { reader, preventCancel, ongoing: undefined, finished: false });
  return iterator;
}

module.exports = { iterate };
