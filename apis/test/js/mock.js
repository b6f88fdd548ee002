// Mock functions: mock(), spyOn(), and the objects jest and vi.
//
// A mock is a function that records its calls. What it does when called is, in order of
// preference: the next implementation given for once, the implementation, nothing. A spy stands in
// for a property of an object until it is restored.
"use strict";

const { Object, Promise, Reflect, Set, Symbol, WeakMap } = globalThis;

const states = new WeakMap();
// Mocks and spies that restoreAllMocks, clearAllMocks and resetAllMocks are about.
const all = new Set();
const spies = new Set();
let lastOrder = 0;

class State {
  constructor(implementation) {
    this.implementation = implementation;
    this.original = implementation;
    this.once = [];
    this.name = nameOf(implementation);
    // Puts a spied property back; undefined for mocks.
    this.restore = undefined;
    this.clear();
  }

  clear() {
    const calls = [];
    const contexts = [];
    const instances = [];
    const results = [];
    const invocationCallOrder = [];
    this.record = { calls, contexts, instances, results, invocationCallOrder };
    Object.defineProperty(this.record, "lastCall", {
      enumerable: true,
      configurable: true,
      get: () => calls[calls.length - 1],
    });
  }
}

// The name of a function, "" where reading it fails.
function nameOf(value) {
  if (typeof value !== "function") return "";
  try {
    const { name } = value;
    return typeof name === "string" ? name : "";
  } catch {
    return "";
  }
}

// What an implementation may be besides a function of the program.
class ReturnValue {
  constructor(value) {
    this.value = value;
  }
}
class RejectedValue {
  constructor(value) {
    this.value = value;
  }
}
class ResolvedValue {
  constructor(value) {
    this.value = value;
  }
}
const RETURN_THIS = Symbol("this");

function perform(implementation, receiver, parameters, newTarget) {
  if (implementation === undefined) return undefined;
  if (implementation === RETURN_THIS) return receiver;
  if (implementation instanceof ReturnValue) return implementation.value;
  if (implementation instanceof ResolvedValue) return Promise.resolve(implementation.value);
  if (implementation instanceof RejectedValue) return Promise.reject(implementation.value);
  if (newTarget !== undefined && isConstructor(implementation)) {
    return Reflect.construct(implementation, parameters, newTarget);
  }
  return Reflect.apply(implementation, receiver, parameters);
}

function isConstructor(value) {
  try {
    Reflect.construct(Object, [], value);
    return true;
  } catch {
    return false;
  }
}

function called(state, receiver, parameters, newTarget) {
  const { record } = state;
  record.calls.push(parameters);
  record.contexts.push(receiver);
  if (newTarget !== undefined) record.instances.push(receiver);
  record.invocationCallOrder.push(++lastOrder);
  const index = record.results.length;
  record.results.push({ type: "incomplete", value: undefined });
  const implementation = state.once.length > 0 ? state.once.shift() : state.implementation;
  try {
    const value = perform(implementation, receiver, parameters, newTarget);
    record.results[index] = { type: "return", value };
    return value;
  } catch (error) {
    record.results[index] = { type: "throw", value: error };
    throw error;
  }
}

const isObject = (value) =>
  (typeof value === "object" && value !== null) || typeof value === "function";

function makeMock(implementation) {
  const state = new State(implementation);
  const mocked = function (...parameters) {
    if (new.target === undefined) return called(state, this, parameters, undefined);
    const made = called(state, this, parameters, new.target);
    if (!isObject(made)) return this;
    const { instances, contexts } = state.record;
    if (instances.length > 0) instances[instances.length - 1] = made;
    if (contexts.length > 0) contexts[contexts.length - 1] = made;
    return made;
  };
  const isFunction = typeof implementation === "function";
  const describe = (name, value) =>
    Object.defineProperty(mocked, name, { value, configurable: true });
  describe("name", isFunction ? state.name : "mockConstructor");
  describe("length", isFunction ? implementation.length : 0);
  Object.setPrototypeOf(mocked, MockPrototype);
  states.set(mocked, state);
  all.add(state);
  return mocked;
}

function stateOf(mocked) {
  const state = states.get(mocked);
  if (state !== undefined) return state;
  const error = new TypeError("Expected this to be instanceof Mock");
  error.code = "ERR_INVALID_THIS";
  throw error;
}

// ---- Methods ---------------------------------------------------------------------------------

function checkImplementation(implementation) {
  if (typeof implementation === "function" || implementation === undefined) return;
  throw new TypeError("Expected implementation to be a function");
}

function restoreSoon(state, callback, before) {
  const result = callback();
  const back = () => { state.implementation = before; };
  if (isObject(result) && typeof result.then === "function") {
    return Promise.resolve(result).then(() => { back(); }, (error) => { back(); throw error; });
  }
  back();
  return undefined;
}

const methods = {
  getMockImplementation() {
    const { implementation } = stateOf(this);
    return typeof implementation === "function" ? implementation : undefined;
  },
  getMockName() {
    return stateOf(this).name;
  },
  mockClear() {
    stateOf(this).clear();
    return this;
  },
  mockReset() {
    const state = stateOf(this);
    state.clear();
    state.implementation = undefined;
    state.once = [];
    return this;
  },
  mockRestore() {
    const state = stateOf(this);
    restoreState(state);
    return this;
  },
  mockImplementation(implementation) {
    checkImplementation(implementation);
    stateOf(this).implementation = implementation;
    return this;
  },
  mockImplementationOnce(implementation) {
    checkImplementation(implementation);
    stateOf(this).once.push(implementation);
    return this;
  },
  withImplementation(implementation, callback = arguments[1]) {
    const state = stateOf(this);
    checkImplementation(implementation);
    const before = state.implementation;
    state.implementation = implementation;
    try {
      return restoreSoon(state, callback, before);
    } catch (error) {
      state.implementation = before;
      throw error;
    }
  },
  mockName(name) {
    const state = stateOf(this);
    if (!name) return this;
    state.name = String(name);
    Object.defineProperty(this, "name", { value: state.name, configurable: true });
    return this;
  },
  mockReturnThis() {
    stateOf(this).implementation = RETURN_THIS;
    return this;
  },
};

const VALUES = {
  mockReturnValue: ReturnValue,
  mockResolvedValue: ResolvedValue,
  mockRejectedValue: RejectedValue,
};
for (const name of Object.keys(VALUES)) {
  const Made = VALUES[name];
  methods[name] = {
    [name](value) {
      stateOf(this).implementation = new Made(value);
      return this;
    },
  }[name];
  const once = `${name}Once`;
  methods[once] = {
    [once](value) {
      stateOf(this).once.push(new Made(value));
      return this;
    },
  }[once];
}

const MockPrototype = Object.create(Function.prototype);
const LENGTHS = { getMockImplementation: 0, getMockName: 0, mockClear: 0, mockReset: 0,
  mockRestore: 0 };
const ORDER = [
  "getMockImplementation", "getMockName", "mockClear", "mockReset", "mockRestore",
  "mockImplementation", "mockImplementationOnce", "withImplementation", "mockName",
  "mockReturnThis", "mockReturnValue", "mockReturnValueOnce", "mockResolvedValue",
  "mockResolvedValueOnce", "mockRejectedValue", "mockRejectedValueOnce",
];
Object.defineProperties(MockPrototype, {
  mock: {
    configurable: true,
    enumerable: true,
    get() { return stateOf(this).record; },
  },
  _protoImpl: {
    configurable: true,
    enumerable: true,
    get() { return stateOf(this).implementation; },
  },
});
for (const name of ORDER) {
  Object.defineProperty(methods[name], "length", { value: LENGTHS[name] ?? 1 });
  Object.defineProperty(MockPrototype, name, {
    value: methods[name], configurable: true, enumerable: true, writable: true,
  });
}
Object.defineProperty(MockPrototype, "_isMockFunction", { value: true });
Object.defineProperty(MockPrototype, Symbol.toStringTag, { value: "Function" });
Object.defineProperty(MockPrototype, Symbol.dispose ?? Symbol.for("Symbol.dispose"), {
  configurable: true,
  writable: true,
  value: methods.mockRestore,
});

// ---- Spies -----------------------------------------------------------------------------------

function findProperty(object, key) {
  for (let holder = object; holder !== null; holder = Object.getPrototypeOf(holder)) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, key);
    if (descriptor !== undefined) return descriptor;
  }
  return undefined;
}

function spyOn(target, key) {
  if (!isObject(target)) {
    throw new TypeError("spyOn(target, prop) expects a target object and a property key");
  }
  if (key === undefined || key === null) {
    throw new TypeError("spyOn(target, prop) expects a property key");
  }
  const descriptor = findProperty(target, key);
  if (descriptor !== undefined && states.has(descriptor.value)) return descriptor.value;
  if (descriptor?.get !== undefined || descriptor?.set !== undefined) {
    const value = target[key];
    if (states.has(value)) return value;
    if (typeof value === "function") return spyOnAccessor(target, key, value);
    throw new TypeError("spyOn(target, prop) does not support accessor properties yet");
  }
  const value = target[key];
  return typeof value === "function"
    ? spyOnFunction(target, key, value)
    : spyOnValue(target, key, value);
}

function replace(target, key, replacement) {
  const own = Object.getOwnPropertyDescriptor(target, key);
  Object.defineProperty(target, key, { configurable: true, enumerable: true, ...replacement });
  return () => {
    if (own === undefined) delete target[key];
    else Object.defineProperty(target, key, own);
  };
}

function registerSpy(mocked, restore) {
  const state = states.get(mocked);
  state.restore = restore;
  spies.add(state);
  return mocked;
}

function spyOnFunction(target, key, original) {
  const mocked = makeMock(original);
  const enumerable = findProperty(target, key)?.enumerable ?? true;
  const restore = restorable(target, key, { value: mocked, writable: true, enumerable });
  return registerSpy(mocked, restore);
}

function spyOnAccessor(target, key, original) {
  const mocked = makeMock(original);
  return registerSpy(mocked, restorable(target, key, { value: mocked, writable: true }));
}

function restorable(target, key, replacement) {
  const own = Object.getOwnPropertyDescriptor(target, key);
  if (own === undefined || own.configurable) return replace(target, key, replacement);
  const before = target[key];
  target[key] = replacement.value;
  return () => { target[key] = before; };
}

// A property that is no function is read through the spy.
function spyOnValue(target, key, value) {
  const mocked = makeMock(undefined);
  states.get(mocked).implementation = new ReturnValue(value);
  const restore = replace(target, key, {
    get() { return Reflect.apply(mocked, this, []); },
    set(given) { states.get(mocked).implementation = new ReturnValue(given); },
  });
  return registerSpy(mocked, restore);
}

function restoreState(state) {
  state.clear();
  state.once = [];
  state.implementation = undefined;
  if (state.restore === undefined) return;
  state.restore();
  state.restore = undefined;
  spies.delete(state);
}

// ---- The namespaces --------------------------------------------------------------------------

const functions = {
  fn(implementation) {
    if (implementation === undefined) return makeMock(undefined);
    if (typeof implementation === "function") return makeMock(implementation);
    return makeMock(new ReturnValue(implementation));
  },
  spyOn(target, key) { return spyOn(target, key); },
  restore() {
    for (const state of [...spies]) restoreState(state);
  },
  clearAllMocks() {
    for (const state of all) state.clear();
  },
  resetAllMocks() {
    for (const state of all) {
      state.clear();
      state.once = [];
      state.implementation = undefined;
    }
  },
  module(specifier, factory) {
    if (arguments.length === 0) {
      throw new TypeError("mock(module, fn) requires a module and function");
    }
    return require("test/mock-modules").mockModule(specifier, factory);
  },
};

const named = (name, value, length) => {
  const method = { [name](...parameters) { return Reflect.apply(value, this, parameters); } }[name];
  return Object.defineProperty(method, "length", { value: length });
};

const mock = functions.fn;
Object.assign(mock, {
  module: named("module", functions.module, 2),
  restore: named("restore", functions.restore, 2),
  clearAllMocks: named("clearAllMocks", functions.clearAllMocks, 2),
});

// Methods of jest and vi, which they answer.
const timers = (name, length) => named(name, function (...parameters) {
  return Reflect.apply(require("test/fake-timers")[name], this, parameters);
}, length);

const TIMERS = {
  useFakeTimers: 0, useRealTimers: 0, advanceTimersToNextTimer: 0, advanceTimersByTime: 1,
  runOnlyPendingTimers: 0, runAllTimers: 0, getTimerCount: 0, clearAllTimers: 0, isFakeTimers: 0,
};
const timerFunctions = () =>
  Object.fromEntries(Object.keys(TIMERS).map((name) => [name, timers(name, TIMERS[name])]));

const jest = {
  fn: mock,
  mock: mock.module,
  spyOn: functions.spyOn,
  restoreAllMocks: named("restoreAllMocks", functions.restore, 2),
  clearAllMocks: mock.clearAllMocks,
  resetAllMocks: named("resetAllMocks", functions.resetAllMocks, 2),
  setSystemTime: timers("setSystemTime", 0),
  now: timers("now", 0),
  setTimeout: named("setTimeout", (time) => require("test/hooks").setDefaultTimeout(time), 1),
  ...timerFunctions(),
};

const vi = {
  fn: mock,
  mock: mock.module,
  spyOn: functions.spyOn,
  restoreAllMocks: jest.restoreAllMocks,
  resetAllMocks: jest.resetAllMocks,
  clearAllMocks: mock.clearAllMocks,
  ...timerFunctions(),
};

// The record of a mock's calls, undefined for anything else.
const recordOf = (value) => states.get(value)?.record;

module.exports = { jest, mock, recordOf, spyOn: functions.spyOn, vi };
