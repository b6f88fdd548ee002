// Workers that have ended leave nothing behind: descriptors and threads are as before, and memory
// does not grow with their number.
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { Worker } from "node:worker_threads";

const descriptors = () => readdirSync("/proc/self/fd").length;
const threads = () => readdirSync("/proc/self/task").length;
const residentMegabytes = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))![1]) / 1024;

async function round(count: number) {
  for (let index = 0; index < count; index += 4) {
    await Promise.all([0, 1, 2, 3].map(async (kind) => {
      const code = kind % 2 === 0 ? "setInterval(() => {}, 1000)" : "require('node:worker_threads').parentPort.on('message', () => {})";
      const worker = new Worker(code, { eval: true });
      await once(worker, "online");
      await worker.terminate();
    }));
  }
}

await round(20);
Bun.gc(true);
const before = [descriptors(), threads(), residentMegabytes()];
await round(200);
Bun.gc(true);
// The last threads may still be on their way out; the engine has helpers that come and go.
const few = 16;
const deadline = Date.now() + 5000;
while (threads() > before[1] + few && Date.now() < deadline) await Bun.sleep(10);
console.log("descriptors", descriptors() <= before[0] + few);
console.log("threads", threads() <= before[1] + few);
console.log("memory", residentMegabytes() < before[2] + 100);
