import { describe, expect, test } from "bun:test";

class Point {
  x = 1;
  label = "p";
}

test("values", () => {
  expect({ b: 1, a: ["x", null, undefined], "with space": new Map([["k", new Set([1])]]) }).toMatchSnapshot();
  expect(new Point()).toMatchSnapshot("a point");
  expect("`quoted` ${text} \\ back").toMatchSnapshot();
  expect({ when: new Date(), id: 7 }).toMatchSnapshot({ when: expect.any(Date) });
});

describe("nested", () => {
  test("errors", () => {
    expect(() => {
      throw new TypeError("wrong kind");
    }).toThrowErrorMatchingSnapshot();
  });
  test("inline", () => {
    expect({ a: [1, { b: "x" }] }).toMatchInlineSnapshot(`
      {
        "a": [
          1,
          {
            "b": "x",
          },
        ],
      }
    `);
    expect(5).toMatchInlineSnapshot(`5`);
  });
  test("a changed one", () => {
    expect({ a: 2, same: true }).toMatchInlineSnapshot(`
      {
        "a": 1,
        "same": true,
      }
    `);
  });
});
