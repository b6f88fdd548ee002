// fs.cp and fs.cpSync. The copying itself is written once, as a generator that yields the answers
// of its calls: at once in the synchronous form, promises in the other.
"use strict";

const checks = require("node/fs-checks");
const sync = require("node/fs-sync");
const files = require("node/fs-async");
const { refusal } = require("node/fs-common");
const { makeError, validateBoolean, validateFunction, validateObject } = require("node/errors");
const paths = require("node/path");
const { Object, Promise, Number } = globalThis;

const EEXIST = 17;
const ENOTDIR = 20;
const EISDIR = 21;
const EINVAL = 22;
const MODE_MAX = 7;
const OWNER_WRITES = 0o200;

// ---- The calls, in two forms -----------------------------------------------------------------

const now = {
  stat: (path, follow) => {
    const options = { bigint: true, throwIfNoEntry: false };
    return follow ? sync.statSync(path, options) : sync.lstatSync(path, options);
  },
  lstatOrThrow: (path) => sync.lstatSync(path),
  statOrThrow: (path) => sync.statSync(path),
  copyFile: sync.copyFileSync,
  unlink: sync.unlinkSync,
  mkdir: (path, options) => sync.mkdirSync(path, options),
  chmod: sync.chmodSync,
  utimes: sync.utimesSync,
  readlink: (path) => sync.readlinkSync(path),
  symlink: (target, path) => sync.symlinkSync(target, path),
  readdir: (path) => sync.readdirSync(path),
};

const later = {
  stat: (path, follow) => {
    const options = { bigint: true, throwIfNoEntry: false };
    return follow ? files.stat(path, options) : files.lstat(path, options);
  },
  lstatOrThrow: (path) => files.lstat(path),
  statOrThrow: (path) => files.stat(path),
  copyFile: files.copyFile,
  unlink: files.unlink,
  mkdir: (path, options) => files.mkdir(path, options),
  chmod: files.chmod,
  utimes: files.utimes,
  readlink: (path) => files.readlink(path),
  symlink: (target, path) => files.symlink(target, path),
  readdir: (path) => files.readdir(path),
};

function runNow(steps) {
  let step = steps.next();
  while (!step.done) step = steps.next(step.value);
  return step.value;
}

async function runLater(steps) {
  let step = steps.next();
  while (!step.done) {
    let value;
    try {
      value = await step.value;
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(value);
  }
  return step.value;
}

// ---- Refusals --------------------------------------------------------------------------------

function refuse(code, message, name, errno, reason, path) {
  const info = { message: reason, path, syscall: "cp", errno, code: name };
  return refusal(code, message, info);
}

function invalid(reason, path) {
  return refuse("ERR_FS_CP_EINVAL", "Invalid src or dest", "EINVAL", EINVAL, reason, path);
}

function intoItself(source, target) {
  return invalid(`cannot copy ${source} to a subdirectory of self ${target}`, target);
}

function overFile(source, target) {
  const reason = `cannot overwrite non-directory ${target} with directory ${source}`;
  const message = "Cannot overwrite non-directory with directory";
  return refuse("ERR_FS_CP_DIR_TO_NON_DIR", message, "EISDIR", EISDIR, reason, target);
}

function overFolder(source, target) {
  const reason = `cannot overwrite directory ${target} with non-directory ${source}`;
  const message = "Cannot overwrite directory with non-directory";
  return refuse("ERR_FS_CP_NON_DIR_TO_DIR", message, "ENOTDIR", ENOTDIR, reason, target);
}

function notRecursive(source) {
  const reason = `${source} is a directory (not copied)`;
  return refuse("ERR_FS_EISDIR", "Path is a directory", "EISDIR", EISDIR, reason, source);
}

function targetExists(target) {
  const reason = `${target} already exists`;
  return refuse("ERR_FS_CP_EEXIST", "Target already exists", "EEXIST", EEXIST, reason, target);
}

function overOwnFolder(source, target) {
  const message = "Cannot overwrite symlink in subdirectory of self";
  const reason = `cannot overwrite ${target} with ${source}`;
  return refuse("ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY", message, "EINVAL", EINVAL, reason, target);
}

function notCopied(stats, target) {
  if (stats.isSocket()) {
    const reason = `cannot copy a socket file: ${target}`;
    const message = "Cannot copy a socket file";
    return refuse("ERR_FS_CP_SOCKET", message, "EINVAL", EINVAL, reason, target);
  }
  if (stats.isFIFO()) {
    const reason = `cannot copy a FIFO pipe: ${target}`;
    const message = "Cannot copy a FIFO pipe";
    return refuse("ERR_FS_CP_FIFO_PIPE", message, "EINVAL", EINVAL, reason, target);
  }
  const reason = `cannot copy an unknown file type: ${target}`;
  const message = "Cannot copy an unknown file type";
  return refuse("ERR_FS_CP_UNKNOWN", message, "EINVAL", EINVAL, reason, target);
}

// ---- Checks ----------------------------------------------------------------------------------

const isSame = (first, second) => first.ino === second.ino && first.dev === second.dev;

// Whether `target` lies in the folder `source`, or is it.
function isInside(source, target) {
  const from = paths.resolve(source);
  const to = paths.resolve(target);
  return to === from || to.startsWith(from.endsWith("/") ? from : `${from}/`);
}

// The status of both ends; what cannot be copied onto the other is refused.
function* checkedStats(io, source, target, options) {
  const { dereference } = options;
  const from = (yield io.stat(source, dereference)) ?? (yield missing(io, source, dereference));
  const to = yield io.stat(target, dereference);
  if (to !== undefined) {
    if (isSame(from, to)) throw invalid("src and dest cannot be the same", target);
    if (from.isDirectory() && !to.isDirectory()) throw overFile(source, target);
    if (!from.isDirectory() && to.isDirectory()) throw overFolder(source, target);
  }
  if (from.isDirectory() && isInside(source, target)) throw intoItself(source, target);
  return { from, to };
}

// Asks again where nothing was found, for the error.
function missing(io, path, follow) {
  return follow ? io.statOrThrow(path) : io.lstatOrThrow(path);
}

// No folder above the target may be the source.
function* checkParents(io, source, from, target) {
  const sourceParent = paths.dirname(paths.resolve(source));
  let parent = paths.dirname(paths.resolve(target));
  while (parent !== sourceParent && parent !== paths.parse(parent).root) {
    const stats = yield io.stat(parent, true);
    if (stats !== undefined && isSame(from, stats)) throw intoItself(source, target);
    parent = paths.dirname(parent);
  }
}

// ---- Copying ---------------------------------------------------------------------------------

function* copyTree(io, source, target, options) {
  if (options.filter && !(yield options.filter(source, target))) return;
  const { from, to } = yield* checkedStats(io, source, target, options);
  yield* checkParents(io, source, from, target);
  const parent = paths.dirname(target);
  if ((yield io.stat(parent, true)) === undefined) yield io.mkdir(parent, { recursive: true });
  yield* copyEntry(io, source, target, from, to, options);
}

function* copyEntry(io, source, target, from, to, options) {
  if (from.isDirectory()) {
    if (!options.recursive) throw notRecursive(source);
    yield* copyFolder(io, source, target, from, to, options);
  } else if (from.isFile() || from.isCharacterDevice() || from.isBlockDevice()) {
    yield* copyContent(io, source, target, from, to, options);
  } else if (from.isSymbolicLink()) {
    yield* copyLink(io, source, target, to, options);
  } else {
    throw notCopied(from, target);
  }
}

function* copyFolder(io, source, target, from, to, options) {
  if (to === undefined) yield io.mkdir(target);
  else if (options.errorOnExist && !options.force) throw targetExists(target);
  for (const name of yield io.readdir(source)) {
    const sourceItem = paths.join(source, name);
    const targetItem = paths.join(target, name);
    if (options.filter && !(yield options.filter(sourceItem, targetItem))) continue;
    const both = yield* checkedStats(io, sourceItem, targetItem, options);
    yield* copyEntry(io, sourceItem, targetItem, both.from, both.to, options);
  }
  if (to === undefined) yield io.chmod(target, Number(from.mode) & 0o7777);
}

function* copyContent(io, source, target, from, to, options) {
  if (to !== undefined) {
    if (!options.force) {
      if (options.errorOnExist) throw targetExists(target);
      return;
    }
    yield io.unlink(target);
  }
  yield io.copyFile(source, target, options.mode);
  const mode = Number(from.mode) & 0o7777;
  if (!options.preserveTimestamps) return;
  const isWritable = (mode & OWNER_WRITES) !== 0;
  if (!isWritable) yield io.chmod(target, mode | OWNER_WRITES);
  // Reading it has moved its time of access.
  const stats = yield io.statOrThrow(source);
  yield io.utimes(target, stats.atime, stats.mtime);
  if (!isWritable) yield io.chmod(target, mode);
}

function absolute(link, path) {
  return paths.isAbsolute(link) ? link : paths.resolve(paths.dirname(path), link);
}

function* copyLink(io, source, target, to, options) {
  const link = yield io.readlink(source);
  const from = options.verbatimSymlinks ? link : absolute(link, source);
  if (to === undefined) {
    yield io.symlink(from, target);
    return;
  }
  if (!to.isSymbolicLink()) {
    // A file stands there: the kernel says so.
    yield io.symlink(from, target);
    return;
  }
  const over = absolute(yield io.readlink(target), target);
  const stats = yield io.stat(source, true);
  if (stats?.isDirectory() && isInside(from, over)) throw intoItself(from, over);
  const overStats = yield io.stat(target, true);
  if (overStats?.isDirectory() && isInside(over, from) && from !== over) {
    throw overOwnFolder(from, over);
  }
  yield io.unlink(target);
  yield io.symlink(from, target);
}

// ---- The two functions -----------------------------------------------------------------------

const FLAGS = [
  "dereference", "errorOnExist", "force", "preserveTimestamps", "recursive", "verbatimSymlinks",
];

function checkOptions(given) {
  const options = {
    dereference: false, errorOnExist: false, filter: undefined, force: true, mode: 0,
    preserveTimestamps: false, recursive: false, verbatimSymlinks: false,
  };
  if (given === undefined) return options;
  validateObject(given, "options");
  Object.assign(options, given);
  for (const name of FLAGS) validateBoolean(options[name], `options.${name}`);
  options.mode = checks.integer(options.mode ?? 0, "mode", 0, MODE_MAX);
  if (options.dereference && options.verbatimSymlinks) {
    const message =
      'Option "dereference" cannot be used in combination with option "verbatimSymlinks"';
    throw makeError("TypeError", "ERR_INCOMPATIBLE_OPTION_PAIR", message);
  }
  if (options.filter !== undefined) validateFunction(options.filter, "options.filter");
  return options;
}

function cpSync(source, target, given) {
  const options = checkOptions(given);
  const from = checks.shown(checks.pathLikeNode(source, "src"));
  const to = checks.shown(checks.pathLikeNode(target, "dest"));
  if (options.filter) options.filter = checkedFilter(options.filter);
  runNow(copyTree(now, from, to, options));
}

// The synchronous form cannot wait for what a filter promises.
function checkedFilter(filter) {
  return (source, target) => {
    const answer = filter(source, target);
    if (!(answer instanceof Promise)) return answer;
    const { ERR_INVALID_RETURN_VALUE } = require("node/errors");
    throw ERR_INVALID_RETURN_VALUE("boolean", "filter", answer);
  };
}

/** The promise of a copy; wrong arguments throw. */
function cp(source, target, given) {
  const options = checkOptions(given);
  const from = checks.shown(checks.pathLikeNode(source, "src"));
  const to = checks.shown(checks.pathLikeNode(target, "dest"));
  return runLater(copyTree(later, from, to, options));
}

module.exports = { cp, cpSync };
