// Readable.from: a stream over an iterable, asked for one value after another as they are read.
// What an iterator throws destroys the stream; destroying the stream closes the iterator.
"use strict";

const { nullValues } = require("node/stream/errors");
const { Buffer } = require("node/stream/chunks");
const { nextTick } = require("runtime/event-loop");
const { Symbol } = globalThis;

const isThenable = (value) => value && typeof value.then === "function";

function from(Readable, iterable, options) {
  if (typeof iterable === "string" || iterable instanceof Buffer) {
    return new Readable({
      objectMode: true,
      ...options,
      read() {
        this.push(iterable);
        this.push(null);
      },
    });
  }
  const asynchronous = Boolean(iterable?.[Symbol.asyncIterator]);
  if (!asynchronous && !iterable?.[Symbol.iterator]) {
    throw require("node/errors").invalidType("iterable", "an instance of Iterable", iterable);
  }
  const iterator = asynchronous ? iterable[Symbol.asyncIterator]() : iterable[Symbol.iterator]();
  const readable = new Readable({ objectMode: true, highWaterMark: 1, ...options });
  const source = new Source(readable, iterator, asynchronous);
  readable._read = () => source.read();
  readable._destroy = (error, callback) => {
    source.close(error).then(
      () => nextTick(callback, [error]),
      (failure) => nextTick(callback, [failure || error]),
    );
  };
  return readable;
}

class Source {
  constructor(readable, iterator, asynchronous) {
    this.readable = readable;
    this.iterator = iterator;
    this.asynchronous = asynchronous;
    // A synchronous iterator that gave a promise is awaited from then on.
    this.givesPromises = false;
    this.reading = false;
  }

  read() {
    if (this.reading) return;
    this.reading = true;
    if (this.asynchronous || this.givesPromises) this.pump();
    else this.pumpNow();
  }

  /** Pushes a value; false: no more for now. */
  push(value) {
    if (value === null) {
      this.reading = false;
      throw nullValues();
    }
    if (this.readable.push(value)) return true;
    this.reading = false;
    return false;
  }

  pumpNow() {
    const { iterator, readable } = this;
    try {
      for (;;) {
        const { value, done } = iterator.next();
        if (done) {
          readable.push(null);
          return;
        }
        if (isThenable(value)) {
          this.givesPromises = true;
          this.pumpAfter(value);
          return;
        }
        if (!this.push(value)) return;
      }
    } catch (error) {
      readable.destroy(error);
    }
  }

  async pumpAfter(promise) {
    try {
      if (this.push(await promise)) this.pump();
    } catch (error) {
      this.readable.destroy(error);
    }
  }

  async pump() {
    const { asynchronous, iterator, readable } = this;
    try {
      for (;;) {
        const { value, done } = asynchronous ? await iterator.next() : iterator.next();
        if (done) {
          readable.push(null);
          return;
        }
        if (!this.push(!asynchronous && isThenable(value) ? await value : value)) return;
      }
    } catch (error) {
      readable.destroy(error);
    }
  }

  async close(error) {
    const { iterator } = this;
    const failed = error !== undefined && error !== null;
    if (failed && typeof iterator.throw === "function") {
      const { value, done } = await iterator.throw(error);
      await value;
      if (done) return;
    }
    if (typeof iterator.return === "function") {
      const { value } = await iterator.return();
      await value;
    }
  }
}

module.exports = { from };
