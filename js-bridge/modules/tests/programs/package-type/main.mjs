// What the `type` of package.json decides: the format of files that show none themselves. Only
// CommonJS without exports has a default one, its empty object.
const files = ["plain.js", "plain-typed.ts", "strict.js", "requires.js", "folder.js", "exports.js",
  "this.js", "comment.js", "imports.js"];
for (const type of ["untyped", "commonjs", "module"]) {
  for (const file of files) {
    const module = await import(`./${type}/${file}`);
    console.log(type, file, "default" in module ? "CommonJS" : "ES module");
  }
}
