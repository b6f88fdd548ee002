// process.binding("tty_wrap"): terminals without their streams, by descriptor.
"use strict";

const { isatty } = require("node/tty");
const { Object, TypeError } = globalThis;

// A function rather than a class, so that a call without `new` has the words of Bun.
function TTYWrap(descriptor) {
  if (new.target === undefined) {
    throw new TypeError("TTYWrapConstructor cannot be called as a function");
  }
  if (!isatty(descriptor)) throw new TypeError(`fd${descriptor} is not a tty`);
  Object.defineProperty(this, "fd", { value: descriptor });
}

const methods = {
  // Fills `size` with columns and rows, as libuv's handles do; whether there was an answer.
  getWindowSize(size) {
    const measured = ops.windowSize(this.fd);
    if (measured === undefined) return false;
    [size[0], size[1]] = measured;
    return true;
  },
  setRawMode(isRaw) { return ops.setRawMode(this.fd, Boolean(isRaw)); },
};
for (const name of Object.keys(methods)) {
  Object.defineProperty(TTYWrap.prototype, name, {
    configurable: false, enumerable: true, writable: true, value: methods[name],
  });
}

module.exports = { isTTY: isatty, TTY: TTYWrap };
