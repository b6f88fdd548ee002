// The synchronous forms of node:fs on names and descriptors: each is a system call.
"use strict";

const checks = require("node/fs-checks");
const common = require("node/fs-common");
const { Float64Array, Symbol, Object } = globalThis;
const { check, checkDescriptor, systemError } = common;

const NOT_FOUND = 2;
const IS_FOLDER_MODE = 0o040000;
const KIND_MASK = 0o170000;

function accessSync(path, mode) {
  path = checks.path(path);
  check(ops.access(path, checks.smallMode(mode)), "access", path);
  return null;
}

function existsSync(path) {
  if (typeof path === "string") {
    return path !== "" && !path.includes("\0") && ops.exists(path) === 1;
  }
  try {
    return ops.exists(checks.path(path)) === 1;
  } catch {
    return false;
  }
}

function chownSync(path, uid, gid) {
  path = checks.path(path);
  uid = checks.owner(uid, "uid");
  check(ops.chown(path, uid, checks.owner(gid, "gid")), "chown", path);
}

function lchownSync(path, uid, gid) {
  path = checks.path(path);
  uid = checks.owner(uid, "uid");
  check(ops.lchown(path, uid, checks.owner(gid, "gid")), "lchown", path);
}

function fchownSync(fd, uid, gid) {
  fd = checks.descriptor(fd);
  uid = checks.owner(uid, "uid");
  check(ops.fchown(fd, uid, checks.owner(gid, "gid")), "fchown");
}

function chmodSync(path, mode) {
  path = checks.path(path);
  check(ops.chmod(path, checks.mode(mode)), "chmod", path);
}

function fchmodSync(fd, mode) {
  fd = checks.descriptor(fd);
  check(ops.fchmod(fd, checks.mode(mode)), "fchmod");
}

function closeSync(fd) {
  checkDescriptor(ops.close(checks.descriptor(fd)), "close", fd);
}

function openSync(path, flags, mode) {
  path = checks.path(path);
  flags = checks.flags(flags);
  return check(ops.open(path, flags, checks.mode(mode, 0o666)), "open", path);
}

function copyFileSync(src, dest, mode) {
  src = checks.path(src, "src");
  dest = checks.path(dest, "dest");
  check(ops.copyFile(src, dest, checks.smallMode(mode)), "copyfile", src, dest);
}

function fsyncSync(fd) {
  check(ops.sync(checks.descriptor(fd), false), "fsync");
}

function fdatasyncSync(fd) {
  checkDescriptor(ops.sync(checks.descriptor(fd), true), "fdatasync", fd);
}

function ftruncateSync(fd, len) {
  fd = checks.descriptor(fd);
  check(ops.ftruncate(fd, checks.length(len)), "ftruncate");
}

function truncateSync(path, len) {
  if (typeof path === "number") return ftruncateSync(path, len);
  path = checks.path(path);
  check(ops.truncate(path, checks.length(len)), "truncate", path);
}

function utimesSync(path, atime, mtime) {
  path = checks.path(path);
  atime = checks.time(atime, "atime");
  check(ops.utimes(path, atime, checks.time(mtime, "mtime")), "utime", path);
}

function lutimesSync(path, atime, mtime) {
  path = checks.path(path);
  atime = checks.time(atime, "atime");
  check(ops.lutimes(path, atime, checks.time(mtime, "mtime")), "lutime", path);
}

function futimesSync(fd, atime, mtime) {
  fd = checks.descriptor(fd);
  atime = checks.time(atime, "atime");
  check(ops.futimes(fd, atime, checks.time(mtime, "mtime")), "futime");
}

function linkSync(existingPath, newPath) {
  const from = checks.path(existingPath, "oldPath");
  const to = checks.path(newPath, "newPath");
  check(ops.link(from, to), "link", from, to);
}

function symlinkSync(target, path, type) {
  target = checks.path(target, "target");
  path = checks.path(path);
  common.checkLinkType(type);
  check(ops.symlink(target, path), "symlink", target, path);
}

function readlinkSync(path, options) {
  path = checks.path(path);
  const encoding = checks.encodingOf(options);
  const answer = ops.readlink(path, common.asBytes(encoding));
  if (typeof answer === "number") throw systemError(-answer, "readlink", path);
  return common.pathIn(answer, encoding);
}

function realPath(path, options, syscall) {
  path = checks.path(path);
  const encoding = checks.encodingOf(options);
  const answer = ops.realpath(path === "" ? "." : path, common.asBytes(encoding));
  if (typeof answer === "number") throw systemError(-answer, syscall, path);
  return common.pathIn(answer, encoding);
}

function realpathSync(path, options) {
  return realPath(path, options, "lstat");
}
realpathSync.native = function realpathNativeSync(path, options) {
  return realPath(path, options, "realpath");
};

function renameSync(oldPath, newPath) {
  const from = checks.pathLikeNode(oldPath, "oldPath");
  const to = checks.pathLikeNode(newPath, "newPath");
  check(ops.rename(from, to), "rename", from, to);
}

function unlinkSync(path) {
  path = checks.path(path);
  check(ops.unlink(path), "unlink", path);
}

// ---- Status ----------------------------------------------------------------------------------

let stats;
const fields = new Float64Array(18);

function status(target, follow, options, syscall, path) {
  stats ??= require("node/fs-stats");
  const isBig = common.wantsBigInt(options);
  const answer = isBig ? ops.statBig(target, follow) : ops.statInto(target, follow, fields);
  if (typeof answer === "number" && answer < 0) {
    if (answer === -NOT_FOUND && options?.throwIfNoEntry === false) return undefined;
    throw systemError(-answer, syscall, path);
  }
  return isBig ? stats.statsOf(answer, true) : stats.fromFloats(fields);
}

function statSync(path, options) {
  path = checks.path(path);
  return status(path, true, options, "stat", path);
}

function lstatSync(path, options) {
  path = checks.path(path);
  return status(path, false, options, "lstat", path);
}

function fstatSync(fd, options) {
  return status(checks.descriptor(fd), true, options, "fstat", undefined);
}

function statfsSync(path, options) {
  path = checks.path(path);
  const isBig = common.wantsBigInt(options);
  const answer = check(ops.statfs(path, isBig), "statfs", path);
  return require("node/fs-stats").statFsOf(answer, isBig);
}

// ---- Folders ---------------------------------------------------------------------------------

function readdirSync(path, options) {
  path = checks.path(path);
  const { withKinds, recursive, encoding } = common.listingOptions(options);
  const answer = ops.readdir(path, withKinds, recursive, common.asBytes(encoding));
  if (common.isFailure(answer)) check(answer, "scandir", path);
  const names = require("node/fs-dirent").listing(answer, withKinds, checks.shown(path));
  return inEncoding(names, withKinds, encoding);
}

/** Names in another encoding than UTF-8. */
function inEncoding(names, withKinds, encoding) {
  if (encoding === undefined || encoding === "utf8" || encoding === "buffer") return names;
  if (!withKinds) return names.map((name) => name.toString(encoding));
  for (const entry of names) entry.name = entry.name.toString(encoding);
  return names;
}

function mkdirSync(path, options) {
  path = checks.path(path);
  const { recursive, mode } = common.folderOptions(options);
  if (recursive) return check(ops.mkdirAll(path, mode), "mkdir", path);
  check(ops.mkdir(path, mode), "mkdir", path);
  return undefined;
}

function mkdtempSync(prefix, options) {
  prefix = checks.prefix(prefix);
  const encoding = checks.encodingOf(options);
  const answer = ops.mkdtemp(prefix, common.asBytes(encoding));
  if (common.isFailure(answer)) check(answer, "mkdtemp", prefix);
  return common.pathIn(answer, encoding);
}

function mkdtempDisposableSync(prefix, options) {
  const path = mkdtempSync(prefix, options);
  // The working directory may change before it is removed.
  const full = require("node/path").resolve(checks.shown(path));
  const remove = { remove() { rmSync(full, { recursive: true, force: true }); } }.remove;
  return { path, remove, [Symbol.dispose]: remove };
}

function rmdirSync(path, options) {
  path = checks.path(path);
  const { recursive, tries, delay } = common.removalOptions(options);
  if (!recursive) return void check(ops.rmdir(path), "rmdir", path);
  const mode = ops.statMode(path, false);
  const isOther = mode >= 0 && (mode & KIND_MASK) !== IS_FOLDER_MODE;
  if (isOther) throw systemError(20, "rmdir", path);
  check(ops.remove(path, true, tries, delay), "rmdir", path);
}

function rmSync(path, options) {
  path = checks.path(path);
  const { recursive, force, tries, delay } = common.removalOptions(options);
  const mode = ops.statMode(path, false);
  if (mode < 0) {
    if (force && mode === -NOT_FOUND) return;
    throw systemError(-mode, "lstat", path);
  }
  if (!recursive && (mode & KIND_MASK) === IS_FOLDER_MODE) throw common.isFolder(path);
  const answer = ops.remove(path, recursive, tries, delay);
  if (answer === -NOT_FOUND && force) return;
  check(answer, "rm", path);
}

Object.assign(module.exports, {
  accessSync, existsSync, chownSync, lchownSync, fchownSync, chmodSync, fchmodSync, closeSync,
  openSync, copyFileSync, fsyncSync, fdatasyncSync, ftruncateSync, truncateSync, utimesSync,
  lutimesSync, futimesSync, linkSync, symlinkSync, readlinkSync, realpathSync, renameSync,
  unlinkSync, statSync, lstatSync, fstatSync, statfsSync, readdirSync, mkdirSync, mkdtempSync,
  mkdtempDisposableSync, rmdirSync, rmSync, inEncoding,
});
