// Arrays, typed arrays, maps, sets and their iterators: holes, long lines, limits, subclasses.
const extra: any = [1, 2];
extra.name = "extra";
extra[Symbol("s")] = 3;
const sparse: any[] = [1, , 3];
sparse.length = 6;
class Stack extends Array {}
class Registry extends Map {}
class Bag extends Set {
  get [Symbol.toStringTag]() {
    return "Bag";
  }
}
const words = Array.from({ length: 40 }, (_, index) => "word" + index);

const cases: unknown[] = [
  [], [1], [1, "two", null], [undefined, , 3], new Array(3), [, ,], sparse, extra, words,
  Array.from({ length: 10 }, (_, index) => index), Array.from({ length: 11 }, (_, index) => index),
  Array.from({ length: 100 }, (_, index) => index), Array.from({ length: 250 }, (_, index) => index),
  [{ a: 1 }, { b: 2 }], [[1, 2], [3, 4]], [{}], [[]], ["x".repeat(100), 1],
  [1.5, -0, NaN, 10n, Symbol("s"), true], [/x/, 1], [new Date(0), 1], [() => {}, 1],
  Stack.from([1, 2]), new Stack(),
  new Map(), new Map([["a", 1]]), new Map<any, any>([[{ k: 1 }, { v: 1 }], [[1], new Map([["in", 1]])]]),
  new Registry([["r", 1]]), new Set(), new Set([1, "two", { three: 3 }, [4]]), new Bag([1]),
  new Map([["a", 1]]).keys(), new Map([["a", 1]]).values(), new Map([["a", { b: 1 }]]).entries(),
  new Set(["s"]).values(), new Set([1]).entries(), { inner: new Map([["a", 1]]).keys() },
  new Uint8Array(0), new Uint8Array([1, 2, 3]), new Int8Array([-1]), new Uint8ClampedArray([300]),
  new Int16Array([-300]), new Uint16Array([300]), new Int32Array([-70000]), new Uint32Array([70000]),
  new Float32Array([1.5, -0, NaN]), new Float64Array([0.1, Infinity]), new BigInt64Array([-1n]),
  new BigUint64Array([1n]), new Uint8Array(600), new BigInt64Array(520), new ArrayBuffer(4),
  new ArrayBuffer(0), new SharedArrayBuffer(2), new DataView(new ArrayBuffer(3), 1),
  [new Uint8Array([1]), new Uint8Array([2])], { bytes: new Uint8Array([1, 2]) },
  Object.assign([1, 2, 3], { index: 1, input: "x", groups: undefined }), "x1".match(/x(\d)/),
];
for (const value of cases) {
  console.log(value);
  console.log({ value });
  console.log(Bun.inspect(value, { compact: true }));
  console.log(Bun.inspect(value, { sorted: true }));
}
