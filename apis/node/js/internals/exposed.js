// What flags of the command line put within a program's reach: --expose-gc a global function,
// --expose-internals modules of the runtime's own that test suites written for Node ask for; and
// what they take away: --disallow-code-generation-from-strings.
"use strict";

const { Object } = globalThis;

const INTERNALS = {
  __proto__: null,
  "internal/async_hooks": "node/internals/async-hooks",
  "internal/http": "node/internals/http",
  "internal/linkedlist": "node/internals/linked-list",
  "internal/readline/utils": "node/internals/readline-utils",
  "internal/streams/add-abort-signal": "node/internals/add-abort-signal",
  "internal/test/binding": "node/internals/binding",
  "internal/timers": "node/internals/timers",
  "internal/util/debuglog": "node/internals/debuglog",
  "internal/util/inspect": "node/internals/inspect",
};

const collect = () => { require("bun/memory").gc(true); };

/** Follows a list of flags; others are nobody's business here. */
function expose(flags) {
  if (flags.includes("--expose-internals") || flags.includes("--expose_internals")) {
    const { builtins } = require("runtime/builtins");
    for (const name of Object.keys(INTERNALS)) builtins.set(name, INTERNALS[name]);
  }
  if (flags.includes("--disallow-code-generation-from-strings")) {
    require("node/vm-contexts").forbidStrings(globalThis);
  }
  if (flags.includes("--expose-gc") || flags.includes("--expose_gc")) {
    function gc() { collect(); }
    Object.defineProperty(globalThis, "gc", { value: gc, writable: true, configurable: true });
  }
}

module.exports = { expose };
