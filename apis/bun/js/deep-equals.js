// Deep equality: Bun.deepEquals, Bun.deepMatch, and the matchers of bun:test.
//
// Two values are the same by Object.is, or of one kind and equal part by part. Loosely, properties
// that are undefined count as missing, and the classes of plain objects do not matter; strictly
// they count by their names. What another realm (node:vm) made is of the kind it is there. Cycles
// are equal where they lead back at the same places. An `asymmetric` function, where given, may
// answer for a pair before anything else: undefined leaves the pair to this module.
"use strict";

const {
  ArrayBuffer, Array, Date, Map, Object, Reflect, RegExp, Set, SharedArrayBuffer, Symbol,
  Uint8Array,
} = globalThis;

const { getPrototypeOf, prototype: ObjectPrototype } = Object;
const toStringTag = ObjectPrototype.toString;
const isEnumerable = ObjectPrototype.propertyIsEnumerable;
const hasOwn = Object.hasOwn;

class Comparison {
  constructor(isStrict, asymmetric) {
    this.isStrict = isStrict;
    this.asymmetric = asymmetric;
    this.left = [];
    this.right = [];
  }

  equals(left, right) {
    if (this.asymmetric !== undefined) {
      const answer = this.asymmetric(left, right);
      if (answer !== undefined) return answer;
    }
    if (Object.is(left, right)) return true;
    if (typeof left !== "object" || typeof right !== "object") {
      return this.callables(left, right);
    }
    if (left === null || right === null) return false;
    // The global object is of a kind of its own.
    if (left === globalThis || right === globalThis) return false;
    for (let index = this.left.length - 1; index >= 0; index--) {
      if (this.left[index] === left) return this.right[index] === right;
      if (this.right[index] === right) return false;
    }
    this.left.push(left);
    this.right.push(right);
    const answer = this.objects(left, right);
    this.left.pop();
    this.right.pop();
    return answer;
  }

  // Functions are equal by identity alone.
  callables() {
    return false;
  }

  objects(left, right) {
    const kind = kindOf(left);
    if (kind !== kindOf(right)) return false;
    if (this.isStrict && kind === "object" && !isSameClass(left, right)) return false;
    const compare = KINDS[kind];
    const answer = compare === undefined ? true : compare(this, left, right);
    if (kind !== "object" || !answer) return answer;
    return this.keyed(left, right, ownKeys(left), ownKeys(right));
  }

  // Loosely, what is missing counts as undefined, at the end too.
  arrays(left, right) {
    const { isStrict } = this;
    if (isStrict && left.length !== right.length) return false;
    const length = Math.max(left.length, right.length);
    for (let index = 0; index < length; index++) {
      if (isStrict && index in left !== index in right) return false;
      if (this.equals(left[index], right[index])) continue;
      if (!this.equals(withoutGetter(left, index), withoutGetter(right, index))) return false;
    }
    const isIndexed = (list) => ownKeys(list).length === presentCount(list);
    if (isIndexed(left) && isIndexed(right)) return true;
    return this.keyed(left, right, namedKeys(left), namedKeys(right));
  }

  keyed(left, right, leftKeys, rightKeys) {
    if (this.isStrict && leftKeys.length !== rightKeys.length) return false;
    for (const key of leftKeys) {
      const value = left[key];
      if (!hasOwn(right, key) && (this.isStrict || value !== undefined)) return false;
      if (!this.equals(value, right[key])) return false;
    }
    if (this.isStrict) return true;
    for (const key of rightKeys) {
      if (!hasOwn(left, key) && right[key] !== undefined) return false;
    }
    return true;
  }

  sets(left, right) {
    if (left.size !== right.size) return false;
    const others = [];
    for (const item of left) if (!right.has(item)) others.push(item);
    if (others.length === 0) return true;
    const candidates = [...right].filter((item) => !left.has(item));
    return others.every((item) => this.takeEqual(item, candidates));
  }

  takeEqual(item, candidates) {
    const index = candidates.findIndex((candidate) => this.equals(item, candidate));
    if (index < 0) return false;
    candidates.splice(index, 1);
    return true;
  }

  maps(left, right) {
    if (left.size !== right.size) return false;
    for (const [key, value] of left) {
      if (right.has(key)) {
        if (!this.equals(value, right.get(key))) return false;
      } else if (!this.hasPair(right, key, value)) {
        return false;
      }
    }
    return true;
  }

  hasPair(map, key, value) {
    for (const [otherKey, other] of map) {
      if (this.equals(key, otherKey) && this.equals(value, other)) return true;
    }
    return false;
  }

  errors(left, right) {
    if (left.name !== right.name || left.message !== right.message) return false;
    if (!this.equals(left.cause, right.cause)) return false;
    const keys = (error) => ownKeys(error).filter((key) => !ERROR_PLACES.has(key));
    return this.keyed(left, right, keys(left), keys(right));
  }
}

// Where an error was made, which is not what it is.
const ERROR_PLACES = new Set([
  "name", "message", "cause", "errors", "stack", "line", "column", "sourceURL",
  "originalLine", "originalColumn",
]);

function ownKeys(object) {
  const keys = Object.keys(object);
  for (const symbol of Object.getOwnPropertySymbols(object)) {
    if (Reflect.apply(isEnumerable, object, [symbol])) keys.push(symbol);
  }
  return keys;
}

const INDEX = /^(?:0|[1-9]\d*)$/;
const namedKeys = (object) =>
  ownKeys(object).filter((key) => typeof key === "symbol" || !INDEX.test(key));

// An item, undefined where a getter would give it.
function withoutGetter(list, index) {
  const descriptor = Object.getOwnPropertyDescriptor(list, index);
  return descriptor === undefined ? undefined : descriptor.value;
}

function presentCount(list) {
  let count = 0;
  for (let index = 0; index < list.length; index++) if (index in list) count++;
  return count;
}

// ---- Kinds -----------------------------------------------------------------------------------

const BOXED = {
  "[object Number]": "boxed", "[object Boolean]": "boxed", "[object Symbol]": "boxed",
  "[object BigInt]": "boxed", "[object String]": "boxed-string",
};

// Which of the kinds below an object is; "object" for all others.
function kindOf(object) {
  if (Array.isArray(object)) return "array";
  const prototype = getPrototypeOf(object);
  if (prototype === ObjectPrototype || prototype === null) return "object";
  if (object instanceof Map) return "map";
  if (object instanceof Set) return "set";
  if (object instanceof Date) return isBranded("date", object) ? "date" : "object";
  if (object instanceof RegExp) return "regexp";
  if (Error.isError?.(object) ?? object instanceof Error) return "error";
  if (ArrayBuffer.isView(object)) return isView(object) ? "view" : "typed";
  if (object instanceof ArrayBuffer) return "buffer";
  if (isShared(object)) return "shared";
  const tag = Reflect.apply(toStringTag, object, []);
  return platformKind(object) ?? BOXED[tag] ?? foreignKind(object, tag) ?? "object";
}

const FOREIGN = {
  __proto__: null,
  "[object Map]": "map", "[object Set]": "set", "[object Date]": "date",
  "[object RegExp]": "regexp", "[object ArrayBuffer]": "buffer",
  "[object SharedArrayBuffer]": "shared",
};

const getterOf = (constructor, name) =>
  Object.getOwnPropertyDescriptor(constructor.prototype, name).get;

// What only objects of a kind can be asked, whatever realm they are of.
const BRANDS = {
  __proto__: null,
  map: getterOf(Map, "size"),
  set: getterOf(Set, "size"),
  date: Date.prototype.getTime,
  regexp: getterOf(RegExp, "source"),
  buffer: getterOf(ArrayBuffer, "byteLength"),
  shared: getterOf(SharedArrayBuffer, "byteLength"),
};

function isBranded(kind, object) {
  try {
    Reflect.apply(BRANDS[kind], object, []);
    return true;
  } catch {
    return false;
  }
}

// The kind of an object of another realm.
function foreignKind(object, tag) {
  const kind = FOREIGN[tag];
  return kind !== undefined && isBranded(kind, object) ? kind : undefined;
}

// Of the views, only a DataView has no tag of its own kind.
const viewTag = getterOf(getPrototypeOf(Uint8Array), Symbol.toStringTag);
const isView = (object) => Reflect.apply(viewTag, object, []) === undefined;
const isShared = (object) => object instanceof SharedArrayBuffer;

function platformKind(object) {
  const name = object[Symbol.toStringTag];
  if (typeof name !== "string") return undefined;
  const known = PLATFORM[name];
  return known !== undefined && object instanceof globalThis[name] ? known : undefined;
}

const PLATFORM = {
  __proto__: null,
  URL: "url", URLSearchParams: "entries", Headers: "entries", FormData: "entries",
};

function sameBytes(left, right) {
  if (left.byteLength !== right.byteLength) return false;
  for (let index = 0; index < left.byteLength; index++) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}

const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

function typedArrays(comparison, left, right) {
  if (left.length !== right.length || left[Symbol.toStringTag] !== right[Symbol.toStringTag]) {
    return false;
  }
  const isFloat = /^Float/.test(left[Symbol.toStringTag]);
  if (!isFloat) return sameBytes(bytesOf(left), bytesOf(right));
  for (let index = 0; index < left.length; index++) {
    const [one, other] = [left[index], right[index]];
    if (comparison.isStrict ? !Object.is(one, other) : one !== other) return false;
  }
  return true;
}

const KINDS = {
  __proto__: null,
  array: (comparison, left, right) => comparison.arrays(left, right),
  map: (comparison, left, right) => comparison.maps(left, right),
  set: (comparison, left, right) => comparison.sets(left, right),
  // An invalid date equals no other.
  date: (_, left, right) => left.getTime() === right.getTime(),
  regexp: (_, left, right) => left.source === right.source && left.flags === right.flags,
  error: (comparison, left, right) => comparison.errors(left, right),
  typed: typedArrays,
  view: (_, left, right) => sameBytes(bytesOf(left), bytesOf(right)),
  buffer: (_, left, right) => sameBytes(new Uint8Array(left), new Uint8Array(right)),
  shared: (_, left, right) => sameBytes(new Uint8Array(left), new Uint8Array(right)),
  boxed: (_, left, right) => Object.is(left.valueOf(), right.valueOf()),
  "boxed-string": (_, left, right) =>
    isSameClass(left, right) && left.valueOf() === right.valueOf(),
  url: (_, left, right) => left.href === right.href,
  entries: (comparison, left, right) => comparison.arrays([...left], [...right]),
};

function isSameClass(left, right) {
  const [one, other] = [getPrototypeOf(left), getPrototypeOf(right)];
  return one === other || className(one) === className(other);
}

function className(prototype) {
  const constructor = prototype?.constructor;
  return typeof constructor === "function" ? constructor.name : "Object";
}

function deepEquals(left, right, isStrict = false, asymmetric = undefined) {
  return new Comparison(isStrict, asymmetric).equals(left, right);
}

// ---- Subsets ---------------------------------------------------------------------------------

// Whether `object` has all that `subset` has, part by part.
function deepMatch(subset, object, asymmetric = undefined) {
  return matchPart(object, subset, asymmetric, new Map());
}

function matchPart(object, subset, asymmetric, seen) {
  const answer = asymmetric?.(object, subset);
  if (answer !== undefined) return answer;
  if (typeof subset !== "object" || subset === null || typeof object !== "object" ||
    object === null) {
    return deepEquals(object, subset, false, asymmetric);
  }
  const kind = kindOf(subset);
  if (kind === "array") {
    return Array.isArray(object) && object.length === subset.length &&
      subset.every((item, index) => matchPart(object[index], item, asymmetric, seen)) &&
      namedKeys(object).length === namedKeys(subset).length;
  }
  if (kind !== "object") return deepEquals(object, subset, false, asymmetric);
  if (seen.get(subset) === object) return true;
  seen.set(subset, object);
  return ownKeys(subset).every((key) =>
    key in object && matchPart(object[key], subset[key], asymmetric, seen));
}

// ---- As members of Bun -----------------------------------------------------------------------

const exported = {
  deepEquals(left, right) {
    if (arguments.length < 2) throw new TypeError("Expected 2 values to compare");
    return deepEquals(left, right, arguments[2] === true);
  },
  deepMatch(subset, object) {
    const isObject = (value) => typeof value === "object" && value !== null;
    if (arguments.length < 2) throw new TypeError("Expected 2 values to compare");
    if (!isObject(subset) || !isObject(object)) throw new TypeError("Expected 2 objects to match");
    return deepMatch(subset, object);
  },
};

module.exports = { ...exported, equals: deepEquals, matches: deepMatch, ownKeys };
