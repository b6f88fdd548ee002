// node:dgram: messages, their senders, connected sockets, and what is refused.
import dgram from "node:dgram";
import { once } from "node:events";

const server = dgram.createSocket("udp4");
server.bind(0, "127.0.0.1");
await once(server, "listening");
const { address, family, port } = server.address();
console.log(address, family, port > 0);

const client = dgram.createSocket("udp4");
const sizes: number[] = [];
const senders = new Set<string>();
const all = new Promise<void>((resolve) => {
  server.on("message", (message, sender) => {
    sizes.push(message.length);
    senders.add(`${sender.address} ${sender.family} ${sender.size === message.length}`);
    if (sizes.length === 4) resolve();
  });
});
for (const part of ["one", Buffer.alloc(0), ["two", Buffer.from("three")], new Uint8Array(1000)]) {
  await new Promise<void>((resolve, reject) => {
    client.send(part as any, port, "127.0.0.1", (error) => (error ? reject(error) : resolve()));
  });
}
await all;
console.log(sizes, [...senders]);

client.connect(port, "127.0.0.1");
await once(client, "connect");
console.log(client.remoteAddress().port === port);
try {
  client.send("x", port, "127.0.0.1");
} catch (error: any) {
  console.log(error.code, error.message);
}
const [echoed] = await new Promise<[Buffer]>((resolve) => {
  server.removeAllListeners("message");
  server.once("message", (message, sender) => server.send(message, sender.port, sender.address));
  client.once("message", (message) => resolve([message]));
  client.send("connected");
});
console.log(echoed.toString());
client.disconnect();
try {
  client.remoteAddress();
} catch (error: any) {
  console.log(error.code, error.message);
}
for (const bad of [() => dgram.createSocket("tcp" as any), () => client.send(1 as any, port),
  () => client.send("x", 0), () => client.setTTL("x" as any)]) {
  try {
    bad();
  } catch (error: any) {
    console.log(error.name, error.code, error.message);
  }
}
client.close();
server.close();
await Promise.all([once(client, "close"), once(server, "close")]);
try {
  server.address();
} catch (error: any) {
  console.log(error.name, error.message === "" ? "" : "refused");
}
