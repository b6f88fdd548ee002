// What happens to the tests of node:test, told to the run() that started this process.
//
// One line of JSON for each test that has ended, written to the descriptor that the environment
// names. Without one nothing is told.
"use strict";

const { Error, JSON, Number, Object, WeakMap } = globalThis;

const DESCRIPTOR = "DX_TEST_EVENTS";

// Tests, and what they start, are not to know.
const descriptor = process.env[DESCRIPTOR];
delete process.env[DESCRIPTOR];

const isWanted = () => descriptor !== undefined;

const KEPT = ["code", "failureType"];

function plainError(error, isCause = false) {
  if (!(error instanceof Error)) return { message: String(error) };
  const plain = { name: error.name, message: error.message, stack: error.stack };
  for (const name of KEPT) if (error[name] !== undefined) plain[name] = error[name];
  if (!isCause && Object.hasOwn(error, "cause")) plain.cause = plainError(error.cause, true);
  return plain;
}

// `test`: its name, nesting, whether it is a suite, `skip` and `todo` with their reasons.
function tell(test, { error, milliseconds = 0 } = {}) {
  const event = { ...test, milliseconds };
  if (error !== undefined) event.error = plainError(error);
  require("node/fs").writeSync(Number(descriptor), `${JSON.stringify(event)}\n`);
}

// Tests that the runner skips without running them, by what it keeps of them.
const skipped = new WeakMap();

function isSkipped(entry, test) {
  skipped.set(entry, test);
}

function entryEnded(entry) {
  const test = skipped.get(entry);
  if (test !== undefined) tell(test);
}

module.exports = { entryEnded, isSkipped, isWanted, tell, DESCRIPTOR };
