"use strict";
// Errors on their way from a worker to its starter: beside what a copy of an error keeps, its code.

/** A record of a thrown value that can be copied: `{ error, code }` or `{ value }`. */
function describe(thrown) {
  if (typeof thrown === "function" || typeof thrown === "symbol") {
    const { inspect } = require("bun/inspect");
    return { error: new Error(inspect(thrown)), code: undefined };
  }
  if (thrown?.name === "BuildMessage") {
    return { error: new SyntaxError(thrown.message), code: undefined };
  }
  if (!(thrown instanceof Error)) return { value: thrown };
  const code = Object.hasOwn(thrown, "code") ? thrown.code : undefined;
  return { error: thrown, code: typeof code === "object" ? undefined : code };
}

/** The value that such a record stands for. */
function restore(record) {
  if (record === undefined || !("error" in record)) return record?.value;
  const { error, code } = record;
  if (code !== undefined) error.code = code;
  return error;
}

module.exports = { describe, restore };
