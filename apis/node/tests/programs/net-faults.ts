// Sockets destroyed at each step, by either side: the errors and the end that each side is told,
// and that no descriptor is left.
import { connect, createServer, type Socket } from "node:net";
import { readdirSync } from "node:fs";
import { once } from "node:events";

const descriptors = () => readdirSync("/proc/self/fd").length;
const sleep = (time: number) => new Promise((resolve) => setTimeout(resolve, time));
const LARGE = Buffer.alloc(8 << 20, "x");

type Side = (socket: Socket, other: Promise<Socket>) => unknown;

function watch(socket: Socket, name: string, events: string[]) {
  socket.on("error", (error: any) => events.push(`${name} ${error.code} ${error.syscall}`));
  socket.on("close", (hadError) => events.push(`${name} close ${hadError}`));
  return new Promise((resolve) => socket.on("close", resolve));
}

async function fault(title: string, client: Side, served: Side) {
  const events: string[] = [];
  const server = createServer({ allowHalfOpen: false });
  const accepted = new Promise<Socket>((resolve) => server.on("connection", resolve));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as any).port, "127.0.0.1");
  const clientClosed = watch(socket, "client", events);
  const other = await accepted;
  const serverClosed = watch(other, "server", events);
  if (socket.connecting) await once(socket, "connect");
  await Promise.all([client(socket, accepted), served(other, Promise.resolve(socket))]);
  await Promise.all([clientClosed, serverClosed]);
  server.close();
  await once(server, "close");
  console.log(`${title}: ${events.sort().join(", ")}`);
}

const reads: Side = (socket) => { socket.resume(); };

async function all() {
  await fault("the client is destroyed at once", (socket) => socket.destroy(), reads);
  await fault("the server's side is destroyed at once", reads, (socket) => socket.destroy());
  await fault("destroyed with an error", (socket) => {
    socket.destroy(Object.assign(new Error("own"), { code: "OWN", syscall: "none" }));
  }, reads);
  await fault("destroyed behind a write", (socket) => {
    socket.write("text");
    socket.destroy();
  }, reads);
  await fault("destroyed in the middle of a write", async (socket) => {
    socket.write(LARGE);
    await sleep(30);
    socket.destroy();
  }, async (socket) => {
    socket.pause();
    await sleep(80);
    socket.resume();
  });
  await fault("destroyed while it reads", (socket) => {
    socket.on("data", () => socket.destroy());
  }, (socket) => { socket.end("text"); });
  await fault("destroyed behind its end", (socket) => {
    socket.resume();
    socket.end("text");
    socket.destroy();
  }, reads);
  await fault("destroyed soon", (socket) => {
    socket.write("text");
    socket.destroySoon();
  }, reads);
  await fault("reset", (socket) => { socket.resetAndDestroy(); }, reads);
  await fault("both sides destroyed", (socket) => socket.destroy(), (socket) => socket.destroy());
  await fault("written to after its end", (socket) => {
    socket.resume();
    socket.end();
    socket.write("late", () => {});
  }, reads);
}

// A connection that is never made.
const closed = createServer().listen(0, "127.0.0.1");
await once(closed, "listening");
const { port } = closed.address() as any;
closed.close();
await once(closed, "close");
async function refused(act: (socket: Socket) => unknown) {
  const socket = connect(port, "127.0.0.1");
  const events: string[] = [];
  const end = watch(socket, "client", events);
  act(socket);
  await end;
  return events.join(", ");
}

await all();
console.log("refused:", await refused(() => {}));
console.log("destroyed before it is refused:", await refused((socket) => socket.destroy()));
console.log("written to before it is refused:", await refused((socket) => socket.write("text")));

const before = descriptors();
const { log } = console;
console.log = () => {};
for (let round = 0; round < 5; round++) await all();
console.log = log;
await sleep(50);
console.log(`descriptors more: ${Math.max(0, descriptors() - before)}`);
