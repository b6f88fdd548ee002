// util.inspect needs no iterators of arrays, which a program may have deleted.
const { inspect } = require("node:util");
const { writeSync } = require("node:fs");

const iterator = Object.getPrototypeOf([][Symbol.iterator]());
class Kind { field = 1; }
const values = [
  new Error("message"), { a: 1, [Symbol("s")]: 2 }, "text", null, [1, [2, [3, [4]]]],
  { a: { b: { c: { d: 1 } } } }, () => 1, Kind, new Kind(), new Date(0), /x/g, 10n, Symbol("s"),
  new Uint8Array(2), Object.create(null), Promise.resolve(1), new Number(3), new String("s"),
];
delete Array.prototype[Symbol.iterator];
delete iterator.next;
for (let index = 0; index < values.length; index++) {
  const lines = inspect(values[index], { showHidden: index % 2 === 1 }).split("\n    at");
  writeSync(1, `${lines[0]}\n`);
}
