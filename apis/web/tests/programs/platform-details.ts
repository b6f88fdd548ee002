// Details of several classes: observers of performance, types of parts of blobs, the reason of an
// aborted stream, formats of compression, cancelling transforms.
async function attempt(label: string, run: () => unknown) {
  try {
    console.log(label, await run());
  } catch (error: any) {
    console.log(label, error.constructor.name, error.name, error.code, error.message);
  }
}

const observer = () => new PerformanceObserver(() => {}) as any;
function observeTwice(first: object, second: object) {
  const made = observer();
  made.observe(first);
  made.observe(second);
}
await attempt("types, then one", () => observeTwice({ entryTypes: ["mark"] }, { type: "measure" }));
await attempt("one, then types", () => observeTwice({ type: "measure" }, { entryTypes: ["mark"] }));
await attempt("one, then one", () => observeTwice({ type: "measure" }, { type: "mark" }));
await attempt("both", () => observer().observe({ type: "mark", entryTypes: ["measure"] }));
for (const entryTypes of ["mark", 5, null, {}, [], ["other"]]) {
  await attempt(`entryTypes ${JSON.stringify(entryTypes)}`, () => observer().observe({ entryTypes }));
}
for (const options of [undefined, null, 5, {}]) {
  await attempt(`options ${options}`, () => observer().observe(options));
}
await attempt("no function", () => new PerformanceObserver(5 as any));

for (const type of ["a/b", "image/png", "text/plain", "text/html;charset=utf-8", ""]) {
  const blob = new Blob(["abc"], { type });
  console.log(type, [blob.slice(1).type, blob.slice(0, 1, "X/y").type, structuredClone(blob).type]);
}
const clone = structuredClone(new Blob(["abc"]));
console.log(clone instanceof File, structuredClone(new File(["abc"], "name")) instanceof File);

for (const reason of [undefined, null, "reason"]) {
  let controller: WritableStreamDefaultController;
  const stream = new WritableStream({ start(given) { controller = given; } });
  const { signal } = controller!;
  stream.abort(reason);
  console.log(reason, signal.aborted, signal.reason?.name ?? signal.reason);
}

for (const format of ["gzip", "Gzip", undefined, null, 5, {}, Symbol("gzip")]) {
  await attempt("format", () => new CompressionStream(format as any).readable.locked);
}
await attempt("format", () => new CompressionStream({ toString() { throw new Error("own"); } } as any));

async function settled(promises: Record<string, Promise<unknown>>) {
  const names = Object.keys(promises);
  const results = await Promise.allSettled(Object.values(promises));
  return results.map((result, index) =>
    `${names[index]}: ${result.status === "rejected" ? (result.reason as Error).message : "done"}`);
}
for (const end of ["error", "terminate"] as const) {
  let controller: TransformStreamDefaultController;
  const { readable, writable } = new TransformStream({ start(given) { controller = given; } });
  const cancelled = readable.cancel(new Error("cancel"));
  controller![end](new Error("later") as never);
  console.log(end, await settled({ cancelled, closed: writable.getWriter().closed }));
}
{
  const { readable, writable } = new TransformStream();
  const writer = writable.getWriter();
  const aborted = writer.abort(new Error("abort"));
  const cancelled = readable.cancel(new Error("cancel"));
  console.log(await settled({ aborted, cancelled, closed: writer.closed }));
}
console.log(new Array(100_000).fill("x").length, Bun.inspect(new Array(100_000).fill("x")).length);
{
  const prototype = Object.create(Array.prototype, { 1: { value: "inherited" } });
  const holed = Object.setPrototypeOf(["first", , "last"], prototype);
  console.log(1 in structuredClone(holed), structuredClone(holed).length);
}
console.log(String(Bun), btoa(Bun as any));
for (const init of [undefined, 301, {}, { status: 307 }, { status: 400 }, 400, { status: 200 }] as any[]) {
  for (const url of ["http://example.test", "/a b", "HTTP://EXAMPLE.TEST/a b"]) {
    await attempt(`redirect ${JSON.stringify(init)}`, () => {
      const response = Response.redirect(url, init);
      return `${response.status} ${response.headers.get("location")}`;
    });
  }
}
for (const parts of [[Symbol()], [Symbol(), "x/y"], [true], [NaN], [0, NaN], [-2.5], [{ valueOf: () => 1 }]] as any[]) {
  await attempt("slice", () => new Blob(["123456789"]).slice(...parts).size);
}
{
  const form = new FormData();
  form.append("file", Bun.file("/nonexistent/file"));
  await attempt("a form with a file that is missing", () => new Response(form));
}
for (const read of ["ArrayBuffer", "Bytes", "Text", "Blob"]) {
  const result = (Bun as any)[`readableStreamTo${read}`](new Blob(["text"]).stream());
  console.log(read, Bun.peek.status(result));
}
