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

// Identifiers of kinds of keys and of curves, in DER and hexadecimal.
const KINDS = {
  RSA: "2a864886f70d010101", EC: "2a8648ce3d0201", Ed25519: "2b6570", X25519: "2b656e",
};
const CURVES = { "P-256": "2a8648ce3d030107", "P-384": "2b81040022", "P-521": "2b81040023" };
const INTEGER = 2;
const IDENTIFIER = 6;
const LONG_LENGTH = 0x80;

// Where the contents of the element at `at` begin.
function contentsAt(der, at) {
  const length = der[at + 1];
  return at + 2 + (length > LONG_LENGTH ? length - LONG_LENGTH : 0);
}

// The identifier at `at` in hexadecimal, and where it ends.
function identifierAt(der, at) {
  if (der[at] !== IDENTIFIER) return [undefined, at];
  const end = at + 2 + der[at + 1];
  return [der.subarray(at + 2, end).toHex(), end];
}

/** Why a key in SPKI or PKCS #8 is refused: it is of another kind or curve, or no key at all. */
function refusedKey(data, kind, curve) {
  let at = contentsAt(data, 0);
  if (data[at] === INTEGER) at += 2 + data[at + 1];
  const [own, end] = identifierAt(data, contentsAt(data, at));
  if (own !== KINDS[kind]) {
    return Object.values(KINDS).includes(own) ? dataError("Invalid key type") : invalidKeyData();
  }
  const [other] = identifierAt(data, end);
  const isOther =
    curve !== undefined && other !== CURVES[curve] && Object.values(CURVES).includes(other);
  return isOther ? dataError("Named curve mismatch") : invalidKeyData();
}

function missingMember(dictionary, member, type) {
  const message = `Member ${dictionary}.${member} is required and must be an instance of ${type}`;
  return withCode(new TypeError(message), "ERR_MISSING_OPTION");
}

module.exports = {
  operationError, dataError, invalidAccess, notSupported, unknownAlgorithm, invalidKeyData,
  refusedKey, unsupportedUsage, badParameter, typeError, missingMember,
};
