// pipeline(): joins streams, iterables, generator functions and web streams into one flow, calls
// back once when all of it is done, and destroys every part when one fails.
"use strict";

const {
  isIterable, isReadable, isReadableNodeStream, isNodeStream, isTransformStream, isWebStream,
  isReadableStream, isReadableFinished,
} = require("node/stream/status");
const {
  abortError, expectSignal, invalidReturn, missingStreams, prematureClose, streamDestroyed,
  unableToPipe,
} = require("node/stream/errors");
const errors = require("node/errors");
const { Duplex } = require("node/stream/duplex");
const { destroyer } = require("node/stream/destroy");
const { finished } = require("node/stream/end-of-stream");
const { pumpToNode, pumpToWeb } = require("node/stream/pump");
const { onAbort } = require("node/stream/abort");
const { nextTick } = require("runtime/event-loop");
const { Array, Reflect, Symbol } = globalThis;

const PREMATURE_CLOSE = "ERR_STREAM_PREMATURE_CLOSE";
const SOURCE_TYPES =
  "an instance of Readable, Iterable, AsyncIterable, ReadableStream, or TransformStream";

function pipeline(parts) {
  const callback = parts.at(-1);
  errors.expectFunction(callback, "streams[stream.length - 1]");
  parts.pop();
  let called = false;
  return runPipeline(parts, function (...results) {
    if (called) return;
    called = true;
    Reflect.apply(callback, this, results);
  });
}

function runPipeline(parts, callback, options) {
  const streams = parts.length === 1 && Array.isArray(parts[0]) ? parts[0] : parts;
  if (streams.length < 2) throw missingStreams();
  expectSignal(options?.signal, "options.signal");
  return new Pipeline(streams, callback, options).run();
}

class Pipeline {
  constructor(streams, callback, options) {
    this.streams = streams;
    this.callback = callback;
    this.outerSignal = options?.signal;
    this.endsLast = options?.end !== false;
    this.controller = new globalThis.AbortController();
    this.error = undefined;
    this.value = undefined;
    // Parts still at work.
    this.working = 0;
    this.destroys = [];
    // A last stream that is read on loses our listeners.
    this.lastCleanups = [];
    this.finish = (error) => { this.settle(error, --this.working === 0); };
    this.fail = (error) => { this.settle(error, false); };
    this.abort = () => { this.settle(abortError({ cause: this.outerSignal?.reason }), undefined); };
    this.unsignal = this.outerSignal ? onAbort(this.outerSignal, this.abort) : undefined;
  }

  settle(error, final) {
    // A part that was destroyed for an error of another closes early: the first cause counts.
    if (error && (!this.error || this.error.code === PREMATURE_CLOSE)) this.error = error;
    if (!this.error && !final) return;
    while (this.destroys.length) this.destroys.shift()(this.error);
    this.unsignal?.();
    this.controller.abort();
    if (!final) return;
    if (!this.error) for (const cleanup of this.lastCleanups) cleanup();
    nextTick(this.callback, [this.error, this.value]);
  }

  run() {
    const { streams } = this;
    let flow;
    for (let index = 0; index < streams.length; index++) {
      const stream = streams[index];
      if (isNodeStream(stream)) this.watch(index);
      if (index === 0) flow = this.source(stream);
      else if (typeof stream === "function") flow = this.call(stream, flow, index);
      else if (isNodeStream(stream)) flow = this.join(flow, stream, index);
      else if (isWebStream(stream)) flow = this.joinWeb(flow, stream, index);
      else flow = Duplex.from(stream);
    }
    if (this.controller.signal.aborted || this.outerSignal?.aborted) {
      nextTick(this.abort, undefined);
    }
    return flow;
  }

  isLast(index) { return index === this.streams.length - 1; }

  /** Whether the part at `index` is ended after what flows into it. */
  ends(index) { return !this.isLast(index) || this.endsLast; }

  watch(index) {
    const stream = this.streams[index];
    const next = this.isLast(index) ? null : this.streams[index + 1];
    if (next !== null && (next?.closed || next?.destroyed)) throw unableToPipe();
    const readsOn = isReadable(stream) && this.isLast(index);
    if (this.ends(index)) {
      const cleanup = this.addDestroy(stream, !this.isLast(index), index > 0);
      if (readsOn) this.lastCleanups.push(cleanup);
    }
    // Errors that come when the pipeline is over are caught too.
    const onError = (error) => {
      if (error && error.name !== "AbortError" && error.code !== PREMATURE_CLOSE) this.fail(error);
    };
    stream.on("error", onError);
    if (readsOn) this.lastCleanups.push(() => stream.removeListener("error", onError));
  }

  /** Has `stream` destroyed when the pipeline fails, unless it is over by then. */
  addDestroy(stream, readable, writable) {
    let over = false;
    stream.on("close", () => { over = true; });
    const cleanup = finished(stream, { readable, writable }, (error) => { over = !error; });
    this.destroys.push((error) => {
      if (over) return;
      over = true;
      destroyer(stream, error || streamDestroyed("pipe"));
    });
    return cleanup;
  }

  source(stream) {
    if (typeof stream === "function") {
      const made = stream({ signal: this.controller.signal });
      if (isIterable(made)) return made;
      throw invalidReturn("Iterable, AsyncIterable or Stream", "source", made);
    }
    if (isIterable(stream) || isReadableNodeStream(stream) || isTransformStream(stream)) {
      return stream;
    }
    return Duplex.from(stream);
  }

  call(transform, flow, index) {
    const input = asyncIterable(isTransformStream(flow) ? flow?.readable : flow);
    const output = transform(input, { signal: this.controller.signal });
    if (this.isLast(index)) return this.proxy(output);
    if (!isIterable(output, true)) {
      throw invalidReturn("AsyncIterable", `transform[${index - 1}]`, output);
    }
    return output;
  }

  /** A stream for what the last function gave, so that the result can be piped on. */
  proxy(output) {
    const { PassThrough } = require("node/stream/transform");
    const through = new PassThrough({ objectMode: true });
    // Read once: it may be a getter.
    const then = output?.then;
    if (typeof then === "function") {
      this.working++;
      this.awaitValue(output, then, through);
    } else if (isIterable(output, true)) {
      this.working++;
      pumpToNode(output, through, this.finish, this.endsLast);
    } else if (isReadableStream(output) || isTransformStream(output)) {
      this.working++;
      pumpToNode(output.readable || output, through, this.finish, this.endsLast);
    } else {
      throw invalidReturn("AsyncIterable or Promise", "destination", output);
    }
    this.lastCleanups.push(this.addDestroy(through, false, true));
    return through;
  }

  awaitValue(promise, then, through) {
    then.call(promise, (value) => {
      this.value = value;
      if (value !== undefined && value !== null) through.write(value);
      if (this.endsLast) through.end();
      nextTick(this.finish, undefined);
    }, (error) => {
      through.destroy(error);
      nextTick(this.finish, [error]);
    });
  }

  join(flow, stream, index) {
    const end = this.ends(index);
    if (isReadableNodeStream(flow)) {
      this.working += 2;
      const cleanup = this.pipe(flow, stream, end);
      if (isReadable(stream) && this.isLast(index)) this.lastCleanups.push(cleanup);
    } else {
      this.working++;
      pumpToNode(pumpSource(flow), stream, this.finish, end);
    }
    return stream;
  }

  joinWeb(flow, stream, index) {
    this.working++;
    const source = isReadableNodeStream(flow) ? asyncIterable(flow) : pumpSource(flow);
    pumpToWeb(source, stream, this.finish, this.ends(index));
    return stream;
  }

  pipe(source, destination, end) {
    let ended = false;
    destination.on("close", () => {
      if (!ended) this.fail(prematureClose());
    });
    source.pipe(destination, { end: false });
    if (end) {
      const endDestination = () => {
        ended = true;
        destination.end();
      };
      if (isReadableFinished(source)) nextTick(endDestination, undefined);
      else source.once("end", endDestination);
    } else {
      this.finish();
    }
    finished(source, { readable: true, writable: false }, (error) => {
      const state = source._readableState;
      if (error && error.code === PREMATURE_CLOSE && state?.ended && !state.errored &&
          !state.errorEmitted) {
        // Some streams close before their end; what they have still arrives.
        source.once("end", this.finish).once("error", this.finish);
      } else {
        this.finish(error);
      }
    });
    return finished(destination, { readable: false, writable: true }, this.finish);
  }
}

/** What can be pumped: an iterable, or the readable side of a web stream. */
function pumpSource(flow) {
  if (isTransformStream(flow)) return flow.readable;
  if (isReadableStream(flow) || isIterable(flow)) return flow;
  throw errors.invalidType("val", SOURCE_TYPES, flow);
}

function asyncIterable(value) {
  if (isIterable(value)) return value;
  if (isReadableNodeStream(value)) return readLegacy(value);
  throw errors.invalidType("val", "an instance of Readable, Iterable, or AsyncIterable", value);
}

async function* readLegacy(stream) {
  const { Readable } = require("node/stream/readable");
  yield* Readable.prototype[Symbol.asyncIterator].call(stream);
}

module.exports = { pipeline, runPipeline };
