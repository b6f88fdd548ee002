// Streams destroyed at each step: what each then says, in order, and that nothing of it is called
// back afterwards.
import { Duplex, PassThrough, Readable, Transform, Writable, finished, pipeline } from "node:stream";
import * as promises from "node:stream/promises";
import fs from "node:fs";
import net from "node:net";
import http from "node:http";
import { spawn } from "node:child_process";

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const boom = () => Object.assign(new Error("boom"), { code: "BOOM" });
const word = (error: any) => error == null ? "none" : error.code ?? error.name;

// Notes what a stream tells, and what `finished` makes of it.
function watch(stream: any, told: string[]) {
  for (const name of ["open", "ready", "data", "end", "finish", "close", "pause", "resume", "drain", "aborted"]) {
    stream.on(name, () => { if (told.at(-1) !== name) told.push(name); });
  }
  stream.on("error", (error: any) => told.push(`error ${word(error)}`));
  finished(stream, (error: any) => told.push(`finished ${word(error)}`));
}
async function step(title: string, stream: any, act: (stream: any) => unknown) {
  const told: string[] = [];
  watch(stream, told);
  const closed = new Promise((resolve) => stream.on("close", resolve));
  await act(stream);
  await Promise.race([closed, sleep(200)]);
  await sleep(1);
  console.log(`${title}: ${told.join(", ")} | ${stream.destroyed} ${stream.closed} ${word(stream.errored)} ${stream.readable} ${stream.writable}`);
}
const readable = () => {
  let count = 0;
  return new Readable({ read() { setImmediate(() => this.push(count++ < 3 ? `chunk ${count}` : null)); } });
};
const writable = () => new Writable({ write(_chunk, _encoding, callback) { setImmediate(callback); }, final(callback) { setImmediate(callback); } });
const transform = () => new Transform({ transform(chunk, _encoding, callback) { setImmediate(callback, null, chunk); }, flush(callback) { setImmediate(callback); } });
const duplex = () => new Duplex({ read() { this.push("x"); this.push(null); }, write(_c, _e, callback) { setImmediate(callback); } });

for (const error of [undefined, boom()]) {
  const how = error ? "with an error" : "without one";
  await step(`readable at once ${how}`, readable(), (it) => it.destroy(error));
  await step(`readable once flowing ${how}`, readable(), (it) => { it.resume(); it.destroy(error); });
  await step(`readable at the first chunk ${how}`, readable(), (it) => it.once("data", () => it.destroy(error)));
  await step(`readable between chunks ${how}`, readable(), (it) => it.once("data", () => setImmediate(() => it.destroy(error))));
  await step(`readable at its end ${how}`, readable(), (it) => it.resume().on("end", () => it.destroy(error)));
  await step(`readable behind its end ${how}`, readable(), (it) => it.resume().on("close", () => it.destroy(error)));
  await step(`readable in read() ${how}`, new Readable({ read() { this.destroy(error); } }), (it) => it.resume());
  await step(`readable in construct ${how}`, new Readable({ construct(callback) { setImmediate(callback, error); }, read() {} }), (it) => it.destroy());
  await step(`writable at once ${how}`, writable(), (it) => it.destroy(error));
  await step(`writable behind a write ${how}`, writable(), (it) => { it.write("x"); it.destroy(error); });
  await step(`writable in a write's call-back ${how}`, writable(), (it) => it.write("x", () => it.destroy(error)));
  await step(`writable while it ends ${how}`, writable(), (it) => { it.end("x"); it.destroy(error); });
  await step(`writable at its finish ${how}`, writable(), (it) => { it.end("x"); it.on("finish", () => it.destroy(error)); });
  await step(`writable in write() ${how}`, new Writable({ write(_c, _e, callback) { this.destroy(error); callback(); } }), (it) => { it.write("x"); it.write("y"); });
  await step(`writable corked ${how}`, writable(), (it) => { it.cork(); it.write("x"); it.write("y"); it.destroy(error); it.uncork(); });
  await step(`transform at once ${how}`, transform(), (it) => it.destroy(error));
  await step(`transform behind a write ${how}`, transform(), (it) => { it.write("x"); it.destroy(error); });
  await step(`transform at its data ${how}`, transform(), (it) => { it.on("data", () => it.destroy(error)); it.end("x"); });
  await step(`transform at its end ${how}`, transform(), (it) => { it.resume().on("end", () => it.destroy(error)); it.end("x"); });
  await step(`duplex at once ${how}`, duplex(), (it) => it.destroy(error));
  await step(`duplex at the end of one side ${how}`, duplex(), (it) => it.resume().on("end", () => it.destroy(error)));
  await step(`duplex at the finish of one side ${how}`, duplex(), (it) => { it.on("finish", () => it.destroy(error)); it.end("x"); });
}
await step("written to when destroyed", writable(), (it) => { it.destroy(); it.write("x", (error: any) => console.log("written", word(error))); it.end((error: any) => console.log("ended", word(error))); });
await step("written to behind its end", writable(), (it) => { it.end(); it.write("x", (error: any) => console.log("written", word(error))); });
await step("pushed to behind its end", new Readable({ read() {} }), (it) => { it.resume(); it.push(null); it.push("x"); });
await step("a write that fails", new Writable({ write(_c, _e, callback) { setImmediate(callback, boom()); } }), (it) => { it.write("x", (error: any) => console.log("failed", word(error))); it.write("y", (error: any) => console.log("behind it", word(error))); });
await step("a write that throws", new Writable({ write(_c, _e, callback) { callback(boom()); } }), (it) => it.write("x"));
await step("a transform that fails", new Transform({ transform(_c, _e, callback) { callback(boom()); } }), (it) => it.end("x"));
await step("a flush that fails", new Transform({ transform(_c, _e, callback) { callback(); }, flush(callback) { callback(boom()); } }), (it) => it.end("x"));
await step("an end that fails", new Writable({ write(_c, _e, callback) { callback(); }, final(callback) { callback(boom()); } }), (it) => it.end("x"));
await step("destroy that fails", new Readable({ read() {}, destroy(_error, callback) { callback(boom()); } }), (it) => it.destroy());
await step("an iteration left", readable(), async (it) => { for await (const _ of it) break; });
await step("an iteration that throws", readable(), async (it) => { try { for await (const _ of it) throw boom(); } catch (error) { console.log("thrown", word(error)); } });
await step("an iteration of what is destroyed", readable(), async (it) => { setImmediate(() => it.destroy(boom())); try { for await (const _ of it); } catch (error) { console.log("thrown", word(error)); } });

// Pipelines, each part destroyed at the first chunk.
for (const part of [0, 1, 2]) {
  for (const error of [undefined, boom()]) {
    const told: string[] = [];
    const parts: any[] = [readable(), transform(), writable()];
    const seen = new PassThrough();
    parts.splice(1, 0, seen);
    const done = new Promise((resolve) => pipeline(parts as any, (failure: any) => resolve(word(failure))));
    seen.once("data", () => [parts[0], parts[2], parts[3]][part].destroy(error));
    told.push(await done as string);
    await sleep(5);
    console.log("pipeline", part, word(error), told.join(), parts.map((it) => it.destroyed).join());
  }
}
const controller = new AbortController();
const aborted = promises.pipeline(readable(), transform(), writable(), { signal: controller.signal }).catch(word);
setImmediate(() => controller.abort());
console.log("pipeline aborted", await aborted);
console.log("pipeline of a failing generator", await promises.pipeline(readable(), async function* (source: any) { for await (const chunk of source) { yield chunk; throw boom(); } }, writable()).catch(word));
console.log("pipeline to a file that is full", await promises.pipeline(readable(), fs.createWriteStream("/dev/full")).catch(word));
console.log("pipeline of what is not there", await promises.pipeline(fs.createReadStream("/no/such"), writable()).catch(word));

// What holds descriptors, with the count of those before and after.
const descriptors = () => fs.readdirSync("/proc/self/fd").length;
const given = async (before: number) => {
  for (let tries = 0; tries < 200 && descriptors() > before; tries++) await sleep(5);
  return Math.max(0, descriptors() - before);
};
async function sockets(title: string, act: (client: net.Socket, served: net.Socket) => unknown) {
  const server = net.createServer({ allowHalfOpen: false });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const accepted = new Promise<net.Socket>((resolve) => server.once("connection", resolve));
  const client = net.connect((server.address() as any).port, "127.0.0.1");
  const told: string[] = [];
  client.on("error", (error) => told.push(`client ${word(error)}`)).on("close", () => told.push("client close"));
  const served = await accepted;
  served.on("error", (error) => told.push(`server ${word(error)}`)).on("close", () => told.push("server close"));
  const closed = Promise.all([client, served].map((it) => new Promise((resolve) => it.on("close", resolve))));
  await act(client, served);
  await closed;
  await new Promise((resolve) => server.close(resolve));
  console.log(`socket ${title}: ${told.sort().join(", ")}`);
}
const acts: [string, (client: net.Socket, served: net.Socket) => unknown][] = [
  ["destroyed at once", (client, served) => { served.resume(); client.destroy(); }],
  ["destroyed behind a write", (client, served) => { served.resume(); client.write("x"); client.destroy(); }],
  ["destroyed at its data", (client, served) => { client.on("data", () => client.destroy()); served.resume(); served.write("x"); }],
  ["destroyed with an error", (client, served) => { served.resume(); client.destroy(boom()); }],
  ["ended, then destroyed", (client, served) => { served.resume(); client.end("x", () => client.destroy()); }],
];
await sockets("warm", acts[0]![1]);
await new Promise((resolve) => spawn("true").on("close", resolve));
const before = descriptors();
for (const [title, act] of acts) await sockets(title, act);
console.log("sockets left", await given(before));
for (const name of ["stdin", "stdout", "stderr"] as const) {
  for (const error of [undefined, boom()]) {
    const child = spawn("cat");
    const told: string[] = [];
    child[name].on("error", (failure: any) => told.push(word(failure)));
    child[name].destroy(error);
    child.stdin.end();
    child.stdout.resume();
    const [code, signal] = await new Promise<any[]>((resolve) => child.on("close", (...ended) => resolve(ended)));
    console.log("child", name, code, signal, told.join());
  }
}
console.log("children left", await given(before));
const server = http.createServer((request, response) => {
  if (request.url === "/head") { response.writeHead(200); response.flushHeaders(); response.destroy(); }
  else if (request.url === "/body") { response.write("x", () => response.destroy()); }
  else { request.destroy(); }
});
await new Promise<void>((resolve) => server.listen(0, resolve));
for (const url of ["/head", "/body", "/request"]) {
  const told: string[] = [];
  await new Promise<void>((resolve) => {
    const request = http.get({ port: (server.address() as any).port, path: url, agent: false }, (response) => {
      response.on("aborted", () => told.push("aborted")).on("error", (error) => told.push(word(error))).on("end", () => told.push("end")).resume();
      response.on("close", () => resolve());
    });
    request.on("error", (error) => { told.push(`request ${word(error)}`); resolve(); });
  });
  console.log("http", url, told.join());
}
for (const when of ["at once", "at the response", "at data"]) {
  const told: string[] = [];
  const slow = http.createServer((_request, response) => { response.write("x"); });
  await new Promise<void>((resolve) => slow.listen(0, resolve));
  await new Promise<void>((resolve) => {
    const request = http.get({ port: (slow.address() as any).port, agent: false }, (response) => {
      response.on("error", (error) => told.push(`response ${word(error)}`)).on("aborted", () => told.push("aborted"));
      if (when === "at the response") request.destroy();
      response.on("data", () => request.destroy());
    });
    request.on("error", (error) => told.push(`request ${word(error)}`)).on("close", resolve);
    if (when === "at once") request.destroy();
  });
  slow.closeAllConnections();
  await new Promise((resolve) => slow.close(resolve));
  console.log("request destroyed", when, told.join());
}
await new Promise((resolve) => server.close(resolve));
console.log("http left", await given(before));
