// structuredClone, queueMicrotask, performance, navigator, crypto: one line a case, equal in dx
// and in Bun.
import { show, showAsync } from "./support/report";

const any = (value: unknown) => value as any;
const kind = (value: unknown) => Object.prototype.toString.call(value);

const values: Record<string, () => unknown> = {
  primitives: () => [1, -0, NaN, "s", true, null, undefined].map((value) => structuredClone(value)),
  bigint: () => String(structuredClone(5n)),
  date: () => [structuredClone(new Date(5)).getTime(), structuredClone(new Date(NaN)).getTime()],
  regexp: () => {
    const original = /a\/b/giu;
    original.lastIndex = 3;
    const copy = structuredClone(original);
    return [String(copy), copy.lastIndex];
  },
  map: () => [...structuredClone(new Map<unknown, unknown>([[{ a: 1 }, [2]], ["x", new Map()]]))].length,
  set: () => [...structuredClone(new Set([1, "a", 1]))],
  boxed: () => structuredClone([Object(1), Object("s"), Object(true)]).map((value: any) => [kind(value), value.valueOf()]),
  holes: () => {
    const copy = structuredClone([1, , 3]);
    return [copy.length, 1 in copy, copy];
  },
  "array properties": () => Object.entries(structuredClone(Object.assign([1], { x: 1 }))),
  "object keys": () => JSON.stringify(structuredClone({ b: 1, a: { c: [] }, [Symbol("s")]: 1, 5: 0 })),
  getter: () => structuredClone({ get a() { return 5; } }),
  "hidden properties": () => Object.keys(structuredClone(Object.defineProperty({}, "x", { value: 1 }))),
  "class instance": () => {
    class Point { x = 1; #y = 2; get y() { return this.#y; } }
    const copy = structuredClone(new Point());
    return [copy, Object.getPrototypeOf(copy) === Object.prototype];
  },
  "null prototype": () => structuredClone(Object.assign(Object.create(null), { a: 1 })),
  subclasses: () => [kind(structuredClone(new (class M extends Map {})([[1, 2]]))), kind(structuredClone(new (class L extends Array {})()))],
  "proto key": () => Object.keys(structuredClone(JSON.parse('{"__proto__":5}'))),
  cycle: () => {
    const value: any = { list: [] };
    value.self = value;
    value.list.push(value, value.list);
    const copy = structuredClone(value);
    return [copy !== value, copy.self === copy, copy.list[0] === copy, copy.list[1] === copy.list];
  },
  "shared reference": () => {
    const shared = {};
    const copy = structuredClone([shared, shared, new Map([[shared, shared]])]) as any[];
    return [copy[0] === copy[1], copy[2].get(copy[0]) === copy[0]];
  },
  buffer: () => new Uint8Array(structuredClone(new Uint8Array([1, 2]).buffer)),
  views: () => {
    const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer;
    const copy = structuredClone([new Uint16Array(buffer, 2, 2), new DataView(buffer, 1, 3), new BigInt64Array(1)]) as any[];
    return [kind(copy[0]), copy[0].byteOffset, copy[0].length, kind(copy[1]), copy[1].byteLength, copy[0].buffer === copy[1].buffer, kind(copy[2])];
  },
  error: () => {
    const error = Object.assign(new TypeError("b"), { extra: 1 });
    const copy = structuredClone(error) as any;
    return [copy instanceof TypeError, copy.name, copy.message, copy.stack === error.stack, copy.extra];
  },
  "error of a class": () => {
    class Custom extends RangeError { name = "Custom"; }
    const copy = structuredClone(new Custom("c"));
    return [copy.constructor.name, copy.name, copy.message];
  },
  "error without a message": () => Object.hasOwn(structuredClone(new Error()), "message"),
  domException: () => {
    const copy = structuredClone(new DOMException("m", "AbortError"));
    return [copy instanceof DOMException, copy.name, copy.message, copy.code];
  },
  "blob and file": () => {
    const [blob, file] = structuredClone([new Blob(["abc"], { type: "a/b" }), new File(["x"], "n", { lastModified: 7 })]) as any[];
    return [blob.size, blob.type, file.name, file.lastModified, file instanceof File];
  },
  function: () => structuredClone(() => 1),
  symbol: () => structuredClone(any(Symbol("x"))),
  "boxed symbol": () => structuredClone(Object(Symbol("x"))),
  "function inside": () => structuredClone({ a: { b() {} } }),
  promise: () => structuredClone(Promise.resolve()),
  weakmap: () => structuredClone(new WeakMap()),
  weakref: () => structuredClone(new WeakRef({})),
  generator: () => structuredClone((function* () {})()),
  iterator: () => structuredClone([1].values()),
  url: () => structuredClone(new URL("http://a")),
  headers: () => structuredClone(new Headers()),
  response: () => structuredClone(new Response("x")),
  stream: () => structuredClone(new ReadableStream()),
  event: () => structuredClone(new Event("x")),
  intl: () => structuredClone(new Intl.NumberFormat()),
  "throwing getter": () => structuredClone({ get a() { throw new RangeError("g"); } }),
  nothing: () => any(structuredClone)(),
  "bad options": () => structuredClone(1, any(5)),
  "bad transfer": () => structuredClone(1, any({ transfer: 5 })),
  "bad transfer item": () => structuredClone(1, any({ transfer: [1] })),
  "transfer": () => {
    const buffer = new ArrayBuffer(4);
    const view = new Uint8Array(buffer, 1, 2);
    const copy = structuredClone({ buffer, view }, { transfer: [buffer] });
    return [buffer.byteLength, copy.buffer.byteLength, copy.view.buffer === copy.buffer, copy.view.byteOffset, copy.view.length];
  },
  "transfer twice": () => {
    const buffer = new ArrayBuffer(4);
    return structuredClone(buffer, { transfer: [buffer, buffer] });
  },
  "transfer a detached buffer": () => {
    const buffer = new ArrayBuffer(4);
    structuredClone(buffer, { transfer: [buffer] });
    return structuredClone(buffer, { transfer: [buffer] });
  },
  "failed transfer leaves the buffer": () => {
    const buffer = new ArrayBuffer(4);
    try {
      structuredClone({ buffer, f() {} }, { transfer: [buffer] });
    } catch {}
    return buffer.byteLength;
  },
};
for (const [name, run] of Object.entries(values)) show(name, run);

show("queueMicrotask without a function", () => any(queueMicrotask)(5));
await showAsync("queueMicrotask", () => new Promise((resolve) => queueMicrotask(() => resolve("ran"))));

show("performance", () => [performance.now() > 0, performance.timeOrigin > 1e12, kind(performance)]);
show("mark", () => JSON.stringify(performance.mark("a", { startTime: 5, detail: { x: 1 } })));
show("measure", () => {
  performance.mark("b", { startTime: 12 });
  return JSON.stringify(performance.measure("m", "a", "b"));
});
show("measure by numbers", () => JSON.stringify(performance.measure("n", { start: 3, duration: 4, detail: "d" })));
show("entries", () => performance.getEntries().map((entry) => [entry.name, entry.entryType]));
show("entries by type", () => performance.getEntriesByType("measure").map((entry) => entry.name));
show("entries by name", () => performance.getEntriesByName("a").length);
show("clear", () => {
  performance.clearMarks("a");
  performance.clearMeasures();
  return performance.getEntries().map((entry) => entry.name);
});
show("mark without a name", () => any(performance).mark());
await showAsync("observer", () => new Promise((resolve) => {
  const observer = new PerformanceObserver((list) => {
    observer.disconnect();
    resolve(list.getEntries().map((entry) => [entry.name, entry.entryType]));
  });
  observer.observe({ entryTypes: ["mark"] });
  performance.mark("seen");
}));
show("navigator", () => [navigator.userAgent.replace(/\d.*/, ""), navigator.platform, navigator.hardwareConcurrency > 0, kind(navigator)]);
show("randomUUID", () => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()));
show("getRandomValues", () => {
  const array = new Uint32Array(64);
  return [crypto.getRandomValues(array) === array, new Set(array).size > 60];
});
show("getRandomValues of floats", () => crypto.getRandomValues(any(new Float32Array(2))));
show("getRandomValues of nothing", () => any(crypto).getRandomValues());
show("a text for a list of transfers", () => structuredClone(1, any({ transfer: "ab" })));
show("reportError of nothing", () => any(reportError)());
