// Dir: a folder read entry by entry. It holds a descriptor until it is closed; entries are read
// all at once when the first is asked for, in the order of the folder.
"use strict";

const checks = require("node/fs-checks");
const common = require("node/fs-common");
const sync = require("node/fs-sync");
const files = require("node/fs-async");
const { dispatch } = require("node/fs-callbacks");
const asyncContext = require("runtime/async-context");
const { makeError, validateFunction, ERR_INVALID_ARG_VALUE } = require("node/errors");
const { Number, Promise, Symbol } = globalThis;

const FOLDER_FLAGS = 0o200000;

function closed() {
  return makeError("Error", "ERR_DIR_CLOSED", "Directory handle was closed");
}

function busy() {
  const message =
    "Cannot do synchronous work on directory handle with concurrent asynchronous operations";
  return makeError("Error", "ERR_DIR_CONCURRENT_OPERATION", message);
}

class Dir {
  #handle;
  #path;
  #options;
  #entries = null;
  #next = 0;
  // Asynchronous operations under way, and the last of them, which the next waits for.
  #underWay = 0;
  #pending = null;

  constructor(handle, path, options, _unused) {
    if (handle === undefined || handle === null) {
      throw require("node/errors").ERR_MISSING_ARGS("handle");
    }
    this.#handle = handle;
    this.#path = path;
    this.#options = options;
  }

  get path() {
    if (!(#path in this)) throw require("node/errors").ERR_INVALID_THIS("Dir");
    return this.#path;
  }

  #listing() {
    const { encoding, recursive } = this.#options ?? {};
    return { withFileTypes: true, encoding, recursive };
  }

  #shift() {
    return this.#next < this.#entries.length ? this.#entries[this.#next++] : null;
  }

  readSync() {
    if (this.#handle < 0) throw closed();
    if (this.#pending !== null) throw busy();
    this.#entries ??= sync.readdirSync(this.#path, this.#listing());
    return this.#shift();
  }

  read(callback) {
    if (callback !== undefined && callback !== null) {
      validateFunction(callback, "callback");
      if (this.#handle < 0) throw closed();
      const saved = asyncContext.current;
      this.#readLater().then(
        (entry) => dispatch(saved, callback, [null, entry]),
        (error) => dispatch(saved, callback, [error]),
      );
      return undefined;
    }
    if (this.#handle < 0) return Promise.reject(closed());
    return this.#readLater();
  }

  #readLater() {
    return this.#after(async () => {
      this.#entries ??= await files.readdir(this.#path, this.#listing());
      return this.#shift();
    });
  }

  #after(action) {
    this.#underWay++;
    const result = this.#follow(this.#pending, action);
    const settled = result.then(() => {}, () => {});
    this.#pending = settled;
    return result;
  }

  async #follow(before, action) {
    try {
      if (before !== null) await before;
      return await action();
    } finally {
      if (--this.#underWay === 0) this.#pending = null;
    }
  }

  close(callback) {
    if (callback !== undefined && callback !== null) {
      validateFunction(callback, "callback");
      if (this.#handle < 0) {
        dispatch(asyncContext.current, callback, [closed()]);
        return undefined;
      }
      const saved = asyncContext.current;
      this.#closeLater().then(
        () => dispatch(saved, callback, [null]),
        (error) => dispatch(saved, callback, [error]),
      );
      return undefined;
    }
    if (this.#handle < 0) return Promise.reject(closed());
    return this.#closeLater();
  }

  #closeLater() {
    const pending = this.#pending;
    const handle = this.#handle;
    this.#handle = -1;
    if (pending === null) return files.close(handle);
    return pending.then(() => files.close(handle));
  }

  closeSync() {
    if (this.#handle < 0) throw closed();
    if (this.#pending !== null) throw busy();
    sync.closeSync(this.#handle);
    this.#handle = -1;
  }

  [Symbol.dispose]() {
    if (this.#handle >= 0) this.closeSync();
  }

  async [Symbol.asyncDispose]() {
    if (this.#handle >= 0) await this.close();
  }

  async *[Symbol.asyncIterator]() {
    try {
      for (;;) {
        const entry = await this.read();
        if (entry === null) break;
        yield entry;
      }
    } finally {
      if (this.#handle >= 0) await this.close();
    }
  }
}

function checkOptions(options) {
  if (options === undefined || options === null) return undefined;
  if (typeof options === "string") options = { encoding: options };
  if (typeof options !== "object") {
    throw require("node/errors").invalidType("options", "of type object", options);
  }
  const { encoding, bufferSize } = options;
  try {
    checks.encoding(encoding);
  } catch {
    throw ERR_INVALID_ARG_VALUE("encoding", encoding, "is invalid encoding");
  }
  if (bufferSize !== undefined) {
    checks.integer(bufferSize, "options.bufferSize", 1, Number.MAX_SAFE_INTEGER);
  }
  return options;
}

function shownPath(path) {
  return typeof path === "string" ? path : checks.shown(path);
}

function opendirSync(path, options) {
  path = checks.path(path);
  options = checkOptions(options);
  const handle = common.check(ops.open(path, FOLDER_FLAGS, 0), "opendir", path);
  return new Dir(handle, shownPath(path), options);
}

/** The promise of a Dir. */
function openFolder(path, options) {
  path = checks.path(path);
  options = checkOptions(options);
  return ops.openAsync(path, FOLDER_FLAGS, 0).then((answer) =>
    new Dir(common.check(answer, "opendir", path), shownPath(path), options));
}

function opendir(path, options, callback) {
  if (typeof options === "function") {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, "callback");
  const saved = asyncContext.current;
  openFolder(path, options).then(
    (folder) => dispatch(saved, callback, [null, folder]),
    (error) => dispatch(saved, callback, [error]),
  );
}

module.exports = { Dir, opendir, opendirSync, openFolder };
