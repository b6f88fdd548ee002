// Deep equality as node:assert and util.isDeepStrictEqual understand it: loosely (==), strictly,
// strictly without prototypes, and partially (everything expected is in the actual value).
//
// Cycles are equal where both sides come back to values already being compared. What cannot be
// looked into (promises, weak collections, functions) is equal to itself alone.
"use strict";

const types = require("node/util-types");
const { Array, Number, Object, Reflect, Symbol, Uint8Array } = globalThis;
const { apply } = Reflect;
const { getPrototypeOf, hasOwn, is } = Object;
const isEnumerable = Object.prototype.propertyIsEnumerable;
const toStringOf = Object.prototype.toString;

const LOOSE = 0;
const STRICT = 1;
const WITHOUT_PROTOTYPES = 2;
const PARTIAL = 3;

const isObject = (value) => typeof value === "object" && value !== null;

class Comparison {
  constructor(mode) {
    this.mode = mode;
    this.isLoose = mode === LOOSE;
    this.isPartial = mode === PARTIAL;
    this.left = [];
    this.right = [];
  }

  equal(left, right) {
    if (left === right) return left !== 0 || is(left, right) || this.isLoose;
    if (!isObject(left) || !isObject(right)) return this.equalPrimitives(left, right);
    // The global object is of a kind of its own.
    if (left === globalThis || right === globalThis) return false;
    if (this.mode === STRICT && getPrototypeOf(left) !== getPrototypeOf(right)) return false;
    return this.equalObjects(left, right);
  }

  equalPrimitives(left, right) {
    if (!this.isLoose) {
      return typeof left === "number" && Number.isNaN(left) && Number.isNaN(right);
    }
    if (isObject(left) || isObject(right)) return false;
    return left == right || (left !== left && right !== right);
  }

  equalObjects(left, right) {
    if (apply(toStringOf, left, []) !== apply(toStringOf, right, [])) return false;
    const kind = kindOf(left);
    if (kind !== kindOf(right)) return false;
    const compare = KINDS[kind];
    if (compare === undefined) return this.equalInside(left, right, undefined);
    return compare(this, left, right);
  }

  // The properties, and `parts` where there are others, guarded against cycles.
  equalInside(left, right, parts, isList = false) {
    const keys = this.keysOf(left, right, isList);
    if (keys === undefined) return false;
    if (keys.length === 0 && parts === undefined) return true;
    for (let index = this.left.length - 1; index >= 0; index--) {
      const isLeft = this.left[index] === left;
      if (isLeft || this.right[index] === right) return isLeft && this.right[index] === right;
    }
    this.left.push(left);
    this.right.push(right);
    const answer = this.equalKeys(left, right, keys) &&
      (parts === undefined || parts(this, left, right));
    this.left.pop();
    this.right.pop();
    return answer;
  }

  equalKeys(left, right, keys) {
    for (const key of keys) if (!this.equal(left[key], right[key])) return false;
    return true;
  }

  // The keys whose values are to be compared; undefined where the sides have different ones.
  keysOf(left, right, isList) {
    const keys = isList ? namedKeys(right) : Object.keys(right);
    if (!this.isPartial) {
      const count = isList ? namedKeys(left).length : Object.keys(left).length;
      if (count !== keys.length) return undefined;
    }
    for (const key of keys) if (!apply(isEnumerable, left, [key])) return undefined;
    if (this.isLoose) return keys;
    const symbols = enumerableSymbols(right);
    if (!this.isPartial && enumerableSymbols(left).length !== symbols.length) return undefined;
    for (const key of symbols) if (!apply(isEnumerable, left, [key])) return undefined;
    return symbols.length === 0 ? keys : keys.concat(symbols);
  }
}

function enumerableSymbols(value) {
  const symbols = Object.getOwnPropertySymbols(value);
  if (symbols.length === 0) return symbols;
  return symbols.filter((key) => apply(isEnumerable, value, [key]));
}

const INDEX = /^(?:0|[1-9][0-9]{0,9})$/;
// The engine lists names only together with all indices, each a string of its own. Of longer views
// the names are not compared: bytes by the million are common, names on them are not.
const VIEW_LENGTH_MAX = 4096;

// Enumerable names that are no index. Indices come first in the order of names.
function namedKeys(value) {
  if (value.length > VIEW_LENGTH_MAX && ArrayBuffer.isView(value)) return [];
  const keys = Object.keys(value);
  if (keys.length === 0 || INDEX.test(keys[keys.length - 1])) return [];
  let start = keys.length;
  while (start > 0 && !INDEX.test(keys[start - 1])) start--;
  return keys.slice(start);
}

// ---- Kinds -----------------------------------------------------------------------------------

function kindOf(value) {
  if (Array.isArray(value)) return "array";
  const tag = apply(toStringOf, value, []);
  if (tag === "[object Object]" && !(Symbol.toStringTag in value)) return plainKind(value);
  if (types.isDate(value)) return "date";
  if (types.isRegExp(value)) return "regexp";
  if (ArrayBuffer.isView(value)) return "view";
  if (types.isSet(value)) return "set";
  if (types.isMap(value)) return "map";
  if (types.isAnyArrayBuffer(value)) return "buffer";
  if (types.isBoxedPrimitive(value)) return "boxed";
  return plainKind(value);
}

function plainKind(value) {
  if (require("bun/error-stack").Error.isError(value) || value instanceof Error) return "error";
  const { URL } = globalThis;
  if (value instanceof URL) return "url";
  if (types.isWeakMap(value) || types.isWeakSet(value) || types.isPromise(value)) return "opaque";
  if (types.isKeyObject(value)) return "key";
  return "object";
}

function equalDates(comparison, left, right) {
  const { getTime } = Date.prototype;
  const times = [apply(getTime, left, []), apply(getTime, right, [])];
  return is(times[0], times[1]) && comparison.equalInside(left, right, undefined);
}

function equalExpressions(comparison, left, right) {
  return left.source === right.source && left.flags === right.flags &&
    left.lastIndex === right.lastIndex && comparison.equalInside(left, right, undefined);
}

function bytesOf(value) {
  if (!ArrayBuffer.isView(value)) return new Uint8Array(value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function equalBytes(left, right, length) {
  const one = bytesOf(left);
  const other = bytesOf(right);
  for (let index = 0; index < length; index++) if (one[index] !== other[index]) return false;
  return true;
}

function equalViews(comparison, left, right) {
  const name = left[Symbol.toStringTag];
  const isShorter = comparison.isPartial && left.byteLength > right.byteLength;
  if (left.byteLength !== right.byteLength && !isShorter) return false;
  if (comparison.isLoose && (name === "Float32Array" || name === "Float64Array")) {
    for (let index = 0; index < left.length; index++) {
      if (left[index] !== right[index]) return false;
    }
  } else if (!equalBytes(left, right, right.byteLength)) {
    return false;
  }
  return comparison.equalInside(left, right, undefined, name !== "DataView");
}

function equalBuffers(comparison, left, right) {
  const isShorter = comparison.isPartial && left.byteLength > right.byteLength;
  if (left.byteLength !== right.byteLength && !isShorter) return false;
  return equalBytes(left, right, right.byteLength) &&
    comparison.equalInside(left, right, undefined);
}

function equalBoxed(comparison, left, right) {
  const unbox = (value) => {
    if (types.isNumberObject(value)) return apply(Number.prototype.valueOf, value, []);
    if (types.isStringObject(value)) return apply(String.prototype.valueOf, value, []);
    if (types.isBooleanObject(value)) return apply(Boolean.prototype.valueOf, value, []);
    if (types.isBigIntObject(value)) return apply(BigInt.prototype.valueOf, value, []);
    return apply(Symbol.prototype.valueOf, value, []);
  };
  return is(unbox(left), unbox(right)) && comparison.equalInside(left, right, undefined);
}

// Properties of errors that are compared though they are not enumerable. As in Bun, the errors of
// an AggregateError count in partial comparisons alone.
const ERROR_PROPERTIES = ["message", "name", "cause", "errors"];

function equalErrors(comparison, left, right) {
  for (const name of ERROR_PROPERTIES) {
    if (apply(isEnumerable, right, [name])) continue;
    if (comparison.isPartial ? right[name] === undefined : name === "errors") continue;
    if (name === "cause" && !comparison.isPartial && hasOwn(left, name) !== hasOwn(right, name)) {
      return false;
    }
    if (!comparison.equal(left[name], right[name])) return false;
  }
  return comparison.equalInside(left, right, undefined);
}

function equalKeyObjects(comparison, left, right) {
  return left.equals(right) && comparison.equalInside(left, right, undefined);
}

const parts = () => require("node/deep-equal-parts");

const KINDS = {
  __proto__: null,
  array(comparison, left, right) {
    const isLonger = comparison.isPartial && left.length > right.length;
    if (left.length !== right.length && !isLonger) return false;
    return comparison.equalInside(left, right, parts().equalItems, true);
  },
  set(comparison, left, right) {
    const isLarger = comparison.isPartial && left.size > right.size;
    if (left.size !== right.size && !isLarger) return false;
    return comparison.equalInside(left, right, parts().equalSets);
  },
  map(comparison, left, right) {
    const isLarger = comparison.isPartial && left.size > right.size;
    if (left.size !== right.size && !isLarger) return false;
    return comparison.equalInside(left, right, parts().equalMaps);
  },
  date: equalDates,
  regexp: equalExpressions,
  view: equalViews,
  buffer: equalBuffers,
  boxed: equalBoxed,
  error: equalErrors,
  key: equalKeyObjects,
  opaque: () => false,
  url: (comparison, left, right) =>
    left.href === right.href && comparison.equalInside(left, right, undefined),
};

module.exports = {
  isDeepEqual: (left, right) => new Comparison(LOOSE).equal(left, right),
  isDeepStrictEqual: (left, right, skipsPrototypes = false) =>
    new Comparison(skipsPrototypes ? WITHOUT_PROTOTYPES : STRICT).equal(left, right),
  isPartiallyEqual: (left, right) => new Comparison(PARTIAL).equal(left, right),
};
