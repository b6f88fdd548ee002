// fs.watch and its iterator in node:fs/promises. News come from apis/node/src/fs/watch.rs in
// batches for all watchers; listeners run as ticks of their own.
"use strict";

const EventEmitter = require("node/events");
const checks = require("node/fs-checks");
const common = require("node/fs-common");
const asyncContext = require("runtime/async-context");
const { nextTick } = require("runtime/event-loop");
const { makeError, ERR_INVALID_ARG_TYPE } = require("node/errors");
const { Map, Object, Symbol, Promise, queueMicrotask, Array, RegExp } = globalThis;

const watching = new Map();
let isListening = false;

// Waits for news for as long as there are watchers; the wait itself keeps no program alive.
async function listen() {
  if (isListening) return;
  isListening = true;
  while (watching.size > 0) {
    const batch = await ops.watchNext();
    for (let index = 0; index < batch.length; index += 3) {
      const watcher = watching.get(batch[index]);
      if (watcher !== undefined) tell(watcher, batch[index + 1], batch[index + 2]);
    }
  }
  isListening = false;
}

function tell(watcher, type, name) {
  const current = asyncContext.current;
  asyncContext.current = watcher.context;
  nextTick(watcher.heard, [type, name]);
  asyncContext.current = current;
}

// ---- Options ---------------------------------------------------------------------------------

function simpleType(name, expected) {
  return makeError("TypeError", "ERR_INVALID_ARG_TYPE", `${name} ${expected}`);
}

function flagOf(options, name, fallback) {
  const value = options[name];
  if (value === undefined) return fallback;
  if (typeof value !== "boolean") throw simpleType(name, "must be a boolean");
  return value;
}

function checkSignal(signal) {
  if (signal === undefined) return undefined;
  if (signal === null || typeof signal !== "object" || !("aborted" in signal)) {
    throw simpleType("signal", "is not of type AbortSignal");
  }
  return signal;
}

function matches(pattern, name) {
  if (typeof pattern === "function") return Boolean(pattern(name));
  if (pattern instanceof RegExp) return pattern.test(name);
  const { compile } = require("node/fs-glob-pattern");
  const matcher = compile(pattern, { dot: true });
  return matcher(name) || matcher(name.slice(name.lastIndexOf("/") + 1));
}

/** Tells which names are ignored; undefined where none are. */
function ignorer(ignore) {
  if (ignore === undefined || ignore === null) return undefined;
  const patterns = Array.isArray(ignore) ? ignore : [ignore];
  for (const pattern of patterns) {
    const fits = (typeof pattern === "string" && pattern !== "") ||
      typeof pattern === "function" || pattern instanceof RegExp;
    if (pattern === "") {
      const { ERR_INVALID_ARG_VALUE } = require("node/errors");
      throw ERR_INVALID_ARG_VALUE("options.ignore", pattern, "must be a non-empty string");
    }
    if (!fits) {
      const expected = ["string", "RegExp", "Function"];
      throw ERR_INVALID_ARG_TYPE("options.ignore", expected, pattern);
    }
  }
  return (name) => patterns.some((pattern) => matches(pattern, `${name}`));
}

// ---- FSWatcher -------------------------------------------------------------------------------

function watchedPath(path) {
  if (typeof path === "string" && path.startsWith("file:")) {
    return checks.pathOfUrl(new (require("web/url").URL)(path), "filename");
  }
  return checks.path(path, "filename");
}

/** What Node's own modules call a watcher's handle. */
class FSEvent {
  #watcher;

  constructor(watcher) { this.#watcher = watcher; }
  onchange() {}
  close() { FSWatcher.closeNumber(this.#watcher); }
  ref() { FSWatcher.keepAlive(this.#watcher, true); }
  unref() { FSWatcher.keepAlive(this.#watcher, false); }
}

class FSWatcher extends EventEmitter {
  #number = -1;
  #signal;
  #abort;
  #listener;
  #ignores;

  constructor(path, options, listener) {
    super();
    this._handle = undefined;
    if (typeof options === "function") {
      listener = options;
      options = {};
    } else if (typeof options === "string") {
      options = { encoding: options };
    }
    options ??= {};
    this.#listener = typeof listener === "function" ? listener : undefined;
    this.#ignores = ignorer(options.ignore);
    path = watchedPath(path);
    const encoding = checks.encoding(options.encoding);
    const persistent = flagOf(options, "persistent", true);
    const recursive = flagOf(options, "recursive", false);
    this.#signal = checkSignal(options.signal);
    this._handle = new FSEvent(this);
    if (this.#signal?.aborted) {
      this.#abortSoon();
      return;
    }
    this.#start(path, recursive, persistent, encoding, options.throwIfNoEntry);
  }

  #start(path, recursive, persistent, encoding, throwIfNoEntry) {
    const number = ops.watchAdd(path, recursive, persistent, encoding === "buffer");
    if (number < 0) {
      const error = common.systemError(-number, "watch", path);
      error.filename = error.path;
      if (throwIfNoEntry === false && error.code === "ENOENT") return;
      throw error;
    }
    this.#number = number;
    watching.set(number, {
      context: asyncContext.current,
      heard: (type, name) => this.#heard(type, inEncoding(name, encoding)),
    });
    listen();
    if (this.#signal !== undefined) {
      this.#abort = () => this.#abortNow();
      this.#signal.addEventListener("abort", this.#abort, { once: true });
    }
  }

  #heard(type, name) {
    if (this.#number < 0) return;
    if (name !== undefined && this.#ignores?.(name)) return;
    this.emit("change", type, name);
    this.#listener?.(type, name);
  }

  #abortSoon() {
    nextTick(() => this.#abortNow());
  }

  #abortNow() {
    if (this.listenerCount("error") > 0) this.emit("error", this.#signal.reason);
    FSWatcher.closeNumber(this, true);
  }

  static closeNumber(watcher, always = false) {
    const number = watcher.#number;
    if (number < 0 && !always) return;
    watcher.#number = -1;
    if (number >= 0) {
      ops.watchRemove(number);
      watching.delete(number);
    }
    if (watcher.#abort !== undefined) {
      watcher.#signal.removeEventListener("abort", watcher.#abort);
      watcher.#abort = undefined;
    }
    queueMicrotask(() => watcher.emit("close"));
  }

  static keepAlive(watcher, alive) {
    if (watcher.#number >= 0) ops.watchKeepAlive(watcher.#number, alive);
  }

  close() {
    if (this._handle === null) return;
    checkHandle(this._handle);
    this._handle.close();
  }

  ref() {
    this._handle?.ref();
    return this;
  }

  unref() {
    this._handle?.unref();
    return this;
  }

  start() {}
}

function checkHandle(handle) {
  if (handle instanceof FSEvent) return;
  const message = "handle must be a FSEvent";
  throw makeError("Error", "ERR_INTERNAL_ASSERTION", message);
}

function inEncoding(name, encoding) {
  if (name === undefined) return undefined;
  if (typeof name !== "string") return common.bufferOf(name);
  if (encoding === undefined || encoding === "utf8") return name;
  return require("node/buffer").Buffer.from(name).toString(encoding);
}

function watch(path, options, listener) {
  return new FSWatcher(path, options, listener);
}

// ---- The iterator ----------------------------------------------------------------------------

const QUEUE_LENGTH = 2048;

function iteratorOptions(options) {
  if (typeof options === "string") return { encoding: options };
  require("node/errors").validateObject(options, "options");
  const { validateBoolean, validateAbortSignal, validateOneOf, validateInteger } =
    require("node/errors");
  const { persistent, recursive, signal, maxQueue, overflow, encoding } = options;
  if (persistent !== undefined) validateBoolean(persistent, "options.persistent");
  if (recursive !== undefined) validateBoolean(recursive, "options.recursive");
  if (maxQueue !== undefined) validateInteger(maxQueue, "options.maxQueue");
  if (overflow !== undefined) validateOneOf(overflow, "options.overflow", ["ignore", "error"]);
  validateAbortSignal(signal, "options.signal");
  if (encoding !== undefined && encoding !== null) checkIteratorEncoding(encoding);
  return options;
}

function checkIteratorEncoding(encoding) {
  const { Buffer } = require("node/buffer");
  if (encoding === "buffer" || Buffer.isEncoding(encoding)) return;
  const { ERR_INVALID_ARG_VALUE } = require("node/errors");
  throw ERR_INVALID_ARG_VALUE("options.encoding", encoding);
}

/** News of a watcher as an async iterator; leaving it, or aborting, closes the watcher. */
class WatchIterator {
  #watcher;
  #news = [];
  #waiting = null;
  #failure = null;
  #ended = false;
  #signal;
  #abort;

  constructor(path, options) {
    options = iteratorOptions(options);
    const { signal, maxQueue = QUEUE_LENGTH, overflow = "ignore" } = options;
    this.#signal = signal;
    if (signal?.aborted) {
      this.#failure = aborted(signal);
      return;
    }
    const rest = { ...options, signal: undefined };
    this.#watcher = new FSWatcher(path, rest, (eventType, filename) => {
      if (this.#waiting === null && this.#news.length >= maxQueue) {
        if (overflow === "error") this.#fail(queueOverflow());
        else globalThis.process.emitWarning("fs.watch maxQueue exceeded");
        return;
      }
      this.#news.push({ eventType, filename });
      this.#wake();
    });
    this.#watcher.on("error", (error) => this.#fail(error));
    this.#abort = () => this.#fail(aborted(signal));
    signal?.addEventListener("abort", this.#abort, { once: true });
  }

  #fail(error) {
    this.#failure = error;
    this.#close();
    this.#wake();
  }

  #wake() {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.();
  }

  #close() {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#signal?.removeEventListener("abort", this.#abort);
  }

  async next() {
    for (;;) {
      if (this.#ended) return { value: undefined, done: true };
      if (this.#news.length > 0) return { value: this.#news.shift(), done: false };
      if (this.#failure !== null) {
        this.#ended = true;
        throw this.#failure;
      }
      await new Promise((resolve) => { this.#waiting = resolve; });
    }
  }

  async return(value) {
    this.#ended = true;
    this.#close();
    this.#wake();
    return { value, done: true };
  }

  async throw(error) {
    this.#ended = true;
    this.#close();
    throw error;
  }

  [Symbol.asyncIterator]() { return this; }
}

function queueOverflow() {
  const message = "fs.watch maxQueue exceeded";
  return makeError("Error", "ERR_FS_WATCH_QUEUE_OVERFLOW", message);
}

function aborted(signal) {
  return require("node/fs-async").aborted(signal);
}

function watchIterator(path, options) {
  return new WatchIterator(path, options);
}

module.exports = { FSWatcher, watch, watchIterator };
