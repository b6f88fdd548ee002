// Where an async context goes: each section runs in one of its own, and says what it finds in
// what it has called back.
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { EventEmitter, once, on } from "node:events";
import { Readable, Writable, Transform, PassThrough, pipeline, finished } from "node:stream";
import * as streamPromises from "node:stream/promises";
import * as fs from "node:fs";
import * as fsp from "node:fs/promises";
import * as timersPromises from "node:timers/promises";
import * as http from "node:http";
import * as net from "node:net";
import * as dns from "node:dns";
import * as dgram from "node:dgram";
import * as zlib from "node:zlib";
import * as crypto from "node:crypto";
import * as readline from "node:readline";
import { execFile, spawn, exec } from "node:child_process";
import { Worker, MessageChannel as NodeMC } from "node:worker_threads";
import { promisify, callbackify } from "node:util";
import * as vm from "node:vm";

const als = new AsyncLocalStorage<any>();
const say = (label: string) => { const v = als.getStore(); console.log(label + ": " + String(v)); };
async function section(name: string, body: (done: () => void) => any) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => { console.log(name + ": TIMEOUT"); resolve(); }, 3000);
  als.run(name, () => { try { const r = body(resolve); if (r?.then) r.then(() => {}, (e: any) => { console.log(name + " error " + e.message); resolve(); }); } catch (e: any) { console.log(name + " threw " + e.message); resolve(); } });
  await promise; clearTimeout(timer);
}
const thenable = (label: string) => ({ then(r: any) { say(label + " in then"); r(1); } });

await section("thenable await", async done => { await thenable("thenable await"); say("after"); done(); });
await section("thenable await 2", async done => { await 0; await thenable("2"); say("after"); setTimeout(async () => { await thenable("timer"); done(); }, 1); });
await section("thenable async return", async done => { const f = async () => thenable("async return"); await f(); say("after"); done(); });
await section("thenable async return late", async done => { const f = async () => { await 0; return thenable("async return"); }; await f(); say("after"); done(); });
await section("thenable then return", async done => { Promise.resolve().then(() => thenable("then return")).then(() => { say("after"); done(); }); });
await section("thenable resolve", done => { new Promise(r => r(thenable("resolve"))).then(() => { say("after"); done(); }); });
await section("thenable withResolvers", done => { const w = Promise.withResolvers<any>(); setTimeout(() => w.resolve(thenable("withResolvers")), 1); w.promise.then(() => { say("after"); done(); }); });
await section("thenable Promise.resolve", done => { Promise.resolve(thenable("Promise.resolve")).then(() => { say("after"); done(); }); });
await section("thenable Promise.all", done => { Promise.all([thenable("all")]).then(() => { say("after"); done(); }); });
await section("thenable race", done => { Promise.race([thenable("race")]).then(() => { say("after"); done(); }); });
await section("thenable Promise.try", done => { (Promise as any).try(() => thenable("try")).then(() => { say("after"); done(); }); });
await section("thenable resolve elsewhere", done => {
  let r!: (v: any) => void; const p = new Promise(x => r = x); p.then(() => { say("after"); done(); });
  als.run("inner", () => r(thenable("resolved elsewhere")));
});
await section("thenable resolve late", done => {
  let r!: (v: any) => void; const p = new Promise(x => r = x); (async () => { await p; say("after"); done(); })();
  setTimeout(() => als.run("inner", () => r(thenable("resolved late"))), 1);
});
class MyPromise<T> extends Promise<T> { then(a: any, b: any): any { say("MyPromise.then"); return super.then(a, b); } }
await section("subclass", async done => { await new MyPromise(r => r(1 as any)); say("after"); done(); });
await section("subclass return", async done => { const f = async () => new MyPromise(r => r(1 as any)); await f(); say("after"); done(); });
await section("enterWith sync in async", async done => {
  const f = async () => { als.enterWith("entered"); await 0; say("in f"); }; await f(); say("caller after"); done(); });
await section("enterWith after await", async done => {
  const f = async () => { await 0; als.enterWith("entered"); await 0; say("in f"); }; await f(); say("caller after"); done(); });
await section("enterWith promise", async done => {
  const f = async () => { als.enterWith("entered"); await 0; say("in f"); }; const p = f(); say("caller sync"); await p; say("caller after"); done(); });
await section("enterWith try", async done => {
  const f = async () => { als.enterWith("entered"); await 0; throw new Error("x"); }; try { await f(); } catch { say("catch"); } say("caller after"); done(); });
await section("enterWith timer", done => { als.enterWith("e1"); setTimeout(() => { say("timer"); als.enterWith("e2"); Promise.resolve().then(() => { say("then"); done(); }); }); });
await section("enterWith then", done => { Promise.resolve().then(() => als.enterWith("e3")).then(() => { say("next then"); done(); }); });
await section("enterWith in emitter", done => { const e = new EventEmitter(); e.on("x", () => als.enterWith("e4")); e.emit("x"); say("after emit"); queueMicrotask(() => { say("mt"); done(); }); });
await section("enterWith for-of await", async done => {
  async function* g() { als.enterWith("g1"); yield 1; say("gen"); yield 2; }
  for await (const x of g()) say("loop " + x); say("after loop"); done(); });
await section("async generator", async done => {
  async function* g() { say("start"); yield 1; say("mid"); await 0; say("mid2"); try { yield 2; } finally { say("fin"); await 0; say("fin2"); } }
  const it = g(); await it.next(); await als.run("other", () => it.next()); say("x"); await als.run("third", () => it.return(0 as any)); done(); });
await section("yield star", async done => {
  async function* g() { yield* [1, Promise.resolve(2)] as any; } 
  for await (const x of g()) say("y" + x); done(); });
await section("for await sync iterable", async done => { for await (const x of [thenable("sync it"), Promise.resolve(2)] as any) say("v"); done(); });
await section("try catch", async done => { try { await Promise.reject(new Error("x")); } catch { say("catch"); } finally { say("finally"); } done(); });
await section("then rejected", done => { Promise.reject(1).catch(() => { say("catch"); }).finally(() => { say("finally"); done(); }); });
await section("resolved elsewhere", async done => {
  let r!: () => void; const p = new Promise<void>(x => r = x);
  p.then(() => say("then")); (async () => { await p; say("await"); done(); })(); als.run("resolver", () => setTimeout(r, 1)); });
await section("timers", done => { setTimeout(() => { say("timeout"); setImmediate(() => { say("immediate"); const i = setInterval(() => { say("interval"); clearInterval(i); done(); }, 1); }); }, 1); });
await section("timers/promises", async done => { await timersPromises.setTimeout(1); say("a"); await timersPromises.setImmediate(); say("b"); for await (const _ of timersPromises.setInterval(1)) { say("c"); break; } done(); });
await section("nextTick", done => { process.nextTick(() => { say("tick"); queueMicrotask(() => { say("mt"); process.nextTick(() => { say("tick2"); done(); }); }); }); });
await section("emitter", done => { const e = new EventEmitter(); e.on("x", () => say("listener")); als.run("emit ctx", () => e.emit("x")); setTimeout(() => { als.exit(() => e.emit("x")); done(); }, 1); });
await section("events.once", async done => { const e = new EventEmitter(); setTimeout(() => als.run("emit ctx", () => e.emit("x")), 1); await once(e, "x"); say("after"); done(); });
await section("events.on", async done => { const e = new EventEmitter(); setTimeout(() => als.run("emit ctx", () => { e.emit("x"); e.emit("x"); }), 1); let i = 0; for await (const _ of on(e, "x")) { say("it"); if (++i == 2) break; } done(); });
await section("EventTarget", done => { const t = new EventTarget(); t.addEventListener("x", () => say("l")); als.run("disp", () => t.dispatchEvent(new Event("x"))); done(); });
await section("AbortSignal.timeout", done => { const s = AbortSignal.timeout(1); s.addEventListener("abort", () => { say("abort"); done(); }); });
await section("readable", done => {
  const r = new Readable({ read() { say("read"); this.push("a"); this.push(null); } });
  r.on("data", () => say("data")); r.on("end", () => say("end")); r.on("close", () => { say("close"); done(); }); });
await section("readable elsewhere", done => {
  const r = new Readable({ read() {} }); r.on("data", () => say("data")); r.on("end", () => { say("end"); done(); });
  als.run("pusher", () => setTimeout(() => { r.push("a"); r.push(null); }, 1)); });
await section("writable", done => {
  const w = new Writable({ write(c, e, cb) { say("write"); setTimeout(cb, 1); }, final(cb) { say("final"); cb(); } });
  w.write("a", () => say("write cb")); als.run("second", () => w.write("b", () => say("write cb2"))); w.on("finish", () => { say("finish"); done(); }); w.end(() => say("end cb")); });
await section("transform", done => {
  const t = new Transform({ transform(c, e, cb) { say("transform"); setImmediate(() => cb(null, c)); }, flush(cb) { say("flush"); cb(); } });
  t.on("data", () => say("data")); t.on("end", () => { say("end"); done(); }); als.run("writer", () => { t.write("a"); t.end(); }); });
await section("pipeline", done => { pipeline(Readable.from(["a", "b"]), new PassThrough(), new Writable({ write(c, e, cb) { say("w"); cb(); } }), () => { say("cb"); done(); }); });
await section("pipeline promise", async done => { await streamPromises.pipeline(Readable.from(["a"]), async function* (s: any) { for await (const c of s) { say("g"); yield c; } }, async (s: any) => { for await (const c of s) say("sink"); }); say("after"); done(); });
await section("finished", done => { const p = new PassThrough(); finished(p, () => { say("fin"); done(); }); p.resume(); als.run("ender", () => setTimeout(() => p.end(), 1)); });
await section("stream async iter", async done => { const p = new PassThrough(); als.run("writer", () => setTimeout(() => { p.write("x"); p.end(); }, 1)); for await (const c of p) say("chunk"); say("after"); done(); });
console.log("--- fs");
await section("fs cb", done => fs.readFile(import.meta.path, () => { say("readFile"); fs.stat(".", () => { say("stat"); fs.open(import.meta.path, (e, fd) => { say("open"); fs.read(fd, Buffer.alloc(4), 0, 4, 0, () => { say("read"); fs.close(fd, () => { say("close"); fs.readdir(".", () => { say("readdir"); done(); }); }); }); }); }); }));
await section("fs promises", async done => { await fsp.readFile(import.meta.path); say("a"); const h = await fsp.open(import.meta.path); say("b"); await h.stat(); say("c"); await h.close(); say("d"); await fsp.readdir("."); say("e"); fsp.stat(".").then(() => { say("then"); done(); }); });
await section("fs streams", done => { const s = fs.createReadStream(import.meta.path, { highWaterMark: 1 << 20 }); s.on("open", () => say("open")); s.on("data", () => say("data")); s.on("close", () => { say("close"); const w = fs.createWriteStream("/dev/null"); w.on("open", () => say("wopen")); w.write("x", () => say("wcb")); w.end(() => { say("wend"); done(); }); }); });
await section("Bun.file", async done => { await Bun.file(import.meta.path).text(); say("text"); await Bun.write("/dev/null", "x"); say("write"); Bun.file(import.meta.path).arrayBuffer().then(() => { say("then"); done(); }); });
await section("fs.watch", done => { const d = fs.mkdtempSync("/tmp/alsw-"); const w = fs.watch(d, () => { say("watch"); w.close(); done(); }); als.run("toucher", () => setTimeout(() => fs.mkdirSync(d + "/x"), 20)); });
console.log("--- processes");
await section("execFile", done => execFile("true", () => { say("cb"); done(); }));
await section("exec promisified", async done => { await promisify(exec)("true"); say("after"); done(); });
await section("spawn", done => { const c = spawn("echo", ["x"]); c.on("spawn", () => say("spawn")); c.stdout.on("data", () => say("data")); c.on("exit", () => say("exit")); c.on("close", () => { say("close"); done(); }); });
await section("Bun.spawn", async done => { let told: unknown; const p = Bun.spawn(["echo", "x"], { onExit() { told = als.getStore(); } }); await p.stdout.text(); say("text"); await p.exited; say("exited"); while (told === undefined) await Bun.sleep(1); console.log("onExit: " + told); done(); });
await section("Bun.$", async done => { await Bun.$`true`; say("after"); done(); });
console.log("--- messages");
await section("MessageChannel", done => { const { port1, port2 } = new MessageChannel(); port1.onmessage = () => { say("onmessage"); port1.close(); done(); }; als.run("poster", () => port2.postMessage(1)); });
await section("node MessageChannel", done => { const { port1, port2 } = new NodeMC(); port1.on("message", () => { say("message"); port1.close(); done(); }); als.run("poster", () => port2.postMessage(1)); });
await section("BroadcastChannel", done => { const a = new BroadcastChannel("q"), b = new BroadcastChannel("q"); a.onmessage = () => { say("msg"); a.close(); b.close(); done(); }; als.run("poster", () => b.postMessage(1)); });
await section("worker", done => { const w = new Worker("require('worker_threads').parentPort.on('message', m => require('worker_threads').parentPort.postMessage(m))", { eval: true }); w.on("online", () => say("online")); w.on("message", () => { say("message"); w.terminate().then(() => say("terminated")); }); w.on("exit", () => { say("exit"); setTimeout(done, 10); }); als.run("poster", () => w.postMessage(1)); });
console.log("--- net");
await section("Bun.serve", async done => {
  const s = Bun.serve({ port: 0, fetch: async () => { const v = als.getStore(); await 0; return new Response(String(v) + " " + als.getStore()); } });
  console.log(await (await als.run("client", () => fetch(s.url))).text()); say("after fetch"); s.stop(true); done(); });
await section("Bun.serve run", async done => {
  const s = Bun.serve({ port: 0, fetch: req => als.run("req", async () => { await Bun.sleep(1); return new Response(new ReadableStream({ async pull(c) { await 0; c.enqueue(new TextEncoder().encode(String(als.getStore()))); c.close(); } })); }) });
  console.log(await (await fetch(s.url)).text()); say("after"); s.stop(true); done(); });
await section("websocket", async done => {
  const s = Bun.serve({ port: 0, fetch(r, s) { if (als.run("upgrade", () => s.upgrade(r))) return; return new Response(""); }, websocket: { open(w) { say("ws open"); }, message(w) { say("ws message"); w.send("x"); }, close() { say("ws close"); setTimeout(() => { s.stop(true); done(); }, 5); } } });
  const w = new WebSocket(s.url); w.onopen = () => { say("client open"); w.send("a"); }; w.onmessage = () => { say("client message"); w.close(); }; w.onclose = () => say("client close"); });
await section("node http", done => {
  const s = http.createServer((q, r) => { say("request"); q.on("end", () => say("req end")); q.resume(); r.on("finish", () => say("res finish")); r.end("x"); });
  s.listen(0, () => { say("listening"); als.run("client", () => { http.get({ port: (s.address() as any).port, agent: false }, r => { say("response"); r.on("data", () => say("data")); r.on("end", () => { say("end"); s.close(done); }); }); }); }); });
await section("node net", done => {
  const s = net.createServer(c => { say("connection"); c.on("data", () => { say("server data"); c.end("y"); }); });
  s.listen(0, () => { say("listening"); als.run("client", () => { const c = net.connect((s.address() as any).port, () => { say("connect"); c.write("x", () => say("write cb")); }); c.on("data", () => say("data")); c.on("end", () => say("end")); c.on("close", () => { say("close"); s.close(done); }); }); }); });
await section("Bun.listen", done => {
  const s = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { open(c) { say("s open"); }, data(c) { say("s data"); c.end("y"); } } });
  als.run("client", () => Bun.connect({ hostname: "127.0.0.1", port: s.port, socket: { open(c) { say("c open"); c.write("x"); }, data() { say("c data"); }, close() { say("c close"); s.stop(); done(); } } })); });
await section("dgram", done => { const a = dgram.createSocket("udp4"); a.on("message", () => { say("message"); a.close(() => { say("closed"); done(); }); }); a.bind(0, "127.0.0.1", () => { say("bound"); als.run("sender", () => a.send("x", a.address().port, "127.0.0.1", () => say("sent"))); }); });
await section("dns", done => dns.lookup("localhost", () => { say("lookup"); done(); }));
console.log("--- others");
await section("zlib", done => zlib.gzip("x", (e, b) => { say("gzip"); zlib.gunzip(b, () => { say("gunzip"); done(); }); }));
await section("crypto", done => crypto.randomBytes(8, () => { say("randomBytes"); crypto.pbkdf2("a", "b", 1, 8, "sha1", () => { say("pbkdf2"); crypto.scrypt("a", "b", 8, () => { say("scrypt"); crypto.generateKeyPair("ec", { namedCurve: "P-256" }, () => { say("keypair"); done(); }); }); }); }));
await section("subtle", async done => { await globalThis.crypto.subtle.digest("SHA-1", new Uint8Array(1)); say("digest"); done(); });
await section("readline", done => { const p = new PassThrough(); const r = readline.createInterface({ input: p }); r.question("", () => { say("question"); r.on("line", () => say("line")); r.on("close", () => { say("close"); done(); }); p.end("z\n"); }); als.run("typer", () => setTimeout(() => p.write("a\n"), 1)); });
await section("webstreams", async done => { const rs = new ReadableStream({ start() { say("start"); }, pull(c) { say("pull"); c.enqueue("a"); c.close(); } }); for await (const c of rs as any) say("chunk"); const ts = new TransformStream({ transform(c, k) { say("ts"); k.enqueue(c); } }); const w = ts.writable.getWriter(); als.run("writer", () => { w.write("x"); w.close(); }); const rd = ts.readable.getReader(); await rd.read(); say("read"); await rd.read(); say("read2"); done(); });
await section("callbackify", done => callbackify(async () => 1)(() => { say("cb"); done(); }));
await section("dynamic import", async done => { await import("node:v8"); say("after"); import("data:text/javascript,export default 1").then(() => { say("then"); done(); }); });
console.log("--- AsyncResource");
await section("AsyncResource", done => { const r = new AsyncResource("X"); als.run("other", () => { r.runInAsyncScope(() => say("scope")); r.bind(() => say("bind"))(); }); const b = AsyncResource.bind(() => say("static bind")); als.run("other", b); const sn = AsyncLocalStorage.snapshot(); als.run("other", () => sn(() => say("snapshot"))); const ab = AsyncLocalStorage.bind(() => say("als bind")); als.run("o", ab); setTimeout(() => als.exit(() => { b(); sn(() => say("sn")); done(); }), 1); });
await section("bind this", done => { const b = AsyncResource.bind(function (this: any, a: any) { say("t " + String(this) + a); }, "T", "receiver" as any); (b as any).call("other", 1); console.log(b.length); done(); });
await section("nested", async done => { const b = new AsyncLocalStorage<any>(); await b.run("b", async () => { await 0; say("x " + b.getStore()); await als.run("in", async () => { await 0; say("y " + b.getStore()); als.exit(() => { say("exit " + b.getStore()); }); await 0; say("d2"); b.disable(); say("disabled " + b.getStore()); }); say("z"); }); done(); });
await section("throws", async done => { try { als.run("t", () => { throw new Error("x"); }); } catch { say("caught"); } try { await als.run("t", async () => { await 0; throw new Error("x"); }); } catch { say("caught async"); } done(); });
console.log("--- vm");
await section("vm", async done => { (globalThis as any).say = say; await vm.runInThisContext("(async () => { say('v1'); await 0; say('v2'); await new Promise(r => setTimeout(r, 1)); say('v3'); })()"); say("after"); done(); });
await section("vm ctx", async done => { 
  const c = vm.createContext({ say, setTimeout, als }); await vm.runInContext("(async () => { say('c1'); await 0; say('c2'); await new Promise(r => setTimeout(r, 1)); say('c3'); Promise.resolve().then(() => say('c4')); await 0; await {then(r) { say('c5'); r(); }}; als.enterWith('cc'); await 0; say('c6'); })()", c); say("after2"); done(); });
await section("vm promise", done => { const c = vm.createContext({ say, done, als, queueMicrotask }); vm.runInContext("let r; const p = new Promise(x => r = x); p.then(() => { say('p'); done(); }); als.run('resolver', r);", c); });
await section("eval", async done => { await eval("(async () => { await 0; say('e1'); })()"); await (0, eval)("(async () => { await 0; say('e2'); })()"); done(); });
await section("Function", async done => { await new Function("say", "return (async () => { await 0; say('e3'); })()")(say); const AF: any = Object.getPrototypeOf(async () => {}).constructor; await new AF("say", "await 0; say('e4')")(say); say("after"); done(); });
await section("compileFunction", async done => { await (vm as any).compileFunction("return (async () => { await 0; say('f'); })()", ["say"])(say); done(); });
await section("unhandled", done => { process.once("unhandledRejection", () => { say("unhandled"); done(); }); Promise.reject(new Error("q")); });
await section("uncaught", done => { process.once("uncaughtException", () => { say("uncaught"); done(); }); setTimeout(() => { throw new Error("u"); }, 1); });
await section("signal", done => { process.once("SIGUSR2", () => { say("signal"); done(); }); als.run("killer", () => process.kill(process.pid, "SIGUSR2")); });
say("end");
process.exit(0);
