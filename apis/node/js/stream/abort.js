// Signals that end streams.
"use strict";

const { isNodeStream, isWebStream } = require("node/stream/status");
const { abortError, invalidStream } = require("node/stream/errors");

const ONCE = { once: true };

/** Calls `listener` when `signal` aborts; the result takes it off again. */
function onAbort(signal, listener) {
  if (signal.aborted) {
    require("runtime/microtasks").queueMicrotask(() => listener());
    return () => {};
  }
  signal.addEventListener("abort", listener, ONCE);
  return () => { signal.removeEventListener("abort", listener); };
}

function addAbortSignal(signal, stream) {
  if (typeof signal !== "object" || signal === null || !("aborted" in signal)) {
    throw require("node/errors").invalidType("signal", "of type AbortSignal", signal);
  }
  if (!isNodeStream(stream) && !isWebStream(stream)) throw invalidStream(stream);
  return addAbortSignalNoValidate(signal, stream);
}

/** What is no signal changes nothing. */
function addAbortSignalNoValidate(signal, stream) {
  if (typeof signal !== "object" || !("aborted" in signal)) return stream;
  const abort = isNodeStream(stream)
    ? () => { stream.destroy(abortError({ cause: signal.reason })); }
    : () => {
      const error = abortError({ cause: signal.reason });
      require("node/stream/web-status").fail(stream, error);
    };
  if (signal.aborted) {
    abort();
  } else {
    const remove = onAbort(signal, abort);
    require("node/stream/end-of-stream").finished(stream, remove);
  }
  return stream;
}

module.exports = { addAbortSignal, addAbortSignalNoValidate, onAbort };
