// Errors of connections that no code names, or whose words depend on the parser.
"use strict";

const { Object } = globalThis;

/** The other side has gone: "socket hang up", "aborted". */
function connectionReset(message) {
  return Object.assign(new Error(message), { code: "ECONNRESET" });
}

/** What a parser refused; `text` is code and reason, a line each. */
function parseError(text, bytesParsed) {
  const [code, reason] = text.split("\n");
  return Object.assign(new Error(`Parse Error: ${reason}`), { bytesParsed, code, reason });
}

module.exports = { connectionReset, parseError };
