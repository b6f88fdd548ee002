"use strict";
// What a child writes: read as it comes, kept until the program asks for it.
// Invariants: one read at a time; once somebody reads the stream, its demand drives the reads;
// the descriptor is closed at the end of the output, by the reader who leaves, or on failure.

const { concatenate } = require("web/blob");

const RUNNING = 0;
const ENDED = 1;

class Output {
  #end;
  #limit;
  #overflow;
  #total = 0;
  #chunks = [];
  #state = RUNNING;
  #isReading = false;
  #stream = null;
  #controller = null;
  #error = undefined;
  #wanted = null;

  constructor(end, limit, overflow) {
    this.#end = end;
    this.#limit = limit;
    this.#overflow = overflow;
  }

  // Reads on until the end, or until a stream takes over.
  read() {
    if (this.#isReading || this.#state !== RUNNING) return;
    this.#isReading = true;
    ops.streamRead(this.#end).then((chunk) => this.#take(chunk), (error) => this.#fail(error));
  }

  #take(chunk) {
    this.#isReading = false;
    if (chunk === null) {
      this.#finish();
      return;
    }
    if (this.#state !== RUNNING) return;
    this.#total += chunk.length;
    if (this.#limit >= 0 && this.#total > this.#limit) {
      this.#limit = -1;
      this.#overflow();
    }
    if (this.#controller === null) {
      this.#chunks.push(chunk);
      this.read();
      return;
    }
    this.#controller.enqueue(chunk);
    this.#settle();
  }

  #fail(error) {
    this.#isReading = false;
    if (this.#state !== RUNNING) return;
    this.#error = error;
    this.#finish();
  }

  #finish() {
    if (this.#state === ENDED) return;
    this.#state = ENDED;
    ops.streamClose(this.#end);
    if (this.#controller !== null) this.#closeStream();
    this.#settle();
  }

  #closeStream() {
    if (this.#controller.ended) return;
    if (this.#error === undefined) this.#controller.close();
    else this.#controller.error(this.#error);
  }

  #settle() {
    const wanted = this.#wanted;
    this.#wanted = null;
    wanted?.();
  }

  // The stream wants data: what was kept first, as one piece, then what comes.
  #pull(controller) {
    this.#controller = controller;
    if (this.#chunks.length > 0) {
      const chunks = this.#chunks;
      this.#chunks = [];
      controller.enqueue(chunks.length === 1 ? chunks[0] : concatenate(chunks));
      if (this.#state === ENDED) this.#closeStream();
      return undefined;
    }
    if (this.#state === ENDED) {
      this.#closeStream();
      return undefined;
    }
    return new Promise((resolve) => {
      this.#wanted = resolve;
      this.read();
    });
  }

  #cancel() {
    this.#chunks = [];
    this.#finish();
  }

  stream() {
    if (this.#stream === null) {
      const { createNativeReadable } = require("web/streams");
      this.#stream = createNativeReadable({
        pull: (controller) => this.#pull(controller),
        cancel: () => this.#cancel(),
      });
      if (this.#state === RUNNING) this.read();
    }
    return this.#stream;
  }

  childExited() {}

  reference(alive) {
    if (this.#state === RUNNING) ops.streamReference(this.#end, alive);
  }
}

module.exports = { Output };
