// The module node:timers/promises: timers that answer through promises and heed abort signals.
"use strict";

const timers = require("runtime/timers");
const { invalidType } = require("node/errors");
const { Promise } = globalThis;

function abortError(signal) {
  const error = new Error("The operation was aborted", { cause: signal.reason });
  error.name = "AbortError";
  error.code = "ABORT_ERR";
  return error;
}

// Starts a timer by `start(resolve)`, cancels it by `stop` when the signal aborts.
function waiting(start, stop, value, options) {
  if (options === null || (typeof options !== "object" && options !== undefined)) {
    return Promise.reject(invalidType("options", "of type object", options));
  }
  const { signal, ref = true } = options ?? {};
  if (signal !== undefined && (signal === null || typeof signal !== "object")) {
    return Promise.reject(invalidType("options.signal", "an instance of AbortSignal", signal));
  }
  if (signal?.aborted) return Promise.reject(abortError(signal));
  return new Promise((resolve, reject) => {
    const timer = start(() => {
      signal?.removeEventListener("abort", abort);
      resolve(value);
    });
    if (!ref) timer.unref();
    function abort() {
      stop(timer);
      reject(abortError(signal));
    }
    signal?.addEventListener("abort", abort, { once: true });
  });
}

function setTimeout(delay, value, options) {
  const start = (callback) => timers.setTimeout(callback, delay);
  return waiting(start, timers.clearTimeout, value, options);
}

function setImmediate(value, options) {
  return waiting(timers.setImmediate, timers.clearImmediate, value, options);
}

async function* setInterval(delay, value, options) {
  const { signal, ref = true } = options ?? {};
  if (signal?.aborted) throw abortError(signal);
  let waitingTicks = 0;
  let wake;
  const timer = timers.setInterval(() => {
    waitingTicks++;
    wake?.();
  }, delay);
  if (!ref) timer.unref();
  const onAbort = () => {
    timers.clearInterval(timer);
    wake?.();
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    for (;;) {
      if (signal?.aborted) throw abortError(signal);
      if (waitingTicks === 0) await new Promise((resolve) => { wake = resolve; });
      for (; waitingTicks > 0; waitingTicks--) yield value;
    }
  } finally {
    timers.clearInterval(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

const scheduler = {
  wait: (delay, options) => setTimeout(delay, undefined, options),
  yield: () => setImmediate(),
};

module.exports = { setTimeout, setImmediate, setInterval, scheduler };
