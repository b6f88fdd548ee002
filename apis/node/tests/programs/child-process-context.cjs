// The async context of a child's events is that of its start.
const { AsyncLocalStorage } = require("node:async_hooks");
const { fork, spawn } = require("node:child_process");

if (process.argv[2] === "child") {
  process.send("from the child");
} else {
  const storage = new AsyncLocalStorage();
  const seen = [];
  const note = (emitter, who, events) => {
    for (const event of events) {
      emitter.on(event, () => seen.push(`${who} ${event} ${storage.getStore()}`));
    }
  };
  storage.run("its context", () => {
    const events = ["spawn", "exit", "close"];
    const cat = spawn("cat");
    note(cat, "spawned", events);
    note(cat.stdout, "output", ["data", "end"]);
    cat.stdin.end("text", () => seen.push(`input ended ${storage.getStore()}`));
    note(fork(__filename, ["child"]), "forked", [...events, "message", "disconnect"]);
  });
  process.on("exit", () => console.log(seen.sort().join("\n")));
}
