// Requests of a program's own class, origins of blob: URLs, and WebSockets that cannot open.
import net from "node:net";

class Own extends Request {
  get method() { return "POST"; }
  get headers() { return { "X-Own": "yes" } as never; }
}
using server = Bun.serve({
  port: 0,
  fetch: (request) => new Response(`${request.method} ${request.headers.get("x-own")}`),
});
console.log(await (await fetch(new Own(server.url))).text());

for (const inner of ["http://a/", "https://a:443/x", "file://a", "ftp://a", "ws://a", "other://a",
  "blob:http://a", "data:x", "about:blank", "nothing"]) {
  console.log(inner, new URL(`blob:${inner}`).origin);
}

const failure = (url: string, options?: object) => new Promise((resolve) => {
  const socket = new WebSocket(url, options as never);
  socket.onerror = (event) => resolve((event as ErrorEvent).message.replace(/:\d+/g, ""));
});
let heard = "";
const deaf = net.createServer((socket) => socket.once("data", (bytes) => {
  heard = bytes.toString();
  socket.destroy();
}));
await new Promise((resolve) => deaf.listen(0, resolve as () => void));
const { port } = deaf.address() as net.AddressInfo;
console.log(await failure(`ws://127.0.0.1:${port}/`, {
  headers: { MyOwnHeader: "1", other_header: "2", "Another-One": "3" },
}));
console.log(heard.match(/^(my|other|another).*$/gim)?.sort());
console.log(await failure(`wss://127.0.0.1:${port}/`, { proxy: `http://127.0.0.1:${port}` }));
const pem = (kind: string) => `-----BEGIN ${kind}-----\nMIIB\n-----END ${kind}-----`;
const tls = { cert: pem("CERTIFICATE"), key: pem("PRIVATE KEY") };
console.log(await failure("wss://127.0.0.1:1/", { tls }));
deaf.close();
