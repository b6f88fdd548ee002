// The face of an emitter that node:worker_threads gives every MessagePort: `on("message")` hears
// the data instead of the event. The methods stand between MessagePort's prototype and
// EventTarget's, and each listener is known to a port by the function the program gave.
"use strict";

const { Map, Object, Symbol, WeakMap } = globalThis;
const { hold, isActive } = require("web/message-port");
const { CustomEvent, ErrorEvent, MessageEvent } = require("web/events");

const LISTENERS_MAX = 10;

// The listeners of each port: by event, the wrapper of each function.
const registries = new WeakMap();
const maxima = new WeakMap();

function wrapperOf(event, listener) {
  if (event === "message") return (received) => listener(received.data);
  if (event === "error" || event === "messageerror") return (received) => listener(received.error);
  return (received) => listener(received.detail);
}

function register(port, event, listener, wrapper, options) {
  let registry = registries.get(port);
  if (registry === undefined) registries.set(port, (registry = new Map()));
  let known = registry.get(event);
  if (known === undefined) registry.set(event, (known = new Map()));
  if (known.has(listener)) return;
  port.addEventListener(event, wrapper, options);
  known.set(listener, wrapper);
  if (event === "message") hold(port, true);
}

function forget(port, event, listener) {
  const known = registries.get(port)?.get(event);
  if (known?.delete(listener) && known.size === 0 && event === "message") hold(port, false);
}

function on(event, listener) {
  register(this, event, listener, wrapperOf(event, listener), undefined);
  return this;
}

function off(event, listener) {
  const wrapper = registries.get(this)?.get(event)?.get(listener) ?? listener;
  this.removeEventListener(event, wrapper);
  forget(this, event, listener);
  return this;
}

function once(event, listener) {
  const wrapper = wrapperOf(event, listener);
  register(this, event, listener, (received) => {
    forget(this, event, listener);
    wrapper(received);
  }, { once: true });
  return this;
}

function emit(event, ...values) {
  if (event === "message") this.dispatchEvent(new MessageEvent(event, ...values));
  else if (event === "error" || event === "messageerror") {
    this.dispatchEvent(new ErrorEvent(event, ...values));
  } else this.dispatchEvent(new CustomEvent(event, { detail: values[0] }));
  return this;
}

function listenerCount(type) {
  return registries.get(this)?.get(type)?.size ?? 0;
}

function eventNames() {
  const names = [];
  for (const [name, known] of registries.get(this) ?? []) {
    if (known.size > 0) names.push(name);
  }
  return names;
}

function removeAllListeners(type) {
  const registry = registries.get(this);
  if (registry === undefined) return this;
  for (const name of arguments.length === 0 ? [...registry.keys()] : [type]) {
    for (const wrapper of registry.get(name)?.values() ?? []) {
      this.removeEventListener(name, wrapper);
    }
    registry.delete(name);
    if (name === "message") hold(this, false);
  }
  return this;
}

function setMaxListeners(n) {
  maxima.set(this, n);
  return this;
}

function getMaxListeners() {
  return maxima.get(this) ?? LISTENERS_MAX;
}

/** Gives `MessagePort` the methods. */
function install(MessagePort) {
  const { prototype } = MessagePort;
  const methods = {
    on, off, once, emit, addListener: on, removeListener: off, listenerCount, eventNames,
    removeAllListeners, setMaxListeners, getMaxListeners,
  };
  const between = Object.create(Object.getPrototypeOf(prototype));
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(between, name, { value, writable: true, configurable: true });
  }
  Object.setPrototypeOf(prototype, between);
  const nativeClose = prototype.close;
  Object.defineProperty(prototype, "close", {
    value: {
      close(callback) {
        if (typeof callback === "function") this.once("close", callback);
        return nativeClose.call(this);
      },
    }.close,
    writable: true, enumerable: true, configurable: true,
  });
  Object.defineProperty(prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value(_depth, _options) {
      return `MessagePort [EventTarget] { active: ${isActive(this)}, refed: ${this.hasRef()} }`;
    },
    writable: true, configurable: true,
  });
}

module.exports = { install };
