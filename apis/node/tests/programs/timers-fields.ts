// What programs do to the fields of timers, with the wrong receiver, and with the wrong clear.
import { promisify } from "node:util";
import * as promises from "node:timers/promises";
import timers from "node:timers";

const log: string[] = [];
process.on("exit", () => console.log(log.sort().join("\n")));

const prototype = Object.getPrototypeOf(setTimeout(() => {}, 0));
for (const name of ["ref", "unref", "hasRef", "refresh", "close"]) {
  console.log(name, prototype[name].call({}));
}
for (const name of ["_repeat", "_idleTimeout", "_onTimeout", "_destroyed", "_idleStart"]) {
  try {
    console.log(name, prototype[name]);
  } catch (error: any) {
    console.log(error.name, error.message);
  }
}

const immediate = setImmediate(() => log.push("immediate"));
clearTimeout(immediate as any);
const timeout = setTimeout(() => log.push("timeout"), 1);
clearImmediate(timeout as any);

const becomesInterval: any = setTimeout(() => {
  log.push("becomes an interval");
  if (becomesInterval._repeat) clearInterval(becomesInterval);
  becomesInterval._repeat = 1;
}, 1);
const ended: any = setInterval(() => { log.push("ended by _idleTimeout"); ended._idleTimeout = -1; }, 1);
const silenced: any = setInterval(() => { log.push("ended by _onTimeout"); silenced._onTimeout = null; }, 1);
const never: any = setTimeout(() => log.push("never"), 1);
never._onTimeout = null;
const cleared = setTimeout(() => { log.push("once"); clearTimeout(cleared); cleared.refresh(); }, 1);
setTimeout(() => setImmediate(() => log.push("an immediate nothing waits for")).unref(), 5000);

console.log(promisify(timers.setTimeout) === promises.setTimeout);
console.log(promisify(timers.setImmediate) === promises.setImmediate);
const calls: [string, () => Promise<any>][] = [
  ["options", () => promises.setTimeout(1, 1, null as any)],
  ["signal", () => promises.setTimeout(1, 1, { signal: 1 } as any)],
  ["ref", () => promises.setImmediate(1, { ref: "a" } as any)],
  ["delay", () => promises.setTimeout("a" as any, 1)],
  ["interval", () => promises.setInterval(1, 1, { signal: {} } as any)[Symbol.asyncIterator]().next()],
  ["aborted", () => promises.scheduler.wait(1, { signal: AbortSignal.abort("why") })],
];
for (const [name, call] of calls) {
  const result = call();
  console.log(name, result instanceof Promise);
  await result.catch((error) => console.log(error.name, error.code, error.message, error.cause));
}
for await (const value of promises.setInterval(1, "tick")) {
  console.log(value);
  break;
}
process.on("warning", ({ name }) => log.push(name));
for (const delay of [NaN, NaN, -1, -2]) setTimeout(() => {}, delay);
for (const start of [setTimeout, setInterval, setImmediate]) {
  const timer: any = start(() => { log.push(`runs ${timer._destroyed}`); clearInterval(timer); }, 1);
}
const named: any = setTimeout(() => log.push("named by malformed text"), 1);
for (const text of [` ${+named}`, `${+named} `, `0${+named}`, `+${+named}`]) clearTimeout(text as any);
const other: any = setTimeout(() => log.push("named by its number"), 1);
clearTimeout(`${+other}`);
