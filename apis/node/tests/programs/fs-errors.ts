// Errors of node:fs: class, code, errno, syscall, path, dest and message of each call.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "fs-errors-"));
const shown = (value: unknown) => String(value).replaceAll(root, "ROOT");

function attempt(name: string, action: () => unknown) {
  try {
    console.log(name, "returned", shown(action()));
  } catch (error: any) {
    const properties = ["code", "errno", "syscall", "path", "dest", "fd"]
      .filter((key) => error[key] !== undefined)
      .map((key) => `${key}=${shown(error[key])}`);
    console.log(name, error.name, JSON.stringify(shown(error.message)), properties.join(" "));
  }
}

const missing = path.join(root, "missing");
const file = path.join(root, "file");
const folder = path.join(root, "folder");
fs.writeFileSync(file, "text");
fs.mkdirSync(path.join(folder, "below"), { recursive: true });

attempt("open", () => fs.openSync(missing));
attempt("readFile", () => fs.readFileSync(missing));
attempt("readFile folder", () => fs.readFileSync(folder));
attempt("readFile below a file", () => fs.readFileSync(path.join(file, "x")));
attempt("readFile descriptor", () => fs.readFileSync(9999));
attempt("writeFile folder", () => fs.writeFileSync(folder, "x"));
attempt("appendFile", () => fs.appendFileSync(path.join(missing, "x"), "x"));
attempt("stat", () => fs.statSync(missing));
attempt("stat that may miss", () => fs.statSync(missing, { throwIfNoEntry: false }));
attempt("lstat", () => fs.lstatSync(missing));
attempt("fstat", () => fs.fstatSync(9999));
attempt("access", () => fs.accessSync(missing));
attempt("close", () => fs.closeSync(9999));
attempt("read", () => fs.readSync(9999, Buffer.alloc(1)));
attempt("write", () => fs.writeSync(9999, "x"));
attempt("readv", () => fs.readvSync(9999, [Buffer.alloc(1)]));
attempt("writev", () => fs.writevSync(9999, [Buffer.alloc(1)]));
attempt("mkdir", () => fs.mkdirSync(folder));
attempt("mkdir below nothing", () => fs.mkdirSync(path.join(missing, "x")));
attempt("mkdir below a file", () => fs.mkdirSync(path.join(file, "x"), { recursive: true }));
attempt("mkdir twice", () => fs.mkdirSync(folder, { recursive: true }));
attempt("mkdir deep", () => fs.mkdirSync(path.join(root, "a/b/c"), { recursive: true }));
attempt("rmdir", () => fs.rmdirSync(folder));
attempt("rmdir file", () => fs.rmdirSync(file));
attempt("rm", () => fs.rmSync(missing));
attempt("rm force", () => fs.rmSync(missing, { force: true }));
attempt("rm folder", () => fs.rmSync(folder));
attempt("unlink", () => fs.unlinkSync(missing));
attempt("unlink folder", () => fs.unlinkSync(folder));
attempt("rename", () => fs.renameSync(missing, missing + "2"));
attempt("copyFile", () => fs.copyFileSync(missing, missing + "2"));
attempt("copyFile exclusive", () => fs.copyFileSync(file, file, fs.constants.COPYFILE_EXCL));
attempt("link", () => fs.linkSync(missing, missing + "2"));
attempt("symlink", () => fs.symlinkSync("x", file));
attempt("readlink", () => fs.readlinkSync(file));
attempt("realpath", () => fs.realpathSync(missing));
attempt("realpath.native", () => fs.realpathSync.native(missing));
attempt("readdir", () => fs.readdirSync(missing));
attempt("readdir file", () => fs.readdirSync(file));
attempt("opendir", () => fs.opendirSync(missing));
attempt("statfs", () => fs.statfsSync(missing));
attempt("truncate", () => fs.truncateSync(missing));
attempt("utimes", () => fs.utimesSync(missing, 1, 1));
attempt("chmod", () => fs.chmodSync(missing, 0o644));
attempt("chown", () => fs.chownSync(missing, 1, 1));
attempt("fsync", () => fs.fsyncSync(9999));
attempt("cp", () => fs.cpSync(missing, missing + "2"));
attempt("cp folder", () => fs.cpSync(folder, missing));
attempt("cp into itself", () => fs.cpSync(folder, folder + "/x", { recursive: true }));
attempt("watch", () => fs.watch(missing));
attempt("no path", () => fs.statSync(undefined as any));
attempt("path with zero", () => fs.statSync("a\0b"));
attempt("wrong flag", () => fs.openSync(file, "bad"));
attempt("wrong mode", () => fs.chmodSync(file, "9" as any));
attempt("wrong encoding", () => fs.readFileSync(file, "bad" as any));
attempt("wrong descriptor", () => fs.closeSync(-1));
attempt("wrong data", () => fs.writeFileSync(file, {} as any));
attempt("no callback", () => fs.readFile(file, undefined as any));
attempt("wrong time", () => fs.utimesSync(file, NaN, 1));

for (const [name, action] of Object.entries({
  readFile: () => fs.promises.readFile(missing),
  stat: () => fs.promises.stat(missing),
  rename: () => fs.promises.rename(missing, file),
  rm: () => fs.promises.rm(folder),
  open: () => fs.promises.open(missing),
  wrong: () => fs.promises.stat({} as any),
})) {
  await action().then(
    () => console.log(name, "resolved"),
    (error: any) => console.log(name, error.name, error.code, shown(error.message)),
  );
}
fs.rmSync(root, { recursive: true });
