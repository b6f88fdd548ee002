// Values drawn from a seeded generator, printed with options drawn the same way: what single cases
// do not reach is in how kinds, depths, long lines and options meet.
let seed = 20;

function random() {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return seed / 2147483648;
}
const upTo = (limit: number) => Math.floor(random() * limit);
const pick = <T>(list: T[]): T => list[upTo(list.length)];

const keys = ["a", "bb", "key", "long_property_name", "x-y", "1", "0", "\u65e5\u672c", "\u00e9", "class", "a b", "", "$", "_z", "name", "size", "length"];
const texts = ["", "a", "hello world", "line\nbreak", "\"quoted\"", "it's", "tab\t", "\x1b[31m", "\u65e5\u672c\u8a9e", "\u00e9", "\u{1f600}", "a".repeat(90), "back\\slash", "\0", "%s"];
const numbers = [0, -0, 1, -1, 1.5, NaN, Infinity, -Infinity, 1e21, 1e-7, 123456789, 2 ** 53, 0.1 + 0.2, -1e300];

class Foo {
  constructor(public v: unknown) {}
  method() {}
  get half() {
    return 0.5;
  }
}
class Bar extends Foo {
  bar() {}
}
class Registry extends Map {}
class Tagged extends Set {
  get [Symbol.toStringTag]() {
    return "Tagged";
  }
}
class Stack extends Array {}

const leaves: (() => unknown)[] = [
  () => pick(texts), () => pick(texts), () => pick(texts), () => pick(numbers), () => pick(numbers), () => pick(numbers),
  () => undefined, () => null, () => true, () => 10n ** BigInt(upTo(30)), () => Symbol(pick(keys)),
  () => pick<unknown>([() => {}, function named() {}, async () => {}, Foo, Bar, class {}, Math.max, Map]),
  () => new Date(upTo(1e12)), () => new Date(NaN), () => pick([/x/g, /a\/b/]),
  () => pick<unknown>([new String("s"), new String(""), new Number(3), new Boolean(true), Object(Symbol("q")), Object(5n)]),
  () => new (pick<any>([Uint8Array, Int16Array, Float64Array, BigInt64Array]))(upTo(5)),
  () => pick<unknown>([new ArrayBuffer(3), new DataView(new ArrayBuffer(2)), new SharedArrayBuffer(1)]),
  () => new Promise(() => {}), () => globalThis, () => new Foo(1), () => ({}), () => [],
];

function fill(target: any, depth: number, count: number) {
  for (let index = 0; index < count; index += 1) target[pick(keys)] = value(depth);
  return target;
}
function list(target: any[], depth: number, count: number) {
  for (let index = 0; index < count; index += 1) target.push(value(depth));
  return target;
}

const branches: ((depth: number, count: number) => unknown)[] = [
  (depth, count) => fill({}, depth, count),
  (depth, count) => fill({}, depth, count),
  (depth, count) => list([], depth, count),
  (depth, count) => list([], depth, count),
  (depth, count) => list(new Stack(), depth, count),
  (depth, count) => new (pick<any>([Map, Registry]))(Array.from({ length: count }, () => [value(depth - 1), value(depth)])),
  (depth, count) => new (pick<any>([Set, Tagged]))(list([], depth, count)),
  (depth, count) => fill(pick<any>([new Foo(1), new Bar(value(depth)), Object.create(null), Object.create({ inherited: 1 })]), depth, count),
  (depth, count) => {
    const sparse: any = [];
    for (let index = 0; index < count; index += 1) {
      if (random() < 0.3) sparse.length += 1 + upTo(3);
      else sparse.push(value(depth));
    }
    if (random() < 0.5) sparse.extra = value(depth);
    return sparse;
  },
  (depth) => {
    const object = { get a() { return 1; }, set b(given: unknown) {}, c: value(depth) };
    Object.defineProperty(object, "hidden", { value: value(depth), enumerable: false });
    return object;
  },
  () => Array.from({ length: upTo(130) }, (_, index) => pick<unknown>([index, "s" + index, index * 1000])),
  (depth) => {
    const object: any = { n: value(depth) };
    object.self = object;
    return random() < 0.5 ? object : [object, object];
  },
];

function value(depth: number): unknown {
  if (depth <= 0 || random() < 0.3) return pick(leaves)();
  return pick(branches)(depth - 1, upTo(random() * 14));
}

const options = [
  undefined, undefined, { depth: 1 }, { compact: true }, { sorted: true }, { depth: 0 }, { depth: Infinity }, { colors: true },
  { compact: true, sorted: true }, { colors: true, compact: true }, { sorted: true, colors: true }, { compact: true, depth: 1 },
];
for (let index = 0; index < 70; index += 1) {
  const shown = value(4);
  const option = pick<any>(options);
  if (shown === globalThis) continue;
  console.log(`# ${index} ${JSON.stringify(option)}`);
  console.log(Bun.inspect(shown, option).replaceAll("\x1b[", "^["));
  if (index % 3 === 0) console.log("logged", shown, 1);
}
