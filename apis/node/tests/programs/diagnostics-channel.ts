// Channels, stores bound to them, and tracing of synchronous, promised and callback work.
import { AsyncLocalStorage } from "node:async_hooks";
import dc from "node:diagnostics_channel";

const attempt = (name: string, run: () => unknown) => {
  try {
    console.log(name, run());
  } catch (error: any) {
    console.log(name, error.name, error.code, error.message);
  }
};

console.log(Object.keys(dc));
attempt("no name", () => (dc as any).channel());
attempt("number", () => dc.channel(5 as any));
attempt("no function", () => dc.subscribe("a", 4 as any));
attempt("tracing a number", () => dc.tracingChannel(5 as any));
attempt("no callback", () => dc.tracingChannel("q").traceCallback(() => 1));

const channel = dc.channel("a");
attempt("same", () => dc.channel("a") === channel && channel instanceof dc.Channel);
const symbol = Symbol("s");
attempt("by symbol", () => dc.channel(symbol).name);
const seen: unknown[] = [];
const subscriber = (message: unknown, name: string | symbol) => seen.push([message, name]);
channel.publish("unheard");
dc.subscribe("a", subscriber);
attempt("has subscribers", () => [channel.hasSubscribers, dc.hasSubscribers("a"), dc.hasSubscribers("b")]);
channel.publish({ x: 1 });
attempt("unsubscribe", () => [dc.unsubscribe("a", subscriber), dc.unsubscribe("a", subscriber)]);
channel.publish("unheard");
console.log(seen, channel.hasSubscribers);

// Unsubscribing while a message is under way.
const order: string[] = [];
const once = () => { order.push("once"); channel.unsubscribe(once); };
channel.subscribe(once);
channel.subscribe(() => order.push("always"));
channel.publish(0);
channel.publish(0);
console.log(order);

const storage = new AsyncLocalStorage<unknown>();
const stored = dc.channel("stored");
stored.bindStore(storage, (data: any) => ({ id: data.id + 1 }));
attempt("stores", () => stored.runStores({ id: 1 }, function (this: any, a: number) {
  return [this, a, storage.getStore()];
}, "receiver" as any, 2));
attempt("unbind", () => [stored.unbindStore(storage), stored.unbindStore(storage), stored.hasSubscribers]);

const tracing = dc.tracingChannel("t");
const log = (event: string) => (message: any) => console.log(event, JSON.stringify(message), storage.getStore());
tracing.subscribe({ start: log("start"), end: log("end"), asyncStart: log("asyncStart"), asyncEnd: log("asyncEnd"), error: log("error") } as any);
tracing.start.bindStore(storage, () => "traced");
attempt("traceSync", () => tracing.traceSync((a: number) => a + 1, { c: 1 }, null, 1));
attempt("traceSync throws", () => tracing.traceSync(() => { throw "thrown"; }, { c: 2 }));
console.log(await tracing.tracePromise(async (a: number) => { await 1; return [a, storage.getStore()]; }, { c: 3 }, null, 3));
console.log(await tracing.tracePromise(() => Promise.reject("rejected"), { c: 4 }).catch((error) => `caught ${error}`));
await new Promise<void>((done) => tracing.traceCallback((callback: any) => setTimeout(callback, 1, null, "r"), 0, { c: 5 }, null, () => done()));
await new Promise<void>((done) => tracing.traceCallback((callback: any) => process.nextTick(callback, "e"), -1, { c: 6 }, null, () => done()));
attempt("unsubscribe all", () => tracing.unsubscribe({ start: () => {} } as any));

process.on("uncaughtException", (error) => console.log("uncaught", error));
dc.subscribe("throws", () => { throw "subscriber"; });
dc.channel("throws").publish(1);
dc.channel("transform").bindStore(storage, () => { throw "transform"; });
attempt("survives", () => dc.channel("transform").runStores({}, () => 7));
