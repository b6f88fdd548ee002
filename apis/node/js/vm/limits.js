// Limits of node:vm: time, and SIGINT. Loops and functions of a limited script call `tick`, which
// throws once the limit is reached, and again whenever the script goes on in spite of that.
"use strict";

const { Infinity } = globalThis;
const engine = require("runtime/engine");
const { makeError } = require("node/errors");

const OVER_TIME = 1;
const INTERRUPTED = 2;

function timedOut(milliseconds) {
  return makeError("Error", "ERR_SCRIPT_EXECUTION_TIMEOUT",
    `Script execution timed out after ${milliseconds}ms`);
}

function interrupted() {
  return makeError("Error", "ERR_SCRIPT_EXECUTION_INTERRUPTED",
    "Script execution was interrupted by `SIGINT`");
}

// Limited calls under way.
let depth = 0;

function tick() {
  if (depth > 0 && engine.isOver()) throw timedOut(0);
}

/** What `run` answers, unless its time is over by then or it was interrupted. */
function limited({ timeout, breakOnSigint }, run) {
  if (timeout === undefined && !breakOnSigint) return run();
  let answer;
  let ended;
  depth++;
  try {
    ended = engine.runLimited(() => { answer = run(); }, timeout ?? Infinity, breakOnSigint);
  } finally {
    depth--;
  }
  // Whatever the script made of its end.
  if (ended === OVER_TIME) throw timedOut(timeout);
  if (ended === INTERRUPTED) throw interrupted();
  return answer;
}

module.exports = { limited, tick };
