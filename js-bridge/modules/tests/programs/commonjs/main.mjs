import plain, { one } from "./plain.cjs";
import interop, { named } from "./interop.cjs";
import * as interopSpace from "./interop.cjs";
import callable, { extra } from "./callable.cjs";
import * as primitive from "./primitive.cjs";
import * as withoutDefault from "./without-default.cjs";
import { createRequire } from "node:module";
console.log(JSON.stringify(plain), one, interop, named, Object.keys(interopSpace).join());
console.log(callable(), extra, primitive.default, Object.keys(primitive).join());
console.log(Object.keys(withoutDefault).join(), withoutDefault.default.kept);
const viaRequire = require("./plain.cjs");
console.log(viaRequire === plain, require("./uses-esm.cjs").answer);
console.log(createRequire(import.meta.url)("./plain.cjs") === plain);
const esm = require("./exported.mjs");
console.log(Object.keys(esm).join(), esm.default, require("./as-module.mjs"));
import * as same from "./exported.mjs";
console.log(same === esm, require.resolve("./plain.cjs").endsWith("/plain.cjs"));
try { require("./top-level-await.mjs"); } catch (error) { console.log(error.name, error.message.replace(/"\/.*\//, '"')); }
for (let index = 0; index < 2; index++) {
  try { require("./throws.cjs"); } catch (error) { console.log(error.message, globalThis.thrown); }
}
console.log(require("./cycle-a.cjs").done, require("./node-globals.cjs"));
console.log(require("./data.json") === require("./data.json"), require("./data.json").key);
