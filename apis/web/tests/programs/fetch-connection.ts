// What a fetch does of its connection: upgrades, cut trailers, long paths of sockets, redirects.
import { mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

function answering(text: string, ends = true) {
  return Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(socket) {
        socket.write(text);
        if (ends) socket.end();
      },
    },
  });
}

// The content of a GET that asks for an upgrade is sent once the server has agreed.
const echo = Bun.listen({
  hostname: "127.0.0.1",
  port: 0,
  socket: {
    data(socket, bytes) {
      const text = bytes.toString();
      if (text.startsWith("GET ")) {
        console.log(text.split("\r\n").find((line) => line.toLowerCase().startsWith("upgrade")));
        socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n");
      } else {
        socket.write(`<${text}>`);
        socket.end();
      }
    },
  },
});
const upgraded = await fetch(`http://127.0.0.1:${echo.port}/`, {
  headers: { Upgrade: "echo", Connection: "upgrade" },
  body: (async function* () { yield "spoken"; })(),
} as RequestInit);
console.log(upgraded.status, await upgraded.text());
echo.stop(true);

for (const end of ["0\r\nX: y\r\n", "0\r\nX: ", "", "1\r\n"]) {
  const server = answering(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n${end}`);
  const response = await fetch(`http://127.0.0.1:${server.port}/`, { keepalive: false });
  console.log(JSON.stringify(end), await response.text().catch((error) => error.code));
  server.stop(true);
}

const folder = join(tmpdir(), `dx-${process.pid}-${"long".repeat(25)}`);
mkdirSync(folder);
const unix = join(folder, "socket");
const local = Bun.serve({ unix, fetch: (request) => new Response(new URL(request.url).pathname) });
console.log(await (await fetch("http://local/over/a/long/path", { unix })).text());
local.stop(true);
for (const name of ["x".repeat(108 - tmpdir().length), "y".repeat(120)]) {
  try {
    Bun.serve({ unix: join(tmpdir(), name), fetch: () => new Response() });
  } catch (error) {
    console.log(error.code, error.syscall);
  }
}
rmSync(folder, { recursive: true });
const abstract = Bun.serve({ unix: "\0dx-name", fetch: () => new Response("abstract") });
console.log(abstract.url.href, await (await fetch("http://local/", { unix: "\0dx-name" })).text());
abstract.stop(true);

const target = Bun.serve({ port: 0, fetch: (request) => new Response(`at ${new URL(request.url).pathname}`) });
const redirecting = answering(
  `HTTP/1.1 302 Found\r\nLocation: ://127.0.0.1:${target.port}/without/scheme\r\nContent-Length: 0\r\n\r\n`);
const redirected = await fetch(`http://127.0.0.1:${redirecting.port}/`);
console.log(redirected.status, await redirected.text());
redirecting.stop(true);
target.stop(true);

try {
  fetch.preconnect("http://127.0.0.1:0/");
} catch (error) {
  console.log(error.name, error.code, error.message);
}
