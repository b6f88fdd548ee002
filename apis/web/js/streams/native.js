"use strict";
// Streams of the runtime's own: bodies, files, sockets. A producer is asked for data only when
// somebody reads (or up to its high water mark), so that demand reaches the source of the bytes.

const core = require("web/streams/readable-core");
const controllers = require("web/streams/readable-controller");
const consume = require("web/streams/consume");
const { coreOf, faceOf } = require("web/streams/readable-stream");
const { Deferred, rejected } = require("web/streams/queue");

/** What a producer holds: hand over chunks, end, fail. */
class NativeController {
  constructor(stream) {
    this.stream = stream;
  }
  /** Chunks wanted beyond those queued; zero or less means: wait for the next pull. */
  get desiredSize() { return controllers.desiredSize(this.stream.controller); }
  /** Whether nobody will read any more. */
  get ended() { return this.stream.state !== core.READABLE; }
  enqueue(chunk) { controllers.enqueue(this.stream.controller, chunk); }
  close() { controllers.closeController(this.stream.controller); }
  error(reason) { controllers.fail(this.stream.controller, reason); }
}

/**
 * A ReadableStream over a producer. `start(controller)` runs at once, `pull(controller)` whenever
 * data is wanted (never while the promise it returned is pending), `cancel(reason)` when the
 * reader gives up. `highWaterMark` counts chunks; 0 reads nothing ahead.
 */
function createNativeReadable({ start, pull, cancel, highWaterMark = 0 }) {
  const stream = new core.ReadableCore();
  const controller = new NativeController(stream);
  controllers.setUp(stream, {
    start: start === undefined ? undefined : () => start(controller),
    pull: pull === undefined ? undefined : () => pull(controller),
    cancel,
  }, highWaterMark, undefined);
  return faceOf(stream);
}

const NOTHING = { start: undefined, pull: undefined, cancel: undefined };

/** A stream that gives the chunks of an array and ends. */
function readableFromChunks(chunks) {
  const stream = new core.ReadableCore();
  const controller = controllers.setUp(stream, NOTHING, 0, undefined);
  for (const chunk of chunks) controllers.enqueue(controller, chunk);
  controllers.closeController(controller);
  return faceOf(stream);
}

const readableToBytes = (stream) => consume.bytes(coreOf(stream));
const readableToArrayBuffer = (stream) => consume.arrayBuffer(coreOf(stream));
const readableToBlob = (stream) => consume.blob(coreOf(stream));
const readableToText = (stream) => consume.text(coreOf(stream));

const isReadableStream = (value) => coreOf(value) !== undefined;
const isReadableLocked = (stream) => core.isLocked(coreOf(stream));
const isDisturbed = (stream) => coreOf(stream).disturbed;

class Pump extends Deferred {
  constructor(stream, sink) {
    super();
    this.sink = sink;
    this.reader = core.acquireReader(stream);
    this.onDrained = () => this.next();
    this.onFailed = (reason) => this.abandon(reason);
  }
  next() { core.read(this.reader, this); }
  chunk(value) {
    let wait;
    try {
      wait = this.sink.write(value);
    } catch (error) {
      this.abandon(error);
      return;
    }
    Promise.resolve(wait).then(this.onDrained, this.onFailed);
  }
  close() {
    core.releaseReader(this.reader);
    this.resolve(undefined);
  }
  error(reason) {
    core.releaseReader(this.reader);
    this.reject(reason);
  }
  /** The sink is gone: the source is cancelled and the pump rejects. */
  abandon(reason) {
    const { reader } = this;
    if (reader.stream === null) return;
    core.cancel(reader.stream, reason).catch(() => {});
    core.releaseReader(reader);
    this.reject(reason);
  }
}

/**
 * Reads a stream to its end into `sink.write(chunk)`, which may return a promise to wait for. The
 * promise rejects with the source's error, or with what `write` threw, after cancelling the source.
 */
function pumpReadable(stream, sink) {
  const inner = coreOf(stream);
  if (core.isLocked(inner)) return rejected(new TypeError("ReadableStream is locked"));
  consume.takeWhole(inner);
  const pump = new Pump(inner, sink);
  pump.next();
  return pump.promise;
}

/** A reader for all of a stream. */
function readerOfWhole(stream) {
  if (!core.isLocked(coreOf(stream))) consume.takeWhole(coreOf(stream));
  return stream.getReader();
}

/** Cancels a stream of the runtime's own even while it is locked. */
function cancelReadable(stream, reason) {
  return core.cancel(coreOf(stream), reason);
}

module.exports = {
  createNativeReadable,
  readableFromChunks,
  readableToArrayBuffer,
  readableToBlob,
  readableToBytes,
  readableToText,
  isReadableStream,
  isReadableLocked,
  isDisturbed,
  pumpReadable,
  readerOfWhole,
  cancelReadable,
};
