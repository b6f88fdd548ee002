// Requests whose transfer codings two readers could understand differently.
import http from "node:http";
import net, { type AddressInfo } from "node:net";

const codings = [
  ["chunked", "chunked-false"],
  ["chunked", "chunked"],
  ["gzip", "chunked"],
  ["chunked, identity"],
  ["identity, chunked"],
  ["chunked, chunked"],
  ["chunked, ,"],
  ["chunkedchunked"],
  ["gzip"],
  [""],
];

const server = http.createServer((request, response) => {
  console.log("  listener", JSON.stringify(request.headers["transfer-encoding"]));
  response.end();
});
server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
  console.log("  refused", error.code, error.message);
  socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
});
await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address() as AddressInfo;

for (const lines of codings) {
  console.log(lines.join(" + "));
  const fields = lines.map(line => `Transfer-Encoding: ${line}\r\n`).join("");
  const client = net.connect(port, "127.0.0.1");
  client.end(`POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n0\r\n\r\n`);
  let answer = "";
  for await (const chunk of client) answer += chunk;
  console.log("  answers", answer.match(/HTTP\/1.1 \d+/g)?.join());
}
server.close();
