"use strict";
// Runs tasks of Web Cryptography natively.

/**
 * The byte strings that a task answers; `refuse` makes the error for one that cannot be done.
 * What each task takes and answers stands beside it in apis/web/src/crypto.
 */
async function compute(refuse, task, variant, number, ...bytes) {
  const parts = await ops.crypto(task, variant, number, ...bytes);
  if (parts === undefined) throw refuse();
  return parts;
}

/** As `compute`, with the only byte string as an ArrayBuffer. */
async function computeBuffer(refuse, task, variant, number, ...bytes) {
  const parts = await ops.crypto(task, variant, number, ...bytes);
  if (parts === undefined) throw refuse();
  return parts[0].buffer;
}

/** As `compute`, for tasks that answer whether something holds. */
async function computeTruth(refuse, task, variant, number, ...bytes) {
  const [answer] = await compute(refuse, task, variant, number, ...bytes);
  return answer[0] === 1;
}

module.exports = { compute, computeBuffer, computeTruth };
