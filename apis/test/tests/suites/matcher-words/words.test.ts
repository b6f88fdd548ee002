import { expect, mock, test } from "bun:test";

const given: [string, unknown][] = [
  ["undefined", undefined], ["null", null], ["1", 1], ["-0", -0], ["true", true],
  ["'abc'", "abc"], ["''", ""], ["String", new String("abc")], ["[1]", [1]], ["{a}", { a: 1 }],
  ["symbol", Symbol("s")], ["10n", 10n],
];
const matchers: [string, ...unknown[][]][] = [
  ["toBeEmpty", []], ["toBeInteger", []], ["toBeCloseTo", []], ["toBeWithin", [], [1]],
  ["toBeOneOf", []], ["toBeInstanceOf", [Object], [() => {}], [Math.max], [5]],
  ["toContain", [1], ["a"], [undefined]], ["toContainEqual", [1], ["a"]],
  ["toContainValues", [[1]]], ["toContainKey", ["a"]], ["toBeObject", []],
  ["toHaveBeenCalled", [], [1]], ["toHaveNthReturnedWith", [], [0, 1]],
  ["toMatch", ["b"]], ["toIncludeRepeated", ["b", 1]],
  ["toEqual", [Map], [Error], [class {}], [class Named {}], [Date]],
];

function outcome(run: () => unknown) {
  try {
    const result = run();
    const kind = Object.prototype.toString.call(result);
    return result === undefined ? "holds" : `holds and answers ${kind}`;
  } catch (error: any) {
    return `${error.name}: ${error.message}`;
  }
}

test("words", () => {
  for (const [name, ...lists] of matchers) {
    for (const list of lists) {
      for (const [label, value] of given) {
        const matcher = (held: any) => held[name](...list);
        console.log(name, list, label);
        console.log("  ", outcome(() => matcher(expect(value))));
        console.log("  not:", outcome(() => matcher(expect(value).not)));
      }
    }
  }
});

test("predicates that throw, classes that are thrown", () => {
  for (const thrown of [new TypeError("own"), 5]) {
    console.log(outcome(() => expect(1).toSatisfy(() => {
      throw thrown;
    })));
  }
  for (const expected of [[], {}, new Set(), class Other {}]) {
    console.log(outcome(() => expect(() => {}).toThrow(expected as never)));
    console.log(outcome(() => expect(() => { throw new Error("x"); }).toThrow(expected as never)));
  }
  console.log(outcome(() => expect(mock()).toHaveBeenCalled(1 as never)));
});

test("classes of the runtime", () => {
  console.log(Date, Buffer, Date.name, Date.length, String(Date));
});
