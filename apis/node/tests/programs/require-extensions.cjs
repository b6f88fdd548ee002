// Files of extensions that nobody knows: CommonJS that requires them runs them as JavaScript.
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const root = fs.mkdtempSync(path.join(os.tmpdir(), "require-extensions-"));
const write = (name, text) => {
  fs.writeFileSync(path.join(root, name), text);
  return path.join(root, name);
};
console.log(require(write("a.weird", "module.exports = 'ran as JavaScript'")));
require.extensions[".own"] = (module, filename) => { module.exports = `own ${path.basename(filename)}`; };
const own = write("c.own", "module.exports = 'without a handler'");
console.log(require(own), require(path.join(root, "c")));
delete require.extensions[".own"];
delete require.cache[own];
console.log(require(own));
console.log(typeof Object.prototype.exports, Object.keys(module)[0]);
Object.defineProperty(Object.prototype, "exports", {
  configurable: true, get() { return "inherited"; }, set() { throw new Error("set"); },
});
console.log(require(write("d.js", "module.exports = 'in spite of Object.prototype'")));
delete Object.prototype.exports;
fs.rmSync(root, { recursive: true });
