// Bun.inspect's options, and custom inspectors.
const deep = { z: 1, a: { c: [{ d: { e: 1 } }], b: "text" } };
for (const options of [
  undefined, {}, { depth: 0 }, { depth: 1 }, { depth: Infinity }, { compact: true }, { sorted: true },
  { colors: true }, { colors: true, compact: true }, { compact: true, sorted: true, depth: 1 }, { depth: null },
  { depth: "1" },
] as any[]) {
  console.log(JSON.stringify(options), Bun.inspect(deep, options).replaceAll("\x1b", "^"));
}
console.log(Bun.inspect(deep, 1 as any), Bun.inspect("text"), Bun.inspect("it's"), JSON.stringify((Bun.inspect as any)()));
for (const depth of [-1, 1.5, NaN]) {
  try {
    Bun.inspect(deep, { depth });
  } catch (error: any) {
    console.log(error.name, error.code, error.message);
  }
}
console.log(Bun.inspect.length, Bun.inspect.name, Bun.inspect.custom === Symbol.for("nodejs.util.inspect.custom"));

class Money {
  constructor(public amount: number) {}
  [Bun.inspect.custom](depth: number, options: any, inspect: Function) {
    return `Money<${this.amount}> ${depth} ${Reflect.ownKeys(options).join()} ${typeof inspect}`;
  }
}
class Wrapper {
  constructor(public value: unknown) {}
  [Symbol.for("nodejs.util.inspect.custom")](depth: number, options: any, inspect: any) {
    return "Wrapper " + inspect(this.value, options);
  }
}
class Elsewhere {
  [Bun.inspect.custom]() {
    return { replaced: true };
  }
}
class Failing {
  [Bun.inspect.custom]() {
    throw new RangeError("cannot be shown");
  }
}
console.log(new Money(1), [new Money(2)], { m: new Money(3) }, { a: { b: { c: { m: new Money(4) } } } });
console.log(Bun.inspect(new Money(5), { depth: 1 }), new Elsewhere(), [new Elsewhere()]);
console.log({ [Bun.inspect.custom]: 5 }, Object.assign(() => {}, { [Bun.inspect.custom]: () => "a function" }));
console.log([[{ [Bun.inspect.custom]: () => "two\nlines" }]]);
try {
  console.log(new Failing());
} catch (error: any) {
  console.log("threw", error.name, error.message);
}
class Styled {
  [Bun.inspect.custom](depth: number, options: any) {
    return options.stylize("1", "number") + options.stylize("s", "string") + options.stylize("?", "unheard-of");
  }
}
console.log(new Styled(), Bun.inspect(new Styled(), { colors: true }).replaceAll("\x1b", "^"));

const circle: any = {};
circle.self = circle;
class Named {
  x = 1;
}
const inner: unknown[] = [
  1, "a", "it's", "a\"b'c", "\n\0", [1, 2, 3], [1, [2, [3, [4]]]], { a: 1, b: "x" }, { a: { b: { c: { d: 1 } } } },
  new Map<any, any>([["a", 1], [{ b: 1 }, [2]]]), new Set([1, "a"]), new Date(0), /x/g, () => 1, class A {},
  null, undefined, -0, 5n, Symbol("s"), { "a-b": 1, [Symbol("q")]: 2 }, new Named(), Object.create(null), [], {},
  { get a() { return 1; }, set b(value) {} }, [undefined, , 3], [{ a: 1 }, { b: 2 }], new Wrapper({ q: 1 }),
  { w: new Wrapper(1) }, new Uint8Array(3), new String("x"), [[[[[[]]]]]], circle, Promise.resolve(), new WeakMap(),
  { one: "a".repeat(24), two: "b".repeat(30), three: "c".repeat(18) },
];
for (const value of inner) console.log(new Wrapper(value));
