// fs.glob: links below "**", "..", names with dashes, and what is left out.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
const root = fs.mkdtempSync(path.join(os.tmpdir(), "fs-glob-"));
for (const file of ["a/b-c/one-1.ts", "a/b-c/d/two-2.ts", "a/e/.hidden/three.ts", "a/e/f/four.ts", "top-0.ts"]) {
  fs.mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), "");
}
fs.symlinkSync("../e", path.join(root, "a/b-c/link"));
const show = (pattern: string | string[], options = {}) =>
  console.log(pattern, fs.globSync(pattern, { cwd: root, ...options }).sort());
for (const pattern of [
  "top-*.ts", "**/*-[0-9].ts", "a/b-*/*", "a/**/f", "./**/f", "./**/link/**", "a/*/..", "a/b-c/*/../one-1.ts",
  "a/**/link/", "a/**/", "a/b-c/link/**", "**/[d-f]", "a/{b-c,e}/*", "a/e/.*/*.ts", "nothing/**",
]) show(pattern);
show(["a/**", "top-0.ts"], { exclude: ["a/e/**", "**/two-?.ts"] });
show("a/**", { exclude: ["a/**"] });
show("**", { exclude: ["a/{e,b-c/d}"] });
show("a/**", { exclude: ["*"] });
show("*.ts", { exclude: () => true });
show("**/*.ts", { exclude: (name: string) => name === "d" });
show("a/b-c/*", { exclude: (name: string) => name === "d" });
const absolute = fs.globSync(`${root}/a/*`, { exclude: [`${root}/a/b-*`] });
console.log(absolute.map((each) => path.relative(root, each)));
const found: string[] = [];
for await (const each of fs.promises.glob("**/*-?.ts", { cwd: root, withFileTypes: true })) found.push(`${each.name} ${each.isFile()}`);
console.log(found.sort());
fs.rmSync(root, { recursive: true });
console.log(Object.getOwnPropertyNames(fs.promises.glob.prototype).sort());
