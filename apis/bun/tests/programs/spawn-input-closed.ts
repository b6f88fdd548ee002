// The input of a child that has exited is closed: its pipe is given back, its stream cancelled.
import { readdirSync } from "node:fs";

const open = () => readdirSync("/proc/self/fd").length;
const quiet = { stdout: "ignore", stderr: "ignore" } as const;

await Bun.spawn({ cmd: ["true"], stdin: "pipe", ...quiet }).exited;
const before = open();
const children = [];
for (let index = 0; index < 20; index++) {
  children.push(Bun.spawn({ cmd: ["true"], stdin: "pipe", ...quiet }));
}
await Promise.all(children.map((child) => child.exited));
while (open() > before + 5) await Bun.sleep(10);
console.log("pipes of", children.length, "children closed");

let cancelled = 0;
const waiting = new ReadableStream({
  async pull() { await Bun.sleep(1); },
  cancel() { cancelled++; },
});
await Bun.spawn({ cmd: ["true"], stdin: waiting, ...quiet }).exited;
await Bun.sleep(10);
console.log("cancelled", cancelled);
