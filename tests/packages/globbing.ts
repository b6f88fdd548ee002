// glob and fast-glob over one tree: patterns, exclusions, dots, links, streams, stat results.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastGlob from "fast-glob";
import { Glob, escape, glob, globSync, hasMagic } from "glob";

const root = mkdtempSync(join(tmpdir(), "dx-glob-"));
for (const name of ["a/one.ts", "a/two.js", "a/b/three.ts", "a/b/.hidden.ts", "c/[x].ts", "c/d/e/deep.tsx", "top.md"]) {
  mkdirSync(join(root, name, ".."), { recursive: true });
  writeFileSync(join(root, name), name);
}
symlinkSync("../a", join(root, "c/link"));

console.log((await glob("**/*.ts", { cwd: root })).sort());
console.log(globSync(["**/*.{ts,tsx}", "!(top).md"], { cwd: root, dot: true, ignore: "a/b/**" }).sort());
console.log((await glob("**", { cwd: root, mark: true, follow: true, maxDepth: 3 })).sort());
console.log(escape("c/[x].ts"), hasMagic("a?c"), globSync(escape("c/[x].ts"), { cwd: root }));
const typed = new Glob("a/*", { cwd: root, withFileTypes: true, stat: true });
const files: string[] = [];
for await (const entry of typed) if (entry.isFile()) files.push(`${entry.name} ${entry.size} ${entry.relativePosix()}`);
console.log(files.sort());
console.log((await fastGlob("**/*.ts", { cwd: root, dot: true })).sort());
console.log(fastGlob.sync(["**/*", "!**/*.js"], { cwd: root, onlyFiles: false, markDirectories: true, followSymbolicLinks: false }).sort());
console.log((await fastGlob("c/**", { cwd: root, deep: 2, stats: true })).map((e) => [e.path, e.stats.size]).sort());
const streamed = [];
for await (const entry of fastGlob.stream("{a,c}/**/*.ts*", { cwd: root, caseSensitiveMatch: false })) streamed.push(entry);
console.log(streamed.sort(), fastGlob.isDynamicPattern("a/b"), fastGlob.escapePath("c/[x].ts"));
rmSync(root, { recursive: true });
