// Puts the operators on Readable.prototype; what they do is loaded when one is called.
"use strict";

const { illegalConstructor } = require("node/stream/errors");
const { Object, Promise, Reflect } = globalThis;

const STREAM_OPERATORS = { drop: 1, filter: 2, flatMap: 2, map: 2, take: 1 };
const PROMISE_OPERATORS = { every: 1, forEach: 2, reduce: 3, toArray: 1, some: 1, find: 2 };

function define(Readable) {
  const { prototype } = Readable;
  for (const [name, length] of Object.entries(STREAM_OPERATORS)) {
    addMethod(prototype, name, length, function (...parameters) {
      if (new.target) throw illegalConstructor();
      const { streams } = require("node/stream/operators");
      return Readable.from(Reflect.apply(streams[name], this, parameters));
    });
  }
  for (const [name, length] of Object.entries(PROMISE_OPERATORS)) {
    addMethod(prototype, name, length, function (...parameters) {
      if (new.target) throw illegalConstructor();
      return Promise.resolve().then(() => {
        const { promises } = require("node/stream/operators");
        return Reflect.apply(promises[name], this, parameters);
      });
    });
  }
}

function addMethod(prototype, name, length, method) {
  Object.defineProperty(method, "name", { value: name, configurable: true });
  Object.defineProperty(method, "length", { value: length, configurable: true });
  Object.defineProperty(prototype, name, {
    value: method, enumerable: false, configurable: true, writable: true,
  });
}

module.exports = { define };
