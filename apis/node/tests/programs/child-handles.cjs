// Sockets sent to a child: who answers, in which order messages come, and that nothing stays open.
const { fork } = require("node:child_process");
const fs = require("node:fs");
const net = require("node:net");

const name = (handle) => handle === undefined ? "nothing" : handle.constructor.name;

if (process.argv[2] === "child") {
  process.on("message", (message, handle) => {
    process.send({ got: message, handle: name(handle) });
    if (message.text === "socket") handle.end(`child says ${message.number}`);
  });
  return;
}

const read = (socket) => new Promise((resolve) => {
  let text = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk) => { text += chunk; });
  socket.on("end", () => resolve(text));
  socket.on("error", (error) => resolve(error.code));
});
const descriptors = () => fs.readdirSync("/proc/self/fd").length;
const listening = (server) => new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const connect = (server) => read(net.connect(server.address().port, "127.0.0.1"));

async function run(serialization) {
  const child = fork(__filename, ["child"], { serialization });
  const told = [];
  const waiting = [];
  child.on("message", (message, handle) => {
    told.push([message, handle]);
    waiting.splice(0).forEach((wake) => wake());
  });
  const told_by = async (test) => {
    for (;;) {
      const found = told.find(([message]) => test(message));
      if (found !== undefined) return found;
      await new Promise((resolve) => waiting.push(resolve));
    }
  };
  const gone = new Promise((resolve) => child.on("exit", resolve));

  // Sockets, several at once, with messages between them.
  const server = net.createServer({ pauseOnConnect: true });
  await listening(server);
  let number = 0;
  server.on("connection", (socket) => {
    number++;
    child.send({ text: "socket", number }, socket);
    child.send({ text: "between", number });
  });
  const answers = [];
  for (let index = 0; index < 3; index++) answers.push(await connect(server));
  await told_by((message) => message.got?.text === "between" && message.got.number === 3);
  console.log(answers);
  console.log(told.map(([message]) => `${message.got.text} ${message.got.number} ${message.handle}`));
  const connections = await new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
  console.log("connections left", connections);
  await new Promise((resolve) => server.close(resolve));

  for (const handle of [{}, 5, "text"]) {
    try { child.send("x", handle); } catch (error) { console.log(error.code); }
  }
  child.disconnect();
  await gone;
}

(async () => {
  const socket = net.connect(1, "127.0.0.1");
  await new Promise((resolve) => socket.on("error", () => {}).on("close", resolve));
  await new Promise((resolve) => fork(__filename, ["child"]).on("spawn", function () { this.disconnect(); }).on("close", resolve));
  const before = descriptors();
  for (const serialization of ["json", "advanced"]) await run(serialization);
  for (let tries = 0; tries < 100 && descriptors() > before; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  console.log("left open", Math.max(0, descriptors() - before));
})();
