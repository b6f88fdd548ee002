// The module node:perf_hooks: the global `performance` and what Node adds to it.
"use strict";

const { Object, Reflect } = globalThis;
const web = require("web/performance");
const { makeError, invalidType, validateFunction, validateObject } = require("node/errors");

const { Performance, PerformanceEntry, performance } = web;
const histograms = () => require("node/perf-histogram");

const constants = {
  NODE_PERFORMANCE_ENTRY_TYPE_DNS: 4,
  NODE_PERFORMANCE_ENTRY_TYPE_GC: 0,
  NODE_PERFORMANCE_ENTRY_TYPE_HTTP: 1,
  NODE_PERFORMANCE_ENTRY_TYPE_HTTP2: 2,
  NODE_PERFORMANCE_ENTRY_TYPE_NET: 3,
  NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE: 16,
  NODE_PERFORMANCE_GC_FLAGS_ALL_EXTERNAL_MEMORY: 32,
  NODE_PERFORMANCE_GC_FLAGS_CONSTRUCT_RETAINED: 2,
  NODE_PERFORMANCE_GC_FLAGS_FORCED: 4,
  NODE_PERFORMANCE_GC_FLAGS_NO: 0,
  NODE_PERFORMANCE_GC_FLAGS_SCHEDULE_IDLE: 64,
  NODE_PERFORMANCE_GC_FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING: 8,
  NODE_PERFORMANCE_GC_INCREMENTAL: 8,
  NODE_PERFORMANCE_GC_MAJOR: 4,
  NODE_PERFORMANCE_GC_MINOR: 1,
  NODE_PERFORMANCE_GC_WEAKCB: 16,
  NODE_PERFORMANCE_MILESTONE_BOOTSTRAP_COMPLETE: 7,
  NODE_PERFORMANCE_MILESTONE_ENVIRONMENT: 2,
  NODE_PERFORMANCE_MILESTONE_LOOP_EXIT: 6,
  NODE_PERFORMANCE_MILESTONE_LOOP_START: 5,
  NODE_PERFORMANCE_MILESTONE_NODE_START: 3,
  NODE_PERFORMANCE_MILESTONE_TIME_ORIGIN_TIMESTAMP: 0,
  NODE_PERFORMANCE_MILESTONE_TIME_ORIGIN: 1,
  NODE_PERFORMANCE_MILESTONE_V8_START: 4,
};

// ---- timerify --------------------------------------------------------------------------------

const NANOSECONDS_PER_MILLISECOND = 1e6;

/** A call of a timerified function, as observers see it: its arguments by index too. */
class PerformanceNodeEntry {
  constructor(name, startTime, duration, parameters) {
    Object.assign(this, parameters);
    this.name = name;
    this.entryType = "function";
    this.startTime = startTime;
    this.duration = duration;
    this.detail = parameters;
  }

  toJSON() {
    const { name, entryType, startTime, duration, detail } = this;
    return { name, entryType, startTime, duration, detail };
  }
}

// The prototype's own names are getters, which assignment would meet: they are hidden first.
for (const name of ["name", "entryType", "startTime", "duration"]) {
  Object.defineProperty(PerformanceNodeEntry.prototype, name, {
    value: undefined, writable: true, enumerable: false, configurable: true,
  });
}
Object.setPrototypeOf(PerformanceNodeEntry.prototype, PerformanceEntry.prototype);

function recordCall(fn, start, parameters, histogram) {
  const spent = performance.now() - start;
  web.offerEntry(new PerformanceNodeEntry(fn.name, start, spent, parameters));
  histogram?.record(Math.max(Math.ceil(spent * NANOSECONDS_PER_MILLISECOND), 1));
}

function timerify(fn, options = {}) {
  validateFunction(fn, "fn");
  validateObject(options, "options");
  const { histogram } = options;
  if (histogram !== undefined && !histograms().isHistogram(histogram)) {
    throw invalidType("options.histogram", "of type RecordableHistogram", histogram);
  }
  function timerified(...parameters) {
    const start = performance.now();
    const result = new.target ? Reflect.construct(fn, parameters, fn)
      : Reflect.apply(fn, this, parameters);
    if (!new.target && typeof result?.finally === "function") {
      return result.finally(() => recordCall(fn, start, parameters, histogram));
    }
    recordCall(fn, start, parameters, histogram);
    return result;
  }
  Object.defineProperties(timerified, {
    length: { configurable: true, value: fn.length },
    name: { configurable: true, value: `timerified ${fn.name}` },
  });
  return timerified;
}

Object.defineProperty(timerify, "length", { value: 1, configurable: true });

// As in Bun, which measures neither.
function eventLoopUtilization(_utilization1, _utilization2) {
  return { idle: 0, active: 0, utilization: 0 };
}

// ---- performance.nodeTiming ------------------------------------------------------------------

class PerformanceNodeTiming {
  constructor() {
    throw makeError("TypeError", "ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
  }

  get name() { return "node"; }
  get entryType() { return "node"; }
  get startTime() { return 0; }
  get duration() { return performance.now(); }

  toJSON() {
    const { name, entryType, startTime, duration } = this;
    return { name, entryType, startTime, duration, ...this };
  }
}

Object.setPrototypeOf(PerformanceNodeTiming.prototype, PerformanceEntry.prototype);
Object.setPrototypeOf(PerformanceNodeTiming, PerformanceEntry);

const MILESTONES = [
  "bootstrapComplete", "environment", "idleTime", "loopExit", "loopStart", "nodeStart", "v8Start",
];

function makeNodeTiming() {
  const timing = Object.create(PerformanceNodeTiming.prototype);
  for (const name of MILESTONES) timing[name] = 0;
  return timing;
}

const nodeTiming = makeNodeTiming();

// What Node has on performance's prototype beyond the web's; programs may replace any of it.
const additions = { markResourceTiming, nodeTiming, timerify, eventLoopUtilization };
for (const name of Object.keys(additions)) {
  if (name in Performance.prototype) continue;
  Object.defineProperty(Performance.prototype, name, {
    value: additions[name], writable: true, enumerable: false, configurable: true,
  });
}

// dx records no resources by itself, so that there is nothing to add one to.
function markResourceTiming(
  _timing, _requestedUrl, _initiatorType, _global, _cacheMode, _bodyInfo, _responseStatus,
) {}

// What node:perf_hooks observes besides the global class; nothing tells of the network's entries.
class PerformanceObserver extends web.PerformanceObserver {
  static get supportedEntryTypes() {
    return ["dns", "function", "http", "http2", "mark", "measure", "net", "quic", "resource"];
  }
}
Object.defineProperty(PerformanceObserver, "length", { value: 1, configurable: true });
for (const name of ["observe", "disconnect"]) {
  const member = Object.getOwnPropertyDescriptor(web.PerformanceObserver.prototype, name);
  Object.defineProperty(PerformanceObserver.prototype, name, member);
}

module.exports = {
  timerify,
  performance,
  constants,
  Performance,
  PerformanceEntry,
  PerformanceMark: web.PerformanceMark,
  PerformanceMeasure: web.PerformanceMeasure,
  PerformanceObserver,
  PerformanceObserverEntryList: web.PerformanceObserverEntryList,
  PerformanceNodeTiming,
  eventLoopUtilization,
  monitorEventLoopDelay(options) { return histograms().monitorEventLoopDelay(options); },
  createHistogram() { return histograms().createHistogram(...arguments); },
  PerformanceResourceTiming: web.PerformanceResourceTiming,
};
