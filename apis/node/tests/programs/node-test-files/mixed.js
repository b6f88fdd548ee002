const { describe, test } = require("node:test");

console.log("printed");
test("passes", () => {});
test("fails", () => {
  throw Object.assign(new TypeError("on purpose"), { code: "SOME_CODE" });
});
test("throws a text", () => {
  throw "a text";
});
test("has subtests", async (t) => {
  await t.test("a good one", () => {});
  await t.test("a bad one", () => {
    throw new RangeError("deeper");
  });
});
describe("suite", () => {
  test("is skipped", { skip: "for a reason" }, () => {});
  test.todo("is to be done", () => {
    throw new Error("as is known");
  });
});
describe.skip("suite left out", () => {});
