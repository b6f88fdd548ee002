// util.inspect and util.format: kinds of values under many options.
import util from "node:util";

class Base { own = 1; #hidden = 2; get getter() { return this.#hidden; } static fixed = 1; }
class Derived extends Base { list = [1, [2, [3, [4]]]]; }
class Tagged { get [Symbol.toStringTag]() { return "Tag"; } }
class Custom {
  [util.inspect.custom](depth: number, options: any, inspect: any) {
    return `Custom<${depth} ${inspect({ a: 1 }, options)} ${options.stylize("x", "number")}>`;
  }
}
const circular: any = { name: "c" };
circular.self = circular;
circular.list = [circular, { circular }];

const values: unknown[] = [
  1, -0, 5n, "a'b", "a'b\"", "tab\tline\n\x1b", "\ud800x", true, null, undefined, Symbol("s y"), {},
  [], [1, 2, 3], [, 1, , 2, , ,], { a: { b: { c: { d: 1 } } } }, new Base(), new Derived(), Base,
  Derived, class {}, () => {}, function named() {}, async () => {}, function* generate() {},
  Object.assign(() => {}, { x: 1 }), new Map<any, any>([[1, 2], [{ a: 1 }, "b"]]), new Set([1, "a"]),
  new WeakMap(), Promise.resolve(5), new Promise(() => {}), new Date(0), new Date(NaN), /a/g,
  new Number(1), new String("abc"), Object(5n), new Uint8Array([1, 2, 3]), new Float32Array(3),
  new ArrayBuffer(4), new DataView(new ArrayBuffer(3)), circular, Object.create(null),
  Object.create({}), Object.create(Derived.prototype), new Proxy({ a: 1 }, {}), new Tagged(),
  { get a() { return 1; }, set a(value) {}, get b() { return 1; }, set c(value: number) {} },
  { "a-b": 2, [Symbol("key")]: 1, ["__proto__"]: 3, 1: 2, "": 4 }, new Custom(), [new Custom()],
  Array.from({ length: 27 }, (_, index) => `item${index}`), Array.from({ length: 120 }, (_, i) => i),
  `${"x".repeat(60)}\n${"y".repeat(60)}`, Object.assign([1, 2], { x: 1, "y z": 2 }),
  new (class Sub extends Map {})([[1, 2]]), new (class List extends Array {})(3), Math,
  Object.setPrototypeOf([], null), Object.setPrototypeOf(() => {}, null),
  new Map([[{ a: 1 }, new Map([[1, new Map([[2, new Map()]])]])]]),
  (function () { return arguments; })(),
];

const optionsList: any[] = [
  undefined, { compact: false }, { compact: true }, { breakLength: 40 }, { depth: 0 }, { depth: null },
  { sorted: true }, { getters: true }, { maxArrayLength: 2 }, { maxStringLength: 5 },
  { customInspect: false }, { breakLength: Infinity },
];
for (const options of optionsList) {
  console.log(`--- ${JSON.stringify(options)}`);
  for (const value of values) console.log(util.inspect(value, options));
}
console.log(util.inspect([1234567.891, 1234567n, -1234], { numericSeparator: true }));
console.log(JSON.stringify(util.inspect({ a: 1, b: "x", c: null, d: [true] }, { colors: true })));
console.log(util.inspect([1, 2], { showHidden: true }), util.inspect({ a: 1 }, false, 0, true));

const formats: unknown[][] = [
  ["%s %s", "a"], ["%s", 5n, "more"], ["%d %i %f", "42.5", "42.5", "42.5"], ["%j", { a: 1 }],
  ["%o", { a: () => {} }], ["%O", { a: { b: { c: {} } } }], ["%c styled", "css"], ["%% %x %s", 1],
  ["%s", null, undefined, Symbol("x")], ["%s", { a: { b: 1 } }], ["%s", new Base()],
  ["%s", { toString() { return "own"; } }], ["%d", Symbol("x")], [{ a: 1 }, "b"], ["a", "b", 3], [],
  ["%s", -0], ["%s", () => 1], ["%"], ["%s%", "x"], ["100%"], ["%j", circular],
];
for (const parts of formats) console.log(util.format(...parts));
console.log(util.formatWithOptions({ depth: 0 }, "%O", { a: {} }, { b: {} }));
console.log(util.formatWithOptions({ numericSeparator: true }, "%d %i %s", 1234, 12345n, 4000));
console.log(Object.keys(globalThis).includes("Buffer"), Object.keys(globalThis).includes("URL"));
