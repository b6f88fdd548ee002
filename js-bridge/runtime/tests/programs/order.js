Promise.resolve().then(() => log("micro 1")).then(() => log("micro 1b"));
process.nextTick(() => {
  log("tick 1");
  Promise.resolve().then(() => {
    log("micro in tick");
    process.nextTick(() => log("tick from micro"));
    Promise.resolve().then(() => log("micro after"));
  });
  process.nextTick((...given) => log("tick in tick", ...given), 1, "two");
});
process.nextTick(() => log("tick 2"));
setTimeout(() => {
  log("timer 0");
  process.nextTick(() => log("timer 0 tick"));
  Promise.resolve().then(() => log("timer 0 micro"));
}, 0);
setTimeout(() => log("timer 1"), 1);
setTimeout(() => log("timer 0b"), 0);
setImmediate(() => {
  log("immediate");
  process.nextTick(() => log("immediate tick"));
  Promise.resolve().then(() => log("immediate micro"));
});
setImmediate((...given) => log("immediate 2", ...given), 3);
queueMicrotask(() => log("queued"));
log("main");
process.on("beforeExit", (code) => log("beforeExit", code));
process.on("exit", (code) => log("exit", code));
