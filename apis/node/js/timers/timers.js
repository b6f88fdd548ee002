// The module node:timers.
"use strict";

const timers = require("runtime/timers");

let promises;

// What the old functions of timers do for anything but a timer.
function expectTimer(timer, name) {
  if (typeof timer?.refresh === "function") return;
  const { makeError } = require("node/errors");
  throw makeError("Error", "ERR_NOT_IMPLEMENTED",
    `'timers.${name}' is not yet implemented in Bun.`, "NotImplementedError");
}

module.exports = {
  setTimeout: timers.setTimeout,
  clearTimeout: timers.clearTimeout,
  setInterval: timers.setInterval,
  setImmediate: timers.setImmediate,
  clearInterval: timers.clearInterval,
  clearImmediate: timers.clearImmediate,
  get promises() { return promises ??= require("node/timers-promises"); },
  set promises(value) { promises = value; },
  active(timer) {
    expectTimer(timer, "active");
    timer.refresh();
  },
  unenroll(timer) {
    expectTimer(timer, "unenroll");
    timers.clearTimeout(timer);
  },
  enroll(timer, _msecs) {
    expectTimer(timer, "enroll");
    timer.refresh();
  },
};
