// node:fs/promises. Wrong arguments reject, as everything else that fails.
"use strict";

const files = require("node/fs-async");
const { constants } = require("node/fs-constants");
const { Promise, Object, Symbol } = globalThis;

// A form with `count` parameters, whose mistakes reject.
function rejecting(name, count, operation) {
  const forms = {
    1: (first) => {
      try { return operation(first); } catch (error) { return Promise.reject(error); }
    },
    2: (first, second) => {
      try { return operation(first, second); } catch (error) { return Promise.reject(error); }
    },
    3: (first, second, third) => {
      try {
        return operation(first, second, third);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    5: (first, second, third, fourth, fifth) => {
      try {
        return operation(first, second, third, fourth, fifth);
      } catch (error) {
        return Promise.reject(error);
      }
    },
  };
  return Object.defineProperty(forms[count], "name", { value: name });
}

const named = (name, count) => rejecting(name, count, files[name]);

// A descriptor where Node's own functions would take a FileHandle.
function descriptorOf(target) {
  return isHandle(target) ? target.fd : target;
}

let FileHandle;

function isHandle(value) {
  if (value === null || typeof value !== "object") return false;
  FileHandle ??= require("node/fs-handle").FileHandle;
  return value instanceof FileHandle;
}

function ofHandle(operation) {
  return (target, data, options) => operation(descriptorOf(target), data, options);
}

// The two that are called most are functions of their own, which the engine can inline.
function readFile(path, options) {
  try {
    return files.readFile(typeof path === "string" ? path : descriptorOf(path), options);
  } catch (error) {
    return Promise.reject(error);
  }
}

function stat(path, options) {
  try {
    return files.stat(path, options);
  } catch (error) {
    return Promise.reject(error);
  }
}

async function open(path, flags, mode) {
  FileHandle ??= require("node/fs-handle").FileHandle;
  return new FileHandle(await files.open(path, flags, mode), flags ?? "r");
}

async function exists(path) {
  return files.exists(path);
}

async function lchmod() {
  const { makeError } = require("node/errors");
  const message = "The lchmod() method is not implemented";
  throw makeError("Error", "ERR_METHOD_NOT_IMPLEMENTED", message);
}

async function mkdtempDisposable(prefix, options) {
  const path = await files.mkdtemp(prefix, options);
  const full = require("node/path").resolve(require("node/fs-checks").shown(path));
  const remove = {
    async remove() { await files.rm(full, { recursive: true, force: true }); },
  }.remove;
  return { path, remove, [Symbol.asyncDispose]: remove };
}

// Bytes or text, as the functions of descriptors take them.
function write(fd, buffer, offset, length, position) {
  if (globalThis.ArrayBuffer.isView(buffer)) {
    return files.write(fd, buffer, offset, length, position);
  }
  if (typeof buffer !== "string") throw require("node/fs-sync-data").writtenType(buffer);
  return files.writeText(fd, buffer, offset, length);
}

async function readv(fd, buffers, position) {
  return { bytesRead: await files.readv(fd, buffers, position), buffers };
}

async function writev(fd, buffers, position) {
  return { bytesWritten: await files.writev(fd, buffers, position), buffers };
}

async function cp(source, destination, options) {
  return require("node/fs-copy").cp(source, destination, options);
}

async function* glob(pattern, options) {
  yield* require("node/fs-glob").glob(pattern, options);
}
// As Bun has it: what every asynchronous generator inherits from, not an object of its own.
glob.prototype = Object.getPrototypeOf(glob.prototype);

function watch(filename, options = {}) {
  return require("node/fs-watch").watchIterator(filename, options);
}

async function opendir(path, options) {
  return require("node/fs-directory").openFolder(path, options);
}

const exported = {
  access: named("access", 2),
  appendFile: rejecting("appendFile", 3, ofHandle(files.appendFile)),
  close: named("close", 1),
  copyFile: named("copyFile", 3),
  cp,
  exists,
  chown: named("chown", 3),
  chmod: named("chmod", 2),
  fchmod: named("fchmod", 2),
  fchown: named("fchown", 3),
  fstat: named("fstat", 2),
  fsync: named("fsync", 1),
  fdatasync: named("fdatasync", 1),
  ftruncate: named("ftruncate", 2),
  futimes: named("futimes", 3),
  glob,
  lchmod,
  lchown: named("lchown", 3),
  link: named("link", 2),
  lstat: named("lstat", 2),
  mkdir: named("mkdir", 2),
  mkdtemp: named("mkdtemp", 2),
  mkdtempDisposable,
  statfs: named("statfs", 2),
  open,
  read: rejecting("read", 5, files.read),
  write: rejecting("write", 5, write),
  readdir: named("readdir", 2),
  readFile,
  writeFile: rejecting("writeFile", 3, ofHandle(files.writeFileOrParts)),
  readlink: named("readlink", 2),
  realpath: rejecting("realpath", 2, (path, options) => files.realpath(path, options)),
  rename: named("rename", 2),
  stat,
  symlink: named("symlink", 3),
  truncate: named("truncate", 2),
  unlink: named("unlink", 1),
  utimes: named("utimes", 3),
  lutimes: named("lutimes", 3),
  rm: named("rm", 2),
  rmdir: named("rmdir", 2),
  writev,
  readv,
  constants,
  watch,
  opendir,
};

module.exports = exported;
