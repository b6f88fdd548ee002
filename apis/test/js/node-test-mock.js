// The mocks of node:test: functions, methods, getters, setters, properties and timers.
"use strict";

const { Map, Object, Proxy, Reflect } = globalThis;

// Runs a call of a mock; set by the class below.
let perform;

class MockFunctionContext {
  #calls = [];
  #implementation;
  #once = new Map();
  #restore;
  #times;
  #original;

  constructor(original, implementation, { times = Infinity } = {}, restore = () => {}) {
    this.#original = original;
    this.#implementation = implementation;
    this.#times = times;
    this.#restore = restore;
  }

  get calls() {
    return this.#calls.slice();
  }

  callCount() {
    return this.#calls.length;
  }

  mockImplementation(implementation) {
    this.#implementation = implementation;
  }

  mockImplementationOnce(implementation, onCall = this.#calls.length) {
    this.#once.set(onCall, implementation);
  }

  resetCalls() {
    this.#calls = [];
  }

  restore() {
    this.#implementation = this.#original;
    this.#once.clear();
    this.#restore();
  }

  static {
    perform = (context, receiver, parameters, target) => context.#perform(
      receiver, parameters, target);
  }

  #perform(receiver, parameters, target) {
    const call = {
      arguments: parameters, error: undefined, result: undefined, stack: new Error(),
      target, this: receiver,
    };
    const number = this.#calls.length;
    const implementation = this.#once.get(number) ??
      (number < this.#times ? this.#implementation : this.#original);
    this.#once.delete(number);
    try {
      call.result = target === undefined
        ? Reflect.apply(implementation, receiver, parameters)
        : Reflect.construct(implementation, parameters, target);
      if (target !== undefined) call.this = call.result;
      return call.result;
    } catch (error) {
      call.error = error;
      throw error;
    } finally {
      this.#calls.push(call);
    }
  }
}

// A property whose reads and writes are kept and, once or for good, answered otherwise.
class MockPropertyContext {
  #object;
  #name;
  #original;
  #value;
  #once = new Map();
  #accesses = [];

  constructor(object, name, ...values) {
    const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, validateObject } = errors();
    validateObject(object, "object");
    if (typeof name !== "string" && typeof name !== "symbol") {
      throw ERR_INVALID_ARG_TYPE("propertyName", ["string", "symbol"], name);
    }
    const original = Object.getOwnPropertyDescriptor(object, name);
    if (original === undefined) {
      throw ERR_INVALID_ARG_VALUE("propertyName", name, "is not a property of the object");
    }
    this.#object = object;
    this.#name = name;
    this.#original = original;
    this.#value = values.length > 0 ? values[0] : object[name];
    Object.defineProperty(object, name, {
      configurable: original.configurable,
      enumerable: original.enumerable,
      get: () => this.#access("get", this.#value),
      set: (value) => { this.mockImplementation(value); },
    });
  }

  #access(type, proposed) {
    const number = this.#accesses.length;
    const value = this.#once.has(number) ? this.#once.get(number) : proposed;
    this.#once.delete(number);
    this.#accesses.push({ type, value, stack: new Error() });
    return value;
  }

  get accesses() {
    return this.#accesses.slice();
  }

  accessCount() {
    return this.#accesses.length;
  }

  mockImplementation(value) {
    const { writable, set } = this.#original;
    if (!writable && set === undefined && !this.#original.get) {
      throw errors().ERR_INVALID_ARG_VALUE("propertyName", this.#name, "cannot be set");
    }
    this.#value = this.#access("set", value);
  }

  mockImplementationOnce(value, onAccess = this.#accesses.length) {
    errors().validateInteger(onAccess, "onAccess", this.#accesses.length);
    this.#once.set(onAccess, value);
  }

  resetAccesses() {
    this.#accesses = [];
  }

  restore() {
    this.#once.clear();
    Object.defineProperty(this.#object, this.#name, this.#original);
  }
}

const errors = () => require("node/errors");

function makeMock(original, context) {
  return new Proxy(original, {
    apply(target, receiver, parameters) {
      return perform(context, receiver, parameters, undefined);
    },
    construct(target, parameters, newTarget) {
      return perform(context, undefined, parameters, newTarget);
    },
    get(target, name, receiver) {
      return name === "mock" ? context : Reflect.get(target, name, receiver);
    },
  });
}

function findDescriptor(object, name) {
  for (let holder = object; holder !== null; holder = Object.getPrototypeOf(holder)) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, name);
    if (descriptor !== undefined) return descriptor;
  }
  return undefined;
}

function invalid(name, what, value) {
  const error = new TypeError(`The argument '${name}' ${what}. Received ${String(value)}`);
  error.code = "ERR_INVALID_ARG_VALUE";
  return error;
}

class MockTimers {
  enable(options = {}) {
    const { apis = ["Date", "setTimeout", "setInterval", "setImmediate"], now = 0 } = options;
    const timers = require("test/fake-timers");
    if (timers.isFakeTimers()) {
      const error = new Error("MockTimers is already enabled!");
      error.code = "ERR_INVALID_STATE";
      throw error;
    }
    timers.useFakeTimers({ now: apis.includes("Date") ? now : undefined });
  }

  tick(milliseconds = 1) { require("test/fake-timers").advanceTimersByTime(milliseconds); }
  runAll() { require("test/fake-timers").runAllTimers(); }
  setTime(milliseconds) { require("test/fake-timers").setSystemTime(milliseconds); }

  reset() {
    const timers = require("test/fake-timers");
    if (timers.isFakeTimers()) timers.useRealTimers();
  }

  [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() { this.reset(); }
}

class MockTracker {
  #contexts = [];
  #timers;

  get timers() {
    this.#timers ??= new MockTimers();
    return this.#timers;
  }

  fn(original, implementation, options) {
    original ??= function () {};
    implementation ??= original;
    options ??= {};
    if (typeof implementation === "object") [options, implementation] = [implementation, original];
    return this.#make(original, implementation, options, () => {});
  }

  #make(original, implementation, options, restore) {
    const context = new MockFunctionContext(original, implementation, options, restore);
    this.#contexts.push(context);
    return makeMock(original, context);
  }

  method(object, name, implementation, options) {
    options ??= {};
    if (typeof implementation === "object") {
      [options, implementation] = [implementation ?? {}, undefined];
    }
    const { getter = false, setter = false } = options;
    const descriptor = findDescriptor(object, name);
    const kind = getter ? "get" : setter ? "set" : "value";
    const original = descriptor?.[kind];
    if (typeof original !== "function") throw invalid("methodName", "must be a method", original);
    const own = Object.getOwnPropertyDescriptor(object, name);
    const mock = this.#make(original, implementation ?? original, options, () => {
      if (own === undefined) delete object[name];
      else Object.defineProperty(object, name, own);
    });
    Object.defineProperty(object, name, { ...descriptor, [kind]: mock, configurable: true });
    return mock;
  }

  getter(object, name, implementation, options) {
    return this.#accessor("getter", object, name, implementation, options);
  }

  setter(object, name, implementation, options) {
    return this.#accessor("setter", object, name, implementation, options);
  }

  #accessor(kind, object, name, implementation, options) {
    if (typeof implementation === "object") {
      [options, implementation] = [implementation, undefined];
    }
    return this.method(object, name, implementation, { ...options, [kind]: true });
  }

  property(object, name, value) {
    const values = arguments.length > 2 ? [value] : [];
    const context = new MockPropertyContext(object, name, ...values);
    this.#contexts.push(context);
    return new Proxy(object, {
      get(target, name, receiver) {
        return name === "mock" ? context : Reflect.get(target, name, receiver);
      },
    });
  }

  module() {
    throw require("test/node-test-refusals").inTheInterim("mock.module()");
  }

  reset() {
    this.restoreAll();
    this.#timers?.reset();
    this.#contexts = [];
  }

  restoreAll() {
    for (const context of this.#contexts) context.restore();
    this.#timers?.reset();
  }
}

module.exports = { MockFunctionContext, MockTimers, MockTracker };
