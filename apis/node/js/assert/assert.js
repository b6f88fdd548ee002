// The module node:assert.
"use strict";

module.exports = require("node/assert-core").assert;
