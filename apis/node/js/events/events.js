// The module node:events: EventEmitter, which carries everything else.
"use strict";

module.exports = require("node/events-core").EventEmitter;
