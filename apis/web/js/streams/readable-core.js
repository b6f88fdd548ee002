"use strict";
// Readable streams inside: the state of a stream and of its reader, and the operations on them
// that the Streams Standard calls abstract. Public classes are thin faces over these objects;
// internal users (pipes, bodies, files) work on them directly and never see user code's patches.
//
// A stream is readable, closed or errored. A controller answers `pull(request)`, `cancel(reason)`
// and `release()`; a read request has `chunk(value)`, `close()` and `error(reason)`.

const { Queue, LazyPromise, rejected, transform, ignore } = require("web/streams/queue");
const { invalidState } = require("web/errors");

const READABLE = 0;
const CLOSED = 1;
const ERRORED = 2;
const STATE_NAMES = ["readable", "closed", "errored"];

class ReadableCore {
  constructor() {
    this.state = READABLE;
    this.storedError = undefined;
    this.disturbed = false;
    this.reader = null;
    this.controller = null;
    this.face = null;
    /** Promise and resolvers of the end, once somebody watches without a lock. */
    this.settlement = null;
  }
  get isOver() { return this.state !== READABLE; }
}

/** A default or BYOB reader; `requests` holds read requests or read-into requests. */
class ReaderCore {
  constructor(stream, byob) {
    this.stream = stream;
    this.byob = byob;
    this.requests = new Queue();
    this.closed = new LazyPromise();
    stream.reader = this;
    if (stream.state === CLOSED) this.closed.resolve();
    else if (stream.state === ERRORED) this.closed.reject(stream.storedError);
  }
}

function isLocked(stream) {
  return stream.reader !== null;
}

/** Locks the stream to a new default reader. */
function acquireReader(stream) {
  if (stream.reader !== null) throw invalidState("ReadableStream is locked");
  return new ReaderCore(stream, false);
}

/** Locks the stream to a new BYOB reader. */
function acquireByobReader(stream) {
  if (!stream.controller.isByte) {
    throw new TypeError("A BYOB reader requires a ReadableStream with an underlying byte source");
  }
  if (stream.reader !== null) throw invalidState("ReadableStream is locked");
  return new ReaderCore(stream, true);
}

/** Reads one chunk into `request`. */
function read(reader, request) {
  const stream = reader.stream;
  stream.disturbed = true;
  if (stream.state === CLOSED) request.close();
  else if (stream.state === ERRORED) request.error(stream.storedError);
  else stream.controller.pull(request);
}

/** Cancels a stream; the promise settles when its source has agreed. */
function cancel(stream, reason) {
  stream.disturbed = true;
  if (stream.state === CLOSED) return Promise.resolve(undefined);
  if (stream.state === ERRORED) return rejected(stream.storedError);
  const reader = stream.reader;
  close(stream);
  if (reader !== null && reader.byob) {
    const requests = reader.requests;
    reader.requests = new Queue();
    while (requests.length > 0) requests.shift().close(undefined);
  }
  return transform(stream.controller.cancel(reason), ignore);
}

/** The stream has no more chunks. */
function close(stream) {
  stream.state = CLOSED;
  if (stream.settlement !== null) stream.settlement.resolve();
  const reader = stream.reader;
  if (reader === null) return;
  reader.closed.resolve();
  if (reader.byob) return;
  const requests = reader.requests;
  if (requests.length === 0) return;
  reader.requests = new Queue();
  while (requests.length > 0) requests.shift().close();
}

/** The stream has failed. */
function error(stream, reason) {
  stream.state = ERRORED;
  stream.storedError = reason;
  if (stream.settlement !== null) stream.settlement.reject(reason);
  const reader = stream.reader;
  if (reader === null) return;
  reader.closed.reject(reason);
  failRequests(reader, reason);
}

function failRequests(reader, reason) {
  const requests = reader.requests;
  if (requests.length === 0) return;
  reader.requests = new Queue();
  while (requests.length > 0) requests.shift().error(reason);
}

/** Unlocks the stream; what was still being read fails. */
function releaseReader(reader) {
  const stream = reader.stream;
  const closedError = invalidState("Reader released");
  if (stream.state !== READABLE) reader.closed = new LazyPromise();
  reader.closed.reject(closedError);
  stream.controller.release();
  stream.reader = null;
  reader.stream = null;
  failRequests(reader, invalidState("Releasing reader"));
}

/** How many default read requests wait for a chunk. */
function pendingReads(stream) {
  const reader = stream.reader;
  return reader === null || reader.byob ? 0 : reader.requests.length;
}

module.exports = {
  READABLE,
  CLOSED,
  ERRORED,
  STATE_NAMES,
  ReadableCore,
  ReaderCore,
  isLocked,
  acquireReader,
  acquireByobReader,
  read,
  cancel,
  close,
  error,
  releaseReader,
  pendingReads,
};
