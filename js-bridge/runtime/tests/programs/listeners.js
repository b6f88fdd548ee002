process.on("uncaughtException", (error, origin) => log("uncaught", error.message, origin));
process.on("unhandledRejection", (error, promise) => {
  log("unhandled", error.message, promise instanceof Promise);
});
process.on("exit", (code) => log("exit", code, process.exitCode));
setTimeout(() => log("later"), 200);
setTimeout(() => { throw new TypeError("boom"); }, 1);
queueMicrotask(() => { throw new Error("in a microtask"); });
process.nextTick(() => { throw new Error("in a tick"); });
Promise.reject(new Error("rejected"));
process.exitCode = 3;
