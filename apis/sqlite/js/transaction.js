// `Database.transaction`: functions that run between BEGIN and COMMIT, or inside another
// transaction between SAVEPOINT and RELEASE.
"use strict";

const { Object, Reflect, WeakMap } = globalThis;
const engine = require("runtime/engine");

const { apply } = Reflect;
const { defineProperties } = Object;

const SAVEPOINT = "`\t_dx.\t`";
const KINDS = ["default", "deferred", "immediate", "exclusive"];

/** The statements of each database, prepared when first needed. */
const statementsOf = new WeakMap();

function statement(database, prepare, sql) {
  let statements = statementsOf.get(database);
  if (statements === undefined) {
    statements = { __proto__: null };
    statementsOf.set(database, statements);
  }
  let found = statements[sql];
  if (found === undefined || found.isFinalized) {
    found = prepare(sql);
    statements[sql] = found;
  }
  return found;
}

/** Whether the answer of a function is a promise that was rejected before it was returned. */
function isRejected(answer) {
  return typeof answer === "object" && answer !== null &&
    engine.promiseState(answer)[0] === "rejected";
}

/** The function of one kind. `prepare` makes statements that end with the database. */
function wrap(database, prepare, body, begin) {
  const run = (sql) => statement(database, prepare, sql).run();
  // A method, which is no constructor and has no prototype.
  return {
    transaction(...args) {
      const isInner = database.inTransaction;
      const undo = () => {
        if (!database.inTransaction) return;
        run(isInner ? `ROLLBACK TO ${SAVEPOINT}` : "ROLLBACK");
        if (isInner) run(`RELEASE ${SAVEPOINT}`);
      };
      try {
        run(isInner ? `SAVEPOINT ${SAVEPOINT}` : begin);
        const answer = apply(body, this, args);
        if (isRejected(answer)) undo();
        else run(isInner ? `RELEASE ${SAVEPOINT}` : "COMMIT");
        return answer;
      } catch (error) {
        undo();
        throw error;
      }
    },
  }.transaction;
}

function makeTransaction(database, prepare, body) {
  const properties = {};
  for (let index = 0; index < KINDS.length; index++) {
    const kind = KINDS[index];
    const begin = kind === "default" ? "BEGIN" : `BEGIN ${kind.toUpperCase()}`;
    properties[kind] = { value: wrap(database, prepare, body, begin) };
  }
  properties.database = { value: database, enumerable: true };
  for (let index = 0; index < KINDS.length; index++) {
    defineProperties(properties[KINDS[index]].value, properties);
  }
  return properties.default.value;
}

module.exports = { makeTransaction };
