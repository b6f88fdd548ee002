import * as nothing from "./nothing.js";
import * as strict from "./strict.js";
import * as usesRequire from "./uses-require.js";
import * as typeOnly from "./type-only.ts";
import * as dynamicOnly from "./dynamic-only.js";
import * as metaOnly from "./meta-only.js";
import * as inPackage from "./package/file.js";
import * as conditional from "./conditional.js";
for (const [name, namespace] of Object.entries({ nothing, strict, usesRequire, typeOnly, dynamicOnly, metaOnly, inPackage, conditional })) console.log(name, Object.keys(namespace).join());
console.log(JSON.stringify(Object.entries(globalThis.seen).sort()));
try { await import("./both.js"); } catch (error) { console.log(error.name, error.message, error.position?.line, error.position?.column); }
try { await import("./syntax.ts"); } catch (error) { console.log(error.name, error.message, error.position.line, error.position.column, error.position.lineText); }
try { await import("./missing-export.mjs"); } catch (error) { console.log(error.name, error.message.replace(import.meta.dir, "")); }
try { await import("./missing-builtin.mjs"); } catch (error) { console.log(error.name, error.message); }
try { await import("./missing-commonjs.mjs"); } catch (error) { console.log(error.name, error.message.replace(import.meta.dir, "")); }
try { await import("./ambiguous.mjs"); } catch (error) { console.log(error.name); }
for (const name of ["assigns.js", "this.js", "with.js", "plain.ts", "for-await.js"]) {
  try { await import(`./${name}`); } catch (error) { console.log(error.name); }
}
for (const name of ["plain.cjs", "plain.cts"]) require(`./${name}`);
