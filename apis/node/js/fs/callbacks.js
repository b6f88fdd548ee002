// The callback forms of node:fs. A callback runs as a tick of its own, in the async context of the
// call: what it throws is an uncaught exception, not a rejection.
"use strict";

const checks = require("node/fs-checks");
const files = require("node/fs-async");
const asyncContext = require("runtime/async-context");
const { nextTick } = require("runtime/event-loop");
const { Object, Promise, Symbol, Array, ArrayBuffer } = globalThis;
const { isView } = ArrayBuffer;

const READ_SIZE = 16384;
const PROMISIFY = Symbol.for("nodejs.util.promisify.custom");

function dispatch(saved, callback, parameters) {
  const current = asyncContext.current;
  asyncContext.current = saved;
  nextTick(callback, parameters);
  asyncContext.current = current;
}

// Calls back with what `parameters` makes of the value, or with the error.
function finish(promise, callback, parameters) {
  const saved = asyncContext.current;
  promise.then(
    (value) => dispatch(saved, callback, parameters(value)),
    (error) => dispatch(saved, callback, [error]),
  );
}

const noValue = () => [null];
const oneValue = (value) => [null, value];

// A form whose last parameters are optional options and a callback: `count` come before.
function withOptions(name, count, operation, parameters) {
  const forms = {
    1: (path, options, callback) => {
      if (typeof options === "function") {
        callback = options;
        options = undefined;
      }
      checks.callback(callback);
      finish(operation(path, options), callback, parameters);
    },
    2: (first, second, options, callback) => {
      if (typeof options === "function") {
        callback = options;
        options = undefined;
      }
      checks.callback(callback);
      finish(operation(first, second, options), callback, parameters);
    },
  };
  return named(forms[count], name);
}

// A form with `count` parameters and a callback behind them.
function withCallback(name, count, operation, parameters = noValue) {
  const forms = {
    1: (first, callback) => {
      checks.callback(callback);
      finish(operation(first), callback, parameters);
    },
    2: (first, second, callback) => {
      checks.callback(callback);
      finish(operation(first, second), callback, parameters);
    },
    3: (first, second, third, callback) => {
      checks.callback(callback);
      finish(operation(first, second, third), callback, parameters);
    },
  };
  return named(forms[count], name);
}

function named(made, name) {
  return Object.defineProperty(made, "name", { value: name });
}

const exported = {
  access: withOptions("access", 1, files.access, noValue),
  appendFile: withOptions("appendFile", 2, files.appendFile, noValue),
  chown: withCallback("chown", 3, files.chown),
  chmod: withCallback("chmod", 2, files.chmod),
  copyFile: withOptions("copyFile", 2, files.copyFile, noValue),
  fchown: withCallback("fchown", 3, files.fchown),
  fchmod: withCallback("fchmod", 2, files.fchmod),
  fdatasync: withCallback("fdatasync", 1, files.fdatasync),
  fstat: withOptions("fstat", 1, files.fstat, oneValue),
  fsync: withCallback("fsync", 1, files.fsync),
  futimes: withCallback("futimes", 3, files.futimes),
  lchown: withCallback("lchown", 3, files.lchown),
  link: withCallback("link", 2, files.link),
  lstat: withOptions("lstat", 1, files.lstat, oneValue),
  lutimes: withCallback("lutimes", 3, files.lutimes),
  mkdir: withOptions("mkdir", 1, files.mkdir, oneValue),
  mkdtemp: withOptions("mkdtemp", 1, files.mkdtemp, oneValue),
  readdir: withOptions("readdir", 1, files.readdir, oneValue),
  readlink: withOptions("readlink", 1, files.readlink, oneValue),
  rename: withCallback("rename", 2, files.rename),
  rm: withOptions("rm", 1, files.rm, oneValue),
  rmdir: withOptions("rmdir", 1, files.rmdir, noValue),
  stat: withOptions("stat", 1, files.stat, oneValue),
  statfs: withOptions("statfs", 1, files.statfs, oneValue),
  symlink: withOptions("symlink", 2, files.symlink, noValue),
  truncate: withOptions("truncate", 1, files.truncate, noValue),
  unlink: withCallback("unlink", 1, files.unlink),
  utimes: withCallback("utimes", 3, files.utimes),
};

function close(fd, callback) {
  if (callback === undefined) {
    finish(files.close(fd), reportLost, noValue);
    return;
  }
  checks.descriptor(fd);
  checks.callback(callback);
  finish(files.close(fd), callback, noValue);
}

// Nobody listens to a close without a callback, so what fails there is uncaught.
function reportLost(error) {
  if (error) throw error;
}

function exists(path, callback) {
  checks.callback(callback);
  finish(files.exists(path), callback, (found) => [found]);
}
Object.defineProperty(exists, PROMISIFY, {
  value: { exists(path) { return new Promise((resolve) => exists(path, resolve)); } }.exists,
  writable: true, enumerable: true, configurable: true,
});

function ftruncate(fd, len = 0, callback) {
  if (typeof len === "function") {
    callback = len;
    len = 0;
  }
  checks.callback(callback);
  finish(files.ftruncate(fd, len), callback, noValue);
}

function open(path, flags, mode, callback) {
  if (arguments.length < 3) {
    callback = flags;
    flags = undefined;
  } else if (typeof mode === "function") {
    callback = mode;
    mode = undefined;
  }
  checks.callback(callback);
  finish(files.open(path, flags, mode), callback, oneValue);
}

function readFile(path, options, callback) {
  callback ||= options;
  checks.callback(callback);
  if (options === callback) options = undefined;
  finish(files.readFile(path, options), callback, oneValue);
}

function writeFile(path, data, options, callback) {
  callback ||= options;
  checks.callback(callback);
  if (options === callback) options = undefined;
  finish(files.writeFile(path, data, options), callback, noValue);
}

function realpath(path, options, callback) {
  if (typeof options === "function") {
    callback = options;
    options = undefined;
  }
  checks.callback(callback);
  finish(files.realpath(path, options, "lstat"), callback, oneValue);
}
realpath.native = { realpath: withOptions("realpath", 1, files.realpath, oneValue) }.realpath;

// ---- Bytes -----------------------------------------------------------------------------------

function fresh(size) {
  return require("node/buffer").Buffer.alloc(size);
}

function checkOptions(value) {
  if (value === null || value === undefined) return value;
  if (typeof value !== "object" || Array.isArray(value)) {
    throw require("node/errors").invalidType("options", "of type object", value);
  }
  return value;
}

function read(fd, buffer, offsetOrOptions, length, position, callback) {
  let offset = offsetOrOptions;
  if (arguments.length <= 4) {
    let options;
    if (arguments.length === 4) {
      options = checkOptions(offsetOrOptions);
      callback = length;
    } else if (arguments.length === 3) {
      callback = offsetOrOptions;
      if (!isView(buffer)) {
        options = checkOptions(buffer);
        ({ buffer = fresh(READ_SIZE) } = options ?? {});
      }
    } else {
      callback = buffer;
      buffer = fresh(READ_SIZE);
    }
    ({ offset = 0, length = buffer?.byteLength - offset, position = null } = options ?? {});
  }
  if (callback === undefined && arguments.length > 4) {
    // What is wrong with the other arguments is said first.
    checks.descriptor(fd);
    checks.view(buffer);
  }
  require("node/errors").validateFunction(callback, "callback");
  const saved = asyncContext.current;
  files.read(fd, buffer, offset, length, position).then(
    (count) => dispatch(saved, callback, [null, count, buffer]),
    (error) => dispatch(saved, callback, [error, 0, buffer]),
  );
}

function writeBytes(fd, buffer, offset, length, position, callback) {
  callback ||= position || length || offset;
  checks.callback(callback);
  if (typeof offset === "object" && offset !== null) {
    ({ offset = 0, length = buffer.byteLength - offset, position = null } = offset);
  }
  if (typeof offset === "function") offset = undefined;
  if (typeof length === "function") length = undefined;
  const saved = asyncContext.current;
  files.write(fd, buffer, offset, length, position).then(
    (count) => dispatch(saved, callback, [null, count, buffer]),
    (error) => dispatch(saved, callback, [error, 0, buffer]),
  );
}

function write(fd, buffer, offsetOrOptions, length, position, callback) {
  if (isView(buffer)) {
    return writeBytes(fd, buffer, offsetOrOptions, length, position, callback);
  }
  let encoding = length;
  let at = offsetOrOptions;
  if (typeof position === "function") callback = position;
  else if (typeof length === "function") {
    callback = length;
    encoding = undefined;
  } else if (typeof offsetOrOptions === "function") {
    callback = offsetOrOptions;
    at = undefined;
    encoding = undefined;
  }
  checks.callback(callback);
  if (typeof buffer !== "string") throw require("node/fs-sync-data").writtenType(buffer);
  const saved = asyncContext.current;
  files.writeText(fd, buffer, at, encoding).then(
    (count) => dispatch(saved, callback, [null, count, buffer]),
    (error) => dispatch(saved, callback, [error, 0, buffer]),
  );
}

// readv and writev: they differ in the operation alone.
function vectors(operation, fd, buffers, position, callback) {
  if (typeof position === "function") {
    callback = position;
    position = null;
  }
  checks.callback(callback);
  const saved = asyncContext.current;
  operation(fd, buffers, position).then(
    (count) => dispatch(saved, callback, [null, count, buffers]),
    (error) => dispatch(saved, callback, [error]),
  );
}

function readv(fd, buffers, position, callback) {
  vectors(files.readv, fd, buffers, position, callback);
}

function writev(fd, buffers, position, callback) {
  vectors(files.writev, fd, buffers, position, callback);
}

// What util.promisify makes of the forms that call back with two values.
function promisifyPair(callbackForm, first, second) {
  const value = { [callbackForm.name](...given) {
    return new Promise((resolve, reject) => {
      callbackForm(...given, (error, count, buffer) => {
        if (error) reject(error);
        else resolve({ [first]: count, [second]: buffer });
      });
    });
  } }[callbackForm.name];
  Object.defineProperty(callbackForm, PROMISIFY, { value, configurable: true });
}
promisifyPair(read, "bytesRead", "buffer");
promisifyPair(readv, "bytesRead", "buffers");
promisifyPair(write, "bytesWritten", "buffer");
promisifyPair(writev, "bytesWritten", "buffers");

function cp(source, destination, options, callback) {
  if (typeof options === "function") {
    callback = options;
    options = undefined;
  }
  checks.callback(callback);
  finish(require("node/fs-copy").cp(source, destination, options), callback, noValue);
}

function glob(pattern, options, callback) {
  if (typeof options === "function") {
    callback = options;
    options = undefined;
  }
  require("node/errors").validateFunction(callback, "callback");
  const found = require("node/fs-glob").glob(pattern, options);
  finish(Array.fromAsync(found), callback, oneValue);
}

Object.assign(module.exports, exported, {
  close, exists, ftruncate, open, readFile, writeFile, realpath, read, write, readv, writev, cp,
  glob, dispatch, finish,
});
