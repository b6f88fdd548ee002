// Request, method by method: prints one line a case; the output in dx equals the output in Bun.
import { show, showAsync } from "./support/report";

const describe = (r: Request) => [
  r.method,
  r.url,
  r.redirect,
  r.mode,
  r.credentials,
  r.cache,
  r.referrer,
  r.referrerPolicy,
  r.integrity,
  (r as any).destination,
  r.bodyUsed,
  [...r.headers],
];
const stream = (...chunks: any[]) =>
  new ReadableStream({
    start(c) {
      for (const x of chunks) c.enqueue(x);
      c.close();
    },
  });
const encode = (s: string) => new TextEncoder().encode(s);
const base = "http://example.com/";

// URL
for (const url of [
  "http://example.com",
  "http://Example.com/a b?c d#e",
  "https://user:pass@host:8080/p",
  "/relative",
  "",
  "not a url",
  "ftp://x/y",
  "file:///etc/x",
  "data:text/plain,hi",
  "blob:x",
  "http://h/\u00e9",
  "http://[::1]:80/",
  "http://a\nb/",
  "HTTP://A/../b",
])
  show(`url ${JSON.stringify(url)}`, () => new Request(url).url);
show("url URL", () => new Request(new URL("http://a/b?c")).url);
show("url object", () => new Request({ toString: () => "http://a/q" } as any).url);
show("url property", () =>
  describe(new Request({ url: "http://a/u", method: "PUT", headers: { a: "b" } } as any)),
);
show("url number", () => new Request(5 as any).url);
show("url null", () => new Request(null as any).url);
show("url undefined", () => new Request(undefined as any).url);
show("url nothing", () => new (Request as any)().url);
show("url symbol", () => new Request(Symbol("x") as any).url);
show("url array", () => new Request(["http://a/"] as any).url);

// Init
show("defaults", () => describe(new Request(base)));
for (const method of [
  "get",
  "post",
  "Put",
  "patch",
  "PATCH",
  "delete",
  "options",
  "head",
  "connect",
  "CONNECT",
  "TRACE",
  "track",
  "x-custom",
  "",
  "a b",
  "purge",
  "PROPFIND",
  5,
  null,
  undefined,
  {},
])
  show(
    `method ${JSON.stringify(method)}`,
    () => new Request(base, { method: method as any }).method,
  );
show("method symbol", () => new Request(base, { method: Symbol("x") as any }).method);
for (const [key, values] of Object.entries({
  redirect: ["follow", "manual", "error", "bad", null, undefined, 5],
  mode: ["cors", "no-cors", "same-origin", "navigate", "bad", undefined],
  credentials: ["omit", "include", "same-origin", "bad"],
  cache: ["default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached", "bad"],
  referrer: ["", "about:client", "http://x/", "bad"],
  referrerPolicy: ["no-referrer", "origin", "bad"],
  integrity: ["sha256-x", ""],
  keepalive: [true],
  duplex: ["half"],
  window: [null],
  priority: ["high"],
}))
  for (const value of values)
    show(
      `${key} ${JSON.stringify(value)}`,
      () => (new Request(base, { [key]: value } as any) as any)[key],
    );
show("init null", () => describe(new Request(base, null as any)));
show("init number", () => describe(new Request(base, 5 as any)));
show("init string", () => describe(new Request(base, "x" as any)));
show("init getters", () => {
  const seen: string[] = [];
  const init: any = {};
  for (const key of [
    "method",
    "headers",
    "body",
    "signal",
    "redirect",
    "mode",
    "credentials",
    "cache",
    "referrer",
    "referrerPolicy",
    "integrity",
    "keepalive",
    "duplex",
    "window",
    "url",
  ])
    Object.defineProperty(init, key, {
      get() {
        seen.push(key);
        return undefined;
      },
      enumerable: true,
    });
  new Request(base, init);
  return seen;
});
show("init request", () =>
  describe(
    new Request(
      base,
      new Request("http://other/", { method: "POST", headers: { a: "1" }, body: "x" }) as any,
    ),
  ),
);
show("headers object", () =>
  describe(new Request(base, { headers: { "X-A": "1", Host: "h", Cookie: "c=1" } })),
);
show("headers invalid", () => describe(new Request(base, { headers: { "a b": "1" } })));
show("headers null", () => describe(new Request(base, { headers: null as any })));
show("headers number", () => describe(new Request(base, { headers: 5 as any })));
show("headers are copied", () => {
  const h = new Headers({ a: "1" });
  const r = new Request(base, { headers: h });
  h.set("a", "2");
  return [r.headers.get("a"), r.headers === h, r.headers === r.headers];
});
show("without new", () => {
  try {
    return (Request as any)(base);
  } catch (error: any) {
    return error.name;
  }
});
show("subclass", () => {
  class R extends Request {
    extra = 1;
    get url() {
      return "mine";
    }
  }
  const r = new R(base);
  return [r instanceof R, r instanceof Request, r.extra, r.url];
});

// From a request
show("copy", () =>
  describe(
    new Request(
      new Request(base, {
        method: "POST",
        headers: { a: "1" },
        redirect: "manual",
        cache: "no-store",
        credentials: "omit",
        mode: "same-origin",
      }),
    ),
  ),
);
show("copy with init", () =>
  describe(
    new Request(new Request(base, { method: "POST", headers: { a: "1" } }), {
      method: "PUT",
      headers: { b: "2" },
    }),
  ),
);
await showAsync("copy takes the body", async () => {
  const r = new Request(base, { method: "POST", body: "x" });
  const c = new Request(r);
  return [r.bodyUsed, await c.text(), c.headers.get("content-type")];
});
await showAsync("copy replaces the body", async () => {
  const r = new Request(base, { method: "POST", body: "x" });
  const c = new Request(r, { body: "y" });
  return [r.bodyUsed, await c.text(), await r.text()];
});
await showAsync("copy of a stream", async () => {
  const r = new Request(base, { method: "POST", body: stream("x") });
  const c = new Request(r);
  return [r.bodyUsed, await c.text(), r.bodyUsed];
});
await showAsync("copy of a used request", async () => {
  const r = new Request(base, { method: "POST", body: "x" });
  await r.text();
  return new Request(r).text();
});
show("copy keeps subclass", () => {
  class R extends Request {}
  return new Request(new R(base)) instanceof R;
});
await showAsync("request of a response", () => describe(new Request(new Response("x") as any)));
await showAsync("init of a response", async () => {
  const r = new Request(base, new Response("x", { headers: { a: "b" } }) as any);
  return describe(r);
});

// Bodies
show("GET with body", () => describe(new Request(base, { method: "GET", body: "x" })));
show("HEAD with body", () => describe(new Request(base, { method: "HEAD", body: "x" })));
show("body without method", () => describe(new Request(base, { body: "x" })));
await showAsync("GET body text", () => new Request(base, { body: "x" }).text());
show("body null", () => [
  new Request(base, { method: "POST", body: null }).body,
  new Request(base, { method: "POST" }).body,
  new Request(base, { method: "POST", body: undefined }).body,
]);
const bodies: Record<string, () => any> = {
  string: () => "text",
  "empty string": () => "",
  Uint8Array: () => encode("bytes"),
  ArrayBuffer: () => encode("buffer").buffer,
  Blob: () => new Blob(["blob"]),
  "typed Blob": () => new Blob(["{}"], { type: "application/json" }),
  URLSearchParams: () => new URLSearchParams({ a: "1 2" }),
  stream: () => stream(encode("stream")),
  "async generator": () =>
    (async function* () {
      yield "a";
      yield "b";
    })(),
  number: () => 5,
  object: () => ({}),
};
for (const [name, make] of Object.entries(bodies)) {
  const request = () => new Request(base, { method: "POST", body: make() });
  show(`${name} content-type`, () => [
    request().headers.get("content-type"),
    request().body instanceof ReadableStream,
  ]);
  await showAsync(`${name} text`, () => request().text());
  await showAsync(`${name} bytes`, () => request().bytes());
  await showAsync(`${name} blob`, async () => {
    const b = await request().blob();
    return [b.size, b.type];
  });
  await showAsync(`${name} formData`, async () => [...(await request().formData())]);
  await showAsync(`${name} clone`, async () => {
    const r = request();
    const c = r.clone();
    return [await c.text(), await r.text(), c.method, c.url, c.bodyUsed, r.bodyUsed];
  });
}
await showAsync("form data body", async () => {
  const f = new FormData();
  f.append("a", "1");
  const r = new Request(base, { method: "POST", body: f });
  return [
    /^multipart\/form-data; boundary=/.test(r.headers.get("content-type")!),
    [...(await r.formData())],
  ];
});
for (const method of ["text", "json", "arrayBuffer", "bytes", "blob", "formData"] as const) {
  await showAsync(`${method} of nothing`, async () => {
    const v = await (new Request(base) as any)[method]();
    return v instanceof Blob ? [v.size, v.type] : v;
  });
  await showAsync(`${method} twice`, async () => {
    const r = new Request(base, { method: "POST", body: '{"a":1}' });
    await (r as any)[method]().catch(() => 0);
    console.log(r.bodyUsed);
    return (r as any)[method]();
  });
  await showAsync(`${method} on another object`, async () =>
    (Request.prototype as any)[method].call({}),
  );
}
show("clone used", () => {
  const r = new Request(base, { method: "POST", body: "x" });
  r.text();
  return r.clone();
});
show("clone locked", () => {
  const r = new Request(base, { method: "POST", body: stream("x") });
  r.body!.getReader();
  return r.clone();
});
show("clone", () =>
  describe(new Request(base, { method: "PUT", headers: { a: "1" }, redirect: "error" }).clone()),
);
show("clone headers apart", () => {
  const r = new Request(base, { headers: { a: "1" } });
  const c = r.clone();
  c.headers.set("a", "2");
  return r.headers.get("a");
});
show("used stream", () => {
  const s = stream("x");
  s.getReader();
  return new Request(base, { method: "POST", body: s });
});

// Signal
show("signal default", () => {
  const r = new Request(base);
  return [r.signal instanceof AbortSignal, r.signal.aborted, r.signal === r.signal];
});
show("signal given", () => {
  const c = new AbortController();
  const r = new Request(base, { signal: c.signal });
  const same = r.signal === c.signal;
  c.abort();
  return [same, r.signal.aborted];
});
show("signal invalid", () => new Request(base, { signal: {} as any }).signal.aborted);
show("signal null", () => new Request(base, { signal: null }).signal.aborted);
show("signal of a clone", () => {
  const c = new AbortController();
  const r = new Request(base, { signal: c.signal });
  const k = r.clone();
  c.abort();
  return [k.signal.aborted, k.signal === r.signal];
});
show("signal of a copy", () => {
  const c = new AbortController();
  const r = new Request(new Request(base, { signal: c.signal }));
  c.abort();
  return r.signal.aborted;
});

// Shape
for (const getter of [
  "method",
  "url",
  "headers",
  "body",
  "bodyUsed",
  "signal",
  "redirect",
  "mode",
  "credentials",
  "cache",
  "referrer",
  "referrerPolicy",
  "integrity",
  "destination",
])
  show(`${getter} on another object`, () =>
    Object.getOwnPropertyDescriptor(Request.prototype, getter)!.get!.call({}),
  );
for (const name of ["keepalive", "duplex", "isReloadNavigation", "params", "cookies"])
  show(`has ${name}`, () => name in new Request(base));
show("set url", () => {
  "use strict";
  const r = new Request(base);
  (r as any).url = 5;
  return r.url;
});
show("tag", () => [Object.prototype.toString.call(new Request(base)), String(new Request(base))]);
show("length and name", () => [Request.length, Request.name]);
show("own keys", () => Reflect.ownKeys(new Request(base)));
show("for in", () => {
  const out = [];
  for (const k in new Request(base)) out.push(k);
  return out.sort();
});
show("spread init", () =>
  describe(new Request(base, { ...{ method: "POST" }, headers: new Headers([["a", "b"]]) })),
);
