// The order of events, callbacks, ticks and microtasks of streams.
import { Duplex, PassThrough, Readable, Transform, Writable, finished, pipeline } from "node:stream";

const events = ["close", "error", "end", "finish", "prefinish", "drain", "readable", "data", "pause",
  "resume", "pipe", "unpipe"];

function watch(label: string, stream: any, skip: string[] = []) {
  for (const event of events) {
    if (skip.includes(event)) continue;
    stream.on(event, (value: any) => {
      const shown = value instanceof Error ? value.message : event === "data" ? String(value) : "";
      console.log(label, event, shown);
    });
  }
  return stream;
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

async function readableOrder() {
  const stream = watch("flowing", new Readable({ read() {} }), ["readable"]);
  stream.push("a");
  process.nextTick(() => console.log("tick"));
  Promise.resolve().then(() => console.log("microtask"));
  stream.push("b");
  stream.push(null);
  await settle();
  const paused = watch("paused", new Readable({ read() {}, highWaterMark: 3 }), ["data"]);
  console.log(paused.push("one"), paused.push("two"), paused.readableLength);
  await settle();
  console.log(String(paused.read(2)), String(paused.read()), paused.read());
  paused.unshift("again");
  console.log(String(paused.read()));
  paused.push(null);
  await settle();
  console.log(paused.readableEnded, paused.destroyed, paused.closed);
}

async function writableOrder() {
  const written: string[] = [];
  const slow = watch("slow", new Writable({
    highWaterMark: 4,
    write(chunk, encoding, callback) {
      written.push(`${chunk}/${encoding}`);
      setTimeout(callback, 1);
    },
    final(callback) {
      console.log("final");
      callback();
    },
  }));
  console.log(slow.write("ab"), slow.write("cd", () => console.log("written cd")));
  console.log(slow.writableNeedDrain, slow.writableLength);
  slow.end("ef", () => console.log("ended"));
  await new Promise((resolve) => slow.on("close", resolve));
  console.log(written.join());
  const quick = watch("quick", new Writable({ write(_chunk, _encoding, callback) { callback(); } }));
  quick.write("a", () => console.log("callback a"));
  process.nextTick(() => console.log("tick"));
  quick.write("b", () => console.log("callback b"));
  quick.end();
  await settle();
  const gathered = new Writable({
    writev(chunks, callback) {
      console.log(chunks.map(({ chunk, encoding }) => `${chunk}/${encoding}`).join());
      callback();
    },
  });
  gathered.cork();
  gathered.write("x");
  gathered.write("y", "latin1");
  console.log(gathered.writableCorked, gathered.writableBuffer.length);
  gathered.uncork();
  gathered.end("z");
  await settle();
}

async function failing() {
  const writer = watch("failing", new Writable({
    write(_chunk, _encoding, callback) { callback(new Error("cannot")); },
  }));
  writer.write("a", (error) => console.log("a:", error?.message));
  writer.write("b", (error) => console.log("b:", error?.message));
  writer.end((error) => console.log("end:", error?.message));
  await settle();
  const reader = watch("thrower", new Readable({ read() { throw new Error("in read"); } }));
  await settle();
  console.log(reader.errored.message, reader.readableAborted);
  const late = watch("late", new Duplex({
    construct(callback) { setTimeout(callback, 1); },
    read() { this.push(null); },
    write(_chunk, _encoding, callback) { console.log("late write"); callback(); },
  }), ["readable"]);
  late.end("x");
  await new Promise((resolve) => late.on("close", resolve));
  const destroyed = watch("destroyed", new PassThrough());
  destroyed.write("x", (error) => console.log("x:", error?.message));
  destroyed.destroy(new Error("stop"));
  destroyed.destroy(new Error("again"));
  await settle();
}

async function joined() {
  const upper = new Transform({
    transform(chunk, _encoding, callback) { callback(null, String(chunk).toUpperCase()); },
    flush(callback) { callback(null, "!"); },
  });
  const source = watch("source", Readable.from(["a", "b", "c"]), ["data", "readable"]);
  const sink = watch("sink", new Writable({
    highWaterMark: 1,
    write(chunk, _encoding, callback) {
      console.log("sink got", String(chunk));
      setImmediate(callback);
    },
  }));
  await new Promise((resolve) => pipeline(source, upper, sink, (error) => {
    console.log("pipeline", error);
    resolve(undefined);
  }));
  await settle();
  const broken = new Readable({ read() { this.destroy(new Error("broken")); } });
  const target = watch("target", new PassThrough());
  pipeline(broken, target, (error) => console.log("pipeline", error?.message));
  finished(target, (error) => console.log("finished", error?.message));
  await settle();
}

await settle();
await readableOrder();
await writableOrder();
await failing();
await joined();
