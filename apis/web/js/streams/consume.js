"use strict";
// Reads a whole stream: text(), bytes(), json(), blob() of ReadableStream and what bodies use.
// The stream must not be locked; it is unlocked again when all has been read.

const core = require("web/streams/readable-core");
const { Deferred, rejected, transform } = require("web/streams/queue");
const { ChunkList } = require("web/streams/chunks");
const { invalidState } = require("web/errors");

class Consumer extends Deferred {
  constructor(stream) {
    super();
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
    this.resolve(this.chunks);
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

function collect(stream) {
  if (core.isLocked(stream)) return rejected(invalidState("ReadableStream is locked"));
  if (stream.disturbed && stream.state === core.CLOSED) {
    return rejected(invalidState("ReadableStream has already been used"));
  }
  const consumer = new Consumer(stream);
  consumer.readOn();
  return consumer.promise;
}

function bytes(stream) {
  return transform(collect(stream), (chunks) => chunks.takeBytes());
}

function text(stream) {
  const { direct } = stream.controller;
  if (direct != null) direct.forText = true;
  return transform(collect(stream), (chunks) => chunks.takeText());
}

function json(stream) {
  return transform(text(stream), (value) => JSON.parse(value));
}

function blob(stream) {
  return transform(bytes(stream), (value) => new (require("web/blob").Blob)([value]));
}

module.exports = { bytes, text, json, blob };
