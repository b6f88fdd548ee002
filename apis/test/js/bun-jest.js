// `Bun.jest()`: what `bun:test` exports, in test files and elsewhere.
"use strict";

function jest(_path) {
  return require("test/bun-test");
}

module.exports = { jest };
