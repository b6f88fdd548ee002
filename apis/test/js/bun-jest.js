// `Bun.jest()`: what `bun:test` exports, in test files and elsewhere.
"use strict";

function jest() {
  return require("test/bun-test");
}

module.exports = { jest };
