// Compiling a project of several files with typescript: output, declarations, diagnostics, services.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import ts from "typescript";

const root = mkdtempSync(join(tmpdir(), "dx-typescript-"));
const files = {
  "tsconfig.json": `{ "compilerOptions": { "target": "es2020", "module": "commonjs", "strict": true, "declaration": true,
    "sourceMap": true, "outDir": "out", "rootDir": "src", "lib": ["es2020"], "types": [], "experimentalDecorators": true }, "include": ["src"] }`,
  "src/shape.ts": "export interface Shape { area(): number }\nexport enum Kind { Circle = 'circle', Square = 'square' }\n",
  "src/circle.ts": "import { type Shape, Kind } from './shape';\nexport class Circle implements Shape {\n  static #made = 0;\n  readonly kind = Kind.Circle;\n  constructor(private radius: number) { Circle.#made++; }\n  area() { return Math.PI * this.radius ** 2; }\n}\n",
  "src/main.ts": "import { Circle } from './circle';\nfunction log(_: unknown, key: string) { key satisfies string; }\nclass App { @log run<const T extends readonly unknown[]>(list: T) { return list?.[0] ?? null; } }\nexport const total: number = [1, 2].map((r) => new Circle(r).area()).reduce((a, b) => a + b);\nexport default App;\n",
  "src/wrong.ts": "import { Circle } from './circle';\nconst text: string = new Circle(1).area();\nnew Circle('x').radius;\nfunction f(a: number): string { }\nmissing();\n",
};
for (const [name, text] of Object.entries(files)) {
  mkdirSync(join(root, name, ".."), { recursive: true });
  writeFileSync(join(root, name), text);
}
const config = ts.getParsedCommandLineOfConfigFile(join(root, "tsconfig.json"), {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: console.error });
const program = ts.createProgram(config.fileNames, config.options);
const emitted = program.emit();
for (const problem of ts.sortAndDeduplicateDiagnostics([...ts.getPreEmitDiagnostics(program), ...emitted.diagnostics])) {
  const at = problem.file?.getLineAndCharacterOfPosition(problem.start);
  console.log(problem.file && relative(root, problem.file.fileName), at, problem.code, ts.flattenDiagnosticMessageText(problem.messageText, "\n"));
}
for (const name of ["out/main.js", "out/main.d.ts", "out/circle.js", "out/shape.js", "out/main.js.map"]) {
  console.log(`--- ${name}\n${readFileSync(join(root, name), "utf8")}`);
}
const { Circle } = await import(join(root, "out/circle.js"));
console.log(new Circle(2).area().toFixed(3), ts.version);
console.log(ts.transpileModule("const x: number = <any>1; export { x }", { compilerOptions: { module: ts.ModuleKind.CommonJS } }).outputText);
const source = ts.createSourceFile("a.ts", "let a = 1 + 2;", ts.ScriptTarget.Latest, true);
const kinds: string[] = [];
(function visit(node: ts.Node) { kinds.push(ts.SyntaxKind[node.kind]); ts.forEachChild(node, visit); })(source);
console.log(kinds);
rmSync(root, { recursive: true });
