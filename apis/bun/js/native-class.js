"use strict";
// What classes of native code do that those of the language do not: called without `new`, they
// throw an error with a code, and their accessors are inspected with what they answer.

const { Proxy, Set, TypeError } = globalThis;

/// Getters that inspection calls.
const shownGetters = new Set();

/// The class with Bun's error for a call without `new`.
function callable(Class) {
  const wrapped = new Proxy(Class, {
    apply() {
      const message = `${Class.name} constructor cannot be invoked without 'new'`;
      const { codedError } = require("web/fetch-errors");
      throw codedError(TypeError, "ERR_ILLEGAL_CONSTRUCTOR", message);
    },
  });
  Object.defineProperty(Class.prototype, "constructor", {
    value: wrapped, writable: true, configurable: true,
  });
  return wrapped;
}

module.exports = { callable, shownGetters };
