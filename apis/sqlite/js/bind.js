// Values for the parameters of a statement.
"use strict";

const { Array, ArrayBuffer, Object, SharedArrayBuffer } = globalThis;
const { errorOf } = require("sqlite/errors");
const { INTEGER, KINDS, STATUS, VALUES, integers, numbers, words } = require("sqlite/rows");

const { isArray } = Array;
const { isView } = ArrayBuffer;
const { hasOwn } = Object;

/** Values that one call of an operation can bind. */
const DIRECT_MAX = 8;

const INTEGER_MIN = -(2n ** 63n);
const INTEGER_MAX = 2n ** 63n - 1n;

/** What values are, as the header has it. */
const KIND_BITS = 2;
const STRING = 1;
const NOTHING = 2;

/** The index of the header's word of kinds among words of 32 bits. */
const KINDS_WORD = 2 * KINDS;

/**
 * Puts values where the operation that runs the statement binds them along the way; strings it
 * takes from its arguments. `false` where they have to be bound before.
 */
function passValues(values, count) {
  if (count > DIRECT_MAX || values.length !== count) return false;
  let kinds = 0;
  for (let index = 0; index < count; index++) {
    const value = values[index];
    if (typeof value === "number") {
      numbers[VALUES + index] = value;
    } else if (typeof value === "string") {
      kinds |= STRING << (index * KIND_BITS);
    } else if (value === null || value === undefined) {
      kinds |= NOTHING << (index * KIND_BITS);
    } else if (typeof value === "boolean") {
      numbers[VALUES + index] = value ? 1 : 0;
    } else {
      return false;
    }
  }
  words[KINDS_WORD] = kinds;
  return true;
}

function isBytes(value) {
  return isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}

/** Objects that are values of their own kind are no collections of named values. */
function isNamed(value) {
  if (typeof value !== "object" || value === null || isBytes(value)) return false;
  const { Date, Error, Map, Promise, RegExp, Set, WeakMap, WeakSet } = globalThis;
  return !(value instanceof Date || value instanceof Map || value instanceof RegExp ||
    value instanceof Set || value instanceof Promise || value instanceof WeakMap ||
    value instanceof WeakSet || value instanceof Error);
}

function bindOne(target, index, value) {
  if (typeof value === "bigint") {
    if (target.areSafe && (value < INTEGER_MIN || value > INTEGER_MAX)) {
      throw new globalThis.RangeError(`BigInt value '${value}' is out of range`);
    }
    integers[INTEGER] = value;
    ops.bindInteger(target.id, index);
  } else {
    ops.bind(target.id, index, value);
  }
  const status = numbers[STATUS];
  if (status < 0) throw errorOf(status);
}

function bindList(target, values) {
  const { length } = values;
  if (length === 0) return;
  if (length !== target.paramsCount) {
    throw new globalThis.Error(
      `SQLite query expected ${target.paramsCount} values, received ${length}`);
  }
  for (let index = 0; index < length; index++) bindOne(target, index + 1, values[index]);
}

/** The two keys that a parameter's value may have in an object, the one that counts first. */
function keysOf(name, index, isStrict) {
  if (name === null) return [index, index];
  const first = name[0];
  const bare = first === "?" ? +name.slice(1) - 1 : name.slice(1);
  return isStrict ? [bare, name] : [name, bare];
}

function bindNamed(target, values) {
  const names = ops.parameters(target.id);
  for (let index = 0; index < names.length; index++) {
    const name = names[index];
    const { 0: first, 1: second } = keysOf(name, index, target.isStrict);
    if (hasOwn(values, first)) {
      bindOne(target, index + 1, values[first]);
    } else if (hasOwn(values, second)) {
      bindOne(target, index + 1, values[second]);
    } else if (target.isStrict) {
      const shown = name === null ? `?${index + 1}` : name[0] === "?" ? name : name.slice(1);
      throw new globalThis.Error(`Missing parameter "${shown}"`);
    }
  }
}

/**
 * Binds the arguments of a call in place of what was bound before: values one by one, an array of
 * them, or an object with their names. `target` tells `id`, `paramsCount`, `isStrict`, `areSafe`.
 */
function bindAll(target, args) {
  ops.clear(target.id);
  const status = numbers[STATUS];
  if (status < 0) throw errorOf(status);
  const first = args[0];
  if (isArray(first)) bindList(target, first);
  else if (isNamed(first)) bindNamed(target, first);
  else bindList(target, args);
}

module.exports = { bindAll, passValues };
