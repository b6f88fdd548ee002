import { describe, test } from "bun:test";

test.each([[1, "two"], [3, "four"]])("%d and %s", () => {});
test.each([{ name: "a", deep: { value: [1] } }])("$name has $deep.value and not $missing", () => {});
test.each([1, 2])("row %# is %i", () => {});
test.each([[{ a: 1 }, [2]]])("%j %p 100%%", () => {});
describe.each([["x"], ["y"]])("group %s", (name) => {
  test(`in ${name}`, () => {});
});
class Named {}
test(Named, () => {});
test(function named() {}, () => {});
test(42, () => {});
describe("", () => {
  test("under a scope without a name", () => {});
});
test.if(true)("if", () => {});
test.if(false)("if not", () => {});
test.skipIf(true)("skipped if", () => {});
test.todoIf(true)("todo if", () => {});
