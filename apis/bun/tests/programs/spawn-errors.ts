// Bun.spawn and Bun.spawnSync: what they refuse, and how they say it.
function attempt(name: string, run: () => unknown) {
  try {
    run();
    console.log(name, "went well");
  } catch (error: any) {
    const { message, code, errno, syscall, path } = error;
    console.log(name, error.constructor.name, error.name, JSON.stringify(message), code, errno, syscall, path);
  }
}
const spawn = Bun.spawn as any;
attempt("nothing", () => spawn());
attempt("number", () => spawn(3));
attempt("empty", () => spawn([]));
attempt("no command", () => spawn({}));
attempt("text", () => spawn("ls"));
attempt("missing", () => spawn(["no-such-program-here"]));
attempt("missing path", () => spawn(["/no/such/program"]));
attempt("not executable", () => spawn(["/etc/passwd"]));
attempt("folder", () => spawn(["/tmp"]));
attempt("empty name", () => spawn([""]));
attempt("null byte", () => spawn(["echo", "a\0b"]));
attempt("no such cwd", () => spawn(["ls"], { cwd: "/no/such/folder" }));
attempt("stdio", () => spawn(["ls"], { stdio: "foo" }));
attempt("stdout word", () => spawn(["ls"], { stdout: "foo" }));
attempt("stdout object", () => spawn(["ls"], { stdout: {} }));
attempt("stdout blob", () => spawn(["ls"], { stdout: new Blob(["x"]) }));
attempt("descriptor", () => spawn(["ls"], { stdout: -1 }));
attempt("env", () => spawn(["ls"], { env: 3 }));
attempt("onExit", () => spawn(["ls"], { onExit: 3 }));
attempt("killSignal name", () => spawn(["ls"], { killSignal: "FOO" }));
attempt("killSignal object", () => spawn(["ls"], { killSignal: {} }));
attempt("timeout type", () => spawn(["ls"], { timeout: "x" }));
attempt("timeout range", () => spawn(["ls"], { timeout: -1 }));
attempt("signal", () => spawn(["ls"], { signal: 3 }));
attempt("aborted", () => spawn(["ls"], { signal: AbortSignal.abort() }));
attempt("uid type", () => spawn(["ls"], { uid: "x" }));
attempt("cgroup", () => spawn(["ls"], { cgroup: "/no/such/group" }));
attempt("used body", () => {
  const response = new Response("x");
  response.text();
  spawn(["ls"], { stdin: response });
});
attempt("sync stream", () => Bun.spawnSync(["cat"], { stdin: new ReadableStream() as any }));
attempt("sync missing", () => Bun.spawnSync(["no-such-program-here"]));
attempt("sync text", () => Bun.spawnSync(["cat"], { stdin: "text" as any }));
const sleeper = Bun.spawn(["sleep", "10"]);
attempt("kill name", () => sleeper.kill("FOO" as any));
attempt("kill object", () => sleeper.kill({} as any));
attempt("kill number", () => sleeper.kill(99));
attempt("kill nothing", () => sleeper.kill(0));
attempt("send", () => sleeper.send("x"));
sleeper.kill(9);
await sleeper.exited;
attempt("send after the end", () => sleeper.send("x"));
attempt("kill after the end", () => sleeper.kill());
console.log(Bun.which("sh"), Bun.which("no-such-program-here"), Bun.which("sh", { PATH: "" }), Bun.which("sh", { PATH: "/nowhere:/bin" }));
console.log(Bun.which("./bin/sh", { cwd: "/usr" }), Bun.which(""), Bun.which(undefined as any));
