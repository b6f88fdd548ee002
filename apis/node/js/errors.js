// Errors with Node's codes and messages, as Bun 1.4.5 words them.
"use strict";

const { String } = globalThis;

// What a message says was received.
function received(value) {
  if (value === null || value === undefined) return ` Received ${String(value)}`;
  if (typeof value === "function") return ` Received function ${value.name}`;
  if (typeof value === "object") {
    const name = value.constructor?.name;
    return name ? ` Received an instance of ${name}` : " Received an object";
  }
  let text = String(value);
  if (typeof value === "string") {
    text = `'${text.length > 28 ? `${text.slice(0, 25)}...` : text}'`;
  } else if (typeof value === "bigint") {
    text += "n";
  }
  return ` Received type ${typeof value} (${text})`;
}

// Between an error and its class stands an object with its code, so that the code is no own
// property of the error. One for each code and class.
const prototypes = new Map();

function toString() {
  return `${this.name} [${this.code}]: ${this.message}`;
}

function prototypeOf(base, code) {
  const key = `${base.name} ${code}`;
  const known = prototypes.get(key);
  if (known !== undefined && Object.getPrototypeOf(known) === base) return known;
  const made = Object.create(base);
  const value = (shown) => ({ value: shown, configurable: true, enumerable: true, writable: true });
  Object.defineProperties(made, { name: value(base.name), code: value(code) });
  Object.defineProperty(made, "toString", { ...value(toString), enumerable: false });
  prototypes.set(key, made);
  return made;
}

/** Gives an error that was just made its code. */
function coded(error, code) {
  return Object.setPrototypeOf(error, prototypeOf(Object.getPrototypeOf(error), code));
}

function invalidType(name, expected, value) {
  const kind = name.endsWith(" argument") ? name : `"${name}" argument`;
  const message = `The ${kind} must be ${expected}.${received(value)}`;
  return coded(new TypeError(message), "ERR_INVALID_ARG_TYPE");
}

function outOfRange(name, expected, value) {
  const message =
    `The value of "${name}" is out of range. It must be ${expected}. Received ${value}`;
  return coded(new RangeError(message), "ERR_OUT_OF_RANGE");
}

function invalidValue(name, value, reason) {
  const shown = typeof value === "string" ? `'${value}'` : String(value);
  const message = `The argument '${name}' ${reason}. Received ${shown}`;
  return coded(new TypeError(message), "ERR_INVALID_ARG_VALUE");
}

function expectFunction(value, name) {
  if (typeof value !== "function") throw invalidType(name, "of type function", value);
}

function expectString(value, name) {
  if (typeof value !== "string") throw invalidType(name, "of type string", value);
}

module.exports = { coded, invalidType, outOfRange, invalidValue, expectFunction, expectString };
