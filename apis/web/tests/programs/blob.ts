// Blob and File, method by method: prints one line a case; the output in dx equals the output in
// Bun.
import { show, showAsync } from "./support/report";

const encode = (s: string) => new TextEncoder().encode(s);
const drain = async (stream: ReadableStream) => {
  const out: any[] = [];
  for await (const part of stream as any) out.push([...part]);
  return out;
};

// Parts
show("none", () => {
  const b = new Blob();
  return [b.size, b.type];
});
await showAsync("parts", () =>
  new Blob([
    "a",
    encode("b"),
    encode("c").buffer,
    new Blob(["d"]),
    new DataView(encode("xe").buffer, 1),
    "\u00e9",
  ]).text(),
);
await showAsync("lone surrogate", () => new Blob(["a\ud800b"]).bytes());
await showAsync("numbers and objects", () =>
  new Blob([1, null, undefined, true, {}, [1, [2, "3"]], 5n] as any).text(),
);
await showAsync("nested arrays", () => new Blob([["a", ["b", encode("c")]]] as any).text());
for (const [name, parts] of Object.entries({
  undefined,
  null: null,
  string: "abc",
  number: 5,
  object: {},
  set: new Set(["a", "b"]),
  bytes: encode("hi"),
  buffer: encode("hi").buffer,
  blob: new Blob(["in"]),
  generator: (function* () {
    yield "a";
    yield "b";
  })(),
  iterable: {
    *[Symbol.iterator]() {
      yield "q";
    },
  },
  function: () => 1,
  date: new Date(0),
  boolean: true,
  arraylike: { length: 1, 0: "a" },
}))
  await showAsync(`parts ${name}`, () => new Blob(parts as any).text());
await showAsync("symbol part", () => new Blob([Symbol("x")] as any).text());
await showAsync("throwing part", () =>
  new Blob([
    {
      toString() {
        throw new RangeError("no");
      },
    },
  ] as any).text(),
);
await showAsync("hole", () => new Blob(["a", , "b"] as any).text());
await showAsync("source changes", () => {
  const u = encode("abc");
  const b = new Blob([u]);
  u[0] = 0;
  return b.text();
});
await showAsync("Uint16Array", () => new Blob([new Uint16Array([0x6161])]).text());
await showAsync("URLSearchParams part", () => new Blob([new URLSearchParams("a=b")] as any).text());
await showAsync("endings", () => new Blob(["a\nb\r\nc\r"], { endings: "native" }).text());
show("endings invalid", () => new Blob([], { endings: "bad" as any }).size);
show("without new", () => {
  try {
    return (Blob as any)([]);
  } catch (error: any) {
    return error.name;
  }
});
show("size", () => [
  new Blob(["\u00e9"]).size,
  new Blob(["a", "bc"]).size,
  new Blob([encode("abcd")]).size,
]);

// Type
for (const type of [
  "text/plain",
  "TEXT/HTML",
  "text/plain;charset=utf-8",
  "\u00e9",
  "a\tb",
  "",
  "x",
  "application/json",
  "text/html; charset=UTF-8",
  null,
  undefined,
  5,
  {},
  "a\0b",
])
  show(`type ${JSON.stringify(type)}`, () => new Blob([], { type: type as any }).type);
show("options null", () => new Blob([], null as any).type);
show("options number", () => new Blob([], 5 as any).type);
show("options string", () => new Blob([], "abc" as any).type);
show("options function", () => new Blob([], (() => 1) as any).type);
show("set type", () => {
  const b: any = new Blob(["a"]);
  b.type = "x";
  return b.type;
});
show("set name", () => {
  const b: any = new Blob(["a"]);
  b.name = "x";
  return b.name;
});
show("set name twice", () => {
  const b: any = new Blob(["a"]);
  b.name = "x";
  b.name = 5;
  return b.name;
});
show("name and lastModified of a Blob", () => {
  const b: any = new Blob(["a"]);
  return [b.name, typeof b.lastModified, "name" in b];
});

// Reading
const json = () => new Blob(['{"a":1}'], { type: "application/json" });
await showAsync("text", () => json().text());
await showAsync("json", () => json().json());
await showAsync("json invalid", () => new Blob(["x"]).json());
await showAsync("json empty", () => new Blob([]).json());
await showAsync("arrayBuffer", () => json().arrayBuffer());
await showAsync("bytes", () => json().bytes());
await showAsync("bytes are a copy", async () => {
  const b = new Blob(["abc"]);
  const first = await b.bytes();
  first[0] = 0;
  return b.text();
});
await showAsync("stream", () => drain(json().stream()));
await showAsync("stream with size", () => drain(new Blob(["abcdef"]).stream(2 as any)));
await showAsync("stream empty", () => drain(new Blob([]).stream()));
await showAsync("text of bad UTF-8", () => new Blob([new Uint8Array([0x61, 0xff, 0xc3])]).text());
await showAsync("text with a byte order mark", () =>
  new Blob([new Uint8Array([0xef, 0xbb, 0xbf, 0x61])]).text(),
);
await showAsync("formData without type", async () => [
  ...(await (new Blob(["a=b"]) as any).formData()),
]);
await showAsync("formData urlencoded", async () => [
  ...(await (
    new Blob(["a=b&c=%20d+e"], { type: "application/x-www-form-urlencoded" }) as any
  ).formData()),
]);
await showAsync("formData multipart", async () => [
  ...(await (
    new Blob(['--b\r\nContent-Disposition: form-data; name="n"\r\n\r\nv\r\n--b--\r\n'], {
      type: "multipart/form-data; boundary=b",
    }) as any
  ).formData()),
]);
await showAsync("exists", () => (new Blob(["a"]) as any).exists());
await showAsync("stat", () => (new Blob(["a"]) as any).stat());
await showAsync("delete", () => (new Blob(["a"]) as any).delete());
await showAsync("unlink", () => (new Blob(["a"]) as any).unlink());
await showAsync("write", () => (new Blob(["a"]) as any).write("x"));
await showAsync("writer", () => typeof (new Blob(["a"]) as any).writer());

// slice
const letters = () => new Blob(["abc", "def", "ghi"], { type: "text/plain" });
for (const args of [
  [],
  [1],
  [1, 3],
  [0, -1],
  [-3],
  [-3, -1],
  [5, 2],
  [100],
  [2, 100],
  [2, 8],
  [NaN],
  [1.7, 3.2],
  ["2", "5"],
  [null, 2],
  [undefined, 2],
  [0, undefined],
  [0, null],
  [Infinity],
  [-Infinity, 3],
  [0, 3, "x/y"],
  [0, 3, "X/Y"],
  ["x/y"],
  [1, "x/y"],
  [0, 0],
  [{}, 4],
] as any[])
  await showAsync(`slice ${JSON.stringify(args)}`, async () => {
    const b = (letters().slice as any).apply(letters(), args);
    return [await b.text(), b.size, b.type];
  });
await showAsync("slice of a slice", () => letters().slice(1, 8).slice(2, 4).text());
await showAsync("slice multibyte", () => new Blob(["\u00e9\u00e9"]).slice(1, 3).bytes());
show("slice class", () => new File(["abc"], "n.txt").slice(0, 1) instanceof File);
show("slice type invalid", () => letters().slice(0, 1, "\u00e9").type);
await showAsync("slice stream", () => drain(letters().slice(2, 5).stream()));

// File
show("file", () => {
  const f = new File(["abc"], "n.txt", { type: "text/html", lastModified: 42 });
  return [f.name, f.size, f.type, f.lastModified, f instanceof File, f instanceof Blob];
});
show("file type by name", () => new File(["abc"], "n.html").type);
show("file lastModified default", () => {
  const f = new File([], "n");
  return typeof f.lastModified === "number" && Math.abs(f.lastModified - Date.now()) < 10000;
});
for (const value of [0, -5, 1.9, "7", null, undefined, NaN, new Date(99), true])
  show(`file lastModified ${String(value)}`, () => {
    const l = new File([], "n", { lastModified: value as any }).lastModified;
    return Math.abs(l - Date.now()) < 10000 ? "now" : l;
  });
for (const name of ["a/b", "", "\u00e9", 5, null, undefined, {}])
  show(`file name ${JSON.stringify(name)}`, () => new File([], name as any).name);
show("file one argument", () => new (File as any)([]));
show("file no arguments", () => new (File as any)());
show("file without new", () => {
  try {
    return (File as any)([], "a");
  } catch (error: any) {
    return error.name;
  }
});
show("file parts not iterable", () => new File(5 as any, "n").size);
show("file parts null", () => new File(null as any, "n").size);
show("file set name", () => {
  const f: any = new File([], "n");
  f.name = "m";
  return f.name;
});
await showAsync("file text", () => new File(["abc", encode("d")], "n").text());
show("file class", () => [
  File === (Blob as any),
  File.prototype === (Blob as any).prototype,
  new File([], "n").constructor.name,
  Object.prototype.toString.call(new File([], "n")),
]);
show("blob is not a file", () => [
  new Blob([]) instanceof File,
  {} instanceof File,
  (null as any) instanceof File,
  new File([], "a") instanceof Blob,
]);
show("file subclass", () => {
  class F extends File {
    more = 1;
  }
  const f = new F(["x"], "n");
  return [f instanceof F, f instanceof File, f.name, f.more, new File([], "n") instanceof F];
});
show("blob subclass", () => {
  class B extends Blob {
    more() {
      return 1;
    }
  }
  const b = new B(["xy"], { type: "a/b" });
  return [b instanceof B, b.size, b.type, b.more()];
});

// Shape
for (const method of [
  "text",
  "json",
  "arrayBuffer",
  "bytes",
  "formData",
  "stream",
  "slice",
  "exists",
  "stat",
  "delete",
  "unlink",
  "write",
  "writer",
])
  await showAsync(`${method} on another object`, async () =>
    (Blob.prototype as any)[method].call({}),
  );
for (const getter of ["size", "type", "name", "lastModified"])
  show(`${getter} on another object`, () =>
    Object.getOwnPropertyDescriptor(Blob.prototype, getter)!.get!.call({}),
  );
show("tag", () => [Object.prototype.toString.call(new Blob()), String(new Blob())]);
show("length and name", () => [
  Blob.length,
  Blob.name,
  File.length,
  File.name,
  Blob.prototype.slice.length,
]);
show("own keys", () => [Reflect.ownKeys(new Blob(["x"])), Reflect.ownKeys(new File([], "n"))]);
show("for in", () => {
  const out = [];
  for (const k in new Blob()) out.push(k);
  return out.sort();
});
show("JSON", () => JSON.stringify(new Blob(["x"])));
await showAsync("structuredClone", async () => {
  const b = structuredClone(new Blob(["abc"], { type: "x/y" }));
  return [b instanceof Blob, b.size, b.type, await b.text()];
});
await showAsync("structuredClone of a file", async () => {
  const b: any = structuredClone(new File(["abc"], "n.txt", { lastModified: 5 }));
  return [b instanceof File, b.size, b.name, b.lastModified, await b.text()];
});
