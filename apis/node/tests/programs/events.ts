// node:events: order, errors, limits, captured rejections, once, on, event targets.
import EventEmitter, { once, on, getEventListeners, getMaxListeners, setMaxListeners,
  addAbortListener, errorMonitor, listenerCount, captureRejectionSymbol } from "node:events";

function attempt(label: string, run: () => unknown) {
  try {
    console.log(label, run());
  } catch (error: any) {
    console.log(label, error.name, error.code, error.message, String(error).slice(0, 40));
  }
}

const emitter = new EventEmitter();
const order: string[] = [];
emitter.on("newListener", (name) => order.push(`new ${String(name)}`));
emitter.on("removeListener", (name) => order.push(`removed ${String(name)}`));
function second(this: unknown) { order.push(`second ${this === emitter}`); }
emitter.on("x", (...values) => order.push(`first ${values.join()}`));
emitter.on("x", second);
emitter.prependListener("x", () => order.push("prepended"));
emitter.prependOnceListener("x", (value) => order.push(`once ${value}`));
console.log(emitter.emit("x", 1, 2, 3, 4), emitter.emit("nothing"));
emitter.off("x", second);
emitter.emit("x");
console.log(order, emitter.eventNames(), emitter.listenerCount("x"), emitter.listeners("x").length);
emitter.removeAllListeners();
console.log(order.slice(-4), emitter.eventNames());

// A listener that removes another, and one that adds one, are seen by the next emit.
const live = new EventEmitter();
const seen: string[] = [];
const removed = () => seen.push("removed");
live.on("y", () => { seen.push("remover"); live.removeListener("y", removed); });
live.on("y", removed);
live.on("y", () => { if (seen.length < 4) live.on("y", () => seen.push("added")); });
live.emit("y");
live.emit("y");
console.log(seen);

attempt("no listener of error", () => new EventEmitter().emit("error", new RangeError("out")));
attempt("no error", () => new EventEmitter().emit("error", { a: 1 }));
attempt("no argument", () => new EventEmitter().emit("error"));
attempt("bad listener", () => emitter.on("x", 5 as any));
attempt("bad listener", () => emitter.on("x", "it's a long text of more than twenty-eight" as any));
attempt("bad listener", () => emitter.once("x", Object.create(null)));
attempt("bad limit", () => emitter.setMaxListeners(-1));
attempt("bad limit", () => { EventEmitter.defaultMaxListeners = "a" as any; });
attempt("bad target", () => setMaxListeners(3, {} as any));
attempt("bad signal", () => addAbortListener(undefined as any, () => {}));
attempt("bad emitter", () => getMaxListeners(5 as any));
attempt("bad option", () => new EventEmitter({ captureRejections: 1 } as any));

const monitored = new EventEmitter();
monitored.on(errorMonitor, (error) => console.log("monitor", error.message));
monitored.on("error", (error) => console.log("error", error.message));
monitored.emit("error", new Error("watched"));

const capturing = new EventEmitter({ captureRejections: true });
capturing.on("error", (error) => console.log("captured", error.message));
capturing.on("z", async () => { throw new Error("rejected"); });
capturing.emit("z");
const handling = new EventEmitter({ captureRejections: true }) as any;
handling[captureRejectionSymbol] = (error: Error, ...rest: unknown[]) =>
  console.log("handled", error.message, rest);
handling.on("z", async () => { throw new Error("other"); });
handling.emit("z", 1, 2);
await new Promise((resolve) => setTimeout(resolve, 5));

const soon = new EventEmitter();
setTimeout(() => soon.emit("go", 1, 2), 1);
console.log(await once(soon, "go"));
setTimeout(() => soon.emit("error", new Error("instead")), 1);
console.log(await once(soon, "go").catch((error) => error.message));
const controller = new AbortController();
setTimeout(() => controller.abort("why"), 1);
const aborted = await once(soon, "go", { signal: controller.signal }).catch((error) => error);
console.log(aborted.name, aborted.code, aborted.message, aborted.cause);

const source = new EventEmitter();
setTimeout(() => { source.emit("n", 1); source.emit("n", 2); source.emit("end"); }, 1);
for await (const values of on(source, "n", { close: ["end"] })) console.log("on", values);
console.log(source.eventNames());

const target = new EventTarget();
const onFoo = () => {};
target.addEventListener("foo", onFoo);
setMaxListeners(7, target);
console.log(getEventListeners(target, "foo")[0] === onFoo, listenerCount(target as any, "foo"),
  getMaxListeners(target));
const early = new AbortController();
early.signal.addEventListener("abort", (event) => event.stopImmediatePropagation());
using disposable = addAbortListener(early.signal, () => console.log("still told"));
early.abort();
console.log(typeof disposable[Symbol.dispose]);

function Old(this: any) { EventEmitter.call(this); }
Object.setPrototypeOf(Old.prototype, EventEmitter.prototype);
const old = new (Old as any)();
old.on("a", () => console.log("old style"));
old.emit("a");
console.log(Object.keys(old), EventEmitter.once.length, EventEmitter.prototype.emit.length);
