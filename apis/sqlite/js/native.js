// A prepared statement as native code knows it: what `Statement` is a face of.
"use strict";

const { FinalizationRegistry, Object, Reflect } = globalThis;
const { areDirect, bindAll } = require("sqlite/bind");
const { databaseClosed, errorOf, sqliteError } = require("sqlite/errors");
const {
  CHANGES, DONE, GENERATION, INTEGER, PARAMETERS, ROWID, STATUS,
  appendRows, arrayMaker, characters, integers, numbers, objectMaker, oneRow,
} = require("sqlite/rows");

/** Tells operations to keep what is bound. */
const KEEP = -1;

/** What `prepare` answers in place of a number. */
const PREPARE_FAILED = -1;
const PREPARE_FLAGS_MAX = 7;

const NONE = [];

const forgotten = new FinalizationRegistry((id) => ops.forgetStatement(id));
const closed = new FinalizationRegistry((id) => ops.forgetConnection(id));

/** A connection's number, alive as long as its database or one of its statements. */
class Connection {
  constructor(id) {
    this.id = id;
    closed.register(this, id);
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
  constructor(connection, id, isStrict, areSafe) {
    this.#connection = connection;
    this.#id = id;
    this.#target = { id, paramsCount: numbers[PARAMETERS], isStrict, areSafe };
    forgotten.register(this, id);
  }

  #connection;
  #id;
  /** What binding asks about the statement. */
  #target;
  #isFinalized = false;
  #runs = 0;
  /** What makes rows, and the schema it was made for. */
  #maker;
  #generation = -1;
  #prototype;

  /** Refuses to go on where the statement is gone. */
  #check() {
    const facts = ops.facts(this.#id);
    if (facts === undefined) throw errorOf(numbers[STATUS]);
    return facts;
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

  run(_changes, args = NONE) {
    const id = this.#id;
    const count = args.length;
    this.#runs++;
    if (count === 0) {
      ops.run(id, KEEP);
    } else if (areDirect(args, this.#target.paramsCount)) {
      if (count === 1) ops.run(id, 1, args[0]);
      else if (count === 2) ops.run(id, 2, args[0], args[1]);
      else if (count === 3) ops.run(id, 3, args[0], args[1], args[2]);
      else ops.run(id, count, ...args);
    } else {
      this.#bind(args);
      ops.run(id, KEEP);
    }
    const status = numbers[STATUS];
    if (status < 0) throw errorOf(status);
    return changesOf(this.#target.areSafe);
  }

  get(args = NONE) {
    const id = this.#id;
    const count = args.length;
    this.#runs++;
    let text;
    if (count === 0) {
      text = ops.get(characters, id, KEEP);
    } else if (areDirect(args, this.#target.paramsCount)) {
      if (count === 1) text = ops.get(characters, id, 1, args[0]);
      else if (count === 2) text = ops.get(characters, id, 2, args[0], args[1]);
      else text = ops.get(characters, id, count, ...args);
    } else {
      this.#bind(args);
      text = ops.get(characters, id, KEEP);
    }
    const status = numbers[STATUS];
    if (status === 1) return oneRow(this.#objects(), text);
    if (status < 0) throw errorOf(status);
    return null;
  }

  /** Starts a run whose rows come in batches. */
  #rows(args, areRaw) {
    this.#runs++;
    const count = args.length;
    if (count === 0) return ops.rows(characters, this.#id, areRaw, KEEP);
    if (areDirect(args, this.#target.paramsCount)) {
      return ops.rows(characters, this.#id, areRaw, count, ...args);
    }
    this.#bind(args);
    return ops.rows(characters, this.#id, areRaw, KEEP);
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
      text = ops.more(characters, this.#id, areRaw);
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
    return this.#current(ops.first(characters, this.#id, KEEP));
  }

  iterateNext(run) {
    if (run !== this.#runs) {
      this.#check();
      throw new globalThis.Error("This iterator was invalidated: its statement was run again. " +
        "Use db.prepare() to get a statement with a cursor of its own.");
    }
    return this.#current(ops.next(characters, this.#id));
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
    return this.#check()[0];
  }

  get paramsCount() {
    this.#check();
    return this.#target.paramsCount;
  }

  get isFinalized() {
    return this.#isFinalized || ops.facts(this.#id) === undefined;
  }

  get readonly() {
    return this.#check()[1];
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
  const { isOwned, isStrict, areSafe } = options;
  if (!ops.isOpen(connection.id)) {
    throw new globalThis.RangeError("Cannot use a closed database");
  }
  if (typeof sql !== "string") throw new globalThis.Error("Expected SQL string");
  if (typeof flags !== "number" || flags < 0 || flags > PREPARE_FLAGS_MAX) {
    throw new globalThis.RangeError("Invalid prepare flags");
  }
  const id = ops.prepare(connection.id, sql, 0, flags, isOwned, areSafe);
  if (id === PREPARE_FAILED) throw sqliteError();
  if (id < 0) throw new globalThis.RangeError("Invalid SQL statement");
  const statement = new SQLStatement(connection, id, isStrict, areSafe);
  if (args !== undefined) {
    bindAll({ id, paramsCount: numbers[PARAMETERS], isStrict, areSafe }, args);
  }
  return statement;
}

module.exports = { Connection, changesOf, databaseClosed, prepare };
