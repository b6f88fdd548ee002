// The module node:assert/strict.
"use strict";

module.exports = require("node/assert-core").assert.strict;
