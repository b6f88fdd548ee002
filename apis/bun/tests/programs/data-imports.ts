// What files that are no programs give to import and to require: JSON5, Markdown, style sheets.
import { mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "data-imports-"));
const require = createRequire(folder + "/");
const FILES: Record<string, string> = {
  "a.json5": "{ // note\n a: 1, 'b': [0x10, +.5,], default: Infinity }\n",
  "list.json": "[1, 2]",
  "null.json": "null",
  "empty.json": "{}",
  "a.css": ".a { color: red }\n",
  "a.md": "# A \"q\"\n\n*x* `y \"z\"` ~~no~~\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n\n- [ ] one\n- [x] two\n",
  "a.markdown": "> quote\n\n```js\nlet a = \"<b>\";\n```\n",
  "a.txt": "text\n",
  "a.yaml": "a: 1\n",
  "a.toml": "a = 1\n",
  "bad.json5": "{ a: ",
};
for (const name of Object.keys(FILES)) {
  writeFileSync(join(folder, name), FILES[name]);
  writeFileSync(join(folder, "again." + name), FILES[name]);
}
for (const name of Object.keys(FILES)) {
  try {
    const module = await import(join(folder, name));
    console.log(name, Object.keys(module).join(), module.default);
  } catch (error) {
    console.log(name, (error as Error).name);
  }
  try {
    const required = require("./again." + name);
    console.log(typeof required, required?.__esModule, JSON.stringify(required));
  } catch (error) {
    console.log((error as Error).name);
  }
}
writeFileSync(join(folder, "b.txt"), "{ a: 1 }");
writeFileSync(join(folder, "c.txt"), "# md");
writeFileSync(join(folder, "d.txt"), "body {}");
console.log((await import(join(folder, "b.txt"), { with: { type: "json5" } })).default);
console.log((await import(join(folder, "c.txt"), { with: { type: "md" } })).default);
console.log((await import(join(folder, "d.txt"), { with: { type: "css" } })).default);
console.log((await import(join(folder, "a.md"), { with: { type: "text" } })).default.length);
