// A replica that stops some time after SIGTERM: one of two is always the first.

const server = Bun.serve({ port: 0, fetch: () => new Response("hello") });

process.once("SIGTERM", async () => {
  await server.stop();
  await Bun.sleep(Math.random() * Number(process.env.DELAY_MS));
  console.log("stopped");
  process.exitCode = 3;
});

console.log(`port ${server.port}`);
