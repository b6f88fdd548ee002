// Bun.spawn's ipc in JSON: messages both ways, refusals, callbacks, the end of the channel.
if (process.argv[2] === "child") {
  process.on("message", (message: any) => {
    if (message === "bye") {
      process.disconnect!();
      process.send!("late", (error: any) => console.log("child callback", error.code, error.message));
      console.log("child connected", process.connected);
      return;
    }
    process.send!({ echo: message });
  });
  process.on("disconnect", () => console.log("child disconnect"));
  console.log("child", process.connected, typeof process.send, typeof process.channel, process.env.NODE_CHANNEL_FD);
  process.send!("ready");
} else {
  let answers = 0;
  const ended = Promise.withResolvers<void>();
  const child = Bun.spawn([process.execPath, import.meta.path, "child"], {
    serialization: "json",
    stdout: "pipe",
    stderr: "inherit",
    ipc(message: any, subprocess) {
      if (message !== "ready") {
        console.log("parent", JSON.stringify(message), subprocess === child);
        if (++answers === 6) child.send("bye");
        return;
      }
      for (const bad of [undefined, Symbol("x"), 1n] as any[]) {
        try {
          child.send(bad);
        } catch (error: any) {
          console.log(error.name, error.code, error.message);
        }
      }
      for (const good of [{ a: [1, undefined, null], d: new Date(0), u: undefined }, "text", 3, true, null, "x".repeat(200_000).length]) {
        console.log(child.send(good));
      }
    },
    onDisconnect() {
      console.log("onDisconnect", child.connected);
      ended.resolve();
    },
  });
  console.log(child.connected, child.stdio);
  await ended.promise;
  console.log(await child.exited);
  console.log(await new Response(child.stdout).text());
  try {
    child.send("x");
  } catch (error: any) {
    console.log(error.code, error.message);
  }
}
