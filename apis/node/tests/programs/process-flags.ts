// Flags and variables that steer warnings, rejections and exit codes; a working directory that is
// gone; what process.env takes.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "process-flags-"));
const run = (flags: string[], code: string, options = {}) => {
  const { status, stdout } = spawnSync(process.execPath, [...flags, "-e", code], { encoding: "utf8", ...options });
  console.log(status, stdout.trim());
};
const written = (name: string) => {
  const text = fs.readFileSync(path.join(folder, name), "utf8").replace(/node:\d+/g, "node:PID");
  console.log(text.split("\n").filter((line) => line.startsWith("(node")));
};
run([], "process.on('exit', (code) => console.log('exit', code)); process.on('uncaughtException', () => { throw 1 }); throw 2");
for (const code of [
  "process.exitCode = 99; process.on('exit', (code) => console.log('exit', code, process.exitCode)); throw 1",
  "process.exitCode = 99; process.on('exit', (code) => { console.log('exit', code); process.exitCode = 5 }); throw 1",
  "process.exitCode = 99; process.on('exit', (code) => console.log('exit', code)); Promise.reject(1)",
  "process.setUncaughtExceptionCaptureCallback(() => { throw 1 }); process.on('exit', (code) => console.log('exit', code)); throw 2",
  "process._fatalException = undefined; process.on('exit', () => console.log('exit')); throw 1",
]) run([], code);
run(["--pending-deprecation"], `process.on('warning', ({ name, code }) => console.log(name, code));
  process.env.A = undefined; process.env.B = undefined; process.env.C = 1; process.env.D = true`);
run([], "process.env[''] = 'x'; console.log(process.env[''], Object.keys(process.env).includes(''))");
for (const reason of ["'text'", "({ a: 1 })", "[1]", "Symbol('a')", "5n", "undefined", "() => 1"]) {
  run(["--unhandled-rejections=warn"], `let told = 0;
    process.on('warning', ({ message }) => { if (told++ === 0) console.log(message) }); Promise.reject(${reason})`);
}
const warns = "process.emitWarning('one'); process.emitWarning('two', 'DeprecationWarning', 'DEP9')";
run([], warns, { env: { ...process.env, NODE_REDIRECT_WARNINGS: path.join(folder, "variable") } });
written("variable");
run([`--redirect-warnings=${path.join(folder, "flag")}`, "--disable-warning=DEP9"], warns);
written("flag");
const flags = process.allowedNodeEnvironmentFlags;
console.log(["inspect-brk", "--inspect_brk", "---inspect-brk", "-r", "-R"].map((flag) => flags.has(flag)));
Set.prototype.add.call(flags, "--none");
console.log(flags.has("--none"), flags.size, [...flags].includes("--none"), [...flags.keys()].length);

const gone = path.join(folder, "gone");
fs.mkdirSync(gone);
process.chdir(gone);
fs.rmdirSync(gone);
try { process.cwd(); } catch (error: any) { console.log(error.message, error.errno, Object.keys(error)); }
run([], "console.log('started')");
process.chdir("/");
fs.rmSync(folder, { recursive: true });

// Signals that time out hold for children that are run to their end as well.
const { signalCode, success } = Bun.spawnSync({ cmd: ["sleep", "9"], signal: AbortSignal.timeout(50) });
console.log(signalCode, success);
// A body that is still to come is read as it comes.
const server = Bun.serve({
  port: 0,
  fetch: () => new Response((async function* () { yield "one\n"; await Bun.sleep(20); yield "two\n"; })()),
});
const child = Bun.spawn(["cat"], { stdin: await fetch(server.url), stdout: "pipe" });
console.log(JSON.stringify(await child.stdout.text()));
server.stop(true);
