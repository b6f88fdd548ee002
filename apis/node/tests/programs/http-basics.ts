// node:http: a server's and a client's messages, as each side sees them.
import http from "node:http";

const server = http.createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (chunk) => { body += chunk; });
  request.on("end", () => {
    response.setHeader("X-Number", 5);
    response.setHeader("Set-Cookie", ["a=1", "b=2"]);
    response.statusCode = request.url === "/missing" ? 404 : 200;
    const { host, ...headers } = request.headers;
    response.end(JSON.stringify({
      method: request.method, url: request.url, headers, body, host: typeof host,
      version: request.httpVersion, complete: request.complete,
    }));
  });
});

function exchange(port: number, options: http.RequestOptions, ...pieces: string[]) {
  return new Promise<void>((resolve) => {
    const request = http.request({ port, ...options }, (response) => {
      let text = "";
      response.on("data", (chunk) => { text += chunk; });
      response.on("end", () => {
        const { date, ...headers } = response.headers;
        console.log(response.statusCode, response.statusMessage, typeof date, headers);
        console.log(text);
        resolve();
      });
    });
    for (const piece of pieces) request.write(piece);
    request.end();
  });
}

server.listen(0, async () => {
  const { port } = server.address() as { port: number };
  await exchange(port, { path: "/a?b=c" });
  await exchange(port, { path: "/missing", headers: { "X-Two": ["1", "2"] } });
  await exchange(port, { path: "/post", method: "POST" }, "hello ", "world");
  await exchange(port, { path: "/put", method: "PUT", headers: { "content-length": 3 } }, "abc");
  await exchange(port, { path: "/auth", auth: "user:secret" });
  server.close(() => console.log("closed"));
});
