// setTimeout, setInterval and the objects they return. Timers due in the same millisecond form a
// list in order of creation; a binary heap holds the lists, a map finds them. Native code sees one
// number: when the next list is due.
//
// Times are milliseconds of the event loop's clock: `Date.now()` less a skew that native code
// keeps right when the wall clock is changed. A timer is one object, with all state in private
// fields; the functions that work on it are made inside its class and taken out of it below.
"use strict";

const { Date, Infinity, Math, Number, Object, Set, Symbol } = globalThis;
const loop = require("runtime/event-loop");
const asyncContext = require("runtime/async-context");
const { apply, keptMap } = require("runtime/primordials");
const immediates = require("runtime/immediates");
const { afterCallback, reportUncaught, state } = loop;
const dateNow = Date.now;

const SLOT_CLOCK_SKEW = 0;
const SLOT_DEADLINE = 1;
const SLOT_TIMER_REFERENCES = 2;

const DELAY_MAX_MS = 2147483647;
const DISPOSE = Symbol.dispose ?? Symbol.for("Symbol.dispose");
const PROMISIFY = Symbol.for("nodejs.util.promisify.custom");

// Bits of a timer's flags.
const REPEATS = 1;
const REFERENCED = 2;
const ACTIVE = 4;
const DESTROYED = 8;
// It fires, or has fired for the last time, and was not cancelled since.
const FINISHED = 16;
const IDENTIFIED = 32;

let lastIdentifier = 0;

// Timers whose number was asked for: only those can be cancelled by number.
const byIdentifier = keptMap();

// ---- Lists by deadline -----------------------------------------------------------------------

class TimerList {
  constructor(deadline) {
    this.deadline = deadline;
    this.first = null;
    this.last = null;
  }
}

const lists = keptMap();
const heap = [];
let lastList = null;

function heapPush(list) {
  let index = heap.length;
  heap[index] = list;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (heap[parent].deadline <= list.deadline) break;
    heap[index] = heap[parent];
    index = parent;
  }
  heap[index] = list;
}

function heapPop() {
  const length = heap.length - 1;
  const last = heap[length];
  heap.length = length;
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

function listAt(deadline) {
  let list = lists.get(deadline);
  if (list === undefined) {
    list = new TimerList(deadline);
    lists.set(deadline, list);
    heapPush(list);
    if (deadline < state[SLOT_DEADLINE]) state[SLOT_DEADLINE] = deadline;
  }
  lastList = list;
  return list;
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

function now() {
  return dateNow() - state[SLOT_CLOCK_SKEW];
}

// ---- The public object -----------------------------------------------------------------------

let isTimer, cancel, runList, describe;

function checked(value, name) {
  if (isTimer(value)) return value;
  const message = `The Timeout.${name} getter can only be used on instances of Timeout`;
  throw new TypeError(message);
}

class Timeout {
  #next = null;
  #previous = null;
  #list = null;
  #callback;
  #parameters;
  #delay;
  #start = 0;
  #identifier = ++lastIdentifier;
  #context = asyncContext.current;
  #flags;

  constructor(callback, delay, flags, parameters) {
    this.#callback = callback;
    this.#parameters = parameters;
    this.#delay = delay;
    this.#flags = flags;
    this.#activate();
  }

  static {
    isTimer = (value) => typeof value === "object" && value !== null && #flags in value;
    cancel = (timer) => timer.#cancel();
    runList = (list, last) => {
      for (;;) {
        const timer = list.first;
        if (timer === null) return true;
        timer.#unlink();
        timer.#fire();
        if (!afterCallback()) return false;
        if (timer === last) return true;
      }
    };
    describe = (timer) =>
      `Timeout (#${timer.#identifier}${timer.#flags & REPEATS ? ", repeats" : ""})`;
  }

  #append(deadline) {
    let list = lastList;
    if (list === null || list.deadline !== deadline) list = listAt(deadline);
    const last = list.last;
    this.#previous = last;
    this.#next = null;
    this.#list = list;
    if (last === null) list.first = this;
    else last.#next = this;
    list.last = this;
  }

  #unlink() {
    const list = this.#list;
    const previous = this.#previous;
    const next = this.#next;
    if (previous === null) list.first = next;
    else previous.#next = next;
    if (next === null) list.last = previous;
    else next.#previous = previous;
    this.#list = null;
    this.#previous = null;
    this.#next = null;
  }

  #activate() {
    this.#start = now();
    const flags = this.#flags;
    if ((flags & ACTIVE) === 0) {
      this.#flags = flags | ACTIVE;
      if (flags & REFERENCED) state[SLOT_TIMER_REFERENCES]++;
    }
    this.#append(this.#start + this.#delay);
  }

  // Ends it, by `bits`: cancelled or fired for the last time.
  #finish(bits) {
    const flags = this.#flags;
    if ((flags & (ACTIVE | REFERENCED)) === (ACTIVE | REFERENCED)) state[SLOT_TIMER_REFERENCES]--;
    if (flags & IDENTIFIED) byIdentifier.delete(this.#identifier);
    this.#flags = (flags & ~(ACTIVE | IDENTIFIED)) | bits;
  }

  #cancel() {
    if (this.#list !== null) this.#unlink();
    this.#finish(DESTROYED);
    this.#flags &= ~FINISHED;
  }

  #fire() {
    asyncContext.current = this.#context;
    const start = now();
    const isLast = (this.#flags & REPEATS) === 0;
    if (isLast) this.#finish(FINISHED);
    try {
      const parameters = this.#parameters;
      if (this.#callback === null) this.#cancel();
      else if (parameters === undefined) this.#callback();
      else apply(this.#callback, this, parameters);
    } catch (error) {
      reportUncaught(error, true);
    }
    asyncContext.current = undefined;
    if (isLast) this.#fired();
    else if ((this.#flags & DESTROYED) === 0 && this.#list === null) this.#repeat(start);
  }

  // What follows the call of a timeout, which may have made an interval of it.
  #fired() {
    const flags = this.#flags;
    if ((flags & REPEATS) !== 0 && this.#list === null) {
      this.#flags = flags & ~(DESTROYED | FINISHED);
      this.#activate();
    } else if ((flags & FINISHED) !== 0) {
      this.#flags = flags | DESTROYED;
    }
  }

  // Programs end an interval by its fields too.
  #repeat(start) {
    if ((this.#flags & REPEATS) === 0 || this.#delay < 0 || this.#callback === null) {
      this.#cancel();
      return;
    }
    this.#start = start;
    this.#append(Math.max(start + this.#delay, now()));
  }

  get _destroyed() { return (checked(this, "_destroyed").#flags & DESTROYED) !== 0; }
  get _idleStart() { return checked(this, "_idleStart").#start; }
  set _idleStart(value) { this.#start = value; }

  get _idleTimeout() {
    return checked(this, "_idleTimeout").#flags & DESTROYED ? -1 : this.#delay;
  }

  set _idleTimeout(value) { this.#delay = Number(value); }
  get _onTimeout() { return checked(this, "_onTimeout").#callback; }
  set _onTimeout(value) { this.#callback = typeof value === "function" ? value : null; }
  get _repeat() { return checked(this, "_repeat").#flags & REPEATS ? this.#delay : null; }

  set _repeat(value) {
    if (value === null || value === undefined) {
      this.#flags &= ~REPEATS;
      return;
    }
    this.#flags |= REPEATS;
    if (value >= 1) this.#delay = Number(value);
  }

  close() {
    if (!isTimer(this)) return undefined;
    this.#cancel();
    return this;
  }

  hasRef() { return isTimer(this) ? (this.#flags & REFERENCED) !== 0 : undefined; }

  ref() {
    if (!isTimer(this)) return undefined;
    const flags = this.#flags;
    if ((flags & REFERENCED) === 0) {
      this.#flags = flags | REFERENCED;
      if (flags & ACTIVE) state[SLOT_TIMER_REFERENCES]++;
    }
    return this;
  }

  refresh() {
    if (!isTimer(this)) return undefined;
    const flags = this.#flags;
    // One whose delay a program made negative is not set again.
    if (this.#delay >= 0 && ((flags & DESTROYED) === 0 || (flags & FINISHED) !== 0)) {
      if (this.#list !== null) this.#unlink();
      this.#flags = flags & ~(DESTROYED | FINISHED);
      this.#activate();
    }
    return this;
  }

  unref() {
    if (!isTimer(this)) return undefined;
    const flags = this.#flags;
    if (flags & REFERENCED) {
      this.#flags = flags & ~REFERENCED;
      if (flags & ACTIVE) state[SLOT_TIMER_REFERENCES]--;
    }
    return this;
  }

  [DISPOSE]() { if (isTimer(this)) this.#cancel(); }

  [Symbol.toPrimitive]() {
    if (!isTimer(this)) return undefined;
    if ((this.#flags & DESTROYED) === 0) {
      this.#flags |= IDENTIFIED;
      byIdentifier.set(this.#identifier, this);
    }
    return this.#identifier;
  }

  get [Symbol.toStringTag]() { return "Timeout"; }
}

immediates.moveConstructorLast(Timeout);

// Runs what is due. Answers false when microtasks need native code in control, and is then
// called again.
function runTimers() {
  const time = now();
  for (;;) {
    while (heap.length > 0 && heap[0].first === null) dropFirstList();
    if (heap.length === 0 || heap[0].deadline > time) break;
    const list = heap[0];
    // Timers added to this very list meanwhile wait for the next round.
    if (!runList(list, list.last)) {
      publishDeadline();
      return false;
    }
    if (list.first !== null) break;
  }
  publishDeadline();
  return true;
}

loop.runTimers = runTimers;

// ---- The functions ---------------------------------------------------------------------------

function delayOf(value) {
  if (typeof value === "number" && value >= 1 && value <= DELAY_MAX_MS) return value | 0;
  if (value === undefined) return 1;
  const delay = Number(value);
  if (delay >= 1 && delay <= DELAY_MAX_MS) return delay | 0;
  if (delay > DELAY_MAX_MS) {
    warn("TimeoutOverflowWarning", `${delay} does not fit into a 32-bit signed integer.`);
  } else if (delay < 0) {
    warnOnce("TimeoutNegativeWarning", `${delay} is a negative number.`);
  } else if (delay !== delay) {
    warnOnce("TimeoutNaNWarning", `${delay} is not a number.`);
  }
  return 1;
}

const warned = new Set();

function warnOnce(type, text) {
  if (warned.has(type)) return;
  warned.add(type);
  warn(type, text);
}

function warn(type, text) {
  const { process } = require("node/process");
  process.emitWarning(`${text}\nTimeout duration was set to 1.`, type);
}

// Cancels what the value names: a timer or the number of one.
function clear(value) {
  if (isTimer(value)) {
    cancel(value);
  } else if (typeof value === "number" || typeof value === "string") {
    // Text names a timer only as the number is written.
    const number = Number(value);
    const found = `${number}` === `${value}` ? byIdentifier.get(number) : undefined;
    if (found !== undefined) cancel(found);
  }
}

const { rest, expectFunction } = immediates;

// A test runner's timers, which stand in for those of the event loop while they are set.
let fake;

// Methods, so that the functions have no `prototype`.
const functions = {
  setTimeout(callback) {
    expectFunction(callback, "setTimeout");
    if (fake !== undefined) return fake.start(callback, delayOf(arguments[1]), false, arguments);
    const parameters = arguments.length > 2 ? rest(arguments, 2) : undefined;
    return new Timeout(callback, delayOf(arguments[1]), REFERENCED, parameters);
  },
  setInterval(callback) {
    expectFunction(callback, "setInterval");
    if (fake !== undefined) return fake.start(callback, delayOf(arguments[1]), true, arguments);
    const parameters = arguments.length > 2 ? rest(arguments, 2) : undefined;
    return new Timeout(callback, delayOf(arguments[1]), REFERENCED | REPEATS, parameters);
  },
  clearTimeout(timer) {
    if (fake === undefined || !fake.stop(timer)) clear(timer);
  },
  clearInterval(timer) {
    if (fake === undefined || !fake.stop(timer)) clear(timer);
  },
  clearImmediate(immediate) { immediates.clear(immediate); },
};

// util.promisify gives the functions of node:timers/promises.
function definePromisified(target, name) {
  const get = () => require("node/timers-promises")[name];
  Object.defineProperty(target, PROMISIFY, { enumerable: true, get });
}

definePromisified(functions.setTimeout, "setTimeout");
definePromisified(functions.setInterval, "setInterval");
definePromisified(immediates.setImmediate, "setImmediate");

module.exports = {
  ...functions,
  setImmediate: immediates.setImmediate,
  Timeout,
  Immediate: immediates.Immediate,
  fakeWith(given) { fake = given; },
  // For those who must not be fooled.
  realTimeout: (callback, delay) =>
    new Timeout(callback, delayOf(delay), REFERENCED, undefined),
  realInterval: (delay) =>
    new Timeout(() => {}, delayOf(delay), REFERENCED | REPEATS, undefined),
  realClear: clear,
  // The text console.log shows for a timer; undefined for anything else.
  describe(value) { return isTimer(value) ? describe(value) : immediates.describe(value); },
};
