// The smallest server: `dx examples/hello.ts`, then call http://127.0.0.1:3000/.
import { greeting } from "./greeting.ts";

const server = Bun.serve({
  port: Number(process.env.PORT ?? 3000),
  routes: {
    "/health": new Response("ok"),
    "/hello/:name": (request) => new Response(greeting(request.params.name)),
  },
  fetch(): Response {
    return new Response(greeting("World"));
  },
});

console.log(`Listening on ${server.url}`);
