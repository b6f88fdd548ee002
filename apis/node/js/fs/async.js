// The asynchronous forms of node:fs, behind its callbacks and its promises. Arguments are checked
// at once, and what is wrong with them is thrown; everything else is the promise's.
"use strict";

const checks = require("node/fs-checks");
const common = require("node/fs-common");
const { Promise, Object, Symbol, ArrayBuffer } = globalThis;
const { isView } = ArrayBuffer;
const { check, checkDescriptor, systemError } = common;

const NOT_FOUND = 2;
const NOT_A_FOLDER = 20;
const IS_FOLDER_MODE = 0o040000;
const KIND_MASK = 0o170000;

// The promise of an operation that answers nothing but whether it failed.
function done(promise, syscall, path, dest) {
  return promise.then((answer) => {
    if (answer < 0) throw systemError(-answer, syscall, path, dest);
  });
}

function doneWith(fd, promise, syscall) {
  return promise.then((answer) => void checkDescriptor(answer, syscall, fd));
}

// ---- Names -----------------------------------------------------------------------------------

function access(path, mode) {
  path = checks.path(path);
  const asked = ops.accessAsync(path, checks.smallMode(mode));
  return done(asked, "access", path).then(() => null);
}

function exists(path) {
  try {
    path = checks.path(path);
  } catch {
    return Promise.resolve(false);
  }
  return ops.existsAsync(path).then((answer) => answer === 1);
}

function chown(path, uid, gid) {
  path = checks.path(path);
  uid = checks.owner(uid, "uid");
  return done(ops.chownAsync(path, uid, checks.owner(gid, "gid")), "chown", path);
}

function lchown(path, uid, gid) {
  path = checks.path(path);
  uid = checks.owner(uid, "uid");
  return done(ops.lchownAsync(path, uid, checks.owner(gid, "gid")), "lchown", path);
}

function fchown(fd, uid, gid) {
  fd = checks.descriptor(fd);
  uid = checks.owner(uid, "uid");
  return done(ops.fchownAsync(fd, uid, checks.owner(gid, "gid")), "fchown");
}

function chmod(path, mode) {
  path = checks.path(path);
  return done(ops.chmodAsync(path, checks.mode(mode)), "chmod", path);
}

function fchmod(fd, mode) {
  fd = checks.descriptor(fd);
  return done(ops.fchmodAsync(fd, checks.mode(mode)), "fchmod");
}

function copyFile(src, dest, mode) {
  src = checks.path(src, "src");
  dest = checks.path(dest, "dest");
  return done(ops.copyFileAsync(src, dest, checks.smallMode(mode)), "copyfile", src, dest);
}

function truncate(path, len) {
  if (typeof path === "number") return ftruncate(path, len);
  path = checks.path(path);
  return done(ops.truncateAsync(path, checks.length(len)), "truncate", path);
}

function utimes(path, atime, mtime) {
  path = checks.path(path);
  atime = checks.time(atime, "atime");
  return done(ops.utimesAsync(path, atime, checks.time(mtime, "mtime")), "utime", path);
}

function lutimes(path, atime, mtime) {
  path = checks.path(path);
  atime = checks.time(atime, "atime");
  return done(ops.lutimesAsync(path, atime, checks.time(mtime, "mtime")), "lutime", path);
}

function link(existingPath, newPath) {
  const from = checks.path(existingPath, "oldPath");
  const to = checks.path(newPath, "newPath");
  return done(ops.linkAsync(from, to), "link", from, to);
}

function symlink(target, path, type) {
  target = checks.path(target, "target");
  path = checks.path(path);
  common.checkLinkType(type);
  return done(ops.symlinkAsync(target, path), "symlink", target, path);
}

function rename(oldPath, newPath) {
  const from = checks.pathLikeNode(oldPath, "oldPath");
  const to = checks.pathLikeNode(newPath, "newPath");
  return done(ops.renameAsync(from, to), "rename", from, to);
}

function unlink(path) {
  path = checks.path(path);
  return done(ops.unlinkAsync(path), "unlink", path);
}

function readlink(path, options) {
  path = checks.path(path);
  const encoding = checks.encodingOf(options);
  return ops.readlinkAsync(path, common.asBytes(encoding)).then((answer) => {
    if (typeof answer === "number") throw systemError(-answer, "readlink", path);
    return common.pathIn(answer, encoding);
  });
}

function realpath(path, options, syscall = "realpath") {
  path = checks.path(path);
  const encoding = checks.encodingOf(options);
  const asked = ops.realpathAsync(path === "" ? "." : path, common.asBytes(encoding));
  return asked.then((answer) => {
    if (typeof answer === "number") throw systemError(-answer, syscall, path);
    return common.pathIn(answer, encoding);
  });
}

// ---- Status ----------------------------------------------------------------------------------

function status(target, follow, options, syscall, path) {
  const isBig = common.wantsBigInt(options);
  return ops.statAsync(target, follow, isBig).then((answer) => {
    if (typeof answer === "number") {
      if (answer === -NOT_FOUND && options?.throwIfNoEntry === false) return undefined;
      throw systemError(-answer, syscall, path);
    }
    return require("node/fs-stats").statsOf(answer, isBig);
  });
}

function stat(path, options) {
  path = checks.path(path);
  return status(path, true, options, "stat", path);
}

function lstat(path, options) {
  path = checks.path(path);
  return status(path, false, options, "lstat", path);
}

function fstat(fd, options) {
  return status(checks.descriptor(fd), true, options, "fstat", undefined);
}

function statfs(path, options) {
  path = checks.path(path);
  const isBig = common.wantsBigInt(options);
  return ops.statfsAsync(path, isBig).then((answer) => {
    check(answer, "statfs", path);
    return require("node/fs-stats").statFsOf(answer, isBig);
  });
}

// ---- Folders ---------------------------------------------------------------------------------

function readdir(path, options) {
  path = checks.path(path);
  const { withKinds, recursive, encoding } = common.listingOptions(options);
  const asked = ops.readdirAsync(path, withKinds, recursive, common.asBytes(encoding));
  return asked.then((answer) => {
    if (common.isFailure(answer)) check(answer, "scandir", path);
    const names = require("node/fs-dirent").listing(answer, withKinds, checks.shown(path));
    return require("node/fs-sync").inEncoding(names, withKinds, encoding);
  });
}

function mkdir(path, options) {
  path = checks.path(path);
  const { recursive, mode } = common.folderOptions(options);
  if (!recursive) return done(ops.mkdirAsync(path, mode), "mkdir", path);
  return ops.mkdirAllAsync(path, mode).then((answer) => check(answer, "mkdir", path));
}

function mkdtemp(prefix, options) {
  prefix = checks.prefix(prefix);
  const encoding = checks.encodingOf(options);
  return ops.mkdtempAsync(prefix, common.asBytes(encoding)).then((answer) => {
    if (common.isFailure(answer)) check(answer, "mkdtemp", prefix);
    return common.pathIn(answer, encoding);
  });
}

function rmdir(path, options) {
  path = checks.path(path);
  const { recursive, tries, delay } = common.removalOptions(options);
  if (!recursive) return done(ops.rmdirAsync(path), "rmdir", path);
  return ops.statModeAsync(path, false).then((mode) => {
    const isOther = mode >= 0 && (mode & KIND_MASK) !== IS_FOLDER_MODE;
    if (isOther) throw systemError(NOT_A_FOLDER, "rmdir", path);
    return done(ops.removeAsync(path, true, tries, delay), "rmdir", path);
  });
}

function rm(path, options) {
  path = checks.path(path);
  const { recursive, force, tries, delay } = common.removalOptions(options);
  return ops.statModeAsync(path, false).then((mode) => {
    if (mode < 0) {
      if (force && mode === -NOT_FOUND) return undefined;
      throw systemError(-mode, "lstat", path);
    }
    if (!recursive && (mode & KIND_MASK) === IS_FOLDER_MODE) throw common.isFolder(path);
    return ops.removeAsync(path, recursive, tries, delay).then((answer) => {
      if (!(answer === -NOT_FOUND && force)) check(answer, "rm", path);
    });
  });
}

// ---- Descriptors -----------------------------------------------------------------------------

function open(path, flags, mode) {
  path = checks.path(path);
  flags = checks.flags(flags);
  const asked = ops.openAsync(path, flags, checks.mode(mode, 0o666));
  return asked.then((answer) => check(answer, "open", path));
}

function close(fd) {
  fd = checks.descriptor(fd);
  return doneWith(fd, ops.closeAsync(fd), "close");
}

function fsync(fd) {
  return done(ops.syncAsync(checks.descriptor(fd), false), "fsync");
}

function fdatasync(fd) {
  fd = checks.descriptor(fd);
  return doneWith(fd, ops.syncAsync(fd, true), "fdatasync");
}

function ftruncate(fd, len) {
  fd = checks.descriptor(fd);
  return done(ops.ftruncateAsync(fd, checks.length(len)), "ftruncate");
}

function futimes(fd, atime, mtime) {
  fd = checks.descriptor(fd);
  atime = checks.time(atime, "atime");
  return done(ops.futimesAsync(fd, atime, checks.time(mtime, "mtime")), "futime");
}

// ---- Bytes -----------------------------------------------------------------------------------

// Reads into a range of a buffer; how many bytes.
function readRange(fd, buffer, range, at) {
  const { bytesOf } = require("node/fs-sync-data");
  if (range.length === 0) return Promise.resolve(0);
  return ops.readAsync(fd, range.length, at).then((answer) => {
    if (typeof answer === "number") throw systemError(-answer, "read");
    bytesOf(buffer).set(answer, range.offset);
    return answer.length;
  });
}

function read(fd, buffer, offset, length, position) {
  const data = require("node/fs-sync-data");
  fd = checks.descriptor(fd);
  checks.view(buffer);
  const range = data.readRange(buffer, offset, length);
  return readRange(fd, buffer, range, checks.position(position, range.length));
}

/** A fresh buffer of up to `length` bytes, for streams. */
function readFresh(fd, length, position) {
  return ops.readAsync(fd, length, position ?? -1).then((answer) => {
    if (typeof answer === "number") throw systemError(-answer, "read");
    return common.bufferOf(answer);
  });
}

function write(fd, buffer, offset, length, position) {
  const data = require("node/fs-sync-data");
  fd = checks.descriptor(fd);
  const range = data.writeRange(buffer, offset, length);
  const at = data.writePosition(position);
  if (range.length === 0) return Promise.resolve(0);
  const whole = data.bytesOf(buffer);
  const part = range.length === whole.length
    ? whole
    : whole.subarray(range.offset, range.offset + range.length);
  return ops.writeAsync(fd, part, at).then((answer) => check(answer, "write"));
}

function writeText(fd, text, position, encoding) {
  const data = require("node/fs-sync-data");
  fd = checks.descriptor(fd);
  const bytes = common.encoded(text, checks.encoding(encoding));
  const asked = ops.writeAsync(fd, bytes, data.writePosition(position));
  return asked.then((answer) => check(answer, "write"));
}

function readv(fd, buffers, position) {
  const { bytesOf, writePosition } = require("node/fs-sync-data");
  fd = checks.descriptor(fd);
  const parts = checks.views(buffers).map(bytesOf);
  let length = 0;
  for (const part of parts) length += part.length;
  if (length === 0) return Promise.resolve(0);
  return ops.readAsync(fd, length, writePosition(position)).then((answer) => {
    checkDescriptor(answer, "readv", fd);
    let from = 0;
    for (const part of parts) {
      part.set(answer.subarray(from, from + part.length));
      from += part.length;
      if (from >= answer.length) break;
    }
    return answer.length;
  });
}

function writev(fd, buffers, position) {
  const { bytesOf, writePosition } = require("node/fs-sync-data");
  fd = checks.descriptor(fd);
  const parts = checks.views(buffers).map(bytesOf);
  if (parts.length === 0) return Promise.resolve(0);
  const asked = ops.writevAsync(fd, writePosition(position), ...parts);
  return asked.then((answer) => checkDescriptor(answer, "writev", fd));
}

// ---- Whole files -----------------------------------------------------------------------------

// The promise, unless the signal is aborted before it is settled. An abort is told in the next turn
// of the loop: a program that starts the next call by it lets those before it end.
function orAborted(promise, signal) {
  return new Promise((resolve, reject) => {
    const { setImmediate } = require("runtime/immediates");
    const abort = () => setImmediate(() => reject(aborted(signal)));
    signal.addEventListener("abort", abort, { once: true });
    const settle = (finish) => (value) => {
      signal.removeEventListener("abort", abort);
      if (signal.aborted) reject(aborted(signal));
      else finish(value);
    };
    promise.then(settle(resolve), settle(reject));
  });
}

function aborted(signal) {
  const { abortError } = require("node/errors");
  return abortError("The operation was aborted", { cause: signal.reason });
}

function signalOf(options) {
  if (!checks.isObject(options) || options.signal === undefined) return undefined;
  require("node/errors").validateAbortSignal(options.signal, "signal");
  return options.signal;
}

// Runs `start` unless the signal of the options is aborted, and answers what comes first.
function abortable(options, start) {
  const signal = signalOf(options);
  if (signal === undefined || signal === null) return start();
  if (signal.aborted) return Promise.reject(aborted(signal));
  return orAborted(start(), signal);
}

function readWhole(path, flags, encoding) {
  return ops.readFileAsync(path, flags, common.formOf(encoding)).then((answer) => {
    if (typeof answer === "string") return answer;
    if (typeof answer === "number") throw common.readError(answer, path);
    return common.decoded(answer, encoding);
  });
}

function readFile(path, options) {
  path = checks.target(path);
  if (options === undefined || options === null) return readWhole(path, 0, undefined);
  if (typeof options === "string") return readWhole(path, 0, checks.encoding(options));
  const { encoding, flags } = common.readOptions(options);
  return abortable(options, () => readWhole(path, flags, encoding));
}

// The parts of what promises may write piece by piece; null where it is one piece.
function partsOf(data) {
  if (data === null || typeof data !== "object" || isView(data)) return null;
  const iterate = data[Symbol.asyncIterator] ?? data[Symbol.iterator];
  return typeof iterate === "function" ? data : null;
}

/** Writes the parts of an iterable or a stream one after another. */
async function writeParts(path, parts, options, flag) {
  const { encoding, flags, mode, flush } = common.writeOptions(options, flag);
  const signal = signalOf(options);
  if (signal?.aborted) throw aborted(signal);
  const isOpen = typeof path === "number";
  const fd = isOpen ? path : check(await ops.openAsync(path, flags, mode), "open", path);
  try {
    for await (const part of parts) {
      if (signal?.aborted) throw aborted(signal);
      const { ERR_INVALID_ARG_TYPE } = require("node/errors");
      if (typeof part !== "string" && !isView(part)) {
        throw ERR_INVALID_ARG_TYPE("chunk", ["string", "Buffer", "TypedArray", "DataView"], part);
      }
      const bytes = common.encoded(checks.contents(part), encoding);
      const answer = await ops.writeFileAsync(fd, bytes, flags, mode, false);
      if (answer < 0) throw common.writeError(answer, fd);
    }
    if (signal?.aborted) throw aborted(signal);
    if (flush) await fsync(fd);
  } finally {
    if (!isOpen) await ops.closeAsync(fd);
  }
}

function writeWhole(path, data, options, flag, allowParts) {
  path = checks.target(path);
  const parts = allowParts ? partsOf(data) : null;
  if (parts !== null) return writeParts(path, parts, options, flag);
  const { encoding, flags, mode, flush } = common.writeOptions(options, flag);
  const bytes = common.encoded(checks.contents(data), encoding);
  return abortable(options, () =>
    ops.writeFileAsync(path, bytes, flags, mode, flush).then((answer) => {
      if (answer < 0) throw common.writeError(answer, path);
    }));
}

function writeFile(path, data, options) {
  return writeWhole(path, data, options, "w", false);
}

/** As writeFile, of iterables and streams too. */
function writeFileOrParts(path, data, options) {
  return writeWhole(path, data, options, "w", true);
}

function appendFile(path, data, options) {
  return writeWhole(path, data, options, "a", false);
}

Object.assign(module.exports, {
  access, exists, chown, lchown, fchown, chmod, fchmod, copyFile, truncate, utimes, lutimes, link,
  symlink, rename, unlink, readlink, realpath, stat, lstat, fstat, statfs, readdir, mkdir, mkdtemp,
  rmdir, rm, open, close, fsync, fdatasync, ftruncate, futimes, read, readFresh, write, writeText,
  readv, writev, readFile, writeFile, writeFileOrParts, appendFile, abortable, aborted,
});
