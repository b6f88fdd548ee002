// Promise reactions run in the async context they were made in. Loaded when the first context is
// set (AsyncLocalStorage), so that programs without one keep the engine's own `then`.
"use strict";

const { Promise, Reflect, Object } = globalThis;
const asyncContext = require("runtime/async-context");
const nativeThen = asyncContext.then;
const apply = Reflect.apply;

function bound(reaction, context) {
  return function (value) {
    asyncContext.current = context;
    return reaction(value);
  };
}

const { then } = {
  then(onFulfilled, onRejected) {
    const context = asyncContext.current;
    if (typeof onFulfilled === "function") onFulfilled = bound(onFulfilled, context);
    if (typeof onRejected === "function") onRejected = bound(onRejected, context);
    return apply(nativeThen, this, [onFulfilled, onRejected]);
  },
};

Object.defineProperty(Promise.prototype, "then", {
  configurable: true, enumerable: false, writable: true, value: then,
});
asyncContext.then = then;
