// Readable.from, the operators, async iteration, compose, duplexPair, Duplex.from and consumers.
import { Duplex, PassThrough, Readable, Stream, compose, duplexPair } from "node:stream";
import * as consumers from "node:stream/consumers";
import { finished, pipeline } from "node:stream/promises";

const numbers = () => Readable.from([1, 2, 3, 4, 5]);
const attempt = async (run: () => any) => {
  try {
    console.log(await run());
  } catch (error: any) {
    console.log(error.name, error.code, error.message);
  }
};

console.log(await numbers().map((x) => x * 2).toArray());
console.log(await numbers().filter(async (x) => x % 2 === 1).toArray());
console.log(await numbers().flatMap((x) => [x, x]).take(3).toArray());
console.log(await numbers().drop(2).toArray(), await numbers().take(2).toArray());
console.log(await numbers().reduce((a, b) => a + b), await numbers().reduce((a, b) => a + b, 10));
console.log(await numbers().some((x) => x > 4), await numbers().every((x) => x > 4));
console.log(await numbers().find((x) => x > 3));
await numbers().forEach((x) => { process.stdout.write(`${x} `); });
console.log();
const running: number[] = [];
let most = 0;
console.log(await numbers().map(async (x) => {
  running.push(x);
  most = Math.max(most, running.length);
  await new Promise((resolve) => setTimeout(resolve, 6 - x));
  running.splice(running.indexOf(x), 1);
  return x;
}, { concurrency: 3 }).toArray(), most);
await attempt(() => numbers().map(5 as any));
await attempt(() => numbers().map((x) => x, { concurrency: 0 }));
await attempt(() => Readable.from([]).reduce((x) => x));
await attempt(() => numbers().take(-1));
await attempt(() => numbers().map(() => { throw new Error("thrown"); }).toArray());
await attempt(() => numbers().toArray({ signal: AbortSignal.abort(new Error("why")) }));
await attempt(() => Readable.from([1, null]).toArray());
await attempt(() => Readable.from(5 as any));

const early = numbers();
for await (const x of early) if (x === 2) break;
console.log(early.destroyed);
const kept = numbers();
for await (const x of kept.iterator({ destroyOnReturn: false })) if (x === 2) break;
console.log(kept.destroyed, await kept.toArray());

const doubled = compose(new PassThrough(), async function* (source: any) {
  for await (const chunk of source) yield `${chunk}${chunk}`;
});
doubled.end("ab");
console.log(await consumers.text(doubled));
const [left, right] = duplexPair();
left.end("over there");
console.log(await consumers.text(right));
console.log(await consumers.json(Duplex.from(async function* () { yield '{"a":'; yield "1}"; })));
console.log(await consumers.buffer(Readable.from(["a", Buffer.from("b")])));
console.log(await consumers.arrayBuffer(Readable.from(["abc"])));
console.log(await Duplex.from(Promise.resolve("later")).toArray());
console.log(await pipeline(numbers(), async function (source: any) {
  let sum = 0;
  for await (const x of source) sum += x;
  return sum;
}));
await attempt(() => pipeline(numbers(), async function* () { throw new Error("inside"); }, new PassThrough()));
const gone = new PassThrough();
const ended = finished(gone);
gone.destroy();
await attempt(() => ended);
console.log(Stream.getDefaultHighWaterMark(false), Stream.getDefaultHighWaterMark(true));
const legacy: any = new Stream();
legacy.readable = true;
const collected: string[] = [];
legacy.pipe(new PassThrough()).on("data", (chunk: any) => collected.push(String(chunk)));
legacy.emit("data", "old");
legacy.emit("end");
await new Promise((resolve) => setTimeout(resolve, 5));
console.log(collected, Stream.isReadable(gone), Stream.isErrored(gone), Stream.isDisturbed(early));
