// The part of EventEmitter that `process` and its streams need: Node's semantics, without what
// only node:events offers.
"use strict";

const { coded } = require("node/errors");
const { Object, Reflect, Symbol } = globalThis;

const LISTENERS = Symbol("listeners");
const MAX_LISTENERS = Symbol("maxListeners");
const DEFAULT_MAX_LISTENERS = 10;

// What Bun's native emitter says, whichever method was called.
function expectListener(listener) {
  if (typeof listener === "function") return;
  const text = "Argument 2 ('listener') to EventEmitter.addListener must be an object";
  throw coded(new TypeError(text), "ERR_INVALID_ARG_TYPE");
}

class Emitter {
  constructor() {
    this[LISTENERS] = Object.create(null);
  }

  addListener(name, listener) { return add(this, name, listener, false); }
  prependListener(name, listener) { return add(this, name, listener, true); }
  once(name, listener) { return add(this, name, onceWrapper(this, name, listener), false); }

  prependOnceListener(name, listener) {
    return add(this, name, onceWrapper(this, name, listener), true);
  }

  removeListener(name, listener) {
    const list = this[LISTENERS][name];
    if (list === undefined) return this;
    for (let index = list.length - 1; index >= 0; index--) {
      const entry = list[index];
      if (entry !== listener && entry.listener !== listener) continue;
      if (list.length === 1) delete this[LISTENERS][name];
      else this[LISTENERS][name] = list.toSpliced(index, 1);
      this.listenerRemoved(name);
      if (this[LISTENERS].removeListener !== undefined) {
        this.emit("removeListener", name, entry.listener ?? entry);
      }
      break;
    }
    return this;
  }

  removeAllListeners(name) {
    const names = name === undefined ? Reflect.ownKeys(this[LISTENERS]) : [name];
    for (const each of names) {
      for (const listener of (this[LISTENERS][each] ?? []).toReversed()) {
        this.removeListener(each, listener);
      }
    }
    return this;
  }

  emit(name, ...parameters) {
    const list = this[LISTENERS][name];
    if (list === undefined) {
      if (name !== "error") return false;
      throw parameters[0] instanceof Error
        ? parameters[0]
        : new Error(`Unhandled error. (${String(parameters[0])})`);
    }
    for (let index = 0; index < list.length; index++) {
      Reflect.apply(list[index], this, parameters);
    }
    return true;
  }

  eventNames() { return Reflect.ownKeys(this[LISTENERS]); }
  listenerCount(name) { return this[LISTENERS][name]?.length ?? 0; }

  listeners(name) {
    return (this[LISTENERS][name] ?? []).map((entry) => entry.listener ?? entry);
  }

  rawListeners(name) { return (this[LISTENERS][name] ?? []).slice(); }

  setMaxListeners(count) {
    this[MAX_LISTENERS] = count;
    return this;
  }

  getMaxListeners() { return this[MAX_LISTENERS] ?? DEFAULT_MAX_LISTENERS; }

  // For subclasses: a name has got its first, or lost a listener.
  listenerAdded(_name) {}
  listenerRemoved(_name) {}
}

function add(emitter, name, listener, first) {
  expectListener(listener);
  const lists = emitter[LISTENERS];
  if (lists.newListener !== undefined) {
    emitter.emit("newListener", name, listener.listener ?? listener);
  }
  const list = lists[name];
  if (list === undefined) lists[name] = [listener];
  else lists[name] = first ? [listener, ...list] : [...list, listener];
  if (list === undefined) emitter.listenerAdded(name);
  return emitter;
}

function onceWrapper(emitter, name, listener) {
  expectListener(listener);
  function wrapper() {
    emitter.removeListener(name, wrapper);
    return Reflect.apply(listener, emitter, arguments);
  }
  wrapper.listener = listener;
  return wrapper;
}

Emitter.prototype.on = Emitter.prototype.addListener;
Emitter.prototype.off = Emitter.prototype.removeListener;
for (const name of ["listenerAdded", "listenerRemoved"]) {
  Object.defineProperty(Emitter.prototype, name, { enumerable: false });
}

module.exports = { Emitter, LISTENERS };
