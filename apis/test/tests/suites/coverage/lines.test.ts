import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import "./branches";
import { ignored } from "./ignored";
import { choose, Shape } from "./plain.js";

test("some lines run", () => {
  expect(choose("b")).toBe(2);
  expect(new Shape(2).area()).toBe(4);
  expect(ignored()).toBe(1);
});
