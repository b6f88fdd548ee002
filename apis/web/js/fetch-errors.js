"use strict";
// Errors of Headers, FormData, Blob, Request and Response, with the class, code and message a
// program can match on; and the attributes that the members of native classes have.
// Invariant: `code` is an own enumerable property.

function codedError(Class, code, message) {
  const error = new Class(message);
  error.code = code;
  return error;
}

const invalidArgument = (message) => codedError(TypeError, "ERR_INVALID_ARG_TYPE", message);
const missingArguments = () => codedError(TypeError, "ERR_MISSING_ARGS", "Not enough arguments");
const bodyUsed = () => codedError(TypeError, "ERR_BODY_ALREADY_USED", "Body already used");

/// For methods generated from an interface description: Headers and FormData.
const invalidReceiver = (className, method) =>
  codedError(
    TypeError,
    "ERR_INVALID_THIS",
    `Can only call ${className}.${method} on instances of ${className}`,
  );

function describeReceiver(value) {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "function") return `function ${value.name}`;
  if (typeof value === "object") return `an instance of ${value.constructor?.name ?? "Object"}`;
  return `type ${typeof value} (${String(value)})`;
}

/// For methods of Request, Response and Blob.
const wrongInstance = (className, value) =>
  codedError(
    TypeError,
    "ERR_INVALID_THIS",
    `Expected this to be instanceof ${className}, but received ${describeReceiver(value)}`,
  );

const wrongGetter = (className, property) =>
  new TypeError(
    `The ${className}.${property} getter can only be used on instances of ${className}`,
  );

/// Gives the members of a prototype the attributes that native classes have.
function setAttributes(prototype, attributes) {
  for (const key of Object.getOwnPropertyNames(prototype)) {
    if (key === "constructor") continue;
    Object.defineProperty(prototype, key, attributes);
  }
}

function setTag(prototype, tag) {
  Object.defineProperty(prototype, Symbol.toStringTag, { value: tag, configurable: true });
}

module.exports = {
  codedError,
  invalidArgument,
  missingArguments,
  bodyUsed,
  invalidReceiver,
  describeReceiver,
  wrongInstance,
  wrongGetter,
  setAttributes,
  setTag,
};
