// A server that was sent to a child and closed here: who connects afterwards is the child's, also
// where the close, the connects and the sending fall into one turn.
const { fork } = require("node:child_process");
const net = require("node:net");

if (process.argv[2] === "child") {
  process.on("message", (message, server) => {
    if (message !== "server") return;
    server.on("connection", (socket) => socket.end("child"));
    process.send("ready");
  });
  return;
}

const listening = async () => {
  const server = net.createServer((socket) => socket.end("parent"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
};

const answer = (port) => new Promise((resolve) => {
  let text = "";
  const socket = net.connect(port, "127.0.0.1");
  const timer = setTimeout(() => socket.destroy(new Error("nobody answers")), 20_000);
  socket.setEncoding("utf8");
  socket.on("data", (data) => { text += data; });
  socket.on("error", (error) => { text = error.message; });
  socket.on("close", () => {
    clearTimeout(timer);
    resolve(text);
  });
});

// How the server is sent, and closed here.
const ways = {
  async "behind the answer"(child, server, ready) {
    child.send("server", server);
    await ready;
    server.close();
  },
  async "at once"(child, server) {
    child.send("server", server);
    server.close();
  },
  async "and waited for"(child, server) {
    child.send("server", server);
    await new Promise((resolve) => server.close(resolve));
  },
  async "behind another"(child, server) {
    const other = await listening();
    child.send("other", other);
    child.send("server", server);
    server.close();
    other.close();
  },
};

(async () => {
  for (const [name, way] of Object.entries(ways)) {
    for (let round = 0; round < 3; round++) {
      const child = fork(__filename, ["child"]);
      const ready = new Promise((resolve) => child.once("message", resolve));
      const server = await listening();
      const { port } = server.address();
      await way(child, server, ready);
      const answers = await Promise.all(Array.from({ length: 4 }, () => answer(port)));
      // One by one too.
      answers.push(await answer(port));
      console.log(name, answers.join());
      child.disconnect();
      child.kill();
      await new Promise((resolve) => child.on("exit", resolve));
    }
  }
})();
