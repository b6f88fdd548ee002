"use strict";
// performance: the clock, marks and measures, and their observers. Entries are kept until cleared.

const { defineInterface } = require("web/interface");
const { EventTarget, eventHandler } = require("web/events");
const { DOMException } = require("web/dom-exception");
const { illegalConstructor, invalidArgumentType, missingArguments, withCode } =
  require("web/errors");

const INTERNAL = Symbol("internal");
const timeOrigin = ops.performanceTimeOrigin();
const entries = [];
const observers = new Set();

/** Milliseconds since the process started. */
function now() {
  return ops.performanceNow();
}

class PerformanceEntry {
  #name;
  #entryType;
  #startTime;
  #duration;
  constructor(token, name, entryType, startTime, duration) {
    if (token !== INTERNAL) throw illegalConstructor();
    this.#name = name;
    this.#entryType = entryType;
    this.#startTime = startTime;
    this.#duration = duration;
  }
  get name() { return this.#name; }
  get entryType() { return this.#entryType; }
  get startTime() { return this.#startTime; }
  get duration() { return this.#duration; }
  toJSON() {
    const { name, entryType, startTime, duration } = this;
    return { name, entryType, startTime, duration };
  }
}

function cloneDetail(detail) {
  if (detail === undefined || detail === null) return null;
  return require("web/structured-clone").structuredClone(detail);
}

class PerformanceMark extends PerformanceEntry {
  #detail;
  constructor(name, options = undefined) {
    if (arguments.length === 0) throw missingArguments();
    if (options != null && typeof options !== "object" && typeof options !== "function") {
      throw invalidArgumentType("options", "of type object", options);
    }
    const startTime = options?.startTime === undefined ? now() : Number(options.startTime);
    if (startTime < 0) throw new TypeError("startTime cannot be negative");
    super(INTERNAL, `${name}`, "mark", startTime, 0);
    this.#detail = cloneDetail(options?.detail);
  }
  get detail() { return this.#detail; }
  toJSON() { return { ...super.toJSON(), detail: this.#detail }; }
}

class PerformanceMeasure extends PerformanceEntry {
  #detail;
  constructor(token, name, startTime, duration, detail) {
    super(token, name, "measure", startTime, duration);
    this.#detail = detail;
  }
  get detail() { return this.#detail; }
  toJSON() { return { ...super.toJSON(), detail: this.#detail }; }
}

/** The time of the last mark of a name. */
function markTime(value) {
  const name = `${value}`;
  for (let index = entries.length - 1; index >= 0; index--) {
    const entry = entries[index];
    if (entry.name === name && entry.entryType === "mark") return entry.startTime;
  }
  throw new SyntaxError(`No mark named '${name}' exists`);
}

/** A time, or that of a mark by name. */
function timeOf(value) {
  if (typeof value !== "number") return markTime(value);
  if (value < 0) throw new TypeError("Type error");
  return value;
}

/** Start and end of a measure given as options. */
function measureSpan({ start, end, duration }) {
  if (start !== undefined && end !== undefined && duration !== undefined) {
    throw new TypeError("Type error");
  }
  const length = duration === undefined ? undefined : Number(duration);
  let to = end === undefined ? undefined : timeOf(end);
  let from = start === undefined ? undefined : timeOf(start);
  if (from === undefined) from = to === undefined || length === undefined ? 0 : to - length;
  if (to === undefined) to = start === undefined || length === undefined ? now() : from + length;
  return { from, to };
}

function spanOf(startOrOptions, endMark) {
  const isObject = typeof startOrOptions === "object" || typeof startOrOptions === "function";
  if (isObject && startOrOptions !== null) {
    const { start, end, duration } = startOrOptions;
    if (endMark === undefined) return measureSpan({ start, end, duration });
    if (start !== undefined || end !== undefined) throw new TypeError("Type error");
  }
  const to = endMark === undefined ? now() : markTime(endMark);
  return { from: isObject || startOrOptions === undefined ? 0 : markTime(startOrOptions), to };
}

function addEntry(entry) {
  entries.push(entry);
  return offerEntry(entry);
}

/** Shows observers an entry that is not kept. */
function offerEntry(entry) {
  for (const observer of observers) offer(observer, entry);
  return entry;
}

function missingArgument(name) {
  return withCode(new TypeError(`The "${name}" argument must be specified`), "ERR_MISSING_ARGS");
}

const inOrder = (list) => list.toSorted((left, right) => left.startTime - right.startTime);

function select(list, { name, type }) {
  return inOrder(list.filter((entry) => (name === undefined || entry.name === name) &&
    (type === undefined || entry.entryType === type)));
}

function clearEntries(type, name) {
  const kept = entries.filter((entry) => entry.entryType !== type ||
    (name !== undefined && entry.name !== `${name}`));
  entries.splice(0, entries.length, ...kept);
}

const resourceInitiators = new WeakMap();
const onBufferFull = eventHandler("resourcetimingbufferfull");
let timing;

class Performance extends EventTarget {
  constructor(token) {
    if (token !== INTERNAL) throw illegalConstructor();
    super();
  }
  get timeOrigin() { return timeOrigin; }
  get timing() { return (timing ??= new PerformanceTiming(INTERNAL)); }
  get onresourcetimingbufferfull() { return onBufferFull.get(this); }
  set onresourcetimingbufferfull(value) { onBufferFull.set(this, value); }
  toJSON() { return { timeOrigin, timing: this.timing }; }
  getEntries() { return inOrder(entries); }
  getEntriesByType(type) {
    if (arguments.length === 0) throw missingArgument("type");
    return select(entries, { type: `${type}` });
  }
  getEntriesByName(name, type = undefined) {
    if (arguments.length === 0) throw missingArgument("name");
    return select(entries, { name: `${name}`, type: type === undefined ? type : `${type}` });
  }
  clearResourceTimings() { clearEntries("resource", undefined); }
  setResourceTimingBufferSize(_size) {}
  mark(name, options = undefined) {
    if (arguments.length === 0) throw missingArguments();
    return addEntry(new PerformanceMark(name, options));
  }
  clearMarks(name = undefined) { clearEntries("mark", name); }
  measure(name, startOrOptions = undefined, endMark = undefined) {
    if (arguments.length === 0) throw missingArguments();
    const { from, to } = spanOf(startOrOptions, endMark);
    const detail = typeof startOrOptions === "object" ? startOrOptions?.detail : undefined;
    const entry = new PerformanceMeasure(INTERNAL, `${name}`, from, to - from, cloneDetail(detail));
    return addEntry(entry);
  }
  markResourceTiming(_info, name, initiator, _global, _cache, _bodyInfo, _status) {
    const entry = new PerformanceResourceTiming(INTERNAL, `${name}`, "resource", now(), 0);
    resourceInitiators.set(entry, `${initiator}`);
    return addEntry(entry);
  }
  clearMeasures(name = undefined) { clearEntries("measure", name); }
}

const TIMING_NAMES = [
  "navigationStart", "unloadEventStart", "unloadEventEnd", "redirectStart", "redirectEnd",
  "fetchStart", "domainLookupStart", "domainLookupEnd", "connectStart", "connectEnd",
  "secureConnectionStart", "requestStart", "responseStart", "responseEnd", "domLoading",
  "domInteractive", "domContentLoadedEventStart", "domContentLoadedEventEnd", "domComplete",
  "loadEventStart", "loadEventEnd",
];

/** Defines getters that answer a constant. */
function defineConstants(constructor, names, value) {
  for (const name of names) {
    const get = Object.getOwnPropertyDescriptor({ get [name]() { return value; } }, name).get;
    Object.defineProperty(constructor.prototype, name, { get, configurable: true });
  }
}

class PerformanceTiming {
  constructor(token) {
    if (token !== INTERNAL) throw illegalConstructor();
  }
  toJSON() {
    return Object.fromEntries(TIMING_NAMES.map((name) => [name, this[name]]));
  }
}
defineConstants(PerformanceTiming, TIMING_NAMES, 0);

const RESOURCE_TIMES = [
  "workerStart", "redirectStart", "redirectEnd", "fetchStart", "domainLookupStart",
  "domainLookupEnd", "connectStart", "connectEnd", "secureConnectionStart", "requestStart",
  "responseStart", "responseEnd", "transferSize", "encodedBodySize", "decodedBodySize",
];

class PerformanceResourceTiming extends PerformanceEntry {
  get initiatorType() { return resourceInitiators.get(this) ?? ""; }
  get nextHopProtocol() { return ""; }
  get serverTiming() { return []; }
  toJSON() {
    const more = Object.fromEntries(RESOURCE_TIMES.map((name) => [name, this[name]]));
    return { ...super.toJSON(), ...more };
  }
}
defineConstants(PerformanceResourceTiming, RESOURCE_TIMES, 0);

class PerformanceServerTiming {
  constructor(token) {
    if (token !== INTERNAL) throw illegalConstructor();
  }
  get name() { return ""; }
  get duration() { return 0; }
  get description() { return ""; }
  toJSON() { return { name: "", duration: 0, description: "" }; }
}

class PerformanceObserverEntryList {
  #entries;
  constructor(token, list) {
    if (token !== INTERNAL) throw illegalConstructor();
    this.#entries = list;
  }
  getEntries() { return inOrder(this.#entries); }
  getEntriesByType(type) {
    if (arguments.length === 0) throw missingArgument("type");
    return select(this.#entries, { type: `${type}` });
  }
  getEntriesByName(name, type = undefined) {
    if (arguments.length === 0) throw missingArgument("name");
    return select(this.#entries, { name: `${name}`, type: type === undefined ? type : `${type}` });
  }
}

const SUPPORTED = Object.freeze(["function", "mark", "measure", "resource"]);
let offer;

/** What an observer is to observe: either several types, or one of which it may get old entries. */
function readObserverInit(options) {
  if (options !== undefined && options !== null && typeof options !== "object") {
    throw new TypeError("Type error");
  }
  const { entryTypes, type, buffered } = options ?? {};
  if (entryTypes === undefined && type === undefined) {
    throw new TypeError("no type or entryTypes were provided");
  }
  if (entryTypes === undefined) return { type: `${type}`, buffered };
  if (typeof entryTypes !== "object" || entryTypes === null) {
    throw withCode(new TypeError("Value is not a sequence"), "ERR_INVALID_ARG_TYPE");
  }
  if (typeof entryTypes[Symbol.iterator] !== "function") throw new TypeError("Type error");
  const names = Array.from(entryTypes, String);
  if (type !== undefined) throw new TypeError("either entryTypes or type must be provided");
  return { entryTypes: names };
}

class PerformanceObserver {
  #callback;
  #types = new Set();
  #queue = [];
  #isScheduled = false;
  /** Whether it observes several types at once; undefined until it observes. */
  #isMultiple;
  constructor(callback) {
    if (arguments.length === 0) throw missingArguments();
    if (typeof callback !== "function") {
      const message =
        "Argument 1 ('callback') to the PerformanceObserver constructor must be a function";
      throw withCode(new TypeError(message), "ERR_INVALID_ARG_TYPE");
    }
    this.#callback = callback;
  }
  observe(options = undefined) {
    const { entryTypes, type, buffered } = readObserverInit(options);
    const isMultiple = entryTypes !== undefined;
    if (this.#isMultiple !== undefined && this.#isMultiple !== isMultiple) {
      const message = "observer type can't be changed once registered";
      throw new DOMException(message, "InvalidModificationError");
    }
    this.#isMultiple = isMultiple;
    if (isMultiple) this.#types = new Set(entryTypes.filter((name) => SUPPORTED.includes(name)));
    else this.#types.add(type);
    if (this.#types.size === 0) return;
    observers.add(this);
    if (!buffered || type === undefined) return;
    for (const entry of select(entries, { type })) offer(this, entry);
  }
  disconnect() {
    observers.delete(this);
    this.#isMultiple = undefined;
    this.#types.clear();
    this.#queue = [];
  }
  takeRecords() {
    const records = this.#queue;
    this.#queue = [];
    return records;
  }
  #deliver() {
    this.#isScheduled = false;
    const records = this.takeRecords();
    if (records.length === 0) return;
    const list = new PerformanceObserverEntryList(INTERNAL, records);
    try {
      this.#callback.call(this, list, this);
    } catch (error) {
      require("web/report-error").reportException(error);
    }
  }
  static {
    offer = (observer, entry) => {
      if (!observer.#types.has(entry.entryType)) return;
      observer.#queue.push(entry);
      if (observer.#isScheduled) return;
      observer.#isScheduled = true;
      require("runtime/timers").setImmediate(() => observer.#deliver());
    };
  }
}

for (const constructor of [
  Performance, PerformanceEntry, PerformanceMeasure, PerformanceMark, PerformanceObserver,
  PerformanceObserverEntryList, PerformanceResourceTiming, PerformanceServerTiming,
  PerformanceTiming,
]) {
  const isDetailed = constructor === PerformanceMark || constructor === PerformanceMeasure;
  defineInterface(constructor, { hidden: isDetailed ? ["toJSON"] : [] });
}
Object.defineProperty(PerformanceObserver, "supportedEntryTypes", {
  value: Object.freeze(["mark", "measure", "resource"]),
  writable: false,
  enumerable: true,
  configurable: true,
});
for (const [constructor, length] of [
  [Performance, 0], [PerformanceEntry, 0], [PerformanceMark, 1], [PerformanceMeasure, 0],
  [PerformanceObserver, 1], [PerformanceObserverEntryList, 0], [PerformanceResourceTiming, 0],
  [PerformanceServerTiming, 0], [PerformanceTiming, 0],
]) {
  Object.defineProperty(constructor, "length", { value: length, configurable: true });
}

const INSPECT = Symbol.for("nodejs.util.inspect.custom");
Object.defineProperty(PerformanceEntry.prototype, INSPECT, {
  value: {
    [INSPECT](depth, options) {
      return `${this.constructor.name} ${arguments[2](this.toJSON(), options)}`;
    },
  }[INSPECT],
  writable: true,
  enumerable: false,
  configurable: true,
});

const performance = new Performance(INTERNAL);
Object.defineProperty(performance, "now", {
  value: { now() { return ops.performanceNow(); } }.now,
  writable: true,
  enumerable: true,
  configurable: true,
});

module.exports = {
  keptEntries: () => entries.length,
  offerEntry,
  performance,
  Performance,
  PerformanceEntry,
  PerformanceMark,
  PerformanceMeasure,
  PerformanceObserver,
  PerformanceObserverEntryList,
  PerformanceResourceTiming,
  PerformanceServerTiming,
  PerformanceTiming,
};
