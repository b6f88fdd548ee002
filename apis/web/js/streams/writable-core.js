"use strict";
// Writable streams inside: the state of a stream, of its writer and of its controller, and the
// operations the Streams Standard calls abstract. Public classes are thin faces over these.
//
// A stream is writable, erroring (failed, a sink operation still running), errored or closed. One
// sink operation runs at a time. A write request has `resolve()` and `reject(reason)`.

const {
  Queue, Deferred, LazyPromise, react, checkedSize, isolate, rejected,
} = require("web/streams/queue");
const { invalidState } = require("web/errors");

const WRITABLE = 0;
const ERRORING = 1;
const ERRORED = 2;
const CLOSED = 3;
const STATE_NAMES = ["writable", "erroring", "errored", "closed"];

/** Stands in the queue for the close that was asked for. */
const CLOSE = Symbol("close");

class WritableCore {
  constructor() {
    this.state = WRITABLE;
    this.storedError = undefined;
    this.writer = null;
    this.controller = null;
    this.writeRequests = new Queue();
    this.inFlightWrite = null;
    this.closeRequest = null;
    this.inFlightClose = null;
    this.pendingAbort = null;
    this.backpressure = false;
    this.face = null;
    /** Promise and resolvers of the end, once somebody watches without a lock. */
    this.settlement = null;
  }
  get isOver() { return this.state === CLOSED || this.state === ERRORED; }
}

class WritableController {
  constructor(stream, algorithms, highWaterMark, size) {
    this.stream = stream;
    this.queue = new Queue();
    /** Sizes of the queued chunks; `null` while every chunk counts one. */
    this.sizes = size === undefined ? null : new Queue();
    this.total = 0;
    this.started = false;
    this.highWaterMark = highWaterMark;
    this.size = size;
    this.writeAlgorithm = algorithms.write;
    this.closeAlgorithm = algorithms.close;
    this.abortAlgorithm = algorithms.abort;
    /** Signalled when the stream is aborted; made when the sink asks for it. */
    this.signal = null;
    this.aborted = false;
    this.abortReason = undefined;
    this.face = null;
    this.onWritten = () => finishWrite(this);
    this.onWriteFailed = (reason) => failWrite(this, reason);
    stream.controller = this;
    updateBackpressure(stream, highWaterMark <= 0);
  }
}

isolate(WritableController);

class WriterCore {
  constructor(stream) {
    this.stream = stream;
    this.closed = new LazyPromise();
    this.ready = new LazyPromise();
    /** Called when a write has finished and there is room; for pipes. */
    this.onReady = null;
    stream.writer = this;
    const { state, storedError } = stream;
    if (state === WRITABLE) {
      if (isClosing(stream) || !stream.backpressure) this.ready.resolve();
    } else if (state === ERRORING) {
      this.ready.reject(storedError);
    } else if (state === CLOSED) {
      this.ready.resolve();
      this.closed.resolve();
    } else {
      this.ready.reject(storedError);
      this.closed.reject(storedError);
    }
  }
}

function acquireWriter(stream) {
  if (stream.writer !== null) throw invalidState("WritableStream is locked");
  return new WriterCore(stream);
}

/** A close was asked for or is running. */
function isClosing(stream) {
  return stream.closeRequest !== null || stream.inFlightClose !== null;
}

function isOperating(stream) {
  return stream.inFlightWrite !== null || stream.inFlightClose !== null;
}

function rejectReady(writer, reason) {
  if (writer.ready.state !== 0) writer.ready = new LazyPromise();
  writer.ready.reject(reason);
}

function rejectClosed(writer, reason) {
  if (writer.closed.state !== 0) writer.closed = new LazyPromise();
  writer.closed.reject(reason);
}

function updateBackpressure(stream, backpressure) {
  const writer = stream.writer;
  const changed = backpressure !== stream.backpressure;
  stream.backpressure = backpressure;
  if (writer === null || !changed) return;
  if (backpressure) writer.ready = writer.ready.restarted();
  else writer.ready.resolve();
}

/** Aborts the stream: its queue is dropped and its sink told. */
function abort(stream, reason) {
  if (stream.state === CLOSED || stream.state === ERRORED) return Promise.resolve(undefined);
  const controller = stream.controller;
  if (!controller.aborted) {
    controller.aborted = true;
    controller.abortReason = reason;
    if (controller.signal !== null) require("web/abort").abortSignal(controller.signal, reason);
  }
  const { state } = stream;
  if (state === CLOSED || state === ERRORED) return Promise.resolve(undefined);
  if (stream.pendingAbort !== null) return stream.pendingAbort.deferred.promise;
  const wasErroring = state === ERRORING;
  const deferred = new Deferred();
  stream.pendingAbort = { deferred, reason: wasErroring ? undefined : reason, wasErroring };
  if (!wasErroring) startErroring(stream, reason);
  return deferred.promise;
}

/** Closes the stream after what is queued. The caller has checked that it is not closing. */
function close(stream) {
  if (stream.state === CLOSED || stream.state === ERRORED) {
    return rejected(new TypeError(
      `Cannot close a WritableStream that is ${STATE_NAMES[stream.state]}`,
    ));
  }
  const deferred = new Deferred();
  stream.closeRequest = deferred;
  const writer = stream.writer;
  if (writer !== null && stream.backpressure && stream.state === WRITABLE) writer.ready.resolve();
  const controller = stream.controller;
  controller.queue.push(CLOSE);
  controller.sizes?.push(0);
  advance(controller);
  return deferred.promise;
}

function dealWithRejection(stream, reason) {
  if (stream.state === WRITABLE) startErroring(stream, reason);
  else finishErroring(stream);
}

function startErroring(stream, reason) {
  stream.state = ERRORING;
  stream.storedError = reason;
  if (stream.writer !== null) rejectReady(stream.writer, reason);
  if (!isOperating(stream) && stream.controller.started) finishErroring(stream);
}

function finishErroring(stream) {
  stream.state = ERRORED;
  const controller = stream.controller;
  resetQueue(controller);
  const { storedError, writeRequests } = stream;
  while (writeRequests.length > 0) writeRequests.shift().reject(storedError);
  const request = stream.pendingAbort;
  if (request === null) {
    rejectClosing(stream);
    return;
  }
  stream.pendingAbort = null;
  if (request.wasErroring) {
    request.deferred.reject(storedError);
    rejectClosing(stream);
    return;
  }
  react(
    callAbort(controller, request.reason),
    () => {
      request.deferred.resolve(undefined);
      rejectClosing(stream);
    },
    (reason) => {
      request.deferred.reject(reason);
      rejectClosing(stream);
    },
  );
}

function callAbort(controller, reason) {
  const algorithm = controller.abortAlgorithm;
  clearAlgorithms(controller);
  if (algorithm === undefined) return undefined;
  try {
    return algorithm(reason);
  } catch (error) {
    return rejected(error);
  }
}

function rejectClosing(stream) {
  if (stream.closeRequest !== null) {
    stream.closeRequest.reject(stream.storedError);
    stream.closeRequest = null;
  }
  stream.settlement?.reject(stream.storedError);
  if (stream.writer !== null) rejectClosed(stream.writer, stream.storedError);
}

// ---- The controller

function resetQueue(controller) {
  controller.queue.clear();
  controller.sizes?.clear();
  controller.total = 0;
}

function clearAlgorithms(controller) {
  controller.writeAlgorithm = undefined;
  controller.closeAlgorithm = undefined;
  controller.abortAlgorithm = undefined;
  controller.size = undefined;
}

/** Errors a stream that is still writable. */
function errorIfNeeded(controller, reason) {
  if (controller.stream.state !== WRITABLE) return;
  clearAlgorithms(controller);
  startErroring(controller.stream, reason);
}

function chunkSize(controller, chunk) {
  if (controller.size === undefined) return 1;
  try {
    return controller.size(chunk);
  } catch (error) {
    errorIfNeeded(controller, error);
    return 1;
  }
}

/** Why a chunk cannot be written to a stream in its present state; `undefined` when it can. */
function refusal(stream) {
  if (stream.state === ERRORED) return { reason: stream.storedError };
  if (isClosing(stream) || stream.state === CLOSED) {
    const message = "Cannot write to a WritableStream that is closing or closed";
    return { reason: new TypeError(message) };
  }
  if (stream.state === ERRORING) return { reason: stream.storedError };
  return undefined;
}

/** Writes a chunk; `request` is settled when the sink has taken it. */
function write(writer, chunk, request) {
  const stream = writer.stream;
  const controller = stream.controller;
  const size = controller.size === undefined ? 1 : chunkSize(controller, chunk);
  if (stream !== writer.stream) {
    request.reject(invalidState("Writer is not bound to a WritableStream"));
    return;
  }
  if (stream.state !== WRITABLE || isClosing(stream)) {
    request.reject(refusal(stream).reason);
    return;
  }
  stream.writeRequests.push(request);
  if (controller.sizes === null) {
    controller.queue.push(chunk);
    controller.total += 1;
  } else if (!pushSized(controller, chunk, size)) {
    return;
  }
  if (!isClosing(stream) && stream.state === WRITABLE) {
    updateBackpressure(stream, controller.highWaterMark <= controller.total);
  }
  advance(controller);
}

function pushSized(controller, chunk, size) {
  let checked;
  try {
    checked = checkedSize(size);
  } catch (error) {
    errorIfNeeded(controller, error);
    return false;
  }
  controller.queue.push(chunk);
  controller.sizes.push(checked);
  controller.total += checked;
  return true;
}

/** Starts the next sink operation, if none is running. */
function advance(controller) {
  const stream = controller.stream;
  if (!controller.started || stream.inFlightWrite !== null) return;
  if (stream.state === ERRORING) {
    finishErroring(stream);
    return;
  }
  if (controller.queue.length === 0) return;
  const chunk = controller.queue.peek();
  if (chunk === CLOSE) processClose(controller);
  else processWrite(controller, chunk);
}

function takeFirst(controller) {
  controller.queue.shift();
  controller.total -= controller.sizes === null ? 1 : controller.sizes.shift();
  if (controller.total < 0) controller.total = 0;
}

function processWrite(controller, chunk) {
  const stream = controller.stream;
  stream.inFlightWrite = stream.writeRequests.shift();
  const algorithm = controller.writeAlgorithm;
  let result;
  if (algorithm !== undefined) {
    try {
      result = algorithm(chunk);
    } catch (error) {
      result = rejected(error);
    }
  }
  react(result, controller.onWritten, controller.onWriteFailed);
}

function finishWrite(controller) {
  const stream = controller.stream;
  stream.inFlightWrite.resolve(undefined);
  stream.inFlightWrite = null;
  takeFirst(controller);
  if (!isClosing(stream) && stream.state === WRITABLE) {
    updateBackpressure(stream, controller.highWaterMark <= controller.total);
  }
  advance(controller);
  const writer = stream.writer;
  if (writer !== null && writer.onReady !== null && !stream.backpressure) writer.onReady();
}

function failWrite(controller, reason) {
  const stream = controller.stream;
  if (stream.state === WRITABLE) clearAlgorithms(controller);
  stream.inFlightWrite.reject(reason);
  stream.inFlightWrite = null;
  dealWithRejection(stream, reason);
}

function processClose(controller) {
  const stream = controller.stream;
  stream.inFlightClose = stream.closeRequest;
  stream.closeRequest = null;
  controller.queue.shift();
  controller.sizes?.shift();
  const algorithm = controller.closeAlgorithm;
  let result;
  if (algorithm !== undefined) {
    try {
      result = algorithm();
    } catch (error) {
      result = rejected(error);
    }
  }
  clearAlgorithms(controller);
  react(result, () => finishClose(stream), (reason) => failClose(stream, reason));
}

function finishClose(stream) {
  stream.inFlightClose.resolve(undefined);
  stream.inFlightClose = null;
  if (stream.state === ERRORING) {
    stream.storedError = undefined;
    if (stream.pendingAbort !== null) {
      stream.pendingAbort.deferred.resolve(undefined);
      stream.pendingAbort = null;
    }
  }
  stream.state = CLOSED;
  stream.settlement?.resolve();
  stream.writer?.closed.resolve();
}

function failClose(stream, reason) {
  stream.inFlightClose.reject(reason);
  stream.inFlightClose = null;
  if (stream.pendingAbort !== null) {
    stream.pendingAbort.deferred.reject(reason);
    stream.pendingAbort = null;
  }
  dealWithRejection(stream, reason);
}

/** Starts the controller once `startResult` has settled. */
function begin(controller, startResult) {
  react(
    startResult,
    () => {
      controller.started = true;
      advance(controller);
    },
    (reason) => {
      controller.started = true;
      dealWithRejection(controller.stream, reason);
    },
  );
}

/** Gives a stream a controller over algorithms. `begin` must follow. */
function setUp(stream, algorithms, highWaterMark, size) {
  return new WritableController(stream, algorithms, highWaterMark, size);
}

/** How much more a writer may write; `null` when the stream has failed. */
function desiredSize(stream) {
  if (stream.state === ERRORED || stream.state === ERRORING) return null;
  if (stream.state === CLOSED) return 0;
  return stream.controller.highWaterMark - stream.controller.total;
}

/** Unlocks the stream. */
function releaseWriter(writer) {
  const stream = writer.stream;
  const reason = invalidState("Writer has been released");
  rejectReady(writer, reason);
  rejectClosed(writer, reason);
  writer.onReady = null;
  stream.writer = null;
  writer.stream = null;
}

/** Closes on behalf of a pipe: an ended stream answers as it ended. */
function closeWithErrorPropagation(stream) {
  if (isClosing(stream) || stream.state === CLOSED) return Promise.resolve(undefined);
  if (stream.state === ERRORED) return rejected(stream.storedError);
  return close(stream);
}

module.exports = {
  WRITABLE,
  ERRORING,
  ERRORED,
  CLOSED,
  STATE_NAMES,
  WritableCore,
  acquireWriter,
  releaseWriter,
  isClosing,
  abort,
  close,
  write,
  setUp,
  begin,
  desiredSize,
  errorIfNeeded,
  closeWithErrorPropagation,
};
