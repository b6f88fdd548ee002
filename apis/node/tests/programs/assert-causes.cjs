// Causes in the messages of node:assert, long operands, and objects that only look like dates.
const assert = require("node:assert");
const util = require("node:util");

const text = (run) => {
  try {
    run();
    return "no difference";
  } catch (error) {
    return error.message;
  }
};
const cause = (value) => new Error("a", { cause: value });
console.log(text(() => assert.deepStrictEqual(new Error("a"), cause(undefined))));
console.log(text(() => assert.deepStrictEqual(cause(1), cause(undefined))));
console.log(text(() => assert.deepStrictEqual(cause(new Error("b")), cause(new Error("c")))));
for (const diff of ["simple", "full"]) {
  const checks = new assert.Assert({ diff, strict: false });
  for (const [one, other] of [["A".repeat(600), "B".repeat(600)], ["A\n".repeat(20), "B"]]) {
    try {
      checks.strictEqual(one, other);
    } catch (error) {
      const shown = util.inspect(error);
      console.log(diff, shown.slice(shown.indexOf("generatedMessage")));
    }
  }
}
function Fake() {}
Fake.prototype = Date.prototype;
console.log(Bun.deepEquals(new Date(0), new Fake()), Bun.deepEquals(new Fake(), new Fake()));
assert.notDeepEqual(new Date(0), new Fake());
