"use strict";
// What kind of object a value is, by brand: prototypes only choose which brand to try first. Shared
// by everything that copies or writes graphs of objects.

const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
const { isView } = ArrayBuffer;
const { toStringTag } = Symbol;
const ObjectPrototype = Object.prototype;
const ArrayPrototype = Array.prototype;

const getter = (prototype, name) => getOwnPropertyDescriptor(prototype, name).get;
const mapSize = getter(Map.prototype, "size");
const setSize = getter(Set.prototype, "size");
const dateValue = Date.prototype.getTime;
const byteLengthOf = getter(ArrayBuffer.prototype, "byteLength");
const sharedLengthOf = getter(SharedArrayBuffer.prototype, "byteLength");
const regExpSource = getter(RegExp.prototype, "source");
const typedArrayName = getter(getPrototypeOf(Uint8Array.prototype), toStringTag);
const isError = Error.isError ?? ((value) => value instanceof Error);

const KIND = {
  PLAIN: 0, ARRAY: 1, DATE: 2, MAP: 3, SET: 4, VIEW: 5, BUFFER: 6, SHARED: 7, REGEXP: 8,
  DOM_EXCEPTION: 9, ERROR: 10, BOXED: 11, SYMBOL: 12, PORT: 13, BLOB: 14, KEY: 15, INSTANCE: 16,
  PLATFORM: 17, BLOCK_LIST: 18, KEY_OBJECT: 19, CERTIFICATE: 20,
};

const ERROR_CLASSES = {
  __proto__: null,
  Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError,
};
const BOXED = [
  [Number, Number.prototype.valueOf],
  [String, String.prototype.valueOf],
  [Boolean, Boolean.prototype.valueOf],
  [BigInt, BigInt.prototype.valueOf],
];

/** Whether a brand check passes: `probe` throws on other objects. */
function passes(probe, value) {
  try {
    probe.call(value);
    return true;
  } catch {
    return false;
  }
}

const { loadedModule } = require("runtime/prelude");
const { DOMException, isDOMException } = require("web/dom-exception");

// An object of these modules' exists only once they are loaded.
const isPort = (value) => !!loadedModule("web/message-port")?.isPort(value);
const isBlob = (value) => !!loadedModule("web/blob")?.isBlob(value);
const isKey = (value) => loadedModule("web/crypto/key")?.recordOf(value) !== undefined;
const isKeyObject = (value) =>
  loadedModule("node/crypto/keys")?.recordOf(value) !== undefined;
const isCertificate = (value) =>
  !!loadedModule("node/crypto/certificate")?.isX509Certificate(value);
const isBlockList = (value) => !!loadedModule("node/net/block-list")?.BlockList.isBlockList(value);

function boxedValueOf(value) {
  for (const [constructor, valueOf] of BOXED) {
    if (value instanceof constructor && passes(valueOf, value)) return valueOf;
  }
  return undefined;
}

/** The primitive inside a boxed one. */
function unboxed(value) {
  return boxedValueOf(value).call(value);
}

/** The kind of an object that is no function. */
function kindOf(value) {
  const prototype = getPrototypeOf(value);
  if (prototype === ObjectPrototype || prototype === null) return KIND.PLAIN;
  if (Array.isArray(value)) return KIND.ARRAY;
  if (value instanceof Date && passes(dateValue, value)) return KIND.DATE;
  if (value instanceof Map && passes(mapSize, value)) return KIND.MAP;
  if (value instanceof Set && passes(setSize, value)) return KIND.SET;
  if (isView(value)) return KIND.VIEW;
  if (value instanceof ArrayBuffer && passes(byteLengthOf, value)) return KIND.BUFFER;
  if (value instanceof SharedArrayBuffer && passes(sharedLengthOf, value)) return KIND.SHARED;
  if (value instanceof RegExp && passes(regExpSource, value)) return KIND.REGEXP;
  if (isDOMException(value)) return KIND.DOM_EXCEPTION;
  if (isError(value)) return KIND.ERROR;
  if (boxedValueOf(value) !== undefined) return KIND.BOXED;
  if (value instanceof Symbol) return KIND.SYMBOL;
  if (isPort(value)) return KIND.PORT;
  if (isBlob(value)) return KIND.BLOB;
  if (isKey(value)) return KIND.KEY;
  if (isKeyObject(value)) return KIND.KEY_OBJECT;
  if (isCertificate(value)) return KIND.CERTIFICATE;
  if (isBlockList(value)) return KIND.BLOCK_LIST;
  return instanceKind(value, prototype);
}

/** An instance of a class: of the platform, or the program's own, with its properties. */
function instanceKind(value, first) {
  let prototype = first;
  while (prototype !== null && prototype !== ObjectPrototype && prototype !== ArrayPrototype) {
    const tag = getOwnPropertyDescriptor(prototype, toStringTag);
    if (tag !== undefined && tag.writable === false) return KIND.PLATFORM;
    prototype = getPrototypeOf(prototype);
  }
  if (value instanceof WeakRef || value instanceof Promise) return KIND.PLATFORM;
  return KIND.INSTANCE;
}

/** The class of a typed array by its brand; `DataView` for the rest of the views. */
function viewName(view) {
  return typedArrayName.call(view) ?? "DataView";
}

/** The class an error is copied as, by its name. */
function errorClassName(error) {
  const name = String(error.name);
  return name in ERROR_CLASSES ? name : "Error";
}

/** The message an error was given, as text; `undefined` where it has none of its own. */
function errorMessage(error) {
  const message = getOwnPropertyDescriptor(error, "message");
  return message !== undefined && "value" in message ? String(message.value) : undefined;
}

/** An error of a class by name, with its own message and stack where they are strings. */
function makeClonedError(name, message, stack) {
  const copy = new ERROR_CLASSES[name in ERROR_CLASSES ? name : "Error"]();
  if (message !== undefined) Object.defineProperty(copy, "message", hidden(message));
  return withStack(copy, stack);
}

function hidden(value) {
  return { value, writable: true, enumerable: false, configurable: true };
}

function withStack(error, stack) {
  if (typeof stack === "string") Object.defineProperty(error, "stack", hidden(stack));
  return error;
}

/** A DOMException with the stack of the one it is a copy of. */
function makeClonedException(message, name, stack) {
  return withStack(new DOMException(message, name), stack);
}

module.exports = {
  KIND, kindOf, unboxed, viewName, errorClassName, errorMessage, makeClonedError,
  makeClonedException,
};
