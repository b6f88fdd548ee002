// Contexts of node:vm: an object of the program's and the realm whose globals it holds.
//
// The engine lets a realm's global object ask its sandbox before itself, by name; programs see its
// face, which knows the rest. See face.js and js-bridge/jsc/src/realm.rs.
"use strict";

const { Object, Set, WeakMap, WeakRef } = globalThis;
const engine = require("runtime/engine");
const { onUnhandledRejection } = require("runtime/event-loop");
const { constants } = require("node/vm-constants");
const { giveFace } = require("node/vm-face");
const {
  ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, makeError, validateBoolean, validateObject,
  validateString,
} = require("node/errors");

// The realm of each contextified object: { global, sandbox, face, loader, isLenient }.
const realms = new WeakMap();

// References to the contexts made.
const living = new Set();

/** How many contexts there are beside the program's own. */
function countContexts() {
  for (const reference of living) {
    if (reference.deref() === undefined) living.delete(reference);
  }
  return living.size;
}

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
  const realm = {
    global, sandbox, face: undefined, loader: options.importModuleDynamically, isLenient: false,
  };
  const context = sandbox ?? global;
  realms.set(context, realm);
  // The global object of a context is a context too.
  realms.set(global, realm);
  if (sandbox !== undefined) realms.set(giveFace(realm), realm);
  installHidden(global);
  keepAsyncContext(global);
  if (options.codeGeneration?.strings === false) forbidStrings(global);
  if (options.codeGeneration?.wasm === false) forbidWasm(global);
  living.add(new WeakRef(context));
  return context;
}

const { defineProperty } = Object;

// What prepared scripts call: js-bridge/modules/src/script.rs. Defined from outside, so that the
// realm's own functions, which would turn to the sandbox, take no part.
const OWN_IMPORT = "(importFrom) => async (...given) => importFrom(...given)";

// Realms but the program's own keep the async context from their start on.
const OWN_ASYNC = "[async () => {}, async function* () {}]";

function keepAsyncContext(global) {
  const own = engine.evaluateIn(global, OWN_ASYNC, "dx:node/vm-realm", 1);
  require("runtime/promise-context").enableIn(own[0], own[1]);
}

function installHidden(global) {
  const { importFrom } = require("node/vm-import");
  // What import() answers is a promise of the realm that asked.
  const own = global === globalThis ? importFrom
    : engine.evaluateIn(global, OWN_IMPORT, "dx:node/vm-realm", 1)(importFrom);
  for (const [name, value] of [
    ["$dx_import", own],
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

// `codeGeneration: { wasm: false }`: nothing of WebAssembly compiles.
const FORBID_WASM = `(function (WebAssembly, define) {
  const { CompileError, Module } = WebAssembly;
  const refuse = () => {
    throw new CompileError("Wasm code generation disallowed by embedder");
  };
  const set = (name, value) => define(WebAssembly, name, {
    value, writable: true, enumerable: false, configurable: true,
  });
  set("Module", new Proxy(Module, { apply: refuse, construct: refuse }));
  for (const name of ["compile", "compileStreaming", "instantiate", "instantiateStreaming"]) {
    if (name in WebAssembly) set(name, { [name]: async () => refuse() }[name]);
  }
})`;

function forbidWasm(global) {
  const { WebAssembly } = global;
  engine.evaluateIn(global, FORBID_WASM, "dx:node/vm-realm", 1)(WebAssembly, defineProperty);
}

module.exports = {
  countContexts, createContext, forbidStrings, isContext, isObject, makeContext, realmOf, realms,
};
