// The module node:console: the global console, which carries the class Console.
"use strict";

module.exports = require("web/console").console;
