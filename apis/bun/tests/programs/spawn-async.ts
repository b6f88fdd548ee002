// Bun.spawn: output, exit codes, signals, stdin of every kind, limits, callbacks.
const text = (stream: any) => new Response(stream).text();

const shell = Bun.spawn(["sh", "-c", "echo out; echo err >&2; exit 3"], { stderr: "pipe" });
console.log(shell.exitCode, shell.signalCode, shell.killed, shell.stdin, shell.readable === shell.stdout);
console.log(await text(shell.stdout), await text(shell.stderr), await shell.exited);
console.log(shell.exitCode, shell.signalCode, shell.killed);
console.log(Object.getOwnPropertyNames(Object.getPrototypeOf(shell)).join(" "));
console.log(Object.prototype.toString.call(shell), shell.resourceUsage()!.maxRSS > 0);

const cat = Bun.spawn(["cat"], { stdin: "pipe" });
console.log(cat.stdin.write("hello "), cat.stdin.write(new Uint8Array([65, 66])), cat.stdin.flush());
cat.stdin.end();
console.log(await text(cat.stdout), await cat.exited);

for (const stdin of [
  new Blob(["a blob"]), new Response("a response"), new Uint8Array([67, 68]), new Request("http://x", { method: "POST", body: "a request" }),
  new ReadableStream({
    async pull(controller) {
      await 1;
      controller.enqueue("str");
      controller.enqueue(new Uint8Array([69]));
      controller.close();
    },
  }),
]) {
  console.log(await text(Bun.spawn(["cat"], { stdin }).stdout));
}

const big = new Uint8Array(3_000_000).fill(97);
const through = Bun.spawn(["cat"], { stdin: big });
console.log((await new Response(through.stdout).arrayBuffer()).byteLength, await through.exited);

const killed = Bun.spawn({
  cmd: ["sleep", "10"],
  onExit(subprocess, code, signal, error) {
    console.log("onExit", subprocess === killed, code, signal, error);
  },
});
killed.kill("SIGKILL");
console.log(await killed.exited, killed.exitCode, killed.signalCode);
await Bun.sleep(1);

const controller = new AbortController();
const aborted = Bun.spawn({ cmd: ["sleep", "10"], signal: controller.signal });
controller.abort();
console.log(await aborted.exited, aborted.signalCode);
const late = Bun.spawn({ cmd: ["sleep", "10"], timeout: 20, killSignal: "SIGINT" });
console.log(await late.exited, late.signalCode);
const loud = Bun.spawn({ cmd: ["yes"], maxBuffer: 100 });
console.log(await loud.exited, loud.signalCode);

const named = Bun.spawn(["sh", "-c", "echo $0 $A; pwd"], { argv0: "other", env: { PATH: process.env.PATH, A: "1", B: undefined }, cwd: "/tmp" });
console.log(await text(named.stdout));
{
  await using disposed = Bun.spawn(["sleep", "10"]);
  globalThis.disposed = disposed;
}
console.log(globalThis.disposed.signalCode);
const many = await Promise.all(Array.from({ length: 40 }, (_, index) => Bun.spawn(["sh", "-c", `exit ${index}`]).exited));
console.log(many.join());
