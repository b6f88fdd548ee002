// Time limits of node:vm. Loops and functions of a limited script call `tick`, which throws once
// its time is over, and again whenever the script goes on in spite of that.
"use strict";

const { Date, Infinity, Math } = globalThis;
const { makeError } = require("node/errors");

const now = Date.now;
let deadline = Infinity;

function timedOut(milliseconds) {
  return makeError("Error", "ERR_SCRIPT_EXECUTION_TIMEOUT",
    `Script execution timed out after ${milliseconds}ms`);
}

function tick() {
  if (now() >= deadline) throw timedOut(0);
}

// What `run` answers, unless its time is over by then.
function limited(milliseconds, run) {
  const before = deadline;
  const own = now() + milliseconds;
  deadline = Math.min(before, own);
  let isOver = false;
  try {
    return run();
  } finally {
    isOver = now() >= own;
    deadline = before;
    // Whatever the script made of the exception.
    if (isOver) throw timedOut(milliseconds);
  }
}

module.exports = { limited, tick };
