const { after, afterEach, before, beforeEach, describe, mock, test } = require("node:test");

before(() => console.log("before"));
after(() => console.log("after"));
beforeEach((t) => console.log("beforeEach", t.name));
afterEach((t) => console.log("afterEach", t.name));
describe("suite", () => {
  beforeEach((t) => console.log("suite's beforeEach", t.name));
  afterEach((t, done) => {
    console.log("suite's afterEach", t.name);
    done();
  });
  test("outer", async (t) => {
    t.beforeEach((inner) => console.log("own beforeEach", inner.name));
    await t.test("inner", (inner) => inner.test("innermost", () => {}));
    await t.test("still to be done", { todo: "later" }, () => {
      throw new Error("that is known");
    });
    await t.test("left out", { skip: true }, () => {});
  });
  test("skips itself and fails", async (t) => {
    await t.test("inner", () => {
      throw new Error("of no interest");
    });
    t.skip("why");
  });
});
describe.skip("a suite left out", () => console.log("is not looked at"));

test("reads and writes of a property are kept", (t) => {
  const object = { value: 1, other: 2 };
  const { mock: context } = mock.property(object, "value", 5);
  const shown = () => context.accesses.map(({ type, value }) => `${type} ${value}`).join();
  object.value = object.value + 1;
  context.mockImplementation(7);
  context.mockImplementationOnce(8);
  context.mockImplementationOnce(9, context.accessCount() + 2);
  console.log(object.value, object.value, object.value, object.value, shown());
  for (const access of [0, 1.5, "x"]) {
    try {
      context.mockImplementationOnce(1, access);
    } catch (error) {
      console.log(error.name, error.code, error.message);
    }
  }
  context.resetAccesses();
  context.restore();
  console.log(object.value, context.accessCount(), Object.entries(object));
  const fixed = Object.defineProperty({}, "value", { value: 1, configurable: true });
  const refused = [[5, "x"], [object, 5], [object, "none"], [null, "x"], [fixed, "value", 2]];
  for (const parameters of refused) {
    try {
      mock.property(...parameters);
      fixed.value = 3;
    } catch (error) {
      console.log(error.name, error.code, error.message);
    }
  }
  t.mock.property(object, "other", 3);
  console.log(object.other, Object.keys(object));
  t.mock.reset();
  console.log(object.other);
});

test("assertions are added to those of contexts", (t) => {
  const { assert } = test;
  assert.register("isOdd", (value) => console.log("isOdd", value));
  t.assert.isOdd(3);
  t.assert.ok(true);
  console.log("isOdd" in assert, "register" in t.assert);
  for (const refused of [
    () => assert.register(5, () => {}),
    () => assert.register("name"),
    () => t.assert.snapshot(1),
    () => t.assert.fileSnapshot(1, "file"),
    () => test.snapshot.setDefaultSnapshotSerializer([]),
    () => test.snapshot.setResolveSnapshotPath(() => ""),
    () => t.mock.module("node:fs"),
  ]) {
    try {
      refused();
    } catch (error) {
      console.log(error.name, error.code, error.message);
    }
  }
});
