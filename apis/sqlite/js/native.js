// A prepared statement as native code knows it: what `Statement` is a face of.
"use strict";

const { FinalizationRegistry, Object, Reflect } = globalThis;
const { bindAll, passValues } = require("sqlite/bind");
const { databaseClosed, errorOf, sqliteError } = require("sqlite/errors");
const {
  CHANGES, COUNT, DONE, GENERATION, INTEGER, PARAMETERS, ROWID, STATEMENT, STATUS,
  appendRows, arrayMaker, characters, integers, numbers, objectMaker, oneRow,
} = require("sqlite/rows");

/** Tells operations to keep what is bound. */
const KEEP = -1;

/** The status of a statement that is gone. */
const FINALIZED = -2;

/** What `prepare` answers in place of a number. */
const PREPARE_FAILED = -1;
const PREPARE_FLAGS_MAX = 7;

const NONE = [];

const forgotten = new FinalizationRegistry((id) => ops.forgetStatement(id));
const closed = new FinalizationRegistry((id) => ops.forgetConnection(id));

/** A connection's number and state, alive as long as its database or one of its statements. */
class Connection {
  constructor(id) {
    this.id = id;
    this.isOpen = true;
    /** Whether all its statements have ended, not only those the database keeps. */
    this.hasEndedAll = false;
    closed.register(this, id);
  }

  close(all) {
    this.isOpen = false;
    if (all) this.hasEndedAll = true;
    ops.close(this.id, all);
  }
}

/** What changed, by the header. */
function changesOf(areSafe) {
  return {
    changes: numbers[CHANGES],
    lastInsertRowid: areSafe ? integers[INTEGER] : numbers[ROWID],
  };
}

function isConstructor(value) {
  try {
    Reflect.construct(Object, NONE, value);
    return true;
  } catch {
    return false;
  }
}

class SQLStatement {
  constructor(connection, id, { isOwned, isStrict, areSafe }) {
    this.#connection = connection;
    this.#id = id;
    this.#isOwned = isOwned;
    this.#target = { id, paramsCount: numbers[PARAMETERS], isStrict, areSafe };
    forgotten.register(this, id);
  }

  #connection;
  #id;
  #isOwned;
  /** What binding asks about the statement. */
  #target;
  #isFinalized = false;
  #runs = 0;
  /** What makes rows, and the schema it was made for. */
  #maker;
  #generation = -1;
  #prototype;

  #hasEnded() {
    const connection = this.#connection;
    return connection.hasEndedAll || (this.#isOwned && !connection.isOpen);
  }

  /** Refuses to go on where the statement is gone. */
  #check() {
    if (this.#isFinalized) throw errorOf(FINALIZED);
    if (this.#hasEnded()) throw databaseClosed();
  }

  /** Binds what the operation that runs the statement cannot bind along the way. */
  #bind(args) {
    bindAll(this.#target, args);
  }

  #objects() {
    const generation = numbers[GENERATION];
    if (generation !== this.#generation) {
      this.#maker = objectMaker(ops.columns(this.#id), this.#prototype);
      this.#generation = generation;
    }
    return this.#maker;
  }

  /** Tells the operation that follows its statement and values; those bound before stay where
   * there are none. Whether it is to be given the strings among them. */
  #pass(args) {
    this.#runs++;
    const { length } = args;
    const hasValues = length > 0 && passValues(args, this.#target.paramsCount);
    if (length > 0 && !hasValues) this.#bind(args);
    numbers[STATEMENT] = this.#id;
    numbers[COUNT] = hasValues ? length : KEEP;
    return hasValues;
  }

  run(_changes, args = NONE) {
    if (!this.#pass(args)) ops.run();
    else if (args.length <= 3) ops.run(args[0], args[1], args[2]);
    else ops.run(...args);
    const status = numbers[STATUS];
    if (status < 0) throw errorOf(status);
    return changesOf(this.#target.areSafe);
  }

  get(args = NONE) {
    let text;
    if (!this.#pass(args)) text = ops.get(characters);
    else if (args.length === 1) text = ops.get(characters, args[0]);
    else text = ops.get(characters, ...args);
    const status = numbers[STATUS];
    if (status === 1) return oneRow(this.#objects(), text);
    if (status < 0) throw errorOf(status);
    return null;
  }

  /** Starts a run whose rows come in batches. */
  #rows(args, areRaw) {
    if (!this.#pass(args)) return ops.rows(characters, areRaw);
    return ops.rows(characters, areRaw, ...args);
  }

  /** All rows; `areRaw` leaves each value its bytes. */
  #collect(args, areArrays, areRaw) {
    const found = [];
    let text = this.#rows(args, areRaw);
    for (;;) {
      const status = numbers[STATUS];
      if (status < 0) throw errorOf(status);
      if (status === 0) return found;
      const isDone = numbers[DONE] === 1;
      const objects = this.#objects();
      appendRows(areArrays ? this.#arrays() : objects, text, status, found);
      if (isDone) return found;
      numbers[STATEMENT] = this.#id;
      text = ops.more(characters, areRaw);
    }
  }

  #arrays() {
    return arrayMaker(ops.facts(this.#id)[0]);
  }

  all(args = NONE) {
    return this.#collect(args, false, false);
  }

  values(args = NONE) {
    return this.#collect(args, true, false);
  }

  raw(args = NONE) {
    return this.#collect(args, true, true);
  }

  #current(text) {
    const status = numbers[STATUS];
    if (status < 0) throw errorOf(status);
    return status === 1 ? oneRow(this.#objects(), text) : null;
  }

  /** The first row; `iterateNext` goes on from there. */
  iterate(args = NONE) {
    this.#runs++;
    if (args.length > 0) this.#bind(args);
    numbers[STATEMENT] = this.#id;
    numbers[COUNT] = KEEP;
    return this.#current(ops.first(characters));
  }

  iterateNext(run) {
    if (run !== this.#runs) {
      this.#check();
      throw new globalThis.Error("This iterator was invalidated: its statement was run again. " +
        "Use db.prepare() to get a statement with a cursor of its own.");
    }
    numbers[STATEMENT] = this.#id;
    return this.#current(ops.next(characters));
  }

  iterateEnd(run) {
    if (run === this.#runs) ops.reset(this.#id);
  }

  get runCount() {
    return this.#runs;
  }

  as(Class) {
    if (Class === undefined) {
      this.#prototype = undefined;
    } else if (typeof Class !== "function" && (typeof Class !== "object" || Class === null)) {
      throw new globalThis.TypeError("Expected class to be a constructor or undefined");
    } else if (!isConstructor(Class)) {
      throw new globalThis.TypeError("Expected a constructor");
    } else {
      const { prototype } = Class;
      if (typeof prototype !== "object" || prototype === null) {
        throw new globalThis.TypeError("Expected a constructor prototype to be an object");
      }
      this.#prototype = prototype;
    }
    this.#generation = -1;
  }

  finalize() {
    this.#isFinalized = true;
    ops.finalize(this.#id);
  }

  toString() {
    return ops.expanded(this.#id) ?? "";
  }

  get columns() {
    this.#check();
    return ops.columns(this.#id);
  }

  get columnsCount() {
    this.#check();
    return ops.facts(this.#id)[0];
  }

  get paramsCount() {
    this.#check();
    return this.#target.paramsCount;
  }

  get isFinalized() {
    return this.#isFinalized || this.#hasEnded();
  }

  get readonly() {
    this.#check();
    return ops.facts(this.#id)[1];
  }

  get columnTypes() {
    if (!this.readonly) {
      throw new globalThis.Error("columnTypes is not available for non-read-only statements " +
        "(INSERT, UPDATE, DELETE, etc.)");
    }
    this.#runs++;
    const types = ops.columnTypes(this.#id);
    if (types === undefined) throw errorOf(numbers[STATUS]);
    return types;
  }

  get declaredTypes() {
    this.#check();
    return ops.declaredTypes(this.#id);
  }

  get safeIntegers() {
    this.#check();
    return this.#target.areSafe;
  }

  set safeIntegers(areSafe) {
    this.#check();
    this.#target.areSafe = areSafe;
    ops.setSafeIntegers(this.#id, areSafe);
  }
}

/** Prepares the first statement of a text, its parameters bound to `args` where there are any. */
function prepare(connection, sql, flags, options, args) {
  if (!connection.isOpen) {
    throw new globalThis.RangeError("Cannot use a closed database");
  }
  if (typeof sql !== "string") throw new globalThis.Error("Expected SQL string");
  if (typeof flags !== "number" || flags < 0 || flags > PREPARE_FLAGS_MAX) {
    throw new globalThis.RangeError("Invalid prepare flags");
  }
  const { isOwned, isStrict, areSafe } = options;
  const id = ops.prepare(connection.id, sql, 0, flags, isOwned, areSafe);
  if (id === PREPARE_FAILED) throw sqliteError();
  if (id < 0) throw new globalThis.RangeError("Invalid SQL statement");
  const statement = new SQLStatement(connection, id, options);
  if (args !== undefined) {
    bindAll({ id, paramsCount: numbers[PARAMETERS], isStrict, areSafe }, args);
  }
  return statement;
}

module.exports = { Connection, changesOf, databaseClosed, prepare };
