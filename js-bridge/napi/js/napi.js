// What Node-API leaves to JavaScript: functions and classes over native callbacks, the tables
// that tie native data to objects, and loading of addons (process.dlopen, require of .node).
//
// Owned by the isolate. Native code reaches `helpers` by position: the order is that of `Helper`
// in src/env.rs. How it fails: as the addon decides; a file that is no addon throws
// ERR_DLOPEN_FAILED.
"use strict";

const natives = require("runtime/engine").napi();
const { makeError } = require("node/errors");

// Native data of an object, by object: they live as long as it does.
const wraps = new WeakMap();
const finalizers = new WeakMap();
const tags = new WeakMap();

const WRITABLE = 1;
const ENUMERABLE = 2;
const CONFIGURABLE = 4;
const SKIP_STRINGS = 8;
const SKIP_SYMBOLS = 16;
const NUMBERS_TO_STRINGS = 1;

// `callback` is the native holder of a function's callback and data.
function makeFunction(callback, name) {
  const { invoke } = natives;
  const made = function (...given) {
    return invoke(callback, this ?? globalThis, new.target, ...given);
  };
  Object.defineProperty(made, "name", { value: name, configurable: true });
  return made;
}

function defineProperty(target, key, attributes, value, getter, setter) {
  const enumerable = (attributes & ENUMERABLE) !== 0;
  const configurable = (attributes & CONFIGURABLE) !== 0;
  const descriptor = getter !== undefined || setter !== undefined
    ? { get: getter, set: setter, enumerable, configurable }
    : { value, writable: (attributes & WRITABLE) !== 0, enumerable, configurable };
  Object.defineProperty(target, key, descriptor);
}

function isIndex(key) {
  return typeof key === "string" && String(key >>> 0) === key && key >>> 0 !== 0xffffffff;
}

// napi_get_all_property_names: `mode` 1 asks for own keys only, `filter` and `conversion` are
// the bits and the choice of the headers.
function propertyNames(object, mode, filter, conversion) {
  const names = new Set();
  for (let at = object; at !== null; at = mode === 1 ? null : Object.getPrototypeOf(at)) {
    for (const key of Reflect.ownKeys(at)) {
      const isSymbol = typeof key === "symbol";
      if (filter & (isSymbol ? SKIP_SYMBOLS : SKIP_STRINGS)) continue;
      const { writable = true, enumerable, configurable } =
        Object.getOwnPropertyDescriptor(at, key) ?? {};
      if (filter & WRITABLE && !writable) continue;
      if (filter & ENUMERABLE && !enumerable) continue;
      if (filter & CONFIGURABLE && !configurable) continue;
      names.add(conversion !== NUMBERS_TO_STRINGS && isIndex(key) ? Number(key) : key);
    }
  }
  return [...names];
}

function wrap(object, holder) {
  if (wraps.has(object)) return false;
  wraps.set(object, holder);
  return true;
}

function unwrap(object, remove) {
  const holder = wraps.get(object);
  if (remove) wraps.delete(object);
  return holder;
}

function addFinalizer(object, holder) {
  const list = finalizers.get(object);
  if (list === undefined) finalizers.set(object, [holder]);
  else list.push(holder);
}

function setTag(object, tag) {
  if (tags.has(object)) return false;
  tags.set(object, tag);
  return true;
}

const ERRORS = () => [Error, TypeError, RangeError, SyntaxError];

function createError(kind, code, message) {
  const error = new (ERRORS()[kind])(message);
  if (code !== undefined) error.code = code;
  return error;
}

const WORD_BITS = 64n;

function bigintFromWords(negative, ...words) {
  let value = 0n;
  for (let at = words.length - 1; at >= 0; at -= 1) value = (value << WORD_BITS) | words[at];
  return negative ? -value : value;
}

// Whether it is negative, then its words, lowest first.
function bigintToWords(value) {
  const words = [];
  for (let rest = value < 0n ? -value : value; rest > 0n; rest >>= WORD_BITS) {
    words.push(BigInt.asUintN(64, rest));
  }
  return [value < 0n, ...words];
}

const VIEWS = [
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
  Float32Array, Float64Array, BigInt64Array, BigUint64Array, globalThis.Float16Array,
];

function typedArray(kind, buffer, offset, length) {
  const View = VIEWS[kind];
  if (View === undefined) throw new RangeError("Unknown kind of typed array");
  const size = View.BYTES_PER_ELEMENT;
  if (offset % size !== 0) {
    throw makeError("RangeError", "ERR_NAPI_INVALID_TYPEDARRAY_ALIGNMENT",
      `start offset of ${View.name} should be a multiple of ${size}`);
  }
  if (offset + length * size > buffer.byteLength) {
    throw makeError("RangeError", "ERR_NAPI_INVALID_TYPEDARRAY_LENGTH",
      "Invalid typed array length");
  }
  return new View(buffer, offset, length);
}

function dataView(buffer, offset, length) {
  if (offset + length > buffer.byteLength) {
    throw makeError("RangeError", "ERR_NAPI_INVALID_DATAVIEW_ARGS",
      "byte_offset + byte_length should be less than or equal to the size in bytes of the array " +
      "passed in");
  }
  return new DataView(buffer, offset, length);
}

// The kind's number, the length in elements, the buffer and the offset.
function viewDetails(view) {
  const kind = VIEWS.findIndex((View) => View !== undefined && view instanceof View);
  return [kind, view.length ?? view.byteLength, view.buffer, view.byteOffset];
}

const helpers = [
  makeFunction,
  defineProperty,
  propertyNames,
  wrap,
  unwrap,
  addFinalizer,
  setTag,
  (object, tag) => tags.get(object) === tag,
  createError,
  bigintFromWords,
  bigintToWords,
  typedArray,
  dataView,
  viewDetails,
  (object, levelOfFreeze) => levelOfFreeze ? Object.freeze(object) : Object.seal(object),
  (value, constructor) => value instanceof constructor,
  (value) => Object(value),
  (description) => Symbol(description),
  (key) => Symbol.for(key),
  () => Promise.withResolvers(),
  (value) => Error.isError?.(value) ?? value instanceof Error,
  (value) => value instanceof Promise,
  (value) => value instanceof DataView,
  (buffer) => { structuredClone(buffer, { transfer: [buffer] }); },
  (buffer) => buffer.detached,
  (size) => Buffer.alloc(size),
  (buffer, offset, length) => Buffer.from(buffer, offset, length),
  (object, key) => Object.hasOwn(object, key),
  (object, key) => key in object,
  (object, key) => delete object[key],
  (error) => { require("runtime/errors").uncaughtException(error, "uncaughtException"); },
  (time) => new Date(time),
  () => process.versions.node.split(".").map(Number),
  (run) => { process.on("exit", run); },
  (length) => new Array(length),
  (size) => new ArrayBuffer(size),
];

ops.attach(natives.dispatch);
natives.attach(helpers);

// What keeps a library from being an addon, as src/library.rs words it.
const FAILURE = /^(dlopen|symbol): (.*)$/s;

// Loads the addon in `file` into `module.exports`.
function dlopen(module, file, flags) {
  let made;
  try {
    made = natives.load(file, module.exports, flags);
  } catch (error) {
    const [, kind, message] = FAILURE.exec(error?.message) ?? [];
    if (kind === "dlopen") throw makeError("Error", "ERR_DLOPEN_FAILED", message);
    throw kind === "symbol" ? new TypeError(message) : error;
  }
  if (made !== undefined) module.exports = made;
}

module.exports = { dlopen };
