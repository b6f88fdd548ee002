// Contexts of node:vm: an object of the program's and the realm whose globals it holds.
//
// The engine lets a realm's global object ask its sandbox before itself, by name; definitions
// and descriptions of properties it keeps to itself, so inside a realm the functions for those
// are replaced by ones that know the sandbox. See js-bridge/jsc/src/realm.rs.
"use strict";

const { Object, Reflect, WeakMap } = globalThis;
const engine = require("runtime/engine");
const { onUnhandledRejection } = require("runtime/event-loop");
const { constants } = require("node/vm-constants");
const {
  ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, makeError, validateBoolean, validateObject,
  validateString,
} = require("node/errors");

// The realm of each contextified object: { global, sandbox, loader }.
const realms = new WeakMap();

// ---- Checks ----------------------------------------------------------------------------------

function isObject(value) {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function isContext(object) {
  if (!isObject(object)) throw ERR_INVALID_ARG_TYPE("object", "object", object);
  return realms.has(object);
}

// The realm of a context that a program passed.
function realmOf(context) {
  if (!isObject(context)) throw ERR_INVALID_ARG_TYPE("context", "object", context);
  const realm = realms.get(context);
  if (realm !== undefined) return realm;
  throw makeError("TypeError", "ERR_INVALID_ARG_TYPE",
    "The \"contextifiedObject\" argument must be an vm.Context");
}

function checkContextOptions(options) {
  for (const name of ["name", "origin"]) {
    if (options[name] !== undefined) validateString(options[name], `options.${name}`);
  }
  const generation = options.codeGeneration;
  if (generation !== undefined) {
    const path = "options.codeGeneration";
    validateObject(generation, path);
    for (const kind of ["strings", "wasm"]) {
      if (generation[kind] !== undefined) validateBoolean(generation[kind], `${path}.${kind}`);
    }
  }
  const { microtaskMode } = options;
  if (microtaskMode !== undefined && microtaskMode !== "afterEvaluate") {
    throw ERR_INVALID_ARG_VALUE(
      "options.microtaskMode", microtaskMode, "must be one of: 'afterEvaluate', undefined");
  }
}

function createContext(contextObject, options) {
  const sandbox = arguments.length === 0 || contextObject === undefined ? {} : contextObject;
  if (sandbox === constants.DONT_CONTEXTIFY) return makeContext(undefined, options ?? {});
  if (!isObject(sandbox)) throw ERR_INVALID_ARG_TYPE("context", "object", sandbox);
  if (options !== undefined) {
    validateObject(options, "options");
    checkContextOptions(options);
  }
  if (realms.has(sandbox)) return sandbox;
  return makeContext(sandbox, options ?? {});
}

function makeContext(sandbox, options) {
  const global = engine.makeRealm(sandbox, onUnhandledRejection);
  const realm = { global, sandbox, loader: options.importModuleDynamically };
  const context = sandbox ?? global;
  realms.set(context, realm);
  // The global object of a context is a context too.
  realms.set(global, realm);
  prepareRealm(realm);
  if (options.codeGeneration?.strings === false) forbidStrings(global);
  return context;
}

// ---- Properties of a realm's global object ---------------------------------------------------

// Runs inside the realm, given what works on the sandbox. What it replaces looks as before.
const PATCH = `(function (sandbox, global, outer) {
  const { Array, Object, Reflect, Set } = global;
  const target = (object) => object === global ? sandbox : object;
  const replace = (owner, name, length, make) => {
    const original = owner[name];
    const replacement = make(original);
    outer.defineProperty(replacement, "name", { value: name, configurable: true });
    outer.defineProperty(replacement, "length", { value: length, configurable: true });
    outer.defineProperty(owner, name, {
      value: replacement, writable: true, enumerable: false, configurable: true,
    });
  };
  const inner = (descriptor) => descriptor === undefined ? undefined
    : outer.assign(new Object(), descriptor);
  for (const owner of [Object, Reflect]) {
    replace(owner, "defineProperty", 3, (original) => ({
      method(object, key, descriptor) {
        if (object !== global) return original(object, key, descriptor);
        const done = outer.defineGlobal(sandbox, key, descriptor, owner === Object);
        return owner === Object ? global : done;
      },
    }).method);
    replace(owner, "getOwnPropertyDescriptor", 2, (original) => ({
      method(object, key) {
        if (object !== global) return original(object, key);
        return inner(outer.describe(sandbox, key)) ?? original(object, key);
      },
    }).method);
  }
  replace(Object, "defineProperties", 2, (original) => ({
    method(object, descriptors) {
      return object === global
        ? (outer.defineAll(sandbox, descriptors), global) : original(object, descriptors);
    },
  }).method);
  replace(Object, "getOwnPropertyDescriptors", 1, (original) => ({
    method(object) {
      const found = original(object);
      if (object === global) outer.describeAll(sandbox, found, inner);
      return found;
    },
  }).method);
  replace(Object, "hasOwn", 2, (original) => ({
    method(object, key) { return original(target(object), key) || own(object, key); },
  }).method);
  const { hasOwnProperty, propertyIsEnumerable } = Object.prototype;
  const apply = Reflect.apply;
  // The builtins that no property of the sandbox hides.
  const own = (object, key) => object === global && !(key in sandbox)
    && apply(hasOwnProperty, object, [key]);
  replace(Object.prototype, "hasOwnProperty", 1, (original) => ({
    method(key) { return apply(original, target(this), [key]) || own(this, key); },
  }).method);
  replace(Object.prototype, "propertyIsEnumerable", 1, (original) => ({
    method(key) { return apply(original, target(this), [key]); },
  }).method);
  for (const [owner, name, list] of [
    [Object, "getOwnPropertySymbols", outer.symbols], [Object, "getOwnPropertyNames", outer.names],
    [Reflect, "ownKeys", outer.keys],
  ]) {
    replace(owner, name, 1, (original) => ({
      method(object) {
        return object === global ? joined(original(object), list(sandbox)) : original(object);
      },
    }).method);
  }
  // Those of the sandbox first; names before symbols.
  const joined = (own, shared) => {
    const names = new Set([...shared, ...own]);
    const isName = (key) => typeof key === "string";
    const all = Array.from(names);
    return [...all.filter(isName), ...all.filter((key) => !isName(key))];
  };
})`;

const outer = {
  assign: Object.assign,
  defineProperty: Object.defineProperty,
  describe: Reflect.getOwnPropertyDescriptor,
  defineGlobal(sandbox, key, descriptor, mustSucceed) {
    if (mustSucceed) return Object.defineProperty(sandbox, key, descriptor);
    return Reflect.defineProperty(sandbox, key, descriptor);
  },
  defineAll(sandbox, descriptors) {
    Object.defineProperties(sandbox, descriptors);
  },
  describeAll(sandbox, found, inner) {
    for (const key of Reflect.ownKeys(sandbox)) {
      found[key] = inner(Reflect.getOwnPropertyDescriptor(sandbox, key));
    }
  },
  symbols: Object.getOwnPropertySymbols,
  names: Object.getOwnPropertyNames,
  keys: Reflect.ownKeys,
};

const { defineProperty } = Object;

// The engine asks the sandbox for names only: its symbols become accessors of the global object.
function shareSymbols({ global, sandbox }) {
  for (const symbol of Object.getOwnPropertySymbols(sandbox)) {
    if (Object.hasOwn(global, symbol)) continue;
    defineProperty(global, symbol, {
      get: () => sandbox[symbol],
      set: (value) => { sandbox[symbol] = value; },
      enumerable: false,
      configurable: true,
    });
  }
}

function prepareRealm({ global, sandbox }) {
  if (sandbox !== undefined) {
    engine.evaluateIn(global, PATCH, "dx:node/vm-realm", 1)(sandbox, global, outer);
  }
  installHidden(global);
}

// What prepared scripts call: js-bridge/modules/src/script.rs. Defined from outside, so that the
// realm's own functions, which would turn to the sandbox, take no part.
function installHidden(global) {
  for (const [name, value] of [
    ["$dx_import", require("node/vm-import").importFrom],
    ["$dx_tick", require("node/vm-limits").tick],
  ]) {
    defineProperty(global, name, { value, writable: true, enumerable: false, configurable: true });
  }
}

installHidden(globalThis);

// `codeGeneration: { strings: false }`: eval and the constructors of functions throw.
const FORBID = `(function (global, define) {
  const refuse = () => {
    throw new EvalError("Code generation from strings disallowed for this context");
  };
  const constructors = [
    function () {}, function* () {}, async function () {}, async function* () {},
  ].map((made) => made.constructor);
  for (const constructor of constructors) {
    const refusing = new Proxy(constructor, { apply: refuse, construct: refuse });
    define(constructor.prototype, "constructor", { value: refusing, configurable: true });
  }
  const refusing = Function.prototype.constructor;
  define(global, "Function", { value: refusing, writable: true, configurable: true });
  define(global, "eval", { value: refuse, writable: true, configurable: true });
})`;

function forbidStrings(global) {
  engine.evaluateIn(global, FORBID, "dx:node/vm-realm", 1)(global, defineProperty);
}

module.exports = {
  createContext, isContext, isObject, makeContext, realmOf, realms, shareSymbols,
};
