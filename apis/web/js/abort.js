"use strict";
// AbortController and AbortSignal. A signal is cheap until somebody listens: no listener map, no
// dependents, no reason is made before. Sources hold their dependent signals (AbortSignal.any)
// weakly until somebody listens to one, so that a signal of the whole program can be combined with
// one of each request.

const asyncContext = require("runtime/async-context");
const { defineInterface } = require("web/interface");
const {
  illegalConstructor, invalidArgument, invalidArgumentType, invalidGetter, invalidThis,
  missingArguments,
} = require("web/errors");
const { abortError, timeoutError } = require("web/dom-exception");
const { EventTarget, trustedEvent, dispatch, hasListeners, eventHandler } = require("web/events");

const defineProperty = Object.defineProperty;
const onAbort = eventHandler("abort");
const INTERNAL = Symbol("internal");
/** Collected dependents are looked for whenever their number has doubled, from this one on. */
const PRUNE_LENGTH_MIN = 64;
let signals;
/** Signals with a deadline that somebody waits for; others may be collected before it. */
const awaitedDeadlines = new Set();

function expire(reference) {
  // Nobody's work leads to it.
  asyncContext.current = undefined;
  const signal = reference.deref();
  if (signal !== undefined) signals.abort(signal, timeoutError());
}

class AbortSignal extends EventTarget {
  #aborted = false;
  #reason = undefined;
  #algorithms = null;
  /** Weak references to all dependents, and the observed ones themselves. */
  #dependents = null;
  #observed = null;
  #pruneLength = PRUNE_LENGTH_MIN;
  #sources = null;
  #deadline = undefined;

  constructor(token) {
    if (token !== INTERNAL) throw illegalConstructor();
    super();
  }

  static abort(reason = undefined) {
    const signal = new AbortSignal(INTERNAL);
    signal.#aborted = true;
    signal.#reason = reason === undefined ? abortError() : reason;
    return signal;
  }

  static timeout(milliseconds) {
    if (arguments.length === 0) throw missingArguments();
    const delay = Math.trunc(Number(milliseconds));
    if (!(delay >= 0 && delay <= Number.MAX_SAFE_INTEGER)) {
      const given = Number(milliseconds);
      throw new TypeError(`Value ${given} is outside the range [0, ${Number.MAX_SAFE_INTEGER}]`);
    }
    const signal = new AbortSignal(INTERNAL);
    signal.#deadline = globalThis.performance.now() + delay;
    const { setTimeout } = require("runtime/timers");
    setTimeout(expire, delay, new WeakRef(signal)).unref();
    return signal;
  }

  static any(list) {
    if (list === undefined || list === null) {
      throw invalidArgument("signals can not be converted to sequence");
    }
    if (typeof list[Symbol.iterator] !== "function") throw new TypeError("Type error");
    const sources = [...list];
    sources.forEach((source, index) => {
      if (signals.is(source)) return;
      throw invalidArgumentType(`signals[${index}]`, "an instance of AbortSignal", source);
    });
    return signals.dependent(sources);
  }

  get aborted() { return signals.check(this, "aborted").#aborted; }
  get reason() { return signals.check(this, "reason").#reason; }
  get onabort() { return onAbort.get(signals.check(this, "onabort")); }
  set onabort(value) { onAbort.set(signals.check(this, "onabort"), value); }

  throwIfAborted() {
    if (!signals.is(this)) throw invalidThis("AbortSignal", "throwIfAborted");
    if (this.#aborted) throw this.#reason;
  }

  // Marks this signal and its dependents first, then runs algorithms and fires events, so that
  // every listener already sees all of them aborted.
  #abort(reason) {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    const reached = [this];
    for (const reference of this.#dependents ?? []) {
      const dependent = reference.deref();
      if (dependent === undefined || dependent.#aborted) continue;
      dependent.#aborted = true;
      dependent.#reason = reason;
      reached.push(dependent);
    }
    this.#dependents = null;
    this.#observed = null;
    if (this.#deadline !== undefined) awaitedDeadlines.delete(this);
    for (const signal of reached) signal.#run();
  }

  #isAwaited() {
    return this.#algorithms?.size > 0 || hasListeners(this, "abort") || this.#observed?.size > 0;
  }

  #beAwaited() {
    if (this.#deadline !== undefined && !this.#aborted) awaitedDeadlines.add(this);
  }

  #beForgotten() {
    if (this.#deadline !== undefined && !this.#isAwaited()) awaitedDeadlines.delete(this);
  }

  #addDependent(signal) {
    const list = (this.#dependents ??= []);
    list.push(new WeakRef(signal));
    if (list.length < this.#pruneLength) return;
    this.#dependents = list.filter((reference) => reference.deref() !== undefined);
    this.#pruneLength = Math.max(PRUNE_LENGTH_MIN, this.#dependents.length * 2);
  }

  #run() {
    const algorithms = this.#algorithms;
    this.#algorithms = null;
    for (const source of this.#sources ?? []) source.#observed?.delete(this);
    this.#sources = null;
    if (algorithms !== null) for (const algorithm of algorithms) algorithm();
    if (hasListeners(this, "abort")) dispatch(this, trustedEvent("abort"));
  }

  static {
    signals = {
      is: (value) => typeof value === "object" && value !== null && #aborted in value,
      check(value, property) {
        if (signals.is(value)) return value;
        throw invalidGetter("AbortSignal", property);
      },
      make: () => new AbortSignal(INTERNAL),
      isAborted: (signal) => signal.#aborted,
      reason: (signal) => signal.#reason,
      deadline: (signal) => signal.#deadline,
      abort(signal, reason) { signal.#abort(reason === undefined ? abortError() : reason); },
      add(signal, algorithm) {
        if (signal.#aborted) return;
        (signal.#algorithms ??= new Set()).add(algorithm);
        signals.observe(signal);
      },
      remove(signal, algorithm) {
        signal.#algorithms?.delete(algorithm);
        signals.unobserve(signal);
      },
      /** Somebody listens: the sources must keep the signal alive. */
      observe(signal) {
        if (!signals.is(signal)) return;
        signal.#beAwaited();
        if (signal.#sources === null) return;
        for (const source of signal.#sources) {
          (source.#observed ??= new Set()).add(signal);
          source.#beAwaited();
        }
      },
      unobserve(signal) {
        if (!signals.is(signal)) return;
        signal.#beForgotten();
        if (signal.#sources === null || signal.#isAwaited()) return;
        for (const source of signal.#sources) {
          source.#observed?.delete(signal);
          source.#beForgotten();
        }
      },
      dependent(sources) {
        const signal = new AbortSignal(INTERNAL);
        for (const source of sources) {
          if (!source.#aborted) continue;
          signal.#aborted = true;
          signal.#reason = source.#reason;
          return signal;
        }
        signal.#sources = new Set();
        for (const source of sources) {
          // A dependent's own sources stand for it, so that the graph stays one level deep.
          for (const root of source.#sources ?? [source]) {
            signal.#sources.add(root);
            root.#addDependent(signal);
          }
        }
        return signal;
      },
    };
  }
}

class AbortController {
  #signal = null;

  get signal() {
    if (typeof this !== "object" || this === null || !(#signal in this)) {
      throw invalidGetter("AbortController", "signal");
    }
    return (this.#signal ??= signals.make());
  }

  abort(reason = undefined) {
    if (typeof this !== "object" || this === null || !(#signal in this)) {
      throw invalidThis("AbortController", "abort");
    }
    const signal = (this.#signal ??= signals.make());
    if (!signals.isAborted(signal)) {
      signals.abort(signal, reason);
    }
  }
}

defineInterface(AbortSignal);
defineInterface(AbortController);
defineProperty(AbortSignal, "length", { value: 0, configurable: true });

/** Throws unless `value` is a signal. */
function requireSignal(value) {
  if (!signals.is(value)) throw new TypeError("Type error");
}

module.exports = {
  AbortController,
  AbortSignal,
  isSignal: signals.is,
  requireSignal,
  /** A signal of the runtime's own, aborted by `abortSignal`. */
  createSignal: signals.make,
  abortSignal: signals.abort,
  isAborted: signals.isAborted,
  abortReason: signals.reason,
  /** When a signal of AbortSignal.timeout() aborts, by performance.now(); undefined of others. */
  deadlineOf: signals.deadline,
  /** Runs `algorithm` when the signal aborts, before its event; nothing when it already has. */
  addAlgorithm: signals.add,
  removeAlgorithm: signals.remove,
  /** For EventTarget: the first listener was added, the last one removed. */
  observe: signals.observe,
  unobserve: signals.unobserve,
};
