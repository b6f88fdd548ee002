const attempts = {
  chdir: () => process.chdir("/there/is/no/such/folder"),
  "chdir type": () => process.chdir(1),
  "kill name": () => process.kill(process.pid, "SIGFOO"),
  "kill type": () => process.kill("x"),
  "kill nobody": () => process.kill(99999999, 0),
  "exitCode type": () => { process.exitCode = "abc"; },
  "exitCode range": () => { process.exitCode = 1.5; },
  nextTick: () => process.nextTick(1),
  hrtime: () => process.hrtime(1),
  umask: () => process.umask("x"),
  emitWarning: () => process.emitWarning(1),
  "on type": () => process.on("x", 1),
};
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    log(name, attempt());
  } catch (error) {
    const message = error.message.replace(/'[^']*' ->/, "->");
    log(name, error.name, error.code, message, error.errno, error.syscall);
  }
}
log(process.platform, process.arch, process.version, process.versions.bun, process.release.name);
const [seconds, nanoseconds] = process.hrtime();
log(seconds >= 0, nanoseconds < 1e9, typeof process.hrtime.bigint(), process.uptime() > 0);
log(Object.keys(process.memoryUsage()).join(), process.memoryUsage.rss() > 1e6);
log(Object.keys(process.cpuUsage()).join(), Object.keys(process.resourceUsage()).length);
log(process.umask() === process.umask(0o22), process.umask(), process.cwd().startsWith("/"));
log(process.pid > 0, process.ppid > 0, process.exitCode, Object.prototype.toString.call(process));
process.env.NUMBER = 5;
log(process.env.NUMBER === "5", "PATH" in process.env, process.env.NOPE);
log(delete process.env.NUMBER, process.env.NUMBER, Object.keys(process.env).includes("PATH"));
log(process.listenerCount("x"), process.getMaxListeners());
process.once("custom", (...given) => log("once", ...given));
log(process.emit("custom", 1, 2), process.emit("custom", 3));
process.on("SIGUSR1", (name, number) => {
  log("signal", name, number);
  process.removeAllListeners("SIGUSR1");
  clearInterval(waiting);
});
const waiting = setInterval(() => {}, 1000);
process.kill(process.pid, "SIGUSR1");
