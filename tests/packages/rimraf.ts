// rimraf: trees, patterns, filters, the kinds of removal.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manual, native, rimraf, rimrafSync } from "rimraf";

const root = mkdtempSync(join(tmpdir(), "dx-rimraf-"));
function grow(name: string) {
  for (const folder of ["a", "a/b", "c"]) {
    mkdirSync(join(root, name, folder), { recursive: true });
    for (const file of ["1.txt", "2.log"]) writeFileSync(join(root, name, folder, file), file);
  }
  symlinkSync("c", join(root, name, "link"));
  return join(root, name);
}

console.log(await rimraf(grow("one")), existsSync(join(root, "one")));
console.log(await rimraf(join(grow("two"), "*/*.log"), { glob: true }), readdirSync(join(root, "two/a")));
console.log(rimrafSync(grow("three"), { filter: (path) => !path.endsWith(".txt") }), readdirSync(join(root, "three/c")));
console.log(await manual(grow("four")), await native(grow("five")), rimrafSync(join(root, "none")));
console.log(await rimraf([grow("six"), grow("seven")], { preserveRoot: true }), readdirSync(root).sort());
await rimraf("/").catch((error) => console.log(error.code, error.message));
try {
  rimrafSync(7 as never);
} catch (error) {
  console.log(error.name, error.message);
}
rimrafSync(root);
console.log(existsSync(root));
