const { after, before, describe, it, test } = require("node:test");
const assert = require("node:assert");

test("subtests", async (t) => {
  await t.test("one", () => {});
  await t.test("two", async (inner) => {
    await inner.test("three", () => console.log("three"));
  });
});
test("skips itself", (t) => t.skip("why"));
test("is to be done", (t) => t.todo("later"));
test("plans", (t) => {
  t.plan(1);
  t.assert.ok(true);
});
test("left out", { skip: true }, () => {
  throw new Error("not run");
});
test("mocks", (t) => {
  const made = t.mock.fn(() => 3);
  assert.strictEqual(made(1), 3);
  assert.strictEqual(made.mock.callCount(), 1);
  assert.deepStrictEqual(made.mock.calls[0].arguments, [1]);
  const object = { method: () => 1 };
  t.mock.method(object, "method", () => 2);
  assert.strictEqual(object.method(), 2);
});
test("done", (t, done) => setTimeout(done, 1));
describe("suite", () => {
  before(() => console.log("before"));
  after(() => console.log("after"));
  it("inside", (t) => console.log(t.name));
  it.skip("skipped", () => {});
});
