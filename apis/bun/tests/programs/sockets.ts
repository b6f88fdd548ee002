// Bun.listen, Bun.connect and Bun.udpSocket: what handlers are told, in order.
const closed = Promise.withResolvers<void>();
const lines: string[] = [];
const server = Bun.listen<{ name: string }>({
  hostname: "127.0.0.1",
  port: 0,
  data: { name: "server" },
  socket: {
    open(socket) {
      lines.push(`server open ${socket.data.name} ${socket.readyState}`);
      socket.write("hello");
    },
    data(socket, chunk) {
      lines.push(`server data ${chunk} ${chunk instanceof Buffer}`);
      socket.end("bye");
    },
    close() {
      lines.push("server close");
    },
  },
});
console.log(server.hostname, server.port > 0, server.data, server.unix);

const client = await Bun.connect({
  hostname: "127.0.0.1",
  port: server.port,
  socket: {
    binaryType: "uint8array",
    open(socket) {
      lines.push(`client open ${socket.remotePort === server.port}`);
    },
    data(socket, chunk) {
      lines.push(`client data ${new TextDecoder().decode(chunk)} ${chunk instanceof Buffer}`);
      if (chunk.length === 5) lines.push(`written ${socket.write("answer")}`);
    },
    end() {
      lines.push("client end");
    },
    close() {
      lines.push("client close");
      closed.resolve();
    },
  },
});
console.log(client.remoteAddress, client.remoteFamily, client.localAddress);
await closed.promise;
const of = (side: string) => lines.filter((line) => line.startsWith(side));
console.log(of("server"), of("client"), of("written"));
console.log(client.readyState, client.write("late"));
server.stop(true);

const shown = async (action: () => unknown) => {
  try {
    console.log(await action());
  } catch (error: any) {
    console.log(error.name, error.code, error.message, error.syscall, error.errno);
  }
};
const socket = { data() {} };
await shown(() => Bun.listen(undefined as any));
await shown(() => Bun.listen({ hostname: "127.0.0.1", port: 0 } as any));
await shown(() => Bun.listen({ hostname: "127.0.0.1", port: 0, socket: {} } as any));
await shown(() => Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: 1 } } as any));
await shown(() => Bun.listen({ hostname: "127.0.0.1", port: "x", socket } as any));
await shown(() => Bun.listen({ unix: "/nonexistent/socket", socket }));
await shown(() => Bun.connect({ hostname: "127.0.0.1", port: 1, socket }));
await shown(() => Bun.connect({ unix: "/nonexistent/socket", socket }));

const received = Promise.withResolvers<void>();
const receiver = await Bun.udpSocket({
  hostname: "127.0.0.1",
  socket: {
    data(self, message, port, address) {
      console.log(String(message), port === sender.port, address);
      received.resolve();
    },
  },
});
const sender = await Bun.udpSocket({
  hostname: "127.0.0.1",
  connect: { hostname: "127.0.0.1", port: receiver.port },
});
console.log(sender.send("a message"), sender.remoteAddress?.port === receiver.port);
await received.promise;
await shown(() => sender.send("x", 1, "127.0.0.1"));
await shown(() => receiver.send("x"));
await shown(() => Bun.udpSocket({ port: 70000 }));
sender.close();
receiver.close();
console.log(sender.closed, receiver.closed);
