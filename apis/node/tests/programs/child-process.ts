// node:child_process: events, errors, exec and its limits, the synchronous forms, fork.
import * as child from "node:child_process";
import { promisify } from "node:util";

const show = (name: string, error: any) => {
  const { message, code, errno, syscall, path, spawnargs, cmd, killed, signal, status } = error;
  console.log(name, error.name, JSON.stringify(message), code, errno, syscall, path, spawnargs, cmd, killed, signal, status);
};
const attempt = (name: string, run: () => unknown) => {
  try {
    console.log(name, run());
  } catch (error) {
    show(name, error);
  }
};
const events = (name: string, process: child.ChildProcess) =>
  new Promise<void>((resolve) => {
    const seen: string[] = [];
    for (const event of ["spawn", "exit", "error"]) {
      process.on(event, (...given: any[]) => seen.push(`${event} ${given.map((each) => (each instanceof Error ? (each as any).code : each))}`));
    }
    process.on("close", (...given) => {
      console.log(name, seen.join("; "), "close", given, process.killed, process.exitCode, process.signalCode);
      resolve();
    });
  });

if (process.argv[2] === "child") {
  process.on("message", (message) => {
    process.send!({ echo: message, args: process.argv.slice(3), execArgv: process.execArgv });
    process.disconnect!();
  });
} else {
  attempt("file", () => child.spawn(3 as any));
  attempt("empty", () => child.spawn(""));
  attempt("null byte", () => child.spawn("a\0b"));
  attempt("args", () => child.spawn("ls", 3 as any));
  attempt("cwd", () => child.spawn("ls", { cwd: 3 as any }));
  attempt("detached", () => child.spawn("ls", { detached: 3 as any }));
  attempt("uid", () => child.spawn("ls", { uid: "x" as any }));
  attempt("shell", () => child.spawn("ls", { shell: {} as any }));
  attempt("timeout", () => child.spawn("ls", { timeout: -1 }));
  attempt("killSignal", () => child.spawn("ls", { killSignal: "FOO" as any }));
  attempt("stdio", () => child.spawn("ls", { stdio: "foo" as any }));
  attempt("two channels", () => child.spawn("ls", { stdio: ["ipc", "ipc"] as any }));
  attempt("fork", () => child.fork("x.js", [], { stdio: ["pipe"] }));
  attempt("maxBuffer", () => child.exec("ls", { maxBuffer: -1 }));
  attempt("callback", () => child.execFile("ls", [], {}, 3 as any));

  await events("ok", child.spawn("true"));
  await events("code", child.spawn("sh", ["-c", "exit 3"]));
  await events("missing", child.spawn("no-such-program", ["a"]));
  await events("no access", child.spawn("/etc/passwd"));
  await events("no folder", child.spawn("ls", { cwd: "/no/such/folder" }));
  const sleeper = child.spawn("sleep", ["10"]);
  console.log(sleeper.kill("SIGINT"), sleeper.killed, sleeper.spawnfile, sleeper.spawnargs);
  await events("killed", sleeper);
  await events("aborted", child.spawn("sleep", ["10"], { signal: AbortSignal.abort() }));
  await events("late", child.spawn("sleep", ["10"], { timeout: 20, killSignal: "SIGKILL" }));
  await events("shell", child.spawn("exit 4", { shell: true }));

  const cat = child.spawn("cat", { stdio: ["pipe", "pipe", "inherit"] });
  cat.stdin.write("one ");
  cat.stdin.end("two");
  let text = "";
  for await (const chunk of cat.stdout.setEncoding("utf8")) text += chunk;
  console.log(text, cat.stderr, cat.stdio.length);

  const exec = promisify(child.exec);
  console.log(await exec("echo out; echo err >&2"));
  for (const [command, options] of [
    ["echo out; echo err >&2; exit 2", {}],
    ["sleep 10", { timeout: 20 }],
    ["yes", { maxBuffer: 10 }],
    ["no-such-program-here 2> /dev/null", {}],
  ] as [string, any][]) {
    await exec(command, options).catch((error) => {
      show(command, error);
      console.log(JSON.stringify(error.stdout), JSON.stringify(error.stderr.replace(/^.*?: /, "")));
    });
  }
  await new Promise<void>((resolve) =>
    child.execFile("no-such-program", ["a"], (error, stdout, stderr) => {
      show("execFile", error);
      console.log([stdout, stderr]);
      resolve();
    }),
  );

  const { pid, ...sync } = child.spawnSync("cat", { input: "input", encoding: "utf8" });
  console.log(sync, pid > 0);
  show("spawnSync", child.spawnSync("no-such-program", ["a"]).error);
  show("spawnSync timeout", child.spawnSync("sleep", ["10"], { timeout: 20 }).error);
  show("spawnSync maxBuffer", child.spawnSync("yes", [], { maxBuffer: 10 }).error);
  console.log(child.execSync("echo sync", { encoding: "utf8" }), child.execFileSync("echo", ["file"]).toString());
  attempt("execSync", () => child.execSync("echo err >&2; exit 3", { stdio: "pipe" }));
  attempt("execFileSync", () => child.execFileSync("no-such-program", ["x"]));

  const forked = child.fork(import.meta.path, ["child", "a"], { execArgv: ["--title=forked"] });
  console.log(forked.connected, typeof forked.send, forked.channel !== undefined);
  forked.on("message", (message) => console.log("message", JSON.stringify(message)));
  forked.on("disconnect", () => console.log("disconnect", forked.connected));
  console.log(forked.send({ a: [1, undefined], d: new Date(0) }, (error) => console.log("sent", error)));
  await events("forked", forked);
  await new Promise((resolve) => {
    forked.send("late", (error: any) => resolve(show("send", error)));
  });
}
