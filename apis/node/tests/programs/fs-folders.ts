// Folders, links, times, permissions, copies, globs: what a tree is after what was done to it.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "fs-folders-"));
const at = (...names: string[]) => path.join(root, ...names);
const check = (name: string, value: unknown) => console.log(name, value);

check("made", path.relative(root, fs.mkdirSync(at("a/b/c"), { recursive: true })!));
for (const name of ["a/one.js", "a/b/two.js", "a/b/c/three.txt", ".hidden", "top.ts"]) {
  fs.writeFileSync(at(name), name);
}
fs.symlinkSync("a", at("link"));
fs.linkSync(at("top.ts"), at("hard.ts"));

check("readdir", fs.readdirSync(root).sort());
check("recursive", fs.readdirSync(root, { recursive: true }).sort());
check("kinds", fs.readdirSync(root, { withFileTypes: true })
  .map((entry) => [entry.name, entry.isDirectory(), entry.isFile(), entry.isSymbolicLink()])
  .sort());
check("buffers", (fs.readdirSync(at("a"), "buffer") as any).map((name: Buffer) => name.toString()).sort());
check("deep kinds", fs.readdirSync(root, { withFileTypes: true, recursive: true })
  .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))).sort());

const folder = fs.opendirSync(root);
const names = [];
for await (const entry of folder) names.push(entry.name);
check("opendir", names.sort());
check("closed", await folder.close().catch((error: any) => error.code));

check("link", [fs.readlinkSync(at("link")), fs.lstatSync(at("link")).isSymbolicLink(),
  fs.statSync(at("link")).isDirectory(), path.relative(root, fs.realpathSync(at("link/b")))]);
check("hard", [fs.statSync(at("top.ts")).nlink, fs.statSync(at("hard.ts")).size]);

fs.utimesSync(at("top.ts"), 1000.5, new Date("2020-01-02T03:04:05.678Z"));
const stats = fs.statSync(at("top.ts"));
check("times", [stats.atimeMs, stats.mtimeMs, stats.atime.toISOString(), stats.mtime.toISOString()]);
const big = fs.statSync(at("top.ts"), { bigint: true });
check("big", [big.size, big.mtimeMs, big.mtimeNs, big.isFile()]);
fs.chmodSync(at("top.ts"), "640");
check("mode", (fs.statSync(at("top.ts")).mode & 0o777).toString(8));

fs.cpSync(at("a"), at("copy"), { recursive: true, filter: (source) => !source.endsWith("two.js") });
check("copied", fs.readdirSync(at("copy"), { recursive: true }).sort());
await fs.promises.cp(at("a"), at("copy2"), { recursive: true, preserveTimestamps: true });
check("copied later", fs.readdirSync(at("copy2"), { recursive: true }).sort());
check("refused", await fs.promises.cp(at("a/one.js"), at("copy/one.js"), { force: false, errorOnExist: true })
  .catch((error: any) => error.code));

check("glob", fs.globSync("a/**/*.{js,txt}", { cwd: root }).sort());
check("glob names", fs.globSync("**/*.js", { cwd: root, exclude: (name: any) => name === "copy" || name === "copy2" }).sort());
const found = [];
for await (const name of fs.promises.glob(["*.ts", "a/*"], { cwd: root })) found.push(name);
check("glob later", found.sort());

fs.renameSync(at("top.ts"), at("renamed.ts"));
check("renamed", [fs.existsSync(at("top.ts")), fs.existsSync(at("renamed.ts"))]);
check("statfs", Object.keys(fs.statfsSync(root)));

{
  using temporary = fs.mkdtempDisposableSync(at("temporary-"));
  check("temporary", fs.existsSync(temporary.path));
}
check("temporary after", fs.readdirSync(root).filter((name) => name.startsWith("temporary")));
fs.rmSync(root, { recursive: true });
check("gone", fs.existsSync(root));
