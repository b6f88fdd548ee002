// What still runs of a program that fails: all of the turn in which nobody caught its error.
import { spawnSync } from "node:child_process";

const QUEUE = `
  process.on("exit", (code) => console.log("exit", code));
  const queue = (name) => {
    process.nextTick(() => console.log("tick of", name));
    Promise.resolve().then(() => console.log("microtask of", name));
    setImmediate(() => console.log("immediate of", name));
    setTimeout(() => console.log("timer of", name), 200);
  };
`;
const programs = {
  "main module": `queue("main"); throw new Error("main");`,
  "main module, caught": `
    process.on("uncaughtException", (error) => console.log("caught", error.message));
    queue("main");
    throw new Error("main");`,
  timer: `setTimeout(() => { queue("timer"); throw new Error("in a timer"); }, 1);`,
  immediate: `setImmediate(() => { queue("immediate"); throw new Error("in an immediate"); });`,
};
for (const [name, code] of Object.entries(programs)) {
  const child = spawnSync(process.execPath, ["-e", QUEUE + code], { encoding: "utf8" });
  const said = child.stderr.split("\n").filter((line) => line.startsWith("error: "));
  console.log(`-- ${name}: ${child.status}`, said);
  console.log(child.stdout.trim());
}
