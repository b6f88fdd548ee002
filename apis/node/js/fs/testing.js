"use strict";
// What the runtime's own tests ask of node:fs: see bun:internal-for-testing.

const { BigInt64Array, Float64Array, Number } = globalThis;
const common = require("node/fs-common");
const { BigIntStats, fromFloats } = require("node/fs-stats");

const FIELDS = 18;
const INO = 1;

/** The descriptor of a file of `size` zeros that is in memory only. */
function memfdCreate(size) {
  const answer = ops.memfdCreate(size);
  if (answer < 0) throw common.readError(answer, undefined);
  return answer;
}

/** The status of a file that is nothing but its number. */
function createStatsForIno(ino, isBig) {
  if (isBig) {
    const fields = new BigInt64Array(FIELDS);
    fields[INO] = ino;
    return new BigIntStats(fields);
  }
  return fromFloats(Float64Array.from({ length: FIELDS },
    (_, index) => index === INO ? Number(ino) : 0));
}

module.exports = { memfdCreate, createStatsForIno, limitContent: ops.limitContent };
