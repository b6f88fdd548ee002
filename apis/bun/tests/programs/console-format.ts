// %-formats.
const cases: unknown[][] = [
  ["%s|%d|%i|%f|%j|%o|%O|%c|%%|%x", "a", 1.5, 2.7, 3.3, { a: 1 }, { b: [1] }, { c: { d: {} } }, "css", "rest", { z: 1 }],
  ["%s"], ["%", 1], ["100%", 1], ["%%", 1], ["%%%s", 1], ["a%%b%%c", 1, 2], ["%d", "12abc"], ["%d", "1"],
  ["%s %s %s", null, undefined, -0], ["%s %s", "a"], ["%s", { toString: () => "own" }], ["%s", { a: 1 }], ["%s", [1, [2]]],
  ["%s", 1n], ["%s", new Date(0)], ["%s", "str", "str"], ["%x%s%y", 1], ["%s%", 1, 2], ["%s", -0, "%s", 2],
  ["%d", null, undefined, true], ["%d %d %d", null, undefined, true], ["%d", ""], ["%d", [5]], ["%d", {}], ["%d", Symbol("s")],
  ["%i", "1e3"], ["%i", "0x10"], ["%i", 1e21], ["%i", 1e-7], ["%i %i", 1.9e22, -2.7], ["%i", -Infinity], ["%i", -0],
  ["%f", "1.5x"], ["%f", "1.50"], ["%f", Infinity], ["%f", 1e21], ["%f", 1e-7], ["%f", 123.456], ["%f", -0], ["%f", Symbol("s")],
  ["%j", undefined], ["%j", () => 1], ["%j", { a: [1, "x"] }], ["%j", "text"], ["%o", [1, { a: 1 }]], ["%O %o", "str", "str2"],
  ["%c red", "color:red"], ["x%cy", "c", "z"], [{}, "%s", 1], ["a", "%s", "b"], ["a", "%s %s", "b"], ["%s", "a\0b"],
  ["plain", "%", "text"], ["", 1], ["", ""], [1, "a", [2], { b: 3 }], [undefined, null], ["%s", class Klass {}.name],
];
for (const values of cases) console.log(...values);
for (const values of [["%d", 5n], ["%s", Symbol("x")], ["%s", Object.create(null)]]) {
  try {
    console.log(...values);
  } catch (error: any) {
    console.log(error.name);
  }
}
