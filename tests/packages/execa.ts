// execa and cross-spawn: output, input, pipes, errors, timeouts, cancelling, lines.
import crossSpawn from "cross-spawn";
import { $, execa, execaSync, ExecaError } from "execa";

const plain = await execa("echo", ["unicorns", "and more"]);
console.log(plain.stdout, plain.exitCode, plain.command, plain.failed);
console.log((await execa({ input: "typed in" })`cat`).stdout);
console.log((await execa("printf", ["a\\nb\\nc"], { lines: true })).stdout);
console.log((await $`echo ${["x", "y z"]}`.pipe`tr a-z A-Z`).stdout);
console.log((await execa("sh", ["-c", "echo out; echo err >&2"], { all: true })).stderr);
const failed = await execa("sh", ["-c", "echo bad >&2; exit 3"]).catch((error) => error);
console.log(failed instanceof ExecaError, failed.exitCode, failed.shortMessage, failed.stderr, failed.message);
const missing = await execa("no-such-command-here").catch((error) => error);
console.log(missing.code, missing.shortMessage, missing.exitCode);
const late = await execa("sleep", ["5"], { timeout: 50 }).catch((error) => error);
console.log(late.timedOut, late.signal, late.shortMessage);
const controller = new AbortController();
const cancelled = execa("sleep", ["5"], { cancelSignal: controller.signal }).catch((error) => error);
setTimeout(() => controller.abort(), 20);
console.log((await cancelled).isCanceled, (await cancelled).isTerminated);
const killed = execa("sleep", ["5"]);
killed.kill("SIGINT");
console.log((await killed.catch((error) => error)).signal);
console.log(execaSync("cat", { input: "sync" }).stdout, execaSync("false", { reject: false }).exitCode);
const found = [];
for await (const line of execa`seq 3`) found.push(line);
console.log(found);
console.log((await execa({ env: { SHOWN: "yes" } })`sh -c ${"echo $SHOWN"}`).stdout);
console.log((await execa("head", ["-c", "200000", "/dev/zero"], { encoding: "buffer" })).stdout.length);
const big = await execa("head", ["-c", "200000", "/dev/zero"], { maxBuffer: 1000 }).catch((error) => error);
console.log(big.isMaxBuffer, big.shortMessage);
const doubled = await execa({ stdout: function* (line: string) { yield line; yield line.toUpperCase(); } })`echo twice`;
console.log(doubled.stdout);

console.log(crossSpawn.sync("echo", ["cross", "spawn"], { encoding: "utf8" }).stdout.trim());
const child = crossSpawn("sh", ["-c", "exit 4"]);
console.log(await new Promise((resolve) => child.on("close", (code, signal) => resolve([code, signal]))));
const absent = crossSpawn("no-such-command-here");
console.log(await new Promise((resolve) => absent.on("error", (error) => resolve([error.code, error.syscall, error.path]))));
