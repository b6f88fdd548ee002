// node:path, both kinds, over many combinations of parts, and what it says of bad arguments.
import path, { posix, win32 } from "node:path";
import viaPosix from "node:path/posix";
import viaWin32 from "node:path/win32";

const parts = ["", ".", "..", "a", "b.js", ".c", "/", "\\", "//", "\\\\", "c:", "C:\\", "srv", "é"];
const show = (value: unknown) => JSON.stringify(value);

for (const face of [posix, win32]) {
  let sum = "";
  for (const first of parts) {
    for (const second of parts) {
      const text = first + second + first;
      sum += [
        face.normalize(text), face.join(first, second, "x"), face.dirname(text), face.basename(text),
        face.extname(text), face.isAbsolute(text), face.resolve("/root", first, second),
        face.relative("/root/a", `/root/${first}`), show(face.parse(text + "q.txt")),
        face.format(face.parse(text + "q.txt")),
      ].join(" | ") + "\n";
    }
  }
  console.log(sum);
}

console.log(path === posix, posix === viaPosix, win32 === viaWin32, win32.posix === posix);
console.log(path.sep, path.delimiter, win32.sep, win32.delimiter, Object.keys(path).join());
console.log(path.basename("a/b.html", ".html"), path.basename("b.html", "b.html"));
console.log(win32.toNamespacedPath("C:\\a\\..\\b"), win32.toNamespacedPath("\\\\srv\\share\\x"));
console.log(win32.relative("C:\\a\\b", "c:\\A\\c"), win32.relative("C:\\a", "D:\\a"));
console.log(path.format({ name: "n", ext: "txt" }), path.format({ dir: "/d", root: "/d", base: "b" }));

const globs = ["*", "**/*.js", "a/**", "[!a-c]x", "{a,b}/*.{js,ts}", "!a", "\\*", "a?c", "[", "**"];
const subjects = ["a", "a.js", "x/y/a.js", "a/b/c", "dx", "ax", "b/q.ts", "*", "abc", "["];
for (const glob of globs) {
  console.log(glob, subjects.map((subject) => path.matchesGlob(subject, glob)).join());
}

const attempts: Array<() => unknown> = [
  () => path.join(1 as never), () => path.resolve(null as never), () => path.basename("a", 1 as never),
  () => path.relative("a", {} as never), () => path.format("x" as never), () => path.parse([] as never),
  () => path.matchesGlob(1 as never, "a"), () => win32.normalize(Symbol("s") as never),
];
for (const attempt of attempts) {
  try {
    console.log(attempt());
  } catch (error: any) {
    console.log(error.name, error.code, error.message, String(error), Object.keys(error).length);
  }
}
