"use strict";
// Streams of type "direct": the source writes strings and bytes to a controller that collects
// them; a reader gets what was collected as one Uint8Array. What was written is handed over when
// pull() returns, at flush(), at the end, and otherwise once the event loop turns.
//
// A reader has pull() called for each chunk it lacks. What takes the stream whole (a body that is
// sent or made a text) has it called once: the stream ends with the promise it returned, or, where
// it returned none, when the source says so.

const controllers = require("web/streams/readable-controller");
const core = require("web/streams/readable-core");
const { transform } = require("web/streams/queue");
const { ChunkList } = require("web/streams/chunks");

class DirectSource {
  constructor(stream, source, callbacks) {
    this.stream = stream;
    this.source = source;
    this.callbacks = callbacks;
    this.collected = new ChunkList(true);
    this.ended = false;
    this.pulling = false;
    this.flushScheduled = false;
    /** Taken whole, see above. */
    this.whole = false;
    /** Read by text(), where writes of strings count code units. */
    this.forText = false;
    this.face = {
      write: (chunk) => this.write(chunk),
      end: () => this.end(),
      close: () => this.end(),
      flush: () => this.flush(),
      error: (reason) => this.fail(reason),
    };
  }

  write(chunk) {
    if (this.ended) return this.forText ? 0 : undefined;
    const count = this.collected.push(chunk);
    if (count < 0) {
      throw new TypeError(this.forText
        ? "Expected text, ArrayBuffer or ArrayBufferView"
        : "write() expects a string, ArrayBufferView, or ArrayBuffer");
    }
    if (this.forText && typeof chunk === "string") return chunk.length;
    if (!this.flushScheduled && !this.pulling) this.scheduleFlush();
    return count;
  }

  scheduleFlush() {
    this.flushScheduled = true;
    require("runtime/timers").setImmediate(() => {
      this.flushScheduled = false;
      this.flush();
    });
  }

  /** Hands over what was written, if somebody waits for it or will. */
  flush() {
    if (this.collected.byteLength === 0) return;
    if (!this.whole && core.pendingReads(this.stream) === 0) return;
    controllers.enqueue(this.stream.controller, this.collected.takeBytes());
  }

  end() {
    if (this.ended) return;
    this.ended = true;
    if (this.stream.state !== core.READABLE) return;
    if (this.collected.byteLength > 0) {
      controllers.enqueue(this.stream.controller, this.collected.takeBytes());
    }
    controllers.closeController(this.stream.controller);
  }

  fail(reason) {
    this.ended = true;
    controllers.fail(this.stream.controller, reason);
  }

  pull() {
    const { pull } = this.callbacks;
    if (this.ended) return undefined;
    if (pull === undefined) throw new TypeError("underlyingSource.pull is not a function");
    this.flush();
    this.pulling = true;
    let result;
    try {
      result = pull.call(this.source, this.face);
    } finally {
      this.pulling = false;
    }
    this.flush();
    if (this.whole) return this.untilEnd(result);
    if (result === undefined) return undefined;
    return transform(Promise.resolve(result), () => this.flush(), (error) => {
      this.flush();
      throw error;
    });
  }

  /** What keeps the stream from pulling again: a promise of its end, or one of nothing. */
  untilEnd(result) {
    if (this.ended) return undefined;
    if (typeof result?.then !== "function") return new Promise(() => {});
    return transform(Promise.resolve(result), () => this.end(), (error) => {
      this.flush();
      throw error;
    });
  }

  cancel(reason) {
    this.ended = true;
    return this.callbacks.cancel?.call(this.source, reason);
  }
}

/** Gives a stream a direct source. Nothing of it runs before the first read. */
function setUpFromSource(stream, source, callbacks) {
  const direct = new DirectSource(stream, source, callbacks);
  const controller = controllers.setUp(stream, {
    start: undefined,
    pull: () => direct.pull(),
    cancel: (reason) => direct.cancel(reason),
  }, 0, undefined);
  controller.direct = direct;
}

module.exports = { setUpFromSource };
