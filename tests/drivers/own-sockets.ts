// Counts the sockets of this process beside the listener: while three requests to its own server
// are under way, and with a WebSocket to it in place of them.
import { readdirSync, readlinkSync } from "node:fs";

const isSocket = (descriptor: string) => {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith("socket:");
  } catch {
    return false;
  }
};
const sockets = () => readdirSync("/proc/self/fd").filter(isSocket).length;

const waiting: ((_: Response) => void)[] = [];
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request, server) {
    if (server.upgrade(request)) return;
    return new Promise<Response>((answer) => waiting.push(answer));
  },
  websocket: { message() {} },
});
const before = sockets();
const responses = [1, 2, 3].map(() => fetch(server.url));
while (waiting.length < 3) await Bun.sleep(1);
const during = sockets() - before;
for (const answer of waiting) answer(new Response("done"));
for (const response of responses) await (await response).text();

const socket = new WebSocket(server.url);
await new Promise((done) => (socket.onopen = done));
console.log("sockets:", during, sockets() - before);
server.stop(true);
