// The compared server: the same file in Bun and in dx. PORT says where.
const large = "x".repeat(65_536);

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.env.PORT),
  idleTimeout: 120,
  routes: {
    "/static": new Response("Hello, World!"),
    "/json": () => Response.json({ message: "Hello, World!", numbers: [1, 2, 3], nested: { ok: true } }),
    "/users/:id": (request) => new Response(request.params.id),
    "/large": () => new Response(large),
    "/echo": { POST: async (request) => new Response(await request.text()) },
  },
  fetch() {
    return new Response("Hello, World!");
  },
});
