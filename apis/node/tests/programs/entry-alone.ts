// A program that needs no other module until it asks for one, which asks for it in turn.
console.log("main begins");
const { createRequire } = process.getBuiltinModule("node:module");
const load = createRequire(process.argv[1]!);
console.log(load("./entry-alone/back.ts").seen, Bun.main === process.argv[1]);
setTimeout(() => {
  console.log(load("./entry-alone/later.ts").seen);
  console.log("main is over");
});
