// AsyncLocalStorage: values that follow a program's asynchronous work.
//
// The context, `asyncContext.current`, is undefined or an array of keys and values, two by two. It
// is never changed, because continuations that captured it share it. A storage that is disabled
// takes a new key, so that no context holds a value of it any more.
"use strict";

const { Object } = globalThis;
const asyncContext = require("runtime/async-context");
const { expectFunction, invalidType } = require("node/errors");

const DISPOSE = Symbol.dispose;

// Where a key's value lies in a context, or -1.
function placeOf(context, key) {
  for (let index = 0; index < context.length; index += 2) {
    if (context[index] === key) return index + 1;
  }
  return -1;
}

// A context like the one given, with a value for one key.
function including(context, key, value) {
  if (context === undefined) return [key, value];
  const place = placeOf(context, key);
  if (place < 0) return [...context, key, value];
  return context.with(place, value);
}

function excluding(context, key) {
  const place = placeOf(context, key);
  if (place < 0) return context;
  return context.length === 2 ? undefined : context.toSpliced(place - 1, 2);
}

// What `run` leaves behind where its callback has entered other contexts: those, but with the
// key as it was before.
function restored(left, before, key) {
  const place = before === undefined ? -1 : placeOf(before, key);
  if (place >= 0) return including(left, key, before[place]);
  return left === undefined ? undefined : excluding(left, key);
}

let isEnabled = false;

// From here on promise reactions carry the context.
function enable() {
  if (isEnabled) return;
  isEnabled = true;
  asyncContext.enable();
}

class AsyncLocalStorage {
  #key = {};
  #defaultValue = undefined;
  #name = undefined;

  constructor(options) {
    if (options !== undefined) {
      if (options === null || typeof options !== "object") {
        throw invalidType("options", "of type object", options);
      }
      this.#defaultValue = options.defaultValue;
      const { name } = options;
      if (name !== undefined) this.#name = `${name}`;
    }
    enable();
  }

  static bind(callback, ...parameters) {
    expectFunction(callback, "fn");
    return this.snapshot().bind(null, callback, ...parameters);
  }

  static snapshot() {
    const context = asyncContext.current;
    return (callback, ...parameters) => {
      const before = asyncContext.current;
      asyncContext.current = context;
      try {
        return callback(...parameters);
      } finally {
        asyncContext.current = before;
      }
    };
  }

  enterWith(store) {
    asyncContext.current = including(asyncContext.current, this.#key, store);
  }

  exit(callback, ...parameters) {
    return this.run(undefined, callback, ...parameters);
  }

  run(store, callback, ...parameters) {
    // A context that is there already need not be made again.
    if (Object.is(this.#store(), store)) return callback(...parameters);
    const before = asyncContext.current;
    const context = including(before, this.#key, store);
    asyncContext.current = context;
    try {
      return callback(...parameters);
    } finally {
      const left = asyncContext.current;
      asyncContext.current = left === context ? before : restored(left, before, this.#key);
    }
  }

  disable() {
    this.#key = {};
  }

  get name() {
    return this.#name || "";
  }

  getStore() {
    return this.#store();
  }

  #store() {
    const context = asyncContext.current;
    if (context === undefined) return this.#defaultValue;
    if (context[0] === this.#key) return context[1];
    const place = placeOf(context, this.#key);
    return place < 0 ? this.#defaultValue : context[place];
  }

  withScope(store) {
    return new RunScope(this, store);
  }

  // What Node's own modules call; nothing to be done here.
  _enable() {}
  _propagate(_resource, _triggerResource, _type) {}
}

// Enters a context until it is disposed of.
class RunScope {
  #storage;
  #before;
  #isDisposed = false;

  constructor(storage, store) {
    this.#storage = storage;
    this.#before = storage.getStore();
    storage.enterWith(store);
  }

  dispose() {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#storage.enterWith(this.#before);
  }

  [DISPOSE]() {
    this.dispose();
  }
}

// How many of createHook's hooks are enabled.
const hooks = { enabled: 0 };

module.exports = { AsyncLocalStorage, enable, hooks };
