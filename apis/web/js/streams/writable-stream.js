"use strict";
// WritableStream, its writer and its controller as programs see them, over web/streams/
// writable-core.

const { Deferred, Strategy, callback, rejected } = require("web/streams/queue");
const core = require("web/streams/writable-core");
const { illegalConstructor, invalidState, invalidThisType } = require("web/errors");
const { defineInterface, defineInspection } = require("web/interface");

const INTERNAL = Symbol("internal");
let coreOf;
let writerOf;
let controllerOf;

const { WritableCore } = core;

const NO_ALGORITHMS = { write: undefined, close: undefined, abort: undefined };

function sinkArgument(sink) {
  if (sink === undefined) return {};
  if ((typeof sink === "object" && sink !== null) || typeof sink === "function") return sink;
  throw new TypeError("WritableStream constructor takes an object as first argument");
}

function readSink(sink) {
  const what = "underlying sink";
  const abort = callback(sink, "abort", what);
  const close = callback(sink, "close", what);
  const start = callback(sink, "start", what);
  if (sink.type !== undefined) {
    throw new RangeError(
      "The underlying sink's 'type' property is reserved and must not be present",
    );
  }
  const write = callback(sink, "write", what);
  return { abort, close, start, write };
}

function setUp(inner, underlyingSink, strategyValue) {
  const sink = sinkArgument(underlyingSink);
  const strategy = new Strategy(strategyValue);
  const { abort, close, start, write } = readSink(sink);
  const controller = core.setUp(inner, NO_ALGORITHMS, strategy.mark(1), strategy.size);
  const face = new WritableStreamDefaultController(INTERNAL, controller);
  controller.face = face;
  if (write !== undefined) controller.writeAlgorithm = (chunk) => write.call(sink, chunk, face);
  if (close !== undefined) controller.closeAlgorithm = () => close.call(sink);
  if (abort !== undefined) controller.abortAlgorithm = (reason) => abort.call(sink, reason);
  core.begin(controller, start === undefined ? undefined : start.call(sink, face));
}

class WritableStream {
  #core;
  constructor(underlyingSink = undefined, strategy = undefined) {
    if (underlyingSink === INTERNAL) {
      this.#core = strategy;
      strategy.face = this;
      return;
    }
    const inner = new WritableCore();
    this.#core = inner;
    inner.face = this;
    setUp(inner, underlyingSink, strategy);
  }
  get locked() { return requireStream(this).writer !== null; }
  abort(reason = undefined) {
    const inner = coreOf(this);
    if (inner === undefined) return notA("WritableStream", "abort");
    if (inner.writer !== null) {
      return rejected(invalidState("Cannot abort a locked WritableStream"));
    }
    return core.abort(inner, reason);
  }
  close() {
    const inner = coreOf(this);
    if (inner === undefined) return notA("WritableStream", "close");
    if (inner.writer !== null) {
      return rejected(invalidState("Cannot close a locked WritableStream"));
    }
    return closeUnlessClosing(inner);
  }
  getWriter() {
    requireStream(this);
    return new WritableStreamDefaultWriter(this);
  }
  static {
    coreOf = (face) =>
      typeof face === "object" && face !== null && #core in face ? face.#core : undefined;
  }
}

function requireStream(face) {
  const inner = coreOf(face);
  if (inner === undefined) throw invalidThisType("WritableStream");
  return inner;
}

function closeUnlessClosing(inner) {
  if (core.isClosing(inner)) {
    const message = "Cannot close a WritableStream that is already closing";
    return rejected(invalidState(message));
  }
  return core.close(inner);
}

function notA(name, member) {
  return rejected(
    new TypeError(`${name}.prototype.${member} can only be called on a ${name}`),
  );
}

function unbound() {
  return invalidState("Writer is not bound to a WritableStream");
}

class WritableStreamDefaultWriter {
  #writer;
  constructor(stream) {
    const inner = coreOf(stream);
    if (inner === undefined) {
      throw new TypeError(
        "WritableStreamDefaultWriter constructor requires a WritableStream as its first argument",
      );
    }
    this.#writer = core.acquireWriter(inner);
  }
  get closed() {
    const writer = writerOf(this);
    if (writer === undefined) return notAGetter("closed");
    return writer.closed.promise;
  }
  get desiredSize() {
    const writer = writerOf(this);
    if (writer === undefined) throw invalidThisType("WritableStreamDefaultWriter");
    if (writer.stream === null) throw unbound();
    return core.desiredSize(writer.stream);
  }
  get ready() {
    const writer = writerOf(this);
    if (writer === undefined) return notAGetter("ready");
    return writer.ready.promise;
  }
  abort(reason = undefined) {
    const writer = writerOf(this);
    if (writer === undefined) return notA("WritableStreamDefaultWriter", "abort");
    if (writer.stream === null) return rejected(unbound());
    return core.abort(writer.stream, reason);
  }
  close() {
    const writer = writerOf(this);
    if (writer === undefined) return notA("WritableStreamDefaultWriter", "close");
    if (writer.stream === null) return rejected(unbound());
    return closeUnlessClosing(writer.stream);
  }
  releaseLock() {
    const writer = writerOf(this);
    if (writer === undefined) throw invalidThisType("WritableStreamDefaultWriter");
    if (writer.stream !== null) core.releaseWriter(writer);
  }
  write(chunk = undefined) {
    const writer = writerOf(this);
    if (writer === undefined) return notA("WritableStreamDefaultWriter", "write");
    if (writer.stream === null) return rejected(unbound());
    const request = new Deferred();
    core.write(writer, chunk, request);
    return request.promise;
  }
  static {
    writerOf = (face) =>
      typeof face === "object" && face !== null && #writer in face ? face.#writer : undefined;
  }
}

function notAGetter(name) {
  return rejected(
    new TypeError(`The '${name}' getter can only be used on a WritableStreamDefaultWriter`),
  );
}

class WritableStreamDefaultController {
  #core;
  constructor(token, controller) {
    if (token !== INTERNAL) throw illegalConstructor();
    this.#core = controller;
  }
  get signal() {
    const controller = requireController(this);
    if (controller.signal === null) {
      const { createSignal, abortSignal } = require("web/abort");
      controller.signal = createSignal();
      if (controller.aborted) abortSignal(controller.signal, controller.abortReason);
    }
    return controller.signal;
  }
  error(reason = undefined) {
    core.errorIfNeeded(requireController(this), reason);
  }
  static {
    controllerOf = (face) =>
      typeof face === "object" && face !== null && #core in face ? face.#core : undefined;
  }
}

function requireController(face) {
  const controller = controllerOf(face);
  if (controller === undefined) throw invalidThisType("WritableStreamDefaultController");
  return controller;
}

/** The public object of a stream, made when first asked for. */
function faceOf(inner) {
  return inner.face ?? new WritableStream(INTERNAL, inner);
}

for (const face of [WritableStream, WritableStreamDefaultWriter, WritableStreamDefaultController]) {
  defineInterface(face);
}
Object.defineProperty(WritableStreamDefaultController, "length", { value: 0 });

defineInspection(WritableStream, (face) => {
  const inner = coreOf(face);
  return { locked: inner.writer !== null, state: core.STATE_NAMES[inner.state] };
});
defineInspection(WritableStreamDefaultWriter, (face) => {
  const writer = writerOf(face);
  const stream = writer.stream === null ? undefined : faceOf(writer.stream);
  return { stream, close: face.closed, ready: face.ready, desiredSize: stream && face.desiredSize };
});
defineInspection(WritableStreamDefaultController, (face) => ({
  stream: faceOf(controllerOf(face).stream),
}));

module.exports = {
  WritableStream,
  WritableStreamDefaultWriter,
  WritableStreamDefaultController,
  coreOf,
  faceOf,
};
