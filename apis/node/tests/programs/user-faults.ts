// What a user may not do: EACCES, EPERM and EROFS in every form of node:fs, of sockets and of
// children. Where the program begins as root it becomes nobody first.
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { execFile, spawn, spawnSync } from "node:child_process";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "user-faults-"));
const at = (name: string) => path.join(root, name);
fs.mkdirSync(at("closed"));
fs.writeFileSync(at("closed/file"), "secret");
fs.writeFileSync(at("secret"), "secret");
fs.writeFileSync(at("script"), "#!/bin/sh\n", { mode: 0o644 });
fs.mkdirSync(at("open"));
fs.chmodSync(at("secret"), 0o000);
fs.chmodSync(at("closed"), 0o000);
fs.chmodSync(at("open"), 0o777);
fs.chmodSync(root, 0o755);
process.chdir("/");
const NOBODY = 65534;
const isRoot = process.getuid!() === 0;
if (isRoot) {
  process.setegid!(NOBODY);
  process.seteuid!(NOBODY);
}
const plain = (text: unknown) => String(text).replaceAll(root, "ROOT").replace(/\/t-\w{6}/g, "/t-XXXXXX");
const tell = (error: any) => [error.name, error.code, error.errno, plain(error.syscall), plain(error.path), plain(error.dest), plain(error.message)].join(" | ");
const sync = (name: string, run: () => unknown) => {
  try { console.log(name, "sync", plain(run())); } catch (error: any) { console.log(name, "sync", tell(error)); }
};
const later = async (name: string, run: () => Promise<unknown>) => {
  try { console.log(name, "promise", plain(await run())); } catch (error: any) { console.log(name, "promise", tell(error)); }
};
const called = (name: string, run: (callback: any) => void) => new Promise<void>((resolve) => run((error: any, value: unknown) => {
  console.log(name, "callback", error ? tell(error) : plain(value));
  resolve();
}));
const descriptors = () => fs.readdirSync("/proc/self/fd").length;
// What the runtime opens once and keeps is open before the counting starts.
await later("warm", () => fs.promises.readFile(at("script"), "utf8"));
fs.watch(root).close();
await new Promise((resolve) => spawn("true").on("close", resolve));
await Bun.spawn(["true"]).exited;
await new Promise((resolve) => net.connect(1, "127.0.0.1").on("error", resolve));
const before = descriptors();

const cases: [string, any[]][] = [
  ["readFile", [at("secret")]], ["writeFile", [at("secret"), "x"]], ["appendFile", [at("secret"), "x"]],
  ["open", [at("secret"), "r+"]], ["open", [at("new"), "w"]], ["readdir", [at("closed")]], ["stat", [at("closed/file")]],
  ["lstat", [at("closed/file")]], ["mkdir", [at("closed/folder")]], ["mkdir", [at("x/y"), { recursive: true }]], ["rmdir", [at("closed")]],
  ["unlink", [at("secret")]], ["rename", [at("secret"), at("open/secret")]], ["link", [at("secret"), at("open/link")]],
  ["symlink", ["a", at("closed/link")]], ["chmod", [at("secret"), 0o644]], ["chown", [at("script"), 1, 1]], ["truncate", [at("script"), 0]],
  ["utimes", [at("script"), 1, 1]], ["access", [at("secret"), fs.constants.R_OK]], ["access", [at("script"), fs.constants.W_OK]],
  ["copyFile", [at("secret"), at("open/copy")]], ["copyFile", [at("script"), at("copy")]], ["cp", [at("closed"), at("open/copy"), { recursive: true }]],
  ["mkdtemp", [at("closed/t-")]], ["rm", [at("secret")]], ["rm", [at("closed"), { recursive: true }]], ["readlink", [at("closed/link")]], ["realpath", [at("closed/file")]],
];
for (const [name, parameters] of cases) {
  sync(name, () => (fs as any)[`${name}Sync`](...parameters));
  await later(name, () => (fs.promises as any)[name](...parameters));
  await called(name, (callback) => (fs as any)[name](...parameters, callback));
}
console.log("exists", fs.existsSync(at("closed/file")), fs.existsSync(at("secret")));
for (const make of [() => fs.createReadStream(at("secret")), () => fs.createWriteStream(at("secret")), () => fs.createWriteStream(at("new"))]) {
  const stream: any = make();
  const told: string[] = [];
  stream.on("error", (error: any) => told.push(tell(error)));
  await new Promise((resolve) => stream.on("close", resolve));
  console.log("stream", told.join());
}
await later("Bun.file", () => Bun.file(at("secret")).text());
await later("Bun.write", () => Bun.write(at("secret"), "x"));
try { fs.watch(at("closed/file")).close(); } catch (error: any) { console.log("watch", tell(error)); }

// Children.
const child = spawn(at("script"));
await new Promise<void>((resolve) => child.on("error", (error: any) => { console.log("spawn", tell(error), plain(error.spawnargs)); resolve(); }));
const { error, status, pid } = spawnSync(at("script")) as any;
console.log("spawnSync", tell(error), status, pid);
await called("execFile", (callback) => execFile(at("script"), callback));
sync("Bun.spawn", () => Bun.spawn([at("script")]));
sync("Bun.spawnSync", () => Bun.spawnSync([at("script")]));
const inClosed = spawn("true", { cwd: at("closed") });
await new Promise<void>((resolve) => inClosed.on("error", (error: any) => { console.log("cwd", tell(error)); resolve(); }));
sync("chdir", () => process.chdir(at("closed")));
// Sockets.
for (const listen of [(server: net.Server) => server.listen(at("closed/socket")), (server: net.Server) => server.listen(at("socket"))]) {
  const server = net.createServer();
  await new Promise<void>((resolve) => { server.on("error", (error: any) => { console.log("listen", error.code, error.syscall, plain(error.address), plain(error.message)); resolve(); }); listen(server); });
}
await new Promise<void>((resolve) => net.connect(at("closed/socket")).on("error", (error: any) => { console.log("connect", error.code, error.syscall, plain(error.address), plain(error.message)); resolve(); }));

for (let tries = 0; tries < 100 && descriptors() > before; tries++) await Bun.sleep(10);
// Bun keeps two of those of the failed listeners.
console.log("left open", descriptors() - before > 2);
if (isRoot) {
  process.seteuid!(0);
  process.setegid!(0);
}
fs.chmodSync(at("closed"), 0o700);
fs.rmSync(root, { recursive: true });
