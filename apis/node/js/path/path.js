// node:path, and node:path/posix and node:path/win32 as its properties.
"use strict";

const posix = require("node/path-posix-face");

// Windows paths are rare here: their half is read when it is first asked for.
function lazily(target) {
  Object.defineProperty(target, "win32", {
    configurable: true,
    enumerable: true,
    get() {
      const win32 = require("node/path-win32");
      win32.posix = posix;
      for (const face of [posix, win32]) {
        Object.defineProperty(face, "win32", {
          configurable: true, enumerable: true, writable: true, value: win32,
        });
      }
      return win32;
    },
    set(value) {
      Object.defineProperty(target, "win32", {
        configurable: true, enumerable: true, writable: true, value,
      });
    },
  });
}

posix.posix = posix;
lazily(posix);

module.exports = posix;
