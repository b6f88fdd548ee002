// console.table and Bun.inspect.table.
class Shape {
  x = 1;
  method() {}
}
const tables: unknown[][] = [
  [[1, 2]], ["x"], [1], [null], [[]], [{}], [new Map<any, any>([["a", 1], ["b", { c: 1 }]])], [new Set([1, "x"])], [[[1, 2], [3, 4]]],
  [[{ a: 1, b: "x" }, { a: 2, c: true }]], [[{ a: 1, b: 2 }], ["b"]], [{ r1: { a: 1 }, r2: { a: 2 } }], [[1, { a: 1 }, [2]]],
  [["\u65e5\u672c", "\u00e9"]], [[{ a: { b: 1 }, d: [1, 2, 3] }]], [[{ f() {}, d: new Date(0), n: null, u: undefined, s: Symbol("x") }]],
  [[{ a: 1 }], []], [new Map()], [[undefined, null]], [{ a: 1, b: "str" }], [[{ "long column name": 1 }]], [[{ a: "two\nlines" }]],
  [(function* () { yield 1; yield 2; })()], [new Uint8Array([1, 2])], [[{ a: 1 }], undefined], [[{ a: 1 }], ["a", "missing"]],
  [[{ a: -0, b: "it's", c: "x\ty" }]], [[[]]], [[{}]], [new Shape()], [{ f() {} }], [[() => {}]],
  [new Map<any, any>([[{ k: 1 }, { v: 1 }], ["x", [1]]])], [[{ a: "\u65e5\u672c", b: 1 }, { a: "x", b: "\u{1f600}" }]],
  [[{ a: { b: { c: { d: { e: { f: { g: {} } } } } } } }]], [[{ a: "\x1b[31mred\x1b[0m" }]], [new Set()], [[, 1]], ["text", ["a"]],
  [[1n, "s", Symbol("q")]], [[{ get a() { return 5; } }]], [[Object.create({ inherited: 1 })]], [new Proxy([1, 2], {})], [[{ a: 1, [Symbol("s")]: 2 }]],
];
for (const parameters of tables) (console.table as any)(...parameters);
for (const properties of [null, 5, "a"]) {
  try {
    console.table([{ a: 1 }], properties as any);
  } catch (error: any) {
    console.log(error.name, error.message);
  }
}
const people = [{ name: "\u00c5sa", age: 30 }, { name: "Bo", age: 4 }];
console.log(Bun.inspect.table(people));
console.log(Bun.inspect.table(people, ["age"]));
console.log(Bun.inspect.table(people, { colors: true } as any).replaceAll("\x1b", "^"));
console.log(Bun.inspect.table(people, ["age"], { colors: true }).replaceAll("\x1b", "^"));
console.log(Bun.inspect.table([{ a: { b: { c: { d: {} } } } }], { depth: 1 } as any));
console.log(Bun.inspect.table([{ z: { q: 1, b: [1] }, a: 2 }], { compact: false } as any));
console.log([5, "x", undefined, null].map((value) => JSON.stringify(Bun.inspect.table(value as any))).join());
for (const text of ["a", "\u65e5\u672c", "\u00e9", "e\u0301", "\u{1f600}", "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}", "\x1b[31mx\x1b[0m", "\t", "\u{1f1fa}\u{1f1f8}",
  "\u263a\ufe0f", "\u263a", "\u2026", "\uff8a", "\uac00", "\u200b", "\u{1f44d}\u{1f3fd}", "1\ufe0f\u20e3", "\uff21", "\u00ad", "\u2705", "\u{20000}", "\ud800", ""]) {
  console.log(JSON.stringify(text), Bun.stringWidth(text), Bun.stringWidth(text, { countAnsiEscapeCodes: true }), JSON.stringify(Bun.stripANSI(text)));
}
