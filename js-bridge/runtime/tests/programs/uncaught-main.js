process.on("exit", (code) => log("exit", code));
log("main");
throw new Error("top");
