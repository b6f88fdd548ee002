// bun:jsc: what the engine tells about itself.
"use strict";

const engine = require("runtime/engine");
const { gc } = require("bun/memory");

const notSupported = (name) => {
  const error = new Error(`${name} is not supported by this engine`);
  error.code = "ERR_NOT_IMPLEMENTED";
  return error;
};

// Counts by type, most first, as Bun lists them.
function ordered(counts) {
  const entries = Object.entries(counts ?? {}).sort(([, left], [, right]) => right - left);
  return Object.fromEntries(entries);
}

function heapStats() {
  const figures = engine.memoryStatistics();
  return {
    objectTypeCounts: ordered(figures.objectTypeCounts),
    protectedObjectTypeCounts: ordered(figures.protectedObjectTypeCounts),
    heapSize: figures.heapSize,
    heapCapacity: figures.heapCapacity,
    extraMemorySize: figures.extraMemorySize,
    objectCount: figures.objectCount,
    protectedObjectCount: figures.protectedObjectCount,
    globalObjectCount: figures.globalObjectCount,
    protectedGlobalObjectCount: figures.protectedGlobalObjectCount,
  };
}

function memoryUsage() {
  const [current, peak, currentCommit, peakCommit, pageFaults] = ops.processMemory();
  return { current, peak, currentCommit, peakCommit, pageFaults };
}

// ---- Values ----------------------------------------------------------------------------------

function describeNumber(value) {
  return Number.isInteger(value) && Math.abs(value) <= 0x7fffffff && !Object.is(value, -0)
    ? `Int32: ${value}`
    : `Double: ${value}`;
}

// The kind of a value. The engine does not tell addresses and structures.
function jscDescribe(value) {
  switch (typeof value) {
    case "undefined": return "Undefined";
    case "boolean": return value ? "True" : "False";
    case "number": return describeNumber(value);
    case "string": return `String: ${value}`;
    case "symbol": return `Symbol: ${String(value)}`;
    case "bigint": return `BigInt: ${value}`;
    default: return value === null ? "Null" : `Object: ${value.constructor?.name ?? "Object"}`;
  }
}

function jscDescribeArray(array) {
  if (!Array.isArray(array)) return "<Not array>";
  return `<Public length: ${array.length}; vector length: ${array.length}>`;
}

// Bytes that a value holds itself: measured for buffers and strings, estimated for objects.
const CELL_BYTES = 16;
const SLOT_BYTES = 8;
// A mark or a measure: its name, kind, two times and detail.
const PERFORMANCE_ENTRY_BYTES = CELL_BYTES + 5 * SLOT_BYTES;

function estimateShallowMemoryUsageOf(value) {
  if (typeof value === "string") return CELL_BYTES + value.length;
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return 0;
  if (value instanceof ArrayBuffer) return CELL_BYTES + value.byteLength;
  if (ArrayBuffer.isView(value)) return CELL_BYTES + value.byteLength;
  if (Array.isArray(value)) return CELL_BYTES + value.length * SLOT_BYTES;
  if (value instanceof Map || value instanceof Set) {
    return CELL_BYTES + value.size * SLOT_BYTES * 2;
  }
  if (value === globalThis.performance) {
    return CELL_BYTES + require("web/performance").keptEntries() * PERFORMANCE_ENTRY_BYTES;
  }
  if (typeof value.size === "number") return CELL_BYTES + value.size;
  return CELL_BYTES + Reflect.ownKeys(value).length * SLOT_BYTES;
}

// ---- The machine -----------------------------------------------------------------------------

const collect = () => gc(true);

function drainMicrotasks() {
  require("runtime/event-loop").runTicks();
}

// The URL of the file that called; null for none.
function callerSourceOrigin() {
  const line = String(new Error().stack).split("\n")[2] ?? "";
  const path = /\(?(\/[^():]*)(?::\d+)*\)?$/.exec(line)?.[1];
  if (path === undefined) return null;
  const { URL } = require("web/url");
  return String(new URL(`file://${path}`));
}

// The bytes of a value in memory that threads may share, or in a Buffer.
function serialize(value, options = undefined) {
  const bytes = require("web/serialize/engine-write").serialize(value);
  if (options?.binaryType === "nodebuffer") return bytes;
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  return shared;
}

const exported = {
  callerSourceOrigin,
  deserialize: (value) => require("web/serialize/engine-read").deserialize(value),
  describe: jscDescribe,
  describeArray: jscDescribeArray,
  drainMicrotasks,
  edenGC: collect,
  estimateShallowMemoryUsageOf,
  fullGC: collect,
  gcAndSweep: collect,
  getProtectedObjects: () => [],
  heapSize: () => engine.memoryStatistics().heapSize,
  heapStats,
  // Ropes are an affair of the engine's that it does not tell of.
  isRope: () => false,
  jscDescribe,
  jscDescribeArray,
  memoryUsage,
  releaseWeakRefs: () => {},
  serialize,
};

// Hints that the engine is free to leave aside.
for (const name of ["noFTL", "noInline", "noOSRExitFuzzing", "optimizeNextInvocation"]) {
  exported[name] = () => undefined;
}

const REFUSED = [
  "bytecodeOrderStats", "codeCoverageForFile", "generateHeapSnapshotForDebugging",
  "getRandomSeed", "numberOfDFGCompiles", "percentAvailableMemoryInUse", "profile",
  "reoptimizationRetryCount", "samplingProfilerStackTraces", "setRandomSeed",
  "setTimeZone", "setTimezone", "startRemoteDebugger", "startSamplingProfiler", "totalCompileTime",
];
for (const name of REFUSED) {
  exported[name] = () => {
    throw notSupported(name);
  };
}

for (const name of Object.keys(exported)) {
  Object.defineProperty(exported[name], "name", { value: name });
  Object.defineProperty(exported[name], "length", { value: 1 });
}

const names = Object.keys(exported).sort();
module.exports = Object.fromEntries(names.map((name) => [name, exported[name]]));
