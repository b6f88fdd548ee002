"use strict";
// ByteLengthQueuingStrategy and CountQueuingStrategy.

const { invalidThisType } = require("web/errors");
const { defineInterface, defineInspection } = require("web/interface");

const byteLengthSize = { size: (chunk) => chunk.byteLength }.size;
const countSize = { size: () => 1 }.size;

function highWaterMarkArgument(count, init) {
  if (count === 0) throw new TypeError("Not enough arguments");
  if ((typeof init !== "object" || init === null) && typeof init !== "function") {
    throw new TypeError("The QueuingStrategyInit argument must be an object");
  }
  const { highWaterMark } = init;
  if (highWaterMark === undefined) {
    throw new TypeError("QueuingStrategyInit requires a 'highWaterMark' member");
  }
  return +highWaterMark;
}

let isByteLength;
let isCount;

class ByteLengthQueuingStrategy {
  #highWaterMark;
  constructor(init) { this.#highWaterMark = highWaterMarkArgument(arguments.length, init); }
  get highWaterMark() {
    if (!isByteLength(this)) throw invalidThisType("ByteLengthQueuingStrategy");
    return this.#highWaterMark;
  }
  get size() {
    if (!isByteLength(this)) throw invalidThisType("ByteLengthQueuingStrategy");
    return byteLengthSize;
  }
  static {
    isByteLength = (value) =>
      typeof value === "object" && value !== null && #highWaterMark in value;
  }
}

class CountQueuingStrategy {
  #highWaterMark;
  constructor(init) { this.#highWaterMark = highWaterMarkArgument(arguments.length, init); }
  get highWaterMark() {
    if (!isCount(this)) throw invalidThisType("CountQueuingStrategy");
    return this.#highWaterMark;
  }
  get size() {
    if (!isCount(this)) throw invalidThisType("CountQueuingStrategy");
    return countSize;
  }
  static {
    isCount = (value) => typeof value === "object" && value !== null && #highWaterMark in value;
  }
}

for (const strategy of [ByteLengthQueuingStrategy, CountQueuingStrategy]) {
  defineInterface(strategy);
  defineInspection(strategy, (face) => ({ highWaterMark: face.highWaterMark }));
}

module.exports = { ByteLengthQueuingStrategy, CountQueuingStrategy };
