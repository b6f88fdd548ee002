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
