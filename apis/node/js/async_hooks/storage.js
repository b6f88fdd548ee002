// AsyncLocalStorage: values that follow a program's asynchronous work.
//
// The context, `asyncContext.current`, is undefined or an array of storages and values, two by
// two. It is copied before it is changed, because continuations that captured it share it; only
// `disable` writes into it, so that those continuations see it too, as in Node.
"use strict";

const { Object } = globalThis;
const asyncContext = require("runtime/async-context");
const { expectFunction, invalidType } = require("node/errors");

const DISPOSE = Symbol.dispose;

// Where a storage's value lies in a context, or -1.
function placeOf(context, storage) {
  for (let index = 0; index < context.length; index += 2) {
    if (context[index] === storage) return index + 1;
  }
  return -1;
}

// A context like the one given, with a value for one storage.
function including(context, storage, value) {
  if (context === undefined) return [storage, value];
  const made = [];
  let isPlaced = false;
  for (let index = 0; index < context.length; index += 2) {
    const key = context[index];
    // The place of a storage that was disabled.
    if (key === undefined) continue;
    if (key === storage) isPlaced = true;
    made.push(key, key === storage ? value : context[index + 1]);
  }
  if (!isPlaced) made.push(storage, value);
  return made;
}

function excluding(context, storage) {
  const made = [];
  for (let index = 0; index < context.length; index += 2) {
    const key = context[index];
    if (key !== undefined && key !== storage) made.push(key, context[index + 1]);
  }
  return made.length === 0 ? undefined : made;
}

// What `run` leaves behind where its callback has entered other contexts: those, but with the
// storage as it was before.
function restored(left, before, storage) {
  const place = before === undefined ? -1 : placeOf(before, storage);
  if (place >= 0) return including(left, storage, before[place]);
  return left === undefined ? undefined : excluding(left, storage);
}

let isEnabled = false;

// From here on promise reactions carry the context.
function enable() {
  if (isEnabled) return;
  isEnabled = true;
  asyncContext.enable();
}

class AsyncLocalStorage {
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
    asyncContext.current = including(asyncContext.current, this, store);
  }

  exit(callback, ...parameters) {
    return this.run(undefined, callback, ...parameters);
  }

  run(store, callback, ...parameters) {
    // A context that is there already need not be made again.
    if (Object.is(this.#store(), store)) return callback(...parameters);
    const before = asyncContext.current;
    const context = including(before, this, store);
    asyncContext.current = context;
    try {
      return callback(...parameters);
    } finally {
      const left = asyncContext.current;
      asyncContext.current = left === context ? before : restored(left, before, this);
    }
  }

  disable() {
    const context = asyncContext.current;
    if (context === undefined) return;
    const place = placeOf(context, this);
    if (place < 0) return;
    context[place - 1] = undefined;
    context[place] = undefined;
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
    if (context[0] === this) return context[1];
    const place = placeOf(context, this);
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

module.exports = { AsyncLocalStorage, enable };
