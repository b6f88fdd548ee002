// A server and its clients in one process: bodies of every kind both ways, streams, many at once,
// connections kept and closed, clients that leave, node:http and node:net beside fetch.
import * as http from "node:http";
import * as net from "node:net";
import { once } from "node:events";

const pattern = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 7) % 253);
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
let arrived = 0;
let aborted = 0;

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  routes: {
    "/static": new Response("static"),
    "/param/:id": (request) => new Response(`id ${request.params.id}`),
  },
  async fetch(request) {
    switch (new URL(request.url).pathname) {
      case "/echo":
        return new Response(await request.bytes());
      case "/echo-stream":
        return new Response(request.body);
      case "/json":
        return Response.json({ got: await request.json() });
      case "/parts":
        return new Response(parts());
      case "/throw":
        throw new Error("thrown on purpose");
      case "/never":
        arrived++;
        request.signal.addEventListener("abort", () => aborted++);
        return new Promise(() => {});
    }
    return new Response(request.method, { headers: { "x-path": new URL(request.url).pathname } });
  },
  error: () => new Response("failed", { status: 500 }),
});
const at = (path: string) => new URL(path, server.url);

async function* parts() {
  for (let index = 0; index < 20; index++) {
    await Bun.sleep(1);
    yield `part ${index};`;
  }
}

async function simple() {
  for (const method of ["GET", "HEAD", "DELETE", "OPTIONS"]) {
    const response = await fetch(at("/some/path"), { method });
    console.log(method, response.status, response.headers.get("x-path"), await response.text());
  }
  for (const path of ["/static", "/param/a%20b", "/throw", "/parts"]) {
    const response = await fetch(at(path));
    console.log(path, response.status, (await response.text()).length);
  }
  const json = await fetch(at("/json"), { method: "POST", body: JSON.stringify({ a: [1, 2] }) });
  console.log(await json.json());
}

async function bodies() {
  for (const path of ["/echo", "/echo-stream"]) {
    for (const length of [0, 5, 20_000, 400_000]) {
      const body = pattern(length);
      const response = await fetch(at(path), { method: "POST", body });
      console.log(path, length, same(await response.bytes(), body));
    }
    const streamed = new ReadableStream({
      async start(controller) {
        for (let index = 0; index < 30; index++) {
          await Bun.sleep(1);
          controller.enqueue(pattern(index * 300));
        }
        controller.close();
      },
    });
    const response = await fetch(at(path), { method: "POST", body: streamed });
    console.log(path, "streamed", (await response.bytes()).length);
  }
}

async function many() {
  const asked = Array.from({ length: 60 }, async (_, index) => {
    const body = pattern(index * 501);
    const response = await fetch(at("/echo"), { method: "POST", body });
    return same(await response.bytes(), body);
  });
  console.log("many", (await Promise.all(asked)).every(Boolean));
}

async function leaving() {
  for (let index = 0; index < 5; index++) {
    const leave = new AbortController();
    const asked = fetch(at("/never"), { signal: leave.signal }).catch((error) => error.name);
    while (arrived <= index) await Bun.sleep(5);
    leave.abort();
    if ((await asked) !== "AbortError") console.log(await asked);
  }
  while (aborted < 5) await Bun.sleep(5);
  console.log("aborted", aborted, "pending", server.pendingRequests);
}

async function raw() {
  const socket = net.connect(server.port!, "127.0.0.1");
  await once(socket, "connect");
  console.log(socket.remoteAddress, socket.remotePort === server.port);
  let text = "";
  socket.on("data", (part) => (text += part));
  const asked = ["/static", "/param/1", "/static", "/param/2"];
  socket.write(asked.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(""));
  while (!text.endsWith("id 2")) await Bun.sleep(2);
  socket.end();
  await once(socket, "close");
  console.log("pipelined", text.match(/static|id \d|HTTP\/1.1 200 OK/g)!.join(" "));
}

async function ofNode() {
  const other = http.createServer((request, response) => {
    response.setHeader("x-method", request.method!);
    request.pipe(response);
  });
  other.listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as net.AddressInfo;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
  for (const length of [0, 10, 100_000]) {
    const request = http.request({ port, host: "127.0.0.1", method: "PUT", agent });
    request.end(pattern(length));
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    const got: Buffer[] = [];
    for await (const part of response) got.push(part);
    console.log(response.headers["x-method"], length, same(Buffer.concat(got), pattern(length)));
  }
  agent.destroy();
  other.close();
  await once(other, "close");
}

for (const group of [simple, bodies, many, leaving, raw, ofNode]) {
  console.log(`-- ${group.name}`);
  await group();
}
await server.stop(true);
console.log("stopped");
