// process.stdin at rest: paused it leaves its descriptor alone and lets the program end, whatever
// it is; its members by what the descriptor is.
import { openSync, closeSync } from "node:fs";
const start = (code: string, stdin: any) =>
  Bun.spawn([process.execPath, "-e", code], { stdin, stdout: "pipe", stderr: "inherit" });
const ended = async (child: any) => [await child.exited, (await child.stdout.text()).trim()];

// The pipe stays open: only the pause lets these end.
const paused = start(`
  process.stdin.on("pause", () => console.log("pause")).on("resume", () => console.log("resume"));
  process.stdin.on("data", () => console.log("data"));
  process.stdin.pause();`, "pipe");
console.log("at once", ...(await ended(paused)));
const later = start(`
  process.stdin.on("data", (data) => { console.log("data", String(data)); process.stdin.pause(); });
  process.on("exit", () => console.log("exit", process.stdin.isPaused()));`, "pipe");
later.stdin.write("first");
console.log("after data", ...(await ended(later)));
const again = start(`
  process.stdin.on("data", (data) => {
    console.log("data", String(data));
    process.stdin.pause();
    setTimeout(() => process.stdin.resume(), 50);
  });
  process.stdin.on("end", () => console.log("end")).on("close", () => console.log("close"));`, "pipe");
again.stdin.write("one");
again.stdin.flush();
let printed = "";
for await (const piece of again.stdout) {
  printed += new TextDecoder().decode(piece);
  if (printed === "data one\n") setTimeout(() => { again.stdin.write("two"); again.stdin.end(); }, 200);
}
console.log("resumed", await again.exited, printed.trim());

const members = "console.log(typeof process.stdin.ref, typeof process.stdin.unref, typeof process.stdin.setRawMode)";
const piped = start(members, "pipe");
piped.stdin.end();
console.log("pipe", ...(await ended(piped)));
console.log("null", ...(await ended(start(members, "ignore"))));
const file = openSync(import.meta.path, "r");
console.log("file", ...(await ended(start(members, file))));
closeSync(file);

// What kill and spawn make of odd arguments, and of the constructor of process.
const child = Bun.spawn(["sleep", "9"]);
for (const signal of [Infinity, 1.5, {}, 32]) {
  try { child.kill(signal as any); } catch (error: any) { console.log(error.code, error.message); }
}
child.kill(NaN);
console.log(await child.exited, child.signalCode);
try {
  Bun.spawnSync(Object.defineProperty(["true"], "length", { value: 4294967295 }));
} catch (error: any) { console.log(error.code, error.message); }
const made = (process as any).constructor.call({});
console.log(typeof made, made === process);
try { process.setgroups!([0, , 1] as any); } catch (error: any) { console.log(error.code, error.message); }
const limits = start("console.log(require('child_process').execFileSync('/bin/sh', ['-c', 'ulimit -Sn']) > 256)", "ignore");
console.log("limits", ...(await ended(limits)));
