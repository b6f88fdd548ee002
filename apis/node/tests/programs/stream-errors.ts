// Errors of streams: class, code and message.
// @ts-nocheck
import Stream, {
  Duplex, Readable, Transform, Writable, addAbortSignal, compose, finished, pipeline,
} from "node:stream";

const show = (label, error) => {
  const { name, code, message, cause } = error ?? {};
  console.log(label, "|", error?.constructor?.name, name, code, JSON.stringify(message));
  if (cause !== undefined) console.log("  cause", String(cause));
};
const thrown = (label, run) => {
  try {
    run();
    console.log(label, "no throw");
  } catch (error) {
    show(label, error);
  }
};
const emitted = (label, stream) => stream.on("error", (error) => show(label, error));
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
const quick = { write(_chunk, _encoding, callback) { callback(); } };
const silent = { read() {} };

await settle();
for (const chunk of [null, {}, 1, undefined, []]) {
  thrown("write", () => new Writable(quick).write(chunk));
}
thrown("encoding", () => new Writable(quick).write("a", "unknown"));
for (const options of [
  { highWaterMark: -1 }, { readableHighWaterMark: "a" }, { writableHighWaterMark: 1.5 },
  { defaultEncoding: "a" }, { encoding: "a" },
]) thrown(JSON.stringify(options), () => new Duplex(options));
thrown("default encoding", () => new Writable().setDefaultEncoding("a"));
thrown("set encoding", () => new Readable().setEncoding("a"));
thrown("_write", () => new Writable().write("a"));
thrown("_transform", () => new Transform().write("a"));
thrown("huge", () => new Readable(silent).read(0x40000001));

emitted("pipe", new Writable()).pipe();
await settle();
{
  const stream = emitted("after end", new Writable(quick));
  stream.end();
  stream.write("a", (error) => show("write callback", error));
  stream.end("x", (error) => show("end callback", error));
  await settle();
}
{
  const stream = emitted("destroyed", new Writable(quick));
  stream.destroy();
  stream.write("a", (error) => show("write callback", error));
  stream.end((error) => show("end callback", error));
  await settle();
  const twice = emitted("twice", new Writable({
    write(_chunk, _encoding, callback) { callback(); callback(); },
  }));
  twice.write("a");
  await settle();
  const over = emitted("finished", new Writable(quick));
  over.end();
  await settle();
  over.end((error) => show("end callback", error));
  await settle();
}
emitted("_read", new Readable()).read();
await settle();
for (const [label, act] of [
  ["push after end", (stream) => { stream.push(null); stream.push("a"); }],
  ["push", (stream) => stream.push({})],
  ["unshift", (stream) => stream.unshift(4)],
  ["unshift after end", async (stream) => {
    stream.push(null);
    stream.resume();
    await settle();
    stream.unshift("a");
  }],
]) {
  await act(emitted(label, new Readable(silent)));
  await settle();
}

const stream = new Readable(silent);
thrown("finished", () => finished(1, () => {}));
thrown("finished", () => finished(stream, 1));
thrown("finished", () => finished(stream, 1, () => {}));
thrown("finished", () => finished(stream, { signal: 1 }, () => {}));
finished(stream, (error) => show("premature", error));
stream.destroy();
await settle();
const nothing = () => {};
for (const parts of [
  [], [nothing], [new Readable(), nothing], [new Readable(), 1, nothing],
  [() => 1, new Writable(), nothing], [new Readable(), () => 1, new Writable(), nothing],
  [new Readable(), () => 1, nothing], [1, new Writable(), nothing],
  [new Readable(), new Writable().destroy(), nothing],
]) thrown("pipeline", () => pipeline(...parts));
thrown("compose", () => compose());
thrown("from", () => Readable.from(1));
thrown("from", () => Duplex.from(1));
thrown("from", () => Duplex.from(() => 1));
const one = () => Readable.from([1]);
for (const parameters of [[1], [nothing, 1], [nothing, { concurrency: "a" }], [nothing, { signal: 1 }]]) {
  thrown("map", () => one().map(...parameters));
}
thrown("new", () => new (one().map)(nothing));
thrown("drop", () => one().drop(-1));
thrown("iterator", () => one().iterator(1));
thrown("signal", () => addAbortSignal(1, new Readable()));
thrown("signal", () => addAbortSignal(new AbortController().signal, 1));
thrown("mark", () => Stream.setDefaultHighWaterMark(true, -1));
thrown("mark", () => Stream.setDefaultHighWaterMark(true, "a"));
for (const run of [
  () => one().reduce(1), () => one().some(1), () => one().toArray({ signal: AbortSignal.abort("why") }),
]) await run().catch((error) => show("promise", error));

const controller = new AbortController();
emitted("aborted", new Readable({ signal: controller.signal, ...silent }));
controller.abort(new Error("why"));
await settle();
emitted("null", Readable.from([null])).resume();
emitted("both", new Readable({
  ...silent, construct(callback) { callback(new Error("constructing")); },
})).destroy(new Error("destroying"));
await settle();
pipeline(async function* () {}, async () => { throw new Error("last"); }, (error) => show("last", error));
await settle();
for (const [Class, values] of [[Readable, [1]], [Writable, [1]], [Duplex, [1, {}]]]) {
  for (const value of values) thrown("fromWeb", () => Class.fromWeb(value));
  thrown("toWeb", () => Class.toWeb(1));
}
