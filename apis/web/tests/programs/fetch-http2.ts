// fetch over HTTP/2: what a server sees and what a program gets, with a server of node:http2.
import http2 from "node:http2";
import zlib from "node:zlib";

const pem = (name: string) => Bun.file(`${import.meta.dir}/support/tls/${name}`).text();
const ca = await pem("ca.crt");
const identity = { cert: await pem("local.crt"), key: await pem("local.key") };
const plain = (text: unknown) => String(text).replace(/localhost:\d+/g, "HOST");

async function listen(server: http2.Http2SecureServer) {
  server.on("sessionError", () => {});
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return `https://localhost:${(server.address() as any).port}`;
}

async function failure(run: () => Promise<unknown>) {
  try {
    await run();
    return "no failure";
  } catch (error) {
    const { name, code, message, path, errno } = error as any;
    return [name, code, plain(message).slice(0, 60), plain(path), errno].join(" | ");
  }
}

let sessions = 0;
const open = new Set<number>();
let most = 0;
const resets: number[] = [];
const server = http2.createSecureServer({ ...identity, allowHTTP1: true }, (request, response) => {
  const path = request.url;
  if (path === "/echo") {
    const seen = Object.entries(request.headers).map(([name, value]) => `${name}=${plain(value)}`);
    response.setHeader("x-seen", seen.join("; "));
    return void request.pipe(response);
  }
  if (path === "/gzip") {
    response.setHeader("content-encoding", "gzip");
    return void response.end(zlib.gzipSync("squeezed ".repeat(1000)));
  }
  if (path === "/broken") {
    response.setHeader("content-encoding", "gzip");
    return void response.end("this is no gzip");
  }
  if (path === "/large") return void response.end("l".repeat(5_000_000));
  if (path === "/moved") {
    response.writeHead(302, { location: "/where" });
    return void response.end();
  }
  if (path === "/cookies") response.setHeader("set-cookie", ["a=1", "b=2"]);
  if (path === "/empty") return void response.writeHead(204).end();
  if (path === "/silent") return;
  if (path === "/trickle") {
    response.write("one ");
    return void setTimeout(() => response.write("two"), 20);
  }
  if (path === "/wait") return void setTimeout(() => response.end("waited"), 50);
  response.end(`${request.method} ${path} ${request.httpVersion}`);
});
server.on("session", () => sessions++);
server.on("stream", (stream) => {
  open.add(stream.id!);
  most = Math.max(most, open.size);
  stream.on("error", () => {});
  stream.on("close", () => {
    open.delete(stream.id!);
    if (stream.rstCode !== 0) resets.push(stream.rstCode!);
  });
});
const url = await listen(server);
const over = (path: string, init: any = {}) => fetch(url + path, { protocol: "http2", tls: { ca }, ...init });

// Versions.
for (const protocol of [undefined, "http2", "h2", "http1.1", "h1"] as any[]) {
  const response = await over("/version", { protocol });
  console.log(protocol, response.status, JSON.stringify(response.statusText), await response.text());
}
console.log(await failure(() => fetch(url.replace("https", "http"), { protocol: "http2" } as any)));
console.log(await failure(() => over("/", { protocol: "http/2" })));
console.log(await failure(() => over("/", { proxy: "http://localhost:1" })));

// What goes out and what comes back.
const fields = { "X-Upper": "Value", cookie: "a=b; c=d", te: "gzip", host: "other.test", connection: "close" };
for (const [name, init] of [
  ["plain", {}],
  ["fields", { headers: fields }],
  ["text", { method: "POST", body: "hello" }],
  ["nothing", { method: "POST" }],
  ["stream", { method: "PUT", body: new ReadableStream({ start(it) { it.enqueue("in "); it.enqueue("pieces"); it.close(); } }) }],
  ["form", { method: "POST", body: new URLSearchParams({ a: "b c" }) }],
] as const) {
  const response = await over("/echo", init);
  console.log(name, response.status, response.headers.get("x-seen"), JSON.stringify(await response.text()));
}
const credentials = await fetch(url.replace("://", "://user:pass@") + "/echo", { protocol: "http2", tls: { ca } } as any);
console.log(credentials.headers.get("x-seen"));
const moved = await over("/moved");
console.log(moved.redirected, plain(moved.url), await moved.text());
console.log((await over("/cookies")).headers.getSetCookie());
const empty = await over("/empty");
console.log(empty.status, empty.body, (await empty.bytes()).length);
const head = await over("/head", { method: "HEAD" });
console.log(head.status, (await head.text()).length);
console.log((await (await over("/gzip")).text()).length);
console.log((await (await over("/gzip", { decompress: false })).bytes())[0]);
console.log(await failure(async () => (await over("/broken")).text()));

// Much of it, both ways, beyond every window.
console.log((await (await over("/large")).bytes()).length);
const bytes = new Uint8Array(3_000_000).map((_, index) => index % 251);
const back = await (await over("/echo", { method: "POST", body: bytes })).bytes();
console.log(back.length, back.every((byte, index) => byte === index % 251));
const pieces = new ReadableStream({
  async start(controller) {
    for (let at = 0; at < bytes.length; at += 100_000) {
      controller.enqueue(bytes.subarray(at, at + 100_000));
      await Bun.sleep(0);
    }
    controller.close();
  },
});
console.log((await (await over("/echo", { method: "POST", body: pieces })).bytes()).length);

// Many at once, all on one connection.
console.log("sessions", sessions);
most = 0;
const texts = await Promise.all(Array.from({ length: 20 }, async () => (await over("/wait")).text()));
console.log(new Set(texts), most, sessions);

// Aborts reset a stream and leave its siblings.
resets.length = 0;
const abort = new AbortController();
const silent = failure(() => over("/silent", { signal: abort.signal }));
const sibling = over("/wait");
await Bun.sleep(20);
abort.abort();
console.log(await silent, await (await sibling).text());
const trickle = new AbortController();
const response = await over("/trickle", { signal: trickle.signal });
const reader = response.body!.getReader();
console.log(new TextDecoder().decode((await reader.read()).value));
trickle.abort();
console.log(await failure(() => reader.read()));
const cancelled = await over("/trickle");
await cancelled.body!.cancel();
console.log(await failure(() => over("/silent", { signal: AbortSignal.timeout(20) })));
await Bun.sleep(30);
console.log(resets.join(), open.size, sessions);

// A server that has enough of a connection.
for (const session of [...(server as any).sessions ?? []]) session.close();
server.close();

const limited = http2.createSecureServer({ ...identity, settings: { maxConcurrentStreams: 2 } });
const counts = new Map<unknown, number>();
let overrun = false;
limited.on("stream", (stream) => {
  const count = (counts.get(stream.session) ?? 0) + 1;
  counts.set(stream.session, count);
  overrun ||= count > 2;
  setTimeout(() => {
    stream.respond({ ":status": 200 });
    stream.end("limited");
    counts.set(stream.session, counts.get(stream.session)! - 1);
  }, 10);
});
const limitedUrl = await listen(limited);
const get = async () => (await fetch(limitedUrl, { protocol: "http2", tls: { ca } } as any)).text();
await get();
console.log(new Set(await Promise.all(Array.from({ length: 10 }, get))), overrun);
limited.close();
process.exit(0);
