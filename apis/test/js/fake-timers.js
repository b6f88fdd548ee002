// Fake timers and a fake clock: jest.useFakeTimers() and its relatives, setSystemTime().
//
// While fake timers are on, setTimeout and setInterval make timers that fire only when the test
// moves the time, and Date and performance show that time. Date is wrapped from the start of a run
// (see install), so that it is the same function before and after.
"use strict";

const { Date: RealDate, Intl, Math, Object, Reflect } = globalThis;
const timers = require("runtime/timers");
const { replaced } = require("runtime/engine-globals");

const realNow = RealDate.now;
const CYCLES_MAX = 100_000;

// The time that Date shows; undefined for the real one.
let shownDate;

// ---- Date ------------------------------------------------------------------------------------

function FakeableDate(...parameters) {
  if (new.target === undefined) {
    return shownDate === undefined ? RealDate() : String(new RealDate(shownDate));
  }
  if (parameters.length === 0 && shownDate !== undefined) parameters = [shownDate];
  return Reflect.construct(RealDate, parameters, new.target);
}

const { now } = {
  now() {
    return shownDate === undefined ? realNow() : shownDate;
  },
};

// Puts the wrapped Date in place.
function install() {
  replaced.push(FakeableDate);
  for (const name of ["UTC", "parse"]) define(FakeableDate, name, RealDate[name]);
  define(FakeableDate, "now", now);
  Object.defineProperty(FakeableDate, "name", { value: "Date", configurable: true });
  Object.defineProperty(FakeableDate, "length", { value: 7, configurable: true });
  Object.defineProperty(FakeableDate, "prototype", {
    value: RealDate.prototype, writable: false, enumerable: false,
  });
  define(RealDate.prototype, "constructor", FakeableDate);
  define(globalThis, "Date", FakeableDate);
}

function define(target, name, value) {
  Object.defineProperty(target, name, { value, writable: true, configurable: true });
}

function showDate(time) {
  shownDate = time;
  if (time === undefined) restoreIntl();
  else fakeIntl();
}

// Intl.DateTimeFormat shows the time itself where it is given none.
const formats = Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, "format");
let isIntlFaked = false;

function fakeIntl() {
  if (isIntlFaked) return;
  isIntlFaked = true;
  Object.defineProperty(Intl.DateTimeFormat.prototype, "format", {
    ...formats,
    get() {
      const format = Reflect.apply(formats.get, this, []);
      return (date) => format(date === undefined ? shownDate : date);
    },
  });
}

function restoreIntl() {
  if (isIntlFaked) Object.defineProperty(Intl.DateTimeFormat.prototype, "format", formats);
  isIntlFaked = false;
}

// ---- Timers ----------------------------------------------------------------------------------

// Milliseconds since fake timers were turned on, and what Date shows at that moment.
let elapsed = 0;
let origin = 0;
let isActive = false;
let pending = [];
let lastOrder = 0;
let lastIdentifier = 0;

let fire;
let identifierOf;

class FakeTimeout {
  #callback;
  #parameters;
  #delay;
  #repeats;
  #isReferenced = true;
  #identifier = ++lastIdentifier;

  constructor(callback, delay, repeats, parameters) {
    this.#callback = callback;
    this.#delay = delay;
    this.#repeats = repeats;
    this.#parameters = parameters;
  }

  static {
    fire = (timer) => {
      if (timer.#repeats) schedule(timer, timer.#delay);
      Reflect.apply(timer.#callback, timer, timer.#parameters);
    };
    identifierOf = (timer) => timer.#identifier;
  }

  ref() { this.#isReferenced = true; return this; }
  unref() { this.#isReferenced = false; return this; }
  hasRef() { return this.#isReferenced; }
  refresh() { remove(this); schedule(this, this.#delay); return this; }
  close() { remove(this); return this; }
  [Symbol.toPrimitive]() { return this.#identifier; }
  [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() { remove(this); }
}
Object.defineProperty(FakeTimeout, "name", { value: "Timeout" });

// In order of time, then of creation.
function schedule(timer, delay) {
  const entry = { timer, time: elapsed + Math.max(delay, 1), order: ++lastOrder };
  let place = pending.length;
  while (place > 0 && pending[place - 1].time > entry.time) place--;
  pending.splice(place, 0, entry);
}

function remove(timer) {
  const before = pending.length;
  pending = pending.filter((entry) => entry.timer !== timer);
  return pending.length < before;
}

const clock = {
  start(callback, delay, repeats, given) {
    const parameters = [];
    for (let index = 2; index < given.length; index++) parameters.push(given[index]);
    const timer = new FakeTimeout(callback, delay, repeats, parameters);
    schedule(timer, delay);
    return timer;
  },
  // Answers whether it was a fake timer.
  stop(timer) {
    if (timer instanceof FakeTimeout) {
      remove(timer);
      return true;
    }
    const number = Number(timer);
    const found = pending.find((entry) => identifierOf(entry.timer) === number);
    return found !== undefined && remove(found.timer);
  },
};

function moveTo(time) {
  elapsed = time;
  showDate(origin + elapsed);
}

function fireNext() {
  const entry = pending.shift();
  moveTo(Math.max(entry.time, elapsed));
  fire(entry.timer);
}

function fireUntil(limit) {
  let cycles = 0;
  while (pending.length > 0 && pending[0].time <= limit) {
    if (++cycles > CYCLES_MAX) {
      throw new Error(`Aborting after running ${CYCLES_MAX} timers, assuming an infinite loop!`);
    }
    fireNext();
  }
}

// ---- performance -----------------------------------------------------------------------------

let performanceNow;

function fakePerformance() {
  const { performance } = globalThis;
  if (performanceNow !== undefined || performance === undefined) return;
  performanceNow = { own: Object.getOwnPropertyDescriptor(performance, "now") };
  define(performance, "now", { now: () => elapsed }.now);
}

function restorePerformance() {
  if (performanceNow === undefined) return;
  const { own } = performanceNow;
  if (own === undefined) delete globalThis.performance.now;
  else Object.defineProperty(globalThis.performance, "now", own);
  performanceNow = undefined;
}

// ---- The functions of jest and vi ------------------------------------------------------------

function needActive() {
  if (isActive) return;
  throw new Error("Fake timers are not active. Call useFakeTimers() first.");
}

function timeOf(value, what) {
  if (typeof value === "number") return value;
  if (value instanceof RealDate) return value.getTime();
  throw new TypeError(what);
}

function useFakeTimers(options) {
  if (options !== undefined && (typeof options !== "object" || options === null)) {
    throw new TypeError("useFakeTimers() expects an options object");
  }
  const given = options?.now;
  origin = given === undefined
    ? shownDate ?? realNow()
    : timeOf(given, "'now' must be a number or Date");
  pending = [];
  isActive = true;
  timers.fakeWith(clock);
  define(globalThis.setTimeout, "clock", true);
  fakePerformance();
  moveTo(0);
  return this;
}

function useRealTimers() {
  isActive = false;
  pending = [];
  timers.fakeWith(undefined);
  delete globalThis.setTimeout.clock;
  restorePerformance();
  showDate(undefined);
  return this;
}

function setSystemTime(time) {
  if (time === undefined || time === null) {
    origin = realNow() - elapsed;
    showDate(isActive ? origin + elapsed : undefined);
    return this;
  }
  const wanted = typeof time === "string" ? new RealDate(time).getTime() : timeOf(
    time, "setSystemTime() expects a number or Date");
  if (!Number.isFinite(wanted)) return this;
  origin = wanted - elapsed;
  showDate(wanted);
  return this;
}

const functions = {
  setSystemTime,
  now: () => FakeableDate.now(),
  useFakeTimers,
  useRealTimers,
  advanceTimersToNextTimer() {
    needActive();
    if (pending.length > 0) fireNext();
    return this;
  },
  advanceTimersByTime(milliseconds) {
    needActive();
    if (typeof milliseconds !== "number") {
      throw new TypeError("advanceTimersByTime() expects a number of milliseconds");
    }
    if (milliseconds < 0 || Number.isNaN(milliseconds)) {
      throw new TypeError("advanceTimersByTime() ms is out of range. It must be >= 0 and <= " +
        "4503599627370495. Received " + milliseconds);
    }
    const target = elapsed + milliseconds;
    fireUntil(target);
    moveTo(target);
    return this;
  },
  runOnlyPendingTimers() {
    needActive();
    if (pending.length > 0) fireUntil(pending[pending.length - 1].time);
    return this;
  },
  runAllTimers() {
    needActive();
    fireUntil(Infinity);
    return this;
  },
  getTimerCount() {
    needActive();
    return pending.length;
  },
  clearAllTimers() {
    needActive();
    pending = [];
    return this;
  },
  isFakeTimers: () => isActive,
};

module.exports = { ...functions, install };
