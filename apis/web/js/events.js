"use strict";
// Event, EventTarget and the event classes without a document: a target is its own whole path.
// An exception of a listener is reported and does not stop the others.

const { defineInterface } = require("web/interface");
const {
  invalidArgument, invalidArgumentType, invalidGetter, invalidThis,
  missingArguments, withCode,
} = require("web/errors");

const defineProperty = Object.defineProperty;
const freeze = Object.freeze;

const NONE = 0;
const AT_TARGET = 2;
const PHASES = { NONE, CAPTURING_PHASE: 1, AT_TARGET, BUBBLING_PHASE: 3 };

/** The dictionary argument of an event's constructor; `undefined` and `null` are an empty one. */
function eventInit(init) {
  if (init === undefined || init === null) return undefined;
  if (typeof init !== "object" && typeof init !== "function") {
    throw invalidArgumentType("options", "of type object", init);
  }
  return init;
}

let eventState;

class Event {
  #type;
  #bubbles = false;
  #cancelable = false;
  #composed = false;
  #target = null;
  #currentTarget = null;
  #phase = NONE;
  #canceled = false;
  #stopped = false;
  #stoppedAtOnce = false;
  #dispatching = false;
  #passive = false;
  #trusted = false;

  constructor(type, init = undefined) {
    if (arguments.length === 0) throw missingArguments();
    this.#type = `${type}`;
    const options = eventInit(init);
    if (options !== undefined) {
      this.#bubbles = !!options.bubbles;
      this.#cancelable = !!options.cancelable;
      this.#composed = !!options.composed;
    }
    defineProperty(this, "isTrusted", IS_TRUSTED);
  }

  get type() { return checked(this, "type").#type; }
  get target() { return checked(this, "target").#target; }
  get currentTarget() { return checked(this, "currentTarget").#currentTarget; }
  get eventPhase() { return checked(this, "eventPhase").#phase; }
  get cancelBubble() { return checked(this, "cancelBubble").#stopped; }
  set cancelBubble(value) { if (value) checked(this, "cancelBubble").#stopped = true; }
  get bubbles() { return checked(this, "bubbles").#bubbles; }
  get cancelable() { return checked(this, "cancelable").#cancelable; }
  get defaultPrevented() { return checked(this, "defaultPrevented").#canceled; }
  get composed() { return checked(this, "composed").#composed; }
  get timeStamp() { checked(this, "timeStamp"); return 0; }
  get srcElement() { return checked(this, "srcElement").#target; }
  get returnValue() { return !checked(this, "returnValue").#canceled; }
  set returnValue(value) { if (!value) checked(this, "returnValue").#cancel(); }

  composedPath() {
    const target = method(this, "composedPath").#currentTarget;
    return target === null ? [] : [target];
  }
  stopPropagation() { method(this, "stopPropagation").#stopped = true; }
  stopImmediatePropagation() {
    method(this, "stopImmediatePropagation").#stopped = true;
    this.#stoppedAtOnce = true;
  }
  preventDefault() { method(this, "preventDefault").#cancel(); }
  initEvent(type, bubbles = false, cancelable = false) {
    method(this, "initEvent");
    if (arguments.length === 0) throw missingArguments();
    eventState.initialize(this, `${type}`, !!bubbles, !!cancelable);
  }

  #cancel() {
    if (this.#cancelable && !this.#passive) this.#canceled = true;
  }

  static {
    eventState = {
      is: (value) => typeof value === "object" && value !== null && #type in value,
      isDispatching: (event) => event.#dispatching,
      isTrusted: (event) => event.#trusted,
      trust(event) { event.#trusted = true; },
      initialize(event, type, bubbles, cancelable) {
        if (event.#dispatching) return false;
        event.#stopped = event.#stoppedAtOnce = event.#canceled = event.#trusted = false;
        event.#target = null;
        event.#type = type;
        event.#bubbles = bubbles;
        event.#cancelable = cancelable;
        return true;
      },
      begin(event, target) {
        event.#dispatching = true;
        event.#target = event.#currentTarget = target;
        event.#phase = AT_TARGET;
      },
      end(event) {
        event.#dispatching = event.#stopped = event.#stoppedAtOnce = false;
        event.#currentTarget = null;
        event.#phase = NONE;
        return !event.#canceled;
      },
      setPassive(event, passive) { event.#passive = passive; },
      stopped: (event) => event.#stopped,
      stoppedAtOnce: (event) => event.#stoppedAtOnce,
    };
  }
}

function checked(event, property) {
  if (eventState.is(event)) return event;
  throw invalidGetter("Event", property);
}

function method(event, name) {
  if (eventState.is(event)) return event;
  throw invalidThis("Event", name);
}

const IS_TRUSTED = {
  get: {
    isTrusted() { return eventState.isTrusted(checked(this, "isTrusted")); },
  }.isTrusted,
  set: undefined,
  enumerable: true,
  configurable: false,
};

defineInterface(Event, { constants: PHASES });
defineProperty(Event, "length", { value: 1, configurable: true });

/** A trusted event, as the runtime fires it. */
function trustedEvent(type) {
  const event = new Event(type);
  eventState.trust(event);
  return event;
}

// ---- EventTarget

// An option of node:events: such a listener runs even after stopImmediatePropagation.
const RESISTS_STOPPING = Symbol("resistStopPropagation");

class Listener {
  constructor(callback, capture, once, passive, resists) {
    this.callback = callback;
    this.capture = capture;
    this.once = once;
    this.passive = passive;
    this.resists = resists;
    this.removed = false;
  }
}

/** A listener's options: a boolean means capture. */
const NO_FLAGS = {};

function listenerOptions(options) {
  if (options === undefined || options === null) return undefined;
  if (typeof options === "object" || typeof options === "function") return options;
  return { capture: !!options };
}

function checkCallback(callback, methodName) {
  if (callback === null || callback === undefined) return false;
  if (typeof callback === "function" || typeof callback === "object") return true;
  throw invalidArgument(
    `Argument 2 ('listener') to EventTarget.${methodName} must be an object`,
  );
}

function warnOfNothing(target, type, callback) {
  const warning = new Error(
    `addEventListener called with ${callback} listener, which has no effect.`);
  warning.name = "AddEventListenerArgumentTypeWarning";
  warning.target = target;
  warning.type = type;
  globalThis.process.emitWarning(warning);
}

function indexOfListener(list, callback, capture) {
  for (let index = 0; index < list.length; index++) {
    const listener = list[index];
    if (listener.callback === callback && listener.capture === capture) return index;
  }
  return -1;
}

/** What a port that exists has loaded. */
function portModule() {
  return require("runtime/prelude").loadedModule("web/message-port");
}

/** A port hands out its messages once somebody listens. */
function startPort(target) {
  portModule()?.startPort(target);
  if (targetState.isGlobal(target)) ownMessages()?.listen();
}

// What hands messages to the global scope, in a worker.
function ownMessages() {
  return require("runtime/prelude").loadedModule("runtime/own-messages");
}

let targetState;

class EventTarget {
  #listeners = null;

  addEventListener(type, callback, options = undefined) {
    const target = targetState.check(this, "addEventListener");
    if (arguments.length < 2) throw missingArguments();
    const hasCallback = checkCallback(callback, "addEventListener");
    const name = `${type}`;
    const flags = listenerOptions(options);
    const signal = flags?.signal;
    if (signal !== undefined) require("web/abort").requireSignal(signal);
    const { capture: isCapture, once, passive, [RESISTS_STOPPING]: resists } = flags ?? NO_FLAGS;
    if (!hasCallback) return warnOfNothing(target, type, callback);
    if (signal?.aborted) return;
    const capture = !!isCapture;
    const list = targetState.listFor(target, name);
    if (indexOfListener(list, callback, capture) >= 0) return;
    const listener = new Listener(callback, capture, !!once, !!passive, !!resists);
    list.push(listener);
    if (name === "abort") require("web/abort").observe(target);
    else if (name === "message") startPort(target);
    else if (name === "close") portModule()?.tellOfEnd(target);
    if (signal !== undefined) {
      require("web/abort").addAlgorithm(signal, () => targetState.remove(target, name, listener));
    }
  }

  removeEventListener(type, callback, options = undefined) {
    const target = targetState.check(this, "removeEventListener");
    if (arguments.length < 2) throw missingArguments();
    checkCallback(callback, "removeEventListener");
    const name = `${type}`;
    const list = target.#listeners?.get(name);
    if (list === undefined) return;
    const index = indexOfListener(list, callback, !!listenerOptions(options)?.capture);
    if (index >= 0) targetState.remove(target, name, list[index]);
  }

  dispatchEvent(event) {
    const target = targetState.check(this, "dispatchEvent");
    if (arguments.length === 0) throw missingArguments();
    if (!eventState.is(event)) {
      throw invalidArgument(
        "Argument 1 ('event') to EventTarget.dispatchEvent must be an instance of Event",
      );
    }
    if (eventState.isDispatching(event)) {
      const message = `The event "${event.type}" is already being dispatched`;
      throw withCode(new Error(message), "ERR_EVENT_RECURSION");
    }
    return dispatch(target, event);
  }

  static {
    let ofGlobal;
    targetState = {
      isGlobal: (target) => target === ofGlobal,
      check(value, name) {
        if (value === undefined || value === null || value === globalThis) {
          return (ofGlobal ??= new EventTarget());
        }
        if (typeof value === "object" && #listeners in value) return value;
        throw invalidThis("EventTarget", name);
      },
      isGlobal: (target) => target === ofGlobal,
      listFor(target, type) {
        target.#listeners ??= new Map();
        let list = target.#listeners.get(type);
        if (list === undefined) target.#listeners.set(type, (list = []));
        return list;
      },
      is: (value) => typeof value === "object" && value !== null && #listeners in value,
      list: (target, type) => target.#listeners?.get(type),
      remove(target, type, listener) {
        listener.removed = true;
        const list = target.#listeners?.get(type);
        const index = list === undefined ? -1 : list.indexOf(listener);
        if (index < 0) return;
        // A dispatch in progress iterates over the old array.
        if (list.length === 1) {
          target.#listeners.delete(type);
          if (type === "message" && target === ofGlobal) ownMessages()?.leave();
        } else {
          target.#listeners.set(type, list.toSpliced(index, 1));
        }
        if (type === "abort") require("web/abort").unobserve(target);
      },
    };
  }
}

defineInterface(EventTarget);
defineProperty(EventTarget.prototype.addEventListener, "length", { value: 2 });

function callListener(target, event, callback) {
  if (typeof callback === "function") return callback.call(target, event);
  const handle = callback.handleEvent;
  if (typeof handle !== "function") {
    throw new TypeError("'handleEvent' property of event listener should be callable");
  }
  return handle.call(callback, event);
}

// What an asynchronous listener is rejected with is as uncaught as what others throw.
function watch(result) {
  if (!(result instanceof Promise)) return;
  result.then(undefined, (error) => {
    const { nextTick } = require("runtime/event-loop");
    nextTick(require("web/report-error").reportException, [error]);
  });
}

function runListeners(target, event, list, length, capture) {
  const halted = eventState.stopped(event);
  for (let index = 0; index < length; index++) {
    const listener = list[index];
    if (listener.removed || listener.capture !== capture) continue;
    if ((halted || eventState.stoppedAtOnce(event)) && !listener.resists) continue;
    if (listener.once) targetState.remove(target, event.type, listener);
    eventState.setPassive(event, listener.passive);
    try {
      const result = callListener(target, event, listener.callback);
      if (result !== undefined) watch(result);
    } catch (error) {
      require("web/report-error").reportException(error);
    }
    eventState.setPassive(event, false);
  }
}

const GLOBAL_HANDLERS = { __proto__: null, error: "onerror", message: "onmessage" };

// Calls what a program assigned to the global `onerror` or `onmessage`, before the listeners. They
// are plain properties on the main thread; in a worker they are accessors, which add a listener.
function runGlobalHandler(target, event) {
  const name = GLOBAL_HANDLERS[event.type];
  if (name === undefined || eventState.stopped(event) || ownMessages() !== undefined) return;
  const handler = Object.getOwnPropertyDescriptor(globalThis, name)?.value;
  if (typeof handler !== "function") return;
  try {
    if (handler.call(target, event) === false) event.preventDefault();
  } catch (error) {
    require("web/report-error").reportException(error);
  }
}

/** Runs the listeners of `target`; false when one of them cancelled the event. */
function dispatch(target, event) {
  const list = targetState.list(target, event.type);
  eventState.begin(event, target);
  if (targetState.isGlobal(target)) runGlobalHandler(target, event);
  if (list !== undefined && !eventState.stopped(event)) {
    const length = list.length;
    runListeners(target, event, list, length, true);
    runListeners(target, event, list, length, false);
  }
  return eventState.end(event);
}

/** The target behind the global functions addEventListener and its kin. */
function globalTarget() {
  return targetState.check(globalThis);
}

/** The callbacks that wait for `type`, as node:events lists them. */
function listenersOf(target, type) {
  return (targetState.list(target, type) ?? []).map((listener) => listener.callback);
}

/** Whether any listener waits for `type`, so that an event nobody hears need not be made. */
function hasListeners(target, type) {
  return targetState.list(target, type) !== undefined;
}

/**
 * An event handler attribute such as `onabort` for a class derived from EventTarget: returns the
 * getter and setter. The handler keeps the place in the order it had when first set.
 */
function eventHandler(type) {
  const handlers = new WeakMap();
  return {
    get(target) { return handlers.get(target)?.callback ?? null; },
    set(target, value) {
      const callback = typeof value === "function" || (typeof value === "object" && value !== null)
        ? value : null;
      let handler = handlers.get(target);
      if (callback === null) {
        if (handler === undefined) return;
        handlers.delete(target);
        target.removeEventListener(type, handler.listener);
        return;
      }
      if (handler !== undefined) {
        handler.callback = callback;
        return;
      }
      handler = { callback, listener: undefined };
      handler.listener = function (event) {
        if (typeof handler.callback !== "function") return;
        if (handler.callback.call(this, event) === false) event.preventDefault();
      };
      handlers.set(target, handler);
      target.addEventListener(type, handler.listener);
    },
  };
}

// ---- Derived events

class CustomEvent extends Event {
  #detail = null;
  constructor(type, init = undefined) {
    if (arguments.length === 0) throw missingArguments();
    if (init != null && typeof init !== "object" && typeof init !== "function") {
      throw invalidArgument('The "options" argument must be of type object.');
    }
    super(type, init);
    if (init != null && init.detail !== undefined) this.#detail = init.detail;
  }
  get detail() {
    if (!eventState.is(this) || !(#detail in this)) throw invalidGetter("CustomEvent", "detail");
    return this.#detail;
  }
  initCustomEvent(type, bubbles = false, cancelable = false, detail = null) {
    if (!eventState.is(this) || !(#detail in this)) {
      throw invalidThis("CustomEvent", "initCustomEvent");
    }
    if (arguments.length === 0) throw missingArguments();
    if (eventState.initialize(this, `${type}`, !!bubbles, !!cancelable)) this.#detail = detail;
  }
}

function shownValue(value) {
  if (typeof value !== "object" || value === null) return String(value);
  return require("bun/inspect").inspect(value);
}

function messagePort(value, where) {
  const { MessagePort } = globalThis;
  if (typeof MessagePort === "function" && value instanceof MessagePort) return value;
  throw new TypeError(
    `MessageEvent constructor: Expected ${where} ("${shownValue(value)}") ` +
      "to be an instance of MessagePort.",
  );
}

function messagePorts(ports) {
  if (ports === null || typeof ports[Symbol.iterator] !== "function") {
    const text = `MessageEvent constructor: eventInitDict.ports (${ports}) is not iterable.`;
    throw new TypeError(text);
  }
  const list = [...ports];
  list.forEach((port, index) => messagePort(port, `eventInitDict.ports[${index}]`));
  return freeze(list);
}

let makeMessageEvent;

class MessageEvent extends Event {
  #data = null;
  #origin = "";
  #lastEventId = "";
  #source = null;
  // Made when first asked for, where there are none.
  #ports = null;
  constructor(type, init = undefined) {
    if (arguments.length === 0) throw missingArguments();
    super(type, init);
    const options = init ?? {};
    if (options.data !== undefined) this.#data = options.data;
    if (options.origin !== undefined) this.#origin = `${options.origin}`;
    if (options.lastEventId !== undefined) this.#lastEventId = `${options.lastEventId}`;
    if (options.source != null) {
      this.#source = messagePort(options.source, "eventInitDict.source");
    }
    if (options.ports !== undefined) this.#ports = messagePorts(options.ports);
  }
  static {
    // A message as it arrived: its data may be undefined, which an initializer cannot say.
    makeMessageEvent = (type, data, ports) => {
      const event = new MessageEvent(type);
      eventState.trust(event);
      event.#data = data;
      if (ports.length > 0) event.#ports = freeze(ports);
      return event;
    };
  }
  get origin() { return this.#origin; }
  get lastEventId() { return this.#lastEventId; }
  get source() { return this.#source; }
  get data() { return this.#data; }
  get ports() { return (this.#ports ??= freeze([])); }
  initMessageEvent(
    type, bubbles = false, cancelable = false, data = null, origin = "", lastEventId = "",
    source = null, ports = [],
  ) {
    if (arguments.length === 0) throw missingArguments();
    if (!eventState.initialize(this, `${type}`, !!bubbles, !!cancelable)) return;
    this.#data = data;
    this.#origin = `${origin}`;
    this.#lastEventId = `${lastEventId}`;
    this.#source = source;
    this.#ports = messagePorts(ports);
  }
}

class ErrorEvent extends Event {
  #message = "";
  #filename = "";
  #lineno = 0;
  #colno = 0;
  #error = null;
  constructor(type, init = undefined) {
    if (arguments.length === 0) throw missingArguments();
    super(type, init);
    const options = init ?? {};
    if (options.message !== undefined) this.#message = `${options.message}`;
    if (options.filename !== undefined) this.#filename = `${options.filename}`;
    if (options.lineno !== undefined) this.#lineno = options.lineno >>> 0;
    if (options.colno !== undefined) this.#colno = options.colno >>> 0;
    if (options.error !== undefined) this.#error = options.error;
  }
  get message() { return this.#message; }
  get filename() { return this.#filename; }
  get lineno() { return this.#lineno; }
  get colno() { return this.#colno; }
  get error() { return this.#error; }
}

class CloseEvent extends Event {
  #wasClean = false;
  #code = 0;
  #reason = "";
  constructor(type, init = undefined) {
    if (arguments.length === 0) throw missingArguments();
    super(type, init);
    const options = init ?? {};
    this.#wasClean = !!options.wasClean;
    if (options.code !== undefined) this.#code = options.code & 0xffff;
    if (options.reason !== undefined) this.#reason = `${options.reason}`;
  }
  get wasClean() { return this.#wasClean; }
  get code() { return this.#code; }
  get reason() { return this.#reason; }
}

for (const derived of [CustomEvent, MessageEvent, ErrorEvent, CloseEvent]) {
  defineInterface(derived);
  defineProperty(derived, "length", { value: 1, configurable: true });
}
const { initCustomEvent } = CustomEvent.prototype;
const { initMessageEvent } = MessageEvent.prototype;
for (const initializer of [initCustomEvent, initMessageEvent]) {
  defineProperty(initializer, "length", { value: 1, configurable: true });
}

const { addEventListener, removeEventListener, dispatchEvent } = EventTarget.prototype;

module.exports = {
  Event,
  EventTarget,
  CustomEvent,
  MessageEvent,
  ErrorEvent,
  CloseEvent,
  addEventListener,
  removeEventListener,
  dispatchEvent,
  globalTarget,
  messageEvent: makeMessageEvent,
  isEvent: eventState.is,
  isEventTarget: targetState.is,
  listenersOf,
  RESISTS_STOPPING,
  trustedEvent,
  trust: eventState.trust,
  dispatch,
  hasListeners,
  eventHandler,
};
