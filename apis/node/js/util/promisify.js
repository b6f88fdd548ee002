// util.promisify, which other modules use for their promise forms.
"use strict";

const { validateFunction } = require("node/errors");
const { Object, Promise, Reflect, Symbol } = globalThis;

const CUSTOM = Symbol.for("nodejs.util.promisify.custom");
const ARGUMENT_NAMES = Symbol("customPromisifyArgs");

function markCustom(target, promisified) {
  return Object.defineProperty(target, CUSTOM, { value: promisified, configurable: true });
}

function warnOfPromise() {
  require("node/process").process.emitWarning(
    "Calling promisify on a function that returns a Promise is likely a mistake.",
    "DeprecationWarning",
    "DEP0174",
  );
}

// A promise's value, or an object of the values the function gives names to.
function settle(resolve, names, values) {
  if (names === undefined) {
    resolve(values[0]);
    return;
  }
  const result = {};
  names.forEach((name, index) => { result[name] = values[index]; });
  resolve(result);
}

function promisify(original) {
  validateFunction(original, "original");
  const { [CUSTOM]: custom, [ARGUMENT_NAMES]: names } = original;
  if (custom) {
    validateFunction(custom, "custom");
    return markCustom(custom, custom);
  }
  function fn(...args) {
    const { promise, resolve, reject } = Promise.withResolvers();
    try {
      const answer = Reflect.apply(original, this, [...args, (error, ...values) => {
        if (error) reject(error);
        else settle(resolve, names, values);
      }]);
      if (answer instanceof Promise) warnOfPromise();
    } catch (error) {
      reject(error);
    }
    return promise;
  }
  Object.setPrototypeOf(fn, Object.getPrototypeOf(original));
  markCustom(fn, fn);
  return Object.defineProperties(fn, Object.getOwnPropertyDescriptors(original));
}
promisify.custom = CUSTOM;

module.exports = { promisify, ARGUMENT_NAMES };
