// What of node:test Bun refuses, and dx with it, in Bun's words.
"use strict";

const { Error } = globalThis;

const ISSUE = "https://github.com/oven-sh/bun/issues/5090";

function notImplemented(name, advice = "") {
  const track = `Track the status & thumbs up the issue: ${ISSUE}${advice}`;
  const error = new Error(`${name} is not yet implemented in Bun. ${track}`);
  error.name = "NotImplementedError";
  error.code = "ERR_NOT_IMPLEMENTED";
  return error;
}

const inTheInterim = (name) => notImplemented(name, ". Use `bun:test` in the interim.");

module.exports = { inTheInterim, notImplemented };
