// Modules load although the program has taken away what iterates over arrays and what maps do.
const { writeFileSync, mkdtempSync, rmSync, writeSync } = require("node:fs");
const folder = mkdtempSync("/tmp/missing-intrinsics-");
writeFileSync(`${folder}/plain.cjs`, "exports.plain = 1;");
writeFileSync(`${folder}/other.mjs`, "export const other = 2;");
writeFileSync(`${folder}/importer.mjs`, "import { other } from './other.mjs';\nexport const sum = other + 1; export default 5;");
const ArrayIterator = Object.getPrototypeOf([][Symbol.iterator]());
delete Array.prototype[Symbol.iterator];
delete ArrayIterator.next;
const refuse = () => { throw new Error("taken away"); };
Map.prototype.get = Map.prototype.has = Map.prototype.set = refuse;
Array.prototype.push = Array.prototype.pop = Array.prototype.filter = refuse;
Reflect.apply = refuse;
const say = (text) => writeSync(1, `${text}\n`);
say(require(`${folder}/plain.cjs`).plain);
say(require(`${folder}/importer.mjs`).sum);
import(`${folder}/importer.mjs?again`).then((module) => {
  say(module.default);
  setTimeout(() => process.nextTick(() => { say("done"); rmSync(folder, { recursive: true }); }), 1);
}, (error) => say(`failed: ${error.message}`));
