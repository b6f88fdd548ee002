// "internal/timers": the key of a socket's timer.
"use strict";

const { kTimeout } = require("node/net/socket");

module.exports = { kTimeout };
