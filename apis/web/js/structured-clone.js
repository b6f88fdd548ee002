"use strict";
// structuredClone: copies a graph of objects, keeping cycles and shared references. Types are told
// apart by brand, prototypes only choose which brand to try first.

const { DOMException, isDOMException } = require("web/dom-exception");
const { invalidArgument } = require("web/errors");

const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, hasOwn, keys } = Object;
const { isArray } = Array;
const { isView } = ArrayBuffer;
const { toStringTag, iterator } = Symbol;
const ObjectPrototype = Object.prototype;
const ArrayPrototype = Array.prototype;

/** Named properties are looked for on arrays up to this length; listing keys is slow. */
const NAMED_KEYS_LENGTH_MAX = 65536;

const getter = (prototype, name) => getOwnPropertyDescriptor(prototype, name).get;
const mapSize = getter(Map.prototype, "size");
const setSize = getter(Set.prototype, "size");
const mapForEach = Map.prototype.forEach;
const setForEach = Set.prototype.forEach;
const dateValue = Date.prototype.getTime;
const byteLengthOf = getter(ArrayBuffer.prototype, "byteLength");
const sharedLengthOf = getter(SharedArrayBuffer.prototype, "byteLength");
const typedArrayName = getter(getPrototypeOf(Uint8Array.prototype), toStringTag);
const regExpSource = getter(RegExp.prototype, "source");
const regExpFlags = getter(RegExp.prototype, "flags");
const isError = Error.isError ?? ((value) => value instanceof Error);

const ERROR_CLASSES = {
  Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError,
};
const BOXED = [
  [Number, Number.prototype.valueOf],
  [String, String.prototype.valueOf],
  [Boolean, Boolean.prototype.valueOf],
  [BigInt, BigInt.prototype.valueOf],
];

// What node:worker_threads has marked.
const untransferable = new WeakSet();
const uncloneable = new WeakSet();

const isObject = (value) =>
  typeof value === "function" || (typeof value === "object" && value !== null);

function markAsUntransferable(value) {
  if (isObject(value)) untransferable.add(value);
}

function isMarkedAsUntransferable(value) {
  return isObject(value) && untransferable.has(value);
}

let isAnyUncloneable = false;

function markAsUncloneable(value) {
  if (!isObject(value)) return;
  isAnyUncloneable = true;
  uncloneable.add(value);
}

const HIDDEN = { writable: true, enumerable: false, configurable: true };

function copyStack({ stack }, copy) {
  if (typeof stack === "string") defineProperty(copy, "stack", { value: stack, ...HIDDEN });
  return copy;
}

function cannotClone() {
  return new DOMException("The object can not be cloned.", "DataCloneError");
}

/** Whether a brand check passes: `probe` throws on other objects. */
function passes(probe, value) {
  try {
    probe.call(value);
    return true;
  } catch {
    return false;
  }
}

/** A port that exists has loaded its module. */
function isPort(value) {
  return !!require("runtime/prelude").loadedModule("web/message-port")?.isPort(value);
}

function setOwn(target, key, value) {
  if (key === "__proto__") {
    defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    target[key] = value;
  }
}

class Cloner {
  constructor() {
    /** Clones by original; also holds what was transferred. */
    this.memory = new Map();
    /** Where views lie in their buffers, seen before any buffer moved. */
    this.spans = null;
  }

  clone(value) {
    if (typeof value !== "object" || value === null) {
      if (typeof value === "function" || typeof value === "symbol") throw cannotClone();
      return value;
    }
    const known = this.memory.get(value);
    if (known !== undefined) return known;
    if (isAnyUncloneable && uncloneable.has(value)) throw cannotClone();
    const prototype = getPrototypeOf(value);
    if (prototype === ObjectPrototype || prototype === null) return this.plainObject(value);
    if (isArray(value)) return this.array(value);
    return this.special(value);
  }

  remember(value, copy) {
    this.memory.set(value, copy);
    return copy;
  }

  plainObject(value) {
    const copy = {};
    this.memory.set(value, copy);
    const names = keys(value);
    for (let index = 0; index < names.length; index++) {
      const name = names[index];
      const item = value[name];
      setOwn(copy, name, typeof item === "object" || typeof item === "function" ||
        typeof item === "symbol" ? this.clone(item) : item);
    }
    return copy;
  }

  array(value) {
    const { length } = value;
    const copy = [];
    this.memory.set(value, copy);
    for (let index = 0; index < length; index++) {
      const item = value[index];
      if (item === undefined && !hasOwn(value, index)) continue;
      copy[index] = this.clone(item);
    }
    copy.length = length;
    if (length <= NAMED_KEYS_LENGTH_MAX) this.namedKeys(value, copy, length);
    return copy;
  }

  namedKeys(value, copy, length) {
    const names = keys(value);
    if (names.length === 0 || names[names.length - 1] === String(length - 1)) return;
    for (const name of names) {
      if (!hasOwn(copy, name)) setOwn(copy, name, this.clone(value[name]));
    }
  }

  special(value) {
    if (value instanceof Date && passes(dateValue, value)) {
      return this.remember(value, new Date(dateValue.call(value)));
    }
    if (value instanceof Map && passes(mapSize, value)) return this.map(value);
    if (value instanceof Set && passes(setSize, value)) return this.set(value);
    if (isView(value)) return this.view(value);
    if (value instanceof ArrayBuffer && passes(byteLengthOf, value)) return this.buffer(value);
    if (value instanceof SharedArrayBuffer && passes(sharedLengthOf, value)) return value;
    if (value instanceof RegExp && passes(regExpSource, value)) {
      return this.remember(value, new RegExp(regExpSource.call(value), regExpFlags.call(value)));
    }
    if (isDOMException(value)) {
      const copy = this.remember(value, new DOMException(value.message, value.name));
      return copyStack(value, copy);
    }
    if (isError(value)) return this.error(value);
    for (const [constructor, valueOf] of BOXED) {
      if (value instanceof constructor && passes(valueOf, value)) {
        return this.remember(value, Object(valueOf.call(value)));
      }
    }
    if (value instanceof Symbol) throw cannotClone();
    if (isPort(value)) {
      const message = "Object that needs transfer was found in message but not listed in " +
        "transferList";
      throw new DOMException(message, "DataCloneError");
    }
    return this.blob(value) ?? this.cryptoKey(value) ?? this.instance(value);
  }

  map(value) {
    const copy = this.remember(value, new Map());
    const entries = [];
    mapForEach.call(value, (item, key) => { entries.push(key, item); });
    for (let index = 0; index < entries.length; index += 2) {
      copy.set(this.clone(entries[index]), this.clone(entries[index + 1]));
    }
    return copy;
  }

  set(value) {
    const copy = this.remember(value, new Set());
    const items = [];
    setForEach.call(value, (item) => { items.push(item); });
    for (const item of items) copy.add(this.clone(item));
    return copy;
  }

  buffer(value) {
    if (value.detached) throw cannotClone();
    if (!value.resizable) return this.remember(value, value.slice(0));
    const { byteLength, maxByteLength } = value;
    const copy = new ArrayBuffer(byteLength, { maxByteLength });
    new Uint8Array(copy).set(new Uint8Array(value));
    return this.remember(value, copy);
  }

  view(value) {
    const buffer = this.clone(value.buffer);
    const name = typedArrayName.call(value);
    const View = name === undefined ? DataView : globalThis[name];
    let span = this.spans?.get(value);
    if (span === undefined) {
      const length = name === undefined ? value.byteLength : value.length;
      span = { offset: value.byteOffset, length };
      this.spans?.set(value, span);
    }
    return this.remember(value, new View(buffer, span.offset, span.length));
  }

  error(value) {
    const name = String(value.name);
    const copy = new (hasOwn(ERROR_CLASSES, name) ? ERROR_CLASSES[name] : Error)();
    this.memory.set(value, copy);
    const message = getOwnPropertyDescriptor(value, "message");
    if (message !== undefined && "value" in message) {
      defineProperty(copy, "message", { value: String(message.value), ...HIDDEN });
    }
    return copyStack(value, copy);
  }

  /** The copy of a CryptoKey; `undefined` for anything else. */
  cryptoKey(value) {
    const copy = require("runtime/prelude").loadedModule("web/crypto/key")?.cloneKey(value);
    return copy === undefined ? undefined : this.remember(value, copy);
  }

  /** The copy of a Blob or File; `undefined` for anything else. */
  blob(value) {
    const loaded = require("runtime/prelude").loadedModule("web/blob");
    if (loaded === undefined || !loaded.isBlob(value)) return undefined;
    return this.remember(value, loaded.cloneBlob(value));
  }

  /** An instance of a class: its own properties, unless the class is one of the platform. */
  instance(value) {
    let prototype = getPrototypeOf(value);
    while (prototype !== null && prototype !== ObjectPrototype && prototype !== ArrayPrototype) {
      const tag = getOwnPropertyDescriptor(prototype, toStringTag);
      if (tag !== undefined && tag.writable === false) throw cannotClone();
      prototype = getPrototypeOf(prototype);
    }
    if (value instanceof WeakRef || value instanceof Promise) throw cannotClone();
    return this.plainObject(value);
  }
}

function transferList(options) {
  if (options === undefined || options === null) return [];
  if (typeof options !== "object" && typeof options !== "function") {
    throw new TypeError("Type error");
  }
  const { transfer } = options;
  if (transfer === undefined) return [];
  if (transfer === null || typeof transfer[iterator] !== "function") {
    throw invalidArgument("Optional options.transfer argument must be an iterable");
  }
  return [...transfer];
}

function checkTransfers(list) {
  const seen = new Set();
  for (const item of list) {
    if (typeof item !== "object" || item === null) throw new TypeError("Type error");
    if (untransferable.has(item)) {
      throw new DOMException("Cannot transfer object marked as untransferable", "DataCloneError");
    }
    if (isPort(item)) {
      if (seen.has(item) || !require("web/message-port").isAttached(item)) throw cannotClone();
      seen.add(item);
      continue;
    }
    if (!(item instanceof ArrayBuffer) || !passes(byteLengthOf, item)) throw cannotClone();
    if (item.detached) throw cannotClone();
    if (seen.has(item)) {
      const message = "Transfer list contains duplicate ArrayBuffer";
      throw new DOMException(message, "DataCloneError");
    }
    seen.add(item);
  }
}

/** Copies a value; buffers in `options.transfer` move instead. */
function structuredClone(value, options = undefined) {
  if (arguments.length === 0) throw new TypeError("structuredClone requires 1 argument");
  if (options === undefined) {
    if (typeof value !== "object" || value === null) {
      if (typeof value === "function" || typeof value === "symbol") throw cannotClone();
      return value;
    }
    return new Cloner().clone(value);
  }
  return cloneWithTransfer(value, transferList(options)).data;
}

/** Copies a value and moves what `transfers` lists: `{ data, ports }`. */
function cloneWithTransfer(value, transfers) {
  checkTransfers(transfers);
  const cloner = new Cloner();
  const ports = [];
  if (transfers.length > 0) {
    // A value that cannot be cloned must leave every buffer where it is.
    const rehearsal = new Cloner();
    rehearsal.spans = new Map();
    for (const item of transfers) if (isPort(item)) rehearsal.memory.set(item, item);
    rehearsal.clone(value);
    cloner.spans = rehearsal.spans;
  }
  for (const item of transfers) {
    const moved = isPort(item) ? require("web/message-port").movePort(item) : item.transfer();
    if (isPort(moved)) ports.push(moved);
    cloner.memory.set(item, moved);
  }
  return { data: cloner.clone(value), ports };
}

defineProperty(structuredClone, "length", { value: 2, configurable: true });

module.exports = {
  structuredClone, cloneWithTransfer, transferList,
  markAsUntransferable, isMarkedAsUntransferable, markAsUncloneable,
};
