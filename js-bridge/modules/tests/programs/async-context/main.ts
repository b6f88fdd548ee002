import { AsyncLocalStorage } from "node:async_hooks";
import { inPackage } from "package";

const storage = new AsyncLocalStorage<string>();
const log = (label: string) => console.log(label, storage.getStore());
const pause = () => new Promise<void>((resolve) => { Promise.resolve().then(() => resolve()); });
const reject = async () => { await pause(); throw new Error("rejected"); };

async function plain() { log("before"); await pause(); log("after"); return (await pause(), await Promise.resolve("value")); }
const arrow = async () => { await pause(); return storage.getStore(); };
async function caught() {
  try { await reject(); log("never"); } catch { log("catch"); } finally { log("finally"); }
  try { await pause(); storage.enterWith("entered"); throw 1; } catch { log("catch after enterWith"); }
  try { await pause(); } finally { log("finally only"); }
  try { try { await reject(); } finally { log("inner finally"); } } catch { log("outer catch"); }
  try { await pause(); throw 1; } catch { try { await reject(); } catch { log("nested catch"); } }
}
async function* produce() { log("produce start"); await pause(); log("produce"); yield 1; log("resumed"); yield 2; await pause(); log("produce end"); }
async function consume() {
  for await (const item of produce()) { log(`item ${item}`); await pause(); log("in loop"); if (item === 1) continue; }
  log("after loop");
  outer: for (const x of [1]) { for await (const y of [pause(), pause()]) { continue outer; } }
  log("after labelled");
  for await (const z of [1, 2]) break;
  log("after break");
  try { for await (const item of (async function* () { yield 1; await pause(); throw 1; })()) await pause(); } catch { log("loop catch"); }
  return [...(await Promise.all([arrow(), arrow()]))].join();
}
async function* delegate() { yield* produce(); log("delegated"); }
class Methods { async method() { await pause(); log("method"); } static async fixed() { await pause(); log("static"); } get later() { return (async () => { await pause(); log("getter"); })(); } }
const object = { async method() { await pause(); log("object method"); }, nested: { arrow: async () => { await pause(); log("nested arrow"); } } };
async function parallel(name: string) { await storage.run(name, async () => { await pause(); log(`parallel ${name}`); await pause(); log(`still ${name}`); }); log(`left ${name}`); }

async function enters() {
  for await (const x of [1, 2]) { log(`enters ${x}`); storage.enterWith(`entered ${x}`); }
  log("after entering");
  try { for await (const x of produce()) storage.enterWith(`guarded ${x}`); log("after guarded"); await reject(); } catch { log("catch after guarded"); }
}
await storage.run("zero", enters);
await storage.run("one", plain);
log("top level");
console.log(await storage.run("two", arrow));
await storage.run("three", caught);
console.log(await storage.run("four", consume));
await storage.run("five", async () => { for await (const item of delegate()) log(`delegated ${item}`); });
await storage.run("six", () => new Methods().method());
await storage.run("seven", () => Methods.fixed());
await storage.run("eight", () => new Methods().later);
await storage.run("nine", () => object.method());
await storage.run("ten", () => object.nested.arrow());
await Promise.all([parallel("a"), parallel("b"), parallel("c")]);
console.log(await storage.run("package", () => inPackage(storage, pause)));
await storage.run("dynamic", async () => { const { value } = await import("./dynamic"); log(`imported ${value}`); });
const order: string[] = [];
const tick = async (name: string) => { order.push(`${name}1`); await null; order.push(`${name}2`); await null; order.push(`${name}3`); };
await Promise.all([tick("x"), tick("y"), Promise.resolve().then(() => order.push("then"))]);
console.log(order.join());
log("end");
