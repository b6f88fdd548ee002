// Begins the program. One that is a single ES module, which imports and exports nothing and asks
// nothing of its module's object, runs by itself: the registry, most of what a start would have to
// compile, is loaded when something asks for it, and takes the program over as it finds it.
"use strict";

const asyncContext = require("runtime/async-context");
const { evaluate: compile } = require("runtime/engine");

// The program that runs without the registry: `adopt` is the registry's, told of its end.
const entry = { id: undefined, declared: false, ended: false, error: undefined, adopt: undefined };

// [path, folder, ...modules to import before it]
function runMain(given) {
  const alone = given.length === 2 ? ops.loadAlone(given[0], given[1]) : undefined;
  if (alone === undefined) return require("runtime/modules").runMain(given);
  entry.id = alone[0];
  entry.declared = alone[2];
  const body = compile(alone[1], entry.id);
  try {
    body(asyncContext, undefined, noExports);
  } catch (reason) {
    entry.error = { reason };
    require("runtime/errors").mainFailed();
    throw reason;
  } finally {
    entry.ended = true;
    if (entry.adopt !== undefined) entry.adopt();
  }
}

function noExports() {}

module.exports = { entry, runMain };
