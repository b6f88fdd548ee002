import { expect, test } from "bun:test";

expect.extend({
  toBeDivisibleBy(received: any, divisor: number) {
    const pass = received % divisor === 0;
    const not = this.isNot ? "not " : "";
    return { pass, message: () => `expected ${received} ${not}to be divisible by ${divisor}` };
  },
} as any);

const cases: [string, () => void][] = [
  ["toBe", () => expect(1).toBe(2)],
  ["toBe strings", () => expect("abc").toBe("abd")],
  ["toBe equal objects", () => expect({ a: 1 }).toBe({ a: 1 } as any)],
  ["not toBe", () => expect(1).not.toBe(1)],
  ["toEqual", () => expect({ a: 1, b: [1, 2], c: "x" }).toEqual({ a: 1, b: [1, 3], c: "y" } as any)],
  ["toEqual lines", () => expect("a\nb\nc").toEqual("a\nB\nc")],
  ["not toEqual", () => expect([1]).not.toEqual([1])],
  ["toStrictEqual", () => expect({ a: undefined, b: 2 }).toStrictEqual({ b: 2 } as any)],
  ["toMatchObject", () => expect({ a: { b: 1, c: 2 } }).toMatchObject({ a: { b: 2 } })],
  ["toMatchObject of nothing", () => expect(1 as any).toMatchObject({})],
  ["toBeNull", () => expect(1).toBeNull()],
  ["toBeUndefined", () => expect(1).toBeUndefined()],
  ["toBeDefined", () => expect(undefined).toBeDefined()],
  ["toBeTruthy", () => expect(0).toBeTruthy()],
  ["toBeFalsy", () => expect("x").toBeFalsy()],
  ["toBeNaN", () => expect(1).toBeNaN()],
  ["toBeTrue", () => expect(false).toBeTrue()],
  ["toBeEven", () => expect(3).toBeEven()],
  ["toBeOdd", () => expect(2n as any).toBeOdd()],
  ["toBePositive", () => expect(-1).toBePositive()],
  ["toBeArray", () => expect({}).toBeArray()],
  ["toBeArrayOfSize", () => expect([1]).toBeArrayOfSize(2)],
  ["toBeObject", () => expect(1).toBeObject()],
  ["toBeEmpty", () => expect([1]).toBeEmpty()],
  ["toBeEmptyObject", () => expect({ a: 1 }).toBeEmptyObject()],
  ["toBeString", () => expect(1).toBeString()],
  ["toBeSymbol", () => expect(1).toBeSymbol()],
  ["toBeFunction", () => expect(1).toBeFunction()],
  ["toBeDate", () => expect(1).toBeDate()],
  ["toBeInteger", () => expect(1.5).toBeInteger()],
  ["toBeFinite", () => expect(Infinity).toBeFinite()],
  ["toBeGreaterThan", () => expect(1).toBeGreaterThan(2)],
  ["toBeGreaterThanOrEqual", () => expect(1n).toBeGreaterThanOrEqual(2n)],
  ["toBeLessThan", () => expect(2).toBeLessThan(1)],
  ["toBeLessThanOrEqual", () => expect(2).not.toBeLessThanOrEqual(2)],
  ["toBeGreaterThan strings", () => expect("a" as any).toBeGreaterThan(1)],
  ["toBeCloseTo", () => expect(1.5).toBeCloseTo(1.25, 2)],
  ["toBeWithin", () => expect(5).toBeWithin(1, 5)],
  ["toBeOneOf", () => expect(1).toBeOneOf([2, 3])],
  ["toBeTypeOf", () => expect(1).toBeTypeOf("string")],
  ["toBeInstanceOf", () => expect([]).toBeInstanceOf(Map)],
  ["toContain", () => expect([1, 2]).toContain(3)],
  ["toContain in text", () => expect("hello").not.toContain("ell")],
  ["toContainEqual", () => expect([{ a: 1 }]).toContainEqual({ a: 2 })],
  ["toContainKey", () => expect({ a: 1 }).toContainKey("b")],
  ["toContainKeys", () => expect({ a: 1 }).toContainKeys(["a", "b"])],
  ["toContainAllKeys", () => expect({ a: 1, b: 2 }).toContainAllKeys(["a"])],
  ["toContainAnyKeys", () => expect({ a: 1 }).toContainAnyKeys(["b", "c"])],
  ["toContainValue", () => expect({ a: 1 }).toContainValue(2)],
  ["toContainValues", () => expect({ a: 1 }).toContainValues([1, 2])],
  ["toContainAllValues", () => expect({ a: 1, b: 2 }).toContainAllValues([1])],
  ["toContainAnyValues", () => expect({ a: 1 }).toContainAnyValues([2])],
  ["toHaveLength", () => expect([1, 2]).toHaveLength(3)],
  ["toHaveLength of nothing", () => expect(1 as any).toHaveLength(3)],
  ["toHaveLength of no file", () => expect(Bun.file("/nonexistent")).toHaveLength(3)],
  ["toHaveProperty", () => expect({ a: { b: 1 } }).toHaveProperty("a.c")],
  ["toHaveProperty value", () => expect({ a: { b: 1 } }).toHaveProperty("a.b", 2)],
  ["not toHaveProperty", () => expect({ a: { b: 1 } }).not.toHaveProperty(["a", "b"])],
  ["toMatch", () => expect("hello").toMatch(/bye/)],
  ["toInclude", () => expect("hello").toInclude("bye")],
  ["toStartWith", () => expect("hello").toStartWith("bye")],
  ["toEndWith", () => expect("hello").not.toEndWith("lo")],
  ["toIncludeRepeated", () => expect("aXbX").toIncludeRepeated("X", 3)],
  ["toEqualIgnoringWhitespace", () => expect("a b").toEqualIgnoringWhitespace("a c")],
  ["toSatisfy", () => expect(1).not.toSatisfy(Number.isInteger)],
  ["toThrow", () => expect(() => 1).toThrow()],
  ["toThrow text", () => expect(() => { throw new Error("one"); }).toThrow("two")],
  ["toThrow pattern", () => expect(() => { throw new Error("one"); }).toThrow(/two/)],
  ["toThrow class", () => expect(() => { throw new Error("one"); }).toThrow(TypeError)],
  ["toThrow error", () => expect(() => { throw new Error("one"); }).toThrow(new Error("two"))],
  ["not toThrow", () => expect(() => { throw new TypeError("one"); }).not.toThrow()],
  ["rejects", () => { expect(Promise.resolve(1)).rejects.toBe(1); }],
  ["resolves", () => { expect(1 as any).resolves.toBe(1); }],
  ["pass", () => expect(1).not.pass("said so")],
  ["fail", () => expect(1).fail("said so")],
  ["label", () => expect(1, "the label").toBe(2)],
  ["unreachable", () => expect.unreachable("never")],
  ["asymmetric", () => expect({ a: "x", b: [1], c: 1.5 }).toEqual({
    a: expect.stringContaining("y"), b: expect.arrayContaining([2]), c: expect.closeTo(1.5),
  })],
  ["extended", () => (expect(4) as any).toBeDivisibleBy(3)],
  ["extended not", () => (expect(9) as any).not.toBeDivisibleBy(3)],
];

test("every message", () => {
  for (const [name, run] of cases) {
    let message = "did not throw";
    try {
      run();
    } catch (error) {
      message = (error as Error).message;
    }
    console.log(`## ${name}\n${message}\n`);
  }
});

test("asymmetric matchers", () => {
  expect({ a: 1, b: "text", c: [1, 2, 3], d: { e: 1, f: 2 } }).toEqual({
    a: expect.any(Number),
    b: expect.stringMatching(/^te/),
    c: expect.arrayContaining([3, 1]),
    d: expect.objectContaining({ e: expect.anything() }),
  });
  expect("x").toEqual(expect.not.stringContaining("y"));
  expect([9]).toEqual([(expect as any).toBeDivisibleBy(3)]);
});

test("promises", async () => {
  await expect(Promise.resolve(1)).resolves.toBe(1);
  await expect(Promise.reject(new TypeError("no"))).rejects.toThrow("no");
  await expect(new Promise((resolve) => setTimeout(resolve, 1, "late"))).resolves.toBe("late");
});

