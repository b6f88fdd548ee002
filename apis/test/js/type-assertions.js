// expectTypeOf(): assertions of types, which a type checker judges; nothing is checked here.
"use strict";

const { Object, Symbol } = globalThis;

class ExpectTypeOf {}
Object.defineProperty(ExpectTypeOf.prototype, Symbol.toStringTag, { value: "ExpectTypeOf" });

const METHODS = [
  "toBeAny", "toBeArray", "toBeBigInt", "toBeBoolean", "toBeCallableWith", "toBeConstructibleWith",
  "toBeFunction", "toBeNever", "toBeNull", "toBeNullable", "toBeNumber", "toBeObject",
  "toBeString", "toBeSymbol", "toBeUndefined", "toBeUnknown", "toBeVoid", "toEqualTypeOf",
  "toExtend", "toMatchObjectType", "toMatchTypeOf",
];
// Those that answer an assertion about another type.
const CHAINED = [
  "exclude", "extract", "map", "omit", "parameter", "pick", "toHaveProperty",
];
const GETTERS = [
  "asserts", "branded", "constructorParameters", "guards", "instance", "items", "not",
  "parameters", "resolves", "returns", "thisParameter",
];

const method = (name, value) => Object.defineProperty(ExpectTypeOf.prototype, name, {
  value, writable: true, configurable: true, enumerable: true,
});
for (const name of METHODS) method(name, { [name]() {} }[name]);
for (const name of CHAINED) method(name, { [name]() { return this; } }[name]);
for (const name of GETTERS) {
  Object.defineProperty(ExpectTypeOf.prototype, name, {
    configurable: true,
    enumerable: true,
    get() { return this; },
  });
}

const { expectTypeOf } = {
  expectTypeOf() {
    return new ExpectTypeOf();
  },
};
Object.defineProperty(expectTypeOf, "name", { value: "ExpectTypeOf" });
expectTypeOf.prototype = ExpectTypeOf.prototype;

module.exports = { expectTypeOf };
