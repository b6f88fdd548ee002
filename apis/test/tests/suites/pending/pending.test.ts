import { expect, test } from "bun:test";
// Expectations of promises that are pending, awaited and not.
const later = (value: unknown) => new Promise(r => setTimeout(() => r(value), 5));
const fails = (value: unknown) => new Promise((_, r) => setTimeout(() => r(value), 5));
expect.extend({ toBeTwo: (value: unknown) => ({ pass: value === 2, message: () => "not two" }) });
test("not awaited, right", () => { expect(later(1)).resolves.toBe(1); });
test("not awaited, wrong", () => { expect(later(1)).resolves.toBe(2); });
test("not awaited, negated", () => { expect(later(1)).resolves.not.toBe(1); });
test("not awaited, rejected", () => { expect(fails(new Error("x"))).rejects.toThrow("y"); });
test("not awaited, resolved where a rejection is wanted", () => { expect(later(1)).rejects.toBe(1); });
test("not awaited, of one's own", () => { (expect(later(3)).resolves as any).toBeTwo(); });
test("awaited", async () => { await expect(fails(new Error("x"))).rejects.toThrow("x"); });
test("caught", async () => {
  try { await expect(later(1)).resolves.toBe(2); } catch (error) { console.log((error as Error).message); }
});
test("together", async () => { await Promise.all([1, 2].map(n => expect(later(n)).resolves.toBe(n))); });
test("done", done => { expect(later(1)).resolves.toBe(1); setTimeout(done, 15); });
test.failing("failing", () => { expect(later(1)).resolves.toBe(3); });
test("resolvesTo", async () => {
  await expect({ a: later("hello") }).toEqual({ a: expect.resolvesTo.stringContaining("ell") });
  await expect({ a: later("hello") }).not.toEqual({ a: expect.resolvesTo.stringContaining("x") });
  await expect(later("a")).not.toEqual(expect.rejectsTo.stringContaining("a"));
});
test("rejectsTo", () => {
  expect(fails("hello")).toEqual(expect.rejectsTo.stringContaining("ell"));
  expect(fails("1")).toEqual(expect.not.rejectsTo.stringContaining("2"));
});
test("counted", () => { expect.assertions(1); expect(later(1)).resolves.toBe(1); });
