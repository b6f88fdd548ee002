// setTimeout, setInterval, setImmediate and the objects they return. Timers due in the same
// millisecond form a list in order of creation; a binary heap holds the lists, a map finds them.
// Native code sees one number: when the next list is due.
//
// Times are milliseconds of the event loop's clock: `Date.now()` less a skew that native code
// keeps right when the wall clock is changed.
"use strict";

const { Map, Date, Number, Symbol, Object, Infinity } = globalThis;
const loop = require("runtime/event-loop");
const asyncContext = require("runtime/async-context");
const { afterCallback, reportUncaught, state } = loop;
const dateNow = Date.now;
const lists = new Map();
const { get: mapGet, set: mapSet, delete: mapDelete } = Map.prototype;
lists.get = mapGet;
lists.set = mapSet;
lists.delete = mapDelete;

const SLOT_CLOCK_SKEW = 0;
const SLOT_DEADLINE = 1;
const SLOT_TIMER_REFERENCES = 2;
const SLOT_IMMEDIATES = 3;
const SLOT_IMMEDIATE_REFERENCES = 7;

const DELAY_MAX_MS = 2147483647;
const DISPOSE = Symbol.dispose ?? Symbol.for("Symbol.dispose");
const PROMISIFY = Symbol.for("nodejs.util.promisify.custom");

let lastIdentifier = 0;

// ---- Lists by deadline -----------------------------------------------------------------------

class TimerList {
  constructor(deadline) {
    this.deadline = deadline;
    this.first = null;
    this.last = null;
  }
}

const heap = [];

function heapPush(list) {
  let index = heap.length;
  heap.push(list);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (heap[parent].deadline <= list.deadline) break;
    heap[index] = heap[parent];
    index = parent;
  }
  heap[index] = list;
}

function heapPop() {
  const last = heap.pop();
  const length = heap.length;
  if (length === 0) return;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= length) break;
    if (child + 1 < length && heap[child + 1].deadline < heap[child].deadline) child++;
    if (heap[child].deadline >= last.deadline) break;
    heap[index] = heap[child];
    index = child;
  }
  heap[index] = last;
}

let lastList = null;

function append(timer, deadline) {
  let list = lastList;
  if (list === null || list.deadline !== deadline) {
    list = lists.get(deadline);
    if (list === undefined) {
      list = new TimerList(deadline);
      lists.set(deadline, list);
      heapPush(list);
      if (deadline < state[SLOT_DEADLINE]) state[SLOT_DEADLINE] = deadline;
    }
    lastList = list;
  }
  const last = list.last;
  timer.previous = last;
  timer.next = null;
  timer.list = list;
  if (last === null) list.first = timer;
  else last.next = timer;
  list.last = timer;
}

function unlink(timer) {
  const { list, previous, next } = timer;
  if (previous === null) list.first = next;
  else previous.next = next;
  if (next === null) list.last = previous;
  else next.previous = previous;
  timer.list = null;
  timer.previous = null;
  timer.next = null;
}

function dropFirstList() {
  const list = heap[0];
  heapPop();
  lists.delete(list.deadline);
  if (lastList === list) lastList = null;
}

// Tells native code when the next timer is due, leaving out lists whose timers were cancelled.
function publishDeadline() {
  while (heap.length > 0 && heap[0].first === null) dropFirstList();
  state[SLOT_DEADLINE] = heap.length > 0 ? heap[0].deadline : Infinity;
}

// ---- Timer state and the public objects ------------------------------------------------------

// What the event loop knows of a timer; the public object only points here.
class TimerState {
  constructor(handle, callback, delay, repeats, parameters) {
    this.handle = handle;
    this.callback = callback;
    this.parameters = parameters;
    this.delay = delay;
    this.start = 0;
    this.identifier = ++lastIdentifier;
    this.context = asyncContext.current;
    this.repeats = repeats;
    this.referenced = true;
    this.active = false;
    this.destroyed = false;
    this.list = null;
    this.previous = null;
    this.next = null;
  }
}

function now() {
  return dateNow() - state[SLOT_CLOCK_SKEW];
}

function activate(timer) {
  timer.start = now();
  if (!timer.active) {
    timer.active = true;
    if (timer.referenced) state[SLOT_TIMER_REFERENCES]++;
  }
  append(timer, timer.start + timer.delay);
}

function deactivate(timer) {
  if (timer.active) {
    timer.active = false;
    if (timer.referenced) state[SLOT_TIMER_REFERENCES]--;
  }
}

function cancel(timer) {
  if (timer.list !== null) unlink(timer);
  deactivate(timer);
  if (!timer.destroyed) {
    timer.destroyed = true;
    if (timer.identified) byIdentifier.delete(timer.identifier);
  }
}

// Timers whose number was asked for: only those can be cancelled by number.
const byIdentifier = new Map();

class Timeout {
  #state;

  constructor(callback, delay, repeats, parameters) {
    this.#state = new TimerState(this, callback, delay, repeats, parameters);
    activate(this.#state);
  }

  static stateOf(value) {
    return typeof value === "object" && value !== null && #state in value
      ? value.#state
      : undefined;
  }

  get _destroyed() { return this.#state.destroyed; }
  get _idleStart() { return this.#state.start; }
  set _idleStart(value) { this.#state.start = value; }
  get _idleTimeout() { return this.#state.destroyed ? -1 : this.#state.delay; }
  get _onTimeout() { return this.#state.callback; }
  set _onTimeout(value) { this.#state.callback = value; }
  get _repeat() { return this.#state.repeats ? this.#state.delay : null; }
  set _repeat(value) { this.#state.repeats = value !== null && value !== undefined; }

  close() {
    cancel(this.#state);
    return this;
  }

  hasRef() { return this.#state.referenced; }

  ref() {
    const timer = this.#state;
    if (!timer.referenced) {
      timer.referenced = true;
      if (timer.active) state[SLOT_TIMER_REFERENCES]++;
    }
    return this;
  }

  refresh() {
    const timer = this.#state;
    if (!timer.destroyed || timer.finished) {
      if (timer.list !== null) unlink(timer);
      timer.destroyed = false;
      activate(timer);
    }
    return this;
  }

  unref() {
    const timer = this.#state;
    if (timer.referenced) {
      timer.referenced = false;
      if (timer.active) state[SLOT_TIMER_REFERENCES]--;
    }
    return this;
  }

  [DISPOSE]() { cancel(this.#state); }

  [Symbol.toPrimitive]() {
    const timer = this.#state;
    if (!timer.destroyed) {
      timer.identified = true;
      byIdentifier.set(timer.identifier, timer);
    }
    return timer.identifier;
  }

  get [Symbol.toStringTag]() { return "Timeout"; }
}

const timeoutState = Timeout.stateOf;
delete Timeout.stateOf;
Object.defineProperty(Timeout.prototype, "constructor", { enumerable: false });

function delayOf(value) {
  if (typeof value === "number" && value >= 1 && value <= DELAY_MAX_MS) return value | 0;
  if (value === undefined) return 1;
  const delay = Number(value);
  if (delay >= 1 && delay <= DELAY_MAX_MS) return delay | 0;
  if (delay > DELAY_MAX_MS) {
    warn("TimeoutOverflowWarning", `${delay} does not fit into a 32-bit signed integer.`);
  } else if (delay < 0) {
    warn("TimeoutNegativeWarning", `${delay} is a negative number.`);
  } else if (delay !== delay) {
    warn("TimeoutNaNWarning", `${delay} is not a number.`);
  }
  return 1;
}

function warn(type, text) {
  const { process } = require("node/process");
  process.emitWarning(`${text}\nTimeout duration was set to 1.`, type);
}

function expectFunction(callback, name) {
  if (typeof callback === "function") return;
  const error = new TypeError(`${name} expects a function`);
  error.code = "ERR_INVALID_ARG_TYPE";
  throw error;
}

function rest(list, from) {
  if (list.length <= from) return undefined;
  const parameters = [];
  for (let index = from; index < list.length; index++) parameters.push(list[index]);
  return parameters;
}

function setTimeout(callback) {
  expectFunction(callback, "setTimeout");
  return new Timeout(callback, delayOf(arguments[1]), false, rest(arguments, 2));
}

function setInterval(callback) {
  expectFunction(callback, "setInterval");
  return new Timeout(callback, delayOf(arguments[1]), true, rest(arguments, 2));
}

// Cancels whatever the value names: an object of ours or the number of a timer.
function clear(value) {
  const timer = timeoutState(value);
  if (timer !== undefined) {
    cancel(timer);
    return;
  }
  const immediate = immediateState(value);
  if (immediate !== undefined) {
    cancelImmediate(immediate);
    return;
  }
  if (typeof value === "number" || typeof value === "string") {
    const found = byIdentifier.get(Number(value));
    if (found !== undefined) cancel(found);
  }
}

function clearTimeout(_timer) { clear(arguments[0]); }
function clearInterval(_timer) { clear(arguments[0]); }
function clearImmediate(_immediate) { clear(arguments[0]); }

function call(callback, receiver, parameters) {
  if (parameters === undefined) callback.call(receiver);
  else Reflect.apply(callback, receiver, parameters);
}

const { Reflect } = globalThis;

function fire(timer) {
  asyncContext.current = timer.context;
  const start = now();
  if (!timer.repeats) {
    deactivate(timer);
    timer.destroyed = true;
    timer.finished = true;
    if (timer.identified) byIdentifier.delete(timer.identifier);
  }
  try {
    call(timer.callback, timer.handle, timer.parameters);
  } catch (error) {
    reportUncaught(error);
  }
  asyncContext.current = undefined;
  if (timer.repeats && !timer.destroyed && timer.list === null) {
    timer.start = start;
    append(timer, Math.max(start + timer.delay, now()));
  }
}

const { Math } = globalThis;

// Runs what is due. Answers false when microtasks need native code in control, and is then
// called again.
function runTimers() {
  const time = now();
  for (;;) {
    while (heap.length > 0 && heap[0].first === null) dropFirstList();
    if (heap.length === 0 || heap[0].deadline > time) break;
    const list = heap[0];
    // Timers added to this very list meanwhile wait for the next round.
    const last = list.last;
    for (;;) {
      const timer = list.first;
      if (timer === null) break;
      unlink(timer);
      fire(timer);
      if (!afterCallback()) {
        publishDeadline();
        return false;
      }
      if (timer === last) break;
    }
    if (list.first !== null) break;
  }
  publishDeadline();
  return true;
}

// ---- Immediates ------------------------------------------------------------------------------

class ImmediateState {
  constructor(handle, callback, parameters) {
    this.handle = handle;
    this.callback = callback;
    this.parameters = parameters;
    this.context = asyncContext.current;
    this.referenced = true;
    this.destroyed = false;
    this.identifier = ++lastIdentifier;
  }
}

let waiting = [];
let running = [];
let runningIndex = 0;

class Immediate {
  #state;

  constructor(callback, parameters) {
    const immediate = new ImmediateState(this, callback, parameters);
    this.#state = immediate;
    waiting.push(immediate);
    state[SLOT_IMMEDIATES]++;
    state[SLOT_IMMEDIATE_REFERENCES]++;
  }

  static stateOf(value) {
    return typeof value === "object" && value !== null && #state in value
      ? value.#state
      : undefined;
  }

  get _destroyed() { return this.#state.destroyed; }
  hasRef() { return this.#state.referenced; }

  ref() {
    const immediate = this.#state;
    if (!immediate.referenced) {
      immediate.referenced = true;
      if (!immediate.destroyed) state[SLOT_IMMEDIATE_REFERENCES]++;
    }
    return this;
  }

  unref() {
    const immediate = this.#state;
    if (immediate.referenced) {
      immediate.referenced = false;
      if (!immediate.destroyed) state[SLOT_IMMEDIATE_REFERENCES]--;
    }
    return this;
  }

  [DISPOSE]() { cancelImmediate(this.#state); }
  [Symbol.toPrimitive]() { return this.#state.identifier; }
  get [Symbol.toStringTag]() { return "Immediate"; }
}

const immediateState = Immediate.stateOf;
delete Immediate.stateOf;

function finishImmediate(immediate) {
  immediate.destroyed = true;
  state[SLOT_IMMEDIATES]--;
  if (immediate.referenced) state[SLOT_IMMEDIATE_REFERENCES]--;
}

function cancelImmediate(immediate) {
  if (!immediate.destroyed) finishImmediate(immediate);
}

function setImmediate(callback) {
  expectFunction(callback, "setImmediate");
  return new Immediate(callback, rest(arguments, 1));
}

// Runs the immediates that waited when the round began. Answers as runTimers does.
function runImmediates() {
  if (runningIndex >= running.length) {
    running = waiting;
    waiting = [];
    runningIndex = 0;
  }
  while (runningIndex < running.length) {
    const immediate = running[runningIndex++];
    if (immediate.destroyed) continue;
    finishImmediate(immediate);
    asyncContext.current = immediate.context;
    try {
      call(immediate.callback, immediate.handle, immediate.parameters);
    } catch (error) {
      reportUncaught(error);
    }
    asyncContext.current = undefined;
    if (!afterCallback()) return false;
  }
  running = [];
  runningIndex = 0;
  return true;
}

loop.runTimers = runTimers;
loop.runImmediates = runImmediates;

// ---- util.promisify --------------------------------------------------------------------------

function definePromisified(target, load) {
  Object.defineProperty(target, PROMISIFY, { configurable: true, enumerable: false, get: load });
}

definePromisified(setTimeout, () => promisedTimeout);
definePromisified(setInterval, () => promisedTimeout);
definePromisified(setImmediate, () => promisedImmediate);

function promisedTimeout(delay, value) {
  return new Promise((resolve) => setTimeout(resolve, delay, value));
}

function promisedImmediate(value) {
  return new Promise((resolve) => setImmediate(resolve, value));
}

const { Promise } = globalThis;

module.exports = {
  setTimeout,
  setInterval,
  setImmediate,
  clearTimeout,
  clearInterval,
  clearImmediate,
  Timeout,
  Immediate,
};
