// Collections, functions, objects, strings and templates of lodash.
import _ from "lodash";
import debounce from "lodash/debounce";
import fp from "lodash/fp";

const people = [
  { name: "Ada", age: 36, tags: ["x", "y"] },
  { name: "Bob", age: 41, tags: ["y"] },
  { name: "Cyd", age: 36, tags: [] },
];
console.log(_.VERSION, _.groupBy(people, "age"), _.sortBy(people, ["age", "name"]).map((p) => p.name));
console.log(_.chain(people).flatMap("tags").countBy().toPairs().value());
console.log(_.merge({ a: { b: [1, 2] } }, { a: { b: [3], c: new Date(0) } }));
const deep = { list: [new Map([[1, { two: 2 }]]), new Set([3])], buffer: Buffer.from("abc"), re: /x/gi };
const clone = _.cloneDeep(deep);
console.log(clone, _.isEqual(deep, clone), clone.buffer !== deep.buffer);
console.log(_.template("<% each(list, i => { %>[<%- i %>]<% }) %> <%= name %>", { imports: { each: _.each } })({ list: ["<a>", 2], name: "n" }));
console.log(_.camelCase("some words-here"), _.kebabCase("XMLHttpRequest"), _.deburr("déjà vu"), _.words("a🐸b c"));
console.log(_.debounce === debounce, fp.flow(fp.map((x: number) => x * 2), fp.sum)([1, 2, 3]));
console.log(_.get({ a: [{ b: 5 }] }, "a[0].b"), _.set({}, "x.y[1]", 7), _.range(0, 20, 5));
console.log(_.isPlainObject(Object.create(null)), _.isTypedArray(new Uint8Array()), _.isBuffer(Buffer.alloc(1)), _.isArguments((function () { return arguments; })()));
let calls = 0;
const limited = _.debounce(() => ++calls, 5);
limited(); limited(); limited();
await new Promise((resolve) => _.delay(resolve, 30));
console.log(calls, _.memoize((x: number) => x + 1)(2), _.curry((a, b, c) => a + b + c)(1)(2)(3));
