#!/usr/bin/env node
const child = require("./child.cjs");
console.log(require.main === module, module.id, module.parent, module.loaded, child.parentIsMain);
console.log(module.children.length, Object.keys(require.cache).length, this === exports);
delete require.cache[require.resolve("./child.cjs")];
console.log(require("./child.cjs") === child, globalThis.runs);
import("./module.mjs").then((namespace) => console.log(Object.keys(namespace).join(), namespace.default))
  .then(() => import("./child.cjs")).then((namespace) => console.log(Object.keys(namespace).join()));
try { require("./missing"); } catch (error) { console.log(error.code, error.message.split("\n")[0]); }
try { require("no-such-package"); } catch (error) { console.log(error.code, error.message.split("\n")[0]); }
var sloppy = (function () { return typeof this; })();
console.log(sloppy, typeof __dirname, require.resolve.paths("x")[0].endsWith("/node_modules"));
console.log(require("./folder"), require("./folder/"), require("./data").value);
function hoisted() { return arguments.length; }
console.log(hoisted(1, 2));
