// finished(): calls back once when a stream has ended, failed or been closed, whatever kind of
// stream it is. Streams that emit 'close' are waited for until then; others are taken at their
// 'end' and 'finish'.
"use strict";

const {
  isClosed, isReadable, isReadableNodeStream, isReadableStream, isReadableFinished, isWritable,
  isWritableNodeStream, isWritableStream, isWritableFinished, isNodeStream, writableError,
  readableError, willEmitClose,
} = require("node/stream/status");
const {
  abortError, expectOptions, expectSignal, invalidStream, prematureClose,
} = require("node/stream/errors");
const asyncContext = require("runtime/async-context");
const { nextTick } = require("runtime/event-loop");
const { Promise, Reflect, Symbol } = globalThis;

const NO_OPTIONS = {};
/** The option of those who want to be called back at once for a stream that is over. */
const SYNCHRONOUS = Symbol("kEosNodeSynchronousCallback");

/** Runs `callback` once, in the async context of now. */
function onceInContext(callback) {
  const context = asyncContext.current;
  let called = false;
  return function (...parameters) {
    if (called) return;
    called = true;
    const saved = asyncContext.current;
    asyncContext.current = context;
    try {
      Reflect.apply(callback, this, parameters);
    } finally {
      asyncContext.current = saved;
    }
  };
}

const isRequest = (stream) => stream.setHeader && typeof stream.abort === "function";

function soon(callback, now) {
  if (now) callback();
  else nextTick(callback, undefined);
}

class Watch {
  constructor(stream, options, callback) {
    this.stream = stream;
    this.callback = callback;
    this.unsignal = undefined;
    this.readable = options.readable ?? isReadableNodeStream(stream);
    this.writable = options.writable ?? isWritableNodeStream(stream);
    this.closes = willEmitClose(stream) && isReadableNodeStream(stream) === this.readable &&
      isWritableNodeStream(stream) === this.writable;
    this.writableFinished = isWritableFinished(stream, false);
    this.readableFinished = isReadableFinished(stream, false);
    this.closed = isClosed(stream);
    this.onFinish = () => this.finished();
    this.onEnd = () => this.ended();
    this.onError = (error) => this.done(error);
    this.onClose = () => this.closedNow();
    this.onRequest = () => { stream.req.on("finish", this.onFinish); };
    this.onLegacyFinish = () => {
      if (!stream.writable) this.finished();
    };
  }

  done(error) {
    const { callback, stream } = this;
    if (callback === undefined) return;
    this.unsignal?.();
    if (error) callback.call(stream, error);
    else callback.call(stream);
  }

  finished() {
    const { stream } = this;
    this.writableFinished = true;
    // Whoever destroys by himself cannot be relied on to close.
    if (stream.destroyed) this.closes = false;
    if (this.closes && (!stream.readable || this.readable)) return;
    if (!this.readable || this.readableFinished) this.done();
  }

  ended() {
    const { stream } = this;
    this.readableFinished = true;
    if (stream.destroyed) this.closes = false;
    if (this.closes && (!stream.writable || this.writable)) return;
    if (!this.writable || this.writableFinished) this.done();
  }

  closedNow() {
    const { stream } = this;
    this.closed = true;
    const error = this.storedError();
    if (error !== undefined) {
      this.done(error);
      return;
    }
    const cutShort = (this.readable && !this.readableFinished &&
        isReadableNodeStream(stream, true) && !isReadableFinished(stream, false)) ||
      (this.writable && !this.writableFinished && !isWritableFinished(stream, false));
    this.done(cutShort ? prematureClose() : undefined);
  }

  /** The stream was over before anybody watched. */
  wasOver() {
    this.closed = true;
    this.done(this.storedError());
  }

  storedError() {
    const error = writableError(this.stream) || readableError(this.stream);
    return error && typeof error !== "boolean" ? error : undefined;
  }

  listen(errors) {
    const { stream } = this;
    if (isRequest(stream)) {
      stream.on("complete", this.onFinish);
      if (!this.closes) stream.on("abort", this.onClose);
      if (stream.req) this.onRequest();
      else stream.on("request", this.onRequest);
    } else if (this.writable && !stream._writableState) {
      stream.on("end", this.onLegacyFinish);
      stream.on("close", this.onLegacyFinish);
    }
    // 'close' need not follow 'aborted'.
    if (!this.closes && typeof stream.aborted === "boolean") stream.on("aborted", this.onClose);
    stream.on("end", this.onEnd);
    stream.on("finish", this.onFinish);
    if (errors) stream.on("error", this.onError);
    stream.on("close", this.onClose);
  }

  /** Looks whether all is over already, and then calls back: on the next tick, or now. */
  check(now) {
    const { stream } = this;
    const writableState = stream._writableState;
    const readableState = stream._readableState;
    let over = false;
    if (this.closed) {
      soon(this.onClose, now);
      return;
    }
    if (writableState?.errorEmitted || readableState?.errorEmitted) {
      over = !this.closes;
    } else if (!this.readable && (!this.closes || isReadable(stream)) &&
        (this.writableFinished || isWritable(stream) === false) && !writableState?.pendingcb) {
      over = true;
    } else if (!this.writable && (!this.closes || isWritable(stream)) &&
        (this.readableFinished || isReadable(stream) === false)) {
      over = true;
    } else {
      over = Boolean(readableState && stream.req && stream.aborted);
    }
    if (over) soon(() => this.wasOver(), now);
  }

  cleanup() {
    const { stream } = this;
    this.callback = undefined;
    stream.removeListener("aborted", this.onClose);
    stream.removeListener("complete", this.onFinish);
    stream.removeListener("abort", this.onClose);
    stream.removeListener("request", this.onRequest);
    if (stream.req) stream.req.removeListener("finish", this.onFinish);
    stream.removeListener("end", this.onLegacyFinish);
    stream.removeListener("close", this.onLegacyFinish);
    stream.removeListener("finish", this.onFinish);
    stream.removeListener("end", this.onEnd);
    stream.removeListener("error", this.onError);
    stream.removeListener("close", this.onClose);
  }

  heed(signal) {
    const abort = () => {
      const { callback } = this;
      this.cleanup();
      callback?.call(this.stream, abortError({ cause: signal.reason }));
    };
    if (signal.aborted) nextTick(abort, undefined);
    else this.unsignal = require("node/stream/abort").onAbort(signal, abort);
  }
}

function eos(stream, options, callback) {
  let done = callback;
  let given = options;
  if (arguments.length === 2) {
    done = options;
    given = NO_OPTIONS;
  } else if (options === undefined || options === null) {
    given = NO_OPTIONS;
  } else {
    expectOptions(options);
  }
  require("node/errors").expectFunction(done, "callback");
  expectSignal(given.signal, "options.signal");
  const once = onceInContext(done);
  if (isReadableStream(stream) || isWritableStream(stream)) {
    return require("node/stream/web-status").watch(stream, given, once);
  }
  if (!isNodeStream(stream)) throw invalidStream(stream);
  const watch = new Watch(stream, given, once);
  watch.listen(given.error !== false);
  watch.check(Boolean(given[SYNCHRONOUS]));
  if (given.signal && !watch.closed) watch.heed(given.signal);
  return () => watch.cleanup();
}

/** The form that answers with a promise. */
function finishedPromise(stream, options) {
  const given = options === null ? NO_OPTIONS : options;
  let cleans = false;
  if (given?.cleanup) {
    if (typeof given.cleanup !== "boolean") {
      throw require("node/errors").invalidType("cleanup", "of type boolean", given.cleanup);
    }
    cleans = given.cleanup;
  }
  return new Promise((resolve, reject) => {
    const cleanup = eos(stream, given, (error) => {
      if (cleans) cleanup();
      if (error) reject(error);
      else resolve();
    });
  });
}

eos.finished = {
  finished(stream, options) { return finishedPromise(stream, options); },
}.finished;
eos.kEosNodeSynchronousCallback = SYNCHRONOUS;

module.exports = { finished: eos, finishedPromise: eos.finished };
