// The old name of a part of node:stream.
"use strict";

module.exports = require("node/stream").Duplex;
