"use strict";
// Gives a class the property descriptors of a Web IDL interface: enumerable members, the string
// tag, constants. Applied once, when a class is defined; instances are not touched.

const { defineProperty, getOwnPropertyDescriptor, getOwnPropertyNames } = Object;

function makeEnumerable(target, skipped) {
  for (const name of getOwnPropertyNames(target)) {
    if (skipped.includes(name)) continue;
    const descriptor = getOwnPropertyDescriptor(target, name);
    descriptor.enumerable = true;
    defineProperty(target, name, descriptor);
  }
}

/**
 * Makes members enumerable and sets `Symbol.toStringTag`. `constants` are defined on the
 * constructor and on the prototype; `hidden` members stay as they are; those of the prototype that
 * `fixed` names cannot be configured, as those of Bun's own classes.
 */
function defineInterface(constructor, { constants = {}, hidden = [], fixed = [], tag } = {}) {
  const prototype = constructor.prototype;
  makeEnumerable(prototype, ["constructor", ...hidden]);
  makeEnumerable(constructor, ["length", "name", "prototype", ...hidden]);
  for (const name of fixed) defineProperty(prototype, name, { configurable: false });
  for (const [name, value] of Object.entries(constants)) {
    const descriptor = { value, writable: false, enumerable: true, configurable: false };
    defineProperty(constructor, name, descriptor);
    defineProperty(prototype, name, descriptor);
  }
  defineProperty(prototype, Symbol.toStringTag, {
    value: tag ?? constructor.name,
    writable: false,
    enumerable: false,
    configurable: true,
  });
  return constructor;
}

/** Defines how an instance prints: `make(instance)` returns a plain object of its properties. */
function defineInspection(constructor, make) {
  const name = constructor.name;
  const methods = {
    anonymous(depth, options) {
      if (typeof depth === "number" && depth < 0) return this;
      return `${this.constructor?.name || name} ${arguments[2](make(this, options), options)}`;
    },
  };
  defineProperty(constructor.prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value: methods.anonymous,
    writable: true,
    enumerable: false,
    configurable: true,
  });
}

/** The class as programs see it: called without `new` it throws an error with its own words. */
function refuseCalls(constructor, code, text) {
  const { withCode } = require("web/errors");
  const callable = new Proxy(constructor, {
    apply() { throw withCode(new TypeError(text), code); },
  });
  defineProperty(constructor.prototype, "constructor", {
    value: callable, writable: true, enumerable: false, configurable: true,
  });
  return callable;
}

module.exports = { defineInterface, defineInspection, refuseCalls };
