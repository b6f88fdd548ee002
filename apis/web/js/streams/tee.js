"use strict";
// Teeing: one source read for two branches. Default streams share chunks; byte streams give each
// branch its own copy and let a branch's BYOB reader fill its buffer from the source directly.

const { Deferred, microtask, transform } = require("web/streams/queue");
const core = require("web/streams/readable-core");
const defaults = require("web/streams/readable-controller");
const bytes = require("web/streams/readable-byte-controller");

/** What both branches share while they cancel: the source is cancelled when both have. */
class Cancellation {
  constructor(stream) {
    this.stream = stream;
    this.canceled = [false, false];
    this.reasons = [undefined, undefined];
    this.deferred = new Deferred();
  }
  cancel(index, reason) {
    this.canceled[index] = true;
    this.reasons[index] = reason;
    if (this.canceled[1 - index]) {
      this.deferred.resolve(core.cancel(this.stream, [this.reasons[0], this.reasons[1]]));
    }
    return this.deferred.promise;
  }
  get both() { return this.canceled[0] && this.canceled[1]; }
  finish() { if (!this.both) this.deferred.resolve(undefined); }
}

/** Splits a default stream. */
function teeDefault(stream) {
  const reader = core.acquireReader(stream);
  const state = new Cancellation(stream);
  const branches = [new core.ReadableCore(), new core.ReadableCore()];
  let reading = false;
  let readAgain = false;
  const request = {
    chunk(value) {
      microtask(() => {
        readAgain = false;
        branches.forEach((branch, index) => {
          if (!state.canceled[index]) defaults.enqueue(branch.controller, value);
        });
        reading = false;
        if (readAgain) pull();
      });
    },
    close() {
      reading = false;
      branches.forEach((branch, index) => {
        if (!state.canceled[index]) defaults.closeController(branch.controller);
      });
      state.finish();
    },
    error() { reading = false; },
  };
  function pull() {
    if (reading) {
      readAgain = true;
      return undefined;
    }
    reading = true;
    core.read(reader, request);
    return undefined;
  }
  branches.forEach((branch, index) => {
    const cancel = (reason) => state.cancel(index, reason);
    defaults.setUp(branch, { start: undefined, pull, cancel }, 1, undefined);
  });
  transform(reader.closed.promise, undefined, (reason) => {
    for (const branch of branches) defaults.fail(branch.controller, reason);
    state.finish();
  });
  return branches;
}

/** The tee of a byte stream. */
class ByteTee {
  constructor(stream) {
    this.stream = stream;
    this.reader = core.acquireReader(stream);
    this.state = new Cancellation(stream);
    this.branches = [new core.ReadableCore(), new core.ReadableCore()];
    this.reading = false;
    this.readAgain = [false, false];
    this.branches.forEach((branch, index) => {
      const cancel = (reason) => this.state.cancel(index, reason);
      bytes.setUp(branch, { pull: () => this.pull(index), cancel }, 0, undefined);
    });
    this.forwardError();
  }

  controller(index) { return this.branches[index].controller; }

  forwardError() {
    const { reader } = this;
    transform(reader.closed.promise, undefined, (reason) => {
      if (reader !== this.reader) return;
      bytes.fail(this.controller(0), reason);
      bytes.fail(this.controller(1), reason);
      this.state.finish();
    });
  }

  /** Changes the kind of reader on the source. */
  useReader(byob) {
    if (this.reader.byob === byob) return;
    const old = this.reader;
    this.reader = null;
    core.releaseReader(old);
    this.reader = byob ? core.acquireByobReader(this.stream) : core.acquireReader(this.stream);
    this.forwardError();
  }

  pull(index) {
    if (this.reading) {
      this.readAgain[index] = true;
      return undefined;
    }
    this.reading = true;
    const view = bytes.pendingView(this.controller(index));
    if (view === null) this.pullDefault();
    else this.pullByob(view, index);
    return undefined;
  }

  failBoth(error) {
    bytes.fail(this.controller(0), error);
    bytes.fail(this.controller(1), error);
    this.state.deferred.resolve(core.cancel(this.stream, error));
  }

  pullMore() {
    this.reading = false;
    if (this.readAgain[0]) this.pull(0);
    else if (this.readAgain[1]) this.pull(1);
  }

  pullDefault() {
    this.useReader(false);
    core.read(this.reader, {
      chunk: (chunk) => microtask(() => this.deliver(chunk)),
      close: () => this.sourceClosed(),
      error: () => { this.reading = false; },
    });
  }

  deliver(chunk) {
    this.readAgain = [false, false];
    const [first, second] = this.state.canceled;
    let copy = chunk;
    if (!first && !second) {
      try {
        copy = chunk.slice();
      } catch (error) {
        this.failBoth(error);
        return;
      }
    }
    if (!first) bytes.enqueue(this.controller(0), chunk);
    if (!second) bytes.enqueue(this.controller(1), copy);
    this.pullMore();
  }

  sourceClosed() {
    this.reading = false;
    for (const index of [0, 1]) {
      if (!this.state.canceled[index]) bytes.closeController(this.controller(index));
    }
    for (const index of [0, 1]) {
      const controller = this.controller(index);
      if (controller.pendingPulls.length > 0) bytes.respond(controller, 0);
    }
    this.state.finish();
  }

  pullByob(view, index) {
    this.useReader(true);
    const { stream } = this;
    stream.disturbed = true;
    const request = {
      chunk: (chunk) => microtask(() => this.deliverByob(chunk, index)),
      close: (chunk) => this.byobClosed(chunk, index),
      error: () => { this.reading = false; },
    };
    if (stream.state === core.ERRORED) request.error(stream.storedError);
    else bytes.pullInto(stream.controller, view, 1, request);
  }

  deliverByob(chunk, index) {
    this.readAgain = [false, false];
    const other = 1 - index;
    const { canceled } = this.state;
    if (!canceled[other]) {
      let copy;
      try {
        copy = chunk.slice();
      } catch (error) {
        this.failBoth(error);
        return;
      }
      if (!canceled[index]) bytes.respondWithView(this.controller(index), chunk);
      bytes.enqueue(this.controller(other), copy);
    } else if (!canceled[index]) {
      bytes.respondWithView(this.controller(index), chunk);
    }
    this.pullMore();
  }

  byobClosed(chunk, index) {
    this.reading = false;
    const other = 1 - index;
    const { canceled } = this.state;
    if (!canceled[index]) bytes.closeController(this.controller(index));
    if (!canceled[other]) bytes.closeController(this.controller(other));
    if (chunk !== undefined) {
      if (!canceled[index]) bytes.respondWithView(this.controller(index), chunk);
      const otherController = this.controller(other);
      if (!canceled[other] && otherController.pendingPulls.length > 0) {
        bytes.respond(otherController, 0);
      }
    }
    this.state.finish();
  }
}

/** Splits a stream into two branches; the stream stays locked. */
function tee(stream) {
  if (stream.controller.isByte) return new ByteTee(stream).branches;
  return teeDefault(stream);
}

module.exports = { tee };
