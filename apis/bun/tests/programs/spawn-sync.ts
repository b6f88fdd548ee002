// Bun.spawnSync: what it answers.
const text = (bytes: any) => new TextDecoder().decode(bytes);

const both = Bun.spawnSync(["sh", "-c", "echo out; echo err >&2; kill -9 $$"]);
console.log(Object.keys(both).join(" "));
console.log(text(both.stdout), text(both.stderr), both.exitCode, both.signalCode, both.success, both.pid > 0);
const quiet = Bun.spawnSync({ cmd: ["sh", "-c", "echo out"], stdout: "ignore", stderr: "inherit" });
console.log(Object.keys(quiet).join(" "), quiet.stdout, quiet.stderr, quiet.exitCode, quiet.success);
const late = Bun.spawnSync(["sleep", "5"], { timeout: 30 });
console.log(late.exitedDueToTimeout, late.exitCode, late.signalCode);
const loud = Bun.spawnSync(["yes"], { maxBuffer: 1000, killSignal: "SIGKILL" });
console.log((loud as any).exitedDueToMaxBuffer, loud.signalCode !== null, loud.stdout.length >= 1000);
for (const stdin of [new Uint8Array([104, 105]), new Blob(["a blob"]), new Response("a response"), null, "ignore"] as any[]) {
  console.log(JSON.stringify(text(Bun.spawnSync(["cat"], { stdin }).stdout)));
}
const path = `${process.env.TMPDIR ?? "/tmp"}/spawn-sync-${process.pid}.txt`;
console.log(Bun.spawnSync(["echo", "to a file"], { stdout: Bun.file(path) }).stdout);
console.log(text(Bun.spawnSync(["cat"], { stdin: Bun.file(path) }).stdout));
await Bun.file(path).unlink();
const big = new Uint8Array(2_000_000).fill(97);
console.log(Bun.spawnSync(["cat"], { stdin: big }).stdout.length, Bun.spawnSync(["true"], { stdin: big }).exitCode);
console.log(text(Bun.spawnSync(["pwd"], { cwd: "/" }).stdout), text(Bun.spawnSync({ cmd: ["sh", "-c", "echo $A"], env: { A: "b" , PATH: "/bin" } }).stdout));
const usage = both.resourceUsage!;
console.log(usage.maxRSS > 0, typeof usage.cpuTime.total, Object.keys(usage.contextSwitches), Object.prototype.toString.call(usage));
