"use strict";
// The controller of a readable byte stream: bytes queue as segments, readers that bring their own
// buffer have it filled in place. Every buffer that enters is transferred, so that no other code
// can touch bytes the stream owns.

const { Queue, reactExactly, isolate, rejected } = require("web/streams/queue");
const core = require("web/streams/readable-core");
const {
  FOR_DEFAULT, FOR_BYOB, FOR_NONE, PullInto, ByteQueue, makeUint8Array, makerOf, filledView,
} = require("web/streams/byte-queue");
const { invalidState, withCode } = require("web/errors");

const { READABLE, CLOSED, ERRORED } = core;

class ByteController {
  constructor(stream, highWaterMark, autoAllocateChunkSize) {
    this.stream = stream;
    this.queue = new ByteQueue();
    this.pendingPulls = new Queue();
    this.highWaterMark = highWaterMark;
    this.autoAllocateChunkSize = autoAllocateChunkSize;
    this.started = false;
    this.closeRequested = false;
    this.pulling = false;
    this.pullAgain = false;
    this.pullAlgorithm = undefined;
    this.cancelAlgorithm = undefined;
    this.byobRequest = null;
    this.face = null;
    this.onPulled = () => {
      this.pulling = false;
      if (!this.pullAgain) return;
      this.pullAgain = false;
      pullIfNeeded(this);
    };
    this.onPullFailed = (reason) => fail(this, reason);
    stream.controller = this;
  }
  get isByte() { return true; }

  pull(request) {
    if (this.queue.total > 0) {
      request.chunk(takeSegment(this));
      return;
    }
    if (this.autoAllocateChunkSize !== undefined) {
      let buffer;
      try {
        buffer = new ArrayBuffer(this.autoAllocateChunkSize);
      } catch (error) {
        request.error(error);
        return;
      }
      const { byteLength } = buffer;
      this.pendingPulls.push(
        new PullInto(buffer, 0, byteLength, 1, 1, makeUint8Array, FOR_DEFAULT),
      );
    }
    this.stream.reader.requests.push(request);
    pullIfNeeded(this);
  }

  cancel(reason) {
    clearPendingPulls(this);
    this.queue.clear();
    const algorithm = this.cancelAlgorithm;
    clearAlgorithms(this);
    if (algorithm === undefined) return Promise.resolve(undefined);
    try {
      return Promise.resolve(algorithm(reason));
    } catch (error) {
      return rejected(error);
    }
  }

  /** The reader leaves: the first buffer keeps what it was filled with, the others go. */
  release() {
    if (this.pendingPulls.length === 0) return;
    const first = this.pendingPulls.peek();
    first.reader = FOR_NONE;
    this.pendingPulls.clear();
    this.pendingPulls.push(first);
  }
}

isolate(ByteController);

function hasByobReader(stream) {
  return stream.reader !== null && stream.reader.byob;
}

function hasDefaultReader(stream) {
  return stream.reader !== null && !stream.reader.byob;
}

function clearAlgorithms(controller) {
  controller.pullAlgorithm = undefined;
  controller.cancelAlgorithm = undefined;
}

function invalidateRequest(controller) {
  if (controller.byobRequest === null) return;
  controller.byobRequest.invalidate();
  controller.byobRequest = null;
}

function clearPendingPulls(controller) {
  invalidateRequest(controller);
  controller.pendingPulls.clear();
}

function desiredSize(controller) {
  const { state } = controller.stream;
  if (state === ERRORED) return null;
  if (state === CLOSED) return 0;
  return controller.highWaterMark - controller.queue.total;
}

function shouldPull(controller) {
  const stream = controller.stream;
  if (stream.state !== READABLE || controller.closeRequested || !controller.started) return false;
  if (stream.reader !== null && stream.reader.requests.length > 0) return true;
  return desiredSize(controller) > 0;
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
  reactExactly(result, controller.onPulled, controller.onPullFailed);
}

function handleDrain(controller) {
  if (controller.queue.total === 0 && controller.closeRequested) {
    clearAlgorithms(controller);
    core.close(controller.stream);
  } else {
    pullIfNeeded(controller);
  }
}

function takeSegment(controller) {
  const view = controller.queue.shiftView();
  handleDrain(controller);
  return view;
}

/** Gives a filled buffer to the reader that waits for it. */
function commit(stream, pull) {
  const done = stream.state === CLOSED;
  const view = filledView(pull);
  const request = stream.reader.requests.shift();
  if (done) request.close(view);
  else request.chunk(view);
}

function fillPendingPulls(controller) {
  const filled = [];
  while (controller.pendingPulls.length > 0 && controller.queue.total > 0) {
    const pull = controller.pendingPulls.peek();
    if (!controller.queue.fill(pull)) break;
    controller.pendingPulls.shift();
    filled.push(pull);
  }
  return filled;
}

function enqueueCopy(controller, buffer, byteOffset, byteLength) {
  let copy;
  try {
    copy = buffer.slice(byteOffset, byteOffset + byteLength);
  } catch (error) {
    fail(controller, error);
    throw error;
  }
  controller.queue.push(copy, 0, byteLength);
}

/** The reader of `pull` has left: what it was filled with goes back into the queue. */
function requeueAbandoned(controller, pull) {
  if (pull.bytesFilled > 0) {
    enqueueCopy(controller, pull.buffer, pull.byteOffset, pull.bytesFilled);
  }
  controller.pendingPulls.shift();
}

function processReadRequests(controller) {
  const reader = controller.stream.reader;
  while (reader.requests.length > 0 && controller.queue.total > 0) {
    reader.requests.shift().chunk(takeSegment(controller));
  }
}

/** Before new bytes are looked at: the first waiting buffer moves out of the request's reach. */
function reclaimFirstPull(controller) {
  if (controller.pendingPulls.length === 0) return;
  const first = controller.pendingPulls.peek();
  if (first.buffer.detached) {
    throw new TypeError("The BYOB request's buffer has been detached");
  }
  invalidateRequest(controller);
  first.buffer = first.buffer.transfer();
  if (first.reader === FOR_NONE) requeueAbandoned(controller, first);
}

/** Adds the bytes of a view whose buffer the stream takes over. */
function enqueue(controller, chunk) {
  const stream = controller.stream;
  if (controller.closeRequested || stream.state !== READABLE) return;
  const { buffer, byteOffset, byteLength } = chunk;
  if (buffer.detached) throw invalidState("chunk ArrayBuffer is zero-length or detached");
  const transferred = buffer.transfer();
  reclaimFirstPull(controller);
  if (hasDefaultReader(stream)) {
    processReadRequests(controller);
    if (stream.reader.requests.length === 0) {
      controller.queue.push(transferred, byteOffset, byteLength);
    } else {
      if (controller.pendingPulls.length > 0) controller.pendingPulls.shift();
      stream.reader.requests.shift().chunk(makeUint8Array(transferred, byteOffset, byteLength));
    }
  } else {
    controller.queue.push(transferred, byteOffset, byteLength);
    if (hasByobReader(stream)) {
      for (const pull of fillPendingPulls(controller)) commit(stream, pull);
    }
  }
  pullIfNeeded(controller);
}

/** No byte follows; the stream closes when the queue is empty. */
function closeController(controller) {
  const stream = controller.stream;
  if (controller.closeRequested || stream.state !== READABLE) return;
  if (controller.queue.total > 0) {
    controller.closeRequested = true;
    return;
  }
  if (controller.pendingPulls.length > 0) {
    const first = controller.pendingPulls.peek();
    if (first.bytesFilled % first.elementSize !== 0) {
      const error = new TypeError("Insufficient bytes to fill elements in the given buffer");
      fail(controller, error);
      throw error;
    }
  }
  clearAlgorithms(controller);
  core.close(stream);
}

/** Errors the stream, unless it has ended already. */
function fail(controller, reason) {
  if (controller.stream.state !== READABLE) return;
  clearPendingPulls(controller);
  controller.queue.clear();
  clearAlgorithms(controller);
  core.error(controller.stream, reason);
}

/** Reads into `view`, at least `minimum` of its elements; `request` gets the filled view. */
function pullInto(controller, view, minimum, request) {
  const stream = controller.stream;
  const elementSize = view.BYTES_PER_ELEMENT ?? 1;
  const { byteOffset, byteLength } = view;
  let buffer;
  try {
    buffer = view.buffer.transfer();
  } catch (error) {
    request.error(error);
    return;
  }
  const pull = new PullInto(
    buffer, byteOffset, byteLength, minimum * elementSize, elementSize, makerOf(view), FOR_BYOB,
  );
  if (controller.pendingPulls.length > 0) {
    controller.pendingPulls.push(pull);
    stream.reader.requests.push(request);
    return;
  }
  if (stream.state === CLOSED) {
    request.close(pull.make(buffer, byteOffset, 0));
    return;
  }
  if (controller.queue.total > 0) {
    if (controller.queue.fill(pull)) {
      const filled = filledView(pull);
      handleDrain(controller);
      request.chunk(filled);
      return;
    }
    if (controller.closeRequested) {
      const error = new TypeError("Insufficient bytes to fill elements in the given buffer");
      fail(controller, error);
      request.error(error);
      return;
    }
  }
  controller.pendingPulls.push(pull);
  stream.reader.requests.push(request);
  pullIfNeeded(controller);
}

function respondClosed(controller, first) {
  if (first.reader === FOR_NONE) controller.pendingPulls.shift();
  const stream = controller.stream;
  if (!hasByobReader(stream)) return;
  const filled = [];
  while (filled.length < stream.reader.requests.length && controller.pendingPulls.length > 0) {
    filled.push(controller.pendingPulls.shift());
  }
  for (const pull of filled) commit(stream, pull);
}

function respondReadable(controller, bytesWritten, pull) {
  pull.bytesFilled += bytesWritten;
  const stream = controller.stream;
  if (pull.reader === FOR_NONE) {
    requeueAbandoned(controller, pull);
    for (const filled of fillPendingPulls(controller)) commit(stream, filled);
    return;
  }
  if (pull.bytesFilled < pull.minimumFill) return;
  controller.pendingPulls.shift();
  const remainder = pull.bytesFilled % pull.elementSize;
  if (remainder > 0) {
    const end = pull.byteOffset + pull.bytesFilled;
    enqueueCopy(controller, pull.buffer, end - remainder, remainder);
  }
  pull.bytesFilled -= remainder;
  const filled = fillPendingPulls(controller);
  commit(stream, pull);
  for (const other of filled) commit(stream, other);
}

function respondToFirst(controller, bytesWritten) {
  const first = controller.pendingPulls.peek();
  invalidateRequest(controller);
  if (controller.stream.state === CLOSED) respondClosed(controller, first);
  else respondReadable(controller, bytesWritten, first);
  pullIfNeeded(controller);
}

/** The source has written `bytesWritten` bytes into the first waiting buffer. */
function respond(controller, bytesWritten) {
  const first = controller.pendingPulls.peek();
  if (controller.stream.state === CLOSED) {
    if (bytesWritten !== 0) {
      throw new TypeError("bytesWritten must be 0 when the stream is closed");
    }
  } else {
    if (bytesWritten === 0) {
      throw new TypeError(
        "A readable byte stream's BYOB request cannot be responded to with 0 bytes written",
      );
    }
    if (first.bytesFilled + bytesWritten > first.byteLength) {
      throw new RangeError("bytesWritten is larger than the view of the BYOB request");
    }
  }
  first.buffer = first.buffer.transfer();
  respondToFirst(controller, bytesWritten);
}

/** The source has put its bytes into `view`, which must cover the first waiting buffer. */
function bufferMismatch(view) {
  const shown = require("bun/inspect").inspect(view, { compact: true });
  const message =
    "The argument 'view' must have the same buffer length as the BYOB request. " +
    `Received ${shown}`;
  return withCode(new RangeError(message), "ERR_INVALID_ARG_VALUE");
}

function respondWithView(controller, view) {
  const first = controller.pendingPulls.peek();
  const { byteLength } = view;
  if (controller.stream.state === CLOSED) {
    if (byteLength !== 0) throw new TypeError("The view must be empty when the stream is closed");
  } else if (byteLength === 0) {
    throw new TypeError(
      "A readable byte stream's BYOB request cannot be responded to with a zero-length view",
    );
  }
  if (first.byteOffset + first.bytesFilled !== view.byteOffset) {
    throw new RangeError("The view's offset does not match the BYOB request");
  }
  if (first.bufferByteLength !== view.buffer.byteLength) {
    throw bufferMismatch(view);
  }
  if (first.bytesFilled + byteLength > first.byteLength) {
    throw new RangeError("The view is larger than the BYOB request");
  }
  first.buffer = view.buffer.transfer();
  respondToFirst(controller, byteLength);
}

/** The bytes of the first waiting buffer that are still to be filled; `null` when none waits. */
function pendingView(controller) {
  if (controller.pendingPulls.length === 0) return null;
  const first = controller.pendingPulls.peek();
  const { buffer, byteOffset, byteLength, bytesFilled } = first;
  return makeUint8Array(buffer, byteOffset + bytesFilled, byteLength - bytesFilled);
}

function begin(controller, startResult) {
  reactExactly(
    startResult,
    () => {
      controller.started = true;
      pullIfNeeded(controller);
    },
    controller.onPullFailed,
  );
}

/** Gives a stream a byte controller over algorithms. */
function setUp(stream, algorithms, highWaterMark, autoAllocateChunkSize) {
  const controller = new ByteController(stream, highWaterMark, autoAllocateChunkSize);
  controller.pullAlgorithm = algorithms.pull;
  controller.cancelAlgorithm = algorithms.cancel;
  begin(controller, undefined);
  return controller;
}

/** Gives a stream a byte controller over a user's underlying source of type "bytes". */
function setUpFromSource(stream, source, callbacks, strategy, autoAllocateChunkSize) {
  if (strategy.size !== undefined) {
    throw new RangeError(
      "The queuing strategy of a readable byte stream cannot have a size function",
    );
  }
  const highWaterMark = strategy.mark(0);
  if (autoAllocateChunkSize === 0) {
    throw new TypeError("autoAllocateChunkSize must be greater than 0");
  }
  const controller = new ByteController(stream, highWaterMark, autoAllocateChunkSize);
  const face = require("web/streams/byte-faces").faceOf(controller);
  const { start, pull, cancel } = callbacks;
  if (pull !== undefined) controller.pullAlgorithm = () => pull.call(source, face);
  if (cancel !== undefined) controller.cancelAlgorithm = (reason) => cancel.call(source, reason);
  begin(controller, start === undefined ? undefined : start.call(source, face));
}

module.exports = {
  ByteController,
  setUp,
  setUpFromSource,
  enqueue,
  closeController,
  fail,
  desiredSize,
  pullInto,
  pendingView,
  respond,
  respondWithView,
};
