// What EventEmitter's constructor carries: once, on, signals, limits of event targets; and emitting
// with captured rejections. Loaded when one of them is first called.
"use strict";

const {
  CAPTURE, REJECTION, MAX_TARGET_LISTENERS, MAX_TARGET_LISTENERS_WARNED, shared, emitError,
  maxListenersOf,
} = require("node/events-core");
const {
  abortError, ERR_INVALID_ARG_TYPE, validateAbortSignal, validateFunction, validateInteger,
  validateObject,
} = require("node/errors");
const { nextTick } = require("runtime/event-loop");
const { Number, Object, Promise, Reflect, Symbol, String } = globalThis;

const FIRST_PARAMETER = Symbol.for("nodejs.kFirstEventParam");
const WATERMARK_DATA = Symbol.for("nodejs.watermarkData");

// ---- Warnings --------------------------------------------------------------------------------

function warnOfOverflow(emitter, type, count) {
  const shown = require("bun/inspect-node").inspect(emitter, { depth: -1 });
  const warning = new Error(
    `Possible EventEmitter memory leak detected. ${count} ${String(type)} listeners added to ` +
      `${shown}. MaxListeners is ${maxListenersOf(emitter)}. ` +
      "Use emitter.setMaxListeners() to increase limit",
  );
  warning.name = "MaxListenersExceededWarning";
  Object.assign(warning, { emitter, type, count });
  require("node/process").process.emitWarning(warning);
}

// ---- Captured rejections ---------------------------------------------------------------------

function addCatch(emitter, promise, type, args) {
  try {
    const { then } = promise;
    if (typeof then !== "function") return;
    Reflect.apply(then, promise, [undefined, (reason) => {
      // On the next tick, so that what a handler throws is not one more rejection.
      nextTick(emitRejection, [emitter, reason, type, args]);
    }]);
  } catch (error) {
    emitter.emit("error", error);
  }
}

function emitRejection(emitter, reason, type, args) {
  if (typeof emitter[REJECTION] === "function") {
    emitter[REJECTION](reason, type, ...args);
    return;
  }
  try {
    emitter[CAPTURE] = false;
    emitter.emit("error", reason);
  } finally {
    emitter[CAPTURE] = true;
  }
}

function callCapturing(emitter, listener, type, args) {
  const result = Reflect.apply(listener, emitter, args);
  if (result === undefined || result === null || !emitter[CAPTURE]) return;
  if (typeof result === "object") addCatch(emitter, result, type, args);
}

const { emit: emitCapturing } = {
  emit(type, ...args) {
    if (type === "error") return emitError(this, args);
    const handler = this._events?.[type];
    if (handler === undefined) return false;
    if (typeof handler === "function") {
      callCapturing(this, handler, type, args);
      return true;
    }
    for (let index = 0, { length } = handler; index < length; index++) {
      callCapturing(this, handler[index], type, args);
    }
    return true;
  },
};

// ---- Emitters and event targets alike --------------------------------------------------------

function addTo(emitter, name, listener, flags) {
  if (typeof emitter.on === "function") {
    if (flags?.once) emitter.once(name, listener);
    else emitter.on(name, listener);
  } else if (typeof emitter.addEventListener === "function") {
    emitter.addEventListener(name, listener, flags);
  } else {
    throw ERR_INVALID_ARG_TYPE("emitter", "EventEmitter", emitter);
  }
}

function removeFrom(emitter, name, listener, flags) {
  if (typeof emitter.removeListener === "function") {
    emitter.removeListener(name, listener);
  } else if (typeof emitter.removeEventListener === "function") {
    emitter.removeEventListener(name, listener, flags);
  } else {
    throw ERR_INVALID_ARG_TYPE("emitter", "EventEmitter", emitter);
  }
}

// Options of a listener that stopImmediatePropagation does not keep from being called.
function resistingOnce() {
  return { __proto__: null, once: true, [require("web/events").RESISTS_STOPPING]: true };
}

function checkedSignal(options) {
  validateObject(options, "options");
  const { signal } = options;
  validateAbortSignal(signal, "options.signal");
  if (signal?.aborted) throw abortError(undefined, { cause: signal.reason });
  return signal;
}

// ---- once ------------------------------------------------------------------------------------

function once(emitter, type, options) {
  const signal = checkedSignal(options);
  const { promise, resolve, reject } = Promise.withResolvers();
  function onError(error) {
    emitter.removeListener(type, onEvent);
    if (signal) removeFrom(signal, "abort", onAbort);
    reject(error);
  }
  function onEvent(...values) {
    if (typeof emitter.removeListener === "function") emitter.removeListener("error", onError);
    if (signal) removeFrom(signal, "abort", onAbort);
    resolve(values);
  }
  function onAbort() {
    removeFrom(emitter, type, onEvent);
    removeFrom(emitter, "error", onError);
    reject(abortError(undefined, { cause: signal?.reason }));
  }
  const flags = resistingOnce();
  addTo(emitter, type, onEvent, flags);
  if (type !== "error" && typeof emitter.once === "function") emitter.once("error", onError);
  if (signal) addTo(signal, "abort", onAbort, flags);
  return promise;
}

// ---- on --------------------------------------------------------------------------------------

// A queue whose ends cost the same however long it is.
class Queue {
  #items = [];
  #head = 0;

  get isEmpty() { return this.#head === this.#items.length; }
  get length() { return this.#items.length - this.#head; }
  push(item) { this.#items.push(item); }

  shift() {
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length) {
      this.#items = [];
      this.#head = 0;
    }
    return item;
  }
}

const AsyncIteratorPrototype = Object.getPrototypeOf(
  Object.getPrototypeOf((async function* () {}).prototype),
);

const result = (value, done) => ({ value, done });

// What an iterator of events knows; its listeners are taken away when it ends.
class Subscription {
  events = new Queue();
  waiting = new Queue();
  listeners = [];
  paused = false;
  finished = false;
  error = null;
  abortion = null;

  constructor(emitter, low, high) {
    this.emitter = emitter;
    this.low = low;
    this.high = high;
  }

  listen(name, listener) {
    addTo(this.emitter, name, listener);
    this.listeners.push([name, listener]);
  }

  received = (value) => {
    if (!this.waiting.isEmpty) {
      this.waiting.shift().resolve(result(value, false));
      return;
    }
    this.events.push(value);
    if (!this.paused && this.events.length > this.high) {
      this.paused = true;
      this.emitter.pause();
    }
  };

  failed = (error) => {
    if (this.waiting.isEmpty) this.error = error;
    else this.waiting.shift().reject(error);
    this.close();
  };

  close = () => {
    this.abortion?.[Symbol.dispose]();
    while (this.listeners.length > 0) {
      const [name, listener] = this.listeners.pop();
      removeFrom(this.emitter, name, listener);
    }
    this.finished = true;
    const done = result(undefined, true);
    while (!this.waiting.isEmpty) this.waiting.shift().resolve(done);
    return Promise.resolve(done);
  };

  next() {
    if (!this.events.isEmpty) {
      const value = this.events.shift();
      if (this.paused && !this.finished && this.events.length < this.low) {
        this.emitter.resume();
        this.paused = false;
      }
      return Promise.resolve(result(value, false));
    }
    if (this.error) {
      const rejected = Promise.reject(this.error);
      this.error = null;
      return rejected;
    }
    if (this.finished) return this.close();
    const { promise, resolve, reject } = Promise.withResolvers();
    this.waiting.push({ resolve, reject });
    return promise;
  }
}

function iteratorOf(subscription) {
  const iterator = {
    next() { return subscription.next(); },
    return() { return subscription.close(); },
    throw(error) {
      if (!error || !(error instanceof Error)) {
        throw ERR_INVALID_ARG_TYPE("EventEmitter.AsyncIterator", "Error", error);
      }
      subscription.failed(error);
    },
    [Symbol.asyncIterator]() { return this; },
    [WATERMARK_DATA]: {
      get size() { return subscription.events.length; },
      get low() { return subscription.low; },
      get high() { return subscription.high; },
      get isPaused() { return subscription.paused; },
    },
  };
  return Object.setPrototypeOf(iterator, AsyncIteratorPrototype);
}

function on(emitter, event, options) {
  const signal = checkedSignal(options);
  const high = options.highWaterMark ?? options.highWatermark ?? Number.MAX_SAFE_INTEGER;
  validateInteger(high, "options.highWaterMark", 1);
  const low = options.lowWaterMark ?? options.lowWatermark ?? 1;
  validateInteger(low, "options.lowWaterMark", 1);
  const subscription = new Subscription(emitter, low, high);
  const { received, failed, close } = subscription;
  subscription.listen(event, options[FIRST_PARAMETER] ? received : (...args) => received(args));
  if (event !== "error" && typeof emitter.on === "function") subscription.listen("error", failed);
  for (const name of options.close ?? []) subscription.listen(name, close);
  if (signal) {
    const aborted = () => failed(abortError(undefined, { cause: signal.reason }));
    subscription.abortion = addAbortListener(signal, aborted);
  }
  return iteratorOf(subscription);
}

// ---- Signals ---------------------------------------------------------------------------------

function addAbortListener(signal, listener) {
  if (signal === undefined) throw ERR_INVALID_ARG_TYPE("signal", "AbortSignal", signal);
  validateAbortSignal(signal, "signal");
  validateFunction(listener, "listener");
  let isListening = false;
  if (signal.aborted) {
    globalThis.queueMicrotask(() => listener());
  } else {
    signal.addEventListener("abort", listener, resistingOnce());
    isListening = true;
  }
  return {
    __proto__: null,
    [Symbol.dispose]() { if (isListening) signal.removeEventListener("abort", listener); },
  };
}

// ---- Limits and lists ------------------------------------------------------------------------

function isEventTarget(value) {
  return require("web/events").isEventTarget(value);
}

function getEventListeners(emitter, type) {
  if (typeof emitter?.listeners === "function") return emitter.listeners(type);
  if (isEventTarget(emitter)) return require("web/events").listenersOf(emitter, String(type));
  throw ERR_INVALID_ARG_TYPE("emitter", ["EventEmitter", "EventTarget"], emitter);
}

function listenerCount(emitter, type) {
  if (typeof emitter.listenerCount === "function") return emitter.listenerCount(type);
  if (isEventTarget(emitter)) return getEventListeners(emitter, type).length;
  throw ERR_INVALID_ARG_TYPE("emitter", ["EventEmitter", "EventTarget"], emitter);
}

function limitTargets(limit, targets) {
  for (const target of targets) {
    if (isEventTarget(target)) {
      target[MAX_TARGET_LISTENERS] = limit;
      target[MAX_TARGET_LISTENERS_WARNED] = false;
    } else if (typeof target.setMaxListeners === "function") {
      target.setMaxListeners(limit);
    } else {
      throw ERR_INVALID_ARG_TYPE("eventTargets", ["EventEmitter", "EventTarget"], target);
    }
  }
}

function getMaxListeners(emitterOrTarget) {
  if (typeof emitterOrTarget?.getMaxListeners === "function") {
    return maxListenersOf(emitterOrTarget);
  }
  if (isEventTarget(emitterOrTarget)) {
    return (emitterOrTarget[MAX_TARGET_LISTENERS] ??= shared.maxListeners);
  }
  throw ERR_INVALID_ARG_TYPE("emitter", ["EventEmitter", "EventTarget"], emitterOrTarget);
}

module.exports = {
  addAbortListener, emitCapturing, getEventListeners, getMaxListeners, limitTargets, listenerCount,
  on, once, warnOfOverflow,
};
