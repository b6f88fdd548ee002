// Parsing, population, overriding and files of dotenv.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import dotenv from "dotenv";

const text = `# comment
PLAIN=value
SPACED =  around
QUOTED="two\\nlines"
SINGLE='as $is \\n'
MULTI="first
second"
export EXPORTED=yes
EMPTY=
HASH=before#after
COMMENTED=kept # not this
BACKTICK=\`a "b" 'c'\`
JSON={"a":"b"}
`;
console.log(dotenv.parse(text), dotenv.parse(Buffer.from("A=1\r\nB=2")));
const root = mkdtempSync(join(tmpdir(), "dx-dotenv-"));
const path = join(root, ".env");
writeFileSync(path, "DX_ONE=1\nDX_TWO=2\n");
writeFileSync(`${path}.local`, "DX_TWO=two\nDX_THREE=3\n");
process.env.DX_ONE = "kept";
console.log(dotenv.config({ path, quiet: true }), process.env.DX_ONE, process.env.DX_TWO);
console.log(dotenv.config({ path: [path, `${path}.local`], override: true, quiet: true }).parsed);
console.log(process.env.DX_ONE, process.env.DX_TWO, process.env.DX_THREE);
console.log(dotenv.config({ path: join(root, "none"), quiet: true }).error.code);
const target = {};
dotenv.populate(target, { A: "1" });
console.log(target);
rmSync(root, { recursive: true });
