"use strict";
// DOMException: an Error whose name and message live on the prototype's getters. The error object
// is made by Error itself, so that it has a stack and Error.isError accepts it.

const { defineInterface } = require("web/interface");

const construct = Reflect.construct;
const PlatformError = Error;
const captureStackTrace = Error.captureStackTrace;

const CODES = [
  ["IndexSizeError", "INDEX_SIZE_ERR"],
  [null, "DOMSTRING_SIZE_ERR"],
  ["HierarchyRequestError", "HIERARCHY_REQUEST_ERR"],
  ["WrongDocumentError", "WRONG_DOCUMENT_ERR"],
  ["InvalidCharacterError", "INVALID_CHARACTER_ERR"],
  [null, "NO_DATA_ALLOWED_ERR"],
  ["NoModificationAllowedError", "NO_MODIFICATION_ALLOWED_ERR"],
  ["NotFoundError", "NOT_FOUND_ERR"],
  ["NotSupportedError", "NOT_SUPPORTED_ERR"],
  ["InUseAttributeError", "INUSE_ATTRIBUTE_ERR"],
  ["InvalidStateError", "INVALID_STATE_ERR"],
  ["SyntaxError", "SYNTAX_ERR"],
  ["InvalidModificationError", "INVALID_MODIFICATION_ERR"],
  ["NamespaceError", "NAMESPACE_ERR"],
  ["InvalidAccessError", "INVALID_ACCESS_ERR"],
  [null, "VALIDATION_ERR"],
  ["TypeMismatchError", "TYPE_MISMATCH_ERR"],
  ["SecurityError", "SECURITY_ERR"],
  ["NetworkError", "NETWORK_ERR"],
  ["AbortError", "ABORT_ERR"],
  ["URLMismatchError", "URL_MISMATCH_ERR"],
  ["QuotaExceededError", "QUOTA_EXCEEDED_ERR"],
  ["TimeoutError", "TIMEOUT_ERR"],
  ["InvalidNodeTypeError", "INVALID_NODE_TYPE_ERR"],
  ["DataCloneError", "DATA_CLONE_ERR"],
];

const codeOfName = new Map();
const constants = {};
CODES.forEach(([name, constant], index) => {
  if (name !== null) codeOfName.set(name, index + 1);
  constants[constant] = index + 1;
});

// Adds private fields to an object that Error made.
class Stamp extends (function (target) { return target; }) {
  #name;
  #message;
  constructor(target, name, message) {
    super(target);
    this.#name = name;
    this.#message = message;
  }
  static has(value) { return #name in value; }
  static nameOf(value) { return value.#name; }
  static messageOf(value) { return value.#message; }
}

function checked(value, property) {
  if (typeof value === "object" && value !== null && Stamp.has(value)) return value;
  throw new TypeError(
    `The DOMException.${property} getter can only be used on instances of DOMException`,
  );
}

function nameAndCause(options) {
  if (options === undefined) return { name: "Error" };
  if (typeof options !== "object" || options === null) return { name: `${options}` };
  const name = options.name === undefined ? "Error" : `${options.name}`;
  return "cause" in options ? { name, cause: options.cause, hasCause: true } : { name };
}

class DOMException {
  constructor(message = "", options = undefined) {
    const text = `${message}`;
    const { name, cause, hasCause } = nameAndCause(options);
    const error = construct(PlatformError, [], new.target);
    new Stamp(error, name, text);
    if (hasCause) {
      Object.defineProperty(error, "cause", { value: cause, writable: true, configurable: true });
    }
    captureStackTrace?.(error, new.target);
    return error;
  }

  get code() { return codeOfName.get(Stamp.nameOf(checked(this, "code"))) ?? 0; }
  get name() { return Stamp.nameOf(checked(this, "name")); }
  get message() { return Stamp.messageOf(checked(this, "message")); }
}

Object.setPrototypeOf(DOMException.prototype, Error.prototype);
defineInterface(DOMException, { constants });
Object.defineProperty(DOMException, "length", { value: 0, configurable: true });

/** Whether a value is a DOMException, whatever its prototype. */
function isDOMException(value) {
  return typeof value === "object" && value !== null && Stamp.has(value);
}

/** The reason of an abort that was given none. */
function abortError() {
  return new DOMException("The operation was aborted.", "AbortError");
}

/** The reason of `AbortSignal.timeout`. */
function timeoutError() {
  return new DOMException("The operation timed out.", "TimeoutError");
}

module.exports = { DOMException, isDOMException, abortError, timeoutError };
