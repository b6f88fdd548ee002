// What each method writes to standard output.
console.log();
console.log(undefined);
console.info("info", 1);
console.debug("debug", { a: 1 });
console.dir();
console.dirxml();
console.dir({ a: { b: { c: { d: 1 } } } });
console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 });
console.dir({ a: { b: { c: { d: { e: { f: 1 } } } } } }, { depth: null });
console.dir({ a: 1 }, { colors: false });
console.dir("text");
console.dir(1, 2 as any, 3);
console.dir("%s", { depth: 1 });
console.dirxml({ a: 1 }, 2, "%s");

console.count();
console.count();
console.count("x");
console.count(undefined);
console.count(null as any);
console.count({} as any);
console.countReset();
console.count();
console.countReset("never counted");

console.group();
console.log("no heading");
console.groupEnd();
console.group("heading %s", "x");
console.log("inside");
console.log({ a: 1, b: [1, { c: 2 }] });
console.log("two\nlines");
console.group("deeper");
console.table([{ a: 1 }]);
console.log([1, 2, 3]);
console.groupEnd();
console.groupCollapsed("collapsed", 1, { x: 1 });
console.count("x");
console.log(1, 2);
console.groupEnd();
console.groupEnd();
console.groupEnd();
console.groupEnd();
console.log("outside");

console.log(console.write("w1"), console.write("w2", "w3\n"), console.write(new Uint8Array([104, 105, 10])));
console.timeEnd("never started");
console.timeLog("never started");
console.profile("p");
console.profileEnd("p");
console.timeStamp("t");
console.clear();
const { log } = console;
log("detached");
for (const name of ["log", "table", "assert", "count", "time", "group", "write"]) {
  const method = (console as any)[name];
  console.log(name, JSON.stringify(method.name), method.length, typeof method.prototype);
}
console.log(Object.prototype.toString.call(console), Object.keys(console).slice(0, 27).join());
