"use strict";
// The answer of BunFile.stat(): the fields of stat(2), questions about them, and dates.

const KIND_MASK = 0o170000;
const KINDS = {
  isBlockDevice: 0o060000,
  isCharacterDevice: 0o020000,
  isDirectory: 0o040000,
  isFIFO: 0o010000,
  isFile: 0o100000,
  isSocket: 0o140000,
  isSymbolicLink: 0o120000,
};

class Stats {
  constructor(fields) {
    Object.assign(this, fields);
  }
}

for (const [name, kind] of Object.entries(KINDS)) {
  const method = {
    [name]() {
      return (this.mode & KIND_MASK) === kind;
    },
  }[name];
  Object.defineProperty(Stats.prototype, name, {
    value: method,
    writable: true,
    configurable: true,
    enumerable: true,
  });
}
for (const name of ["atime", "mtime", "ctime", "birthtime"]) {
  Object.defineProperty(Stats.prototype, name, {
    configurable: true,
    enumerable: true,
    get() {
      const date = new Date(this[`${name}Ms`]);
      Object.defineProperty(this, name, { value: date, writable: true, configurable: true });
      return date;
    },
  });
}

module.exports = { Stats };
