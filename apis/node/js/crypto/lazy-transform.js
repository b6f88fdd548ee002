// Transforms that become streams when they are first used as such: a hash mostly never is.
//
// A class over it calls it as its constructor. The state of a stream is made when it is first read.
"use strict";

const { Transform } = require("node/stream");
const { Object } = globalThis;

function LazyTransform(options) {
  this._options = options;
}
Object.setPrototypeOf(LazyTransform.prototype, Transform.prototype);
Object.setPrototypeOf(LazyTransform, Transform);

for (const name of ["_readableState", "_writableState"]) {
  Object.defineProperty(LazyTransform.prototype, name, {
    get() {
      Transform.call(this, this._options);
      this._writableState.decodeStrings = false;
      return this[name];
    },
    set(value) {
      Object.defineProperty(this, name, {
        value, writable: true, enumerable: true, configurable: true,
      });
    },
    enumerable: true,
    configurable: true,
  });
}

/// Makes `Class` one of these, with `members` as its methods.
function inherit(Class, members) {
  Object.setPrototypeOf(Class.prototype, LazyTransform.prototype);
  Object.setPrototypeOf(Class, LazyTransform);
  Object.assign(Class.prototype, members);
}

module.exports = { LazyTransform, inherit };
