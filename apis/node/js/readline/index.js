// node:readline.
"use strict";

const { Interface } = require("node/readline/interface");
const { emitKeypressEvents } = require("node/readline/keys");
const { CSI, clearLine, clearScreenDown, cursorTo, moveCursor } = require("node/readline/cursor");
const { Object, Symbol } = globalThis;

function createInterface(input, output, completer, terminal) {
  return new Interface(input, output, completer, terminal);
}

module.exports = {
  Interface, clearLine, clearScreenDown, createInterface, cursorTo, emitKeypressEvents, moveCursor,
};

// Loaded when asked for; a program may put its own in its place.
const lazily = {
  get() { return require("node/readline-promises"); },
  set(value) {
    Object.defineProperty(module.exports, "promises", {
      value, writable: true, enumerable: true, configurable: true,
    });
  },
};
Object.defineProperty(module.exports, "promises", {
  get: lazily.get, set: lazily.set, enumerable: true, configurable: true,
});

// The name under which Bun's own tests reach what programs should not.
Object.defineProperty(
  module.exports, Symbol.for("__BUN_INTERNALS_DO_NOT_USE_OR_YOU_WILL_BE_FIRED__"),
  {
    ...Object.getOwnPropertyDescriptor({
      get internals() {
        const { getStringWidth, stripVTControlCharacters } = require("node/readline/display");
        return { CSI, utils: { getStringWidth, stripVTControlCharacters } };
      },
    }, "internals"),
    enumerable: false,
    configurable: false,
  },
);
