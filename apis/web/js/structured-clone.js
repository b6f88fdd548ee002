"use strict";
// structuredClone: copies a graph of objects, keeping cycles and shared references. Types are told
// apart by brand, prototypes only choose which brand to try first.

const { DOMException } = require("web/dom-exception");
const { invalidArgument } = require("web/errors");

const {
  KIND, kindOf, unboxed, viewName, errorClassName, errorMessage, makeClonedError,
  makeClonedException,
} = require("web/clone-kinds");

const { defineProperty, getPrototypeOf, hasOwn, keys } = Object;
const { isArray } = Array;
const ARRAY_PROTOTYPE = Array.prototype;
const { iterator } = Symbol;
const ObjectPrototype = Object.prototype;

/** Named properties are looked for on arrays up to this length; listing keys is slow. */
const NAMED_KEYS_LENGTH_MAX = 65536;

const mapForEach = Map.prototype.forEach;
const setForEach = Set.prototype.forEach;

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

function cannotClone() {
  return new DOMException("The object can not be cloned.", "DataCloneError");
}

function isUncloneable(value) {
  return isAnyUncloneable && uncloneable.has(value);
}

/** A port that is part of a value and not of the transfer list. */
function unlistedPort() {
  const message = "Object that needs transfer was found in message but not listed in transferList";
  return new DOMException(message, "DataCloneError");
}

/** A port that exists has loaded its module. */
function isPort(value) {
  return !!require("runtime/prelude").loadedModule("web/message-port")?.isPort(value);
}

/** Whether a copy of a value is not the value, or cannot be made. */
function isReference(value) {
  return typeof value === "object" || typeof value === "function" || typeof value === "symbol";
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
    /** Whether what only this thread has is left out of the copy. */
    this.leavesThread = false;
  }

  clone(value) {
    if (typeof value !== "object" || value === null) {
      if (typeof value === "function" || typeof value === "symbol") throw cannotClone();
      return value;
    }
    const known = this.memory.get(value);
    if (known !== undefined) return known;
    if (isUncloneable(value)) throw cannotClone();
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
      setOwn(copy, name, this.item(value[name]));
    }
    return copy;
  }

  item(value) { return isReference(value) ? this.clone(value) : value; }

  array(value) {
    const { length } = value;
    const copy = [];
    this.memory.set(value, copy);
    // Another prototype may have items where this array has holes.
    const mayInherit = getPrototypeOf(value) !== ARRAY_PROTOTYPE;
    for (let index = 0; index < length; index++) {
      const item = value[index];
      if ((mayInherit || item === undefined) && !hasOwn(value, index)) continue;
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
    switch (kindOf(value)) {
      case KIND.DATE: return this.remember(value, new Date(Date.prototype.getTime.call(value)));
      case KIND.MAP: return this.map(value);
      case KIND.SET: return this.set(value);
      case KIND.VIEW: return this.view(value);
      case KIND.BUFFER: return this.buffer(value);
      case KIND.SHARED: return value;
      case KIND.REGEXP: return this.remember(value, new RegExp(value.source, value.flags));
      case KIND.DOM_EXCEPTION:
        return this.remember(value, makeClonedException(value.message, value.name, value.stack));
      case KIND.ERROR: return this.error(value);
      case KIND.BOXED: return this.remember(value, Object(unboxed(value)));
      case KIND.PORT: throw unlistedPort();
      case KIND.BLOB: return this.blob(value);
      case KIND.KEY: return this.remember(value, require("web/crypto/key").cloneKey(value));
      case KIND.KEY_OBJECT:
        return this.remember(value, require("node/crypto/keys").cloneKeyObject(value));
      case KIND.CERTIFICATE:
        return this.remember(value, new (require("node/crypto/certificate").X509Certificate)(
          value.raw));
      case KIND.BLOCK_LIST:
        if (this.leavesThread) return this.remember(value, {});
        return this.remember(value, require("node/net/block-list").shareBlockList(value));
      case KIND.INSTANCE: return this.plainObject(value);
      default: throw cannotClone();
    }
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
    const name = viewName(value);
    const View = globalThis[name];
    let span = this.spans?.get(value);
    if (span === undefined) {
      const length = name === "DataView" ? value.byteLength : value.length;
      span = { offset: value.byteOffset, length };
      this.spans?.set(value, span);
    }
    return this.remember(value, new View(buffer, span.offset, span.length));
  }

  error(value) {
    const copy = makeClonedError(errorClassName(value), errorMessage(value), value.stack);
    return this.remember(value, copy);
  }

  /** The copy of a Blob or File. */
  blob(value) {
    const { cloneBlob, externalOf } = require("web/blob");
    if (this.leavesThread && externalOf(value) !== null) return this.remember(value, {});
    return this.remember(value, cloneBlob(value));
  }
}

function transferList(options) {
  if (options === undefined || options === null) return [];
  if (typeof options !== "object" && typeof options !== "function") {
    throw new TypeError("Type error");
  }
  const { transfer } = options;
  if (transfer === undefined) return [];
  if (!isObject(transfer) || typeof transfer[iterator] !== "function") {
    throw invalidArgument("Optional options.transfer argument must be an iterable");
  }
  return [...transfer];
}

/** Throws where a list holds what cannot move; `refuse` makes the error of what never can. */
function checkTransfers(list, refuse) {
  const seen = new Set();
  for (const item of list) {
    if (typeof item !== "object" || item === null) throw refuse(item);
    if (untransferable.has(item)) {
      throw new DOMException("Cannot transfer object marked as untransferable", "DataCloneError");
    }
    if (isPort(item)) {
      if (seen.has(item)) {
        const message = "Transfer list contains duplicate MessagePort";
        throw new DOMException(message, "DataCloneError");
      }
      if (!require("web/message-port").isActive(item)) {
        const message = "MessagePort in transfer list is already detached";
        throw new DOMException(message, "DataCloneError");
      }
      seen.add(item);
      continue;
    }
    const kind = kindOf(item);
    if (kind === KIND.SHARED || (kind === KIND.BUFFER && item.detached)) throw cannotClone();
    if (kind !== KIND.BUFFER) throw refuse(item);
    if (seen.has(item)) {
      const message = "Transfer list contains duplicate ArrayBuffer";
      throw new DOMException(message, "DataCloneError");
    }
    seen.add(item);
  }
}

/** The copy of a plain object; what has been seen is kept only once it has an object in it. */
function plainCopy(value) {
  const copy = {};
  const names = keys(value);
  let cloner = null;
  for (let index = 0; index < names.length; index++) {
    const name = names[index];
    const item = value[name];
    if (cloner === null && isReference(item)) {
      cloner = new Cloner();
      cloner.memory.set(value, copy);
    }
    setOwn(copy, name, cloner === null ? item : cloner.item(item));
  }
  return copy;
}

/** Copies a value; buffers in `options.transfer` move instead. */
const { structuredClone } = {
  structuredClone(value, options = undefined) {
    if (arguments.length === 0) throw new TypeError("structuredClone requires 1 argument");
    if (options === undefined) {
      if (typeof value !== "object" || value === null) {
        if (typeof value === "function" || typeof value === "symbol") throw cannotClone();
        return value;
      }
      const isPlain = getPrototypeOf(value) === ObjectPrototype && !isUncloneable(value);
      if (isPlain) return plainCopy(value);
      return new Cloner().clone(value);
    }
    return cloneWithTransfer(value, transferList(options), refusedByClone).data;
  },
};

function refusedByClone(item) {
  if (typeof item !== "object" || item === null) return new TypeError("Type error");
  return cannotClone();
}

function refusedByPost() {
  return new DOMException("Found invalid value in transferList.", "DataCloneError");
}

/** Copies a value and moves what `transfers` lists: `{ data, ports }`. */
function cloneWithTransfer(value, transfers, refuse = refusedByPost, leavesThread = false) {
  checkTransfers(transfers, refuse);
  const cloner = new Cloner();
  cloner.leavesThread = leavesThread;
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
  structuredClone, cloneWithTransfer, transferList, checkTransfers, refusedByClone, refusedByPost,
  cannotClone, isUncloneable, unlistedPort,
  markAsUntransferable, isMarkedAsUntransferable, markAsUncloneable,
};
