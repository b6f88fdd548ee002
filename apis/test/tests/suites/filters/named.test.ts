import { describe, test } from "bun:test";

describe("group", () => {
  test("wanted", () => {});
  test("other", () => {
    throw new Error("not to be run");
  });
});
test("group wanted too", () => {});
