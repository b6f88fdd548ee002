// Parts of the Bun object about memory and the engine: gc, unsafe, peek, heap snapshots.
"use strict";

const engine = require("runtime/engine");

let isCollectionDue = false;
// Bytes in use after the last collection; counting them takes long.
let sizeThen = 0;

// Collects garbage, at once if forced, else when the program has paused; answers the bytes in use
// after the last collection.
function gc(force) {
  if (force) {
    collect();
    engine.returnMemory();
  } else if (sizeThen === 0) collect();
  else if (!isCollectionDue) collectSoon();
  return sizeThen;
}

function collect() {
  engine.collectGarbage();
  sizeThen = engine.memoryStatistics().heapSize;
}

function collectSoon() {
  isCollectionDue = true;
  require("runtime/timers").setImmediate(() => {
    isCollectionDue = false;
    collect();
  }).unref();
}

function shrink() {
  engine.collectGarbage();
  engine.returnMemory();
}

const LEVELS = new Set([0, 1, 2]);
let aggression = 0;

const unsafe = {
  // Collections are the engine's own affair: the level is kept, and tells how eagerly tests mean
  // to collect.
  gcAggressionLevel() {
    const level = arguments[0];
    const before = aggression;
    if (LEVELS.has(level)) aggression = level;
    return before;
  },
  arrayBufferToString(buffer) {
    if (buffer instanceof ArrayBuffer || buffer instanceof Uint8Array) {
      return latin1(buffer instanceof ArrayBuffer ? new Uint8Array(buffer) : buffer);
    }
    if (buffer instanceof Uint16Array) return fromUnits(buffer);
    const error = new TypeError("Expected an ArrayBuffer");
    error.code = "ERR_INVALID_ARG_TYPE";
    throw error;
  },
};

const UNITS_A_CALL = 4096;

function fromUnits(units) {
  let text = "";
  for (let start = 0; start < units.length; start += UNITS_A_CALL) {
    text += String.fromCharCode.apply(null, units.subarray(start, start + UNITS_A_CALL));
  }
  return text;
}
const latin1 = fromUnits;

// ---- peek ------------------------------------------------------------------------------------

const promise = (value) => typeof value === "object" && value !== null;

// The value or reason of a settled promise, without waiting; anything else as it is.
function peek(value) {
  if (!promise(value)) return value;
  const [status, result] = engine.promiseState(value);
  if (status === "rejected") Promise.prototype.then.call(value, undefined, () => {});
  return status === "fulfilled" || status === "rejected" ? result : value;
}
const status = (value) => {
  const [state] = promise(value) ? engine.promiseState(value) : ["unknown"];
  return state === "unknown" ? "fulfilled" : state;
};
Object.defineProperty(peek, "status", { value: status, enumerable: true });
for (const nameless of [peek, status]) {
  Object.defineProperty(nameless, "name", { value: "", configurable: true });
}

// ---- Heap snapshots --------------------------------------------------------------------------

function generateHeapSnapshot(format) {
  if (format !== undefined && format !== "jsc" && format !== "v8") {
    throw new TypeError("Expected 'v8' or 'jsc' or undefined");
  }
  const error = new Error("Heap snapshots are not supported by this engine");
  error.code = "ERR_NOT_IMPLEMENTED";
  throw error;
}

// ---- indexOfLine -----------------------------------------------------------------------------

const LINE_FEED = 10;

// Where the next line feed is from an offset on, -1 where there is none.
function indexOfLine(bytes, offset = 0) {
  const view = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : undefined;
  if (view === undefined) return -1;
  return view.indexOf(LINE_FEED, Math.max(Number(offset) || 0, 0));
}

Object.defineProperty(generateHeapSnapshot, "length", { value: 2, configurable: true });

module.exports = { gc, generateHeapSnapshot, indexOfLine, peek, shrink, unsafe };
