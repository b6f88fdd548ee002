// Bun.file and Bun.write, method by method: prints one line a case; the output in dx equals the
// output in Bun.
import { show, showAsync, thrown } from "./support/report";

const dir = `${process.env.TMPDIR ?? "/tmp"}/files-${Math.random().toString(36).slice(2)}`;
const made: string[] = [];
const at = (name: string) => {
  const path = `${dir}/${name}`;
  if (!made.includes(path)) made.push(path);
  return path;
};
const put = (name: string, data: any) => Bun.write(at(name), data);
const remove = (name: string) =>
  Bun.file(at(name))
    .delete()
    .catch(() => undefined);
const exists = (name: string) => Bun.file(at(name)).exists();
const clean = (value: any): any =>
  typeof value === "string"
    ? value.replaceAll(dir, "DIR")
    : Array.isArray(value)
      ? value.map(clean)
      : value;
const failure = async (run: () => any) => {
  try {
    const v = await run();
    return ["no error", v];
  } catch (e: any) {
    return [
      e.constructor.name,
      e.name,
      e.code,
      e.errno,
      e.syscall,
      clean(e.path),
      clean(e.message),
    ];
  }
};
const drain = async (stream: ReadableStream) => {
  const out: number[] = [];
  for await (const part of stream as any) out.push(...part);
  return String.fromCharCode(...out);
};
await put("a.txt", "hello");
await put("b.json", '{"a":[1,2]}');
await put("u.txt", "h\u00e9llo \u{1F600}");
await put("bom.txt", "\ufeffbom");
await put("bad.txt", new Uint8Array([0x61, 0xff, 0x62]));
await put("latin.txt", "caf\u00e9");
await put("empty.txt", "");
await put(
  "big.bin",
  new Uint8Array(300_000).map((_, i) => i % 251),
);
await put("folder/inside", "x");

// Construction and properties
show("path", () => {
  const f: any = Bun.file(at("a.txt"));
  return clean([
    f.name,
    f.type,
    f.size,
    f instanceof Blob,
    f instanceof File,
    Object.prototype.toString.call(f),
    f.constructor.name,
  ]);
});
await showAsync(
  "lastModified",
  async () =>
    Math.abs(
      Bun.file(at("a.txt")).lastModified - (await (Bun.file(at("a.txt")) as any).stat()).mtimeMs,
    ) < 2,
);
show("missing", () => {
  const f: any = Bun.file(at("none"));
  return clean([f.name, f.type, f.size, f.lastModified]);
});
show("url", () => clean((Bun.file(new URL("file://" + at("a.txt"))) as any).name));
show("file url string", () => clean((Bun.file("file://" + at("a.txt")) as any).name));
show("bytes path", () => clean((Bun.file(new TextEncoder().encode(at("a.txt"))) as any).name));
await showAsync("bytes path text", () => Bun.file(new TextEncoder().encode(at("a.txt"))).text());
show("http url", () => (Bun.file(new URL("http://x/")) as any).name);
show("empty path", () => (Bun.file("") as any).name);
show("nothing", () => (Bun.file as any)());
for (const bad of [null, undefined, {}, true, -1, 1.5, NaN, Symbol("x"), [], () => 1])
  show(`argument ${String(bad)}`, () => {
    const f: any = Bun.file(bad as any);
    return [typeof f, f.name, f.type];
  });
show("relative", () => [(Bun.file("a.txt") as any).name, (Bun.file("./x/../a.txt") as any).name]);
show("type option", () => [
  Bun.file("a", { type: "text/css" }).type,
  Bun.file("a.js", { type: "x/Y" }).type,
  Bun.file("a.js", { type: "" }).type,
  Bun.file("a.js", {} as any).type,
  Bun.file("a.js", null as any).type,
]);
for (const ext of `html htm css js mjs cjs ts tsx jsx mts cts json jsonc txt md xml svg png jpg
jpeg gif webp avif ico bmp tif pdf zip gz tar tgz 7z rar wasm mp3 mp4 webm
ogg wav flac aac m4a mov avi mkv woff woff2 ttf otf eot csv tsv yaml yml
toml ini conf log map sh py rb rs go c h cpp java class jar exe dll so bin
dat iso doc docx xls xlsx ppt pptx odt rtf epub webmanifest manifest jsonld
rss atom ics vcf HTML Js unknownext sql graphql vue svelte scss less sass
styl coffee lock apk deb rpm dmg swf psd ai eps ps tex`.split(/\s+/))
  show(`type of .${ext}`, () => Bun.file("x." + ext).type);
show("type of dotfile", () => [
  Bun.file(".html").type,
  Bun.file("a.b.html").type,
  Bun.file("html").type,
  Bun.file("a.").type,
  Bun.file("a.html/").type,
  Bun.file("/x.html/y").type,
]);
show("set name", () => {
  const f: any = Bun.file("a.txt");
  f.name = "z";
  return f.name;
});
show("set type", () => {
  const f: any = Bun.file("a.txt");
  f.type = "z";
  return f.type;
});

// Reading
for (const name of ["a.txt", "u.txt", "bom.txt", "bad.txt", "latin.txt", "empty.txt"]) {
  await showAsync(`${name} text`, () => Bun.file(at(name)).text());
  await showAsync(`${name} bytes`, () => Bun.file(at(name)).bytes());
  await showAsync(`${name} arrayBuffer`, () => Bun.file(at(name)).arrayBuffer());
  await showAsync(`${name} stream`, () => drain(Bun.file(at(name)).stream()));
  await showAsync(`${name} json`, () => Bun.file(at(name)).json());
}
await showAsync("json", () => Bun.file(at("b.json")).json());
await showAsync("big", async () => [
  (await Bun.file(at("big.bin")).bytes()).length,
  (await drain(Bun.file(at("big.bin")).stream())).length,
  (await Bun.file(at("big.bin")).text()).length,
]);
await showAsync("twice", async () => {
  const f = Bun.file(at("a.txt"));
  return [await f.text(), await f.text()];
});
await showAsync("after change", async () => {
  await put("c.txt", "one");
  const f = Bun.file(at("c.txt"));
  const first = await f.text();
  await put("c.txt", "three");
  return [first, await f.text()];
});
await showAsync("formData", async () => [
  ...(await (
    Bun.file(at("a.txt"), { type: "application/x-www-form-urlencoded" }) as any
  ).formData()),
]);
for (const method of [
  "text",
  "json",
  "bytes",
  "arrayBuffer",
  "formData",
  "stat",
  "delete",
  "unlink",
]) {
  await showAsync(`${method} of a missing file`, () =>
    failure(() => (Bun.file(at("none")) as any)[method]()),
  );
  if (method !== "stat")
    await showAsync(`${method} of a folder`, () =>
      failure(() => (Bun.file(at("folder")) as any)[method]()),
    );
}
await showAsync("stream of a missing file", () =>
  failure(() => drain(Bun.file(at("none")).stream())),
);
await showAsync("exists", async () => [
  await Bun.file(at("a.txt")).exists(),
  await Bun.file(at("none")).exists(),
  await Bun.file(at("folder")).exists(),
]);
await showAsync("stat", async () => {
  const s: any = await (Bun.file(at("a.txt")) as any).stat();
  return [
    s.size,
    s.isFile(),
    s.isDirectory(),
    s.mtime instanceof Date,
    typeof s.mtimeMs,
    s.constructor.name,
  ];
});
await showAsync("stat folder", async () =>
  (await (Bun.file(at("folder")) as any).stat()).isDirectory(),
);
await showAsync("fd type", () => Bun.file(1, { type: "text/css" }).type);

// slice
for (const args of [
  [1, 3],
  [0, 5],
  [3, 1],
  [0, 2, "x/y"],
] as any[])
  await showAsync(`slice ${JSON.stringify(args)}`, async () => {
    const f: any = Bun.file(at("a.txt"));
    const s = f.slice(...args);
    return clean([await s.text(), s.size, s.type, s.name]);
  });
await showAsync("slice before size", async () => {
  const s = Bun.file(at("a.txt")).slice(1, 4);
  return [await s.text(), s.size];
});
await showAsync("slice of slice", async () => Bun.file(at("a.txt")).slice(1, 5).slice(1, 3).text());
await showAsync("slice stream", async () => drain(Bun.file(at("a.txt")).slice(1, 4).stream()));
await showAsync("slice bytes", async () => Bun.file(at("a.txt")).slice(0, 2).bytes());
await showAsync("slice exists", async () => Bun.file(at("a.txt")).slice(0, 2).exists());
await showAsync(
  "slice big stream",
  async () => (await drain(Bun.file(at("big.bin")).slice(1000, 200_000).stream())).length,
);
show("size of slice", () => Bun.file(at("a.txt")).slice(0, 2).size);

// Bun.write
const written = async (data: any, ...rest: any[]) => {
  await remove("w");
  const count = await (Bun.write as any)(at("w"), data, ...rest);
  return [count, (await exists("w")) ? [...(await Bun.file(at("w")).bytes())].join(",") : null];
};
const stream = () =>
  new ReadableStream({
    start(c) {
      c.enqueue("ab");
      c.enqueue(new TextEncoder().encode("cd"));
      c.close();
    },
  });
for (const [name, make] of Object.entries<() => any>({
  string: () => "text",
  empty: () => "",
  unicode: () => "\u00e9\u{1F600}",
  Uint8Array: () => new Uint8Array([1, 2, 3]),
  subarray: () => new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
  ArrayBuffer: () => new Uint8Array([97, 98]).buffer,
  SharedArrayBuffer: () => new SharedArrayBuffer(2),
  Uint16Array: () => new Uint16Array([0x6162]),
  DataView: () => new DataView(new ArrayBuffer(3), 1),
  Blob: () => new Blob(["blob"]),
  File: () => new File(["file"], "n"),
  "empty Blob": () => new Blob([]),
  BunFile: () => Bun.file(at("a.txt")),
  "missing BunFile": () => Bun.file(at("none")),
  Response: () => new Response("resp"),
  "Response stream": () => new Response(stream()),
  "Response of a file": () => new Response(Bun.file(at("a.txt"))),
  "empty Response": () => new Response(),
  Request: () => new Request("http://x/", { method: "POST", body: "req" }),
  stream,
  URLSearchParams: () => new URLSearchParams("a=b"),
  FormData: () => new FormData(),
  number: () => 5,
  null: () => null,
  undefined: () => undefined,
  boolean: () => true,
  object: () => ({}),
  array: () => ["a", "b"],
  "array of bytes": () => [new Uint8Array([97]), "b"],
  bigint: () => 5n,
  symbol: () => Symbol("x"),
  date: () => new Date(0),
  "async generator": () =>
    (async function* () {
      yield "x";
    })(),
}))
  await showAsync(`write ${name}`, async () => clean(await failure(() => written(make()))));
await showAsync("write nothing", () => failure(() => (Bun.write as any)(at("w"))));
await showAsync("write no arguments", () => failure(() => (Bun.write as any)()));
await showAsync("write truncates", async () => {
  await Bun.write(at("t"), "long text");
  await Bun.write(at("t"), "x");
  return Bun.file(at("t")).text();
});
await showAsync("write to a BunFile", async () => [
  await Bun.write(Bun.file(at("t")), "via"),
  await Bun.file(at("t")).text(),
]);
await showAsync("write to a URL", async () => [
  await Bun.write(new URL("file://" + at("t")), "url"),
  await Bun.file(at("t")).text(),
]);
await showAsync("write to bytes path", async () => [
  await (Bun.write as any)(new TextEncoder().encode(at("t")), "bytes"),
  await Bun.file(at("t")).text(),
]);
await showAsync("write creates folders", async () => [
  await Bun.write(at("x/y/z.txt"), "deep"),
  await Bun.file(at("x/y/z.txt")).text(),
]);
await showAsync("write createPath false", () =>
  failure(() => (Bun.write as any)(at("q/y/z.txt"), "deep", { createPath: false })),
);
await showAsync("write default mode", async () => {
  await Bun.write(at("m2"), "x");
  return ((await (Bun.file(at("m2")) as any).stat()).mode & 0o777 & ~0o022).toString(8);
});
await showAsync("write to a folder", () => failure(() => Bun.write(at("folder"), "x")));
await showAsync("write below a file", () => failure(() => Bun.write(at("a.txt/x"), "x")));
await showAsync("write big", async () => [
  await Bun.write(at("big"), "x".repeat(1_000_000)),
  Bun.file(at("big")).size,
]);
await showAsync("write big copy", async () => [
  await Bun.write(at("big2"), Bun.file(at("big"))),
  Bun.file(at("big2")).size,
]);
await showAsync("copy creates folders", async () => [
  await Bun.write(at("n/o/p.txt"), Bun.file(at("a.txt"))),
  await Bun.file(at("n/o/p.txt")).text(),
]);
await showAsync("write a used Response", async () => {
  const r = new Response("x");
  await r.text();
  return failure(() => Bun.write(at("w"), r));
});
for (const bad of [null, undefined, {}, 5.5, true, ""])
  await showAsync(`write to ${JSON.stringify(bad)}`, () =>
    failure(() => (Bun.write as any)(bad, "x")),
  );
await showAsync("write to a Blob", () => failure(() => (Bun.write as any)(new Blob(["x"]), "y")));
await showAsync("file.write", async () => [
  await (Bun.file(at("fw")) as any).write("mine"),
  await Bun.file(at("fw")).text(),
]);
await showAsync("file.delete", async () => {
  const r = await (Bun.file(at("fw")) as any).delete();
  return [r === undefined, await exists("fw")];
});
await showAsync("size after write", async () => {
  const f = Bun.file(at("sz"));
  await Bun.write(f, "12345");
  return [f.size, await f.text()];
});
await showAsync("zero length", async () => [await Bun.write(at("zero"), ""), await exists("zero")]);

// writer
await showAsync("writer", async () => {
  const w: any = Bun.file(at("s")).writer();
  const r = [
    w.write("ab"),
    w.write(new Uint8Array([99])),
    await w.flush(),
    w.write("\u00e9"),
    await w.end(),
  ];
  return [r, await Bun.file(at("s")).text()];
});
await showAsync("writer class", async () => {
  const w: any = Bun.file(at("s")).writer();
  const out = [
    w.constructor.name,
    Object.prototype.toString.call(w),
    ["write", "flush", "end", "ref", "unref", "start", "close"].map((k) => typeof w[k]),
  ];
  await w.end();
  return out;
});
await showAsync("writer truncates", async () => {
  const w = Bun.file(at("s")).writer();
  w.write("z");
  await w.end();
  return Bun.file(at("s")).text();
});
await showAsync("writer big", async () => {
  const w = Bun.file(at("s")).writer({ highWaterMark: 1024 });
  for (let i = 0; i < 100; i++) w.write("0123456789".repeat(10));
  await w.end();
  return Bun.file(at("s")).size;
});
await showAsync("writer buffers", async () => {
  await remove("s");
  const w = Bun.file(at("s")).writer();
  w.write(new Uint8Array([97]).buffer);
  w.write(new Uint16Array([0x6262]));
  await w.end();
  return Bun.file(at("s")).text();
});
for (const bad of [5, null, undefined, {}, true])
  await showAsync(`writer write ${JSON.stringify(bad)}`, () =>
    failure(() => {
      const w: any = Bun.file(at("s")).writer();
      try {
        return w.write(bad);
      } finally {
        w.end();
      }
    }),
  );
await showAsync("writer write after end", async () => {
  const w: any = Bun.file(at("s")).writer();
  await w.end();
  return failure(() => w.write("x"));
});
await showAsync("writer end twice", async () => {
  const w: any = Bun.file(at("s")).writer();
  w.write("q");
  return [await w.end(), await failure(() => w.end())];
});
await showAsync("writer unwritten", async () => {
  await remove("s2");
  const w: any = Bun.file(at("s2")).writer();
  await w.end();
  return exists("s2");
});
await showAsync("writer folder missing", () =>
  failure(async () => {
    const w: any = Bun.file(at("nope/deep/s")).writer();
    w.write("x");
    return await w.end();
  }),
);

// Responses of files
await showAsync("response of a file", async () => {
  const r = new Response(Bun.file(at("b.json")));
  return [r.headers.get("content-type"), await r.json()];
});
await showAsync("response of a text file", async () => {
  const r = new Response(Bun.file(at("a.txt")));
  return [r.headers.get("content-type"), await r.text()];
});
await showAsync("response of a missing file", () =>
  failure(() => new Response(Bun.file(at("none"))).text()),
);
await showAsync("response blob of a file", async () => {
  const b: any = await new Response(Bun.file(at("a.txt"))).blob();
  return clean([b.size, b.type, b.name, await b.text()]);
});
await showAsync("response stream of a file", async () =>
  drain(new Response(Bun.file(at("a.txt"))).body!),
);
await showAsync("response of a slice", () =>
  new Response(Bun.file(at("a.txt")).slice(1, 4)).text(),
);
await showAsync("response clone of a file", async () => {
  const r = new Response(Bun.file(at("a.txt")));
  const c = r.clone();
  return [await r.text(), await c.text()];
});
await showAsync("form data of a file", async () => {
  const f = new FormData();
  f.append("f", Bun.file(at("a.txt")));
  const file: any = f.get("f");
  return [
    clean(file.name),
    file.size,
    (await new Response(f).text()).split("\r\n").slice(1, 4).map(clean),
  ];
});
await showAsync("concurrent", async () =>
  (await Promise.all(Array.from({ length: 64 }, () => Bun.file(at("a.txt")).text()))).every(
    (t) => t === "hello",
  ),
);

// The simple parts of Bun
show("constants", () => [
  typeof Bun.version,
  typeof Bun.revision,
  Bun.main === import.meta.path,
  (Bun as any).cwd === process.cwd() || typeof (Bun as any).cwd,
  Array.isArray(Bun.argv),
  Bun.argv.length,
  Bun.env === process.env,
  typeof Bun.isMainThread,
  typeof Bun.nanoseconds(),
]);
await showAsync("sleep", async () => {
  const t = performance.now();
  const r = await Bun.sleep(5);
  return [r === undefined, performance.now() - t >= 4];
});
await showAsync("sleep date", async () => {
  const r = await Bun.sleep(new Date(Date.now() + 5));
  return r === undefined;
});
await showAsync("sleep negative", async () => (await Bun.sleep(-5)) === undefined);
for (const bad of ["x", {}, null, undefined])
  await showAsync(`sleep ${JSON.stringify(bad)}`, () => failure(() => Bun.sleep(bad as any)));
show("sleepSync", () => {
  const t = performance.now();
  Bun.sleepSync(3);
  return performance.now() - t >= 2.9;
});
show("fileURLToPath", () => [
  Bun.fileURLToPath("file:///a/b%20c"),
  Bun.fileURLToPath(new URL("file:///x")),
]);
show("pathToFileURL", () => [
  Bun.pathToFileURL("/a/b c").href,
  Bun.pathToFileURL("/a/b") instanceof URL,
]);
for (const path of made)
  await Bun.file(path)
    .delete()
    .catch(() => undefined);
await import("node:fs").then(
  (fs) => fs.rmSync(dir, { recursive: true }),
  () => undefined,
);
