"use strict";
// Errors that the web classes throw, with the class, the code and the message programs see in Bun.
// Stateless; every function makes the error and leaves throwing to the caller.

const defineProperty = Object.defineProperty;

/** The same error with an own `code`, not enumerable, as errors of the platform carry it. */
function withCode(error, code) {
  defineProperty(error, "code", {
    value: code,
    writable: true,
    enumerable: false,
    configurable: true,
  });
  return error;
}

/** Describes a value the way Node's argument errors do: `type number (5)`. */
function describeReceived(value) {
  if (value == null) return "Received " + value;
  if (typeof value === "function") return "Received function " + (value.name || "anonymous");
  if (typeof value === "object") {
    const name = value.constructor?.name;
    return name ? "Received an instance of " + name : "Received [Object: null prototype] {}";
  }
  let text = typeof value === "string" ? "'" + value + "'" : String(value);
  if (typeof value === "bigint") text += "n";
  if (text.length > 28) text = text.slice(0, 25) + "...";
  return "Received type " + typeof value + " (" + text + ")";
}

/** Too few arguments were passed. */
function missingArguments() {
  const error = new TypeError("Not enough arguments");
  error.code = "ERR_MISSING_ARGS";
  return error;
}

/** `this` of a method is not an instance of its interface. */
function invalidThis(interfaceName, method) {
  const message = `Can only call ${interfaceName}.${method} on instances of ${interfaceName}`;
  return withCode(new TypeError(message), "ERR_INVALID_THIS");
}

/** `this` of a getter or setter is not an instance of its interface. */
function invalidGetter(interfaceName, property) {
  const message =
    `The ${interfaceName}.${property} getter can only be used on instances of ${interfaceName}`;
  return new TypeError(message);
}

/** `this` is of another type, in the words of the stream classes. */
function invalidThisType(interfaceName) {
  const message = `Value of "this" must be of type ${interfaceName}`;
  return withCode(new TypeError(message), "ERR_INVALID_THIS");
}

/** An interface that programs cannot construct. */
function illegalConstructor() {
  return withCode(new TypeError("Illegal constructor"), "ERR_ILLEGAL_CONSTRUCTOR");
}

/** An argument is of the wrong type; the message is given whole. */
function invalidArgument(message) {
  return withCode(new TypeError(message), "ERR_INVALID_ARG_TYPE");
}

/** An argument is of the wrong type; `expected` reads like `of type object`. */
function invalidArgumentType(name, expected, value) {
  const kind = name.includes(".") ? "property" : "argument";
  return invalidArgument(`The "${name}" ${kind} must be ${expected}. ${describeReceived(value)}`);
}

/** An operation that the object's state does not allow. */
function invalidState(message) {
  return withCode(new TypeError("Invalid state: " + message), "ERR_INVALID_STATE");
}

module.exports = {
  withCode,
  describeReceived,
  missingArguments,
  invalidThis,
  invalidThisType,
  invalidGetter,
  illegalConstructor,
  invalidArgument,
  invalidArgumentType,
  invalidState,
};
