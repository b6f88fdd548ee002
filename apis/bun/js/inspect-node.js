// Values as node:util's inspect prints them: what custom inspectors get as their third argument.
"use strict";

module.exports = { get inspect() { return require("node/inspect").inspect; } };
