process.on("exit", (code) => {
  log("exit", code, process.exitCode);
  process.exitCode = 9;
});
process.on("beforeExit", () => log("never"));
setTimeout(() => process.exit(4), 1);
