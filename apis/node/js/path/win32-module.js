// node:path/win32.
"use strict";

module.exports = require("node/path").win32;
