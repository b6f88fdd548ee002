// fetch against servers of the same process: requests as they arrive, responses as they are read.
const echo = Bun.serve({
  port: 0,
  async fetch(request) {
    const headers = [...request.headers].filter(([name]) => name !== "host");
    const body = await request.text();
    const { pathname, search } = new URL(request.url);
    return Response.json({ method: request.method, path: pathname + search, headers, body });
  },
});
const base = `http://127.0.0.1:${echo.port}`;
const plain = (text: string) => text.replaceAll(base, "BASE").replaceAll(String(echo.port), "PORT");

async function show(name: string, run: () => Promise<Response>) {
  try {
    const response = await run();
    const { status, statusText, redirected, type, url } = response;
    const head = [status, statusText, redirected, type, plain(url)].join(" ");
    console.log(name, head, plain(await response.text()));
  } catch (error) {
    const { name: kind, code, message } = error as any;
    console.log(name, "failed:", kind, code, plain(message ?? String(error)));
  }
}

// Methods and bodies.
await show("get", () => fetch(base));
await show("query", () => fetch(`${base}/a b?q=ü#hash`));
await show("url", () => fetch(new URL("/x", base)));
await show("credentials", () => fetch(base.replace("//", "//user:p%40ss@")));
for (const method of ["HEAD", "POST", "PUT", "patch", "DELETE", "OPTIONS", "Patch", "CUSTOM"]) {
  await show(method, () => fetch(base, { method }));
}
const post = (body: any, init = {}) => () => fetch(base, { method: "POST", body, ...init });
await show("text", post("h\u00e9llo"));
await show("bytes", post(new Uint8Array([104, 105])));
await show("buffer", post(new Uint8Array([104, 105]).buffer));
await show("view", post(new DataView(new Uint8Array([120, 104, 105]).buffer, 1)));
await show("blob", post(new Blob(["b", "lob"], { type: "a/b" })));
await show("params", post(new URLSearchParams({ a: "1 2", b: "&" })));
await show("own type", post(new URLSearchParams({ a: "1" }), { headers: { "Content-Type": "x/y" } }));
await show("empty", post(""));
await show("get with body", () => fetch(base, { body: "x" }));
await show("head with body", () => fetch(base, { method: "HEAD", body: "x" }));
const pieces = () => new ReadableStream({
  async pull(controller) {
    for (const piece of ["one ", new TextEncoder().encode("two "), "three"]) {
      controller.enqueue(piece);
      await Bun.sleep(1);
    }
    controller.close();
  },
});
await show("stream", post(pieces()));
await show("stream of known length", post(pieces(), { headers: { "content-length": "13" } }));
await show("generator", post((async function* () { yield "a"; yield "b"; })()));
await show("failing stream", post(new ReadableStream({ pull() { throw new Error("no more"); } })));
await show("bad chunk", post(new ReadableStream({ start(controller) { controller.enqueue(1); } })));
await show("used stream", () => {
  const stream = pieces();
  stream.getReader();
  return post(stream)();
});

// Headers.
await show("headers", () => fetch(base, {
  headers: { "X-B": "1", "x-a": "2", "User-Agent": "me", Accept: "a/b", "Accept-Encoding": "identity",
    Cookie: "a=b", "Content-Length": "100", "Transfer-Encoding": "chunked" },
}));
await show("no decompression", () => fetch(base, { decompress: false }));
await show("no keepalive", () => fetch(base, { keepalive: false }));
await show("bad name", () => fetch(base, { headers: { "a b": "c" } }));

// Request objects.
const request = new Request(`${base}/request`, { method: "POST", body: "r", headers: { a: "b" } });
await show("request", () => fetch(request));
console.log(request.bodyUsed);
await show("request again", () => fetch(request));
await show("request and init", () =>
  fetch(new Request(base, { method: "POST", body: "r", headers: { a: "b" } }), { headers: { c: "d" }, body: "z" }));
await show("like a request", () => fetch({ url: base, method: "PUT" } as any));

// What is no request.
for (const input of ["", "/relative", "http://[bad", "ftp://a/b", undefined, null, 5]) {
  await show(`input ${input}`, () => fetch(input as any));
}
await show("no argument", () => (fetch as any)());
await show("signal", () => fetch(base, { signal: {} as any }));
await show("redirect mode", () => fetch(base, { redirect: "maybe" as any }));
await show("nobody listens", () => fetch("http://127.0.0.1:1/"));
await show("no such socket", () => fetch("http://a/", { unix: "/nowhere/socket" } as any));
console.log(fetch.name, fetch.length, fetch.preconnect.name, fetch.preconnect.length);

// Other schemes.
await show("data", () => fetch("data:text/plain;charset=utf-8,hello%20there"));
await show("data in base64", () => fetch("data:;base64,aGk="));
await show("bad data", () => fetch("data:nothing"));
const typeOf = async (url: string) => (await fetch(url)).headers.get("content-type");
console.log(await typeOf("data:,x"), await typeOf("data:;charset=x,x"), await typeOf("data:a/b;base64,"));
const blobUrl = URL.createObjectURL(new Blob(["blob"], { type: "a/b" }));
const blob = await fetch(blobUrl);
console.log(blob.status, blob.url === blobUrl, blob.headers.get("content-type"), await blob.text());
await Bun.write("/tmp/dx-fetch-file.txt", "from a file");
const file = await fetch("file:///tmp/dx-fetch-file.txt");
console.log(file.status, file.url, file.headers.get("content-type"), await file.text());
await show("no file", () => fetch("file:///nowhere/file"));
await show("file as body", post(Bun.file("/tmp/dx-fetch-file.txt")));
await show("part of a file", post(Bun.file("/tmp/dx-fetch-file.txt").slice(5, 9)));

// Reading responses.
const read = async (run: (response: Response) => unknown) => console.log(await run(await fetch(base)));
await read((response) => response.json().then((value: any) => value.method));
await read((response) => response.blob().then((value) => value.type));
await read(async (response) => {
  const copy = response.clone();
  return (await copy.text()) === (await response.text()) && response.bodyUsed && copy.bodyUsed;
});
await read(async (response) => {
  await response.text();
  return response.text().catch((error) => [error.name, error.code, error.message]);
});
echo.stop(true);
