// What a value is: its kind, its class name, its function name. No output here.
//
// Classification never runs user code where that can be told beforehand: proxies are recognised
// natively before anything is read from them. What cannot be told without (a `Symbol.toStringTag`
// getter) is guarded. Owned by bun/inspect*; fails never.
"use strict";

const { getPrototypeOf, getOwnPropertyDescriptor } = Object;
const { apply } = Reflect;
const objectToString = Object.prototype.toString;
const { functionText: functionToString, replaced } = require("runtime/engine-globals");
const { loadedModule } = require("runtime/prelude");
const hasOwn = Object.hasOwn;
const isArray = Array.isArray;
const isView = ArrayBuffer.isView;
const errorStack = require("bun/error-stack");
const { isError } = errorStack.Error;
const ObjectPrototype = Object.prototype;
const CUSTOM = Symbol.for("nodejs.util.inspect.custom");

const ELEMENT_TAGS = new Set([
  Symbol.for("react.element"),
  Symbol.for("react.transitional.element"),
  Symbol.for("react.fragment"),
]);

function getterOf(prototype, name) {
  return getOwnPropertyDescriptor(prototype, name).get;
}

// Whether the engine tells a promise's state; otherwise its prototype has to do.
const KNOWS_PROMISES = ops.promiseState(Promise.resolve()) >= 0;

function requirePromise() {
  const isPromise = KNOWS_PROMISES ? ops.promiseState(this) >= 0 : this instanceof Promise;
  if (!isPromise) throw new TypeError();
}

// The prototypes of generators carry the tag themselves.
function requireNoOwnTag() {
  if (hasOwn(this, Symbol.toStringTag)) throw new TypeError();
}

// Kinds by what Object.prototype.toString says, each with a call that throws on an impostor.
const BRANDS = {
  "[object Map]": ["map", getterOf(Map.prototype, "size")],
  "[object Set]": ["set", getterOf(Set.prototype, "size")],
  "[object WeakMap]": ["weakmap", WeakMap.prototype.has],
  "[object WeakSet]": ["weakset", WeakSet.prototype.has],
  "[object Promise]": ["promise", requirePromise],
  "[object Date]": ["date", Date.prototype.getTime],
  "[object RegExp]": ["regexp", getterOf(RegExp.prototype, "source")],
  "[object Number]": ["boxed-number", Number.prototype.valueOf],
  "[object Boolean]": ["boxed-boolean", Boolean.prototype.valueOf],
  "[object String]": ["boxed-string", String.prototype.valueOf],
  "[object ArrayBuffer]": ["buffer", getterOf(ArrayBuffer.prototype, "byteLength")],
  "[object Arguments]": ["arguments", null],
  "[object Map Iterator]": ["map-iterator", null],
  "[object Set Iterator]": ["set-iterator", null],
  "[object Generator]": ["json", requireNoOwnTag],
  "[object AsyncGenerator]": ["json", requireNoOwnTag],
  "[object String Iterator]": ["json", null],
};
if (typeof SharedArrayBuffer === "function") {
  const byteLength = getterOf(SharedArrayBuffer.prototype, "byteLength");
  BRANDS["[object SharedArrayBuffer]"] = ["buffer", byteLength];
}
BRANDS.__proto__ = null;

// Tried in turn on objects whose class names itself by an own `Symbol.toStringTag`.
const TRIED = Object.values(BRANDS).filter(([kind, call]) => call !== null && kind !== "json");

function passes(call, value) {
  try {
    apply(call, value, []);
    return true;
  } catch {
    return false;
  }
}

function tagOf(value) {
  try {
    return apply(objectToString, value, []);
  } catch {
    return "";
  }
}

// The kind of an object that is neither a proxy nor a function.
function objectKind(value) {
  if (isArray(value)) return "array";
  if (isView(value)) return "view";
  if (isError(value)) return "error";
  const tag = tagOf(value);
  if (tag === "[object Object]") return "object";
  const brand = BRANDS[tag];
  if (brand !== undefined) {
    return brand[1] === null || passes(brand[1], value) ? brand[0] : "object";
  }
  return isPlainlyTagged(value) ? "object" : triedKind(value);
}

// Whether the value's own prototype is Object.prototype: then nothing built in is behind its tag.
function isPlainlyTagged(value) {
  const prototype = getPrototypeOf(value);
  return prototype === ObjectPrototype || prototype === null || value === globalThis;
}

function triedKind(value) {
  for (const [kind, call] of TRIED) {
    if (passes(call, value)) return kind;
  }
  return "object";
}

function isElement(value) {
  if (!hasOwn(value, "$$typeof")) return false;
  const descriptor = getOwnPropertyDescriptor(value, "$$typeof");
  return ELEMENT_TAGS.has(descriptor.value);
}

const CLASS_SOURCE = /^class(?:\s+(?!extends\b)([\w$\x80-\uffff]+))?/;
const FUNCTION_SOURCE = /^(?:async\s+)?function\s*\*?\s*([\w$\x80-\uffff]+)\s*\(/;

const knownFacts = new WeakMap();

// { isClass, name } of a function, its name as the engine's stack traces have it: the declared one
// where the source has one, whatever was assigned to the property `name` since.
function functionFacts(value) {
  let facts = knownFacts.get(value);
  if (facts === undefined) {
    facts = readFacts(value);
    knownFacts.set(value, facts);
  }
  return facts;
}

function readFacts(value) {
  const source = apply(functionToString, value, []);
  const name = nameProperty(value);
  const isNative = source.endsWith("[native code]\n}");
  if (errorStack.isErrorClass(value)) return { isClass: true, name };
  if (isNative) {
    // To the engine Promise is a function in JavaScript, no class of its own.
    const isClass = (hasOwn(value, "prototype") && value !== Promise) || value === Proxy;
    return { isClass, name: isClass ? name : name.replace(/^(?:bound )+/, "") };
  }
  const asClass = CLASS_SOURCE.exec(source);
  if (asClass !== null) return { isClass: true, name: asClass[1] || name };
  if (isClassOfOurs(value)) return { isClass: true, name };
  const asFunction = FUNCTION_SOURCE.exec(source);
  return { isClass: false, name: asFunction === null ? name : asFunction[1] };
}

// Classes that are functions in this runtime's JavaScript, and native ones in Bun.
function isClassOfOurs(value) {
  if (require("bun/inspect-platform").isPlatformClass(value)) return true;
  if (loadedModule("node/buffer-class")?.Buffer === value) return true;
  return replaced.includes(value) && hasOwn(value, "prototype");
}

function nameProperty(value) {
  const descriptor = getOwnPropertyDescriptor(value, "name");
  if (descriptor === undefined || typeof descriptor.value !== "string") return "";
  return descriptor.value;
}

function displayName(value) {
  const explicit = getOwnPropertyDescriptor(value, "displayName");
  if (explicit !== undefined && typeof explicit.value === "string") return explicit.value;
  return functionFacts(value).name;
}

// A data property found on the object or its prototypes; undefined for accessors.
function findData(object, key) {
  for (let holder = object; holder !== null; holder = getPrototypeOf(holder)) {
    const descriptor = getOwnPropertyDescriptor(holder, key);
    if (descriptor !== undefined) return descriptor.value;
  }
  return undefined;
}

// The name of the constructor, the object's own or the one it inherits; "" where there is none.
function constructorName(value) {
  const own = getOwnPropertyDescriptor(value, "constructor");
  const isFunction = own !== undefined && typeof own.value === "function";
  const ownName = isFunction ? displayName(own.value) : "";
  if (ownName !== "") return ownName;
  const prototype = getPrototypeOf(value);
  const inherited = prototype === null ? undefined : findData(prototype, "constructor");
  return typeof inherited === "function" ? displayName(inherited) : "";
}

// The class name an object is printed under; "Object" for what has none.
function className(value) {
  const name = constructorName(value);
  if (name !== "" && name !== "Object") return name;
  const tag = findData(value, Symbol.toStringTag);
  return typeof tag === "string" && tag !== "" ? tag : "Object";
}

// Whether nothing but Object can be what the object is called.
function isPlain(value) {
  return (
    getPrototypeOf(value) === ObjectPrototype &&
    !hasOwn(value, "constructor") &&
    !hasOwn(value, Symbol.toStringTag)
  );
}

// What stands before the brace of an object, with its space; "" for plain objects.
function objectPrefix(value) {
  if (isPlain(value)) return "";
  const name = className(value);
  if (name !== "Object") return name + " ";
  return getPrototypeOf(value) === null ? "[Object: null prototype] " : "";
}

// A function's display name, or an object's toStringTag.
function nameOf(value) {
  const name = typeof value === "function" ? displayName(value) : "";
  if (name !== "") return name;
  let tag;
  try {
    tag = value[Symbol.toStringTag];
  } catch {
    return "";
  }
  return typeof tag === "string" ? tag : "";
}

module.exports = {
  CUSTOM,
  objectKind,
  isElement,
  functionFacts,
  nameOf,
  className,
  objectPrefix,
  isPlain,
  findData,
};
