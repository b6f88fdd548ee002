"use strict";
// TransformStream: a writable side whose sink hands chunks to the transformer, and a readable side
// that the transformer fills. The writable side takes a chunk only when the readable side wants
// one; both waits are single callbacks instead of promises.

const {
  Deferred, LATER, PlatformPromise, Strategy, react, transform, microtask, callback, rejected,
} = require("web/streams/queue");
const readable = require("web/streams/readable-core");
const readableController = require("web/streams/readable-controller");
const writable = require("web/streams/writable-core");
const { illegalConstructor, invalidState, invalidThisType } = require("web/errors");
const { defineInterface, defineInspection } = require("web/interface");

class TransformCore {
  constructor() {
    this.readable = new readable.ReadableCore();
    this.writable = new writable.WritableCore();
    this.backpressure = false;
    this.transformAlgorithm = undefined;
    this.flushAlgorithm = undefined;
    this.cancelAlgorithm = undefined;
    /** Identity, unless the transformer has a `transform`. */
    this.isIdentity = true;
    this.finish = null;
    this.pullWaits = false;
    this.writeWaits = false;
    this.waitingChunk = undefined;
    this.face = null;
    this.runWaitingWrite = () => runWaitingWrite(this);
  }
}

function setBackpressure(stream, backpressure) {
  stream.backpressure = backpressure;
  if (stream.pullWaits) {
    stream.pullWaits = false;
    microtask(stream.readable.controller.onPulled);
  }
  if (stream.writeWaits) {
    stream.writeWaits = false;
    microtask(stream.runWaitingWrite);
  }
}

function clearAlgorithms(stream) {
  stream.transformAlgorithm = undefined;
  stream.flushAlgorithm = undefined;
  stream.cancelAlgorithm = undefined;
  stream.isIdentity = false;
}

function unblockWrite(stream) {
  if (stream.backpressure) setBackpressure(stream, false);
}

function errorWritable(stream, reason) {
  clearAlgorithms(stream);
  writable.errorIfNeeded(stream.writable.controller, reason);
  unblockWrite(stream);
}

function errorBoth(stream, reason) {
  readableController.fail(stream.readable.controller, reason);
  errorWritable(stream, reason);
}

/** Adds a chunk to the readable side. */
function enqueue(stream, chunk) {
  const controller = stream.readable.controller;
  if (!readableController.canEnqueue(controller)) {
    throw invalidState("Controller is already closed");
  }
  try {
    readableController.enqueue(controller, chunk);
  } catch (error) {
    errorWritable(stream, error);
    throw stream.readable.storedError;
  }
  const backpressure = !readableController.shouldPull(controller);
  if (backpressure !== stream.backpressure) setBackpressure(stream, true);
}

/** Ends both sides: the readable one closes, writing fails. */
function terminate(stream) {
  readableController.closeController(stream.readable.controller);
  errorWritable(stream, new TypeError("The TransformStream has been terminated"));
}

function performTransform(stream, chunk) {
  if (stream.isIdentity) {
    try {
      enqueue(stream, chunk);
      return undefined;
    } catch (error) {
      errorBoth(stream, error);
      return rejected(error);
    }
  }
  const algorithm = stream.transformAlgorithm;
  if (algorithm === undefined) return undefined;
  let result;
  try {
    result = algorithm(chunk);
  } catch (error) {
    errorBoth(stream, error);
    return rejected(error);
  }
  if (result === undefined) return undefined;
  return transform(Promise.resolve(result), undefined, (error) => {
    errorBoth(stream, error);
    throw error;
  });
}

function sinkWrite(stream, chunk) {
  if (!stream.backpressure) return performTransform(stream, chunk);
  stream.writeWaits = true;
  stream.waitingChunk = chunk;
  return LATER;
}

function runWaitingWrite(stream) {
  const chunk = stream.waitingChunk;
  stream.waitingChunk = undefined;
  const { controller } = stream.writable;
  if (stream.writable.state === writable.ERRORING) {
    controller.onWriteFailed(stream.writable.storedError);
    return;
  }
  const result = performTransform(stream, chunk);
  react(result, controller.onWritten, controller.onWriteFailed);
}

/**
 * A promise that settles two microtasks after `promise`, as Web IDL resolves them: what was called
 * right after the constructor comes before the start, and what was called with it after.
 */
function resolvedAsIdl(promise) {
  return new PlatformPromise((resolve) => resolve(promise));
}

/** Runs the transformer's last callback once; the readable and writable ends share its result. */
function finishWith(stream, algorithm, argument, onDone, onFailed) {
  const deferred = new Deferred();
  stream.finish = deferred;
  clearAlgorithms(stream);
  let result;
  if (algorithm !== undefined) {
    try {
      const returned = algorithm(argument);
      if (returned !== undefined) result = resolvedAsIdl(returned);
    } catch (error) {
      result = rejected(error);
    }
  }
  react(
    result,
    () => {
      const failure = onDone();
      if (failure === undefined) deferred.resolve(undefined);
      else deferred.reject(failure.error);
    },
    (error) => {
      onFailed(error);
      deferred.reject(error);
    },
  );
  return deferred.promise;
}

function sinkAbort(stream, reason) {
  if (stream.finish !== null) return stream.finish.promise;
  const fail = (error) => readableController.fail(stream.readable.controller, error);
  return finishWith(stream, stream.cancelAlgorithm, reason, () => {
    if (stream.readable.state === readable.ERRORED) return { error: stream.readable.storedError };
    fail(reason);
    return undefined;
  }, fail);
}

function sinkClose(stream) {
  if (stream.finish !== null) return stream.finish.promise;
  const { controller } = stream.readable;
  return finishWith(stream, stream.flushAlgorithm, undefined, () => {
    if (stream.readable.state === readable.ERRORED) return { error: stream.readable.storedError };
    readableController.closeController(controller);
    return undefined;
  }, (error) => readableController.fail(controller, error));
}

function sourceCancel(stream, reason) {
  if (stream.finish !== null) return stream.finish.promise;
  const fail = (error) => {
    writable.errorIfNeeded(stream.writable.controller, error);
    unblockWrite(stream);
  };
  return finishWith(stream, stream.cancelAlgorithm, reason, () => {
    if (stream.writable.state === writable.ERRORED) return { error: stream.writable.storedError };
    fail(reason);
    return undefined;
  }, fail);
}

function sourcePull(stream) {
  setBackpressure(stream, false);
  stream.pullWaits = true;
  return LATER;
}

/** Builds both sides; they start when `startResult` has settled. */
function initialize(stream, startResult, writableStrategy, readableStrategy) {
  const sink = {
    write: (chunk) => sinkWrite(stream, chunk),
    close: () => sinkClose(stream),
    abort: (reason) => sinkAbort(stream, reason),
  };
  const { highWaterMark, size } = writableStrategy;
  const controller = writable.setUp(stream.writable, sink, highWaterMark, size);
  writable.begin(controller, startResult);
  readableController.setUp(stream.readable, {
    start: () => startResult,
    pull: () => sourcePull(stream),
    cancel: (reason) => sourceCancel(stream, reason),
  }, readableStrategy.highWaterMark, readableStrategy.size);
  stream.backpressure = true;
}

/** A transform stream of the runtime's own; `transform(chunk, enqueue)`, `flush(enqueue)`. */
function createTransform({ transform: run, flush, cancel }) {
  const stream = new TransformCore();
  const put = (chunk) => enqueue(stream, chunk);
  stream.isIdentity = run === undefined;
  if (run !== undefined) stream.transformAlgorithm = (chunk) => run(chunk, put);
  if (flush !== undefined) stream.flushAlgorithm = () => flush(put);
  stream.cancelAlgorithm = cancel;
  const writableSide = new Strategy(undefined);
  writableSide.highWaterMark = 1;
  const readableSide = new Strategy(undefined);
  readableSide.highWaterMark = 0;
  initialize(stream, undefined, writableSide, readableSide);
  return {
    readable: require("web/streams/readable-stream").faceOf(stream.readable),
    writable: require("web/streams/writable-stream").faceOf(stream.writable),
  };
}

// ---- The classes programs see

const INTERNAL = Symbol("internal");
let coreOf;
let controllerOf;

function readTransformer(value) {
  if (value === undefined) return {};
  if ((typeof value !== "object" || value === null) && typeof value !== "function") {
    throw new TypeError("TransformStream constructor takes an object as first argument");
  }
  const what = "transformer";
  const cancel = callback(value, "cancel", what);
  const flush = callback(value, "flush", what);
  const { readableType } = value;
  const start = callback(value, "start", what);
  const run = callback(value, "transform", what);
  const { writableType } = value;
  for (const [name, type] of Object.entries({ readableType, writableType })) {
    if (type === undefined) continue;
    throw new RangeError(
      `The transformer's '${name}' property is reserved and must not be present`,
    );
  }
  return { cancel, flush, start, run };
}

class TransformStream {
  #core;
  constructor(
    transformer = undefined, writableStrategy = undefined, readableStrategy = undefined,
  ) {
    const writableSide = new Strategy(writableStrategy);
    const readableSide = new Strategy(readableStrategy);
    const { cancel, flush, start, run } = readTransformer(transformer);
    readableSide.highWaterMark = readableSide.mark(0);
    writableSide.highWaterMark = writableSide.mark(1);
    const stream = new TransformCore();
    this.#core = stream;
    stream.face = this;
    const started = new Deferred();
    const startResult = resolvedAsIdl(started.promise);
    initialize(stream, startResult, writableSide, readableSide);
    const face = new TransformStreamDefaultController(INTERNAL, stream);
    if (run !== undefined) {
      stream.isIdentity = false;
      stream.transformAlgorithm = (chunk) => run.call(transformer, chunk, face);
    }
    if (flush !== undefined) stream.flushAlgorithm = () => flush.call(transformer, face);
    if (cancel !== undefined) {
      stream.cancelAlgorithm = (reason) => cancel.call(transformer, reason);
    }
    started.resolve(start?.call(transformer, face));
  }
  get readable() {
    return require("web/streams/readable-stream").faceOf(requireStream(this).readable);
  }
  get writable() {
    return require("web/streams/writable-stream").faceOf(requireStream(this).writable);
  }
  static {
    coreOf = (face) =>
      typeof face === "object" && face !== null && #core in face ? face.#core : undefined;
  }
}

function requireStream(face) {
  const stream = coreOf(face);
  if (stream === undefined) throw invalidThisType("TransformStream");
  return stream;
}

class TransformStreamDefaultController {
  #core;
  constructor(token, stream) {
    if (token !== INTERNAL) throw illegalConstructor();
    this.#core = stream;
  }
  get desiredSize() {
    return readableController.desiredSize(requireController(this).readable.controller);
  }
  enqueue(chunk = undefined) { enqueue(requireController(this), chunk); }
  error(reason = undefined) { errorBoth(requireController(this), reason); }
  terminate() { terminate(requireController(this)); }
  static {
    controllerOf = (face) =>
      typeof face === "object" && face !== null && #core in face ? face.#core : undefined;
  }
}

function requireController(face) {
  const stream = controllerOf(face);
  if (stream === undefined) throw invalidThisType("TransformStreamDefaultController");
  return stream;
}

defineInterface(TransformStream);
defineInterface(TransformStreamDefaultController);
Object.defineProperty(TransformStreamDefaultController, "length", { value: 0 });
defineInspection(TransformStream, (face) => ({
  readable: face.readable,
  writable: face.writable,
  backpressure: coreOf(face).backpressure,
}));
defineInspection(TransformStreamDefaultController, (face) => ({
  stream: controllerOf(face).face,
}));

module.exports = { TransformStream, TransformStreamDefaultController, createTransform };
