// What children leave behind: nothing, whatever becomes of them.
import { readdirSync, readFileSync } from "node:fs";
const descriptors = () => readdirSync("/proc/self/fd").length;
const zombies = () =>
  readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const fields = readFileSync(`/proc/${name}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
      return fields[0] === "Z" && Number(fields[1]) === process.pid;
    } catch {
      return false;
    }
  }).length;
const settle = async (before: number) => {
  for (let turn = 0; turn < 200 && (descriptors() > before || zombies() > 0); turn++) await Bun.sleep(5);
  return [descriptors() <= before, zombies()];
};
const options = { stdin: "pipe", stdout: "pipe", stderr: "pipe" } as const;
const use = async (child: any) => {
  child.stdin.end();
  await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
};
await use(Bun.spawn(["true"], options));
Bun.spawnSync(["true"]);
const before = descriptors();

for (let round = 0; round < 20; round++) {
  await Promise.all(Array.from({ length: 16 }, () => use(Bun.spawn(["true"], options))));
}
console.log("ended", ...(await settle(before)));
for (let round = 0; round < 100; round++) {
  for (const run of [() => Bun.spawn(["/no/such/program"], options), () => Bun.spawn(["ls"], { ...options, cwd: "/no/such" }), () => Bun.spawnSync(["/etc/passwd"])]) {
    try {
      run();
    } catch (error: any) {
      if (error.code !== "ENOENT" && error.code !== "EACCES") console.log(error);
    }
  }
}
console.log("failed", ...(await settle(before)));
for (let round = 0; round < 50; round++) {
  const child = Bun.spawn(["cat"], options);
  Promise.resolve(child.stdin.write(new Uint8Array(1_000_000))).catch(() => {});
  child.kill("SIGKILL");
  await child.exited;
}
console.log("killed in mid-write", ...(await settle(before + 50)));
for (let round = 0; round < 20; round++) {
  const child = Bun.spawn(["yes"], { stdout: "pipe", stderr: "ignore" });
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  if ((await child.exited) === 0) console.log("went on");
}
console.log("reader gone", zombies());
