// FileHandle: an open file of node:fs/promises. It counts who uses its descriptor: closing waits
// for operations and streams under way.
"use strict";

const EventEmitter = require("node/events");
const files = require("node/fs-async");
const checks = require("node/fs-checks");
const { ERR_INVALID_STATE, invalidType, validateObject, validateBoolean } = require("node/errors");
const { Promise, Symbol, ArrayBuffer, FinalizationRegistry, Number } = globalThis;
const { isView } = ArrayBuffer;

const READ_SIZE = 16384;
const STREAM_HIGH_WATER_MARK = 65536;

function closedError(syscall) {
  const error = new (require("bun/error-stack").Error)("Bad file descriptor");
  error.code = "EBADF";
  error.name = "SystemError";
  error.syscall = syscall;
  return error;
}

// A handle that was forgotten gives its descriptor back when it is collected.
const forgotten = new FinalizationRegistry((fd) => {
  files.close(fd).catch(() => {});
});

class FileHandle extends EventEmitter {
  #fd;
  #flag;
  #users = 1;
  #closing = null;
  #settleClose = null;
  #locked = false;

  constructor(fd, flag, _path) {
    super();
    this.#fd = fd ?? -1;
    this.#flag = flag;
    if (this.#fd >= 0) forgotten.register(this, this.#fd, this);
  }

  get fd() { return this.#fd; }

  getAsyncId() {
    throw new (require("bun/error-stack").Error)("FileHandle.getAsyncId is not supported");
  }

  #descriptor(syscall) {
    if (this.#fd === -1) throw closedError(syscall);
    return this.#fd;
  }

  // What uses the descriptor: it stays open until as many release it.
  static acquire(handle) { handle.#users++; }

  static release(handle) {
    if (--handle.#users > 0) return;
    const fd = handle.#fd;
    handle.#fd = -1;
    const { resolve, reject } = handle.#settleClose ?? {};
    (fd === -1 ? Promise.resolve() : files.close(fd)).then(resolve, reject ?? (() => {}));
  }

  async #use(syscall, action) {
    const fd = this.#descriptor(syscall);
    this.#users++;
    try {
      return await action(fd);
    } finally {
      FileHandle.release(this);
    }
  }

  appendFile(data, options) {
    return this.#use("writeFile", (fd) =>
      files.writeFile(fd, data, { ...contentOptions(options), flag: this.#flag }));
  }

  chmod(mode) { return this.#use("fchmod", (fd) => files.fchmod(fd, mode)); }
  chown(uid, gid) { return this.#use("fchown", (fd) => files.fchown(fd, uid, gid)); }
  datasync() { return this.#use("fdatasync", (fd) => files.fdatasync(fd)); }
  sync() { return this.#use("fsync", (fd) => files.fsync(fd)); }
  stat(options) { return this.#use("fstat", (fd) => files.fstat(fd, options)); }
  truncate(len = 0) { return this.#use("ftruncate", (fd) => files.ftruncate(fd, len)); }
  utimes(atime, mtime) { return this.#use("futimes", (fd) => files.futimes(fd, atime, mtime)); }
  readFile(options) { return this.#use("readFile", (fd) => files.readFile(fd, options)); }

  writeFile(data, options = "utf8") {
    return this.#use("writeFile", (fd) =>
      files.writeFileOrParts(fd, data, { ...contentOptions(options), flag: this.#flag }));
  }

  read(bufferOrOptions, offset, length, position) {
    return this.#use("read", async (fd) => {
      const given = readArguments(bufferOrOptions, offset, length, position);
      const { buffer } = given;
      const bytesRead = await files.read(fd, buffer, given.offset, given.length, given.position);
      return { buffer, bytesRead };
    });
  }

  readv(buffers, position) {
    return this.#use("readv", async (fd) =>
      ({ bytesRead: await files.readv(fd, buffers, position), buffers }));
  }

  write(buffer, offset, length, position) {
    return this.#use("write", async (fd) => {
      if (buffer?.byteLength === 0) return { __proto__: null, bytesWritten: 0, buffer };
      const bytesWritten = await writeOnce(fd, buffer, offset, length, position);
      return { buffer, bytesWritten };
    });
  }

  writev(buffers, position) {
    return this.#use("writev", async (fd) =>
      ({ bytesWritten: await files.writev(fd, buffers, position), buffers }));
  }

  readLines(options = undefined) {
    const { Interface } = require("node/readline");
    return new Interface({ input: this.createReadStream(options), crlfDelay: Infinity });
  }

  async close() {
    if (this.#fd === -1) return undefined;
    if (this.#closing !== null) return this.#closing;
    forgotten.unregister(this);
    this.#closing = this.#closeWhenUnused().finally(() => {
      this.#closing = null;
      this.#settleClose = null;
    });
    this.emit("close");
    return this.#closing;
  }

  #closeWhenUnused() {
    if (--this.#users === 0) {
      const fd = this.#fd;
      this.#fd = -1;
      return files.close(fd);
    }
    return new Promise((resolve, reject) => {
      this.#settleClose = { resolve, reject };
    });
  }

  // At once, for readers and writers that end synchronously.
  static closeNow(handle) {
    if (handle.#fd === -1) return;
    if (handle.#closing !== null) throw ERR_INVALID_STATE("The FileHandle is closing");
    const fd = handle.#fd;
    handle.#fd = -1;
    forgotten.unregister(handle);
    require("node/fs-sync").closeSync(fd);
    handle.emit("close");
  }

  // One reader or writer of the iterating kind at a time.
  static lock(handle) {
    if (handle.#fd === -1) throw ERR_INVALID_STATE("The FileHandle is closed");
    if (handle.#closing !== null) throw ERR_INVALID_STATE("The FileHandle is closing");
    if (handle.#locked) throw ERR_INVALID_STATE("The FileHandle is locked");
    handle.#locked = true;
  }

  static unlock(handle) { handle.#locked = false; }

  readableWebStream(options = {}) {
    FileHandle.lock(this);
    return webStream(this, options);
  }

  createReadStream(options = undefined) {
    this.#descriptor("createReadStream");
    const { ReadStream } = require("node/fs-streams");
    const given = { highWaterMark: STREAM_HIGH_WATER_MARK, ...options, fd: this };
    return new ReadStream(undefined, given);
  }

  createWriteStream(options = undefined) {
    this.#descriptor("createWriteStream");
    const { WriteStream } = require("node/fs-write-stream");
    const given = { highWaterMark: STREAM_HIGH_WATER_MARK, ...options, fd: this };
    return new WriteStream(undefined, given);
  }

  pull(...given) { return require("node/fs-handle-iterate").pull(this, given); }
  pullSync(...given) { return require("node/fs-handle-iterate").pullSync(this, given); }
  writer(options = {}) { return require("node/fs-handle-iterate").writer(this, options); }

  async [Symbol.asyncDispose]() { return this.close(); }
}

function contentOptions(options) {
  if (options === undefined || options === null || typeof options === "function") {
    return { encoding: "utf8" };
  }
  if (typeof options === "string") return { encoding: options };
  const { encoding = "utf8", flush = false, signal } = options;
  return { encoding: encoding ?? "utf8", flush: flush ?? false, signal };
}

function fresh() {
  return require("node/buffer").Buffer.alloc(READ_SIZE);
}

// The four ways to say what is read.
function readArguments(buffer, offset, length, position) {
  if (!isView(buffer)) {
    if (buffer !== undefined && buffer !== null && typeof buffer !== "object") {
      throw invalidType("options", "of type object", buffer);
    }
    ({ buffer = fresh(), offset = 0, length, position = null } = buffer ?? {});
  } else if (offset !== null && typeof offset === "object") {
    ({ offset = 0, length, position = null } = offset);
  }
  if (offset === undefined || offset === null) offset = 0;
  else checks.integer(offset, "offset", 0, Number.MAX_SAFE_INTEGER);
  length ??= buffer?.byteLength - offset;
  return { buffer, offset, length, position };
}

function writeOnce(fd, buffer, offset, length, position) {
  if (!isView(buffer)) {
    if (typeof buffer !== "string") throw require("node/fs-sync-data").writtenType(buffer);
    require("node/errors").validateEncoding(buffer, length);
    return files.writeText(fd, buffer, offset, typeof length === "string" ? length : "utf8");
  }
  if (offset !== null && typeof offset === "object") {
    ({ offset = 0, length = buffer.byteLength - offset, position = null } = offset);
  }
  if (offset === undefined || offset === null) offset = 0;
  if (typeof length !== "number") length = buffer.byteLength - offset;
  return files.write(fd, buffer, offset, length, position);
}

// A byte stream of what is left of the file; the handle is in use until it ends.
function webStream(handle, options) {
  validateObject(options, "options");
  const { type = "bytes", autoClose = false } = options;
  validateBoolean(autoClose, "options.autoClose");
  if (type !== "bytes") {
    const message =
      'A non-"bytes" options.type has no effect. A byte-oriented steam is always created.';
    globalThis.process.emitWarning(message, "ExperimentalWarning");
  }
  let controller;
  let ended = false;
  const end = async () => {
    if (ended) return;
    ended = true;
    handle.removeListener("close", closed);
    FileHandle.release(handle);
    if (autoClose) await handle.close();
  };
  const closed = () => {
    if (ended) return;
    try { controller.close(); } catch { /* closed or errored before */ }
    try { controller.byobRequest?.respond(0); } catch { /* nobody waits */ }
    end();
  };
  FileHandle.acquire(handle);
  handle.once("close", closed);
  return new globalThis.ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: READ_SIZE,
    start(given) { controller = given; },
    async pull() {
      const request = controller.byobRequest;
      if (request === null) return;
      const { view } = request;
      let bytesRead;
      try {
        ({ bytesRead } = await handle.read(view, 0, view.byteLength));
      } catch (error) {
        if (ended) return;
        await end();
        throw error;
      }
      if (ended) return;
      if (bytesRead === 0) {
        controller.close();
        await end();
      }
      request.respond(bytesRead);
    },
    cancel: end,
  });
}

module.exports = { FileHandle };
