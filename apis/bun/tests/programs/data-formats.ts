// TOML, YAML, JSON5, JSONC and JSONL, read and written.
const attempt = (run: () => unknown) => {
  try {
    console.log(JSON.stringify(run()));
  } catch (error: any) {
    console.log(error.name, error.message);
  }
};
console.log(Bun.YAML.parse("- .nan\n- -.inf\n- 0x1F\n- yes\n- !!str 1\n- ~\n- 2001-12-14\n"));
attempt(() => Bun.YAML.parse("a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n? [k]\n: |\n  text\n  more\n"));
const shared = Bun.YAML.parse("- &x {a: 1}\n- *x\n") as any[];
console.log(shared[0] === shared[1]);
for (const text of ["a: [", "*x", "a: b: c", "--- 1\n--- 2", "", "{a: 1, b: {c: [d]}}"]) {
  attempt(() => Bun.YAML.parse(text));
}
const values = ["", "null", "1e3", "- a", "a: b", "a #b", " a", "a\nb", "#a", "no", "a:b", "\\", 1.5, NaN, -0, [[1, [2]]], { "": 1, "1": [] }];
for (const value of values) attempt(() => Bun.YAML.stringify(value));
const nested = { a: 1, b: [1, { c: 2, d: [3, [4, 5]] }], e: {}, f: [], g: "x\ny", h: null };
attempt(() => Bun.YAML.stringify(nested, null, 2));
const part = { x: 1 };
attempt(() => Bun.YAML.stringify({ a: part, b: [part] }, null, 2));
attempt(() => Bun.YAML.stringify(10n));

attempt(() => Bun.TOML.parse("a = 1\nb = [1.5, inf]\n[c.d]\n\"e f\" = 'x'\n[[g]]\nh = true\n[[g]]\n"));
attempt(() => Bun.TOML.parse("when = 1979-05-27T00:32:00.5-07:00\ntime = 07:32\nday = 1979-05-27\n"));
attempt(() => Bun.TOML.parse(undefined as any));
attempt(() => (Bun.TOML as any).stringify({ a: 1, b: [1, 2], c: { d: "x" }, e: [{ f: 1 }, { f: 2 }] }));

for (const text of ["{a:1,b:'x\\\ny',}", "[+1,.5,0x1F,-Infinity]", "{a:1 b:2}", "01", "'\\1'", "// c", "{1:2}", "[1,,2]"]) {
  attempt(() => (Bun as any).JSON5.parse(text));
}
attempt(() => (Bun as any).JSON5.stringify({ a: [1, { "b c": "it's" }] }, null, 2));
for (const text of ['{"a":1,/* c */}', "{a:1}", "[1 2]", '"x', "1 2", "{'a':'b'}", "/* x", ""]) {
  attempt(() => (Bun as any).JSONC.parse(text));
}
attempt(() => (Bun as any).JSONL.parse('{"a":1}\n[2]\n'));
console.log((Bun as any).JSONL.parseChunk('{"a":1}\n[2]\n{"b"'));
