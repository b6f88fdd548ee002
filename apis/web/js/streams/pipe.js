"use strict";
// Piping: moves chunks from a readable to a writable stream inside the runtime. One read is
// outstanding at a time, and only while the destination has room; chunks that lie in the source's
// queue are written in the same turn, without a promise each.

const { Deferred, microtask, transform, ignore } = require("web/streams/queue");
const readable = require("web/streams/readable-core");
const writable = require("web/streams/writable-core");
const { invalidArgumentType } = require("web/errors");

/** The options of pipeTo and pipeThrough, checked. */
function pipeOptions(options) {
  if (options === undefined || options === null) return {};
  if (typeof options !== "object" && typeof options !== "function") {
    throw invalidArgumentType("options", "of type object", options);
  }
  const preventAbort = !!options.preventAbort;
  const preventCancel = !!options.preventCancel;
  const preventClose = !!options.preventClose;
  const { signal } = options;
  if (signal !== undefined && !require("web/abort").isSignal(signal)) {
    throw new TypeError("The pipe options' 'signal' property must be an AbortSignal");
  }
  return { preventAbort, preventCancel, preventClose, signal };
}

class Pipe {
  constructor(source, destination, flags) {
    this.source = source;
    this.destination = destination;
    this.flags = flags;
    this.reader = readable.acquireReader(source);
    this.writer = writable.acquireWriter(destination);
    this.done = new Deferred();
    this.shuttingDown = false;
    this.stepping = false;
    this.reading = false;
    /** Chunks read whose write has not settled. */
    this.unwritten = 0;
    this.received = undefined;
    this.hasReceived = false;
    this.afterWrites = null;
    this.onAbort = null;
    this.onReceived = () => {
      this.writeReceived();
      this.step();
    };
    this.writeRequest = { resolve: () => this.written(), reject: () => this.written() };
    this.writer.onReady = () => this.step();
  }

  // ---- as a read request

  chunk(value) {
    this.reading = false;
    this.unwritten++;
    this.received = value;
    this.hasReceived = true;
    // A chunk that arrives inside the source's enqueue() must not reach the sink before it returns.
    if (!this.stepping) microtask(this.onReceived);
  }
  close() { this.reading = false; }
  error() { this.reading = false; }

  writeReceived() {
    const value = this.received;
    this.received = undefined;
    this.hasReceived = false;
    writable.write(this.writer, value, this.writeRequest);
  }

  written() {
    this.unwritten--;
    if (this.unwritten === 0 && this.afterWrites !== null) microtask(this.afterWrites);
  }

  /** Moves chunks until the source has none or the destination has no room. */
  step() {
    if (this.stepping || this.reading || this.hasReceived) return;
    this.stepping = true;
    while (!this.shuttingDown) {
      const { source, destination } = this;
      if (destination.state !== writable.WRITABLE || destination.backpressure) break;
      if (source.state !== readable.READABLE || writable.isClosing(destination)) break;
      this.reading = true;
      readable.read(this.reader, this);
      if (this.hasReceived) this.writeReceived();
      else if (this.reading) break;
    }
    this.stepping = false;
  }

  // ---- the ways to end

  start() {
    const { source, destination, flags } = this;
    source.disturbed = true;
    if (flags.signal !== undefined && !this.followSignal(flags.signal)) return;
    if (source.state === readable.ERRORED) this.sourceErrored();
    if (destination.state === writable.ERRORED) this.destinationErrored();
    if (source.state === readable.CLOSED) this.sourceClosed();
    if (writable.isClosing(destination) || destination.state === writable.CLOSED) {
      this.destinationClosed();
    }
    const onSourceEnd = () => this.sourceClosed();
    transform(this.reader.closed.promise, onSourceEnd, () => this.sourceErrored());
    transform(this.writer.closed.promise, ignore, () => this.destinationErrored());
    this.step();
  }

  /** False when the signal has aborted already. */
  followSignal(signal) {
    const { isAborted, addAlgorithm } = require("web/abort");
    this.onAbort = () => this.signalAborted();
    if (isAborted(signal)) {
      this.signalAborted();
      return false;
    }
    addAlgorithm(signal, this.onAbort);
    return true;
  }

  signalAborted() {
    const reason = require("web/abort").abortReason(this.flags.signal);
    const { source, destination, flags } = this;
    this.shutDown(() => {
      const actions = [];
      if (!flags.preventAbort && destination.state === writable.WRITABLE) {
        actions.push(writable.abort(destination, reason));
      }
      if (!flags.preventCancel && source.state === readable.READABLE) {
        actions.push(readable.cancel(source, reason));
      }
      return Promise.all(actions);
    }, { error: reason });
  }

  sourceErrored() {
    if (this.shuttingDown) return;
    const error = this.source.storedError;
    const action = () => writable.abort(this.destination, error);
    this.shutDown(this.flags.preventAbort ? undefined : action, { error });
  }

  destinationErrored() {
    if (this.shuttingDown) return;
    const error = this.destination.storedError;
    const action = () => readable.cancel(this.source, error);
    this.shutDown(this.flags.preventCancel ? undefined : action, { error });
  }

  sourceClosed() {
    const action = () => writable.closeWithErrorPropagation(this.destination);
    this.shutDown(this.flags.preventClose ? undefined : action, undefined);
  }

  destinationClosed() {
    if (this.shuttingDown) return;
    const error = new TypeError("The destination WritableStream is closed");
    const action = () => readable.cancel(this.source, error);
    this.shutDown(this.flags.preventCancel ? undefined : action, { error });
  }

  /** Ends the pipe once, after the writes under way; `failure` is what it rejects with. */
  shutDown(action, failure) {
    if (this.shuttingDown) return;
    this.shuttingDown = true;
    const finish = () => {
      if (action === undefined) {
        this.finalize(failure);
        return;
      }
      transform(action(), () => this.finalize(failure), (error) => this.finalize({ error }));
    };
    const { destination } = this;
    if (destination.state === writable.WRITABLE && !writable.isClosing(destination)) {
      if (this.unwritten === 0) microtask(finish);
      else this.afterWrites = finish;
    } else {
      finish();
    }
  }

  finalize(failure) {
    writable.releaseWriter(this.writer);
    readable.releaseReader(this.reader);
    if (this.onAbort !== null) {
      require("web/abort").removeAlgorithm(this.flags.signal, this.onAbort);
    }
    if (failure === undefined) this.done.resolve(undefined);
    else this.done.reject(failure.error);
  }
}

/** Pipes one unlocked stream into another; the promise settles when both are released. */
function pipe(source, destination, flags) {
  const running = new Pipe(source, destination, flags);
  running.start();
  return running.done.promise;
}

module.exports = { pipe, pipeOptions };
