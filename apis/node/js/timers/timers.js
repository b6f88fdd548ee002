// The module node:timers.
"use strict";

const timers = require("runtime/timers");

module.exports = {
  setTimeout: timers.setTimeout,
  clearTimeout: timers.clearTimeout,
  setInterval: timers.setInterval,
  clearInterval: timers.clearInterval,
  setImmediate: timers.setImmediate,
  clearImmediate: timers.clearImmediate,
  get promises() { return require("node/timers-promises"); },
};
