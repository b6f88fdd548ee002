// Histograms of node:perf_hooks, after HdrHistogram: buckets that double in width, each cut into
// as many parts as the significant figures ask for. Counts are kept by bucket, in a sparse map.
"use strict";

const { BigInt, Map, Math, Number, Object, Symbol } = globalThis;
const {
  ERR_OUT_OF_RANGE, invalidType, makeError, validateInteger, validateNumber,
  validateObject,
} = require("node/errors");

const EMPTY_MIN = 9223372036854775807n;
const DEFAULT_FIGURES = 3;

class Histogram {

  #highest;
  // Values below this have a bucket of their own; each doubling above halves the precision.
  #parts;
  #counts = new Map();
  #count = 0;
  #exceeds = 0;
  #min = Infinity;
  #max = 0;
  #last;

  constructor(lowest = 1, highest = Number.MAX_SAFE_INTEGER, figures = DEFAULT_FIGURES) {

    this.#highest = highest;
    this.#parts = 2 ** Math.ceil(Math.log2(2 * 10 ** figures));
  }

  // The width of the bucket a value falls into.
  #width(value) {
    let width = 1;
    while (value >= this.#parts * width) width *= 2;
    return width;
  }

  // The greatest value that counts as the same.
  #ceiling(value) {
    const width = this.#width(value);
    return Math.floor(value / width) * width + width - 1;
  }

  // The value that stands for all of a bucket.
  #middle(value) {
    const width = this.#width(value);
    return Math.floor(value / width) * width + Math.floor(width / 2);
  }

  #insert(value, times) {
    if (value > this.#highest) {
      this.#exceeds += times;
      return;
    }
    const bucket = this.#ceiling(value);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + times);
    this.#count += times;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  record(value) {
    if (typeof value !== "number" && typeof value !== "bigint") {
      throw invalidType("value", "of type number or BigInt", value);
    }
    const number = Math.trunc(Number(value));
    if (!(number >= 1)) {
      throw makeError("RangeError", "ERR_OUT_OF_RANGE", "value is out of range (must be >= 1)");
    }
    this.#insert(number, 1);
  }

  recordDelta() {
    const time = Math.round(performanceNow() * 1e6);
    if (this.#last !== undefined) this.#insert(Math.max(time - this.#last, 1), 1);
    this.#last = time;
  }

  add(other) {
    if (!(typeof other === "object" && other !== null && #counts in other)) {
      throw invalidType("argument", "of type Histogram", other);
    }
    for (const [value, times] of other.#counts) this.#insert(value, times);
    this.#exceeds += other.#exceeds;
    if (other.#count > 0) {
      this.#min = Math.min(this.#min, other.#min);
      this.#max = other.#max > this.#max ? other.#max : this.#max;
    }
  }

  reset() {
    this.#counts.clear();
    this.#count = 0;
    this.#exceeds = 0;
    this.#min = Infinity;
    this.#max = 0;
    this.#last = undefined;
  }

  // Buckets in order of their values.
  #sorted() {
    return [...this.#counts].sort(([left], [right]) => left - right);
  }

  #valueAt(percentile) {
    const wanted = Math.max(Math.ceil((percentile / 100) * this.#count), 1);
    let seen = 0;
    for (const [value, times] of this.#sorted()) {
      seen += times;
      if (seen >= wanted) return value;
    }
    return 0;
  }

  percentile(percentile) {
    validateNumber(percentile, "percentile", 0, 100);
    if (!(percentile > 0)) throw ERR_OUT_OF_RANGE("percentile", "> 0 && <= 100", percentile);
    return this.#valueAt(percentile);
  }

  percentileBigInt(percentile) {
    return BigInt(this.percentile(percentile));
  }

  get count() { return this.#count; }
  get countBigInt() { return BigInt(this.#count); }
  get min() { return Number(this.minBigInt); }
  get minBigInt() { return this.#count === 0 ? EMPTY_MIN : BigInt(this.#min); }
  get max() { return this.#max; }
  get maxBigInt() { return BigInt(this.#max); }

  get mean() {
    if (this.#count === 0) return NaN;
    let sum = 0;
    for (const [value, times] of this.#counts) sum += this.#middle(value) * times;
    return sum / this.#count;
  }

  get stddev() {
    if (this.#count === 0) return NaN;
    const { mean } = this;
    let squares = 0;
    for (const [value, times] of this.#counts) {
      squares += (this.#middle(value) - mean) ** 2 * times;
    }
    return Math.sqrt(squares / this.#count);
  }

  get exceeds() { return this.#exceeds; }
  get exceedsBigInt() { return BigInt(this.#exceeds); }

  // Halving what is left of the way to 100, as long as values are there.
  get percentiles() {
    const found = new Map();
    if (this.#count === 0) return found.set(100, 0n);
    found.set(0, BigInt(this.#valueAt(0)));
    const highest = this.#valueAt(100);
    for (let left = 50; left > 1e-10; left /= 2) {
      const value = this.#valueAt(100 - left);
      found.set(100 - left, BigInt(value));
      if (value >= highest) break;
    }
    return found.set(100, BigInt(highest));
  }

  get percentilesBigInt() { return this.percentiles; }
}

function ready(prototype) {
  const { constructor } = prototype;
  delete prototype.constructor;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    Object.defineProperty(prototype, name, {
      ...Object.getOwnPropertyDescriptor(prototype, name), enumerable: true,
    });
  }
  Object.defineProperty(prototype, "constructor", {
    value: constructor, writable: true, enumerable: false, configurable: true,
  });
}

ready(Histogram.prototype);

function performanceNow() {
  return globalThis.performance.now();
}

function isHistogram(value) {
  return value instanceof Histogram;
}

function createHistogram(options = {}) {
  validateObject(options, "options");
  const { lowest = 1, highest = Number.MAX_SAFE_INTEGER, figures = DEFAULT_FIGURES } = options;
  const low = checkedBound(lowest, "options.lowest", 1);
  const high = checkedBound(highest, "options.highest", 2 * low);
  validateInteger(figures, "options.figures", 1, 5);
  return new Histogram(low, high, figures);
}

Object.defineProperty(createHistogram, "length", { value: 0, configurable: true });

function checkedBound(value, name, min) {
  if (typeof value === "bigint") return Number(value);
  validateInteger(value, name, min);
  return value;
}

// ---- The event loop's delay ------------------------------------------------------------------

const NANOSECONDS_PER_MILLISECOND = 1e6;
const RESOLUTION_DEFAULT_MS = 10;

// A histogram of how late a repeated timer is.
function monitorEventLoopDelay(options) {
  const given = options ?? {};
  validateObject(given, "options");
  const { resolution = RESOLUTION_DEFAULT_MS } = given;
  validateInteger(resolution, "options.resolution", 1);
  const histogram = new Histogram();
  let timer;
  let last = 0;
  const sample = () => {
    const time = performanceNow();
    const late = Math.round((time - last) * NANOSECONDS_PER_MILLISECOND);
    last = time;
    histogram.record(Math.max(late, 1));
  };
  histogram.enable = function enable() {
    if (timer !== undefined) return false;
    last = performanceNow();
    timer = globalThis.setInterval(sample, resolution).unref();
    return true;
  };
  histogram.disable = function disable() {
    if (timer === undefined) return false;
    globalThis.clearInterval(timer);
    timer = undefined;
    return true;
  };
  histogram[Symbol.dispose] = histogram.disable;
  return histogram;
}

Object.defineProperty(monitorEventLoopDelay, "length", { value: 1, configurable: true });

module.exports = { createHistogram, isHistogram, monitorEventLoopDelay };
