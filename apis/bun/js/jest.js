"use strict";
// Bun.jest: what bun:test exports, for modules that test files load.

const MEMBERS = [
  "test", "it", "xtest", "xit", "describe", "xdescribe", "beforeEach", "beforeAll", "afterAll",
  "afterEach", "onTestFinished", "setDefaultTimeout", "expect", "expectTypeOf", "setSystemTime",
  "mock", "jest", "spyOn", "vi",
];

function jest(path) {
  if (typeof path !== "string") throw new Error("Bun.jest() expects a string filename");
  const exported = require("test/bun-test");
  return Object.fromEntries(MEMBERS.map((name) => [name, exported[name]]));
}

module.exports = { jest };
