// fs.watchFile: the status of a file, asked for again and again. One watcher a file; listeners
// share it. Listeners hear of a change of the status, and once of a file that is missing.
"use strict";

const EventEmitter = require("node/events");
const files = require("node/fs-async");
const checks = require("node/fs-checks");
const { nextTick } = require("runtime/event-loop");
const { invalidType, validateFunction } = require("node/errors");
const { Map, setTimeout, clearTimeout, ArrayBuffer } = globalThis;

const INTERVAL_MS = 5007;
const FIELDS_BYTES = 18 * 8;

const watchers = new Map();

// The status of nothing.
function missing(isBig) {
  return require("node/fs-stats").statsOf(new ArrayBuffer(FIELDS_BYTES), isBig);
}

const COMPARED = [
  "ctimeMs", "mtimeMs", "birthtimeMs", "size", "ino", "dev", "mode", "nlink", "uid", "gid",
];

function differ(first, second) {
  return COMPARED.some((name) => first[name] !== second[name]);
}

class StatHandle {
  constructor(path, options, changed) {
    const { bigint = false, interval = INTERVAL_MS, persistent = true } = options ?? {};
    this.path = path;
    this.isBig = bigint;
    this.interval = interval;
    this.isPersistent = persistent;
    this.changed = changed;
    this.timer = undefined;
    this.previous = undefined;
    this.isClosed = false;
    this.ask(true);
  }

  ask(isFirst) {
    files.stat(this.path, { bigint: this.isBig, throwIfNoEntry: false }).then(
      (stats) => this.answered(stats ?? missing(this.isBig), isFirst, stats === undefined),
      () => this.answered(missing(this.isBig), isFirst, true),
    );
  }

  answered(stats, isFirst, isMissing) {
    if (this.isClosed) return;
    const previous = this.previous ?? stats;
    this.previous = stats;
    this.timer = setTimeout(() => this.ask(false), this.interval);
    if (!this.isPersistent) this.timer.unref();
    if (isFirst ? isMissing : differ(stats, previous)) nextTick(this.changed, [stats, previous]);
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  ref() {
    this.isPersistent = true;
    this.timer?.ref();
  }

  unref() {
    this.isPersistent = false;
    this.timer?.unref();
  }
}

class StatWatcher extends EventEmitter {
  constructor(path, options) {
    super();
    this._handle = new StatHandle(path, options, (current, previous) => {
      if (this._handle !== null) this.emit("change", current, previous);
    });
  }

  start() {}

  stop() {
    if (this._handle === null) return;
    nextTick(() => this.emit("stop"));
    this._handle.close();
    this._handle = null;
  }

  ref() {
    this._handle?.ref();
    return this;
  }

  unref() {
    this._handle?.unref();
    return this;
  }
}

function watchedPath(path) {
  if (typeof path === "string" && !path.startsWith("file:")) {
    return require("node/path").resolve(checks.path(path));
  }
  const { URL } = require("web/url");
  if (typeof path === "string") return checks.pathOfUrl(new URL(path), "path");
  if (path instanceof URL) return checks.pathOfUrl(path, "path");
  if (path instanceof globalThis.Uint8Array) return checks.shown(checks.path(path));
  throw invalidType("path", "of type string or URL", path);
}

function watchFile(filename, options, listener) {
  const path = watchedPath(filename);
  if (typeof options === "function") {
    listener = options;
    options = {};
  }
  validateFunction(listener, "listener");
  let watcher = watchers.get(path);
  if (watcher === undefined) {
    watcher = new StatWatcher(path, options);
    watchers.set(path, watcher);
  }
  watcher.addListener("change", listener);
  return watcher;
}

function unwatchFile(filename, listener) {
  const path = watchedPath(filename);
  const watcher = watchers.get(path);
  if (watcher === undefined) return;
  if (listener === undefined) watcher.removeAllListeners("change");
  else watcher.removeListener("change", listener);
  if (watcher.listenerCount("change") > 0) return;
  watcher.stop();
  watchers.delete(path);
}

module.exports = { StatWatcher, watchFile, unwatchFile };
