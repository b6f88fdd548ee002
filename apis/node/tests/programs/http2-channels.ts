// What node:http2 publishes of its streams on diagnostics channels.
import channels from "node:diagnostics_channel";
import http2 from "node:http2";

const seen: string[] = [];
const show = (value: unknown) => JSON.stringify(value, (key, inner) => {
  if (key === ":authority") return "";
  return inner?.type === "Buffer" ? `bytes ${Buffer.from(inner.data)}` : inner;
});

const described = (message: any) => {
  const { stream, error, headers, ...rest } = message;
  const { date, ...shown } = headers ?? {};
  const { closed, constructor, destroyed, rstCode } = stream;
  return [
    constructor.name, closed, destroyed, closed ? rstCode : "", error?.code ?? error?.message,
    headers ? show(shown) : "", show(rest),
  ].join(" ");
};

const EVENTS = ["created", "start", "finish", "error", "close", "bodyChunkSent", "bodySent"];
for (const side of ["client", "server"]) {
  for (const event of EVENTS) {
    const name = `http2.${side}.stream.${event}`;
    channels.subscribe(name, (message) => seen.push(`${name}: ${described(message)}`));
  }
}

const server = http2.createServer();
server.on("stream", (stream, headers) => {
  if (headers[":path"] === "/fails") {
    stream.on("error", () => {});
    stream.destroy(new Error("given up"));
    return;
  }
  if (headers[":path"] === "/pushes") {
    stream.pushStream({ pushed: "yes" }, (_, pushed) => {
      pushed.respond({ "x-pushed": "1" });
      pushed.end();
    });
  }
  stream.respond({ ":status": 201, "x-answer": "1" });
  stream.resume().on("end", () => stream.end("answer"));
});

async function run(title: string, headers: any, send: (stream: http2.ClientHttp2Stream) => void) {
  const { port } = server.address() as any;
  const client = http2.connect(`http://localhost:${port}`);
  client.on("stream", (pushed) => pushed.resume());
  const stream = client.request(headers);
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.on("error", () => {});
  stream.resume().on("close", resolve);
  send(stream);
  await promise;
  await new Promise<void>((done) => client.close(done));
  console.log(`-- ${title}`);
  for (const side of ["client", "server"]) {
    console.log(seen.filter((line) => line.startsWith(`http2.${side}`)).join("\n"));
  }
  seen.length = 0;
}

await new Promise<void>((ready) => server.listen(0, ready));
await run("no content", { ":path": "/" }, () => {});
await run("a list of headers", [":path", "/list", "x-one", "1"], () => {});
await run("a text", { ":method": "POST" }, (stream) => stream.end("text"));
await run("bytes in two pieces", { ":method": "POST" }, (stream) => {
  stream.write(Buffer.from("one"));
  stream.end(Buffer.from("two"));
});
await run("text and bytes", { ":method": "POST" }, (stream) => {
  stream.write("text", "latin1");
  stream.end(Buffer.from("bytes"));
});
await run("a push", { ":path": "/pushes" }, () => {});
await run("a server's error", { ":path": "/fails" }, () => {});
server.close();
