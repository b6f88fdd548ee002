// Named imports of builtin modules keep what was exported when the module was first imported.
import buffer, { INSPECT_MAX_BYTES } from "node:buffer";
import fs, { readFileSync } from "node:fs";
import * as files from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const original = fs.readFileSync;
const show = (what: string) => {
  console.log(what, readFileSync === original, files.readFileSync === original,
    fs.readFileSync === original);
};
show("before");
fs.readFileSync = (() => "changed") as never;
show("changed");
syncBuiltinESMExports();
show("synchronised");
delete (fs as { readFileSync?: unknown }).readFileSync;
show("deleted");

console.log(INSPECT_MAX_BYTES, buffer.INSPECT_MAX_BYTES);
buffer.INSPECT_MAX_BYTES = 1000;
console.log(INSPECT_MAX_BYTES, buffer.INSPECT_MAX_BYTES);
