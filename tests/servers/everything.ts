// One server with a path for every behaviour that tests/http_server.rs looks at on the wire.
import { AsyncLocalStorage } from "node:async_hooks";

const storage = new AsyncLocalStorage<string>();
const graceful = { slow: Number(process.env.SLOW_MS ?? 200) };
let aborted = 0;

const server = Bun.serve({
  port: Number(process.env.PORT ?? 0),
  development: false,
  idleTimeout: Number(process.env.IDLE_S ?? 10),
  maxRequestBodySize: 1024 * 1024,
  routes: {
    "/static": new Response("static"),
    "/param/:id": (request) => new Response(`id ${request.params.id}`),
    "/method": {
      GET: () => new Response("got"),
      POST: async (request) => new Response(`posted ${await request.text()}`),
    },
    "/wild/*": () => new Response("wild"),
  },
  async fetch(request, server) {
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case "/sync":
        return new Response("sync");
      case "/echo":
        return new Response(await request.bytes());
      case "/echo-stream":
        return new Response(request.body);
      case "/json":
        return Response.json({ got: await request.json() });
      case "/slow":
        await new Promise((done) => setTimeout(done, graceful.slow));
        return new Response("slow");
      case "/never":
        request.signal.addEventListener("abort", () => aborted++);
        return new Promise(() => {});
      case "/context": {
        const before = storage.getStore();
        storage.enterWith(request.url);
        await null;
        return new Response(`${before} ${storage.getStore() === request.url}`);
      }
      case "/aborted":
        return new Response(String(aborted));
      case "/big":
        return new Response("x".repeat(Number(new URL(request.url).searchParams.get("n"))));
      case "/stream":
        return new Response(parts());
      case "/endless":
        return new Response(endless());
      case "/throw":
        throw new Error("thrown on purpose");
      case "/memory":
        return new Response(String(process.memoryUsage.rss()));
      case "/pending":
        return new Response(String(server.pendingRequests));
      case "/headers":
        return Response.json([...request.headers]);
      case "/empty":
        return new Response(null, { status: 204, headers: { "x-empty": "yes" } });
    }
    return new Response("hello");
  },
});

function parts() {
  let count = 0;
  return new ReadableStream({
    async pull(controller) {
      await new Promise((done) => setTimeout(done, 5));
      controller.enqueue(`part ${count};`);
      if (++count === 3) controller.close();
    },
  });
}

// A stream that never ends; what it has produced bounds what the server can have buffered.
let produced = 0;
function endless() {
  const chunk = new Uint8Array(64 * 1024);
  return new ReadableStream({
    pull(controller) {
      produced += chunk.length;
      controller.enqueue(chunk);
    },
  });
}

console.log(`port ${server.port}`);
if (process.env.REPORT_MS) {
  setInterval(() => console.log(`produced ${produced}`), Number(process.env.REPORT_MS));
}
