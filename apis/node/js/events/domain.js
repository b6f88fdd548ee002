// node:domain, as far as Bun has it: an emitter that errors of functions and of other emitters are
// sent to. It follows no asynchronous work; fails only as its listeners do.
"use strict";

const { EventEmitter } = require("node/events");
const { makeError } = require("node/errors");
const { Object, Reflect } = globalThis;

function unnamedError() {
  return makeError("Error", "ERR_UNHANDLED_ERROR", "Unhandled error.");
}

function makeReporter(domain) {
  return function report(given) {
    const error = given || unnamedError();
    if (typeof error === "object") {
      error.domainEmitter = this;
      Object.defineProperty(error, "domain", {
        __proto__: null, value: module.exports, writable: true, enumerable: false,
        configurable: true,
      });
      error.domainThrown = false;
    }
    domain.emit("error", error);
  };
}

/** Calls a function and sends what it throws to the domain. */
function guarded(report, callback, parameters) {
  try {
    Reflect.apply(callback, null, parameters);
  } catch (error) {
    report(error);
  }
}

function create() {
  const domain = new EventEmitter();
  const report = makeReporter(domain);
  return Object.assign(domain, {
    add(emitter) { emitter.on("error", report); },
    remove(emitter) { emitter.removeListener("error", report); },
    bind: (callback) => (...parameters) => guarded(report, callback, parameters),
    intercept: (callback) => (error, ...parameters) => {
      if (error) report(error);
      else guarded(report, callback, parameters);
    },
    run(callback) {
      guarded(report, callback, []);
      return this;
    },
    dispose() {
      this.removeAllListeners();
      return this;
    },
    enter() { return this; },
    exit() { return this; },
  });
}

module.exports = { create, createDomain: create, _stack: [], active: null };
