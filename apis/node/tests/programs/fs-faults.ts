// Faults: a full disk, no descriptors left, a watched folder removed, streams destroyed at each
// step. The documented error each time, and not one descriptor more than before.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "fs-faults-"));
const at = (name: string) => path.join(root, name);
const openNow = () => fs.readdirSync("/proc/self/fd").length;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const told = (promise: Promise<unknown>) => promise.then(() => "resolved", (error: any) => error.code);

// What the runtime opens once and keeps is open before the counting starts.
fs.watch(root).close();
fs.writeFileSync(at("file"), "x".repeat(200_000));
await fs.promises.readFile(at("file"));
for await (const _ of fs.createReadStream(at("file"))) break;
await sleep(50);
const before = openNow();

// A disk without room.
const full = (action: () => unknown) => {
  try { return action(); } catch (error: any) { return [error.code, error.syscall]; }
};
console.log("full sync", full(() => fs.writeFileSync("/dev/full", "x")));
console.log("full promise", await told(fs.promises.writeFile("/dev/full", "x")));
console.log("full append", await told(fs.promises.appendFile("/dev/full", "x".repeat(100_000))));
console.log("full stream", await new Promise((resolve) => {
  const stream = fs.createWriteStream("/dev/full");
  stream.on("error", (error: any) => resolve(error.code));
  stream.write("x");
}));
const handle = await fs.promises.open("/dev/full", "w");
console.log("full handle", await told(handle.writeFile("x")), await told(handle.write("x")));
await handle.close();

// A watched folder that is removed.
fs.mkdirSync(at("watched"));
const events: unknown[] = [];
const watcher = fs.watch(at("watched"), (type) => events.push(type));
await sleep(30);
fs.rmdirSync(at("watched"));
for (let tries = 0; tries < 100 && events.length === 0; tries++) await sleep(10);
watcher.close();
console.log("watched", events.length > 0, new Set(events));

// Streams destroyed at each step: at once, when open, after data, after their end.
async function destroyed(make: () => fs.ReadStream | fs.WriteStream, step: string) {
  const stream: any = make();
  const errors: string[] = [];
  stream.on("error", (error: any) => errors.push(error.message));
  const closed = new Promise((resolve) => stream.on("close", resolve));
  if (step === "now") stream.destroy();
  else if (step === "error") stream.destroy(new Error("wanted"));
  else if (step === "open") stream.on("open", () => stream.destroy());
  else if (step === "data") stream.on("data", () => stream.destroy());
  else if (step === "end") stream.resume().on("end", () => stream.destroy());
  else if (step === "write") stream.write("x".repeat(100_000), () => stream.destroy());
  else if (step === "finish") stream.end("x", () => stream.destroy());
  await closed;
  return [step, errors, stream.fd];
}
for (const step of ["now", "error", "open", "data", "end"]) {
  console.log("read", await destroyed(() => fs.createReadStream(at("file")), step));
}
for (const step of ["now", "error", "open", "write", "finish"]) {
  console.log("write", await destroyed(() => fs.createWriteStream(at("out")), step));
}
console.log("missing", await destroyed(() => fs.createReadStream(at("missing")), "data")
  .then(([step, errors]) => [step, (errors as string[]).map((error) => error.replace(root, "ROOT"))]));

// Reading what is aborted, and handles that are closed while they are in use.
const controller = new AbortController();
const reading = fs.promises.readFile(at("file"), { signal: controller.signal });
controller.abort();
console.log("aborted", await told(reading));
const busy = await fs.promises.open(at("file"));
const pending = busy.readFile();
await busy.close();
console.log("closed in use", (await pending).length, busy.fd);

// A folder opened and left, its iteration broken off.
for await (const _ of await fs.promises.opendir(root)) break;
for await (const _ of fs.createReadStream(at("file"), { highWaterMark: 100 })) break;

async function allGivenBack() {
  for (let tries = 0; tries < 100 && openNow() > before; tries++) await sleep(10);
  return Math.max(openNow() - before, 0);
}

// No descriptors left: every one that can be had is held, then all are given back.
await allGivenBack();
const held: number[] = [];
let failure: any;
try {
  for (let count = 0; count < 200_000; count++) held.push(fs.openSync(at("file")));
} catch (error) {
  failure = error;
}
const later = failure === undefined ? "EMFILE" : await told(fs.promises.readFile(at("file")));
for (const fd of held) fs.closeSync(fd);
console.log("too many", failure?.code ?? "EMFILE", later);

console.log("left open", await allGivenBack());
fs.rmSync(root, { recursive: true });
