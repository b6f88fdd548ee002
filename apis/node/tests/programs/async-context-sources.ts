// What carries a context: promises, timers, ticks, microtasks, events, streams, signals.
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";

const storage = new AsyncLocalStorage<string>();
const lines: string[] = [];
const log = (label: string) => lines.push(`${label}: ${storage.getStore()}`);
const within = (name: string, run: () => void) => storage.run(name, run);
const later = (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds));

within("timeout", () => setTimeout(() => log("setTimeout"), 1));
within("interval", () => {
  const interval = setInterval(() => { log("setInterval"); clearInterval(interval); }, 1);
});
within("immediate", () => setImmediate(() => log("setImmediate")));
within("tick", () => process.nextTick(() => log("nextTick")));
within("microtask", () => queueMicrotask(() => log("queueMicrotask")));
within("then", () => { Promise.resolve().then(() => log("then")); });
within("catch", () => { Promise.reject(1).catch(() => log("catch")); });
within("finally", () => { Promise.resolve().finally(() => log("finally")); });
within("all", () => { Promise.all([1, Promise.resolve(2)]).then(() => log("all")); });
within("race", () => { Promise.race([later(1)]).then(() => log("race")); });
within("allSettled", () => { Promise.allSettled([Promise.reject(1)]).then(() => log("allSettled")); });
within("any", () => { Promise.any([Promise.resolve(1)]).then(() => log("any")); });
within("async", async () => { await later(1); log("after await"); await null; log("after second await"); });

// Settled elsewhere: a reaction belongs to where it was made.
let settle!: () => void;
const settled = new Promise<void>((done) => { settle = done; });
within("reaction", () => { settled.then(() => log("reaction")); });
within("settling", () => settle());

class Own extends Promise<unknown> {}
within("subclass", () => { Own.resolve(1).then(() => log("subclass")); });

const target = new EventTarget();
within("listener", () => target.addEventListener("x", () => log("listener")));
within("dispatch", () => target.dispatchEvent(new Event("x")));

const controller = new AbortController();
within("abort listener", () => controller.signal.addEventListener("abort", () => log("abort")));
within("abort", () => controller.abort());

within("stream", () => {
  const stream = new ReadableStream({
    start() { log("start"); },
    pull(pulled) { log("pull"); pulled.enqueue("x"); pulled.close(); },
  });
  (async () => { for await (const _ of stream) log("chunk"); log("end"); })();
});
within("transform", async () => {
  const transform = new TransformStream({
    transform(chunk, passed) { log("transform"); passed.enqueue(chunk); },
  });
  const writer = transform.writable.getWriter();
  writer.write("x");
  await transform.readable.getReader().read();
  log("transformed");
});

const resource = within2(() => new AsyncResource("Test"));
function within2<T>(run: () => T): T { return storage.run("resource", run); }
within("elsewhere", () => {
  resource.runInAsyncScope(() => log("runInAsyncScope"));
  resource.bind(() => log("bind"))();
  log("after scope");
});
const fixed = within2(() => AsyncResource.bind(() => log("AsyncResource.bind")));
fixed();

within("text", async () => { await new Response("x").text(); log("Response.text"); });
within("blob", async () => { await new Blob(["x"]).arrayBuffer(); log("Blob.arrayBuffer"); });
within("file", async () => { await Bun.file(import.meta.path).text(); log("Bun.file.text"); });
within("sleep", async () => { await Bun.sleep(1); log("Bun.sleep"); });
within("generator", async () => {
  async function* numbers() { log("generator starts"); yield 1; log("generator goes on"); }
  for await (const _ of numbers()) log("generated");
});
within("error", async () => {
  try { await Promise.reject(new Error()); } catch { log("caught"); } finally { log("finally block"); }
});
const server = Bun.serve({ port: 0, fetch: () => { log("fetch handler"); return new Response("x"); } });
log("top level");
await later(300);
server.stop(true);
console.log(lines.sort().join("\n"));
