// Shapes of the platform's own classes: Request, Response, URL, events and their kin.
//
// In Bun these are native classes with a printed form of their own; here they are JavaScript
// classes, recognised by their prototype. Modules are asked for a class only when an object of a
// constructor of that name turns up, so nothing is loaded for it.
"use strict";

const { getPrototypeOf, getOwnPropertyDescriptor } = Object;

const SHAPES = { __proto__: null };

const shapeByPrototype = new WeakMap();

// The shape an object is printed in; null where it is no platform object.
function find(value) {
  const prototype = getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype || prototype === Array.prototype) {
    return null;
  }
  const known = shapeByPrototype.get(prototype);
  if (known !== undefined) return known;
  const shape = search(prototype);
  shapeByPrototype.set(prototype, shape);
  return shape;
}

function search(prototype) {
  for (let holder = prototype; holder !== null; holder = getPrototypeOf(holder)) {
    const descriptor = getOwnPropertyDescriptor(holder, "constructor");
    const constructor = descriptor === undefined ? undefined : descriptor.value;
    if (typeof constructor !== "function") continue;
    const shape = SHAPES[constructor.name];
    if (shape !== undefined && shape.owns(constructor)) return shape;
  }
  return null;
}

function printPlatform(formatter, value) {
  find(value).print(formatter, value);
}

module.exports = { find, PRINTERS: { platform: printPlatform } };
