"use strict";
// Reads a whole stream: text(), bytes(), json(), blob() of ReadableStream and what bodies use.
// The stream must not be locked; it is unlocked again when all has been read.

const core = require("web/streams/readable-core");
const { Deferred, rejected } = require("web/streams/queue");
const { ChunkList } = require("web/streams/chunks");
const { invalidState } = require("web/errors");

class Consumer extends Deferred {
  /** `take(chunks)` makes what is answered of everything that was read. */
  constructor(stream, take) {
    super();
    this.take = take;
    this.chunks = new ChunkList(false);
    this.reader = core.acquireReader(stream);
    this.reading = false;
    this.synchronous = false;
  }
  chunk(value) {
    if (this.chunks.push(value) < 0) {
      this.refuse();
      return;
    }
    if (this.reading) this.synchronous = true;
    else this.readOn();
  }
  close() {
    core.releaseReader(this.reader);
    try {
      this.resolve(this.take(this.chunks));
    } catch (error) {
      this.reject(error);
    }
  }
  error(reason) {
    core.releaseReader(this.reader);
    this.reject(reason);
  }
  refuse() {
    const error = new TypeError("Expected text, ArrayBuffer or ArrayBufferView");
    const { reader } = this;
    core.cancel(reader.stream, error).catch(() => {});
    core.releaseReader(reader);
    this.reject(error);
  }
  /** Reads in a loop while chunks come at once, so that long queues need no deep stack. */
  readOn() {
    do {
      this.synchronous = false;
      this.reading = true;
      core.read(this.reader, this);
      this.reading = false;
    } while (this.synchronous);
  }
}

/** Says of a stream that nothing of it will be read but all. */
function takeWhole(stream) {
  const direct = stream.controller?.direct;
  if (direct != null) direct.whole = true;
}

// Settled at once where the stream has everything already.
function collect(stream, take) {
  if (core.isLocked(stream)) return rejected(invalidState("ReadableStream is locked"));
  if (stream.disturbed && stream.state === core.CLOSED) {
    return rejected(invalidState("ReadableStream has already been used"));
  }
  takeWhole(stream);
  const consumer = new Consumer(stream, take);
  consumer.readOn();
  return consumer.promise;
}

const takeBytes = (chunks) => chunks.takeBytes();
const takeText = (chunks) => chunks.takeText();

function takeBuffer(chunks) {
  const bytes = chunks.takeBytes();
  return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
}

// A stream of the runtime's own may save itself the bytes.
function collectText(stream, take) {
  const { direct } = stream.controller;
  if (direct != null) direct.forText = true;
  return collect(stream, take);
}

const bytes = (stream) => collect(stream, takeBytes);
const arrayBuffer = (stream) => collect(stream, takeBuffer);
const text = (stream) => collectText(stream, takeText);
const json = (stream) => collectText(stream, (chunks) => JSON.parse(chunks.takeText()));
const blob = (stream) =>
  collect(stream, (chunks) => new (require("web/blob").Blob)([chunks.takeBytes()]));

module.exports = { arrayBuffer, bytes, text, json, blob, takeWhole };
