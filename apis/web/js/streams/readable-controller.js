"use strict";
// The default controller of a readable stream: a queue of chunks with sizes, filled by the
// underlying source's `pull` whenever fewer than the high water mark are waiting.

const {
  Queue, react, checkedSize, isolate, rejected,
} = require("web/streams/queue");
const core = require("web/streams/readable-core");
const { invalidState, illegalConstructor, invalidThisType } = require("web/errors");
const { defineInterface, defineInspection } = require("web/interface");

const { READABLE, ERRORED } = core;

class DefaultController {
  constructor(stream, highWaterMark, size) {
    this.stream = stream;
    this.queue = new Queue();
    /** Sizes of the queued chunks; `null` while every chunk counts one. */
    this.sizes = size === undefined ? null : new Queue();
    this.total = 0;
    this.highWaterMark = highWaterMark;
    this.size = size;
    this.started = false;
    this.closeRequested = false;
    this.pulling = false;
    this.pullAgain = false;
    this.pullAlgorithm = undefined;
    this.cancelAlgorithm = undefined;
    this.face = null;
    /** The source of a stream of type "direct". */
    this.direct = null;
    this.onPulled = () => {
      this.pulling = false;
      if (!this.pullAgain) return;
      this.pullAgain = false;
      pullIfNeeded(this);
    };
    this.onPullFailed = (reason) => fail(this, reason);
    stream.controller = this;
  }
  get isByte() { return false; }

  /** Reads one chunk. */
  pull(request) {
    if (this.queue.length === 0) {
      this.stream.reader.requests.push(request);
      pullIfNeeded(this);
      return;
    }
    const chunk = takeChunk(this);
    if (this.closeRequested && this.queue.length === 0) {
      clearAlgorithms(this);
      core.close(this.stream);
    } else {
      pullIfNeeded(this);
    }
    request.chunk(chunk);
  }

  /** Drops the queue and tells the source; returns the source's promise. */
  cancel(reason) {
    resetQueue(this);
    const algorithm = this.cancelAlgorithm;
    clearAlgorithms(this);
    if (algorithm === undefined) return Promise.resolve(undefined);
    try {
      return Promise.resolve(algorithm(reason));
    } catch (error) {
      return rejected(error);
    }
  }

  release() {}
}

isolate(DefaultController);

function takeChunk(controller) {
  controller.total -= controller.sizes === null ? 1 : controller.sizes.shift();
  if (controller.total < 0) controller.total = 0;
  return controller.queue.shift();
}

function resetQueue(controller) {
  controller.queue.clear();
  controller.sizes?.clear();
  controller.total = 0;
}

function clearAlgorithms(controller) {
  controller.pullAlgorithm = undefined;
  controller.cancelAlgorithm = undefined;
  controller.size = undefined;
}

function desiredSize(controller) {
  const { state } = controller.stream;
  if (state === ERRORED) return null;
  if (state !== READABLE) return 0;
  return controller.highWaterMark - controller.total;
}

function canEnqueue(controller) {
  return !controller.closeRequested && controller.stream.state === READABLE;
}

function shouldPull(controller) {
  if (!controller.started || !canEnqueue(controller)) return false;
  return core.pendingReads(controller.stream) > 0 || controller.highWaterMark > controller.total;
}

function pullIfNeeded(controller) {
  if (!shouldPull(controller)) return;
  if (controller.pulling) {
    controller.pullAgain = true;
    return;
  }
  controller.pulling = true;
  const algorithm = controller.pullAlgorithm;
  let result;
  if (algorithm !== undefined) {
    try {
      result = algorithm();
    } catch (error) {
      result = rejected(error);
    }
  }
  react(result, controller.onPulled, controller.onPullFailed);
}

/** Adds a chunk, or hands it to a waiting reader. */
function enqueue(controller, chunk) {
  if (!canEnqueue(controller)) return;
  const stream = controller.stream;
  if (core.pendingReads(stream) > 0) {
    stream.reader.requests.shift().chunk(chunk);
  } else if (controller.size === undefined) {
    controller.queue.push(chunk);
    controller.sizes?.push(1);
    controller.total += 1;
  } else {
    enqueueSized(controller, chunk);
  }
  pullIfNeeded(controller);
}

function enqueueSized(controller, chunk) {
  let size;
  try {
    size = checkedSize(controller.size(chunk));
  } catch (error) {
    fail(controller, error);
    throw error;
  }
  controller.queue.push(chunk);
  controller.sizes.push(size);
  controller.total += size;
}

/** No chunk follows; the stream closes when the queue is empty. */
function closeController(controller) {
  if (!canEnqueue(controller)) return;
  controller.closeRequested = true;
  if (controller.queue.length > 0) return;
  clearAlgorithms(controller);
  core.close(controller.stream);
}

/** Errors the stream, unless it has ended already. */
function fail(controller, reason) {
  if (controller.stream.state !== READABLE) return;
  resetQueue(controller);
  clearAlgorithms(controller);
  core.error(controller.stream, reason);
}

/** Starts the controller once `startResult` has settled. */
function begin(controller, startResult) {
  react(
    startResult,
    () => {
      controller.started = true;
      pullIfNeeded(controller);
    },
    controller.onPullFailed,
  );
}

/**
 * Gives a stream a default controller over algorithms; `start` runs at once. All three members
 * must be there, `undefined` where there is none.
 */
function setUp(stream, algorithms, highWaterMark, size) {
  const { start, pull, cancel } = algorithms;
  const controller = new DefaultController(stream, highWaterMark, size);
  controller.pullAlgorithm = pull;
  controller.cancelAlgorithm = cancel;
  begin(controller, start === undefined ? undefined : start());
  return controller;
}

/** Gives a stream a default controller over a user's underlying source. */
function setUpFromSource(stream, source, callbacks, strategy) {
  const controller = new DefaultController(stream, strategy.mark(1), strategy.size);
  const { start, pull, cancel } = callbacks;
  const face = faceOf(controller);
  if (pull !== undefined) controller.pullAlgorithm = () => pull.call(source, face);
  if (cancel !== undefined) controller.cancelAlgorithm = (reason) => cancel.call(source, reason);
  begin(controller, start === undefined ? undefined : start.call(source, face));
}

// ---- The class programs see

const INTERNAL = Symbol("internal");

let controllerOf;

class ReadableStreamDefaultController {
  #core;
  constructor(token, controller) {
    if (token !== INTERNAL) throw illegalConstructor();
    this.#core = controller;
  }
  get desiredSize() { return desiredSize(check(this)); }
  close() {
    const controller = check(this);
    requireOpen(controller);
    closeController(controller);
  }
  enqueue(chunk = undefined) {
    const controller = check(this);
    requireOpen(controller);
    enqueue(controller, chunk);
  }
  error(reason = undefined) { fail(check(this), reason); }

  static { controllerOf = (face) => (#core in face ? face.#core : undefined); }
}

function check(face) {
  const controller = typeof face === "object" && face !== null ? controllerOf(face) : undefined;
  if (controller === undefined) throw invalidThisType("ReadableStreamDefaultController");
  return controller;
}

function requireOpen(controller) {
  if (!canEnqueue(controller)) throw invalidState("Controller is already closed");
}

function faceOf(controller) {
  return (controller.face ??= new ReadableStreamDefaultController(INTERNAL, controller));
}

defineInterface(ReadableStreamDefaultController);
Object.defineProperty(ReadableStreamDefaultController, "length", { value: 0 });
defineInspection(ReadableStreamDefaultController, (face) => ({ desiredSize: face.desiredSize }));

module.exports = {
  ReadableStreamDefaultController,
  DefaultController,
  setUp,
  setUpFromSource,
  enqueue,
  closeController,
  fail,
  desiredSize,
  canEnqueue,
  shouldPull,
};
