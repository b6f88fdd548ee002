// The compared server on node:http. PORT says where.
import { createServer } from "node:http";

const large = "x".repeat(65_536);
const plain = "text/plain;charset=utf-8";

function send(response, type, text) {
  response.writeHead(200, { "content-type": type, "content-length": Buffer.byteLength(text) });
  response.end(text);
}

function echo(request, response) {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => send(response, plain, Buffer.concat(chunks).toString()));
}

const server = createServer((request, response) => {
  const path = request.url;
  if (path === "/json") {
    const value = { message: "Hello, World!", numbers: [1, 2, 3], nested: { ok: true } };
    send(response, "application/json;charset=utf-8", JSON.stringify(value));
  } else if (path.startsWith("/users/")) send(response, plain, path.slice(7));
  else if (path === "/large") send(response, plain, large);
  else if (path === "/echo" && request.method === "POST") echo(request, response);
  else send(response, plain, "Hello, World!");
});
server.keepAliveTimeout = 120_000;
server.listen(Number(process.env.PORT), "127.0.0.1", 1024);
