// node:perf_hooks: histograms and timerify. node:v8: values as bytes and back.
import { constants, createHistogram, monitorEventLoopDelay, performance as hooks, PerformanceObserver as Observer, timerify } from "node:perf_hooks";
import v8 from "node:v8";

const attempt = (name: string, run: () => unknown) => {
  try {
    console.log(name, run());
  } catch (error: any) {
    console.log(name, error.name, error.code, error.message);
  }
};

const histogram = createHistogram();
for (const value of [5, 10, 1000000]) histogram.record(value);
attempt("figures", () => [histogram.min, histogram.max, histogram.exceeds, histogram.count, histogram.percentile(50), histogram.percentile(99.9)]);
attempt("mean", () => [histogram.mean.toFixed(6), histogram.stddev.toFixed(6)]);
attempt("percentiles", () => [...histogram.percentiles]);
attempt("bigint", () => [histogram.minBigInt, histogram.countBigInt, histogram.percentileBigInt(50)]);
attempt("options", () => createHistogram(5 as any));
attempt("lowest", () => createHistogram({ lowest: 0 }));
attempt("highest", () => createHistogram({ lowest: 5, highest: 6 }));
attempt("figures", () => createHistogram({ figures: 9 }));
attempt("text", () => histogram.record("a" as any));
attempt("zero", () => histogram.record(0));
attempt("percentile", () => histogram.percentile(0));
attempt("add", () => (histogram as any).add(5));
const other = createHistogram();
other.record(7);
histogram.add(other);
attempt("added", () => [histogram.count, histogram.min]);
histogram.reset();
attempt("reset", () => [histogram.count, histogram.minBigInt, histogram.max]);

const delay = monitorEventLoopDelay({ resolution: 1 });
attempt("delay", () => [delay.enable(), delay.enable()]);
await new Promise((done) => setTimeout(done, 30));
attempt("delayed", () => [delay.disable(), delay.disable(), delay.count > 0, delay.min > 0]);
attempt("resolution", () => monitorEventLoopDelay({ resolution: 0 }));

const timed = timerify(function add(a: number, b: number) { return a + b; }, { histogram: other as any });
attempt("timerify", () => [timed(1, 2), timed.name, timed.length, other.count]);
attempt("no function", () => timerify(5 as any));
attempt("same", () => hooks === performance);
console.log(constants.NODE_PERFORMANCE_GC_MAJOR, hooks.eventLoopUtilization());

const shared = { x: 1 };
const values: unknown[] = [
  undefined, null, true, 0, 1, -1, 1.5, NaN, "", "text", "\u1234", 10n, -(2n ** 70n), new Date(5), /a/gi,
  [1, , "x"], { a: [shared, shared] }, new Map<unknown, unknown>([[1, { a: 2 }]]), new Set([1, "x"]),
  new Uint8Array([1, 2]), new Float64Array([1.5]), Buffer.from("x"), new ArrayBuffer(3),
];
for (const value of values) console.log(v8.deserialize(v8.serialize(value)));
console.log(v8.serialize({ a: 1, b: [1, "x"] }).toString("hex"));
const long = { text: "x".repeat(1000), numbers: new Float64Array(500).fill(2.5), list: Array.from({ length: 300 }, (_, at) => at / 3) };
console.log(Bun.deepEquals(v8.deserialize(v8.serialize(long)), long));
const cyclic: any = { list: [] };
cyclic.list.push(cyclic);
const back: any = v8.deserialize(v8.serialize(cyclic));
console.log(back.list[0] === back);
const error: any = v8.deserialize(v8.serialize(new RangeError("message")));
console.log(error instanceof Error, error.name, error.message);
attempt("function", () => v8.serialize(() => {}));
attempt("takeCoverage", () => v8.takeCoverage());
attempt("Serializer", () => new v8.Serializer());
attempt("snapshot", () => v8.startupSnapshot.addSerializeCallback(() => {}));
console.log(Object.keys(v8.getHeapStatistics()), v8.getHeapSpaceStatistics().length);
console.log(Object.getOwnPropertyNames(Observer.prototype));
