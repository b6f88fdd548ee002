// The first script of every isolate: the globals, by name, and what an empty program needs. All
// else is in core.js, which is evaluated when something first asks for it (`need`): whatever stands
// here is parsed and run before any program, so there is little of it.
//
// Runs once, as a block of a strict script in which `exports` and `native` are known; `exports`
// receives what native code calls.
"use strict";

const { drainMicrotasks, evaluateCore, vital } = native;
const { WebAssembly, Array, Reflect, Object, Symbol, Function, Promise } = globalThis;
const { defineProperty, getOwnPropertyDescriptor, getOwnPropertyDescriptors } = Object;
const { iterator } = Symbol;

// ---- All else --------------------------------------------------------------------------------

// What core.js gets. What is of the language is read here, as a program may delete or replace it
// before it first asks for anything: `vital` holds owner, name and value three by three.
const iterating = Object.getPrototypeOf([][iterator]());
vital.push(iterating, "next", iterating.next, Array.prototype, iterator, Array.prototype[iterator]);
const given = {
  vital,
  language: native.language,
  WebAssembly,
  apply: Reflect.apply,
  defineProperty,
  describe: getOwnPropertyDescriptor,
  describeAll: getOwnPropertyDescriptors,
  describeReflected: Reflect.getOwnPropertyDescriptor,
  functionText: Function.prototype.toString,
  // The getters of globals that have not been read yet.
  lazy: [],
  replaced: [],
  asyncContext: undefined,
  entry: undefined,
  // What core.js has to offer, once it has been evaluated.
  exports: undefined,
};

function need() {
  if (given.exports === undefined) {
    given.exports = {};
    evaluateCore(given);
  }
  return given.exports;
}

// ---- Globals ---------------------------------------------------------------------------------

// Defines globals that load their module when they are first read, and become plain data
// properties then, or when they are first written. One loop, one descriptor and one function for
// each name, because this runs for more than a hundred of them before any program does: a function
// called for each would be compiled by a thread of the engine's, which start-up would pay for.
function installGlobals(names, enumerable) {
  const { lazy } = given;
  const descriptor = { configurable: true, enumerable, get: undefined, set: undefined };
  for (let index = 0; index < names.length; index++) {
    const name = names[index];
    const access = (...written) => become(name, enumerable, written);
    descriptor.get = access;
    descriptor.set = access;
    lazy[lazy.length] = access;
    defineProperty(globalThis, name, descriptor);
  }
}

function become(name, enumerable, written) {
  const value = written.length === 0 ? need().globalNamed(name) : written[0];
  defineProperty(globalThis, name, { configurable: true, enumerable, writable: true, value });
  return value;
}

// `self` is an accessor in Bun, until a program puts something else in its place.
const ofSelf = {
  get() { return globalThis; },
  set() {
    defineProperty(globalThis, "self", {
      value: arguments[0], writable: true, enumerable: true, configurable: true,
    });
  },
  enumerable: true,
  configurable: true,
};
const ofBun = {
  get() {
    const value = need().bunNamespace();
    defineProperty(globalThis, "Bun", { configurable: false, writable: false, value });
    return value;
  },
  enumerable: true,
  configurable: true,
};
defineProperty(globalThis, "self", ofSelf);
defineProperty(globalThis, "Bun", ofBun);
given.lazy[0] = ofBun.get;

// The name Node gives the global object.
defineProperty(globalThis, "global", {
  value: globalThis, writable: true, enumerable: true, configurable: true,
});

// Symbols that the engine lacks; lowered `using` and the APIs look for them.
if (Symbol.dispose === undefined) {
  defineProperty(Symbol, "dispose", { value: Symbol("Symbol.dispose") });
}
if (Symbol.asyncDispose === undefined) {
  defineProperty(Symbol, "asyncDispose", { value: Symbol("Symbol.asyncDispose") });
}

// A descriptor says what a lazy property becomes, as if it had been there from the start: who puts
// another function in the place of a global asks for it first.
const ofObject = {
  getOwnPropertyDescriptor(target, name) { return need().described(target, name); },
  getOwnPropertyDescriptors(target) { return need().allDescribed(target); },
};
const ofReflect = {
  getOwnPropertyDescriptor(target, name) { return need().describedReflected(target, name); },
};
// Native code is shown in the place of the runtime's own functions: see function-texts.js.
const ofFunctions = {
  toString() { return need().textOf(this); },
};
Object.getOwnPropertyDescriptor = ofObject.getOwnPropertyDescriptor;
Object.getOwnPropertyDescriptors = ofObject.getOwnPropertyDescriptors;
Reflect.getOwnPropertyDescriptor = ofReflect.getOwnPropertyDescriptor;
Function.prototype.toString = ofFunctions.toString;

// What the engine's iterators lack: see iterators.js, which the first call loads.
const ofIterator = {
  zip(iterables) { return need().require("runtime/iterators").zip(iterables, arguments[1]); },
  zipKeyed(iterables) {
    return need().require("runtime/iterators").zipKeyed(iterables, arguments[1]);
  },
};
const ofIterators = {
  includes(value) {
    return need().require("runtime/iterators").includes(this, value, arguments[1]);
  },
  join(separator) { return need().require("runtime/iterators").join(this, separator); },
  [Symbol.dispose]() { need().require("runtime/iterators").close(this); },
};
function supply(target, name, value) {
  if (target[name] !== undefined) return;
  defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
}
const { Iterator } = globalThis;
supply(Iterator, "zip", ofIterator.zip);
supply(Iterator, "zipKeyed", ofIterator.zipKeyed);
supply(Iterator.prototype, "includes", ofIterators.includes);
supply(Iterator.prototype, "join", ofIterators.join);
supply(Iterator.prototype, Symbol.dispose, ofIterators[Symbol.dispose]);

// Functions of this script that programs can get at.
given.replaced = [
  ofIterator.zip, ofIterator.zipKeyed, ofIterators.includes, ofIterators.join,
  ofIterators[Symbol.dispose],
  ofSelf.get, ofSelf.set, ofFunctions.toString, ofReflect.getOwnPropertyDescriptor,
  ofObject.getOwnPropertyDescriptor, ofObject.getOwnPropertyDescriptors,
];

// ---- Async context ---------------------------------------------------------------------------

// The slot that AsyncLocalStorage lives in. Transformed code saves it before and restores it after
// each await, through `resume`; timers and queues save it with each callback. Promise reactions do
// so from the moment `enable` is called on: until then the slot can only hold undefined. The
// functions that pass values on are replaced then: see promise-context.js.
const asyncContext = {
  current: undefined,
  // What an `await` takes next.
  held: undefined,
  // Promise.prototype.then for the prelude's own reactions; `enable` puts the one here that
  // carries the context.
  then: Promise.prototype.then,
  resume(saved, value) {
    asyncContext.current = saved;
    asyncContext.held = undefined;
    return value;
  },
  hold(value) {
    asyncContext.held = asyncContext.carry(value);
    return asyncContext.current;
  },
  carry(value) { return value; },
  carrying(executor) { return executor; },
  looping(iterable) { return { current: asyncContext.current, source: iterable }; },
  source(code) { return need().require("runtime/code-context").source(code); },
  body(code) { return need().require("runtime/code-context").body(code); },
  enable() { need().require("runtime/promise-context").enable(); },
  // Transformed code reads `stack` through this: see adopt in bun/error-stack.
  adopt(value) { return need().adopt(value); },
};
given.asyncContext = asyncContext;

// ---- A program by itself ----------------------------------------------------------------------

// The program, where it is a single ES module that imports and exports nothing and asks nothing of
// its module's object: it runs without the registry, most of what a start would have to compile.
// That is loaded when something asks for it and takes the program over as it finds it: `adopt` is
// the registry's, told of the program's end.
const entry = { id: undefined, declared: false, ended: false, error: undefined, adopt: undefined };
given.entry = entry;

function runAlone(id, body, declared) {
  entry.id = id;
  entry.declared = declared;
  try {
    body(asyncContext, undefined, noExports);
  } catch (reason) {
    entry.error = { reason };
    need().require("runtime/errors").mainFailed();
    throw reason;
  } finally {
    entry.ended = true;
    if (entry.adopt !== undefined) entry.adopt();
  }
}

function noExports() {}

exports.need = need;
exports.runAlone = runAlone;
exports.installGlobals = installGlobals;
// Microtasks are run inside a call of JavaScript; until there is more, there are no other ticks.
exports.runTicks = () => drainMicrotasks();
exports.onUnhandledRejection = (promise, reason) => need().onUnhandledRejection(promise, reason);
