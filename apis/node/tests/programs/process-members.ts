// process: what its functions refuse, what the environment makes of values, listeners, warnings.
const attempt = (name: string, run: () => unknown) => {
  try {
    console.log(name, run());
  } catch (error: any) {
    // Where the program lies is nobody's business.
    const message = error.message.replace(process.cwd(), "<cwd>");
    console.log(name, error.name, message, error.code, error.errno, error.syscall);
  }
};
const P = process as any;
for (const [name, ...cases] of [
  ["kill", [], ["x"], [process.pid, "FOO"], [NaN], [1.5], [process.pid, {}], [99999999, 0], [0, 99]],
  ["umask", ["x"], [-1], [{}], ["9"]],
  ["chdir", ["/no/such/folder"], [], [3]],
  ["cpuUsage", [3], [{ user: -1, system: 0 }], [{ user: "x" }], [null]],
  ["threadCpuUsage", [3], [{ user: -1, system: 0 }]],
  ["hrtime", [3], [[1]]],
  ["setuid", [], [{}], ["no-such-user"], [-1], [1.5]],
  ["setegid", ["no-such-group"]],
  ["setgroups", [], [[1, "no-such-group"]], [[-1]], [[{}]]],
  ["initgroups", [], ["root"], ["root", "no-such-group"]],
  ["execve", [], ["a\0"], [3]],
  ["dlopen", [], [{ exports: {} }, "/no/such/addon.node"]],
  ["loadEnvFile", ["/no/such/file"], [3]],
  ["nextTick", [3]],
  ["emitWarning", [], [3], ["x", 3], ["x", "T", 3]],
  ["setUncaughtExceptionCaptureCallback", [3]],
  ["setSourceMapsEnabled", [3]],
  ["getBuiltinModule", [3], ["no-such-module"]],
  ["assert", [false], [false, "m"], [true]],
  ["binding", ["no-such-binding"]],
] as [string, ...any[][]][]) {
  for (const given of cases) attempt(name, () => P[name](...given));
}
for (const value of ["x", {}, 1.5, "3"]) {
  attempt("exitCode", () => {
    P.exitCode = value;
    return P.exitCode;
  });
}
process.exitCode = 0;
console.log(process.allowedNodeEnvironmentFlags.size, process.allowedNodeEnvironmentFlags.has("--inspect_brk"));
console.log(Object.getPrototypeOf(process) === Object.getPrototypeOf(process).constructor.prototype, process instanceof require("events"));
process.env.NUMBER = 4 as any;
process.env.NOTHING = undefined;
console.log(process.env.NUMBER, process.env.NOTHING, delete process.env.NUMBER, "NUMBER" in process.env, Object.prototype.toString.call(process.env));
attempt("symbol", () => {
  P.env[Symbol("x")] = "y";
});
attempt("symbol value", () => {
  P.env.X = Symbol("x");
});
attempt("define", () => Object.defineProperty(process.env, "Q", { value: 1 }));
attempt("accessor", () => Object.defineProperty(process.env, "Q", { get: () => 1 }));
console.log(process.stdout.fd, process.stdout.writable, process.stdin.fd, process.stdout.constructor.name, process.stdin.constructor.name);
const untilSignal = setInterval(() => {}, 1000);
process.on("SIGUSR2", (name, number) => {
  console.log("signal", name, number);
  clearInterval(untilSignal);
});
setTimeout(() => process.kill(process.pid, "SIGUSR2"), 5);
process.on("warning", (warning: any) => console.log("warning", warning.name, warning.message, warning.code, warning.detail));
process.emitWarning("one", { type: "Type", code: "CODE", detail: "detail" });
process.emitWarning("two", "DeprecationWarning", "DEP1");
P.setUncaughtExceptionCaptureCallback((error: Error) => console.log("captured", error.message));
console.log(P.hasUncaughtExceptionCaptureCallback());
setTimeout(() => {
  throw new Error("thrown");
}, 1);
process.on("beforeExit", (code) => console.log("beforeExit", code));
process.on("exit", (code) => {
  console.log("exit", code);
  process.stdout.write("last words\n");
});
setTimeout(() => {}, 20);
