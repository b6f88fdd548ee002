// The prototype of `process`: an EventEmitter that watches a signal from its first listener to its
// last, and holds the channel to the parent open while somebody listens to it.
"use strict";

const { EventEmitter: Emitter } = require("node/events-core");
const { Object, Reflect } = globalThis;

const base = Emitter.prototype;
const CHANNEL_EVENTS = new Set(["message", "disconnect"]);

let process;

function isSignal(name) {
  return typeof name === "string" && name.startsWith("SIG") &&
    require("node/process-signals").signals[name] !== undefined;
}

function added(name) {
  if (isSignal(name)) {
    require("node/process-signals").watch(name, (...given) => process.emit(...given));
  } else if (CHANNEL_EVENTS.has(name)) {
    process.channel?.refCounted?.(listensToChannel());
  }
}

function removed(name) {
  if (isSignal(name)) {
    if (process.listenerCount(name) === 0) require("node/process-signals").unwatch(name);
  } else if (CHANNEL_EVENTS.has(name)) {
    process.channel?.refCounted?.(listensToChannel());
  }
}

function listensToChannel() {
  return process.listenerCount("message") + process.listenerCount("disconnect") > 0;
}

const prototype = Object.create(base);

function define(name, value) {
  Object.defineProperty(prototype, name, {
    configurable: true, enumerable: name !== "constructor", writable: true, value,
  });
}

// Bun's native emitter has words of its own for what is no listener.
function checkListener(method, listener) {
  if (typeof listener === "function") return;
  if (typeof listener === "object" && listener !== null) return;
  const message = `Argument 2 ('listener') to EventEmitter.${method} must be an object`;
  throw require("node/errors").coded(new TypeError(message), "ERR_INVALID_ARG_TYPE");
}

const adding = (method) => ({
  [method](type, listener) {
    checkListener("addListener", listener);
    Reflect.apply(base[method], this, arguments);
    if (this === process) added(type);
    return this;
  },
}[method]);

const removing = (method) => ({
  [method](type, listener) {
    if (method !== "removeAllListeners") checkListener("removeListener", listener);
    const names = arguments.length === 0 ? this.eventNames() : [type];
    Reflect.apply(base[method], this, arguments);
    if (this === process) names.forEach(removed);
    return this;
  },
}[method]);

// Its own constructor, which may be called without `new` and leaves its `this` alone, as Bun's.
define("constructor", function EventEmitter() {
  return new.target === undefined ? Object.create(prototype) : this;
});
prototype.constructor.prototype = prototype;
prototype.constructor.defaultMaxListeners = 10;
for (const name of ["addListener", "on", "once", "prependListener", "prependOnceListener"]) {
  define(name, adding(name));
}
for (const name of ["removeListener", "off", "removeAllListeners"]) define(name, removing(name));
for (const name of [
  "emit", "eventNames", "listenerCount", "listeners", "rawListeners", "setMaxListeners",
  "getMaxListeners",
]) {
  define(name, base[name]);
}

Object.defineProperty(prototype, Symbol.toStringTag, {
  configurable: true, value: "EventEmitter",
});

/** The object `process`, still without properties of its own. */
function createProcess() {
  process = Object.create(prototype);
  Reflect.apply(Emitter, process, []);
  for (const key of Reflect.ownKeys(process)) {
    Object.defineProperty(process, key, { enumerable: false });
  }
  Object.defineProperty(process, Symbol.toStringTag, {
    configurable: true, enumerable: true, writable: true, value: "process",
  });
  return process;
}

module.exports = { createProcess };
