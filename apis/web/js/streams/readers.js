"use strict";
// ReadableStreamDefaultReader and ReadableStreamBYOBReader: brand checks and promises over the
// readers of web/streams/readable-core.

const { Deferred, rejected, transform } = require("web/streams/queue");
const core = require("web/streams/readable-core");
const bytes = require("web/streams/readable-byte-controller");
const { invalidArgumentType, invalidState, invalidThisType } = require("web/errors");
const { defineInterface, defineInspection } = require("web/interface");

const isView = ArrayBuffer.isView;
let readerOf;
let byobReaderOf;

class ReadRequest extends Deferred {
  chunk(value) { this.resolve({ value, done: false }); }
  close() { this.resolve({ value: undefined, done: true }); }
  error(reason) { this.reject(reason); }
}

class ReadIntoRequest extends Deferred {
  chunk(value) { this.resolve({ value, done: false }); }
  close(value) { this.resolve({ value, done: true }); }
  error(reason) { this.reject(reason); }
}

function streamArgument(stream, name) {
  const inner = require("web/streams/readable-stream").coreOf(stream);
  if (inner !== undefined) return inner;
  throw new TypeError(`${name} constructor requires a ReadableStream as its first argument`);
}

function notA(name, member) {
  return rejected(
    new TypeError(`${name}.prototype.${member} can only be called on a ${name}`),
  );
}

function closedOf(reader, name) {
  if (reader !== undefined) return reader.closed.promise;
  return rejected(new TypeError(`The 'closed' getter can only be used on a ${name}`));
}

function cancelThrough(reader, reason) {
  if (reader.stream === null) return rejected(detached());
  return core.cancel(reader.stream, reason);
}

function detached() {
  return invalidState("The reader is not attached to a stream");
}

class ReadableStreamDefaultReader {
  #reader;
  constructor(stream) {
    const inner = streamArgument(stream, "ReadableStreamDefaultReader");
    this.#reader = core.acquireReader(inner);
  }
  get closed() { return closedOf(readerOf(this), "ReadableStreamDefaultReader"); }
  cancel(reason = undefined) {
    const reader = readerOf(this);
    if (reader === undefined) return notA("ReadableStreamDefaultReader", "cancel");
    return cancelThrough(reader, reason);
  }
  read() {
    const reader = readerOf(this);
    if (reader === undefined) return notA("ReadableStreamDefaultReader", "read");
    if (reader.stream === null) return rejected(detached());
    const request = new ReadRequest();
    core.read(reader, request);
    return request.promise;
  }
  /** Everything that is queued, at once; waits for a chunk only when nothing is. */
  readMany() {
    const reader = readerOf(this);
    if (reader === undefined) throw invalidThisType("ReadableStreamDefaultReader");
    if (reader.stream === null) throw detached();
    return readMany(reader);
  }
  releaseLock() {
    const reader = readerOf(this);
    if (reader === undefined) throw invalidThisType("ReadableStreamDefaultReader");
    if (reader.stream !== null) core.releaseReader(reader);
  }
  static {
    readerOf = (face) =>
      typeof face === "object" && face !== null && #reader in face ? face.#reader : undefined;
  }
}

class CollectingRequest {
  constructor(values) {
    this.values = values;
    this.ended = false;
  }
  chunk(value) { this.values.push(value); }
  close() { this.ended = true; }
  error() { this.ended = true; }
}

/** Moves what is queued into `values`; the number of chunks, or bytes, that were there. */
function takeQueued(reader, values) {
  const { controller } = reader.stream;
  const { isByte, queue } = controller;
  const size = isByte ? queue.total : controller.total;
  const request = new CollectingRequest(values);
  // Reading pulls, and a pull may enqueue: only what lies there now is taken.
  let remaining = isByte ? queue.segments.length : queue.length;
  for (; remaining > 0 && !request.ended; remaining--) core.read(reader, request);
  return size;
}

function readMany(reader) {
  const { stream } = reader;
  if (stream.state === core.ERRORED) return rejected(stream.storedError);
  if (stream.state === core.CLOSED) return { value: [], size: 0, done: true };
  const values = [];
  const size = takeQueued(reader, values);
  if (values.length > 0) return { value: values, size, done: false };
  const request = new ReadRequest();
  core.read(reader, request);
  return transform(request.promise, ({ value, done }) => {
    if (done) return { value: [], size: 0, done: true };
    const more = [value];
    const added = reader.stream === null ? 0 : takeQueued(reader, more);
    return { value: more, size: added, done: false };
  });
}

class ReadableStreamBYOBReader {
  #reader;
  constructor(stream) {
    const inner = streamArgument(stream, "ReadableStreamBYOBReader");
    this.#reader = core.acquireByobReader(inner);
  }
  get closed() { return closedOf(byobReaderOf(this), "ReadableStreamBYOBReader"); }
  cancel(reason = undefined) {
    const reader = byobReaderOf(this);
    if (reader === undefined) return notA("ReadableStreamBYOBReader", "cancel");
    return cancelThrough(reader, reason);
  }
  read(view, options = undefined) {
    const reader = byobReaderOf(this);
    if (reader === undefined) return notA("ReadableStreamBYOBReader", "read");
    let minimum;
    try {
      minimum = readArguments(view, options);
    } catch (error) {
      return rejected(error);
    }
    const stream = reader.stream;
    if (stream === null) return rejected(detached());
    const request = new ReadIntoRequest();
    stream.disturbed = true;
    if (stream.state === core.ERRORED) request.error(stream.storedError);
    else bytes.pullInto(stream.controller, view, minimum, request);
    return request.promise;
  }
  releaseLock() {
    const reader = byobReaderOf(this);
    if (reader === undefined) throw invalidThisType("ReadableStreamBYOBReader");
    if (reader.stream !== null) core.releaseReader(reader);
  }
  static {
    byobReaderOf = (face) =>
      typeof face === "object" && face !== null && #reader in face ? face.#reader : undefined;
  }
}

function minimumOption(options) {
  if (options === undefined || options === null) return 1;
  if (typeof options !== "object" && typeof options !== "function") {
    throw invalidArgumentType("options", "of type object", options);
  }
  const { min } = options;
  if (min === undefined) return 1;
  const minimum = Math.trunc(Number(min)) || 0;
  if (minimum < 0 || minimum > Number.MAX_SAFE_INTEGER) {
    throw new TypeError(`Value ${min} is outside the range [0, ${Number.MAX_SAFE_INTEGER}]`);
  }
  return minimum;
}

/** Checks the arguments of a BYOB read; returns the minimum of elements to read. */
function readArguments(view, options) {
  if (!isView(view)) {
    throw new TypeError("ReadableStreamBYOBReader.prototype.read requires an ArrayBufferView");
  }
  const minimum = minimumOption(options);
  if (view.buffer.detached) throw invalidState("The view passed to read() is detached");
  if (view.byteLength === 0 || view.buffer.byteLength === 0) {
    throw invalidState("The view passed to read() must have a non-zero byteLength");
  }
  if (minimum === 0) throw new TypeError("The 'min' option must be greater than 0");
  if (minimum > (view.length ?? view.byteLength)) {
    throw new RangeError("The 'min' option cannot be larger than the view passed to read()");
  }
  return minimum;
}

function inspectReader(reader) {
  return {
    stream: reader.stream === null ? undefined : reader.stream.face,
    readRequests: reader.requests.length,
    close: reader.closed.promise,
  };
}

for (const face of [ReadableStreamDefaultReader, ReadableStreamBYOBReader]) defineInterface(face);
defineInspection(ReadableStreamDefaultReader, (face) => inspectReader(readerOf(face)));
defineInspection(ReadableStreamBYOBReader, (face) => inspectReader(byobReaderOf(face)));

module.exports = { ReadableStreamDefaultReader, ReadableStreamBYOBReader };
