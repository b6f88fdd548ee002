// What an immediate that throws has queued runs behind the next one that returns.
process.on("uncaughtException", (error) => console.log("uncaught", error.message));

const queue = (name: string) => {
  console.log("immediate", name);
  process.nextTick(() => console.log("tick", name));
  Promise.resolve().then(() => console.log("microtask", name));
};
setImmediate(() => queue("a"));
setImmediate(() => {
  queue("b");
  throw new Error("of b");
});
setImmediate(() => queue("c"));
setImmediate(() => {
  queue("d");
  throw new Error("of d");
});
