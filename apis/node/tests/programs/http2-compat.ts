// The compatibility API of node:http2, pings and settings.
import http2 from "node:http2";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

const server = http2.createServer(async (request, response) => {
  console.log(request.method, request.url, request.httpVersion, request.authority !== "");
  let text = "";
  for await (const chunk of request) text += chunk;
  try {
    response.setHeader(":status", "200");
  } catch (error: any) {
    console.log(error.code, error.message);
  }
  response.setHeader("X-Upper", "kept");
  response.appendHeader("x-list", "one");
  response.appendHeader("x-list", "two");
  response.setTrailer("x-trailer", "last");
  response.writeHead(202, { "content-type": "text/plain" });
  console.log(response.headersSent, response.getHeaderNames().sort());
  response.write("echo ");
  response.end(text);
});
server.on("session", (session) => {
  session.on("remoteSettings", (settings) => console.log("remote", settings.initialWindowSize));
});
server.listen(0);
await once(server, "listening");

const url = `http://localhost:${(server.address() as AddressInfo).port}`;
const client = http2.connect(url, { settings: { initialWindowSize: 100_000 } });
await once(client, "connect");
client.ping(Buffer.from("abcdefgh"), (error, _duration, payload) => {
  console.log("ping", error, payload.toString());
});
const request = client.request({ ":method": "POST", ":path": "/compat?x=1" });
request.end("hello");
const [headers] = await once(request, "response");
console.log(headers[":status"], headers["x-upper"], headers["x-list"], headers["content-type"]);
request.on("trailers", (trailers) => console.log("trailer", trailers["x-trailer"]));
let text = "";
for await (const chunk of request) text += chunk;
console.log(text);
client.close();
server.close();
await once(server, "close");

console.log(http2.getPackedSettings({ enablePush: false, maxFrameSize: 20_000 }).toString("hex"));
console.log(http2.getUnpackedSettings(Buffer.from("000300000064", "hex")));
try {
  http2.getPackedSettings({ maxFrameSize: 1 });
} catch (error: any) {
  console.log(error.name, error.code, error.message);
}
