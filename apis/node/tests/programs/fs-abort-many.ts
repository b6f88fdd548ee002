// Calls that are aborted one by one do not pile up: each is over before the next begins.
import { readdirSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";

const path = `${process.env.TMPDIR ?? "/tmp"}/fs-abort-many-${process.pid}`;
const names: Record<string, number> = {};
let openMax = 0;
for (let index = 0; index < 300; index++) {
  const controller = new AbortController();
  const { signal } = controller;
  const call = index % 2 === 0 ? writeFile(path, "text", { signal }) : readFile(path, { signal });
  process.nextTick(() => controller.abort());
  await call.then(() => "done", (error) => error.name).then((name) => {
    names[name] = (names[name] ?? 0) + 1;
  });
  openMax = Math.max(openMax, readdirSync("/proc/self/fd").length);
}
console.log(names, openMax < 50);
await rm(path, { force: true });
