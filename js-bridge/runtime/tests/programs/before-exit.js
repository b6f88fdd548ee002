let rounds = 0;
process.on("beforeExit", (code) => {
  log("beforeExit", code);
  if (++rounds < 3) setTimeout(() => log("more"), 1);
});
process.on("exit", (code) => {
  log("exit", code);
  setTimeout(() => log("never"), 1);
  process.nextTick(() => log("never"));
});
