// The class `Database` of bun:sqlite.
"use strict";

const { ArrayBuffer, Map, SharedArrayBuffer, Symbol, Uint8Array } = globalThis;
const { bindAll } = require("sqlite/bind");
const { constants } = require("sqlite/constants");
const { databaseClosed, errorOf, sqliteError } = require("sqlite/errors");
const { Connection, changesOf, prepare } = require("sqlite/native");
const { CHANGES, COUNT, PARAMETERS, STATEMENT, STATUS, TAIL, numbers } = require("sqlite/rows");
const { Statement } = require("sqlite/statement");

const { isView } = ArrayBuffer;

const READ_WRITE = constants.SQLITE_OPEN_READWRITE;
const READ_ONLY = constants.SQLITE_OPEN_READONLY;
const CREATE = constants.SQLITE_OPEN_CREATE;

/** Longer texts are not kept with their statements. */
const CACHED_LENGTH_MAX = 65_536;

/** Bytes that SQLite may read and write at the argument of a file control. */
const CONTROL_BYTES = 8;

const KEEP = -1;

let databases = 0;

function typeError(message) {
  return new globalThis.TypeError(message);
}

/** SQLite's flags for the options of a file. */
function openFlags(options) {
  if ("readOnly" in options) {
    throw typeError('Misspelled option "readOnly" should be "readonly"');
  }
  const { readonly, create, readwrite } = options;
  if (readonly || (readwrite !== undefined && !readwrite)) {
    if (create || readwrite) {
      throw typeError('A read-only database ("readonly: true" or "readwrite: false") cannot have ' +
        '"create: true" or "readwrite: true"');
    }
    return READ_ONLY;
  }
  const isKept = !create && (create !== undefined || readwrite);
  return isKept ? READ_WRITE : READ_WRITE | CREATE;
}

function opened(id) {
  if (id < 0) throw sqliteError();
  return new Connection(id);
}

function checkOpen(connection) {
  if (!connection.isOpen) throw new globalThis.Error("Can't do this on a closed database");
}

function emptyQuery() {
  return new globalThis.Error("Query contained no valid SQL statement; likely empty query.");
}

/** What an operation reads and writes: the view of a program, or a number in memory of its own. */
function controlArgument(argument) {
  if (argument === undefined || argument === null) argument = -1;
  if (typeof argument === "number") {
    const bytes = new Uint8Array(CONTROL_BYTES);
    new globalThis.Int32Array(bytes.buffer)[0] = argument;
    return bytes;
  }
  if (!isView(argument)) {
    throw new globalThis.Error("Expected result to be a number, null or a TypedArray");
  }
  if (argument.byteLength < CONTROL_BYTES) {
    throw new globalThis.Error(`TypedArray must be at least ${CONTROL_BYTES} bytes`);
  }
  return argument;
}

class Database {
  constructor(filename, options) {
    const isObject = typeof options === "object" && options !== null;
    if (isObject) {
      this.#isStrict = !!options.strict;
      this.#areSafe = !!options.safeIntegers;
    }
    databases += 1;
    this.#number = databases;
    if (isView(filename)) {
      this.#deserialize(filename, isObject && options.readonly);
      return;
    }
    if (filename !== undefined && typeof filename !== "string") {
      throw typeError(`Expected 'filename' to be a string, got '${typeof filename}'`);
    }
    const name = filename === undefined ? ":memory:" : filename.trim();
    let flags = READ_WRITE | CREATE;
    if (isObject) flags = openFlags(options);
    else if (typeof options === "number") flags = options;
    const isAnonymous = name === "" || name === ":memory:";
    if (isAnonymous && (flags & READ_ONLY) !== 0) {
      throw new globalThis.Error("Cannot open an anonymous database in read-only mode.");
    }
    if (name.includes("\0")) {
      const { ERR_INVALID_ARG_VALUE } = require("node/errors");
      throw ERR_INVALID_ARG_VALUE("filename", name, "must be a string without null bytes");
    }
    this.#connection = opened(ops.open(isAnonymous ? ":memory:" : name, flags));
    this.filename = name;
  }

  #connection;
  #number;
  #isStrict = false;
  #areSafe = false;
  #cache = new Map();
  filename;

  #deserialize(bytes, isReadonly) {
    if (bytes.byteLength === 0) throw new globalThis.Error("ArrayBuffer must not be empty");
    const flags = isReadonly ? constants.SQLITE_DESERIALIZE_READONLY : 0;
    this.#connection = opened(ops.deserialize(bytes, flags));
    this.filename = ":memory:";
  }

  get handle() {
    return this.#number;
  }

  get inTransaction() {
    const isInside = ops.inTransaction(this.#connection.id);
    if (isInside === undefined) throw databaseClosed();
    return isInside;
  }

  static open(filename, options) {
    return new Database(filename, options);
  }

  loadExtension(name, entryPoint) {
    if (typeof name !== "string") throw typeError("Expected string");
    checkOpen(this.#connection);
    ops.loadExtension(this.#connection.id, name, entryPoint);
  }

  serialize(name) {
    checkOpen(this.#connection);
    const bytes = ops.serialize(this.#connection.id, name || "main");
    if (bytes === null) throw new globalThis.Error("Out of memory");
    return require("node/buffer").Buffer.from(bytes);
  }

  static deserialize(serialized, options = false) {
    const isBuffer = serialized instanceof ArrayBuffer || serialized instanceof SharedArrayBuffer;
    const bytes = isBuffer ? new Uint8Array(serialized) : serialized;
    if (!isView(bytes)) {
      throw typeError(
        `Expected 'serialized' to be a TypedArray or ArrayBuffer, got '${typeof serialized}'`);
    }
    return new Database(bytes, typeof options === "boolean" ? { readonly: options } : options);
  }

  [Symbol.dispose]() {
    this.close(true);
  }

  static setCustomSQLite(path) {
    if (typeof path !== "string") throw new globalThis.Error("Expected SQLite path");
    // SQLite is part of the executable.
    return false;
  }

  fileControl(schema, operation, argument) {
    if (typeof schema !== "string" && arguments.length <= 2) {
      argument = operation;
      operation = schema;
      schema = null;
    }
    if (typeof operation !== "number") throw new globalThis.Error("Expected number");
    const bytes = controlArgument(argument);
    const code = ops.fileControl(this.#connection.id, schema, operation, bytes);
    if (code === constants.SQLITE_OPEN_READONLY) throw sqliteError();
    return code;
  }

  close(throwOnError = false) {
    this.#cache.clear();
    this.#connection.close(!!throwOnError);
  }

  clearQueryCache() {
    this.#cache.forEach((statement) => statement.finalize());
    this.#cache.clear();
  }

  run(query, ...params) {
    const { id, isOpen } = this.#connection;
    if (!isOpen) throw databaseClosed();
    if (typeof query !== "string") throw new globalThis.Error("Expected SQL string");
    if (query.length === 0) throw new globalThis.Error("SQL string mustn't be blank");
    if (params.length > 0) return this.#runBound(query, params);
    const statements = ops.execute(id, query, 0);
    if (statements < 0) throw sqliteError();
    if (statements === 0) throw emptyQuery();
    return changesOf(this.#areSafe);
  }

  /** Runs the text's statements, of which the first one gets the values. */
  #runBound(query, params) {
    const connection = this.#connection.id;
    let id;
    let tail = 0;
    for (let start = -1; tail > start && (id === undefined || id === -2); ) {
      start = tail;
      id = ops.prepare(connection, query, start, 0, false, this.#areSafe);
      if (id === -1) throw sqliteError();
      tail = numbers[TAIL];
    }
    if (id < 0) throw emptyQuery();
    const paramsCount = numbers[PARAMETERS];
    try {
      bindAll({ id, paramsCount, isStrict: this.#isStrict, areSafe: this.#areSafe }, params);
      numbers[STATEMENT] = id;
      numbers[COUNT] = KEEP;
      ops.run();
      const status = numbers[STATUS];
      if (status < 0) throw errorOf(status);
    } finally {
      ops.forgetStatement(id);
    }
    const changes = numbers[CHANGES];
    if (ops.execute(connection, query, tail) < 0) throw sqliteError();
    numbers[CHANGES] += changes;
    return changesOf(this.#areSafe);
  }

  #prepare(query, flags, isOwned, args) {
    const options = { isOwned, isStrict: this.#isStrict, areSafe: this.#areSafe };
    return prepare(this.#connection, query, flags, options, args);
  }

  prepare(query, params, flags = 0) {
    const args = params === undefined || params === null ? undefined : [params];
    return new Statement(this.#prepare(query, flags || 0, false, args));
  }

  static MAX_QUERY_CACHE_SIZE = 20;

  get [Symbol.for("Bun.Database.cache.count")]() {
    return this.#cache.size;
  }

  query(query) {
    if (typeof query !== "string") {
      throw typeError(`Expected 'query' to be a string, got '${typeof query}'`);
    }
    if (query.length === 0) throw new globalThis.Error("SQL query cannot be empty.");
    const cache = this.#cache;
    let statement = cache.get(query);
    if (statement !== undefined) {
      cache.delete(query);
      if (statement.isFinalized) statement = this.#owned(query);
      cache.set(query, statement);
      return statement;
    }
    statement = this.#owned(query);
    const max = Database.MAX_QUERY_CACHE_SIZE;
    if (max > 0 && query.length <= CACHED_LENGTH_MAX) {
      if (cache.size >= max) cache.delete(cache.keys().next().value);
      cache.set(query, statement);
    }
    return statement;
  }

  #owned(query) {
    return new Statement(this.#prepare(query, constants.SQLITE_PREPARE_PERSISTENT, true));
  }

  /** Hooks would be called while SQLite steps, where no JavaScript runs: refused, not ignored. */
  get onInsert() {
    return null;
  }

  set onInsert(hook) {
    refuseHook("onInsert", hook);
  }

  get onUpdate() {
    return null;
  }

  set onUpdate(hook) {
    refuseHook("onUpdate", hook);
  }

  get onDelete() {
    return null;
  }

  set onDelete(hook) {
    refuseHook("onDelete", hook);
  }

  transaction(body) {
    if (typeof body !== "function") throw typeError("Expected first argument to be a function");
    if (!this.#connection.isOpen) {
      throw new globalThis.RangeError("Cannot use a closed database");
    }
    const { makeTransaction } = require("sqlite/transaction");
    return makeTransaction(this, (sql) => this.#prepare(sql, 0, true), body);
  }
}

function refuseHook(name, hook) {
  if (hook === null || hook === undefined) return;
  throw new globalThis.Error(`Database.${name} is not available in dx`);
}

// `exec` is `run` under another name, and enumerable.
Database.prototype.exec = Database.prototype.run;
Database.prototype[Symbol.for("sqlite-type")] = "bun:sqlite";

module.exports = { Database };
