// fetch where something happens on the way: redirects, aborts, codings, long content.
const big = new Uint8Array(5_000_000).map((_, index) => index % 251);
const coded: Record<string, string> = {
  gzip: "H4sIAAAAAAACA8tIzcnJV0ivyiwAABlq0t8KAAAA",
  deflate: "eJzLSM3JyVdISU3LSSxJBQAjDAUK",
  br: "iwWAaGVsbG8gYnJvdGxpAw==",
  zstd: "KLUv/SAKUQAAaGVsbG8genN0ZA==",
};
const bytesOf = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
let aborted = 0;
let hops = 0;
const server = Bun.serve({
  port: 0,
  idleTimeout: 30,
  async fetch(request) {
    const url = new URL(request.url);
    const [, kind, argument] = url.pathname.split("/");
    if (kind === "redirect") {
      const location = url.searchParams.get("to") ?? "/echo";
      return new Response("moved", { status: Number(argument), headers: { location } });
    }
    if (kind === "loop") {
      hops++;
      return new Response(null, { status: 302, headers: { location: `/loop/${hops}` } });
    }
    if (kind === "coded") {
      const headers = { "content-encoding": argument };
      return new Response(bytesOf(url.searchParams.has("bad") ? "AAAA" : coded[argument]), { headers });
    }
    if (kind === "big") return new Response(big);
    if (kind === "slow") {
      request.signal.addEventListener("abort", () => aborted++);
      await Bun.sleep(Number(argument));
      return new Response("slow");
    }
    if (kind === "pieces") return new Response(pieces(Number(argument)));
    const body = await request.text();
    const names = ["authorization", "cookie", "x-kept", "content-type", "content-length"];
    const kept = names.filter((name) => request.headers.has(name));
    return Response.json({ method: request.method, kept, body });
  },
});
function pieces(count: number) {
  let index = 0;
  return new ReadableStream({
    async pull(controller) {
      if (index === count) return controller.close();
      controller.enqueue(`piece ${index++};`);
      await Bun.sleep(5);
    },
  });
}
const base = `http://127.0.0.1:${server.port}`;
const other = `http://localhost:${server.port}`;
const plain = (text: string) => text.replaceAll(base, "BASE").replaceAll(other, "OTHER");
async function show(name: string, run: () => Promise<Response>) {
  try {
    const response = await run();
    console.log(name, response.status, response.redirected, plain(response.url), await response.text());
  } catch (error) {
    const { name: kind, code, message, path } = error as any;
    console.log(name, "failed:", kind, code, plain(message ?? String(error)), plain(path ?? ""));
  }
}

// Redirects.
const fields = { authorization: "a", cookie: "c=d", "x-kept": "k", "content-type": "t/t" };
for (const status of [301, 302, 303, 307, 308, 300]) {
  for (const method of ["POST", "PUT", "HEAD", "GET"]) {
    const body = method === "POST" || method === "PUT" ? "body" : undefined;
    await show(`${method} ${status}`, () =>
      fetch(`${base}/redirect/${status}`, { method, body, headers: fields }));
  }
}
await show("another origin", () => fetch(`${base}/redirect/302?to=${other}/echo`, { headers: fields }));
await show("hash", () => fetch(`${base}/redirect/302?to=/echo#own`));
await show("kept hash", () => fetch(`${base}/redirect/302#kept`));
await show("manual", () => fetch(`${base}/redirect/302`, { redirect: "manual" }));
await show("error", () => fetch(`${base}/redirect/302`, { redirect: "error" }));
await show("to nowhere", () => fetch(`${base}/redirect/302?to=http://[bad`));
await show("to another scheme", () => fetch(`${base}/redirect/302?to=ftp://a/`));
await show("stream again", () =>
  fetch(`${base}/redirect/307`, { method: "POST", body: pieces(2) }));
await show("stream dropped", () =>
  fetch(`${base}/redirect/303`, { method: "POST", body: pieces(2) }));
await fetch(`${base}/loop/0`).catch((error) => console.log(error.name, error.code, hops));
hops = 0;
await fetch(`${base}/loop/0`, { maxRedirects: 3 } as any).catch((error) => console.log(error.code, hops));

// Aborts.
const because = new Error("because");
await show("aborted before", () => fetch(base, { signal: AbortSignal.abort() }));
await show("aborted with a reason", () => fetch(base, { signal: AbortSignal.abort(because) }));
await show("timeout", () => fetch(`${base}/slow/2000`, { signal: AbortSignal.timeout(30) }));
await show("aborted while waiting", () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 30);
  return fetch(`${base}/slow/2000`, { signal: controller.signal });
});
await show("aborted while reading", async () => {
  const controller = new AbortController();
  const response = await fetch(`${base}/pieces/1000`, { signal: controller.signal });
  setTimeout(() => controller.abort(because), 30);
  return response;
});
{
  const controller = new AbortController();
  const response = await fetch(`${base}/pieces/1000`, { signal: controller.signal });
  const reader = response.body!.getReader();
  console.log((await reader.read()).value!.length > 0);
  controller.abort("stop");
  console.log(await reader.read().catch((reason) => reason), await reader.closed.catch((reason) => reason));
}
await Bun.sleep(50);
console.log("aborts seen:", aborted > 0);

// Codings.
for (const name of Object.keys(coded)) {
  await show(name, () => fetch(`${base}/coded/${name}`));
  const raw = await fetch(`${base}/coded/${name}`, { decompress: false });
  console.log(raw.headers.get("content-encoding"), (await raw.bytes()).length);
  await show(`bad ${name}`, () => fetch(`${base}/coded/${name}?bad`));
}

// Content.
const sum = (bytes: Uint8Array) => bytes.reduce((total, byte) => total + byte, 0);
const expected = sum(big);
console.log(sum(await (await fetch(`${base}/big`)).bytes()) === expected);
console.log(sum(new Uint8Array(await (await fetch(`${base}/big`)).arrayBuffer())) === expected);
console.log((await (await fetch(`${base}/big`)).blob()).size);
let total = 0;
for await (const chunk of (await fetch(`${base}/big`)).body!) total += sum(chunk);
console.log(total === expected);
const [left, right] = (await fetch(`${base}/big`)).body!.tee();
console.log(await Promise.all([left, right].map(async (half) => sum(await new Response(half).bytes()) === expected)));
await (await fetch(`${base}/big`)).body!.cancel();
console.log(await (await fetch(`${base}/pieces/4`)).text());
const reply = await fetch(`${base}/echo`, { method: "POST", body: (await fetch(`${base}/pieces/3`)).body });
console.log((await reply.json()).body);
const upload = await fetch(`${base}/echo`, { method: "POST", body: big.subarray(0, 1_000_000).map((byte) => byte % 90 + 32) });
console.log((await upload.json()).body.length);
const many = await Promise.all(Array.from({ length: 200 }, async (_, index) => {
  const response = await fetch(`${base}/echo`, { method: "POST", body: `${index}` });
  return (await response.json()).body === `${index}`;
}));
console.log(many.every(Boolean));
server.stop(true);
await show("nobody listens any more", () => fetch(base));
