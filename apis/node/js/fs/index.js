// node:fs. The synchronous forms are here from the start; callbacks, promises, streams, watching,
// copying and globs are loaded when they are first asked for.
"use strict";

const sync = require("node/fs-sync");
const data = require("node/fs-sync-data");
const { constants } = require("node/fs-constants");
const { Object, Date, Number, Promise } = globalThis;

// A form that loads its module when it is first called.
function later(name, length, moduleName) {
  const call = { [name](...given) { return require(moduleName)[name](...given); } }[name];
  return Object.defineProperty(call, "length", { value: length });
}

function cpSync(source, destination, options) {
  return require("node/fs-copy").cpSync(source, destination, options);
}

function globSync(pattern, options) {
  return require("node/fs-glob").globSync(pattern, options);
}

function openAsBlob(path, options) {
  return Promise.resolve(globalThis.Bun.file(path, options));
}

function createReadStream(path, options) {
  return new exported.ReadStream(path, options);
}

function createWriteStream(path, options) {
  return new exported.WriteStream(path, options);
}

function _toUnixTimestamp(time, name = "time") {
  if (typeof time === "string" && +time == time) return +time;
  if (Number.isFinite(time)) return time < 0 ? Date.now() / 1000 : time;
  if (time instanceof Date) return time.getTime() / 1000;
  throw require("node/errors").ERR_INVALID_ARG_TYPE(name, ["number", "Date"], time);
}

const callbacks = require("node/fs-callbacks");

const exported = {
  appendFile: callbacks.appendFile,
  appendFileSync: data.appendFileSync,
  access: callbacks.access,
  accessSync: sync.accessSync,
  chown: callbacks.chown,
  chownSync: sync.chownSync,
  chmod: callbacks.chmod,
  chmodSync: sync.chmodSync,
  close: callbacks.close,
  closeSync: sync.closeSync,
  copyFile: callbacks.copyFile,
  copyFileSync: sync.copyFileSync,
  cp: callbacks.cp,
  cpSync,
  createReadStream,
  createWriteStream,
  exists: callbacks.exists,
  existsSync: sync.existsSync,
  fchown: callbacks.fchown,
  fchownSync: sync.fchownSync,
  fchmod: callbacks.fchmod,
  fchmodSync: sync.fchmodSync,
  fdatasync: callbacks.fdatasync,
  fdatasyncSync: sync.fdatasyncSync,
  fstat: callbacks.fstat,
  fstatSync: sync.fstatSync,
  fsync: callbacks.fsync,
  fsyncSync: sync.fsyncSync,
  ftruncate: callbacks.ftruncate,
  ftruncateSync: sync.ftruncateSync,
  futimes: callbacks.futimes,
  futimesSync: sync.futimesSync,
  glob: callbacks.glob,
  globSync,
  lchown: callbacks.lchown,
  lchownSync: sync.lchownSync,
  lchmod: undefined,
  lchmodSync: undefined,
  link: callbacks.link,
  linkSync: sync.linkSync,
  lstat: callbacks.lstat,
  lstatSync: sync.lstatSync,
  lutimes: callbacks.lutimes,
  lutimesSync: sync.lutimesSync,
  mkdir: callbacks.mkdir,
  mkdirSync: sync.mkdirSync,
  mkdtemp: callbacks.mkdtemp,
  mkdtempSync: sync.mkdtempSync,
  mkdtempDisposableSync: sync.mkdtempDisposableSync,
  open: callbacks.open,
  openSync: sync.openSync,
  read: callbacks.read,
  readFile: callbacks.readFile,
  readFileSync: data.readFileSync,
  readSync: data.readSync,
  readdir: callbacks.readdir,
  readdirSync: sync.readdirSync,
  readlink: callbacks.readlink,
  readlinkSync: sync.readlinkSync,
  readv: callbacks.readv,
  readvSync: data.readvSync,
  realpath: callbacks.realpath,
  realpathSync: sync.realpathSync,
  rename: callbacks.rename,
  renameSync: sync.renameSync,
  rm: callbacks.rm,
  rmSync: sync.rmSync,
  rmdir: callbacks.rmdir,
  rmdirSync: sync.rmdirSync,
  stat: callbacks.stat,
  statfs: callbacks.statfs,
  statSync: sync.statSync,
  statfsSync: sync.statfsSync,
  symlink: callbacks.symlink,
  symlinkSync: sync.symlinkSync,
  truncate: callbacks.truncate,
  truncateSync: sync.truncateSync,
  unlink: callbacks.unlink,
  unlinkSync: sync.unlinkSync,
  unwatchFile: later("unwatchFile", 2, "node/fs-watch-file"),
  utimes: callbacks.utimes,
  utimesSync: sync.utimesSync,
  watch: later("watch", 3, "node/fs-watch"),
  watchFile: later("watchFile", 3, "node/fs-watch-file"),
  write: callbacks.write,
  writeFile: callbacks.writeFile,
  writeFileSync: data.writeFileSync,
  writeSync: data.writeSync,
  writev: callbacks.writev,
  writevSync: data.writevSync,
  _toUnixTimestamp,
  openAsBlob,
};

// Classes and the promises are made when they are first read; programs may replace them.
function lazily(name, moduleName, exportName = name) {
  const define = (value) => {
    const property = { value, enumerable: true, configurable: true, writable: true };
    Object.defineProperty(exported, name, property);
    return value;
  };
  Object.defineProperty(exported, name, {
    enumerable: true,
    configurable: true,
    get() { return define(require(moduleName)[exportName]); },
    set: define,
  });
}

lazily("Dirent", "node/fs-dirent");
exported.opendir = later("opendir", 3, "node/fs-directory");
exported.opendirSync = later("opendirSync", 2, "node/fs-directory");
Object.assign(exported, { F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1, constants });
lazily("Dir", "node/fs-directory");
lazily("Stats", "node/fs-stats");
lazily("ReadStream", "node/fs-streams");
lazily("WriteStream", "node/fs-write-stream");
lazily("FileReadStream", "node/fs-streams", "ReadStream");
lazily("Utf8Stream", "node/fs-utf8-stream");
lazily("FileWriteStream", "node/fs-write-stream", "WriteStream");
Object.defineProperty(exported, "promises", {
  enumerable: true,
  configurable: true,
  get: () => require("node/fs-promises"),
});

module.exports = exported;
