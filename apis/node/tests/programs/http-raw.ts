// node:http: connections byte for byte: pipelining, chunks, trailers, keep-alive, upgrades.
import http from "node:http";
import net from "node:net";

const server = http.createServer((request, response) => {
  const chunks: string[] = [];
  request.on("data", (chunk) => chunks.push(`${chunk}`));
  request.on("end", () => {
    response.sendDate = false;
    if (request.url === "/chunked") {
      response.write("one");
      setImmediate(() => response.end("two"));
      return;
    }
    response.end(`${request.method} ${request.url} ${chunks.join("")}`);
  });
});
server.on("upgrade", (request, socket, head) => {
  socket.end(`HTTP/1.1 101 Switching Protocols\r\n\r\n${request.headers.upgrade} ${head}`);
});

function speak(port: number, text: string) {
  return new Promise<void>((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    let seen = "";
    socket.on("data", (chunk) => { seen += chunk; });
    socket.on("close", () => {
      console.log(JSON.stringify(seen));
      resolve();
    });
    socket.write(text);
  });
}

server.listen(0, async () => {
  const { port } = server.address() as { port: number };
  const close = "Host: a\r\nConnection: close\r\n\r\n";
  await speak(port, `GET /a HTTP/1.1\r\n${close}`);
  await speak(port, `GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\n${close}`);
  await speak(port, `POST /c HTTP/1.1\r\nContent-Length: 3\r\n${close}abc`);
  await speak(port,
    `POST /d HTTP/1.1\r\nTransfer-Encoding: chunked\r\n${close}2\r\nab\r\n1\r\nc\r\n0\r\n\r\n`);
  await speak(port, `GET /chunked HTTP/1.1\r\n${close}`);
  await speak(port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
  server.close(() => console.log("closed"));
});
