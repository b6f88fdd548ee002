// Files that appear after they were asked for, and paths that step upwards through what is not there.
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "module-appearing-"));
const file = path.join(folder, "later.json");
for (const request of [file, path.join(folder, "later")]) {
  try {
    require(request);
  } catch ({ code }) {
    console.log(code);
  }
}
fs.writeFileSync(file, "[1]");
console.log(require(file), require(path.join(folder, "later")));

const tree = fs.mkdtempSync(path.join(os.tmpdir(), "module-steps-"));
fs.mkdirSync(path.join(tree, "inner"));
fs.writeFileSync(path.join(tree, "inner.js"), "module.exports = 'file'");
fs.writeFileSync(path.join(tree, "inner", "index.js"), "module.exports = 'folder'");
for (const request of ["/inner", "/inner/", "/inner/absent/..", "/absent/../inner"]) {
  console.log(request, require(tree + request));
}
fs.rmSync(tree, { recursive: true });
fs.rmSync(folder, { recursive: true });
