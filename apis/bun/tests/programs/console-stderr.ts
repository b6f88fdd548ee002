// What goes to standard error. The test compares both streams.
console.error("error", { a: 1 });
console.warn("warn", [1]);
console.error();
console.warn("%s and %d", "a", 1);
console.assert(true, "not shown");
console.assert(false);
console.assert(false, "message");
console.assert(false, "message %s", "x", { a: 1 });
console.assert(0, { a: 1 });
(console.assert as any)();
console.group("group");
console.error("indented");
console.error({ a: { b: 1 } });
console.groupEnd();
console.log("to standard output");
