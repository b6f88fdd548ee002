// Web streams as addAbortSignal() and finished() need them: watched without a lock, failed from
// outside.
"use strict";

const { isReadableStream, isTransformStream } = require("node/stream/status");
const { abortError } = require("node/stream/errors");
const { nextTick } = require("runtime/event-loop");
const { Promise, Reflect } = globalThis;

function coreOf(stream) {
  return isReadableStream(stream)
    ? require("web/streams/readable-stream").coreOf(stream)
    : require("web/streams/writable-stream").coreOf(stream);
}

/** A promise of the end of a stream, which rejects with its error. */
function settlement(core) {
  if (core.settlement !== null) return core.settlement.promise;
  core.settlement = Promise.withResolvers();
  const { promise, resolve, reject } = core.settlement;
  promise.catch(() => {});
  if (core.isOver) {
    if (core.storedError === undefined) resolve();
    else reject(core.storedError);
  }
  return promise;
}

/** finished() for a web stream; there are no listeners to take off. */
function watch(stream, options, callback) {
  const { signal } = options;
  let aborted = false;
  let unsignal;
  if (signal) {
    const abort = () => {
      aborted = true;
      callback.call(stream, abortError({ cause: signal.reason }));
    };
    if (signal.aborted) nextTick(abort, undefined);
    else unsignal = require("node/stream/abort").onAbort(signal, abort);
  }
  const settled = (...results) => {
    if (aborted) return;
    unsignal?.();
    nextTick(() => Reflect.apply(callback, stream, results), undefined);
  };
  settlement(coreOf(stream)).then(settled, settled);
  return () => {};
}

function failReadable(core, error) {
  const controllers = core.controller.isByte
    ? require("web/streams/readable-byte-controller")
    : require("web/streams/readable-controller");
  controllers.fail(core.controller, error);
}

/** Fails a web stream, as its controller could. */
function fail(stream, error) {
  if (isTransformStream(stream)) {
    fail(stream.readable, error);
    fail(stream.writable, error);
    return;
  }
  const core = coreOf(stream);
  if (isReadableStream(stream)) failReadable(core, error);
  else require("web/streams/writable-core").errorIfNeeded(core.controller, error);
}

module.exports = { watch, fail };
