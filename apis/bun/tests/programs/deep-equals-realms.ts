// Equality strictly: of what another realm made, and of classes, which count by their names.
import vm from "node:vm";

const pairs: [string, unknown][] = [
  ["new Set([1, { a: 2 }])", new Set([1, { a: 2 }])],
  ["new Map([[1, [2]]])", new Map([[1, [2]]])],
  ["new Date(5)", new Date(5)],
  ["/a/g", /a/g],
  ["[1, , 3]", [1, , 3]],
  ["({ a: { b: 1 } })", { a: { b: 1 } }],
  ["new TypeError('x')", new TypeError("x")],
  ["new Uint8Array([1, 2]).buffer", new Uint8Array([1, 2]).buffer],
  ["new DataView(new ArrayBuffer(2))", new DataView(new ArrayBuffer(2))],
  ["new Number(1)", new Number(1)],
  ["new String('a')", new String("a")],
  ["new Set([1])", new Set([2])],
  ["new Date(5)", new Date(6)],
  ["new Map", new Set()],
];
for (const [code, own] of pairs) {
  console.log(code, Bun.deepEquals(vm.runInNewContext(code), own, true));
}

class Point { x = 1; }
class Other { x = 1; }
const twin = (() => {
  class Point { x = 1; }
  return new Point();
})();
class List extends Array {}
class Table extends Map {}
const strict = (left: unknown, right: unknown) => Bun.deepEquals(left, right, true);
console.log(strict(new Point(), twin), strict(new Point(), new Other()));
console.log(strict(new Point(), { x: 1 }), strict(Object.create({ y: 1 }), {}));
console.log(strict(List.of(1), [1]), strict(new Table(), new Map()));
