"use strict";
// ReadableStream as programs see it: argument checks and conversions over ReadableCore.

const { Strategy, callback, rejected, markHandled } = require("web/streams/queue");
const core = require("web/streams/readable-core");
const { ReadableStreamDefaultReader, ReadableStreamBYOBReader } = require("web/streams/readers");
const {
  invalidArgumentType, invalidState, invalidThisType, withCode, describeReceived,
} = require("web/errors");
const { defineInterface, defineInspection } = require("web/interface");

const { ReadableCore, READABLE, ERRORED, STATE_NAMES } = core;
const INTERNAL = Symbol("internal");
let coreOf;

function sourceArgument(source) {
  if (source === undefined) return {};
  if ((typeof source === "object" && source !== null) || typeof source === "function") {
    return source;
  }
  throw new TypeError("ReadableStream constructor takes an object as first argument");
}

/** `[EnforceRange] unsigned long long`. */
function enforceRange(value) {
  const number = Math.trunc(Number(value)) || 0;
  if (Number.isFinite(Number(value)) && number >= 0 && number <= Number.MAX_SAFE_INTEGER) {
    return number;
  }
  throw new TypeError(
    `Value ${Number(value)} is outside the range [0, ${Number.MAX_SAFE_INTEGER}]`,
  );
}

/** Reads an underlying source's members in the order of the dictionary. */
function readSource(source) {
  let { autoAllocateChunkSize } = source;
  if (autoAllocateChunkSize !== undefined) {
    autoAllocateChunkSize = enforceRange(autoAllocateChunkSize);
  }
  const what = "underlying source";
  const cancel = callback(source, "cancel", what);
  const pull = callback(source, "pull", what);
  const start = callback(source, "start", what);
  let { type } = source;
  if (type !== undefined) {
    type = `${type}`;
    if (type !== "bytes" && type !== "direct") {
      throw new TypeError(
        `'${type}' is not a valid underlying source 'type'; ` +
          'expected "bytes", "direct", or undefined',
      );
    }
  }
  return { autoAllocateChunkSize, type, callbacks: { start, pull, cancel } };
}

function setUp(inner, underlyingSource, strategyValue) {
  const source = sourceArgument(underlyingSource);
  const strategy = new Strategy(strategyValue);
  const { autoAllocateChunkSize, type, callbacks } = readSource(source);
  if (type === "bytes") {
    const bytes = require("web/streams/readable-byte-controller");
    bytes.setUpFromSource(inner, source, callbacks, strategy, autoAllocateChunkSize);
  } else if (type === "direct") {
    strategy.mark(0);
    require("web/streams/direct").setUpFromSource(inner, source, callbacks);
  } else {
    const controller = require("web/streams/readable-controller");
    controller.setUpFromSource(inner, source, callbacks, strategy);
  }
}

function readerMode(options) {
  if (options === undefined || options === null) return undefined;
  if (typeof options !== "object" && typeof options !== "function") {
    throw invalidArgumentType("options", "of type object", options);
  }
  const { mode } = options;
  if (mode === undefined) return undefined;
  if (`${mode}` === "byob") return "byob";
  const message = `The property 'options.mode' is invalid. ${
    describeReceived(mode).replace(/^Received type \w+ \((.*)\)$/, "Received $1")}`;
  throw withCode(new TypeError(message), "ERR_INVALID_ARG_VALUE");
}

function requireStream(face) {
  const inner = coreOf(face);
  if (inner === undefined) throw invalidThisType("ReadableStream");
  return inner;
}

function notAStream(member) {
  return rejected(
    new TypeError(`ReadableStream.prototype.${member} can only be called on a ReadableStream`),
  );
}

class ReadableStream {
  #core;

  constructor(underlyingSource = undefined, strategy = undefined) {
    if (underlyingSource === INTERNAL) {
      this.#core = strategy;
      strategy.face = this;
      return;
    }
    const inner = new ReadableCore();
    this.#core = inner;
    inner.face = this;
    setUp(inner, underlyingSource, strategy);
  }

  static from(iterable) {
    return require("web/streams/from").fromIterable(iterable);
  }

  get locked() { return core.isLocked(requireStream(this)); }

  cancel(reason = undefined) {
    const inner = coreOf(this);
    if (inner === undefined) return notAStream("cancel");
    if (core.isLocked(inner)) return rejected(invalidState("ReadableStream is locked"));
    return core.cancel(inner, reason);
  }

  getReader(options = undefined) {
    requireStream(this);
    if (readerMode(options) === "byob") return new ReadableStreamBYOBReader(this);
    return new ReadableStreamDefaultReader(this);
  }

  pipeThrough(pair, options = undefined) {
    const inner = requireStream(this);
    const { pipeOptions, pipe } = require("web/streams/pipe");
    if ((typeof pair !== "object" && typeof pair !== "function") || pair === null) {
      throw new TypeError(
        "pipeThrough() expects an object with 'readable' and 'writable' properties",
      );
    }
    const { readable } = pair;
    if (coreOf(readable) === undefined) {
      throw new TypeError("The transform's 'readable' property must be a ReadableStream");
    }
    const sink = require("web/streams/writable-stream").coreOf(pair.writable);
    if (sink === undefined) {
      throw new TypeError("The transform's 'writable' property must be a WritableStream");
    }
    const flags = pipeOptions(options);
    if (core.isLocked(inner)) throw invalidState("The ReadableStream is locked");
    if (sink.writer !== null) throw invalidState("The WritableStream is locked");
    markHandled(pipe(inner, sink, flags));
    return readable;
  }

  pipeTo(destination, options = undefined) {
    const inner = coreOf(this);
    if (inner === undefined) return notAStream("pipeTo");
    const { pipeOptions, pipe } = require("web/streams/pipe");
    const sink = require("web/streams/writable-stream").coreOf(destination);
    if (sink === undefined) {
      return rejected(
        new TypeError("ReadableStream.prototype.pipeTo requires a WritableStream destination"),
      );
    }
    let flags;
    try {
      flags = pipeOptions(options);
    } catch (error) {
      return rejected(error);
    }
    if (core.isLocked(inner)) return rejected(invalidState("The ReadableStream is locked"));
    if (sink.writer !== null) return rejected(invalidState("The WritableStream is locked"));
    return pipe(inner, sink, flags);
  }

  tee() {
    const inner = requireStream(this);
    if (core.isLocked(inner)) throw invalidState("ReadableStream is locked");
    return require("web/streams/tee").tee(inner).map(faceOf);
  }

  values(options = undefined) {
    const inner = requireStream(this);
    return require("web/streams/iterate").iterate(inner, !!options?.preventCancel);
  }

  blob() { return consume(this, "blob"); }
  bytes() { return consume(this, "bytes"); }
  json() { return consume(this, "json"); }
  text() { return consume(this, "text"); }

  static {
    coreOf = (face) =>
      typeof face === "object" && face !== null && #core in face ? face.#core : undefined;
  }
}

function consume(face, kind) {
  const inner = coreOf(face);
  if (inner === undefined) throw invalidThisType("ReadableStream");
  if (core.isLocked(inner)) return rejected(invalidState("ReadableStream is locked"));
  return require("web/streams/consume")[kind](inner);
}

/** The public object of a stream, made when first asked for. */
function faceOf(inner) {
  return inner.face ?? new ReadableStream(INTERNAL, inner);
}

defineInterface(ReadableStream);
Object.defineProperty(ReadableStream, "length", { value: 0 });
const { prototype } = ReadableStream;
function hidden(get) {
  Object.defineProperty(get, "name", { value: "get " });
  return { get, enumerable: false, configurable: true };
}
Object.defineProperties(prototype, {
  [Symbol.asyncIterator]: { value: prototype.values, writable: true, configurable: true },
  [Symbol.for("nodejs.stream.readable")]: hidden(function () {
    return coreOf(this)?.state === READABLE;
  }),
  [Symbol.for("nodejs.stream.errored")]: hidden(function () {
    return coreOf(this)?.state === ERRORED;
  }),
  [Symbol.for("nodejs.stream.disturbed")]: hidden(function () {
    return !!coreOf(this)?.disturbed;
  }),
});
defineInspection(ReadableStream, (face) => {
  const inner = coreOf(face);
  return {
    locked: core.isLocked(inner),
    state: STATE_NAMES[inner.state],
    supportsBYOB: !!inner.controller.isByte,
  };
});

module.exports = { ReadableStream, coreOf, faceOf };
