// process.finalization: functions called with an object at the end, if it is still alive then.
"use strict";

const { invalidType } = require("node/errors");
const { Map, WeakRef, FinalizationRegistry, Set } = globalThis;

/** The object, whose functions are called at the events `exit` and `beforeExit` of `process`. */
function createFinalization(process) {
  const entries = { exit: new Set(), beforeExit: new Set() };
  const known = new Map();
  const registry = new FinalizationRegistry((entry) => forget(entry));

  function forget(entry) {
    entries[entry.event].delete(entry);
  }

  function check(object) {
    const type = typeof object;
    if (object !== null && (type === "object" || type === "function")) return;
    throw invalidType("obj", "of type object", object);
  }

  function run(event) {
    for (const entry of [...entries[event]]) {
      forget(entry);
      const object = entry.reference.deref();
      if (object !== undefined) (0, entry.callback)(object, event);
    }
  }

  function add(event, object, callback) {
    check(object);
    if (!known.has(event)) {
      known.set(event, true);
      process.on(event, () => run(event));
    }
    const entry = { event, reference: new WeakRef(object), callback };
    entries[event].add(entry);
    registry.register(object, entry, entry);
  }

  return {
    register(object, callback) { add("exit", object, callback); },
    registerBeforeExit(object, callback) { add("beforeExit", object, callback); },
    unregister(object) {
      check(object);
      for (const event of ["exit", "beforeExit"]) {
        for (const entry of [...entries[event]]) {
          if (entry.reference.deref() !== object) continue;
          registry.unregister(entry);
          forget(entry);
        }
      }
    },
  };
}

module.exports = { createFinalization };
