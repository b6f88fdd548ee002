// FormData, method by method: prints one line a case; the output in dx equals the output in Bun.
import { show, showAsync } from "./support/report";

const any = FormData.prototype as any;
const plain = (v: any) =>
  v instanceof Blob
    ? `${v.constructor.name}(${v instanceof File},${(v as any).name},${v.size},${v.type})`
    : v;
const list = (f: FormData) => [...f].map(([k, v]) => [k, plain(v)]);
const make = (...pairs: any[]) => {
  const f = new FormData();
  for (const p of pairs) (f.append as any)(...p);
  return f;
};

show("none", () => list(new FormData()));
show("constructor argument", () => list(new (FormData as any)({ a: "b" })));
show("constructor null", () => list(new (FormData as any)(null)));
show("without new", () => {
  try {
    return (FormData as any)();
  } catch (error: any) {
    return error.name;
  }
});
show("append", () => list(make(["a", "1"], ["b", "2"], ["a", "3"])));
show("append returns", () => new FormData().append("a", "b") === undefined);
for (const value of [5, null, undefined, true, {}, [1, 2], 5n])
  show(`append ${String(value)}`, () => list(make(["a", value])));
show("append symbol", () => {
  try {
    return list(make(["a", Symbol("x")]));
  } catch (error: any) {
    return error.name;
  }
});
show("append name number", () => list(make([5, "x"])));
show("append lone surrogate", () => list(make(["a\ud800", "b\ud800"])));
show("append newlines", () => list(make(["a\nb", "c\rd\ne"])));
show("append blob", () => list(make(["a", new Blob(["xyz"], { type: "text/html" })])));
show("append blob with name", () => list(make(["a", new Blob(["xyz"]), "n.txt"])));
show("append file", () => list(make(["a", new File(["xyz"], "f.css")])));
show("append file with name", () => list(make(["a", new File(["xyz"], "f.css"), "other.js"])));
show("append string with name", () => list(make(["a", "text", "n.txt"])));
show("append file identity", () => {
  const file = new File(["x"], "f");
  const f = make(["a", file]);
  return [f.get("a") === file, f.get("a") === f.get("a")];
});
show("append blob original name", () => {
  const b: any = new Blob(["x"]);
  make(["a", b, "n"]);
  return b.name;
});
show("append one argument", () => (new FormData() as any).append("a"));
show("append nothing", () => (new FormData() as any).append());
show("append search params", () => list(make(["a", new URLSearchParams("q=1")])));
show("append bytes", () => list(make(["a", new Uint8Array([1, 2])])));

show("set", () => {
  const f = make(["a", "1"], ["b", "2"], ["a", "3"], ["c", "4"]);
  f.set("a", "new");
  f.set("d", "5");
  return list(f);
});
show("set blob", () => {
  const f = make(["a", "1"]);
  (f as any).set("a", new Blob(["x"]), "n");
  return list(f);
});
show("set one argument", () => (new FormData() as any).set("a"));
show("get", () => [
  make(["a", "1"], ["a", "2"]).get("a"),
  new FormData().get("a"),
  make(["A", "1"]).get("a"),
]);
show("get nothing", () => (new FormData() as any).get());
show("getAll", () => [
  make(["a", "1"], ["b", "x"], ["a", "2"]).getAll("a"),
  new FormData().getAll("a"),
]);
show("has", () => [make(["a", "1"]).has("a"), new FormData().has("a")]);
show("has with a value", () => [(make(["a", "1"]) as any).has("a", "2")]);
show("delete", () => {
  const f = make(["a", "1"], ["b", "2"], ["a", "3"]);
  const r = f.delete("a");
  return [r === undefined, list(f)];
});
show("keys", () => [...make(["b", "1"], ["a", "2"], ["b", "3"]).keys()]);
show("values", () => [...make(["b", "1"], ["a", "2"], ["b", "3"]).values()]);
show("entries", () => [...make(["b", "1"], ["a", "2"], ["b", "3"]).entries()]);
show("forEach", () => {
  const out: any[] = [];
  const f = make(["a", "1"], ["b", "2"]);
  f.forEach(function (this: any, value, key, self) {
    out.push([value, key, self === f, this === undefined]);
  });
  return out;
});
show("forEach this", () => {
  const out: any[] = [];
  make(["a", "1"]).forEach(
    function (this: any) {
      out.push(this.mark);
    },
    { mark: 3 } as any,
  );
  return out;
});
show("forEach not callable", () => new FormData().forEach(null as any));
show("length", () => [
  (make(["a", "1"], ["a", "2"]) as any).length,
  Object.getOwnPropertyDescriptor(FormData.prototype, "length")!.enumerable,
]);
show("toJSON", () => (make(["a", "1"], ["b", "2"], ["a", "3"]) as any).toJSON());
show("toJSON blob", () =>
  Object.entries((make(["a", new Blob(["x"])]) as any).toJSON()).map(([k, v]) => [k, plain(v)]),
);
show("JSON", () => JSON.stringify(make(["a", "1"], ["5", "2"])));
show("iterator live", () => {
  const f = make(["a", "1"], ["b", "2"]);
  const out: any[] = [];
  for (const [k] of f) {
    out.push(k);
    if (k === "a") f.append("c", "3");
    if (out.length > 5) break;
  }
  return out;
});
show("iterator live, delete", () => {
  const f = make(["a", "1"], ["b", "2"], ["c", "3"]);
  const out: any[] = [];
  for (const [k] of f) {
    out.push(k);
    f.delete(k);
  }
  return out;
});
show("iterator", () => {
  const it = make(["a", "1"]).entries();
  const proto = Object.getPrototypeOf(it);
  return [
    Object.prototype.toString.call(it),
    Object.getOwnPropertyNames(proto),
    typeof (it as any).map,
  ];
});
show("iterator is entries", () => any[Symbol.iterator] === any.entries);

// from
show("from text", () => list((FormData as any).from("a=1&b=%20x+y&a=2")));
show("from bytes", () => list((FormData as any).from(new TextEncoder().encode("a=1"))));
show("from multipart", () =>
  list(
    (FormData as any).from(
      '--X\r\nContent-Disposition: form-data; name="n"\r\n\r\nvalue\r\n--X--\r\n',
      "X",
    ),
  ),
);
show("from blob", () => list((FormData as any).from(new Blob(["a=1"]))));
show("from nothing", () => (FormData as any).from());
show("from number", () => (FormData as any).from(5));
show("from bad boundary", () => (FormData as any).from("x", "Y"));

for (const method of [
  "append",
  "set",
  "get",
  "getAll",
  "has",
  "delete",
  "entries",
  "keys",
  "values",
  "forEach",
  "toJSON",
])
  show(`${method} on another object`, () => any[method].call({}, "a", "b"));
show("length on another object", () =>
  Object.getOwnPropertyDescriptor(FormData.prototype, "length")!.get!.call({}),
);
show("tag", () => [Object.prototype.toString.call(new FormData()), String(new FormData())]);
show("length and name", () => [FormData.length, FormData.name]);
show("for in", () => {
  const out = [];
  for (const k in new FormData()) out.push(k);
  return out.sort();
});
show("own keys", () => Reflect.ownKeys(make(["a", "1"])));

// Serialised
async function serialised(f: FormData) {
  const response = new Response(f);
  const type = response.headers.get("content-type")!;
  const boundary = type.split("boundary=")[1]!.replace(/^"|"$/g, "");
  return [
    type.replaceAll(boundary, "BOUNDARY"),
    /^-+WebkitFormBoundary[0-9a-f]{32}$/i.test(boundary),
    (await response.text()).replaceAll(boundary, "BOUNDARY"),
  ];
}
await showAsync("serialise", () => serialised(make(["a", "1"], ["b", "\u00e9"])));
await showAsync("serialise empty", () => serialised(new FormData()));
await showAsync("serialise file", () =>
  serialised(make(["f", new File(["body"], "n.txt", { type: "text/html" })])),
);
await showAsync("serialise file without type", () =>
  serialised(make(["f", new File(["body"], "n.txt")])),
);
await showAsync("serialise blob", () => serialised(make(["f", new Blob(["body"])])));
await showAsync("serialise typed blob", () =>
  serialised(make(["f", new Blob(["body"], { type: "image/png" }), "p.png"])),
);
await showAsync("serialise names", () =>
  serialised(make(['q"u\r\no\nt\re', "v\nw\r\nx\ry"], ["f", new Blob(["b"]), 'n"\n.txt'])),
);
await showAsync("serialise unicode", () =>
  serialised(make(["\u00e9", "\u{1F600}"], ["f", new File(["\u00e9"], "\u{1F600}.txt")])),
);
await showAsync("blob of form data", async () => {
  const b = await new Response(make(["a", "1"])).blob();
  return [b.type.replace(/boundary=.*/, "boundary="), b.size > 50];
});

// Parsed
const parse = async (text: string | Uint8Array, type = "multipart/form-data; boundary=X") =>
  list((await new Response(text as any, { headers: { "content-type": type } }).formData()) as any);
const part = (head: string, body: string) => `--X\r\n${head}\r\n\r\n${body}\r\n`;
const end = "--X--\r\n";
const field = (name: string, rest = "") => `Content-Disposition: form-data; name="${name}"${rest}`;
for (const [name, text] of Object.entries({
  one: part(field("a"), "1") + end,
  two: part(field("a"), "1") + part(field("b"), "2") + end,
  "no end": part(field("a"), "1"),
  "end without line": part(field("a"), "1") + "--X--",
  "empty value": part(field("a"), "") + end,
  "empty body": "",
  "only end": end,
  preamble: "hello\r\n" + part(field("a"), "1") + end,
  epilogue: part(field("a"), "1") + end + "bye",
  file: part(field("f", '; filename="n.txt"') + "\r\nContent-Type: text/html", "<p>") + end,
  "file without type": part(field("f", '; filename="n.txt"'), "<p>") + end,
  "file with image type":
    part(field("f", '; filename="n.png"') + "\r\nContent-Type: image/png", "\x01\x02") + end,
  "empty filename":
    part(field("f", '; filename=""') + "\r\nContent-Type: application/octet-stream", "") + end,
  "unquoted name": part("Content-Disposition: form-data; name=a", "1") + end,
  "unquoted both": part("Content-Disposition: form-data; name=a; filename=b.txt", "1") + end,
  "no name": part("Content-Disposition: form-data", "1") + end,
  "no disposition": part("Content-Type: text/plain", "1") + end,
  "lower case": part('content-disposition: form-data; name="a"', "1") + end,
  "upper case": part('CONTENT-DISPOSITION: FORM-DATA; NAME="a"', "1") + end,
  attachment: part('Content-Disposition: attachment; name="a"', "1") + end,
  "value with newlines": part(field("a"), "1\r\n2\n3\r4") + end,
  "value with dashes": part(field("a"), "--X") + end,
  "value like boundary": part(field("a"), "x--Xy\r\n--Y") + end,
  "bare newlines": (part(field("a"), "1") + end).replaceAll("\r\n", "\n"),
  "no headers": "--X\r\n\r\nvalue\r\n" + end,
  "no blank line": "--X\r\n" + field("a") + "\r\n" + end,
  "charset type": part(field("a") + "\r\nContent-Type: text/plain; charset=utf-8", "1") + end,
  "escaped quote": part(field("q%22u"), "1") + end,
  "backslash quote": part('Content-Disposition: form-data; name="a\\"b"', "1") + end,
  "percent newline": part(field("q%0D%0Au"), "1") + end,
  "extended filename": part(field("f", "; filename*=UTF-8''%c3%a9.txt"), "1") + end,
  "both filenames":
    part(field("f", "; filename=\"a.txt\"; filename*=UTF-8''%c3%a9.txt"), "1") + end,
  "unicode name": part(field("\u00e9", '; filename="\u{1F600}.txt"'), "1") + end,
  "spaces around": part('Content-Disposition:form-data ;  name = "a" ', "1") + end,
  "wrong boundary": part(field("a"), "1").replaceAll("X", "Y") + "--Y--\r\n",
  "boundary with padding": "--X  \r\n" + field("a") + "\r\n\r\n1\r\n" + end,
  "same name": part(field("a"), "1") + part(field("a"), "2") + end,
  "filename first": part('Content-Disposition: form-data; filename="z.txt"; name="a"', "1") + end,
  "transfer encoding": part(field("a") + "\r\nContent-Transfer-Encoding: base64", "YWJj") + end,
  "numeric name": part(field("0"), "zero") + end,
  "truncated head": "--X\r\nContent-Disp",
  "truncated value": part(field("a"), "1") + "--X\r\n" + field("b") + "\r\n\r\ncut",
}))
  await showAsync(`parse ${name}`, () => parse(text));
await showAsync("parse bad bytes", () =>
  parse(
    new Uint8Array([
      ...new TextEncoder().encode("--X\r\n" + field("a") + "\r\n\r\n"),
      0xff,
      0x61,
      ...new TextEncoder().encode("\r\n" + end),
    ]),
  ),
);
await showAsync("parse file bytes", async () => {
  const f = await new Response(
    new Uint8Array([
      ...new TextEncoder().encode("--X\r\n" + field("a", '; filename="b"') + "\r\n\r\n"),
      0xff,
      0,
      0x61,
      ...new TextEncoder().encode("\r\n" + end),
    ]),
    { headers: { "content-type": "multipart/form-data; boundary=X" } },
  ).formData();
  return (f.get("a") as any).bytes();
});
for (const type of [
  'multipart/form-data; boundary="X"',
  "multipart/form-data;boundary=X",
  "Multipart/Form-Data; Boundary=X",
  "multipart/form-data; charset=utf-8; boundary=X",
  "multipart/form-data; boundary=X; charset=utf-8",
  "multipart/form-data",
  "multipart/form-data; boundary=",
  "multipart/mixed; boundary=X",
  "text/plain",
  "application/x-www-form-urlencoded",
  "",
])
  await showAsync(`parse with ${JSON.stringify(type)}`, () =>
    parse(part(field("a"), "1") + end, type),
  );
for (const text of [
  "a=1&b=2",
  "",
  "a",
  "a=",
  "=b",
  "a=b=c",
  "a=%E9&b=%C3%A9",
  "a=1+2%2B3",
  "&&a=1&&",
  "a=%",
  "a=%zz",
  "\u00e9=\u00e9",
  "a=1;b=2",
  "a=\r\n",
])
  await showAsync(`urlencoded ${JSON.stringify(text)}`, () =>
    parse(text, "application/x-www-form-urlencoded"),
  );
await showAsync("urlencoded with charset", () =>
  parse("a=1", "application/x-www-form-urlencoded; charset=UTF-8"),
);
await showAsync("round trip", async () => {
  const f = make(
    ["a", "1\r\n2"],
    [
      "f",
      new File([new Uint8Array([0, 255, 13, 10, 45, 45])], "b.bin", {
        type: "application/x-thing",
      }),
    ],
  );
  const back = await new Response(f).formData();
  return [list(back as any), [...(await (back.get("f") as any).bytes())]];
});
