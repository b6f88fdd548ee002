// Response, method by method: prints one line a case; the output in dx equals the output in Bun.
import { show, showAsync } from "./support/report";

const describe = (r: Response) => [
  r.status,
  r.statusText,
  r.ok,
  r.type,
  r.url,
  r.redirected,
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

// Constructor
show("none", () => describe(new Response()));
show("null", () => describe(new Response(null)));
show("undefined", () => describe(new Response(undefined)));
show("text", () => describe(new Response("x")));
show("empty text", () => describe(new Response("")));
show("number body", () => describe(new Response(5 as any)));
show("status", () => describe(new Response("x", { status: 201, statusText: "Made" })));
for (const status of [
  0,
  99,
  100,
  101,
  102,
  199,
  200,
  204,
  205,
  304,
  599,
  600,
  999,
  1000,
  200.7,
  "404",
  "abc",
  null,
  undefined,
  NaN,
  Infinity,
  -1,
  true,
  {},
  4294967496,
]) {
  show(`status ${String(status)}`, () => {
    const r = new Response(null, { status: status as any });
    return [r.status, r.statusText, r.ok];
  });
}
for (const status of [101, 204, 205, 304])
  show(`body with ${status}`, () => describe(new Response("x", { status })));
for (const text of ["OK", "", "a\nb", "\u00e9", "\u0100", 5, null, undefined, {}])
  show(
    `statusText ${JSON.stringify(text)}`,
    () => new Response(null, { statusText: text as any }).statusText,
  );
show("statusText symbol", () => new Response(null, { statusText: Symbol("x") as any }));
show("status symbol", () => new Response(null, { status: Symbol("x") as any }));
show("status bigint", () => new Response(null, { status: 200n as any }).status);
show("init number", () => describe(new Response("x", 404 as any)));
show("init null", () => describe(new Response("x", null as any)));
show("init string", () => describe(new Response("x", "abc" as any)));
show("init boolean", () => describe(new Response("x", true as any)));
show("init function", () =>
  describe(new Response("x", Object.assign(() => {}, { status: 202 }) as any)),
);
show("init response", () =>
  describe(
    new Response(
      "x",
      new Response("y", { status: 202, statusText: "z", headers: { a: "b" } }) as any,
    ),
  ),
);
show("init getters", () => {
  const seen: string[] = [];
  new Response("x", {
    get headers() {
      seen.push("headers");
      return {};
    },
    get status() {
      seen.push("status");
      return 200;
    },
    get statusText() {
      seen.push("statusText");
      return "";
    },
  });
  return seen;
});
show(
  "init status throws",
  () =>
    new Response("x", {
      get status(): number {
        throw new RangeError("bad");
      },
    }),
);
show("headers object", () => describe(new Response("x", { headers: { "X-A": "1" } })));
show("headers pairs", () =>
  describe(
    new Response("x", {
      headers: [
        ["X-A", "1"],
        ["x-a", "2"],
      ],
    }),
  ),
);
show("headers Headers", () => {
  const h = new Headers({ q: "1" });
  const r = new Response("x", { headers: h });
  h.set("q", "2");
  return [[...r.headers], r.headers === h];
});
show("headers null", () => describe(new Response("x", { headers: null as any })));
show("headers number", () => describe(new Response("x", { headers: 5 as any })));
show("headers string", () => describe(new Response("x", { headers: "a" as any })));
show("headers invalid", () => describe(new Response("x", { headers: { "a b": "1" } })));
show("headers content-type kept", () =>
  describe(new Response("x", { headers: { "content-type": "text/html" } })),
);
show("without new", () => {
  try {
    return (Response as any)("x");
  } catch (error: any) {
    return error.name;
  }
});
show("subclass", () => {
  class R extends Response {
    extra = 1;
    get status() {
      return 418;
    }
  }
  const r = new R("x");
  return [r instanceof R, r instanceof Response, r.extra, r.status];
});
show("symbol body", () => new Response(Symbol("x") as any));
show("bigint body", () => describe(new Response(5n as any)));
show("boolean body", () => describe(new Response(true as any)));
show("object body", () => describe(new Response({} as any)));
show("array body", () => describe(new Response([1, 2] as any)));
show("date body", () => describe(new Response(new Date(0) as any)));
show("String object body", () => describe(new Response(new String("abc") as any)));
show("function body", () => describe(new Response((() => 1) as any)));
show("Map body", () => describe(new Response(new Map() as any)));
show("promise body", () => describe(new Response(Promise.resolve("x") as any)));
show("Request body", () => describe(new Response(new Request("http://x/") as any)));
show("Response body", () => describe(new Response(new Response("inner") as any)));

// Content types by body
const bodies: Record<string, () => any> = {
  string: () => "text",
  "empty string": () => "",
  unicode: () => "h\u00e9\u{1F600}",
  "lone surrogate": () => "a\ud800b",
  ArrayBuffer: () => encode("buffer").buffer,
  "empty ArrayBuffer": () => new ArrayBuffer(0),
  SharedArrayBuffer: () => {
    const s = new SharedArrayBuffer(2);
    new Uint8Array(s).set([104, 105]);
    return s;
  },
  Uint8Array: () => encode("bytes"),
  subarray: () => encode("xxbytesxx").subarray(2, 7),
  Uint16Array: () => new Uint16Array([0x6161, 0x6262]),
  Float64Array: () => new Float64Array(1),
  BigInt64Array: () => new BigInt64Array(1),
  DataView: () => new DataView(encode("xview").buffer, 1),
  Blob: () => new Blob(["blob"]),
  "typed Blob": () => new Blob(["{}"], { type: "application/json" }),
  File: () => new File(["file"], "a.html"),
  "typed File": () => new File(["file"], "a.txt", { type: "text/css" }),
  URLSearchParams: () => new URLSearchParams({ a: "1 2", b: "&" }),
  "empty URLSearchParams": () => new URLSearchParams(),
  stream: () => stream(encode("st"), encode("ream")),
  "stream of strings": () => stream("st", "r\u00e9am"),
  "stream of buffers": () => stream(encode("a").buffer, new Uint16Array([0x6262])),
  "empty stream": () => stream(),
  "async generator": () =>
    (async function* () {
      yield "a";
      yield encode("b");
    })(),
  generator: () =>
    (function* () {
      yield "a";
      yield "b";
    })(),
  "async iterable": () => ({
    async *[Symbol.asyncIterator]() {
      yield "x";
      yield encode("y");
    },
  }),
  iterable: () => ({
    *[Symbol.iterator]() {
      yield "x";
      yield "y";
    },
  }),
  "async generator function": () =>
    async function* () {
      yield "a";
      yield "b";
    },
};
for (const [name, make] of Object.entries(bodies)) {
  show(`${name} content-type`, () => [
    new Response(make()).headers.get("content-type"),
    new Response(make()).body instanceof ReadableStream,
  ]);
  await showAsync(`${name} text`, () => new Response(make()).text());
  await showAsync(`${name} bytes`, () => new Response(make()).bytes());
  await showAsync(`${name} arrayBuffer`, () => new Response(make()).arrayBuffer());
  await showAsync(`${name} blob`, async () => {
    const b = await new Response(make()).blob();
    return [b.size, b.type, await b.text(), b.constructor.name];
  });
  await showAsync(`${name} json`, () => new Response(make()).json());
  await showAsync(`${name} formData`, async () => [...(await new Response(make()).formData())]);
  await showAsync(`${name} clone`, async () => {
    const r = new Response(make());
    const c = r.clone();
    return [await c.text(), await r.text()];
  });
  await showAsync(`${name} body`, async () => {
    const r = new Response(make());
    const parts = [];
    for await (const part of r.body!)
      parts.push(typeof part === "string" ? part : [...(part as any)]);
    return [name.startsWith("async") ? parts.flat() : parts, r.bodyUsed];
  });
}

// Consuming
const consumers = ["text", "json", "arrayBuffer", "bytes", "blob", "formData"] as const;
for (const method of consumers) {
  await showAsync(`${method} of nothing`, async () => {
    const v = await (new Response() as any)[method]();
    return v instanceof Blob ? [v.size, v.type] : v instanceof FormData ? [...v] : v;
  });
  await showAsync(`${method} of null twice`, async () => {
    const r = new Response(null);
    await (r as any)[method]().catch(() => 0);
    await (r as any)[method]().catch((e: any) => console.log(e.message));
    return r.bodyUsed;
  });
  await showAsync(`${method} twice`, async () => {
    const r = new Response('{"a":1}');
    const before = r.bodyUsed;
    const first = (r as any)[method]().catch((e: any) => 0);
    const between = r.bodyUsed;
    await first;
    console.log([before, between, r.bodyUsed].join(" "));
    return (r as any)[method]();
  });
  await showAsync(`${method} of a locked stream`, async () => {
    const r = new Response(stream("x"));
    r.body!.getReader();
    return (r as any)[method]();
  });
  await showAsync(`${method} of a locked body`, async () => {
    const r = new Response("x");
    r.body!.getReader();
    return (r as any)[method]();
  });
  await showAsync(`${method} after reading the body`, async () => {
    const r = new Response("x");
    const reader = r.body!.getReader();
    await reader.read();
    reader.releaseLock();
    console.log(r.bodyUsed);
    return (r as any)[method]();
  });
  await showAsync(`${method} of an erroring stream`, async () =>
    (
      new Response(
        new ReadableStream({
          pull() {
            throw new RangeError("broke");
          },
        }),
      ) as any
    )[method](),
  );
  await showAsync(`${method} on another object`, async () =>
    (Response.prototype as any)[method].call({}),
  );
}
await showAsync("text is a promise", () => [
  new Response("x").text() instanceof Promise,
  typeof new Response("x").text().then,
]);
await showAsync("errors are rejections", () => {
  const r = new Response("x");
  r.text();
  let sync = "no";
  let p: any;
  try {
    p = r.text();
  } catch {
    sync = "yes";
  }
  p?.catch(() => 0);
  return sync;
});
await showAsync("json ok", () => new Response(' {"a":[1,2,{"b":null}]} ').json());
for (const bad of ["", "{", "nope", "\ufeff1", "[1,]", "undefined"])
  await showAsync(`json of ${JSON.stringify(bad)}`, () => new Response(bad).json());
await showAsync("text with a byte order mark", () =>
  new Response(new Uint8Array([0xef, 0xbb, 0xbf, 0x61])).text(),
);
await showAsync("text string with a byte order mark", () => new Response("\ufeffa").text());
await showAsync("json with a byte order mark", () =>
  new Response(new Uint8Array([0xef, 0xbb, 0xbf, 0x31])).json(),
);
await showAsync("text of bad UTF-8", () =>
  new Response(new Uint8Array([0x61, 0xff, 0xe2, 0x82, 0x62, 0xf0, 0x9f, 0x98])).text(),
);
await showAsync("arrayBuffer copies", async () => {
  const source = encode("abc");
  const r = new Response(source);
  source[0] = 0;
  return r.text();
});
await showAsync("bytes twice from clone", async () => {
  const r = new Response("abc");
  const c = r.clone();
  return [await r.bytes(), await c.bytes()].map((x) => x.length);
});

// body
show("body identity", () => {
  const r = new Response("x");
  return r.body === r.body;
});
show("body null", () => [
  new Response().body,
  new Response(null).body,
  new Response(undefined).body,
]);
show("body empty string", () => new Response("").body instanceof ReadableStream);
show("body is the stream", () => {
  const s = stream("x");
  return new Response(s).body === s;
});
show("body locked", () => {
  const r = new Response("x");
  const b = r.body!;
  const before = b.locked;
  r.text();
  return [before, b.locked, r.bodyUsed];
});
show("bodyUsed after body", () => {
  const r = new Response("x");
  r.body;
  return r.bodyUsed;
});
show("used stream", () => {
  const s = stream("x");
  s.getReader();
  return new Response(s);
});
await showAsync("disturbed stream", async () => {
  const s = stream("x", "y");
  const reader = s.getReader();
  await reader.read();
  reader.releaseLock();
  return new Response(s).text();
});
await showAsync("body cancel", async () => {
  const r = new Response("x");
  await r.body!.cancel();
  return [r.bodyUsed, r.body!.locked];
});
await showAsync("body after text", async () => {
  const r = new Response("x");
  await r.text();
  return [r.body === null, r.body?.locked, r.bodyUsed];
});

// clone
await showAsync("clone", async () => {
  const r = new Response("x", { status: 203, statusText: "s", headers: { a: "1" } });
  const c = r.clone();
  c.headers.set("a", "2");
  return [describe(r), describe(c), c.constructor.name];
});
show("clone used", () => {
  const r = new Response("x");
  r.text();
  return r.clone();
});
show("clone null", () => describe(new Response(null).clone()));
show("clone locked", () => {
  const r = new Response(stream("x"));
  r.body!.getReader();
  return r.clone();
});
await showAsync("clone then cancel one", async () => {
  const r = new Response(stream("x", "y"));
  const c = r.clone();
  r.body!.cancel();
  return c.text();
});
show("clone subclass", () => {
  class R extends Response {}
  return new R("x").clone() instanceof R;
});
show("clone of url", () => Response.redirect("http://a/b").clone().headers.get("location"));

// Statics
show("json", () => describe(Response.json({ a: 1 })));
await showAsync("json text", () => Response.json({ a: [1, "\u00e9", null], u: undefined }).text());
show("json status", () => describe(Response.json(null, { status: 201, headers: { a: "b" } })));
show("json number init", () => describe(Response.json(null, 404 as any)));
show("json content-type", () => describe(Response.json(1, { headers: { "content-type": "x/y" } })));
for (const [name, value] of Object.entries({
  undefined,
  null: null,
  string: "s",
  number: 1,
  nan: NaN,
  array: [],
  date: new Date(0),
  symbol: Symbol("x"),
  function: () => 1,
  toJSON: { toJSON: () => "j" },
}))
  await showAsync(`json of ${name}`, () => Response.json(value as any).text());
show("json bigint", () => {
  try {
    return Response.json(1n);
  } catch (error: any) {
    return error.name;
  }
});
show("json circular", () => {
  const a: any = {};
  a.a = a;
  try {
    return Response.json(a);
  } catch (e: any) {
    return e.name + e.message.split("\n")[0];
  }
});
show("json 204", () => describe(Response.json(1, { status: 204 })));
show("error", () => describe(Response.error()));
show("redirect", () => describe(Response.redirect("http://example.com/a?b#c")));
show("redirect relative", () => describe(Response.redirect("/path")));
show("redirect status", () => describe(Response.redirect("/x", 307)));
show("redirect URL", () => describe(Response.redirect(new URL("http://a/b") as any)));
show("redirect init", () =>
  describe(Response.redirect("/x", { status: 301, headers: { a: "b" } } as any)),
);
for (const status of [
  200,
  300,
  301,
  302,
  303,
  304,
  305,
  307,
  308,
  309,
  400,
  0,
  "301",
  null,
  undefined,
  NaN,
])
  show(`redirect ${String(status)}`, () => Response.redirect("/x", status as any).status);
show("redirect nothing", () => describe((Response as any).redirect()));
show("redirect empty", () => describe(Response.redirect("")));
show("redirect odd", () => describe(Response.redirect("http://[bad")));
show("redirect unicode", () => describe(Response.redirect("/\u00e9\u0100")));
show("redirect newline", () => describe(Response.redirect("/a\nb")));
show("redirect number", () => describe(Response.redirect(5 as any)));

// Shape
show("headers identity", () => {
  const r = new Response("x");
  return r.headers === r.headers;
});
show("headers mutable", () => {
  const r = new Response("x");
  r.headers.set("a", "b");
  return [...r.headers];
});
show("headers of error", () => {
  const r = Response.error();
  r.headers.set("a", "b");
  return [...r.headers];
});
show("set status", () => {
  "use strict";
  const r = new Response("x");
  (r as any).status = 5;
  return r.status;
});
for (const getter of [
  "status",
  "statusText",
  "ok",
  "headers",
  "body",
  "bodyUsed",
  "type",
  "url",
  "redirected",
])
  show(`${getter} on another object`, () =>
    Object.getOwnPropertyDescriptor(Response.prototype, getter)!.get!.call({}),
  );
show("prototype getter", () => (Response.prototype as any).status);
show("clone on another object", () => Response.prototype.clone.call({} as any));
show("tag", () => [Object.prototype.toString.call(new Response()), String(new Response())]);
show("length and name", () => [
  Response.length,
  Response.name,
  Response.prototype.text.length,
  Response.prototype.clone.length,
  Response.json.length,
]);
show("own keys", () => Reflect.ownKeys(new Response("x")));
show("for in", () => {
  const out = [];
  for (const k in new Response()) out.push(k);
  return out.sort();
});
show("JSON", () => JSON.stringify(new Response("x")));
show("textStream", () => typeof (new Response("x") as any).textStream);
await showAsync("textStream chunks", async () => {
  const out = [];
  for await (const c of (new Response("h\u00e9") as any).textStream()) out.push(c);
  return out;
});
await showAsync("textStream of split characters", async () => {
  const out = [];
  for await (const c of (
    new Response(stream(new Uint8Array([0x61, 0xe2]), new Uint8Array([0x82, 0xac]))) as any
  ).textStream())
    out.push(c);
  return out;
});
await showAsync("textStream used", async () => {
  const r: any = new Response("x");
  const s = r.textStream();
  return [r.bodyUsed, s instanceof ReadableStream];
});
