import { expect, test } from "bun:test";

test("a file without code of others", () => {
  expect([1, 2].map((item) => item * 2)).toEqual([2, 4]);
});
