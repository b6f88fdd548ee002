// node:util/types: what kind of object a value is, whatever its prototype has been made to say.
//
// Object.prototype.toString answers most questions; where a `Symbol.toStringTag` or a foreign
// prototype may hide the truth, a built-in method that throws on impostors is tried. Never throws.
"use strict";

const engine = require("runtime/engine");
const { ArrayBuffer, Object, Reflect, Set, Symbol } = globalThis;
const { apply } = Reflect;
const { getOwnPropertyDescriptor, getPrototypeOf, prototype: ObjectPrototype } = Object;
const toStringOf = ObjectPrototype.toString;
const { isView } = ArrayBuffer;

function getter(prototype, name) {
  return getOwnPropertyDescriptor(prototype, name).get;
}

const TypedArrayPrototype = getPrototypeOf(globalThis.Uint8Array.prototype);
const typedArrayTag = getter(TypedArrayPrototype, Symbol.toStringTag);

function isObject(value) {
  return typeof value === "object" && value !== null;
}

function tagOf(value) {
  try {
    return apply(toStringOf, value, []);
  } catch {
    return "";
  }
}

function passes(probe, value) {
  try {
    apply(probe, value, []);
    return true;
  } catch {
    return false;
  }
}

function hasTag(value) {
  try {
    return Symbol.toStringTag in value;
  } catch {
    return true;
  }
}

// Whether nothing of the value's chain is anything the engine made.
function isForeign(value) {
  for (let holder = value; holder !== null; holder = getPrototypeOf(holder)) {
    if (holder === ObjectPrototype) return false;
  }
  return true;
}

// A check by brand: `tag` is what toString says of an honest one; `probe` throws on others.
function branded(tag, probe) {
  const text = `[object ${tag}]`;
  return (value) => {
    if (!isObject(value)) return false;
    if (engine.proxyTarget(value) !== undefined) return false;
    const said = tagOf(value);
    if (said === text) return passes(probe, value);
    if (said === "[object Object]" && !hasTag(value)) {
      return isForeign(value) && passes(probe, value);
    }
    return hasTag(value) && passes(probe, value);
  };
}

// A check of what only toString tells, by the tag alone.
function tagged(tag) {
  const text = `[object ${tag}]`;
  return (value) => isObject(value) && tagOf(value) === text && !Object.hasOwn(
    value, Symbol.toStringTag);
}

const isDate = branded("Date", Date.prototype.getTime);
const isRegExp = branded("RegExp", getter(RegExp.prototype, "source"));
const isMap = branded("Map", getter(Map.prototype, "size"));
const isSet = branded("Set", getter(Set.prototype, "size"));
const isWeakMap = branded("WeakMap", WeakMap.prototype.has);
const isWeakSet = branded("WeakSet", WeakSet.prototype.has);
const isArrayBuffer = branded("ArrayBuffer", getter(ArrayBuffer.prototype, "byteLength"));
const isSharedArrayBuffer = branded(
  "SharedArrayBuffer", getter(globalThis.SharedArrayBuffer.prototype, "byteLength"));
const isNumberObject = branded("Number", Number.prototype.valueOf);
const isStringObject = branded("String", String.prototype.valueOf);
const isBooleanObject = branded("Boolean", Boolean.prototype.valueOf);
const isBigIntObject = branded("BigInt", BigInt.prototype.valueOf);
const isSymbolObject = branded("Symbol", Symbol.prototype.valueOf);
const isMapIterator = tagged("Map Iterator");
const isSetIterator = tagged("Set Iterator");

function isArgumentsObject(value) {
  return isObject(value) && tagOf(value) === "[object Arguments]" &&
    !Object.hasOwn(value, Symbol.toStringTag);
}

function isGeneratorObject(value) {
  if (!isObject(value) || Object.hasOwn(value, Symbol.toStringTag)) return false;
  const said = tagOf(value);
  return (said === "[object Generator]" || said === "[object AsyncGenerator]") &&
    !Object.hasOwn(value, "next");
}

const KNOWS_PROMISES = engine.promiseState(Promise.resolve())[0] !== "unknown";

function isPromise(value) {
  if (!isObject(value)) return false;
  return KNOWS_PROMISES ? engine.promiseState(value)[0] !== "unknown" : value instanceof Promise;
}

function isNativeError(value) {
  if (!isObject(value)) return false;
  if (require("bun/error-stack").Error.isError(value)) {
    return !require("web/dom-exception").isDOMException(value);
  }
  return require("runtime/module-errors").isMessage(value);
}

const { functionText: FUNCTION_TEXT } = require("runtime/engine-globals");
const GeneratorFunction = (function* () {}).constructor;
const AsyncFunction = (async function () {}).constructor;
const AsyncGeneratorFunction = (async function* () {}).constructor;

// Lowered functions keep their class; the prototype tells, the source is asked where it was taken.
function functionIs(value, classes, pattern) {
  if (typeof value !== "function") return false;
  const prototype = getPrototypeOf(value);
  if (classes.some((each) => each.prototype === prototype)) {
    // A bound function has the prototype of its target, and is native.
    return !apply(FUNCTION_TEXT, value, []).endsWith("[native code]\n}");
  }
  return prototype !== Function.prototype && pattern.test(apply(FUNCTION_TEXT, value, []));
}

function isAsyncFunction(value) {
  return functionIs(value, [AsyncFunction, AsyncGeneratorFunction], /^async\b/);
}

function isGeneratorFunction(value) {
  const pattern = /^(?:async\s*)?(?:function\s*)?\*/;
  return functionIs(value, [GeneratorFunction, AsyncGeneratorFunction], pattern);
}

function isProxy(value) {
  return (isObject(value) || typeof value === "function") &&
    engine.proxyTarget(value) !== undefined;
}

function isModuleNamespaceObject(value) {
  if (!isObject(value)) return false;
  const descriptor = getOwnPropertyDescriptor(value, Symbol.toStringTag);
  return descriptor !== undefined && descriptor.value === "Module" && !descriptor.writable &&
    !Object.isExtensible(value);
}

function isAnyArrayBuffer(value) {
  return isArrayBuffer(value) || isSharedArrayBuffer(value);
}

function isBoxedPrimitive(value) {
  return isNumberObject(value) || isStringObject(value) || isBooleanObject(value) ||
    isBigIntObject(value) || isSymbolObject(value);
}

function typedArrayName(value) {
  return isView(value) ? apply(typedArrayTag, value, []) : undefined;
}

const { isEventTarget, isCryptoKey, isKeyObject } = {
  isEventTarget(value) { return require("web/events").isEventTarget(value); },
  isCryptoKey(value) {
    const { CryptoKey } = globalThis;
    return typeof CryptoKey === "function" && value instanceof CryptoKey;
  },
  isKeyObject(value) {
    const { loadedModule } = require("runtime/prelude");
    const crypto = loadedModule("node/crypto");
    return crypto !== undefined && typeof crypto.KeyObject === "function" &&
      value instanceof crypto.KeyObject;
  },
};

const types = {
  isExternal(_value) { return false; },
  isDate(value) { return isDate(value); },
  isArgumentsObject(value) { return isArgumentsObject(value); },
  isBigIntObject(value) { return isBigIntObject(value); },
  isBooleanObject(value) { return isBooleanObject(value); },
  isNumberObject(value) { return isNumberObject(value); },
  isStringObject(value) { return isStringObject(value); },
  isSymbolObject(value) { return isSymbolObject(value); },
  isNativeError(value) { return isNativeError(value); },
  isRegExp(value) { return isRegExp(value); },
  isAsyncFunction(value) { return isAsyncFunction(value); },
  isGeneratorFunction(value) { return isGeneratorFunction(value); },
  isGeneratorObject(value) { return isGeneratorObject(value); },
  isPromise(value) { return isPromise(value); },
  isMap(value) { return isMap(value); },
  isSet(value) { return isSet(value); },
  isMapIterator(value) { return isMapIterator(value); },
  isSetIterator(value) { return isSetIterator(value); },
  isWeakMap(value) { return isWeakMap(value); },
  isWeakSet(value) { return isWeakSet(value); },
  isArrayBuffer(value) { return isArrayBuffer(value); },
  isDataView(value) { return isView(value) && typedArrayName(value) === undefined; },
  isSharedArrayBuffer(value) { return isSharedArrayBuffer(value); },
  isProxy(value) { return isProxy(value); },
  isModuleNamespaceObject(value) { return isModuleNamespaceObject(value); },
  isAnyArrayBuffer(value) { return isAnyArrayBuffer(value); },
  isBoxedPrimitive(value) { return isBoxedPrimitive(value); },
  isArrayBufferView(value) { return isView(value); },
  isTypedArray(value) { return typedArrayName(value) !== undefined; },
  isUint8Array(value) { return typedArrayName(value) === "Uint8Array"; },
  isUint8ClampedArray(value) { return typedArrayName(value) === "Uint8ClampedArray"; },
  isUint16Array(value) { return typedArrayName(value) === "Uint16Array"; },
  isUint32Array(value) { return typedArrayName(value) === "Uint32Array"; },
  isInt8Array(value) { return typedArrayName(value) === "Int8Array"; },
  isInt16Array(value) { return typedArrayName(value) === "Int16Array"; },
  isInt32Array(value) { return typedArrayName(value) === "Int32Array"; },
  isFloat16Array(value) { return typedArrayName(value) === "Float16Array"; },
  isFloat32Array(value) { return typedArrayName(value) === "Float32Array"; },
  isFloat64Array(value) { return typedArrayName(value) === "Float64Array"; },
  isBigInt64Array(value) { return typedArrayName(value) === "BigInt64Array"; },
  isBigUint64Array(value) { return typedArrayName(value) === "BigUint64Array"; },
  isKeyObject(value) { return isKeyObject(value); },
  isCryptoKey(value) { return isCryptoKey(value); },
  isEventTarget(value) { return isEventTarget(value); },
};

module.exports = types;
