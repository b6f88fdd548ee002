// A stream is cancelled, failed or aborted at every point where something waits: everything
// settles, no chunk arrives twice or out of order, sources and sinks are told once.
type Fault = "cancel" | "error" | "abort" | "close" | "release";
const POINTS = 24;

async function ticks(count: number) {
  for (let index = 0; index < count; index++) await null;
}

interface Record { given: number; taken: number[]; told: string[] }

function pieces() {
  const record: Record = { given: 0, taken: [], told: [] };
  let source!: ReadableStreamDefaultController<number>;
  let sink!: WritableStreamDefaultController;
  const readable = new ReadableStream<number>({
    start(controller) { source = controller; },
    async pull(controller) {
      await null;
      if (record.given < 5) controller.enqueue(record.given++);
      else controller.close();
    },
    cancel(reason) { record.told.push(`cancel ${reason}`); },
  }, { highWaterMark: 2 });
  const writable = new WritableStream<number>({
    start(controller) { sink = controller; },
    async write(chunk) {
      await null;
      record.taken.push(chunk);
    },
    async close() { record.told.push("close"); },
    async abort(reason) { record.told.push(`abort ${reason}`); },
  });
  return { record, readable, writable, source, sink };
}

function attempt(run: () => unknown) {
  try {
    return Promise.resolve(run());
  } catch (error) {
    return Promise.reject(error);
  }
}

type Parts = ReturnType<typeof pieces>;
const SCENARIOS: { [name: string]: (parts: Parts, at: Promise<unknown>) => Promise<unknown>[] } = {
  "pipe, signal aborted"({ readable, writable }, at) {
    const controller = new AbortController();
    at.then(() => controller.abort("stop"));
    return [readable.pipeTo(writable, { signal: controller.signal })];
  },
  "pipe, source fails"({ readable, writable, source }, at) {
    return [readable.pipeTo(writable), at.then(() => attempt(() => source.error("broken")))];
  },
  "pipe, sink fails"({ readable, writable, sink }, at) {
    return [readable.pipeTo(writable), at.then(() => sink.error("full"))];
  },
  "transform, readable cancelled"({ readable, record }, at) {
    const through = readable.pipeThrough(new TransformStream());
    const reader = through.getReader();
    const read = (async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return "done";
        record.taken.push(value);
      }
    })();
    return [read, at.then(() => reader.cancel("enough"))];
  },
  "transform, writable aborted"({ readable, writable, record }, at) {
    const identity = new TransformStream<number, number>();
    const writer = identity.writable.getWriter();
    const written = [1, 2, 3].map((chunk) => writer.write(chunk));
    const piped = identity.readable.pipeTo(writable);
    void readable.cancel("unused");
    record.told.length = 0;
    return [...written, piped, at.then(() => writer.abort("enough"))];
  },
  "read, then released"({ readable, record }, at) {
    const reader = readable.getReader();
    const reads = [reader.read(), reader.read(), reader.read()].map((read) =>
      read.then(({ value }) => { record.taken.push(value as number); }));
    return [...reads, at.then(() => attempt(() => reader.releaseLock()))];
  },
  "tee, both cancelled"({ readable, record }, at) {
    const [left, right] = readable.tee();
    const reader = left.getReader();
    const read = (async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return "done";
        record.taken.push(value);
      }
    })();
    return [read, at.then(() => Promise.all([reader.cancel("left"), right.cancel("right")]))];
  },
  "iterated, then left"({ readable, record }, at) {
    const iterator = readable.values();
    const run = (async () => {
      for await (const chunk of { [Symbol.asyncIterator]: () => iterator }) record.taken.push(chunk);
    })();
    return [run, at.then(() => iterator.return("left"))];
  },
  "written, aborted"({ writable, readable, record }, at) {
    void readable.cancel();
    record.told.length = 0;
    const writer = writable.getWriter();
    const writes = [1, 2, 3].map((chunk) => writer.write(chunk));
    return [...writes, writer.close(), at.then(() => writer.abort("stop"))];
  },
};

function isOrdered(taken: number[]) {
  return taken.every((chunk, index) => index === 0 || chunk === taken[index - 1] + 1);
}

for (const [name, run] of Object.entries(SCENARIOS)) {
  const seen = new Set<string>();
  for (let point = 0; point < POINTS; point++) {
    const parts = pieces();
    const results = await Promise.allSettled(run(parts, ticks(point)));
    const { record } = parts;
    const ends = results.map((result) => result.status === "fulfilled" ? "ok" : "failed");
    if (!isOrdered(record.taken)) seen.add(`out of order: ${record.taken}`);
    if (new Set(record.told).size !== record.told.length) seen.add(`told twice: ${record.told}`);
    seen.add(`${ends.join(" ")} | ${record.told.toSorted().join(", ")}`);
  }
  console.log(name);
  for (const outcome of [...seen].toSorted()) console.log(`  ${outcome}`);
}
