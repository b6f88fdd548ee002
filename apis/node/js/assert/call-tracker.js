// assert.CallTracker: functions that must be called a number of times. Deprecated, as in Bun.
"use strict";

const { ERR_INVALID_ARG_VALUE, validateUint32 } = require("node/errors");
const { ERR_UNAVAILABLE_DURING_EXIT } = require("node/error-codes");
const { deprecate } = require("node/util-functions");
const { Map, Object, Proxy, Reflect } = globalThis;

const noop = {
  noop() {},
}.noop;

class Tracking {
  calls = [];

  constructor(name, expected, trace) {
    this.name = name;
    this.expected = expected;
    this.trace = trace;
  }

  get report() {
    const { length } = this.calls;
    if (length === this.expected) return undefined;
    return {
      message: `Expected the ${this.name} function to be executed ${this.expected} time(s) but ` +
        `was executed ${length} time(s).`,
      actual: length,
      expected: this.expected,
      operator: this.name,
      stack: this.trace,
    };
  }
}

class CallTracker {
  #tracked = new Map();

  #trackingOf(tracked) {
    const tracking = this.#tracked.get(tracked);
    if (tracking !== undefined) return tracking;
    throw ERR_INVALID_ARG_VALUE("tracked", tracked, "is not a tracked function");
  }

  reset(tracked) {
    const list = tracked === undefined ? this.#tracked.values() : [this.#trackingOf(tracked)];
    for (const tracking of list) tracking.calls = [];
  }

  getCalls(tracked) {
    return Object.freeze([...this.#trackingOf(tracked).calls]);
  }

  calls(fn, expected = 1) {
    if (require("node/process").process._exiting) throw ERR_UNAVAILABLE_DURING_EXIT();
    let wanted = expected;
    let original = fn;
    if (typeof fn === "number") {
      wanted = fn;
      original = noop;
    } else if (fn === undefined) {
      original = noop;
    }
    validateUint32(wanted, "expected", true);
    const tracking = new Tracking(original.name || "calls", wanted, new Error());
    const tracked = new Proxy(original, {
      __proto__: null,
      apply(target, thisArg, args) {
        tracking.calls.push(Object.freeze({ thisArg, arguments: Object.freeze([...args]) }));
        return Reflect.apply(target, thisArg, args);
      },
    });
    this.#tracked.set(tracked, tracking);
    return tracked;
  }

  report() {
    return [...this.#tracked.values()]
      .map((tracking) => tracking.report)
      .filter((report) => report !== undefined);
  }

  verify() {
    const reports = this.report();
    if (reports.length === 0) return;
    const message = reports.length === 1
      ? reports[0].message
      : "Functions were not called the expected number of times";
    const { AssertionError } = require("node/assertion-error");
    throw new AssertionError({ message, details: reports });
  }
}

const message = "assert.CallTracker is deprecated.";

module.exports = { CallTracker: deprecate(CallTracker, message, "DEP0173") };
