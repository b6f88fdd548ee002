// Expectations that tests running side by side do not await: each is its own test's.
import { describe, expect, test } from "bun:test";
const later = (value: unknown, ms = 10) => new Promise(r => setTimeout(() => r(value), ms));
describe.concurrent("side by side", () => {
  test("wrong", () => { expect(later(1)).resolves.toBe(2); });
  test("longer", async () => { await later(0, 60); expect(1).toBe(1); });
});
