// fs-extra: copies, moves, JSON, ensured and emptied folders, in promise, callback and sync forms.
import { tmpdir } from "node:os";
import { join } from "node:path";
import fs from "fs-extra";

const root = await fs.mkdtemp(join(tmpdir(), "dx-fs-extra-"));
const at = (...names: string[]) => join(root, ...names);
await fs.outputFile(at("a/b/c.txt"), "text");
await fs.outputJson(at("a/data.json"), { one: [1, null] }, { spaces: 2 });
console.log(await fs.readFile(at("a/data.json"), "utf8"), await fs.readJson(at("a/data.json")));
await fs.ensureSymlink(at("a/b"), at("link"), "dir");
await fs.copy(at("a"), at("copy"), { filter: (from) => !from.endsWith(".json") });
console.log(await fs.pathExists(at("copy/b/c.txt")), await fs.pathExists(at("copy/data.json")));
await fs.move(at("copy"), at("moved/deep"));
console.log(fs.readdirSync(at("moved/deep")), fs.existsSync(at("copy")));
await fs.move(at("a"), at("moved/deep")).catch((error) => console.log(error.message));
fs.ensureFileSync(at("x/y/z"));
fs.emptyDirSync(at("x"));
console.log(fs.readdirSync(at("x")), fs.statSync(at("x")).isDirectory());
fs.writeJsonSync(at("bad.json"), 1);
fs.appendFileSync(at("bad.json"), "{");
await fs.readJson(at("bad.json")).catch((error) => console.log(error.name, error.message.includes("bad.json")));
console.log(await fs.readJson(at("bad.json"), { throws: false }));
await new Promise<void>((resolve) => fs.remove(at("moved"), (error) => { console.log(error); resolve(); }));
await fs.copy(at("none"), at("other")).catch((error) => console.log(error.code, error.syscall));
await fs.ensureLink(at("x/hard"), at("x/link")).catch((error) => console.log(error.code));
await fs.remove(root);
console.log(fs.existsSync(root));
