// Streams between node:stream and the web.
// @ts-nocheck
import { Duplex, PassThrough, Readable, Writable, addAbortSignal, finished } from "node:stream";

const settle = () => new Promise((resolve) => setTimeout(resolve, 10));
const attempt = (run) => {
  try {
    run();
    console.log("no throw");
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
};
const watch = (label, stream) => stream
  .on("error", (error) => console.log(label, "error", error.message))
  .on("end", () => console.log(label, "end"))
  .on("finish", () => console.log(label, "finish"))
  .on("close", () => console.log(label, "close"));

await settle();
{
  const source = new ReadableStream({ pull(controller) { controller.error(new Error("boom")); } });
  const stream = watch("failing", Readable.fromWeb(source));
  console.log(source.locked);
  stream.resume();
  await settle();
}
for (const error of [undefined, new Error("stop")]) {
  const source = new ReadableStream({ cancel(reason) { console.log("cancel", reason?.message); } });
  const stream = watch("destroyed", Readable.fromWeb(source));
  stream.read();
  stream.destroy(error);
  await settle();
  console.log(stream.destroyed, stream.closed);
}
{
  const source = new ReadableStream({
    start(controller) {
      controller.enqueue("a");
      controller.enqueue("b");
      controller.close();
    },
  });
  watch("text", Readable.fromWeb(source, { encoding: "utf8" })).on("data", (text) => console.log(text));
  await settle();
  const objects = new ReadableStream({
    start(controller) {
      controller.enqueue({ a: 1 });
      controller.enqueue(2);
      controller.close();
    },
  });
  for await (const value of Readable.fromWeb(objects, { objectMode: true })) console.log(value);
}
{
  const stream = new Readable({ read() {} });
  const web = Readable.toWeb(stream);
  stream.push("abc");
  stream.push(Buffer.from("x"));
  stream.push(null);
  for await (const chunk of web) console.log(chunk);
  const written = [];
  const writable = new Writable({
    write(chunk, _encoding, callback) {
      written.push(String(chunk));
      setImmediate(callback);
    },
  });
  const writer = Writable.toWeb(writable).getWriter();
  await writer.write("hi");
  await writer.write(new Uint8Array([65]));
  await writer.close();
  console.log(written, writable.writableFinished);
}
{
  const { readable, writable } = Duplex.toWeb(new PassThrough());
  const writer = writable.getWriter();
  writer.write("q");
  writer.close();
  for await (const chunk of readable) console.log(chunk);
  const duplex = watch("duplex", Duplex.fromWeb(new TransformStream(), { encoding: "utf8" }));
  duplex.on("data", (text) => console.log(text));
  duplex.write("hey");
  duplex.end("you");
  await settle();
}
{
  const sink = new WritableStream({ write(chunk) { console.log("sink", chunk); } });
  const stream = watch("writable", Writable.fromWeb(sink));
  console.log(sink.locked);
  stream.write("a");
  stream.end("b");
  await settle();
}
{
  const stream = new ReadableStream();
  finished(stream, (error) => console.log("finished", error));
  stream.cancel();
  await settle();
  const aborted = new ReadableStream();
  const controller = new AbortController();
  addAbortSignal(controller.signal, aborted);
  controller.abort();
  await aborted.getReader().read().catch((error) => console.log(error.name, error.message));
}
const locked = new ReadableStream();
locked.getReader();
attempt(() => Readable.fromWeb(locked));
attempt(() => Readable.fromWeb(new ReadableStream(), { encoding: "x" }));
attempt(() => Readable.fromWeb(new ReadableStream(), { objectMode: 1 }));
attempt(() => Readable.fromWeb(new ReadableStream(), 1));
attempt(() => Duplex.fromWeb(new TransformStream(), { encoding: "x" }));
attempt(() => Writable.fromWeb(new WritableStream(), { objectMode: 1 }));
