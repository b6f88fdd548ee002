// An application on hono: routing, middleware, JSON bodies, parameters, streaming, errors.
import { Hono } from "hono";
import { basicAuth } from "hono/basic-auth";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";
import { poweredBy } from "hono/powered-by";
import { stream, streamText } from "hono/streaming";

type Note = { id: number; title: string };
const notes = new Map<number, Note>([[1, { id: 1, title: "first" }]]);

const app = new Hono();
app.use("*", poweredBy());
app.use("/api/*", cors());
app.use("/private/*", basicAuth({ username: "user", password: "word" }));
app.use("/api/*", async (context, next) => {
  await next();
  context.header("x-notes", String(notes.size));
});

app.get("/", (context) => context.text("hono"));
app.get("/html", (context) => context.html("<h1>hono</h1>"));
app.get("/api/notes", (context) => context.json([...notes.values()]));
app.get("/api/notes/:id{[0-9]+}", (context) => {
  const note = notes.get(Number(context.req.param("id")));
  if (!note) throw new HTTPException(404, { message: "no such note" });
  return context.json(note);
});
app.post("/api/notes", async (context) => {
  const { title } = await context.req.json<{ title: string }>();
  const note = { id: notes.size + 1, title };
  notes.set(note.id, note);
  return context.json(note, 201);
});
app.get("/query", (context) => context.json({
  one: context.req.query("a") ?? null,
  all: context.req.queries("b") ?? [],
  agent: context.req.header("user-agent") ?? null,
}));
app.post("/form", async (context) => context.json(await context.req.parseBody()));
app.get("/stream", (context) => stream(context, async (out) => {
  for (let part = 0; part < 3; part++) await out.write(`part ${part}\n`);
}));
app.get("/stream-text", (context) => streamText(context, async (out) => {
  await out.writeln("one");
  await out.sleep(5);
  await out.writeln("two");
}));
app.get("/private/secret", (context) => context.text("secret"));
app.get("/redirect", (context) => context.redirect("/", 301));
app.get("/fail", () => {
  throw new Error("failed on purpose");
});
app.onError((error, context) => {
  if (error instanceof HTTPException) return error.getResponse();
  return context.text(`error: ${error.message}`, 500);
});
app.notFound((context) => context.json({ missing: context.req.path }, 404));

const server = Bun.serve({ port: 0, fetch: app.fetch });
console.log(`port ${server.port}`);
