// node:worker_threads: what a worker gets, says, and how it ends.
import { once } from "node:events";
import {
  MessageChannel, SHARE_ENV, Worker, getEnvironmentData, isMainThread, isMarkedAsUntransferable,
  markAsUntransferable, parentPort, postMessageToThread, receiveMessageOnPort, setEnvironmentData,
  threadId, threadName, workerData,
} from "node:worker_threads";

console.log(isMainThread, threadId, JSON.stringify(threadName), parentPort, workerData);

const prefix = "const { parentPort, workerData, threadName, getEnvironmentData, receiveMessageOnPort } = require('node:worker_threads');";
const start = (code: string, options: object = {}) => new Worker(prefix + code, { eval: true, ...options });

setEnvironmentData("key", { nested: [1] });
{
  const worker = start(
    "parentPort.postMessage([workerData, threadName, getEnvironmentData('key'), process.argv.slice(2), process.execArgv, process.env.A, process.env.HOME])",
    { workerData: new Map([["a", 1n]]), name: " named ", argv: ["x", 2], execArgv: ["--flag"], env: { A: "b" } },
  );
  console.log(worker.threadName, worker.stdin, typeof worker.stdout.on);
  const [data] = await once(worker, "message");
  console.log(data);
  console.log(await once(worker, "exit"), worker.threadName, worker.threadId);
}
console.log(getEnvironmentData("key"), getEnvironmentData("none"));

for (const code of [
  "throw Object.assign(new RangeError('thrown'), { code: 'CODE', detail: { a: 1 } })",
  "Promise.reject(new TypeError('rejected'))",
  "throw 'text'",
  "throw undefined",
  "process.exit(9)",
  "process.once('exit', (code) => parentPort.postMessage(['exit', code]))",
]) {
  const worker = start(code);
  const seen: any[] = [];
  worker.on("error", (error: any) => seen.push(
    error instanceof Error ? [error.constructor.name, error.message, (error as any).code, (error as any).detail] : error));
  worker.on("message", (message) => seen.push(message));
  const exitCode = await new Promise((resolve) => worker.on("exit", resolve));
  console.log(exitCode, seen);
}

{
  const worker = start("parentPort.on('message', (m) => { if (m === 'end') parentPort.close(); else parentPort.postMessage(m * 2); })");
  await once(worker, "online");
  for (const value of [1, 2, 3]) worker.postMessage(value);
  worker.postMessage("end");
  const doubled: number[] = [];
  worker.on("message", (value) => doubled.push(value));
  console.log(await once(worker, "exit"), doubled);
}

{
  const worker = start("for (;;);");
  await once(worker, "online");
  console.log("terminated", await worker.terminate(), await worker.terminate());
}

{
  const worker = start("process.stdin.on('data', (d) => process.stdout.write(String(d).toUpperCase())); process.stderr.write('to error');", { stdin: true, stdout: true, stderr: true });
  let out = "";
  let err = "";
  worker.stdout.on("data", (chunk) => { out += chunk; });
  worker.stderr.on("data", (chunk) => { err += chunk; });
  worker.stdin!.write("some ");
  worker.stdin!.end("input");
  await once(worker, "exit");
  console.log(out, err);
}

{
  const { port1, port2 } = new MessageChannel();
  const worker = start("workerData.port.postMessage(workerData.port instanceof MessagePort); workerData.port.close()", { workerData: { port: port2 }, transferList: [port2] });
  port1.on("message", (message) => console.log("port", message));
  await once(port1, "close");
  await once(worker, "exit");
  console.log("closed");
}

{
  const { port1, port2 } = new MessageChannel();
  port1.postMessage({ waiting: true });
  port1.postMessage(undefined);
  console.log(receiveMessageOnPort(port2), receiveMessageOnPort(port2), receiveMessageOnPort(port2));
  const buffer = new ArrayBuffer(4);
  markAsUntransferable(buffer);
  try {
    port1.postMessage(buffer, [buffer]);
  } catch (error: any) {
    console.log(error.name, error.message, isMarkedAsUntransferable(buffer));
  }
  port1.close();
}

{
  process.env.SHARED_NAME = "before";
  const worker = start("parentPort.postMessage(process.env.SHARED_NAME)", { env: SHARE_ENV });
  console.log(await once(worker, "message"));
  await once(worker, "exit");
}

{
  const worker = start("process.on('workerMessage', (value, source) => { parentPort.postMessage([value, source]); }); setTimeout(() => {}, 1000); parentPort.postMessage('ready')");
  await once(worker, "message");
  await new Promise((resolve) => setTimeout(resolve, 50));
  const heard = once(worker, "message");
  await postMessageToThread(worker.threadId, { direct: true });
  console.log(await heard);
  await worker.terminate();
  for (const thread of [0, 9999]) {
    await postMessageToThread(thread, 1).catch((error) => console.log(error.code, error.message));
  }
}

for (const make of [
  () => new Worker("bare.js"), () => new Worker(1 as any), () => new Worker("1", { eval: true, name: 1 as any }),
  () => new Worker("1", { eval: true, argv: "no" as any }),
]) {
  try {
    make();
  } catch (error: any) {
    console.log(error.name, error.code, error.message);
  }
}
