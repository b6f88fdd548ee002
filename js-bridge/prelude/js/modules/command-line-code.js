// What code of the command line (-e, -p) finds: builtin modules as globals, and a last value that
// is printed when the event loop has run dry.
"use strict";

const { Object, Symbol } = globalThis;
const prelude = require("runtime/prelude");

const PRINTED = Symbol.for("dx.printed");

function prepare(builtins, prints) {
  for (const [name, module] of builtins) {
    const plain = name.replace(/^node:/, "");
    if (!/^[a-z_]\w*$/.test(plain) || plain in globalThis) continue;
    Object.defineProperty(globalThis, plain, {
      configurable: true,
      get: () => prelude.require(module),
      set(value) {
        Object.defineProperty(globalThis, plain, { value, writable: true, configurable: true });
      },
    });
  }
  if (prints) printAtEnd();
}

function printAtEnd() {
  Object.defineProperty(globalThis, PRINTED, { writable: true, configurable: true });
  const { process } = globalThis;
  process.once("beforeExit", async () => {
    console.log(await globalThis[PRINTED]);
  });
}

module.exports = { prepare };
