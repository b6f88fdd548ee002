// What native code reports as errors to throw.
"use strict";

const { Object, Symbol } = globalThis;

const { defineProperty } = Object;

/** Statuses of the shared memory's header that are no counts of rows. */
const FAILED = -1;
const FINALIZED = -2;
const CLOSED = -3;

const NOT_BINDABLE = "Binding expected string, TypedArray, boolean, number, bigint or null";

function fixed(error, name, value) {
  defineProperty(error, name, { value, enumerable: true, configurable: false, writable: false });
}

/** The error of what SQLite has refused last. */
function sqliteError() {
  const { 0: message, 1: code, 2: errno, 3: byteOffset } = ops.failure();
  const error = new globalThis.Error(message);
  const name = { value: "SQLiteError", enumerable: false, configurable: true, writable: true };
  defineProperty(error, "name", name);
  if (code !== undefined) fixed(error, "code", code);
  fixed(error, "errno", errno);
  fixed(error, "byteOffset", byteOffset);
  return error;
}

/** The error that a status below zero stands for. */
function errorOf(status) {
  switch (status) {
    case FAILED: return sqliteError();
    case FINALIZED: return new globalThis.Error("Statement has finalized");
    case CLOSED: return databaseClosed();
    default: return new globalThis.TypeError(NOT_BINDABLE);
  }
}

function databaseClosed() {
  return new globalThis.Error("Database has closed");
}

/** What errors of SQLite are by `instanceof`: they are told by their name. */
class SQLiteError extends globalThis.Error {
  static [Symbol.hasInstance](instance) {
    return instance?.name === "SQLiteError";
  }

  constructor() {
    super();
    throw new globalThis.Error("SQLiteError can only be constructed by bun:sqlite");
  }
}

module.exports = { SQLiteError, databaseClosed, errorOf, sqliteError };
