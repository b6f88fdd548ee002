// queueMicrotask: by way of a resolved promise's reaction, with the async context of the caller
// and exceptions reported as uncaught.
"use strict";

const { Promise } = globalThis;
const asyncContext = require("runtime/async-context");
const { reportUncaught } = require("runtime/event-loop");

const resolved = Promise.resolve();
const then = resolved.then;
resolved.then = then;
Object.defineProperty(resolved, "constructor", { value: undefined });

const { queueMicrotask } = { queueMicrotask(callback) {
  if (typeof callback !== "function") {
    const error = new TypeError(
      "The \"callback\" argument must be of type function. Received " + typeName(callback));
    error.code = "ERR_INVALID_ARG_TYPE";
    throw error;
  }
  const context = asyncContext.current;
  resolved.then(() => {
    asyncContext.current = context;
    try {
      callback();
    } catch (error) {
      reportUncaught(error);
    }
  });
} };

function typeName(value) {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "object") return `an instance of ${value.constructor?.name ?? "Object"}`;
  return `type ${typeof value} (${String(value)})`;
}

module.exports = { queueMicrotask };
