// Responses: rewritten piece by piece, with handlers that take their time.
const seen: string[] = [];
const source = new Response("<a>", { status: 201, statusText: "made", headers: { a: "b" } });
const whole = new HTMLRewriter().on("a", { element() { seen.push("met"); } }).transform(source);
console.log(whole.status, whole.statusText, whole.headers.get("a"), whole.bodyUsed, seen);
console.log(source.bodyUsed, await whole.text());
try {
  new HTMLRewriter().transform(source);
} catch (error) {
  console.log(error.name, error.code, error.message);
}

const slowly = new HTMLRewriter().on("p", {
  async element(element) {
    element.setAttribute("before", element.getAttribute("n")!);
    await Bun.sleep(1);
    element.setAttribute("after", "yes");
    seen.push(`p${element.getAttribute("n")}`);
  },
  text(chunk) { seen.push(chunk.text); },
});
console.log(await slowly.transform(new Response("<p n=1>x</p><p n=2>y</p>")).text());
console.log(seen.join());

const quickly = new HTMLRewriter().on("a", {
  async element(element) {
    await 1;
    await Promise.resolve().then(() => element.setAttribute("x", "1"));
  },
});
console.log(quickly.transform("<a>"), await quickly.transform(new Response("<a>")).text());

for (const element of [
  () => { throw new RangeError("thrown"); },
  async () => { await Bun.sleep(1); throw new RangeError("rejected"); },
]) {
  const response = new HTMLRewriter().on("a", { element }).transform(new Response("<a>"));
  await response.text().catch((error) => console.log(error.name, error.message));
}

function streamOf(pieces: string[], failure?: Error) {
  return new Response(new ReadableStream({
    async pull(controller) {
      await Bun.sleep(1);
      const piece = pieces.shift();
      if (piece !== undefined) controller.enqueue(new TextEncoder().encode(piece));
      else if (failure !== undefined) controller.error(failure);
      else controller.close();
    },
  }));
}

const streamed = new HTMLRewriter()
  .on("div", { text: (chunk) => console.log(JSON.stringify(chunk.text), chunk.lastInTextNode) })
  .on("*", { element: (element) => { element.setAttribute("n", element.tagName); } })
  .transform(streamOf(["<div>he", "llo<b", "r></di", "v><a>é"]));
let text = "";
for await (const piece of streamed.body!) text += new TextDecoder().decode(piece);
console.log(text);

const failing = new HTMLRewriter().transform(streamOf(["<a>"], new Error("of the source")));
await failing.text().catch((error) => console.log(error.message));

const unread: string[] = [];
new HTMLRewriter().on("i", { element: (element) => { unread.push(element.getAttribute("n")!); } })
  .transform(streamOf(["<i n=1>", "<i n=2>", "<i n=3>"]));
await Bun.sleep(50);
console.log(unread.join());

const path = `${import.meta.dir}/rewriter-bodies.expected`;
const file = new HTMLRewriter().onDocument({ end: (end) => { end.append("!"); } })
  .transform(new Response(Bun.file(path)));
console.log((await file.text()) === (await Bun.file(path).text()) + "!");

using server = Bun.serve({
  port: 0,
  fetch: (request) => new HTMLRewriter()
    .on("h1", { async element(element) { element.setInnerContent(await Promise.resolve("new")); } })
    .transform(new Response("<h1>old</h1>", { headers: { "content-type": "text/html" } })),
});
const fetched = await fetch(server.url);
console.log(fetched.headers.get("content-type"), await fetched.clone().text());
console.log(await new HTMLRewriter().on("h1", { element: (element) => { element.append("!"); } })
  .transform(fetched).text());

const outer = new HTMLRewriter();
outer.on("a", {
  element() {
    outer.on("b", { element() { console.log("added"); } });
    console.log(outer.transform("<x>"));
  },
});
console.log(outer.transform("<a><b>"), outer.transform("<b>"));
const holder = { element() { console.log(this === holder, arguments.length); } };
console.log(new HTMLRewriter().on("a", holder).transform("<a>\uD800é€😀&nbsp;"));
