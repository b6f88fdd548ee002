// Errors as the node:* modules throw them, in the words of Bun 1.4.5: the makers of the common
// ones, the checks of arguments, and errors of system calls.
//
// An error of a code has a prototype of its own between it and its class, which holds `name`,
// `code` and `toString`. Makers return the error; whoever calls them throws it. The rarer codes
// are in node/error-codes. Shared by every family; loaded with `process`, so it stays small.
"use strict";

const { Array, ArrayBuffer, Number, Object, Reflect, String } = globalThis;
const { isArray } = Array;
const { isInteger } = Number;
const { construct } = Reflect;

// ---- Making errors ---------------------------------------------------------------------------

// What `new.target` is for a class and a code, so that the error is born with its prototype.
const targets = new Map();

// The class itself, whatever the program has put in the global's place.
function classNamed(name) {
  return require("bun/error-stack")[name];
}

function toStringOfCoded() {
  return `${this.name} [${this.code}]: ${this.message}`;
}
Object.defineProperty(toStringOfCoded, "name", { value: "toString" });

function targetOf(className, code, name) {
  const key = `${className} ${code}`;
  let target = targets.get(key);
  if (target !== undefined) return target;
  target = function () {};
  target.prototype = Object.create(classNamed(className).prototype);
  Object.assign(target.prototype, { name: name ?? className, code, toString: toStringOfCoded });
  targets.set(key, target);
  return target;
}

/** An error of class `className` with a code; `name` where it is not the class's. */
function makeError(className, code, message, name = undefined, options = undefined) {
  const given = options === undefined ? [message] : [message, options];
  return construct(classNamed(className), given, targetOf(className, code, name));
}

/** A maker of one code's errors from the whole message. */
function maker(className, code, name) {
  return (message) => makeError(className, code, message, name);
}

/** Gives an error that was just made its code. */
function coded(error, code) {
  return Object.setPrototypeOf(error, targetOf(error.constructor.name, code).prototype);
}

// ---- Words for values ------------------------------------------------------------------------

function inspectLine(value) {
  return require("bun/inspect").inspect(value, { compact: true });
}

const CONTROL = /[\x00-\x1f\x7f-\x9f\\]/g;
const ESCAPES = { "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", "\\": "\\\\" };

function escapeOf(character) {
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0");
  return ESCAPES[character] ?? `\\x${code}`;
}

function quotedText(given, ellipsis) {
  const text = given.replace(CONTROL, escapeOf);
  if (text.includes("'")) return `"${text.replaceAll('"', '\\"')}${ellipsis}"`;
  return `'${text}${ellipsis}'`;
}

const TEXT_SHOWN_MAX = 28;
const TEXT_CUT = 25;

/** A value by its type, as in "Received type number (5)". */
function specificType(value) {
  switch (typeof value) {
    case "undefined": return "undefined";
    case "function": return `function ${value.name ?? ""}`;
    case "symbol": return `type symbol (${String(value)})`;
    case "bigint": return `type bigint (${value}n)`;
    case "string": {
      if (value.length <= TEXT_SHOWN_MAX) return `type string (${quotedText(value, "")})`;
      const cut = value.slice(0, TEXT_CUT);
      const hasQuote = value.includes("'") && !cut.includes("'");
      return `type string (${hasQuote ? `"${cut}..."` : quotedText(cut, "...")})`;
    }
    case "object": {
      if (value === null) return "null";
      const { constructor } = value;
      return constructor ? `an instance of ${constructor.name}` : inspectLine(value);
    }
    default: return `type ${typeof value} (${Object.is(value, -0) ? 0 : String(value)})`;
  }
}

/** A value as it is, as in "Received 'x'"; strings are quoted where `quotes` says so. */
function shownValue(value, quotes) {
  switch (typeof value) {
    case "string": return quotes ? quotedText(value, "") : value;
    case "symbol": return String(value);
    case "bigint": return `${value}n`;
    case "function": return value.name ? `[Function: ${value.name}]` : "[Function (anonymous)]";
    case "object": return value === null ? "null" : inspectLine(value);
    default: return String(value);
  }
}

function list(words, conjunction) {
  if (words.length < 3) return words.join(` ${conjunction} `);
  return `${words.slice(0, -1).join(", ")}, ${conjunction} ${words[words.length - 1]}`;
}

const TYPE_NAMES = new Set([
  "string", "function", "number", "object", "Function", "Object", "boolean", "bigint", "symbol",
]);
const CLASS_NAME = /^[A-Z][a-zA-Z0-9]*$/;

function sortExpected(expected) {
  const types = [];
  const instances = [];
  const others = [];
  for (const word of expected) {
    if (TYPE_NAMES.has(word)) types.push(word.toLowerCase());
    else if (CLASS_NAME.test(word)) instances.push(word);
    else others.push(word);
  }
  const place = instances.length > 0 ? types.indexOf("object") : -1;
  if (place >= 0) {
    types.splice(place, 1);
    instances.push("Object");
  }
  return { types, instances, others };
}

// "of type string or an instance of Buffer or URL", from the names of what is accepted.
function expectedText(expected) {
  if (expected === "AbortSignal") return "of type AbortSignal";
  const { types, instances, others } = sortExpected(isArray(expected) ? expected : [expected]);
  const parts = [];
  if (types.length > 0) {
    parts.push(`${types.length > 1 ? "one of" : "of"} type ${list(types, "or")}`);
  }
  if (instances.length > 0) parts.push(`an instance of ${list(instances, "or")}`);
  if (others.length > 1) parts.push(`one of ${list(others, "or")}`);
  else if (others.length === 1) {
    const [word] = others;
    parts.push(word.toLowerCase() === word ? word : `an ${word}`);
  }
  return parts.join(" or ");
}

function argumentText(name) {
  if (name.endsWith(" argument")) return name;
  return `"${name}" ${name.includes(".") ? "property" : "argument"}`;
}

// ---- The common codes ------------------------------------------------------------------------

/** An argument of the wrong type; `expected` in words: "of type string". */
function invalidType(name, expected, value) {
  const message = `The ${argumentText(name)} must be ${expected}. Received ${specificType(value)}`;
  return makeError("TypeError", "ERR_INVALID_ARG_TYPE", message);
}

/** An argument of the wrong type; `expected` names types and classes: ["string", "Buffer"]. */
function ERR_INVALID_ARG_TYPE(name, expected, value) {
  return invalidType(name, expectedText(expected), value);
}

/** An argument of the right type whose value will not do. */
function ERR_INVALID_ARG_VALUE(name, value, reason = "is invalid", className = "TypeError") {
  const kind = name.includes(".") ? "property" : "argument";
  const message = `The ${kind} '${name}' ${reason}. Received ${shownValue(value, true)}`;
  return makeError(className, "ERR_INVALID_ARG_VALUE", message);
}

const GROUPED_FROM = 2 ** 32;

/** Large integers are shown in groups of three digits. */
function grouped(value) {
  const text = shownValue(value, false);
  const isLarge = typeof value === "bigint" || (isInteger(value) && Math.abs(value) > GROUPED_FROM);
  return isLarge ? text.replace(/\B(?=(\d{3})+(?!\d))/g, "_") : text;
}

/** A value that is outside of `range`, given in words. */
function ERR_OUT_OF_RANGE(name, range, value) {
  const shown = grouped(value);
  const message = `The value of "${name}" is out of range. It must be ${range}. Received ${shown}`;
  return makeError("RangeError", "ERR_OUT_OF_RANGE", message);
}

/** Arguments that were not given; a name may be a list of alternatives. */
function ERR_MISSING_ARGS(...names) {
  const quoted = names.map((name) =>
    isArray(name) ? name.map((each) => `"${each}"`).join(" or ") : `"${name}"`);
  const noun = names.length > 1 ? "arguments" : "argument";
  const message = `The ${list(quoted, "and")} ${noun} must be specified`;
  return makeError("TypeError", "ERR_MISSING_ARGS", message);
}

/** A function of the program's that returned what it must not. */
function ERR_INVALID_RETURN_VALUE(expected, name, value) {
  const message =
    `Expected ${expected} to be returned from the "${name}" function but got ` +
    `${specificType(value)}.`;
  return makeError("TypeError", "ERR_INVALID_RETURN_VALUE", message);
}

/** An operation the object's state does not allow. */
function ERR_INVALID_STATE(text, className = "Error") {
  return makeError(className, "ERR_INVALID_STATE", `Invalid state: ${text}`);
}

/** A method called on something else. */
function ERR_INVALID_THIS(type) {
  const message = `Value of "this" must be of type ${type}`;
  return makeError("TypeError", "ERR_INVALID_THIS", message);
}

/** An encoding nobody knows. */
function ERR_UNKNOWN_ENCODING(encoding) {
  return makeError("TypeError", "ERR_UNKNOWN_ENCODING", `Unknown encoding: ${encoding}`);
}

/** What a cancelled operation is rejected with; `options` may bring a cause. */
function abortError(message = "The operation was aborted", options = undefined) {
  if (options !== undefined && typeof options !== "object") {
    throw ERR_INVALID_ARG_TYPE("options", "Object", options);
  }
  return makeError("Error", "ABORT_ERR", message, "AbortError", options);
}

// The older makers' names and forms.
const outOfRange = ERR_OUT_OF_RANGE;

function invalidValue(name, value, reason) {
  return ERR_INVALID_ARG_VALUE(name, value, reason);
}

// ---- Checks of arguments ---------------------------------------------------------------------

function validateString(value, name) {
  if (typeof value !== "string") throw invalidType(name, "of type string", value);
}

function validateFunction(value, name) {
  if (typeof value !== "function") throw invalidType(name, "of type function", value);
}

function validateBoolean(value, name) {
  if (typeof value !== "boolean") throw invalidType(name, "of type boolean", value);
}

function validateUndefined(value, name) {
  if (value !== undefined) throw invalidType(name, "of type undefined", value);
}

/** A number within bounds, where they are given. */
function validateNumber(value, name, min = undefined, max = undefined) {
  if (typeof value !== "number") throw invalidType(name, "of type number", value);
  const hasMin = min !== undefined && min !== null;
  const hasMax = max !== undefined && max !== null;
  if (!(hasMin || hasMax)) return;
  if (!(hasMin && value < min) && !(hasMax && value > max) && value === value) return;
  const range = [hasMin ? `>= ${min}` : "", hasMax ? `<= ${max}` : ""].filter(Boolean);
  throw ERR_OUT_OF_RANGE(name, range.join(" && "), value);
}

function validateInteger(
  value, name, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER,
) {
  if (typeof value !== "number") throw invalidType(name, "of type number", value);
  if (!isInteger(value)) throw ERR_OUT_OF_RANGE(name, "an integer", value);
  if (value < min || value > max) throw ERR_OUT_OF_RANGE(name, `>= ${min} && <= ${max}`, value);
}

const INT32_MIN = -2147483648;
const INT32_MAX = 2147483647;
const UINT32_MAX = 4294967295;

function validateInt32(value, name, min = INT32_MIN, max = INT32_MAX) {
  validateInteger(value, name, min, max);
}

function validateUint32(value, name, positive = false) {
  validateInteger(value, name, positive ? 1 : 0, UINT32_MAX);
}

/** False for undefined and NaN; throws for what is not a finite number. */
function validateFiniteNumber(value, name) {
  if (value === undefined) return false;
  if (Number.isFinite(value)) return true;
  if (Number.isNaN(value)) return false;
  validateNumber(value, name);
  throw ERR_OUT_OF_RANGE(name, "a finite number", value);
}

/** The number within its bounds, or `fallback` where none was given. */
function checkRangesOrGetDefault(value, name, lower, upper, fallback) {
  if (!validateFiniteNumber(value, name)) return fallback;
  if (value < lower || value > upper) {
    throw ERR_OUT_OF_RANGE(name, `>= ${lower} and <= ${upper}`, value);
  }
  return value;
}

/** An object that is neither an array nor a function. */
function validateObject(value, name) {
  if (value === null || typeof value !== "object" || isArray(value)) {
    throw invalidType(name, "of type object", value);
  }
}

function validateArray(value, name, minLength = 0) {
  if (!isArray(value)) throw ERR_INVALID_ARG_TYPE(name, "Array", value);
  if (value.length < minLength) {
    throw ERR_INVALID_ARG_VALUE(name, value, `must be longer than ${minLength}`);
  }
}

/** An array whose items pass `check(item, name)`. */
function validateEach(value, name, check) {
  validateArray(value, name);
  for (let index = 0; index < value.length; index++) check(value[index], `${name}[${index}]`);
}

function validateStringArray(value, name) {
  validateEach(value, name, validateString);
}

function validateBooleanArray(value, name) {
  validateEach(value, name, validateBoolean);
}

/** A signal, or anything with `aborted`; undefined passes. */
function validateAbortSignal(value, name) {
  if (value === undefined) return;
  if (value !== null && typeof value === "object" && "aborted" in value) return;
  throw invalidType(name, "of type AbortSignal", value);
}

function validateAbortSignalArray(value, name) {
  validateEach(value, name, (item, itemName) => {
    if (item === undefined) throw invalidType(itemName, "of type AbortSignal", item);
    validateAbortSignal(item, itemName);
  });
}

function validateOneOf(value, name, allowed) {
  if (allowed.includes(value)) return;
  const kind = name.includes(".") ? "property" : "argument";
  const shown = allowed.map((each) => (typeof each === "string" ? `'${each}'` : String(each)));
  const message =
    `The ${kind} '${name}' must be one of: ${shown.join(", ")}. ` +
    `Received ${shownValue(value, true)}`;
  throw makeError("TypeError", "ERR_INVALID_ARG_VALUE", message);
}

function validateBuffer(value, name = "buffer") {
  if (!ArrayBuffer.isView(value)) {
    throw ERR_INVALID_ARG_TYPE(name, ["Buffer", "TypedArray", "DataView"], value);
  }
}

const PORT_MAX = 65535;

/** A port as a number or its text; the number is returned. */
function validatePort(value, name = "Port", allowZero = true) {
  const isText = typeof value === "string" && value.trim() !== "";
  const number = typeof value === "number" || isText ? Number(value) : -1;
  if (!isInteger(number) || number < (allowZero ? 0 : 1) || number > PORT_MAX) {
    const sign = allowZero ? ">=" : ">";
    const message =
      `${name} should be ${sign} 0 and < 65536. Received ${shownValue(value, false)}`;
    throw makeError("RangeError", "ERR_SOCKET_BAD_PORT", message);
  }
  return number | 0;
}

/** The name of a signal, in capital letters. */
function validateSignalName(value, name = "signal") {
  validateString(value, name);
  const { signals } = require("node/process-signals");
  if (Object.hasOwn(signals, value)) return;
  throw makeError("TypeError", "ERR_UNKNOWN_SIGNAL", `Unknown signal: ${value}`);
}

const HEXADECIMAL = /^hex$/i;

/** Hexadecimal text has an even length. */
function validateEncoding(data, encoding) {
  const { length } = data;
  if (typeof encoding === "string" && HEXADECIMAL.test(encoding) && length % 2 !== 0) {
    throw ERR_INVALID_ARG_VALUE("encoding", encoding, `is invalid for data of length ${length}`);
  }
}

// ---- Errors of system calls ------------------------------------------------------------------

/**
 * The error of a system call that failed: `errno` is negative, `path` and `dest` where the call
 * has them. The properties come in Bun's order.
 */
function systemError({ code, errno, text, syscall, path, dest, ...more }) {
  const place = path === undefined ? "" : ` '${path}'`;
  const target = dest === undefined ? "" : ` -> '${dest}'`;
  const call = syscall === undefined ? "" : `, ${syscall}`;
  const error = new (classNamed("Error"))(`${code}: ${text}${call}${place}${target}`);
  error.code = code;
  if (path !== undefined) error.path = path;
  if (dest !== undefined) error.dest = dest;
  if (syscall !== undefined) error.syscall = syscall;
  error.errno = errno;
  return Object.assign(error, more);
}

/** A failed call of the network: `connect ECONNREFUSED 127.0.0.1:80`. */
function addressError({ code, errno, syscall, address, port, detail }) {
  const place = address === undefined ? "" : ` ${address}${port === undefined ? "" : `:${port}`}`;
  const more = detail === undefined ? "" : ` - ${detail}`;
  const error = new (classNamed("Error"))(`${syscall} ${code}${place}${more}`);
  Object.assign(error, { errno, code, syscall });
  if (address !== undefined) error.address = address;
  if (port !== undefined) error.port = port;
  return error;
}

module.exports = {
  makeError, maker, coded, specificType, shownValue, list,
  invalidType, outOfRange, invalidValue,
  expectFunction: validateFunction,
  expectString: validateString,
  ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, ERR_MISSING_ARGS,
  ERR_INVALID_RETURN_VALUE, ERR_INVALID_STATE, ERR_INVALID_THIS, ERR_UNKNOWN_ENCODING,
  abortError, systemError, addressError,
  validateString, validateFunction, validateBoolean, validateUndefined, validateNumber,
  validateInteger, validateInt32, validateUint32, validateFiniteNumber, checkRangesOrGetDefault,
  validateObject, validateArray, validateStringArray, validateBooleanArray, validateAbortSignal,
  validateAbortSignalArray, validateOneOf, validateBuffer, validatePort, validateSignalName,
  validateEncoding,
};
