// "internal/util/debuglog": how the console writes how long something took.
"use strict";

const { timeText } = require("node/console-class");

module.exports = { formatTime: timeText };
