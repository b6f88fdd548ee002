// A program that is its own client: what both sides see of each other's connections.
const { log } = console;
const MIB = 1 << 20;

const checksum = (bytes: Uint8Array) => Bun.hash.crc32(bytes).toString(16);
const pattern = (length: number) => {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = at * 31 + at / 251;
  return bytes;
};
const until = async (condition: () => unknown) => {
  for (let tries = 0; tries < 500 && !condition(); tries++) await Bun.sleep(10);
  return Boolean(condition());
};
const failure = (error: any) => `${error.name} ${error.code ?? ""}`;

type Handler = (request: Request, server: any) => Response | Promise<Response> | undefined;
const serving = async (title: string, fetch: Handler, use: (url: string, server: any) => Promise<void>, options = {}) => {
  log("--- " + title);
  const server = Bun.serve({ port: 0, fetch, ...options } as any);
  try {
    await use(`http://127.0.0.1:${server.port}`, server);
  } finally {
    await server.stop(true);
  }
};

await serving("addresses", (request, server) => Response.json(server.requestIP(request)), async (url, server) => {
  const ask = async (where: string, options = {}) => (await fetch(where, options)).json() as any;
  const kept = [await ask(url), await ask(url)];
  log(kept[0].address, kept[0].family, kept[0].port > 1023, kept[0].port === kept[1].port);
  const alone = await ask(url, { headers: { connection: "close" } });
  const next = await ask(url);
  log(alone.address, next.port !== alone.port);
  const many = await Promise.all(Array.from({ length: 20 }, () => ask(url)));
  log(new Set(many.map(one => one.port)).size > 1);
  for (const host of ["localhost", "0.0.0.0", "[::1]", "127.0.0.5"]) {
    const { address, family } = await ask(`http://${host}:${server.port}/`);
    log(host, address, family);
  }
});

await serving("one address", (request, server) => new Response(server.requestIP(request).address), async (url, server) => {
  log(await (await fetch(url)).text());
  log(await fetch(`http://127.0.0.2:${server.port}/`).catch(failure));
}, { hostname: "127.0.0.1" });

const large = pattern(10 * MIB + 7);
await serving("large bodies", async request => {
  if (request.url.endsWith("/sum")) return new Response(checksum(await request.bytes()));
  if (request.url.endsWith("/stream")) return new Response(request.body);
  return new Response(await request.bytes());
}, async url => {
  log(checksum(large));
  log(await (await fetch(url + "/sum", { method: "POST", body: large })).text());
  log(checksum(await (await fetch(url + "/echo", { method: "POST", body: large })).bytes()));
  log(checksum(await (await fetch(url + "/stream", { method: "POST", body: large })).bytes()));
  const all = await Promise.all([1, 2, 3, 4].map(() => fetch(url + "/echo", { method: "POST", body: large }).then(r => r.bytes())));
  log(...all.map(checksum));
  const pieces = new ReadableStream({
    async start(controller) {
      for (let at = 0; at < large.length; at += 100_000) {
        controller.enqueue(large.subarray(at, at + 100_000));
        if (at % 1_000_000 === 0) await 0;
      }
      controller.close();
    },
  });
  log(await (await fetch(url + "/sum", { method: "POST", body: pieces, duplex: "half" } as any)).text());
}, { maxRequestBodySize: 64 * MIB });

let pulled = 0;
let cancelled = false;
const endless = () => new ReadableStream({
  async pull(controller) {
    pulled++;
    controller.enqueue(new Uint8Array(64 * 1024));
    await Bun.sleep(0);
  },
  cancel() {
    cancelled = true;
  },
});
await serving("a client that does not read", () => new Response(endless()), async url => {
  const response = await fetch(url);
  let before = -1;
  await until(() => pulled === before || ((before = pulled), Bun.sleepSync(30), false));
  log("stops the stream:", pulled * 64 * 1024 < 32 * MIB);
  const reader = response.body!.getReader();
  let bytes = 0;
  while (bytes < 40 * MIB) bytes += (await reader.read()).value.length;
  log("goes on:", bytes >= 40 * MIB);
  await reader.cancel();
  log("cancelled:", await until(() => cancelled));
});

let aborted = false;
await serving("a client that leaves", async request => {
  const { signal } = request;
  await new Promise(done => (signal.aborted ? done(0) : signal.addEventListener("abort", done)));
  aborted = true;
  return new Response("late");
}, async (url, server) => {
  const controller = new AbortController();
  const response = fetch(url, { signal: controller.signal });
  await until(() => server.pendingRequests === 1);
  log("pending:", server.pendingRequests);
  controller.abort();
  log("client:", await response.catch(failure), "server:", await until(() => aborted));
  log("pending:", await until(() => server.pendingRequests === 0));
});

await serving("a server that stops at once", () => new Promise<Response>(() => {}), async (url, server) => {
  const response = fetch(url);
  await until(() => server.pendingRequests === 1);
  server.stop(true);
  log(await response.catch(failure));
  log(await fetch(url).catch(failure));
});

await serving("a server that stops within a body", () => new Response(endless()), async (url, server) => {
  const response = await fetch(url);
  server.stop(true);
  log(await response.bytes().catch(failure));
});

let answer = (_: Response) => {};
await serving("a server that stops gracefully", () => new Promise(done => (answer = done)), async (url, server) => {
  const response = fetch(url);
  await until(() => server.pendingRequests === 1);
  const stopped = server.stop();
  log(await fetch(url).catch(failure));
  answer(new Response("the last"));
  log(await (await response).text());
  await stopped;
  log("stopped");
});

await serving("limits", async request => new Response(await request.text()), async url => {
  log((await fetch(url, { method: "POST", body: "x".repeat(101) })).status);
  log(await (await fetch(url, { method: "POST", body: "x".repeat(100), headers: { expect: "100-continue" } })).text().then(text => text.length));
}, { maxRequestBodySize: 100 });

await serving("silence", () => new Promise<Response>(() => {}), async url => {
  log(await fetch(url).catch(failure));
}, { idleTimeout: 1 });

await serving("WebSocket", (request, server) => server.upgrade(request) ? undefined : new Response("no"), async (url, server) => {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const received: string[] = [];
  const closed = new Promise<CloseEvent>(done => (socket.onclose = done));
  socket.onmessage = ({ data }) => {
    received.push(typeof data === "string" ? data : checksum(new Uint8Array(data)));
    if (received.length === 3) socket.close(4321, "enough");
  };
  socket.onopen = () => {
    socket.send("text");
    socket.send(large.subarray(0, 3 * MIB));
    socket.send("x".repeat(100));
  };
  const { code, reason, wasClean } = await closed;
  log(received[0], received[1] === checksum(large.subarray(0, 3 * MIB)), received[2].length, code, reason, wasClean);
  const cut = new WebSocket(url);
  await new Promise(done => (cut.onopen = done));
  const end = new Promise<CloseEvent>(done => (cut.onclose = done));
  server.stop(true);
  const { code: cutCode, wasClean: cutClean } = await end;
  log(cutCode, cutClean);
}, { websocket: { message(socket: any, data: any) { socket.send(data); } } });

await serving("a shared port", () => new Response("shared"), async url => {
  log(await (await fetch(url)).text());
}, { reusePort: true });
