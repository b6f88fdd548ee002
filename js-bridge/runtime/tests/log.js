// Collects what a test program says.
"use strict";

function log(...values) {
  for (const value of values) log.lines.push(String(value));
}

log.lines = [];
module.exports = { log, ops };
