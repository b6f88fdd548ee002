// Requests and responses over HTTP/2: fields, content both ways, trailers, pushes.
import http2 from "node:http2";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

const log = (...parts: unknown[]) => console.log(...parts);

const server = http2.createServer();
server.on("stream", (stream, headers) => {
  const path = headers[":path"];
  log("stream", headers[":method"], path, headers["x-list"]);
  stream.on("error", (error: any) => log("server error", error.code));
  if (path === "/trailers") {
    stream.respond({ ":status": 201, "set-cookie": ["a=1", "b=2"] }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "7" }));
    stream.end("with trailers");
  } else if (path === "/push") {
    stream.pushStream({ ":path": "/pushed" }, (error, pushed) => {
      if (error) throw error;
      pushed.respond({ ":status": 200, "x-pushed": "yes" });
      pushed.end("pushed content");
      stream.respond({ ":status": 200 });
      stream.end("pushing");
    });
  } else {
    stream.respond({ ":status": 200 });
    let size = 0;
    stream.on("data", (chunk) => (size += chunk.length));
    stream.on("end", () => stream.end(`got ${size}`));
  }
});
server.listen(0);
await once(server, "listening");

const client = http2.connect(`http://localhost:${(server.address() as AddressInfo).port}`);
client.on("stream", (pushed, headers) => {
  log("promised", headers[":path"]);
  pushed.on("push", (fields) => log("push", fields[":status"], fields["x-pushed"]));
  pushed.on("data", (chunk) => log("pushed:", chunk.toString()));
});

async function ask(headers: http2.OutgoingHttpHeaders, content?: string) {
  const request = client.request(headers);
  if (content !== undefined) request.end(content);
  let text = "";
  request.setEncoding("utf8");
  let answer: unknown[] = [];
  request.on("response", (fields) => (answer = [fields[":status"], fields["set-cookie"]]));
  request.on("trailers", (fields) => log("trailers", fields["x-sum"]));
  request.on("data", (chunk) => (text += chunk));
  request.on("error", (error: any) => log("error", error.code, error.message));
  await new Promise((resolve) => request.on("close", resolve));
  log("response", ...answer, JSON.stringify(text), "rst", request.rstCode, request.closed);
}

await ask({ ":path": "/trailers" });
await ask({ ":path": "/big", ":method": "POST", "x-list": ["a", "b"] }, "x".repeat(300_000));
await ask({ ":path": "/push" });
client.close();
await once(client, "close");
log("closed", client.closed, client.destroyed);
server.close();
await once(server, "close");
