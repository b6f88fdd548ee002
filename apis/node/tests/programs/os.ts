// node:os: what does not change from call to call, the tables, and what bad arguments get.
import os from "node:os";
import constants from "node:constants";

console.log(os.arch(), os.platform(), os.type(), os.endianness(), os.machine(), os.EOL, os.devNull);
console.log([os.hostname(), os.release(), os.version()].every((name) => name.length > 0));
console.log(os.homedir() === process.env.HOME, `${os.hostname}` === os.hostname());
console.log(Object.keys(os.userInfo()), os.userInfo().uid === process.getuid!());
console.log(os.networkInterfaces().lo?.[0]);
console.log(os.cpus().length >= os.availableParallelism(), Object.keys(os.cpus()[0].times));
console.log(os.loadavg().length, os.uptime() > 0, os.freemem() > 0, os.freemem() <= os.totalmem());
console.log(os.constants, Object.keys(constants).length, constants.SIGTERM, constants.O_CREAT);
console.log(Object.keys(constants).sort().join());

process.env.TMPDIR = "/elsewhere/tmp/";
console.log(os.tmpdir());

console.log(typeof os.getPriority(), os.setPriority(0, os.getPriority()));
const attempts: Array<() => unknown> = [
  () => os.getPriority("x" as never), () => os.getPriority(-1), () => os.getPriority(1.5),
  () => os.getPriority(2 ** 32), () => os.setPriority(100), () => os.setPriority(-1, 0),
  () => os.setPriority(0, "x" as never), () => os.setPriority(NaN, 1),
];
for (const attempt of attempts) {
  try {
    console.log(attempt());
  } catch (error: any) {
    console.log(error.name, error.code, error.message, error.info, error.errno, Object.keys(error));
  }
}
