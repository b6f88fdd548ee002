// Bun.Glob against strings and folders; Bun.semver; identifiers; compression of whole buffers.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";

const root = mkdtempSync(join(tmpdir(), "glob-scan-"));
mkdirSync(join(root, "a/b/.hidden"), { recursive: true });
for (const file of ["x.ts", "a/y.ts", "a/b/z.ts", "a/b/.hidden/h.ts", ".dot.ts"]) writeFileSync(join(root, file), "");
symlinkSync(join(root, "a"), join(root, "link"));
const scan = (pattern: string, options: object = {}) => {
  const found = [...new Bun.Glob(pattern).scanSync({ cwd: root, ...options })].sort();
  console.log(pattern, found.map((path) => path.replace(root, "ROOT")));
};
scan("**/*.ts");
scan("**/*.ts", { dot: true });
scan("**/*.ts", { followSymlinks: true });
scan("*.ts", { absolute: true });
for (const pattern of ["*", "**", "a/*/", "./*.ts", "a/../*.ts", "link/*.ts", "{x,y}.ts", "**/b/**", "**/.hidden/*", "a/b/z.ts"]) {
  scan(pattern, { onlyFiles: false });
}
const names: string[] = [];
for await (const name of new Bun.Glob("a/**").scan(root)) names.push(name);
console.log(names.sort());
try {
  [...new Bun.Glob("*").scanSync({ cwd: "/does-not-exist" })];
} catch (error: any) {
  console.log(error.code, error.message);
}
rmSync(root, { recursive: true });
for (const [pattern, text] of [["*.ts", "a.ts"], ["**/a", "x/y/a"], ["[a-c]?", "bz"], ["{a,b{c,d}}", "bd"], ["!x", "y"], ["a/*", "a/b/c"]]) {
  console.log(pattern, text, new Bun.Glob(pattern).match(text));
}

for (const [range, version] of [["^1.2", "1.9.0"], ["~0.2.3", "0.3.0"], ["1.x || >=3", "4.0.0"], ["^1.0.0-rc.1", "1.0.0-rc.2"], ["*", "1.0.0-a"], ["1 - 2", "2.9.9"], [">1.2", "1.2.9"]]) {
  console.log(range, version, Bun.semver.satisfies(version, range));
}
console.log(["1.0.0", "1.0.0-rc.10", "0.9.9", "1.0.0-rc.2", "1.0.0-alpha"].sort(Bun.semver.order));

console.log(Bun.randomUUIDv5("www.example.com", "dns"), Bun.randomUUIDv5("a", "url", "base64"));
console.log(Bun.randomUUIDv7("hex", 5).slice(0, 15), Bun.randomUUIDv7("buffer").length);

const text = "to and fro ".repeat(500);
for (const [pack, unpack] of [[Bun.gzipSync, Bun.gunzipSync], [Bun.deflateSync, Bun.inflateSync], [Bun.zstdCompressSync, Bun.zstdDecompressSync]] as any[]) {
  const packed = pack(text, { level: 6 });
  console.log(packed.constructor.name, packed.length < 200, new TextDecoder().decode(unpack(packed)) === text);
}
console.log((await Bun.zstdDecompress(await Bun.zstdCompress(text))).toString() === text);
for (const run of [() => Bun.gunzipSync("nope"), () => Bun.zstdDecompressSync("nope"), () => Bun.gzipSync("a", { level: 99 } as any)]) {
  try {
    console.log(run());
  } catch (error: any) {
    console.log(error.name, error.code, error.message);
  }
}
const sink = new Bun.ArrayBufferSink();
sink.start({ asUint8Array: true });
console.log(sink.write("h\u00e9"), sink.write(new Uint8Array([1, 2])), sink.end());
