// node:net: an echo over TCP, over a path and over an abstract name; what both ends are told.
import net from "node:net";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const server = net.createServer((socket) => {
  socket.on("data", (chunk) => socket.write(chunk));
  socket.on("end", () => console.log("server sees the end"));
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port, address, family } = server.address() as net.AddressInfo;
console.log(address, family, port > 0, server.listening);

const client = net.connect({ port, host: "127.0.0.1" });
await once(client, "connect");
console.log(client.remoteAddress, client.remotePort === port, client.remoteFamily, client.readyState);
client.write("caf\u00e9 ");
client.write(Buffer.from("and bytes"));
let text = "";
client.setEncoding("utf8");
for await (const chunk of client) {
  text += chunk;
  if (text.endsWith("bytes")) client.end();
}
console.log(JSON.stringify(text), client.bytesRead, client.bytesWritten, client.destroyed);
server.close();
await once(server, "close");
console.log("closed", server.address());

async function exchange(path: string, label: string) {
  const local = net.createServer((socket) => socket.end("hello from " + label));
  local.listen(path);
  await once(local, "listening");
  const peer = net.connect(path);
  let received = "";
  for await (const chunk of peer) received += chunk;
  console.log(received, peer.remoteAddress);
  local.close();
  await once(local, "close");
}
const path = join(tmpdir(), `net-echo-${process.pid}.sock`);
await exchange(path, "a path");
console.log(existsSync(path));
await exchange(`\0net-echo-${process.pid}`, "an abstract name");

for (const options of [{ port: 1, host: "127.0.0.1" }, { path: "/nonexistent/socket" }]) {
  const failing = net.connect(options);
  const [error] = await once(failing, "error") as any[];
  console.log(error.message, error.code, error.errno, error.syscall);
}
const large = Buffer.alloc(8 << 20, "x");
const sink = net.createServer(async (socket) => {
  let count = 0;
  for await (const chunk of socket) count += chunk.length;
  console.log("received", count);
  sink.close();
}).listen(0, () => {
  const { port: sinkPort } = sink.address() as net.AddressInfo;
  const source = net.connect(sinkPort, "127.0.0.1");
  console.log("room at once:", source.write(large));
  source.end(large, () => console.log("finished"));
});
await once(sink, "close");
