// What is said of broken files, and where: the first mistake of each.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";

const folder = mkdtempSync("/tmp/syntax-mistakes-");
const sources = {
  "paren.js": "console.log((1 + 2);", "call.js": "foo(1, 2\nbar();", "list.js": "const a = [1, 2;",
  "semicolon.js": "const a = 1 const b = 2;", "end.js": "function f() {\n  let a = 1;\n",
  "string.js": "const a = 'abc\nconst b = 1;\n", "template.js": "const a = `abc\nfoo\n",
  "pattern.js": "const a = /abc\n;", "flag.js": "const a = /a/q;", "comment.js": "/* abc\nfoo\n",
  "twice.js": "const a = 1;\nconst a = 2;\n", "parameter.js": "function f(a) { let a = 1; }",
  "await.js": "function f() { await x }", "constant.js": "const a;", "target.js": "f() = 1;",
  "break.js": "break;", "continue.js": "function f() { continue; }", "label.js": "for(;;) { break foo; }",
  "super.js": "function f() { super(); }", "private.js": "class A { f() { return this.#x; } }",
  "getter.js": "a = { get x(y) {} };", "setter.js": "a = { set x() {} };", "throw.js": "throw\nnew Error();",
  "power.js": "-1 ** 2;", "mixed.js": "a ?? b || c;", "from.mjs": "import from 'x';",
  "default.mjs": "export default 1;\nexport default 2;\n", "let.mjs": "let let = 1;",
  "type.ts": "let a as string;", "generic.ts": "function f<T(a: T) {}", "types.js": "let a: number = 1;",
  "closing.tsx": "const a = <div><p>x</div>;", "opening.tsx": "const a = <div>{</div>;",
};
for (const [name, source] of Object.entries(sources)) {
  writeFileSync(`${folder}/${name}`, source);
  try {
    await import(`${folder}/${name}`);
    console.log(name, "runs");
  } catch (error) {
    const first = error.errors?.[0] ?? error;
    const notes = first.notes.map(({ message, position }) => [message, position.line, position.column]);
    console.log(name, first.name, first.message, first.position?.line, first.position?.column, ...notes);
  }
}
rmSync(folder, { recursive: true });
