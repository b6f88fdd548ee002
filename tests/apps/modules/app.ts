// An application of several modules: JSON, CommonJS, a dynamic import, top-level await, a cycle.
import settings from "./settings.json";
import legacy, { shout } from "./vendor/legacy/index.cjs";
import { first } from "./first";
import { second, describe as describeSecond } from "./second";
import type { Reply } from "./types";

const delayed = await new Promise<string>((done) => setTimeout(() => done("awaited"), 1));
const { table } = await import("./table.ts");

enum Level { Low = 1, High }

const server = Bun.serve({
  port: 0,
  routes: {
    "/settings": Response.json(settings),
    "/legacy/:word": (request) => new Response(shout(request.params.word) + legacy.version),
    "/cycle": () => new Response(`${first()} ${second()} ${describeSecond()}`),
    "/lazy/:key": async (request) => {
      const { lazy } = await import(`./lazy.js`);
      return new Response(lazy(request.params.key));
    },
  },
  async fetch(request): Promise<Response> {
    const url = new URL(request.url);
    const reply: Reply = {
      path: url.pathname,
      delayed,
      level: Level[Level.High],
      rows: table.length,
      meta: [import.meta.file, import.meta.main, typeof require],
      body: request.method === "POST" ? await request.json() : null,
    };
    return Response.json(reply, { headers: { "x-level": String(Level.High) } });
  },
});
console.log(`port ${server.port}`);
