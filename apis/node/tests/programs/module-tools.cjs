// What tools change in node:module, and what createRequire refuses.
const Module = require("node:module");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "module-tools-"));
const file = path.join(folder, "wrapped.js");
fs.writeFileSync(file, "exports.seen = globalThis.marks;");
Module.wrapper[0] += "globalThis.marks = 'wrapped';";
console.log(require(file).seen);
Module.wrapper[0] = Module.wrapper[0].replace("globalThis.marks = 'wrapped';", "");

process.env.NODE_PATH = "/a::/b:";
process.env.HOME = "/home/someone";
Module._initPaths();
console.log(Module.globalPaths.slice(0, 4), Module.globalPaths.length);

for (const filename of [{}, 5, null, "relative", [], Symbol("text")]) {
  try {
    Module.createRequire(filename);
  } catch ({ name, code, message }) {
    console.log(name, code, message);
  }
}
console.log(require("sys") === require("util"), require("node:sys") === require("util"));

const preload = path.join(folder, "preload.js");
fs.writeFileSync(preload, `const Module = require("module"), run = Module.runMain;
  Module.runMain = (...all) => { console.log("instead"); run(...all); };`);
const main = path.join(folder, "main.js");
fs.writeFileSync(main, "console.log('main')");
console.log(Bun.spawnSync([process.execPath, "--require", preload, main]).stdout.toString());

console.log(typeof Error.prepareStackTrace, Error.prepareStackTrace.length);
console.log(Error.prepareStackTrace(new TypeError("text"), ["one", "two"]));
fs.rmSync(folder, { recursive: true });
