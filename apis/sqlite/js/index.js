// The module bun:sqlite.
"use strict";

const { constants } = require("sqlite/constants");
const { Database } = require("sqlite/database");
const { SQLiteError } = require("sqlite/errors");
const { Statement } = require("sqlite/statement");

module.exports = {
  __esModule: true, Database, Statement, constants, default: Database, SQLiteError,
};
