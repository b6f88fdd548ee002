// One value of every kind, alone, in an object and in an array.
class Plain {}
class Point {
  x = 1;
  #hidden = 2;
  static origin = 0;
  method() {
    return this.#hidden;
  }
  get half() {
    return 0.5;
  }
  set half(value) {}
}
class Pixel extends Point {
  color = "red";
  paint() {}
}
function Legacy(this: any) {
  this.own = 1;
}
Legacy.prototype.shared = 2;
function* generator() {
  yield 1;
}
async function asynchronous() {}
async function* asynchronousGenerator() {}

const renamed = function original() {};
Object.defineProperty(renamed, "name", { value: "changed" });
const withAccessors = { get a() { return 1; }, set b(value) {}, get c() { return 1; }, set c(value) {} };
const hidden = Object.defineProperty({ seen: 1 }, "unseen", { value: 2 });
const selfish: any = { name: "selfish" };
selfish.self = selfish;
const ring: any[] = [];
ring.push(ring);
const ownMap = new Map<string, any>();
ownMap.set("me", ownMap);
const revocable = Proxy.revocable({}, {});
revocable.revoke();
const shared = { y: 1 };

const cases: [string, unknown][] = [
  ["undefined", undefined], ["null", null], ["true", true], ["zero", 0], ["minus zero", -0],
  ["integer", 42], ["fraction", 1.5], ["huge", 1e21], ["tiny", 1e-7], ["NaN", NaN],
  ["infinity", -Infinity], ["bigint", 12345678901234567890n], ["string", "text"], ["empty", ""],
  ["quotes", "it's \"quoted\""], ["controls", "a\tb\nc\u0000d\x1b"], ["wide", "日本語\u{1f600}\n"],
  ["latin", "caf\u00e9"], ["surrogate", "\ud800"], ["symbol", Symbol("s")], ["bare symbol", Symbol()],
  ["well-known", Symbol.iterator], ["function", function named() {}], ["anonymous", function () {}],
  ["arrow", () => {}], ["async", asynchronous], ["generator function", generator],
  ["async generator", asynchronousGenerator], ["class", Plain], ["anonymous class", class {}],
  ["derived", Pixel], ["of null", class extends (null as any) {}], ["built-in", Map],
  ["bound", asynchronous.bind(null)], ["renamed", renamed],
  ["function with properties", Object.assign(function f() {}, { a: 1 })],
  ["object", { a: 1, b: "two", c: [3] }], ["no properties", {}], ["null prototype", Object.create(null)],
  ["null prototype, filled", Object.assign(Object.create(null), { a: 1 })],
  ["inherited", Object.create({ inherited: 1 })], ["instance", new Point()], ["no fields", new Plain()],
  ["derived instance", new Pixel()], ["legacy", new (Legacy as any)()], ["anonymous instance", new (class { z = 1 })()],
  ["own constructor", { constructor: 1, a: 2 }], ["tagged", { [Symbol.toStringTag]: "Tag", a: 1 }],
  ["tag alone", { [Symbol.toStringTag]: "Tag" }], ["prototype", Point.prototype],
  ["accessors", withAccessors], ["not enumerable", hidden], ["symbol keys", { a: 1, [Symbol("k")]: 2 }],
  ["odd keys", { "a-b": 1, "1": 2, "": 3, "\u65e5": 4, $ok: 5, class: 6, "it's": 7, "q\"q": 8, "caf\u00e9": 9 }],
  ["itself", selfish], ["ring", ring], ["map in itself", ownMap], ["twice", [shared, shared]],
  ["deep", { a: { b: { c: { d: 1 } } } }], ["deep array", [[[[1]]]]],
  ["deep kinds", { a: { b: { c: new Map([[1, 2]]), d: new Set([1]), e: [], f: [1], g: new Date(0), h: () => {} } } }],
  ["date", new Date(0)], ["invalid date", new Date(NaN)], ["regexp", /a\/b/gi],
  ["boxed number", new Number(-0)], ["boxed string", new String("s")], ["boxed wide string", new String("\u65e5")],
  ["boxed boolean", new Boolean(false)], ["boxed bigint", Object(1n)], ["boxed symbol", Object(Symbol("b"))],
  ["derived number", new (class Meters extends Number {})(3)],
  ["pending", new Promise(() => {})], ["resolved", Promise.resolve(1)],
  ["proxy", new Proxy({ a: 1 }, { ownKeys: () => { throw new Error("trapped"); } })],
  ["proxy of function", new Proxy(function target() {}, {})], ["proxy of array", new Proxy([1], {})],
  ["revoked", revocable.proxy], ["global", [globalThis]], ["generator", generator()],
  ["arguments", (function () { return arguments; })(1 as never, "two" as never)],
  ["weak", [new WeakMap(), new WeakSet()]], ["string iterator", "ab"[Symbol.iterator]()],
  ["thenable", { then() {} }], ["toJSON", { toJSON: () => 5 }],
  ["number format", typeof Intl.NumberFormat],
];
const rejected = Promise.reject(1);
rejected.catch(() => {});
cases.push(["rejected", rejected]);

for (const [name, value] of cases) {
  console.log(name, value);
  console.log([value], { value });
}
