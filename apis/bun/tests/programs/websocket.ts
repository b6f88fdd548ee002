// WebSockets of both sides in one process, each step waited for.
const waiting = new Map<string, () => void>();
const seen = new Set<string>();
function mark(name: string) {
  seen.add(name);
  waiting.get(name)?.();
}
const until = (name: string) =>
  seen.has(name) ? Promise.resolve() : new Promise<void>((resolve) => waiting.set(name, resolve));
const plain = (value: unknown) => (typeof value === "string" ? value.replace(/:\d{4,5}\b/g, ":PORT") : value);
const log = (...values: unknown[]) => console.log(...values.map(plain));

const closings: unknown[][] = [];
let isEitherFirst = false;
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request, server) {
    const { pathname } = new URL(request.url);
    if (pathname === "/plain") return new Response("plain");
    const done = server.upgrade(request, { data: { pathname }, headers: { "X-Up": "1" } });
    log("upgraded", done);
    return done ? undefined : new Response("not upgraded", { status: 400 });
  },
  websocket: {
    open(ws) {
      log("server open", ws.data, ws.readyState, ws.remoteAddress, ws.subscriptions);
      log(ws.subscribe("topic"), ws.isSubscribed("topic"), ws.subscriptions, server.subscriberCount("topic"));
      log(ws.send("greeting"), ws.sendText("t"), ws.sendBinary(new Uint8Array(3)));
    },
    message(ws, message) {
      log("server message", typeof message, typeof message === "string" ? message.length : [...message].slice(0, 4));
      if (message === "close") {
        ws.close(4001, "bye");
        log("after close", ws.readyState, ws.send("late"), ws.subscriptions);
      } else if (message === "terminate") ws.terminate();
      else if (message === "publish") log("published", ws.publish("topic", "to others"), server.publish("topic", "to all"));
      else ws.send(message);
    },
    ping(ws, data) {
      log("server ping", data.toString());
      mark("ping");
    },
    pong(ws, data) {
      log("server pong", data.toString());
      mark("pong");
    },
    close(ws, code, reason) {
      closings.push(["server close", code, JSON.stringify(reason), ws.readyState]);
      if (!isEitherFirst) log(...closings.at(-1)!);
      mark(`closed ${code}`);
      mark(`closed ${closings.length}`);
    },
  },
});
const url = `ws://127.0.0.1:${server.port}`;
log(server.pendingWebSockets);

const heard: string[] = [];
function connect(name: string, path = "/", options?: any) {
  const ws = new WebSocket(url + path, options);
  ws.binaryType = "arraybuffer";
  let count = 0;
  ws.onopen = (event) => {
    log(name, "open", event.type, ws.readyState, ws.protocol, ws.extensions);
    mark(`${name} open`);
  };
  ws.onmessage = (event) => {
    const { data } = event;
    // Two sockets hear of a topic in any order.
    if (typeof data === "string" && data.startsWith("to ")) heard.push(`${name} ${data}`);
    else log(name, "message", typeof data === "string" ? (data.length > 50 ? data.length : data) : new Uint8Array(data).length, event.origin);
    mark(`${name} ${++count}`);
  };
  ws.onerror = (event: any) => log(name, "error", event.type, event.message);
  ws.onclose = (event) => {
    log(name, "close", event.code, JSON.stringify(event.reason), event.wasClean, ws.readyState);
    mark(`${name} closed`);
  };
  return ws;
}

const first = connect("first", "/first");
log(plain(first.url), first.readyState, first.bufferedAmount);
await until("first 3");
log(server.pendingWebSockets);
first.send("text");
await until("first 4");
first.send(new Uint8Array([1, 2, 3]));
await until("first 5");
first.send("x".repeat(100_000));
await until("first 6");
first.send(new Uint8Array(70_000).fill(7).buffer);
await until("first 7");
first.send("h\u00e9llo \u{1f600}");
await until("first 8");
first.send("");
await until("first 9");
first.ping("p");
await until("ping");
first.pong("q");
await until("pong");
const second = connect("second", "/second");
await until("second 3");
first.send("publish");
await until("second 5");
await until("first 10");
log(heard.sort());
first.send("close");
await until("first closed");
second.send("terminate");
await until("second closed");
log(server.pendingWebSockets, server.subscriberCount("topic"));

// Either side may hear of the end first.
isEitherFirst = true;
const third = connect("third");
await until("third 3");
third.close(3000, "enough");
log(third.readyState);
await Promise.all([until("third closed"), until("closed 3000")]);
log(...closings[2]);

connect("refused", "/plain");
await until("refused closed");
const early = connect("early");
early.close();
await until("early closed");
const nobody = new WebSocket("ws://127.0.0.1:1");
await new Promise((resolve) => {
  nobody.onerror = (event: any) => log(event.message);
  nobody.onclose = (event) => resolve(log(event.code, event.wasClean));
});

for (const parts of [[], ["foo"], ["ws://a/#x"], [url, "a b"], [url, ["a", "a"]], ["ftp://a"]]) {
  try {
    new (WebSocket as any)(...parts);
  } catch (error: any) {
    log(error.name, error.code, error.message);
  }
}
const fourth = connect("fourth");
for (const step of [() => fourth.send("x"), () => fourth.close(1), () => fourth.close(3000, "x".repeat(124))]) {
  try {
    step();
  } catch (error: any) {
    log(error.name, error.code, error.message);
  }
}
await until("fourth 3");
fourth.terminate();
await Promise.all([until("fourth closed"), until("closed 4")]);
log(...closings[3]);
log(Object.getOwnPropertyNames(WebSocket), Object.getOwnPropertyNames(WebSocket.prototype));
const answer = await fetch(url.replace("ws", "http"));
log(answer.status, await answer.text());
server.stop(true);

// Compression, and a socket through TLS.
const pem = (name: string) => Bun.file(`${import.meta.dir}/../../../web/tests/programs/support/tls/${name}`).text();
const [cert, key, ca] = await Promise.all([pem("local.crt"), pem("local.key"), pem("ca.crt")]);
for (const tls of [undefined, { cert, key }]) {
  const compressing = Bun.serve({
    port: 0,
    tls,
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("no")),
    websocket: { perMessageDeflate: true, message: (ws, message) => void ws.send(message, true) },
  });
  const scheme = tls === undefined ? "ws" : "wss";
  const ws = new WebSocket(`${scheme}://localhost:${compressing.port}/`, { tls: { ca } } as any);
  await new Promise((resolve) => {
    ws.onopen = () => {
      log(scheme, ws.extensions);
      ws.send("z".repeat(10_000));
    };
    ws.onmessage = (event) => resolve(log((event.data as string).length));
  });
  const closed = new Promise((resolve) => (ws.onclose = (event) => resolve(log(event.code, event.wasClean))));
  ws.close();
  await closed;
  compressing.stop(true);
}
for (const websocket of [5, { message: 5 }, { message() {}, idleTimeout: 1000 }, { message() {}, maxPayloadLength: "x" }]) {
  try {
    Bun.serve({ port: 0, fetch() {}, websocket } as any);
  } catch (error: any) {
    log(error.name, error.code, error.message);
  }
}
process.exit(0);
