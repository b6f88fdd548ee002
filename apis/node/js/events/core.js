// EventEmitter, and by name the functions of node/events-tools, which load when they are called.
//
// `_events` maps a name to its listener, or to an array of two and more that is never changed in
// place, so that emitting needs no copy: a listener that adds or removes others is seen by the
// next emit only. Throws what listeners throw.
"use strict";

const { makeError, invalidType, validateNumber, validateBoolean } = require("node/errors");
const { Array, Object, Reflect, Symbol, String } = globalThis;
const { apply, ownKeys } = Reflect;

const CAPTURE = Symbol("kCapture");
const SHAPE_MODE = Symbol("shapeMode");
const ERROR_MONITOR = Symbol.for("events.errorMonitor");
const REJECTION = Symbol.for("nodejs.rejection");
const MAX_TARGET_LISTENERS = Symbol("events.maxEventTargetListeners");
const MAX_TARGET_LISTENERS_WARNED = Symbol("events.maxEventTargetListenersWarned");

const shared = { maxListeners: 10 };

const tools = () => require("node/events-tools");

// A plain function, since old code calls it as `EventEmitter.call(this)`.
function EventEmitter(opts) {
  const known = this._events;
  if (known === undefined || known === Object.getPrototypeOf(this)._events) {
    this._events = Object.create(null);
    this._eventsCount = 0;
    this[SHAPE_MODE] = false;
  } else {
    this[SHAPE_MODE] = true;
  }
  this._maxListeners ??= undefined;
  let capture = prototype[CAPTURE];
  if (opts?.captureRejections) {
    validateBoolean(opts.captureRejections, "options.captureRejections");
    capture = true;
  }
  this[CAPTURE] = capture;
  if (capture) this.emit = tools().emitCapturing;
}

// ---- Emitting --------------------------------------------------------------------------------

const { emit } = {
  emit(type, ...args) {
    const { length } = args;
    const more = length > 3 ? [...args] : null;
    return deliver(this, type, this._events?.[type], length, args[0], args[1], args[2], more);
  },
};

// Most events have one listener and one argument. What that takes is kept so short that the
// engine puts it where it is called, which it does with no function of more than 170 bytes of its
// code; and no array leaves emit(), so that none is made for up to three arguments.
function deliver(emitter, type, handler, count, first, second, third, more) {
  if (typeof handler !== "function" || type === "error") {
    if (!handler && type !== "error") return false;
    return deliverOther(emitter, type, handler, count, first, second, third, more);
  }
  if (count === 1) handler.call(emitter, first);
  else call(handler, emitter, count, first, second, third, more);
  return true;
}

function call(listener, emitter, count, first, second, third, more) {
  switch (count) {
    case 0: listener.call(emitter); break;
    case 1: listener.call(emitter, first); break;
    case 2: listener.call(emitter, first, second); break;
    case 3: listener.call(emitter, first, second, third); break;
    default: apply(listener, emitter, more);
  }
}

// What has several listeners, and errors, which a monitor sees first and nobody may miss.
function deliverOther(emitter, type, handler, count, first, second, third, more) {
  if (type === "error" && (!handler || emitter._events[ERROR_MONITOR] !== undefined)) {
    return emitError(emitter, more ?? [first, second, third].slice(0, count));
  }
  if (typeof handler === "function") {
    call(handler, emitter, count, first, second, third, more);
    return true;
  }
  for (let index = 0, { length } = handler; index < length; index++) {
    call(handler[index], emitter, count, first, second, third, more);
  }
  return true;
}

function callAll(emitter, handler, args) {
  if (typeof handler === "function") {
    apply(handler, emitter, args);
    return;
  }
  for (let index = 0, { length } = handler; index < length; index++) {
    apply(handler[index], emitter, args);
  }
}

// The event `error` is thrown where nobody listens to it.
function emitError(emitter, args) {
  const events = emitter._events;
  if (events !== undefined) {
    const monitor = events[ERROR_MONITOR];
    if (monitor !== undefined) callAll(emitter, monitor, args);
    const handler = events.error;
    if (handler !== undefined) {
      callAll(emitter, handler, args);
      return true;
    }
  }
  const error = args.length > 0 ? args[0] : undefined;
  if (Error.isError(error)) throw error;
  let shown;
  try {
    shown = require("bun/inspect-node").inspect(error);
  } catch {
    shown = error;
  }
  const made = makeError("Error", "ERR_UNHANDLED_ERROR", `Unhandled error. (${String(shown)})`);
  made.context = error;
  throw made;
}

// ---- Adding ----------------------------------------------------------------------------------

function checkListener(listener) {
  if (typeof listener !== "function") throw invalidType("listener", "of type function", listener);
}

function maxListenersOf(emitter) {
  return emitter?._maxListeners ?? shared.maxListeners;
}

function add(emitter, type, listener, isFirst) {
  checkListener(listener);
  let events = emitter._events;
  if (events === undefined) {
    events = emitter._events = Object.create(null);
    emitter._eventsCount = 0;
  } else if (events.newListener !== undefined) {
    emitter.emit("newListener", type, listener.listener ?? listener);
    events = emitter._events;
  }
  const existing = events[type];
  if (existing === undefined) {
    events[type] = listener;
    emitter._eventsCount++;
    return;
  }
  const list = grown(existing, listener, isFirst);
  events[type] = list;
  const max = maxListenersOf(emitter);
  if (max > 0 && list.length > max && list.warned !== true) {
    list.warned = true;
    tools().warnOfOverflow(emitter, type, list.length);
  }
}

function grown(existing, listener, isFirst) {
  if (typeof existing === "function") {
    return isFirst ? [listener, existing] : [existing, listener];
  }
  const list = isFirst ? [listener, ...existing] : [...existing, listener];
  if (existing.warned === true) list.warned = true;
  return list;
}

// A listener that removes itself before it runs, once.
function onceWrap(emitter, type, listener) {
  checkListener(listener);
  const state = { fired: false, target: emitter, type, listener, wrapper: undefined };
  const wrapper = onceWrapper.bind(state);
  Object.defineProperty(wrapper, "name", ONCE_NAME);
  wrapper.listener = listener;
  state.wrapper = wrapper;
  return wrapper;
}

const ONCE_NAME = { value: "onceWrapper", configurable: true };

function onceWrapper() {
  if (this.fired) return undefined;
  this.target.removeListener(this.type, this.wrapper);
  this.fired = true;
  if (arguments.length === 0) return this.listener.call(this.target);
  return apply(this.listener, this.target, arguments);
}

// ---- Removing --------------------------------------------------------------------------------

function forget(emitter, events, type) {
  emitter._eventsCount--;
  if (emitter[SHAPE_MODE]) events[type] = undefined;
  else if (emitter._eventsCount === 0) emitter._events = Object.create(null);
  else delete events[type];
}

function positionOf(list, listener) {
  for (let index = list.length - 1; index >= 0; index--) {
    if (list[index] === listener || list[index].listener === listener) return index;
  }
  return -1;
}

function without(list, position) {
  if (list.length === 2) return list[1 - position];
  const rest = [];
  for (let index = 0; index < list.length; index++) {
    if (index !== position) rest.push(list[index]);
  }
  if (list.warned === true) rest.warned = true;
  return rest;
}

function removeOne(emitter, type, listener) {
  checkListener(listener);
  const events = emitter._events;
  const list = events === undefined ? undefined : events[type];
  if (list === undefined) return;
  let original = listener.listener;
  if (typeof list === "function") {
    if (list !== listener && list.listener !== listener) return;
    original = list.listener;
    forget(emitter, events, type);
  } else {
    const position = positionOf(list, listener);
    if (position < 0) return;
    events[type] = without(list, position);
  }
  if (events.removeListener !== undefined) {
    emitter.emit("removeListener", type, original ?? listener);
  }
}

function removeAll(emitter) {
  emitter._events = Object.create(null);
  emitter._eventsCount = 0;
  emitter[SHAPE_MODE] = false;
}

// Tells of each listener it removes, the last added first.
function removeAllTelling(emitter, type) {
  const list = emitter._events[type];
  if (typeof list === "function") {
    emitter.removeListener(type, list);
  } else if (list !== undefined) {
    for (let index = list.length - 1; index >= 0; index--) {
      emitter.removeListener(type, list[index]);
    }
  }
}

const prototype = {
  setMaxListeners(n) {
    validateNumber(n, "setMaxListeners", 0);
    this._maxListeners = n;
    return this;
  },
  constructor: EventEmitter,
  getMaxListeners() { return maxListenersOf(this); },
  emit,
  addListener(type, fn) {
    add(this, type, fn, false);
    return this;
  },
  on: undefined,
  prependListener(type, fn) {
    add(this, type, fn, true);
    return this;
  },
  once(type, fn) {
    checkListener(fn);
    this.on(type, onceWrap(this, type, fn));
    return this;
  },
  prependOnceListener(type, fn) {
    checkListener(fn);
    this.prependListener(type, onceWrap(this, type, fn));
    return this;
  },
  removeListener(type, listener) {
    removeOne(this, type, listener);
    return this;
  },
  off: undefined,
  removeAllListeners(type) {
    const events = this._events;
    if (events === undefined) return this;
    if (events.removeListener !== undefined) {
      if (arguments.length > 0) {
        removeAllTelling(this, type);
        return this;
      }
      for (const key of ownKeys(events)) {
        if (key !== "removeListener") this.removeAllListeners(key);
      }
      this.removeAllListeners("removeListener");
      removeAll(this);
    } else if (arguments.length === 0) {
      removeAll(this);
    } else {
      if (events[type] !== undefined) {
        if (--this._eventsCount === 0) this._events = Object.create(null);
        else delete events[type];
      }
      this[SHAPE_MODE] = false;
    }
    return this;
  },
  listeners(type) {
    const handler = this._events?.[type];
    if (handler === undefined) return [];
    if (typeof handler === "function") return [handler.listener ?? handler];
    return Array.from(handler, (each) => each.listener ?? each);
  },
  rawListeners(type) {
    const handler = this._events?.[type];
    if (handler === undefined) return [];
    return typeof handler === "function" ? [handler] : handler.slice();
  },
  listenerCount(type, method) {
    const handler = this._events?.[type];
    if (handler === undefined) return 0;
    const isOne = typeof handler === "function";
    if (method === undefined || method === null) return isOne ? 1 : handler.length;
    const list = isOne ? [handler] : handler;
    return list.filter((each) => each === method || each.listener === method).length;
  },
  eventNames() { return this._eventsCount > 0 ? ownKeys(this._events) : []; },
  _eventsCount: 0,
};
prototype.on = prototype.addListener;
prototype.off = prototype.removeListener;
prototype[CAPTURE] = false;
EventEmitter.prototype = prototype;

// ---- What the constructor carries ------------------------------------------------------------

Object.defineProperties(EventEmitter, {
  captureRejections: {
    get: { get() { return prototype[CAPTURE]; } }.get,
    set: {
      set(value) {
        validateBoolean(value, "EventEmitter.captureRejections");
        prototype[CAPTURE] = value;
        // For emitters whose constructor was never called.
        prototype.emit = value ? tools().emitCapturing : emit;
      },
    }.set,
    enumerable: true,
  },
  defaultMaxListeners: {
    get: { get: () => shared.maxListeners }.get,
    set: {
      set: (value) => {
        validateNumber(value, "defaultMaxListeners", 0);
        shared.maxListeners = value;
      },
    }.set,
    enumerable: true,
  },
  kMaxEventTargetListeners: { value: MAX_TARGET_LISTENERS },
  kMaxEventTargetListenersWarned: { value: MAX_TARGET_LISTENERS_WARNED },
});

const NO_OPTIONS = Object.freeze({ __proto__: null });

Object.assign(EventEmitter, {
  async once(emitter, type, options = NO_OPTIONS) { return tools().once(emitter, type, options); },
  on(emitter, event, options = NO_OPTIONS) { return tools().on(emitter, event, options); },
  getEventListeners(emitter, type) { return tools().getEventListeners(emitter, type); },
  getMaxListeners(emitterOrTarget) { return tools().getMaxListeners(emitterOrTarget); },
  setMaxListeners(n = shared.maxListeners, ...eventTargets) {
    validateNumber(n, "setMaxListeners", 0);
    if (eventTargets.length === 0) shared.maxListeners = n;
    else tools().limitTargets(n, eventTargets);
  },
  EventEmitter,
  usingDomains: false,
  captureRejectionSymbol: REJECTION,
});

Object.defineProperty(EventEmitter, "EventEmitterAsyncResource", {
  get() {
    const { EventEmitterAsyncResource: value } = require("node/events-async-resource");
    const descriptor = { value, writable: true, enumerable: true, configurable: true };
    Object.defineProperty(EventEmitter, "EventEmitterAsyncResource", descriptor);
    return value;
  },
  enumerable: true,
  configurable: true,
});

Object.assign(EventEmitter, {
  errorMonitor: ERROR_MONITOR,
  addAbortListener(signal, listener) { return tools().addAbortListener(signal, listener); },
  init: EventEmitter,
  listenerCount(emitter, type) { return tools().listenerCount(emitter, type); },
});

module.exports = {
  EventEmitter, CAPTURE, REJECTION, MAX_TARGET_LISTENERS, MAX_TARGET_LISTENERS_WARNED, shared, emit,
  emitError, maxListenersOf,
};
