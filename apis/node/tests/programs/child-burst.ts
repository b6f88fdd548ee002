// A script that could be started a moment ago and cannot any more: `error`, then `close`.
import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "burst-"));
const interpreter = join(folder, "interpreter");
const program = join(folder, "program");
copyFileSync("/bin/sh", interpreter);
writeFileSync(program, `#!${interpreter}\nexit 3\n`);
for (const file of [interpreter, program]) chmodSync(file, 0o755);

const ends = () => new Promise((resolve) => {
  const seen = [];
  const child = spawn(program, ["word"], { stdio: "ignore" });
  child.on("error", ({ code, errno, syscall, spawnargs }) => {
    seen.push("error", code, errno, syscall.replace(folder, ""), spawnargs);
  });
  child.on("exit", (code, signal) => seen.push("exit", code, signal));
  child.on("close", (code, signal) => resolve([...seen, "close", code, signal]));
});

console.log(await ends());
console.log(await ends());
rmSync(interpreter);
const [first, second] = await Promise.all([ends(), ends()]);
for (const seen of [first, second]) {
  console.log(seen[0], seen[1], seen[2], seen[3], seen[4], seen[5], seen[6]);
}
rmSync(folder, { recursive: true });
