// Words and shapes of node:http2 that programs match on: codes, deprecations, headers as sent.
import http2 from "node:http2";

process.on("warning", (warning: any) => console.log(warning.name, warning.code, warning.message));

const server = http2.createServer();
server.on("sessionError", () => {});
server.on("stream", (stream, headers) => {
  if (headers[":path"] === "/refused") {
    stream.on("error", (error: any) => console.log("server", error.code, error.message));
    stream.session!.destroy(http2.constants.NGHTTP2_REFUSED_STREAM);
    return;
  }
  stream.respond([":status", "404", "x", "1", "x", "2", "date", "0"] as any);
  console.log("sent", { ...stream.sentHeaders });
  stream.end();
});

await new Promise<void>((ready) => server.listen(0, ready));
const { port } = server.address() as any;

const client = http2.connect(`http://localhost:${port}`);
const stream = client.request([":path", "/list", ":authority", "host", "a", "b", "a", "c"] as any);
console.log("asked", { ...stream.sentHeaders });
for (const code of [-1, 2 ** 32, 1.5]) {
  try {
    stream.close(code);
  } catch (error: any) {
    console.log(error.code, error.message);
  }
}
stream.priority({ weight: 1 } as any);
stream.priority({ weight: 2 } as any);
await new Promise((done) => stream.resume().on("close", done));

const failed = http2.connect(`http://localhost:${port}`);
failed.unref();
failed.ref();
const { promise, resolve } = Promise.withResolvers<void>();
failed.on("error", (error: any) => {
  console.log("session", error.code, error.message);
  resolve();
});
failed.request({ ":path": "/refused" }).on("error", () => {});
await promise;
client.close();
server.close();
