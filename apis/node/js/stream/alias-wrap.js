// The deprecated module _stream_wrap, which is node:stream here as it is in Bun.
"use strict";

globalThis.process.emitWarning(
  "The _stream_wrap module is deprecated.", "DeprecationWarning", "DEP0125");

module.exports = require("node/stream");
