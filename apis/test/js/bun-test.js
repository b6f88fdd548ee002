// The module bun:test. Its parts load when first used.
"use strict";

const scopes = require("test/scopes");
const hooks = require("test/hooks");

const exported = {
  test: scopes.test,
  it: scopes.test,
  xtest: scopes.xtest,
  xit: scopes.xtest,
  describe: scopes.describe,
  xdescribe: scopes.xdescribe,
  beforeEach: hooks.beforeEach,
  beforeAll: hooks.beforeAll,
  afterAll: hooks.afterAll,
  afterEach: hooks.afterEach,
  onTestFinished: hooks.onTestFinished,
  setDefaultTimeout: hooks.setDefaultTimeout,
};

const LAZY = {
  expect: ["test/expect", "expect"],
  expectTypeOf: ["test/type-assertions", "expectTypeOf"],
  setSystemTime: ["test/fake-timers", "setSystemTime"],
  mock: ["test/mock", "mock"],
  jest: ["test/mock", "jest"],
  spyOn: ["test/mock", "spyOn"],
  vi: ["test/mock", "vi"],
};
for (const name of Object.keys(LAZY)) {
  Object.defineProperty(exported, name, {
    configurable: true,
    enumerable: true,
    get() {
      const [module, property] = LAZY[name];
      const value = require(module)[property];
      Object.defineProperty(exported, name, { value, writable: true });
      return value;
    },
  });
}

module.exports = exported;
