"use strict";
// Values that JSON holds without loss: what structured cloning would copy is what their text says.
// The engine writes and reads that text by itself, which is faster than any serializer in
// JavaScript as long as the values are small.

const { isUncloneable } = require("web/structured-clone");

const { stringify } = JSON;
const { getPrototypeOf, keys, prototype: ObjectPrototype } = Object;
const { isArray, prototype: ArrayPrototype } = Array;

/** More objects, or items of an array, go the way of all other values. */
const OBJECTS_MAX = 32;
const ITEMS_MAX = 128;

/** The objects of a value: one that is met twice must stay one, which JSON does not know. */
const met = [];

function isHeld(value) {
  switch (typeof value) {
    case "string": case "boolean": return true;
    // Neither NaN nor an infinity nor minus zero.
    case "number": return value - value === 0 && (value !== 0 || 1 / value > 0);
    case "object": return value === null || isObjectHeld(value);
    default: return false;
  }
}

function isObjectHeld(value) {
  if (met.length === OBJECTS_MAX || met.includes(value) || isUncloneable(value)) return false;
  met.push(value);
  if (value.toJSON !== undefined) return false;
  if (isArray(value)) return isArrayHeld(value);
  if (getPrototypeOf(value) !== ObjectPrototype) return false;
  const names = keys(value);
  for (let index = 0; index < names.length; index++) {
    if (!isHeld(value[names[index]])) return false;
  }
  return true;
}

function isArrayHeld(array) {
  const { length } = array;
  if (length > ITEMS_MAX || getPrototypeOf(array) !== ArrayPrototype) return false;
  for (let index = 0; index < length; index++) {
    if (!isHeld(array[index])) return false;
  }
  return keys(array).length === length;
}

/** The JSON of a value; `undefined` where JSON would lose something. */
function textOf(value) {
  // Of a value whose getter threw.
  met.length = 0;
  const isWhole = typeof value === "object" && value !== null && isObjectHeld(value);
  met.length = 0;
  return isWhole ? stringify(value) : undefined;
}

module.exports = { textOf };
