"use strict";
// The errors of Web Cryptography, in Bun's words. Every function makes an error and leaves
// throwing to the caller.

const { DOMException } = require("web/dom-exception");
const { withCode } = require("web/errors");

const operationError = (message = "The operation failed for an operation-specific reason") =>
  new DOMException(message, "OperationError");
const dataError = (message = "Data provided to an operation does not meet requirements") =>
  new DOMException(message, "DataError");
const invalidAccess = (message = "The requested operation is not valid for the provided key") =>
  new DOMException(message, "InvalidAccessError");
const notSupported = (message = "The algorithm is not supported") =>
  new DOMException(message, "NotSupportedError");
const unknownAlgorithm = () => notSupported("Unrecognized algorithm name");
const invalidKeyData = () => dataError("Invalid keyData");
const unsupportedUsage = (kind) => new SyntaxError(`Unsupported key usage for ${kind} key`);
const badParameter = () => new SyntaxError("A required parameter was missing or out-of-range");
const typeError = () => new TypeError("Type error");

function missingMember(dictionary, member, type) {
  const message = `Member ${dictionary}.${member} is required and must be an instance of ${type}`;
  return withCode(new TypeError(message), "ERR_MISSING_OPTION");
}

module.exports = {
  operationError, dataError, invalidAccess, notSupported, unknownAlgorithm, invalidKeyData,
  unsupportedUsage, badParameter, typeError, missingMember,
};
