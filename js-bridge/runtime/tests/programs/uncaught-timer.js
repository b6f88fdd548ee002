process.on("exit", (code) => log("exit", code, process.exitCode));
process.on("beforeExit", () => log("never"));
setTimeout(() => log("never"), 500);
setTimeout(() => { throw new TypeError("boom"); }, 1);
