// The platform's own classes.
const aborted = new AbortController();
aborted.abort("why");
const cookies = new Headers({ accept: "x", b: "1" });
cookies.append("set-cookie", "a=1");
cookies.append("set-cookie", "b=2");
cookies.append("b", "2");
const form = new FormData();
form.append("a", "1");
form.append("a", "2");
form.append("b", "3");
const used = new Response("used");
await used.text();
class MyEvent extends Event {
  own = 1;
  method() {}
  get half() {
    return 0.5;
  }
}
class MyHeaders extends Headers {}
class MyTarget extends EventTarget {
  x = 1;
}
const cases: [string, unknown][] = [
  ["request", new Request("http://x/y?z=1")],
  ["request with text", new Request("http://x/", { method: "POST", body: "abc", headers: { a: "b" } })],
  ["request with blob", new Request("http://x/", { method: "POST", body: new Blob(["abc"]) })],
  ["response", new Response("hi")], ["no body", new Response()],
  ["status", new Response(null, { status: 404, statusText: "NF", headers: { "x-a": "1" } })],
  ["json", Response.json({ a: 1 })], ["blob", new Response(new Blob(["x"], { type: "text/plain" }))],
  ["redirect", Response.redirect("http://x/", 302)], ["error", Response.error()], ["bytes", new Response(new Uint8Array(3))],
  ["used", used], ["in an object", { r: new Response("x") }], ["in an array", [new Response("x"), new Request("http://x/")]],
  ["headers", new Headers()], ["more headers", cookies], ["own headers", new MyHeaders({ a: "1" })],
  ["headers in an object", { h: new Headers({ a: "1" }) }], ["empty blob", new Blob([])], ["blob of text", new Blob(["hello"])],
  ["typed", new Blob(["hello"], { type: "text/html" })], ["file", new File(["x"], "n.txt", { type: "a/b", lastModified: 5 })],
  ["sizes", [511, 512, 999, 1000, 1500, 2047, 99999, 999999].map((size) => new Blob([new Uint8Array(size)]))],
  ["form", form], ["no form", new FormData()], ["event", new Event("x")], ["cancelable", new Event("x", { cancelable: true })],
  ["custom event", new CustomEvent("c", { detail: { a: 1 } })], ["message", new MessageEvent("message", { data: { a: 1 } })],
  ["other message", new MessageEvent("other", { data: 1 })], ["own event", new MyEvent("m")], ["target", new EventTarget()],
  ["own target", new MyTarget()], ["controller", new AbortController()], ["signal", new AbortController().signal],
  ["aborted", aborted.signal], ["exception", new DOMException("m", "AbortError")],
  ["deep", { a: { b: { c: new Response("x"), d: new Headers({ a: "1" }), e: new Blob(["x"]), f: new Event("x"), g: form, h: new AbortController() } } }],
  ["classes", [Request, Response, Headers, Blob, URL, FormData, Event, CustomEvent, AbortSignal]],
];
for (const [name, value] of cases) console.log(name, value);
for (const [name, value] of cases.slice(0, 26)) {
  if (name === "in an object" || name === "in an array") continue;
  console.log(name, Bun.inspect(value, { colors: true }).replaceAll("\x1b", "^"));
}
