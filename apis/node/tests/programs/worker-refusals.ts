// Environments that are none, and workers whose text does not parse.
import { Worker } from "node:worker_threads";

for (const env of [42, "x", true, Symbol("x")] as any[]) {
  try {
    new Worker("1", { eval: true, env });
  } catch (error: any) {
    console.log(error.name, error.code, error.message);
  }
}
const worker = new Worker("abc)", { eval: true });
worker.on("error", (error: any) => console.log(error.name, error.constructor === SyntaxError));

// What all threads share is not changed by one of them.
const changes = ["execve", "chdir", "setuid", "umask", "initgroups"].map((name) => `
  try {
    process.${name}("/", []);
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }`);
await new Promise((ended) => worker.on("exit", ended));
new Worker(changes.join(""), { eval: true });
