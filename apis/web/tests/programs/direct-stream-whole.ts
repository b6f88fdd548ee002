// Who takes a stream of type "direct" whole has its pull() called once.
type Controller = { write(chunk: string): void; flush(): void; end(): void };
type Pull = (controller: Controller, count: number) => unknown;

const pulls: Record<string, Pull> = {
  later(controller) {
    controller.write("later");
    setTimeout(() => controller.end(), 20);
  },
  flushed(controller) {
    controller.write("one ");
    controller.flush();
    setTimeout(() => {
      controller.write("two");
      controller.end();
    }, 20);
  },
  async promised(controller) {
    controller.write("a");
    await Bun.sleep(1);
    controller.write("b");
  },
  async awaited(controller, count) {
    controller.write(`${count}`);
    await 1;
  },
  ended(controller) {
    controller.write("ended");
    controller.end();
  },
  async failing(controller) {
    controller.write("some");
    await 1;
    throw new Error("failed");
  },
};

using server = Bun.serve({
  port: 0,
  fetch: async (request) => new Response(request.method === "GET"
    ? made(new URL(request.url).pathname.slice(1))
    : await request.text()),
  error: () => new Response("error"),
});

let count = 0;
function made(name: string) {
  count = 0;
  const stream: unknown = new ReadableStream({
    type: "direct",
    pull: (controller: Controller) => pulls[name](controller, ++count),
  } as never);
  return stream as ReadableStream;
}

const takers: Record<string, (name: string) => Promise<unknown>> = {
  text: (name) => new Response(made(name)).text(),
  bytes: async (name) => Buffer.from(await new Response(made(name)).bytes()).toString(),
  helper: (name) => Bun.readableStreamToText(made(name)),
  served: async (name) => (await fetch(`${server.url}${name}`)).text(),
  sent: async (name) => (await fetch(server.url, { method: "POST", body: made(name) })).text(),
};

for (const name of Object.keys(pulls)) {
  for (const taker of Object.keys(takers)) {
    if (name === "failing" && (taker === "served" || taker === "sent")) continue;
    let result: unknown;
    try {
      result = await takers[taker](name);
    } catch (error) {
      result = (error as Error).message;
    }
    console.log(name, taker, count, JSON.stringify(result));
  }
}
