// node:tty: streams over terminals, which are streams of node:fs with what only terminals do.
// The streams load when they are first asked for, since most programs want isatty() alone.
"use strict";

const { Object } = globalThis;

function isatty() {
  const descriptor = arguments[0];
  return typeof descriptor === "number" && ops.isTerminal(descriptor);
}

module.exports = { ReadStream: undefined, WriteStream: undefined, isatty };

for (const name of ["ReadStream", "WriteStream"]) {
  Object.defineProperty(module.exports, name, {
    enumerable: true,
    configurable: true,
    get: () => {
      const value = require("node/tty/streams")[name];
      define(name, value);
      return value;
    },
    set: (value) => define(name, value),
  });
}

function define(name, value) {
  Object.defineProperty(module.exports, name, {
    value, writable: true, enumerable: true, configurable: true,
  });
}
