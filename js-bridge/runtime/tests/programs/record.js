// Preloaded into Bun to record what a program says: bun --preload ./record.js name.js
globalThis.log = (...values) => {
  require("node:fs").writeSync(1, values.map(String).join(" ") + "\n");
};
const exit = process.reallyExit;
process.reallyExit = (code) => {
  require("node:fs").writeSync(1, `code ${code ?? 0}\n`);
  exit(code);
};
