// Collects what a test program says, a line for each call.
"use strict";

function log(...values) {
  log.lines.push(values.map(String).join(" "));
}

log.lines = [];
module.exports = {
  log,
  ops,
  engine: require("runtime/engine"),
  asyncContext: require("runtime/async-context"),
};
