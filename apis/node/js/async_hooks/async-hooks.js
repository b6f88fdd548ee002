// The module node:async_hooks. As in Bun, AsyncLocalStorage and AsyncResource carry contexts;
// hooks hear of process.nextTick only, and identifiers are 0.
"use strict";

const { Number, Object } = globalThis;
const asyncContext = require("runtime/async-context");
const loop = require("runtime/event-loop");
const { coded, expectFunction, expectString, invalidType } = require("node/errors");
const { AsyncLocalStorage, enable, hooks } = require("node/async-hooks-storage");

const HOOK_ENABLED = Symbol("kHookEnabled");

// Whether a hook was ever enabled; resources then need a type that says something.
let wasHookEnabled = false;

class AsyncResource {
  type;
  #context;
  #triggerAsyncId;

  constructor(type, options) {
    expectString(type, "type");
    let trigger = typeof options === "number" ? options : options?.triggerAsyncId;
    if (trigger === undefined) trigger = 0;
    if (!Number.isSafeInteger(trigger) || trigger < -1) {
      throw coded(
        new RangeError(`Invalid triggerAsyncId value: ${trigger}`), "ERR_INVALID_ASYNC_ID");
    }
    if (wasHookEnabled && type.length === 0) {
      throw coded(new TypeError(`Invalid name for async "type": ${type}`), "ERR_ASYNC_TYPE");
    }
    enable();
    this.type = type;
    this.#context = asyncContext.current;
    this.#triggerAsyncId = trigger;
  }

  emitBefore() { return true; }
  emitAfter() { return true; }
  asyncId() { return 0; }
  triggerAsyncId() { return this.#triggerAsyncId; }
  emitDestroy() {}

  runInAsyncScope(callback, receiver, ...parameters) {
    const before = asyncContext.current;
    asyncContext.current = this.#context;
    try {
      return callback.apply(receiver, parameters);
    } finally {
      asyncContext.current = before;
    }
  }

  bind(callback, thisArg) {
    expectFunction(callback, "fn");
    const resource = this;
    let bound = function (...parameters) {
      return resource.runInAsyncScope(callback, this, ...parameters);
    };
    if (thisArg !== undefined) bound = this.runInAsyncScope.bind(this, callback, thisArg);
    Object.defineProperty(bound, "length", {
      configurable: true, enumerable: false, writable: false, value: callback.length,
    });
    return bound;
  }

  static bind(callback, type, thisArg) {
    const kind = type || callback.name || "bound-anonymous-fn";
    return new AsyncResource(kind).bind(callback, thisArg);
  }
}

// ---- Hooks -----------------------------------------------------------------------------------

// The `init` functions of enabled hooks, told of each process.nextTick.
const tickHooks = [];
let lastTick = 1;

function tellTick(callback, parameters) {
  const resource = { callback, args: parameters, frame: asyncContext.current };
  const identifier = ++lastTick;
  for (const init of tickHooks.slice()) init(identifier, "TickObject", 0, resource);
}

function createHook(hook) {
  if (hook === null || typeof hook !== "object") {
    throw invalidType("hook", "of type object", hook);
  }
  for (const name of ["init", "before", "after", "destroy", "promiseResolve"]) {
    if (hook[name] === undefined || typeof hook[name] === "function") continue;
    throw coded(new TypeError(`hook.${name} must be a function`), "ERR_ASYNC_CALLBACK");
  }
  return hookOf(hook.init);
}

function hookOf(init) {
  let told;
  let isEnabled = false;
  return {
    enable() {
      if (init !== undefined && told === undefined) {
        told = (...parameters) => init(...parameters);
        tickHooks.push(told);
        loop.tickHook = tellTick;
      }
      wasHookEnabled = true;
      if (!isEnabled) hooks.enabled++;
      isEnabled = true;
      if (!this[HOOK_ENABLED]) this[HOOK_ENABLED] = true;
      return this;
    },
    disable() {
      if (told !== undefined) tickHooks.splice(tickHooks.indexOf(told), 1);
      told = undefined;
      if (tickHooks.length === 0) loop.tickHook = undefined;
      if (isEnabled) hooks.enabled--;
      isEnabled = false;
      if (this[HOOK_ENABLED]) this[HOOK_ENABLED] = false;
      return this;
    },
  };
}

function executionAsyncId() {
  return 0;
}

function triggerAsyncId() {
  return 0;
}

function executionAsyncResource() {
  return globalThis.process.stdin;
}

module.exports = {
  AsyncLocalStorage,
  createHook,
  executionAsyncId,
  triggerAsyncId,
  executionAsyncResource,
  asyncWrapProviders: require("node/async-hooks-providers").asyncWrapProviders,
  AsyncResource,
};
