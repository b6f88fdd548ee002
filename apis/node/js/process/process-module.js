// The module node:process: the process object itself, whose properties are the exports.
"use strict";

module.exports = require("node/process").process;
