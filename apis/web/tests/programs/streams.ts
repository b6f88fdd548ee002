// ReadableStream, WritableStream and TransformStream: one line a case, equal in dx and in Bun. The
// letter of the standard is covered by the web platform tests; here are Bun's words and additions.
import { show, showAsync } from "./support/report";

const any = (value: unknown) => value as any;
const RS = ReadableStream as any;
const WS = WritableStream as any;
const TS = TransformStream as any;
async function all(stream: any) {
  const chunks: unknown[] = [];
  for await (const chunk of stream) chunks.push(typeof chunk === "object" ? [...chunk] : chunk);
  return chunks;
}
const of = (...chunks: unknown[]) =>
  new RS({
    start(controller: any) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
const bytes = (...values: number[]) => new Uint8Array(values);

const refused: Record<string, () => unknown> = {
  "source a number": () => new RS(5),
  "source null": () => new RS(null),
  "type unknown": () => new RS({ type: "x" }),
  "start no function": () => new RS({ start: 5 }),
  "pull no function": () => new RS({ pull: 5 }),
  "cancel no function": () => new RS({ cancel: 5 }),
  "mark negative": () => new RS({}, { highWaterMark: -1 }),
  "mark NaN": () => new RS({}, { highWaterMark: "x" }),
  "size no function": () => new RS({}, { size: 5 }),
  "bytes with size": () => new RS({ type: "bytes" }, { size() {} }),
  "auto allocate 0": () => new RS({ type: "bytes", autoAllocateChunkSize: 0 }),
  "auto allocate -1": () => new RS({ type: "bytes", autoAllocateChunkSize: -1 }),
  "getReader brand": () => RS.prototype.getReader.call({}),
  "locked brand": () => Object.getOwnPropertyDescriptor(RS.prototype, "locked")!.get!.call({}),
  "two readers": () => {
    const stream = new RS();
    stream.getReader();
    stream.getReader();
  },
  "tee locked": () => {
    const stream = new RS();
    stream.getReader();
    stream.tee();
  },
  "mode unknown": () => new RS().getReader({ mode: "x" }),
  "byob of a default stream": () => new RS().getReader({ mode: "byob" }),
  "getReader options": () => new RS().getReader(5),
  "pipeThrough nothing": () => new RS().pipeThrough(),
  "pipeThrough empty": () => new RS().pipeThrough({}),
  "pipeThrough half": () => new RS().pipeThrough({ readable: new RS(), writable: 5 }),
  "reader of a number": () => new (ReadableStreamDefaultReader as any)(5),
  "controller constructor": () => new (ReadableStreamDefaultController as any)(),
  "byob request constructor": () => new (ReadableStreamBYOBRequest as any)(),
  "close twice": () => new RS({ start(c: any) { c.close(); c.close(); } }),
  "enqueue closed": () => new RS({ start(c: any) { c.close(); c.enqueue(1); } }),
  "size negative": () => new RS({ start(c: any) { c.enqueue(1); } }, { size: () => -1 }),
  "enqueue no bytes": () => new RS({ type: "bytes", start(c: any) { c.enqueue(5); } }),
  "enqueue empty bytes": () => new RS({ type: "bytes", start(c: any) { c.enqueue(bytes()); } }),
  "from nothing": () => RS.from(5),
  "sink type": () => new WS({ type: "x" }),
  "sink a number": () => new WS(5),
  "write no function": () => new WS({ write: 5 }),
  "two writers": () => {
    const stream = new WS();
    stream.getWriter();
    stream.getWriter();
  },
  "desiredSize released": () => {
    const writer = new WS().getWriter();
    writer.releaseLock();
    return writer.desiredSize;
  },
  "getWriter brand": () => WS.prototype.getWriter.call({}),
  "controller error brand": () => (WritableStreamDefaultController as any).prototype.error.call({}),
  "transformer a number": () => new TS(5),
  "readableType": () => new TS({ readableType: "x" }),
  "transform no function": () => new TS({ transform: 5 }),
  "readable brand": () => Object.getOwnPropertyDescriptor(TS.prototype, "readable")!.get!.call({}),
  "strategy without arguments": () => new (CountQueuingStrategy as any)(),
  "strategy of a number": () => new (CountQueuingStrategy as any)(5),
  "strategy without mark": () => new (ByteLengthQueuingStrategy as any)({}),
};
for (const [name, run] of Object.entries(refused)) show(name, run);

const rejected: Record<string, () => unknown> = {
  "cancel brand": () => RS.prototype.cancel.call({}),
  "pipeTo brand": () => RS.prototype.pipeTo.call({}),
  "pipeTo nothing": () => new RS().pipeTo(),
  "pipeTo bad signal": () => new RS().pipeTo(new WS(), { signal: 5 }),
  "cancel locked": () => {
    const stream = new RS();
    stream.getReader();
    return stream.cancel();
  },
  "read brand": () => ReadableStreamDefaultReader.prototype.read.call(any({})),
  "read released": () => {
    const reader = new RS().getReader();
    reader.releaseLock();
    return reader.read();
  },
  "closed released": () => {
    const reader = new RS().getReader();
    reader.releaseLock();
    return reader.closed;
  },
  "pending read released": () => {
    const reader = new RS().getReader();
    const pending = reader.read();
    reader.releaseLock();
    return pending;
  },
  "byob read nothing": () => new RS({ type: "bytes" }).getReader({ mode: "byob" }).read(),
  "byob read empty": () => new RS({ type: "bytes" }).getReader({ mode: "byob" }).read(bytes()),
  "byob min too large": () => new RS({ type: "bytes" }).getReader({ mode: "byob" }).read(bytes(1), { min: 2 }),
  "byob min 0": () => new RS({ type: "bytes" }).getReader({ mode: "byob" }).read(bytes(1), { min: 0 }),
  "abort locked": () => {
    const stream = new WS();
    stream.getWriter();
    return stream.abort();
  },
  "close twice": () => {
    const stream = new WS();
    stream.close();
    return stream.close();
  },
  "write released": () => {
    const writer = new WS().getWriter();
    writer.releaseLock();
    return writer.write();
  },
  "write closing": () => {
    const writer = new WS().getWriter();
    writer.close();
    return writer.write();
  },
  "text locked": () => {
    const stream = new RS();
    stream.getReader();
    return stream.text();
  },
  "text brand": () => RS.prototype.text.call({}),
  "text of numbers": () => of(5).text(),
  "json malformed": () => of("{x").json(),
  "json empty": () => of().json(),
  "text twice": async () => {
    const stream = of("a");
    await stream.text();
    return stream.text();
  },
  "pull throws": () => new RS({ pull() { throw new RangeError("x"); } }).text(),
};
for (const [name, run] of Object.entries(rejected)) await showAsync(name, run);

const works: Record<string, () => unknown> = {
  text: () => of("a", bytes(0xc3), bytes(0xa9), "\ud83d", "\ude00").text(),
  "text with a byte order mark": async () => (await of(bytes(0xef, 0xbb, 0xbf, 65)).text()).length,
  json: () => of('{"a":', "1}").json(),
  bytes: () => of("\u00e9", new ArrayBuffer(2), new DataView(new ArrayBuffer(1))).bytes(),
  blob: async () => {
    const blob = await of("ab").blob();
    return [blob.size, blob.type];
  },
  iteration: () => all(of(1, 2, 3)),
  "iteration ended early": async () => {
    let reason: unknown = "not cancelled";
    const stream = new RS({ pull(c: any) { c.enqueue(1); }, cancel(r: unknown) { reason = r; } });
    for await (const _ of stream) break;
    return [reason, stream.locked];
  },
  "from an array": () => all(RS.from([1, Promise.resolve(2)])),
  "from a generator": () => all(RS.from((async function* () { yield "a"; yield "b"; })())),
  tee: async () => {
    const [left, right] = of(1, 2).tee();
    return [await all(left), await all(right)];
  },
  "tee of bytes": async () => {
    const [left, right] = new RS({ type: "bytes", start(c: any) { c.enqueue(bytes(1, 2)); c.close(); } }).tee();
    const view = await left.getReader({ mode: "byob" }).read(new Uint8Array(8));
    return [[...view.value], await all(right)];
  },
  byob: async () => {
    const stream = new RS({
      type: "bytes",
      pull(c: any) {
        c.byobRequest.view[0] = 7;
        c.byobRequest.respond(1);
      },
    });
    const { value, done } = await stream.getReader({ mode: "byob" }).read(new Uint16Array(1), { min: 1 });
    return [value.constructor.name, value.byteLength, [...value], done];
  },
  readMany: async () => {
    const reader = of(1, 2).getReader();
    return [await reader.readMany(), await reader.readMany()];
  },
  pipeTo: async () => {
    const written: unknown[] = [];
    await of(1, 2).pipeTo(new WS({ write(chunk: unknown) { written.push(chunk); }, close() { written.push("closed"); } }));
    return written;
  },
  "pipeTo aborted": async () => {
    const controller = new AbortController();
    const events: unknown[] = [];
    const pipe = new RS({ cancel(r: any) { events.push("cancel", r); } })
      .pipeTo(new WS({ abort(r: any) { events.push("abort", r); } }), { signal: controller.signal });
    controller.abort("why");
    await pipe.catch((reason: unknown) => events.push("rejected", reason));
    return events;
  },
  pipeThrough: () => all(of(1, 2).pipeThrough(new TS({
    transform(chunk: number, c: any) { c.enqueue(chunk * 2); c.enqueue(chunk * 3); },
    flush(c: any) { c.enqueue("end"); },
  }))),
  "transform cancel": async () => {
    let reason: unknown;
    const stream = new TS({ cancel(r: unknown) { reason = r; } });
    await stream.readable.cancel("gone");
    return reason;
  },
  terminate: async () => {
    const stream = new TS({ transform(_: unknown, c: any) { c.terminate(); } });
    const writer = stream.writable.getWriter();
    const states = [writer.write(1).then(() => "written", (e: any) => e.name)];
    const read = await stream.readable.getReader().read();
    return [await Promise.all(states), read.done];
  },
  backpressure: async () => {
    const writer = new WS({ write: () => new Promise(() => {}) }, { highWaterMark: 2 }).getWriter();
    const sizes = [writer.desiredSize];
    writer.write(1);
    writer.write(2);
    writer.write(3);
    sizes.push(writer.desiredSize);
    return sizes;
  },
  "byte length strategy": () => {
    const strategy = new ByteLengthQueuingStrategy({ highWaterMark: 8 });
    return [strategy.highWaterMark, strategy.size(new Uint8Array(3)), strategy.size.name, new CountQueuingStrategy({ highWaterMark: 1 }).size.length];
  },
  "abort signal of a sink": async () => {
    let signal: AbortSignal | undefined;
    const writer = new WS({ start(c: any) { signal = c.signal; } }).getWriter();
    await writer.abort("why");
    return [signal!.aborted, signal!.reason];
  },
  "direct text": () => new RS({ type: "direct", pull(c: any) { c.write("x"); c.write("yz"); c.close(); } }).text(),
  "direct chunks": () => all(new RS({ type: "direct", async pull(c: any) { c.write("x"); await 1; c.write("yz"); c.close(); } })),
  "direct counts": async () => {
    const counts: unknown[] = [];
    await new RS({ type: "direct", pull(c: any) { counts.push(c.write("\u00e9"), c.write(bytes(1, 2, 3)), c.write(new Uint16Array(2)), c.end(), c.write("late")); } }).text();
    return counts;
  },
  "direct refuses": () => new RS({ type: "direct", pull(c: any) { c.write(5); } }).text(),
  "direct error": async () => {
    const seen: unknown[] = [];
    try {
      for await (const chunk of new RS({ type: "direct", async pull(c: any) { c.write("x"); throw new Error("y"); } })) seen.push([...chunk]);
    } catch (error: any) {
      seen.push(error.message);
    }
    return seen;
  },
  "direct controller error": () => new RS({ type: "direct", pull(c: any) { c.write("x"); c.error(new Error("z")); } }).text(),
  "direct cancel": async () => {
    let reason: unknown;
    const stream = new RS({ type: "direct", pull() {}, cancel(r: unknown) { reason = r; } });
    await stream.cancel("why");
    return reason;
  },
  "direct response": () => new Response(new RS({ type: "direct", async pull(c: any) { c.write("x"); await 1; c.write("yz"); c.end(); } })).text(),
  "direct without pull": () => new RS({ type: "direct" }).text(),
  "direct in a later turn": () => all(new RS({ type: "direct", async pull(c: any) {
    c.write("a");
    await new Promise((resolve) => setTimeout(resolve, 5));
    c.write("b");
    c.write("c");
    await new Promise((resolve) => setTimeout(resolve, 5));
    c.write("d");
    c.end();
  } })),
  "body stream": () => all(new Response("abc").body),
  inspected: () => [Bun.inspect(new RS()), Bun.inspect(new WS()), Bun.inspect(new CountQueuingStrategy({ highWaterMark: 1 }))],
};
for (const [name, run] of Object.entries(works)) await showAsync(name, run);
