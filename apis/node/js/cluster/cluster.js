// node:cluster: the primary's side, or in a process that a primary has forked, the worker's.
"use strict";

// The worker's side is loaded at the start of a forked process, which also forgets its number.
module.exports = require("runtime/prelude").loadedModule("node/cluster-child") ??
  require("node/cluster-primary");
