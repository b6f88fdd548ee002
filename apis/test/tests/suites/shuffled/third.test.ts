// Seeds order files, tests and scopes as they do in Bun.
import { describe, test } from "bun:test";

for (const name of ["one", "two", "three", "four"]) test(`third ${name}`, () => {});
describe("scope", () => {
  for (const name of ["five", "six", "seven"]) test(name, () => {});
});
