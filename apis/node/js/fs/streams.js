// fs.ReadStream, and what it shares with fs.WriteStream: options, opening, closing. A stream whose
// operation is under way closes its descriptor when that has ended, never before.
"use strict";

const { Readable, finished } = require("node/stream");
const fs = require("node/fs");
const files = require("node/fs-async");
const checks = require("node/fs-checks");
const callbacks = require("node/fs-callbacks");
const asyncContext = require("runtime/async-context");
const {
  makeError, validateFunction, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE,
  invalidType,
} = require("node/errors");
const { Object, Symbol, Infinity, Math, Reflect } = globalThis;

const DESCRIPTOR_MAX = 2147483647;
const READ_SIZE = 65536;

const kFs = Symbol("kFs");
const kHandle = Symbol("kHandle");
const kIsPerformingIO = Symbol("kIsPerformingIO");
const kIoDone = Symbol("kIoDone");

// ---- Options ---------------------------------------------------------------------------------

function checkEncoding(encoding) {
  if (!encoding || encoding === "buffer") return;
  const { Buffer } = require("node/buffer");
  if (!Buffer.isEncoding(encoding)) {
    throw ERR_INVALID_ARG_VALUE("encoding", encoding, "is invalid encoding");
  }
}

// The options as an object of their own, inherited ones included.
function streamOptions(options) {
  if (options === undefined || options === null || typeof options === "function") return {};
  if (typeof options === "string") {
    checkEncoding(options);
    return { encoding: options };
  }
  if (typeof options !== "object") {
    throw ERR_INVALID_ARG_TYPE("options", ["string", "Object"], options);
  }
  const copy = {};
  for (const name in options) copy[name] = options[name];
  checkEncoding(copy.encoding);
  if ("signal" in copy && copy.signal !== undefined && !copy.signal) {
    throw ERR_INVALID_ARG_TYPE("signal", "AbortSignal", copy.signal);
  }
  return copy;
}

function streamPath(path) {
  if (typeof path === "string") {
    checks.path(path);
    return require("node/path").resolve(path);
  }
  if (path instanceof globalThis.Uint8Array) return checks.path(path);
  if (path instanceof require("web/url").URL) return checks.path(path);
  throw invalidType("path", "of type string or URL", path);
}

// The functions of a FileHandle in the form of node:fs; those that a program has replaced on the
// handle are asked, the others go straight to the descriptor.
function operationsOf(handle) {
  const { FileHandle } = require("node/fs-handle");
  const { prototype } = FileHandle;
  const read = (fd, buffer, offset, length, position, callback) => {
    handle.read(buffer, offset, length, position).then(
      (answer) => callback(null, answer.bytesRead, answer.buffer),
      (error) => callback(error, 0, buffer),
    );
  };
  const write = (fd, buffer, offset, length, position, callback) => {
    handle.write(buffer, offset, length, position).then(
      (answer) => callback(null, answer.bytesWritten, answer.buffer),
      (error) => callback(error, 0, buffer),
    );
  };
  const own = (name) => handle[name] === prototype[name];
  return {
    read: own("read") ? fs.read : read,
    write: own("write") ? fs.write : write,
    writev: own("writev") ? fs.writev : undefined,
    fsync: own("sync") ? fs.fsync : (fd, callback) => {
      handle.sync().then(() => callback(), callback);
    },
    close: (fd, callback) => {
      FileHandle.release(handle);
      handle.close().then(() => callback(), callback);
    },
  };
}

/** Sets what a stream works on: a path to open, a descriptor, or a FileHandle. */
function attach(stream, path, options, defaultFlags) {
  const { fd, fs: given } = options;
  if (fd === undefined || fd === null) {
    stream[kFs] = given || fs;
    stream.fd = null;
    stream.path = streamPath(path);
    stream.flags = options.flags === undefined ? defaultFlags : options.flags;
    stream.mode = options.mode === undefined ? 0o666 : options.mode;
    if (given) validateFunction(given.open, "options.fs.open");
    return given;
  }
  if (typeof fd === "number") {
    stream.fd = checks.integerLikeNode(fd, "fd", 0, DESCRIPTOR_MAX) + 0;
    stream[kFs] = given || fs;
    return given;
  }
  const isHandle = typeof fd === "object" && fd instanceof require("node/fs-handle").FileHandle;
  if (!isHandle) throw invalidType("options.fd", "of type number or FileHandle", fd);
  return attachHandle(stream, fd, given);
}

function attachHandle(stream, handle, given) {
  if (given) {
    const message = "The FileHandle with fs method is not implemented";
    throw makeError("Error", "ERR_METHOD_NOT_IMPLEMENTED", message);
  }
  const operations = operationsOf(handle);
  stream[kFs] = operations;
  stream[kHandle] = handle;
  stream.fd = handle.fd;
  require("node/fs-handle").FileHandle.acquire(handle);
  handle.on("close", () => stream.close());
  return operations;
}

/** Checks `start`, and sets the position that reads and writes go on from. */
function setStart(stream, start) {
  stream.start = start;
  stream.pos = undefined;
  if (start === undefined) return;
  checks.integerLikeNode(start, "start", 0);
  stream.pos = start;
}

// ---- Opening and closing ---------------------------------------------------------------------

// Programs replace this to open their own way; it does nothing by itself.
const openNothing = { open() {} }.open;

/** Opens the file before the stream begins; a replaced `open` tells through its events. */
function construct(callback) {
  if (typeof this.fd === "number") {
    callback();
    return;
  }
  if (this.open !== openNothing) {
    constructByEvents(this, callback);
    return;
  }
  this[kFs].open(this.path, this.flags, this.mode, (error, fd) => {
    if (error) {
      callback(error);
      return;
    }
    this.fd = fd;
    callback();
    this.emit("open", fd);
    this.emit("ready");
  });
}

function constructByEvents(stream, callback) {
  const { emit } = stream;
  stream.emit = function (...parameters) {
    const [name] = parameters;
    if (name === "open") {
      this.emit = emit;
      callback();
      Reflect.apply(emit, this, parameters);
    } else if (name === "error") {
      this.emit = emit;
      callback(parameters[1]);
    } else {
      Reflect.apply(emit, this, parameters);
    }
  };
  stream.open();
}

function close(stream, error, callback) {
  if (!stream.fd) {
    callback(error);
    return;
  }
  if (!stream.flush) {
    closeDescriptor(stream, error, callback);
    return;
  }
  stream[kFs].fsync(stream.fd, (flushError) => {
    closeDescriptor(stream, error || flushError, callback);
  });
}

function closeDescriptor(stream, error, callback) {
  stream[kFs].close(stream.fd, (closeError) => callback(closeError || error));
  stream.fd = null;
}

/** Closes when the operation under way has ended. */
function destroy(error, callback) {
  if (!this[kIsPerformingIO]) {
    close(this, error, callback);
    return;
  }
  this.once(kIoDone, (ioError) => close(this, error || ioError, callback));
}

function stateOf(stream, stateName) {
  const state = stream[stateName];
  if (state === undefined) {
    throw new (require("bun/error-stack").TypeError)("The stream has not been constructed");
  }
  return state;
}

function defineCommon(prototype, stateName) {
  prototype.open = openNothing;
  Object.defineProperty(prototype, "autoClose", {
    get() { return stateOf(this, stateName).autoDestroy; },
    set(value) { stateOf(this, stateName).autoDestroy = value; },
  });
  Object.defineProperty(prototype, "pending", {
    get() { return this.fd === null || this.fd === undefined; },
    configurable: true,
  });
}

// ---- ReadStream ------------------------------------------------------------------------------

function ReadStream(path, options) {
  if (!(this instanceof ReadStream)) return new ReadStream(path, options);
  options = streamOptions(options);
  options.highWaterMark ??= READ_SIZE;
  options.decodeStrings = true;
  const custom = attach(this, path, options, "r");
  if (custom) validateFunction(custom.read, "options.fs.read");
  options.autoDestroy = options.autoClose === undefined ? true : options.autoClose;
  if (options.autoDestroy && custom) validateFunction(custom.close, "options.fs.close");
  setStart(this, options.start);
  const { end = Infinity } = options;
  this.end = end;
  this.bytesRead = 0;
  if (end !== Infinity) {
    checks.integerLikeNode(end, "end", 0);
    if (this.start !== undefined && this.start > end) {
      throw ERR_OUT_OF_RANGE("start", `<= "end" (here: ${end})`, this.start);
    }
  }
  Reflect.apply(Readable, this, [options]);
}
Object.setPrototypeOf(ReadStream, Readable);
ReadStream.prototype = Object.create(Readable.prototype, {
  constructor: { value: ReadStream, writable: true, configurable: true },
});
defineCommon(ReadStream.prototype, "_readableState");

// What a read brought: the answer of either way of reading.
function received(stream, error, buffer) {
  stream[kIsPerformingIO] = false;
  if (stream.destroyed) {
    stream.emit(kIoDone, error);
    return;
  }
  if (error) {
    fail(stream, error);
  } else if (buffer.length > 0) {
    if (stream.pos !== undefined) stream.pos += buffer.length;
    stream.bytesRead += buffer.length;
    stream.push(buffer);
  } else {
    stream.push(null);
  }
}

function fail(stream, error) {
  const state = stream._readableState;
  if (state.autoDestroy) {
    stream.destroy(error);
    return;
  }
  state.errored ??= error;
  state.errorEmitted = true;
  stream.emit("error", error);
}

// Bytes that are left of what a read was asked for are given back.
function shrunk(buffer, count) {
  if (count === buffer.length) return buffer;
  const { Buffer } = require("node/buffer");
  const copy = Buffer.allocUnsafeSlow(count);
  buffer.copy(copy, 0, 0, count);
  return copy;
}

ReadStream.prototype._construct = construct;

ReadStream.prototype._read = { _read(size) {
  const left = this.end - (this.pos === undefined ? this.bytesRead : this.pos - 0) + 1;
  const length = Math.min(left, size);
  if (length <= 0) {
    this.push(null);
    return;
  }
  this[kIsPerformingIO] = true;
  const operations = this[kFs];
  if (operations.read === callbacks.read) {
    const saved = asyncContext.current;
    files.readFresh(this.fd, length, this.pos).then(
      (buffer) => callbacks.dispatch(saved, received, [this, null, buffer]),
      (error) => callbacks.dispatch(saved, received, [this, error]),
    );
    return;
  }
  const { Buffer } = require("node/buffer");
  const buffer = Buffer.allocUnsafeSlow(length);
  operations.read(this.fd, buffer, 0, length, this.pos, (error, count, filled) => {
    received(this, error, error ? undefined : shrunk(filled, count));
  });
} }._read;

ReadStream.prototype._destroy = destroy;

ReadStream.prototype.close = { close(callback) {
  if (typeof callback === "function") finished(this, callback);
  this.destroy();
} }.close;

module.exports = {
  ReadStream, streamOptions, attach, setStart, construct, destroy, defineCommon, kFs,
  kIsPerformingIO, kIoDone,
};
