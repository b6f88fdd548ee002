// Headers, method by method: prints one line a case; the output in dx equals the output in Bun.
import { show } from "./support/report";

const entries = (init?: any) => [...new Headers(init)];
const any = Headers.prototype as any;
// Constructor forms
show("none", () => entries());
show("undefined", () => entries(undefined));
show("null", () => entries(null));
show("object", () => entries({ B: "2", a: "1", "X-Custom": " padded\t" }));
show("pairs", () =>
  entries([
    ["b", "2"],
    ["a", "1"],
    ["b", "3"],
  ]),
);
show("pairs too short", () => entries([["b"]]));
show("pairs too long", () => entries([["b", "c", "d"]]));
show("pairs of iterables", () => entries([new Set(["k", "v"])]));
show("pair not iterable", () => entries([5]));
show("pair of a string", () => entries(["ab"]));
show("number", () => entries(5));
show("string", () => entries("ab"));
show("boolean", () => entries(true));
show("symbol", () => entries(Symbol("x")));
show("function", () => entries(Object.assign(() => 1, { a: "b" })));
show("map", () =>
  entries(
    new Map([
      ["q", "1"],
      ["p", "2"],
    ]),
  ),
);
show("generator", () =>
  entries(
    (function* () {
      yield ["g", "1"];
      yield ["f", "2"];
    })(),
  ),
);
show("headers", () => entries(new Headers({ z: "1", y: "2", "Set-Cookie": "a=b" })));
show("form data", () => {
  const f = new FormData();
  f.append("x", "y");
  return entries(f);
});
show("search params", () => entries(new URLSearchParams("a=1&b=2&a=3")));
show("numbers as values", () =>
  entries({ a: 1, b: null, c: undefined, d: true, e: [1, 2], f: {} }),
);
show("symbol value", () => entries({ a: Symbol("s") }));
show("symbol key", () => entries({ [Symbol("s")]: "x", a: "b" }));
show("inherited", () =>
  entries(Object.create({ inherited: "1" }, { own: { value: "2", enumerable: true } })),
);
show("not enumerable", () => entries(Object.defineProperty({ a: "1" }, "hidden", { value: "2" })));
show("getter", () =>
  entries({
    get a() {
      return "got";
    },
  }),
);
show("getter throws", () =>
  entries({
    get a() {
      throw new RangeError("no");
    },
  }),
);
show("proxy", () => entries(new Proxy({ a: "1", b: "2" }, {})));
show("iterator not callable", () => entries({ [Symbol.iterator]: 5 }));
show("iterator null", () => entries({ [Symbol.iterator]: null, a: "b" }));
show("same key, two cases", () => entries({ Accept: "a", accept: "b" }));
show("cookie joined", () =>
  entries([
    ["Cookie", "a=1"],
    ["cookie", "b=2"],
  ]),
);
show("set-cookie not joined", () =>
  entries([
    ["Set-Cookie", "a=1"],
    ["x-last", "1"],
    ["set-cookie", "b=2"],
  ]),
);
show("without new", () => {
  try {
    return (Headers as any)();
  } catch (error: any) {
    return error.name;
  }
});
show("subclass", () => {
  class H extends Headers {
    extra = 1;
  }
  const h = new H({ a: "b" });
  return [h instanceof H, h instanceof Headers, h.get("a"), h.extra];
});

// Names and values
for (const name of [
  "",
  " ",
  "a b",
  "a:b",
  "\u00e9",
  "a\n",
  "(",
  "a,b",
  "ok!#$%&'*+-.^_`|~9",
  "\u{1F600}",
  "\0",
]) {
  show(`set name ${JSON.stringify(name)}`, () => {
    const h = new Headers();
    h.set(name, "v");
    return [...h];
  });
  show(`get name ${JSON.stringify(name)}`, () => new Headers().get(name));
  show(`has name ${JSON.stringify(name)}`, () => new Headers().has(name));
  show(`delete name ${JSON.stringify(name)}`, () => new Headers().delete(name));
  show(`append name ${JSON.stringify(name)}`, () => {
    const h = new Headers();
    h.append(name, "v");
    return [...h];
  });
}
for (const value of [
  "",
  " a ",
  "\ta\r\n",
  "a\nb",
  "a\rb",
  "a\0b",
  "\u00e9",
  "\u0100",
  "\u{1F600}",
  "\x7f",
  "\x01",
  "a\tb",
  "\u00a0x\u00a0",
  "\x0bx",
]) {
  show(`set value ${JSON.stringify(value)}`, () => {
    const h = new Headers();
    h.set("x", value);
    return h.get("x");
  });
  show(`append value ${JSON.stringify(value)}`, () => {
    const h = new Headers({ x: "1" });
    h.append("x", value);
    return h.get("x");
  });
  show(`set common value ${JSON.stringify(value)}`, () => {
    const h = new Headers();
    h.set("accept", value);
    return h.get("accept");
  });
}

// Methods
show("set replaces", () => {
  const h = new Headers([
    ["a", "1"],
    ["a", "2"],
  ]);
  h.set("A", "3");
  return [...h];
});
show("append joins", () => {
  const h = new Headers();
  h.append("A", "1");
  h.append("a", "2");
  h.append("a", "");
  return [...h];
});
show("append set-cookie", () => {
  const h = new Headers();
  h.append("Set-Cookie", "a");
  h.append("set-cookie", "b");
  return [
    h.get("set-cookie"),
    h.getSetCookie(),
    (h as any).getAll("Set-Cookie"),
    (h as any).count,
    [...h],
  ];
});
show("set set-cookie", () => {
  const h = new Headers();
  h.append("Set-Cookie", "a");
  h.append("set-cookie", "b");
  h.set("Set-Cookie", "c");
  return [h.get("set-cookie"), h.getSetCookie()];
});
show("delete set-cookie", () => {
  const h = new Headers();
  h.append("Set-Cookie", "a");
  h.delete("set-cookie");
  return [h.get("set-cookie"), h.getSetCookie(), h.has("set-cookie")];
});
show("get missing", () => new Headers().get("nothing"));
show("has", () => [new Headers({ a: "" }).has("A"), new Headers().has("a")]);
show("get empty", () => new Headers({ a: "" }).get("a"));
show("delete", () => {
  const h = new Headers({ a: "1", b: "2" });
  const r = h.delete("A");
  return [r === undefined, [...h]];
});
show("set returns", () => new Headers().set("a", "b") === undefined);
show("append returns", () => new Headers().append("a", "b") === undefined);
show("getSetCookie empty", () => new Headers().getSetCookie());
show("getAll other", () => (new Headers() as any).getAll("a"));
show("getAll nothing", () => (new Headers() as any).getAll());
show(
  "count",
  () =>
    (
      new Headers([
        ["a", "1"],
        ["b", "2"],
        ["set-cookie", "x"],
        ["set-cookie", "y"],
        ["Accept", "z"],
      ]) as any
    ).count,
);
show("toJSON", () =>
  (
    new Headers([
      ["X-B", "1"],
      ["Content-Type", "t"],
      ["a", "2"],
      ["Set-Cookie", "x"],
      ["Accept", "z"],
      ["set-cookie", "y"],
    ]) as any
  ).toJSON(),
);
show("toJSON keys", () =>
  Object.keys(
    (
      new Headers([
        ["X-B", "1"],
        ["Content-Type", "t"],
        ["a", "2"],
        ["Set-Cookie", "x"],
        ["Accept", "z"],
      ]) as any
    ).toJSON(),
  ),
);
show("toJSON one cookie", () => (new Headers([["Set-Cookie", "x"]]) as any).toJSON());
show("toJSON empty", () => (new Headers() as any).toJSON());
show("JSON.stringify", () => JSON.stringify(new Headers({ a: "b" })));
show("keys", () => [
  ...new Headers([
    ["b", "1"],
    ["Set-Cookie", "x"],
    ["Z", "2"],
    ["set-cookie", "y"],
    ["a", "3"],
  ]).keys(),
]);
show("values", () => [
  ...new Headers([
    ["b", "1"],
    ["Set-Cookie", "x"],
    ["Z", "2"],
    ["set-cookie", "y"],
    ["a", "3"],
  ]).values(),
]);
show("entries", () => [
  ...new Headers([
    ["b", "1"],
    ["Set-Cookie", "x"],
    ["Z", "2"],
    ["set-cookie", "y"],
    ["a", "3"],
  ]).entries(),
]);
show("forEach", () => {
  const out: any[] = [];
  const h = new Headers([
    ["b", "1"],
    ["A", "2"],
  ]);
  h.forEach(function (this: any, value, key, self) {
    out.push([value, key, self === h, this === undefined ? "undefined" : typeof this]);
  });
  return out;
});
show("forEach this", () => {
  const out: any[] = [];
  new Headers({ a: "1" }).forEach(
    function (this: any) {
      out.push(this.mark);
    },
    { mark: 7 },
  );
  return out;
});
show("forEach not callable", () => new Headers().forEach(5 as any));
show("forEach nothing", () => (new Headers() as any).forEach());
show("order", () => [
  ...new Headers([
    ["zeta", "1"],
    ["Alpha", "2"],
    ["m_x", "3"],
    ["m-x", "4"],
    ["mx", "5"],
    ["Content-Length", "6"],
    ["accept", "7"],
    ["0", "8"],
    ["~", "9"],
  ]).keys(),
]);

// Iterators
show("iterator tag", () => Object.prototype.toString.call(new Headers().entries()));
show("iterator is entries", () => Headers.prototype[Symbol.iterator] === Headers.prototype.entries);
show("iterator proto", () => {
  const proto = Object.getPrototypeOf(new Headers().entries());
  return [
    Object.getOwnPropertyNames(proto),
    proto === Object.getPrototypeOf(new Headers().keys()),
    typeof proto.map,
    Object.getPrototypeOf(proto) === Iterator.prototype,
  ];
});
show("iterator next on other", () => new Headers().entries().next.call({} as any));
show("iterator done", () => {
  const it = new Headers({ a: "1" }).keys();
  return [it.next(), it.next(), it.next()];
});
show("iterator live, set", () => {
  const h = new Headers({ b: "1", d: "2" });
  const out: any[] = [];
  for (const [k] of h) {
    out.push(k);
    if (k === "b") h.set("c", "x");
  }
  return out;
});
show("iterator live, delete", () => {
  const h = new Headers({ a: "1", b: "2", c: "3" });
  const out: any[] = [];
  for (const [k] of h) {
    out.push(k);
    if (k === "a") h.delete("b");
  }
  return out;
});
show("iterator live, delete current", () => {
  const h = new Headers({ a: "1", b: "2", c: "3" });
  const out: any[] = [];
  for (const [k] of h) {
    out.push(k);
    h.delete(k);
  }
  return out;
});
show("iterator live, cookies", () => {
  const h = new Headers([
    ["set-cookie", "1"],
    ["set-cookie", "2"],
    ["a", "0"],
  ]);
  const out: any[] = [];
  for (const [k, v] of h) {
    out.push([k, v]);
    if (v === "1" && h.getSetCookie().length < 4) h.append("set-cookie", "3");
  }
  return out;
});
show("iterator live, set-cookie and others", () => {
  const h = new Headers([
    ["set-cookie", "1"],
    ["set-cookie", "2"],
    ["a", "0"],
  ]);
  const out: any[] = [];
  for (const [k, v] of h) {
    out.push([k, v]);
    if (v === "1") h.set("b", "x");
  }
  return out;
});

// Arguments, receivers, shape
for (const method of ["append", "set", "get", "has", "delete", "getAll"]) {
  show(`${method} without arguments`, () => (new Headers() as any)[method]());
  show(`${method} on another object`, () => any[method].call({}, "a", "b"));
}
show("set one argument", () => (new Headers() as any).set("a"));
show("append one argument", () => (new Headers() as any).append("a"));
for (const method of ["entries", "keys", "values", "forEach", "toJSON", "getSetCookie"])
  show(`${method} on another object`, () => any[method].call({}, () => 1));
show("count on another object", () =>
  Object.getOwnPropertyDescriptor(Headers.prototype, "count")!.get!.call({}),
);
show("get symbol", () => new Headers().get(Symbol("x") as any));
show("get number", () => new Headers({ 5: "five" }).get(5 as any));
show("set number", () => {
  const h = new Headers();
  h.set(5 as any, 6 as any);
  return [...h];
});
show("set null", () => {
  const h = new Headers();
  h.set("a", null as any);
  h.set("b", undefined as any);
  return [...h];
});
show("tag", () => Object.prototype.toString.call(new Headers()));
show("string", () => String(new Headers()));
show("length and name", () => [
  Headers.length,
  Headers.name,
  any.append.length,
  any.set.length,
  any.forEach.length,
  any.get.name,
]);
show("own keys", () => [
  Reflect.ownKeys(new Headers({ a: "1" })),
  Object.keys(new Headers({ a: "1" })),
]);
show("prototype keys", () => {
  const out = [];
  for (const key in new Headers()) out.push(key);
  return out.sort();
});
show("spread", () => ({ ...new Headers({ a: "1" }) }));
show("fromEntries", () => Object.fromEntries(new Headers({ B: "1", a: "2" })));
show("structure of well-known names", () => [
  ...new Headers({
    ETag: "1",
    "WWW-Authenticate": "2",
    DNT: "3",
    TE: "4",
    "Sec-WebSocket-Key": "5",
  }),
]);
