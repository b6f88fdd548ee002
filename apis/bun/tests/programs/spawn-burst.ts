// Many children started in one turn: each has its own words, descriptors and end; what cannot be
// started is told, also where it could be a moment ago.
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "burst-"));
const numbers = Array.from({ length: 40 }, (_, number) => number);

async function outcome(command, options = {}) {
  try {
    const child = Bun.spawn(command, { stdout: "pipe", stderr: "ignore", ...options });
    const text = await child.stdout.text();
    return [text.trim(), await child.exited, child.signalCode].join();
  } catch (error) {
    return [error.code, error.errno, error.syscall].join();
  }
}

// Codes and outputs are each child's own.
const script = "echo $0 $(cat); exit $1";
const starts = numbers.map((number) => outcome(
  ["/bin/sh", "-c", script, `child-${number}`, `${number}`],
  { stdin: new TextEncoder().encode(`input ${number}`), env: { PATH: "/usr/bin:/bin" } }));
console.log((await Promise.all(starts)).join("\n"));

// Killed as soon as they are there.
const doomed = numbers.map(() => Bun.spawn(["/bin/sleep", "100"]));
console.log(new Set(doomed.map((child) => child.pid)).size);
for (const child of doomed) child.kill("SIGKILL");
console.log(new Set(await Promise.all(doomed.map((child) => child.exited))));

// Folders that are there and such that are not, by turns.
mkdirSync(join(folder, "here"));
const folders = numbers.slice(0, 6).map((number) => join(folder, number % 2 ? "away" : "here"));
const places = await Promise.all(folders.map((cwd) => outcome(["/bin/pwd"], { cwd })));
console.log(places.map((text) => text.replace(folder, "")).join("\n"));

// A program whose file is replaced by one that cannot be started, then by none.
const program = join(folder, "program");
copyFileSync("/bin/true", program);
chmodSync(program, 0o755);
console.log(await Promise.all([outcome([program]), outcome([program])]));
chmodSync(program, 0o644);
console.log(await outcome([program]));
rmSync(program);
console.log(await outcome([program]));

// A script whose interpreter goes away.
const interpreter = join(folder, "interpreter");
copyFileSync("/bin/sh", interpreter);
chmodSync(interpreter, 0o755);
writeFileSync(program, `#!${interpreter}\necho ran\n`);
chmodSync(program, 0o755);
console.log(await Promise.all([outcome([program]), outcome([program])]));
rmSync(interpreter);
console.log(await Promise.all([outcome([program]), outcome([program])]));
rmSync(folder, { recursive: true });
