// The second script of an isolate, which the first asks for: the registry of prelude modules,
// answers of asynchronous operations, and what the event loop calls. Everything else loads when
// first used.
//
// Runs once, as a block of a strict script in which `given` (see bootstrap.js), `native` and
// `exports` are known; `exports` receives what native code and the first script call.
// `native.state` is a Float64Array shared with native code; its slots are named below and in
// js-bridge/runtime/src/state.rs.
"use strict";

const { load, makeOps, drainMicrotasks, state } = native;
const {
  vital, apply, defineProperty, describe, describeAll, describeReflected, functionText,
  asyncContext,
} = given;

const SLOT_TICKS = 4;
const SLOT_REJECTIONS = 5;
const SLOT_ENDED = 8;

// ---- What a module finds when it is evaluated ------------------------------------------------

// Modules are evaluated when they are first needed, by which time a program may have deleted or
// replaced functions that they take from the language. While one is evaluated, these are what they
// were at the start.

// Puts the functions back that are not what they were; answers which, and what stood there.
function putBack() {
  let changed;
  for (let index = 0; index < vital.length; index += 3) {
    const owner = vital[index];
    const name = vital[index + 1];
    const value = vital[index + 2];
    if (owner[name] === value) continue;
    changed ??= [];
    changed[changed.length] = { owner, name, was: describe(owner, name) };
    defineProperty(owner, name, { value, writable: true, enumerable: false, configurable: true });
  }
  return changed;
}

function takeAway(changed) {
  for (let index = 0; index < changed.length; index++) {
    const { owner, name, was } = changed[index];
    if (was === undefined) delete owner[name];
    else defineProperty(owner, name, was);
  }
}

// This script is no other.
const changedBefore = putBack();

const {
  Promise, Error, TypeError, Map, WeakSet, Reflect, Symbol,
} = given.language;

// ---- Prelude modules -------------------------------------------------------------------------

// What the language has, kept for the loader and for all that runs at every turn: a program may
// delete or replace it, and then load modules, wait and print as if it had not.
const { get: mapGet, set: mapSet, has: mapHas, delete: mapDelete } = Map.prototype;

// A map that has its methods itself. (Those of a class of our own would be slower to set up.)
function keptMap() {
  const map = new Map();
  map.get = mapGet;
  map.set = mapSet;
  map.has = mapHas;
  map.delete = mapDelete;
  return map;
}

const modules = keptMap();
const opsByExtension = [];

function requirePrelude(name) {
  const known = modules.get(name);
  if (known !== undefined) return known.exports;
  const loaded = load(name);
  if (loaded === undefined) throw new Error(`No prelude module is called '${name}'`);
  const module = { exports: {} };
  modules.set(name, module);
  const changed = putBack();
  try {
    (0, loaded[0])(requirePrelude, module, module.exports, operationsOf(loaded[1]));
  } catch (error) {
    modules.delete(name);
    throw error;
  } finally {
    if (changed !== undefined) takeAway(changed);
  }
  return module.exports;
}

function operationsOf(extension) {
  const known = opsByExtension[extension];
  if (known !== undefined) return known;
  const made = makeOps(extension);
  const operations = {};
  for (let index = 0; index < made.length; index += 3) {
    const run = made[index + 2];
    operations[made[index]] = made[index + 1] ? asynchronous(run) : run;
  }
  opsByExtension[extension] = operations;
  return operations;
}

provide("runtime/primordials", { apply, keptMap });

// What programs import by name, and the prelude modules behind it.
let builtins;

function builtinModules() {
  if (builtins !== undefined) return builtins;
  const pairs = native.builtins();
  builtins = keptMap();
  for (let index = 0; index < pairs.length; index += 2) {
    builtins.set(pairs[index], pairs[index + 1]);
  }
  return builtins;
}

function provide(name, exported) {
  modules.set(name, { exports: exported });
}

// Whether a prelude module has been evaluated; its exports if so.
function loadedModule(name) {
  const known = modules.get(name);
  return known === undefined ? undefined : known.exports;
}

// ---- Lazy properties --------------------------------------------------------------------------

// Defines the properties of `list` (name, module; two by two) on `target`: each loads its module
// when first read, and becomes a plain data property then, or when first written, with the flags
// given.
const lazyGetters = new WeakSet();
lazyGetters.has = WeakSet.prototype.has;
lazyGetters.add = WeakSet.prototype.add;

function defineLazy(target, list, { configurable, enumerable, writable }) {
  const descriptor = { configurable: true, enumerable, get: undefined, set: undefined };
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index];
    const moduleName = list[index + 1];
    const become = (value) => {
      defineProperty(target, name, { configurable, enumerable, writable, value });
      return value;
    };
    descriptor.get = () => become(requirePrelude(moduleName)[name]);
    descriptor.set = writable ? become : undefined;
    lazyGetters.add(descriptor.get);
    defineProperty(target, name, descriptor);
  }
}

// What becomes of a global that is read.
function globalNamed(name) {
  return requirePrelude(native.moduleOf(name))[name];
}

// The descriptor of what a lazy property becomes.
function settled(describe, target, name) {
  if (target === null || target === undefined) throw new TypeError(`${target} is not an object`);
  const found = describe(target, name);
  if (found?.get === undefined || !isLazy(found.get)) return found;
  reflectGet(target, name);
  return describe(target, name);
}

function isLazy(getter) {
  const { lazy } = given;
  if (lazy.length > 0) {
    for (let index = 0; index < lazy.length; index++) lazyGetters.add(lazy[index]);
    lazy.length = 0;
  }
  return lazyGetters.has(getter);
}

const reflectGet = Reflect.get;
const { ownKeys } = Reflect;
const { toStringTag } = Symbol;

function allDescribed(target) {
  if (target === null || target === undefined) throw new TypeError(`${target} is not an object`);
  const found = describeAll(target);
  if (target !== globalThis && found[toStringTag]?.value !== "Bun") return found;
  const keys = ownKeys(found);
  for (let index = 0; index < keys.length; index++) {
    found[keys[index]] = settled(describe, target, keys[index]);
  }
  return found;
}

let shownText;
function textOf(value) {
  const text = apply(functionText, value, []);
  shownText ??= requirePrelude("runtime/function-texts").shown;
  return shownText(value, text);
}

// The members of Bun are not configurable once they have been read, in Bun from the start.
const FIXED = { configurable: false, enumerable: true, writable: false };
const MEMBERS = { configurable: false, enumerable: true, writable: true };
const HIDDEN_MEMBERS = { configurable: false, enumerable: false, writable: true };
const HIDDEN_FIXED = { configurable: false, enumerable: false, writable: false };

// The members of Bun by their flags: named when a program first asks for one.
let namespace;
function bunNamespace() {
  if (namespace !== undefined) return namespace;
  namespace = {};
  defineProperty(namespace, Symbol.toStringTag, { value: "Bun", configurable: true });
  const kinds = [MEMBERS, FIXED, HIDDEN_MEMBERS, HIDDEN_FIXED];
  const lists = native.members();
  for (let index = 0; index < kinds.length; index += 1) {
    if (lists[index] !== "") defineLazy(namespace, lists[index].split(" "), kinds[index]);
  }
  return namespace;
}
provide("runtime/bun-namespace", { get Bun() { return bunNamespace(); } });

// ---- Answers of asynchronous operations ------------------------------------------------------

const resolvers = [];
const rejecters = [];
const freeOperations = [];
let capturedResolve;
let capturedReject;

function capture(resolve, reject) {
  capturedResolve = resolve;
  capturedReject = reject;
}

function asynchronous(run) {
  return function () {
    const free = freeOperations.length - 1;
    const id = free >= 0 ? freeOperations[free] : resolvers.length;
    if (free >= 0) freeOperations.length = free;
    const promise = new Promise(capture);
    resolvers[id] = capturedResolve;
    rejecters[id] = capturedReject;
    try {
      switch (arguments.length) {
        case 0: run(id); break;
        case 1: run(id, arguments[0]); break;
        case 2: run(id, arguments[0], arguments[1]); break;
        case 3: run(id, arguments[0], arguments[1], arguments[2]); break;
        case 4: run(id, arguments[0], arguments[1], arguments[2], arguments[3]); break;
        default: apply(run, undefined, [id, ...arguments]);
      }
    } catch (error) {
      const reject = rejecters[id];
      if (reject !== undefined) {
        freeOperation(id);
        reject(error);
      }
    }
    return promise;
  };
}

function freeOperation(id) {
  resolvers[id] = undefined;
  rejecters[id] = undefined;
  freeOperations[freeOperations.length] = id;
}

// Called once a turn with (id, ok, value) three by three.
function settle() {
  asyncContext.current = undefined;
  for (let index = 0; index < arguments.length; index += 3) {
    const id = arguments[index];
    const finish = arguments[index + 1] ? resolvers[id] : rejecters[id];
    if (finish === undefined) continue;
    freeOperation(id);
    finish(arguments[index + 2]);
  }
}

// Calls a function held by native code.
function invoke(callback) {
  asyncContext.current = undefined;
  const parameters = [];
  for (let index = 1; index < arguments.length; index++) parameters[index - 1] = arguments[index];
  try {
    apply(callback, undefined, parameters);
  } catch (error) {
    reportUncaught(error);
  }
}

// ---- nextTick, microtasks, rejections --------------------------------------------------------

let tickCallbacks = [];
let tickParameters = [];
let tickContexts = [];

function nextTick(callback, parameters) {
  if (loop.tickHook !== undefined) loop.tickHook(callback, parameters);
  tickCallbacks[tickCallbacks.length] = callback;
  tickParameters[tickParameters.length] = parameters;
  tickContexts[tickContexts.length] = asyncContext.current;
  state[SLOT_TICKS] = 1;
}

function runTickBatch() {
  const callbacks = tickCallbacks;
  const parameters = tickParameters;
  const contexts = tickContexts;
  tickCallbacks = [];
  tickParameters = [];
  tickContexts = [];
  for (let index = 0; index < callbacks.length; index++) {
    if (state[SLOT_ENDED] !== 0) return;
    asyncContext.current = contexts[index];
    try {
      const given = parameters[index];
      if (given === undefined) (0, callbacks[index])();
      else apply(callbacks[index], undefined, given);
    } catch (error) {
      reportUncaught(error);
    }
  }
  asyncContext.current = undefined;
}

// Runs the nextTick queue, then microtasks, until both are empty. Answers false where microtasks
// can only run once native code is back in control.
function runTicks() {
  do {
    while (tickCallbacks.length > 0) runTickBatch();
    state[SLOT_TICKS] = 0;
    if (!drainMicrotasks()) return false;
    if (loop.watchRejections !== undefined) loop.watchRejections();
  } while (tickCallbacks.length > 0);
  return true;
}

// What follows every callback of the event loop. Answers false where the next one must wait for
// native code, or will never be because the program has ended.
function afterCallback() {
  if (state[SLOT_ENDED] !== 0) return false;
  if (state[SLOT_TICKS] !== 0) {
    if (!runTicks()) return false;
  } else {
    if (!drainMicrotasks()) return false;
    if (loop.watchRejections !== undefined) loop.watchRejections();
    if (state[SLOT_TICKS] !== 0 && !runTicks()) return false;
  }
  if (state[SLOT_REJECTIONS] !== 0) processRejections();
  return true;
}

let rejectedPromises = [];
let rejectionReasons = [];

function onUnhandledRejection(promise, reason) {
  rejectedPromises[rejectedPromises.length] = promise;
  rejectionReasons[rejectionReasons.length] = reason;
  state[SLOT_REJECTIONS] = 1;
}

function processRejections() {
  while (rejectedPromises.length > 0) {
    const promises = rejectedPromises;
    const reasons = rejectionReasons;
    rejectedPromises = [];
    rejectionReasons = [];
    for (let index = 0; index < promises.length; index++) {
      requirePrelude("runtime/rejections").judge(reasons[index], promises[index]);
    }
    state[SLOT_REJECTIONS] = 0;
    if (state[SLOT_TICKS] !== 0) runTicks();
    else drainMicrotasks();
  }
}

// `isThrown`: by a callback of the loop itself, rather than of a queue or a promise.
function reportUncaught(error, isThrown) {
  requirePrelude("runtime/errors").uncaughtException(error, "uncaughtException", isThrown);
}

// ---- What native code calls ------------------------------------------------------------------

const loop = {
  nextTick,
  runTicks,
  afterCallback,
  reportUncaught,
  onUnhandledRejection,
  state,
  // Set by runtime/timers when it is first loaded.
  runTimers: undefined,
  runImmediates: undefined,
  // Set by runtime/rejections while it waits for handlers of rejections it has reported.
  watchRejections: undefined,
  // Set by node/async-hooks while a hook is enabled: told of every nextTick.
  tickHook: undefined,
};

provide("runtime/event-loop", loop);
provide("runtime/async-context", asyncContext);
provide("runtime/entry", given.entry);
provide("runtime/prelude", {
  require: requirePrelude, loadedModule, provide, modules, load, defineLazy,
});
provide("runtime/engine", native.engine);
// The engine's globals that modules replace by ones that do more, read before they are replaced.
provide("runtime/engine-globals", {
  WebAssembly: given.WebAssembly,
  functionText,
  replaced: given.replaced,
});
provide("runtime/builtins", { get builtins() { return builtinModules(); } });

// Transformed code reads `stack` through this: see adopt in bun/error-stack.
let adoptError;
function adopt(value) {
  if (adoptError === undefined) {
    try {
      adoptError = requirePrelude("bun/error-stack").adopt;
    } catch {
      adoptError = (error) => error;
    }
  }
  return adoptError(value);
}

exports.require = requirePrelude;
exports.settle = settle;
exports.invoke = invoke;
exports.runTicks = runTicks;
exports.processRejections = processRejections;
exports.reportUncaught = reportUncaught;
exports.onUnhandledRejection = onUnhandledRejection;
exports.runTimers = () => loop.runTimers();
exports.runImmediates = () => loop.runImmediates();
exports.makeError = (kind, message, code, properties) =>
  requirePrelude("runtime/errors").makeError(kind, message, code, properties);
// The events of `process` that end a program; a program that never touched it has none.
exports.beforeExit = () => {
  if (modules.has("node/process")) requirePrelude("runtime/errors").beforeExit();
};
exports.exitEvent = () =>
  modules.has("node/process") ? requirePrelude("runtime/errors").exitEvent() : 0;
exports.globalNamed = globalNamed;
exports.bunNamespace = bunNamespace;
exports.described = (target, name) => settled(describe, target, name);
exports.describedReflected = (target, name) => settled(describeReflected, target, name);
exports.allDescribed = allDescribed;
exports.textOf = textOf;
exports.adopt = adopt;

if (changedBefore !== undefined) takeAway(changedBefore);
