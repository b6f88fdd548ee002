import { where } from "conditions";
import { where as sub } from "conditions/sub";
import { where as pattern } from "conditions/files/one";
import onlyMain from "only-main";
import both from "module-and-main";
import scoped from "@scope/package";
import scopedDeep from "@scope/package/deep";
import internal from "#internal";
import aliased from "@/aliased";
import exact from "exact-alias";
import based from "lib/based";
import { which } from "./extensions/pick";
import compiled from "./extensions/compiled.js";
import folder from "./folder";
import timers from "timers";
import { setTimeout as later } from "node:timers";
import { version } from "bun";
import typed from "typed-package";
console.log(where, require("conditions").where, sub, pattern);
console.log(onlyMain, both, scoped, scopedDeep, internal);
console.log(aliased, exact, based, which, compiled, folder, typed);
console.log(timers.setTimeout === later, typeof require("timers").clearTimeout, version);
const one = await import("./instance?x=1");
const two = await import("./instance?x=2");
const again = await import("./instance?x=1");
console.log(one === again, one === two, one.url.endsWith("instance.ts?x=1"));
const byUrl = await import("file://" + import.meta.dir + "/folder/index.ts");
console.log(byUrl.default, import.meta.resolve("./folder/index.ts").endsWith("/folder/index.ts"));
for (const specifier of ["conditions/hidden", "./missing", "no-such-package", "@scope/none/x", "node:nope", "#none", ""]) {
  try { await import(specifier); } catch (error: any) { console.log(error.name, error.code, error.message.replaceAll(import.meta.dir, "")); }
  try { require(specifier); } catch (error: any) { console.log(error.code, error.message.replaceAll(import.meta.dir, "").split("\n").join("|")); }
}
