// Iterator.zip, zipKeyed, prototype.includes, prototype.join and disposal.
const own = Iterator as any;
const of = (list: unknown[]) => list[Symbol.iterator]() as any;

function tried(name: string, action: () => unknown) {
  try {
    console.log(name, action());
  } catch (error) {
    console.log(name, (error as Error).name, (error as Error).message);
  }
}

for (const name of ["zip", "zipKeyed"]) {
  const { value, ...rest } = Object.getOwnPropertyDescriptor(Iterator, name)!;
  console.log(name, value.length, value.name, rest, String(value));
}
tried("shortest", () => [...own.zip([[1, 2, 3], [4, 5]])]);
tried("longest", () => [...own.zip([[1, 2, 3], [4, 5]], { mode: "longest" })]);
tried("padded", () => [...own.zip([[1, 2], [3]], { mode: "longest", padding: ["a", "b"] })]);
tried("strict", () => [...own.zip([[1, 2], [3]], { mode: "strict" })]);
tried("equal", () => [...own.zip([[1, 2], [3, 4]], { mode: "strict" })]);
tried("mode", () => own.zip([[1]], { mode: "other" }));
tried("number", () => own.zip(5));
tried("item", () => own.zip([5]));
tried("text", () => own.zip(["ab"]));
tried("options", () => own.zip([[1]], 5));
tried("padding", () => own.zip([[1]], { mode: "longest", padding: 5 }));
tried("kind", () => [String(own.zip([[1]])), own.zip([[1]]) instanceof Iterator]);
tried("keyed", () => [...own.zipKeyed({ a: [1, 2], b: [3], c: undefined })]);
tried("keyed padded", () => [
  ...own.zipKeyed({ a: [1, 2], b: [3] }, { mode: "longest", padding: { b: "x" } }),
]);
tried("keyed number", () => own.zipKeyed(null));

const events: string[] = [];
const counted = (count: number, name: string) => ({
  [Symbol.iterator]() { return this; },
  next() {
    events.push(`next ${name}`);
    return count-- > 0 ? { value: count, done: false } : { value: undefined, done: true };
  },
  return() {
    events.push(`return ${name}`);
    return {};
  },
});
for (const mode of ["shortest", "longest", "strict"]) {
  tried(`closed by ${mode}`, () => {
    try {
      return [...own.zip([counted(2, "a"), counted(1, "b"), counted(2, "c")], { mode })].length;
    } finally {
      console.log(events.splice(0).join());
    }
  });
}
tried("left", () => {
  for (const _pair of own.zip([counted(2, "a"), counted(2, "b")])) break;
  return events.splice(0).join();
});
tried("ended before it began", () => {
  const zipped = own.zip([counted(2, "a"), counted(2, "b")]);
  return [zipped.return(), zipped.next(), events.splice(0).join()];
});

tried("includes", () => [
  of([1, NaN]).includes(NaN), of([1]).includes(2), of([0]).includes(-0), of([1, 2]).includes(1, 1),
]);
for (const skipped of [-1, "x", 1.5, Infinity]) {
  tried(`skip ${skipped}`, () => of([1]).includes(1, skipped));
}
tried("included", () => [Iterator.from(counted(3, "a") as any), events.length]
  .map((value: any) => (typeof value === "number" ? events.splice(0) : value.includes(2))));
tried("includes of", () => own.prototype.includes.call(5));
tried("join", () => [of([1, 2]).join(), of([1, null, undefined]).join("-"), of([]).join()]);
tried("join symbol", () => of([Symbol("s")]).join());
tried("join of", () => own.prototype.join.call(5));
tried("dispose", () => {
  let closed = 0;
  const iterator: any = { __proto__: Iterator.prototype, return() { closed++; } };
  return [iterator[Symbol.dispose](), closed, own.prototype[Symbol.dispose].name];
});
