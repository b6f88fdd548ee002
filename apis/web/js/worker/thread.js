"use strict";
// A worker as its starter sees it: a thread with an isolate, and the control channel to it. What
// it runs, what it gets and its ports go with the first message. Its end is told once, behind
// everything it has sent.

const { KeepAlive } = require("web/message-port");
const ends = require("web/worker/ends");
const { nextTick } = require("runtime/event-loop");
const { ERR_WORKER_NOT_RUNNING } = require("node/error-codes");

class Thread {
  #control;
  #number;
  #keepAlive = new KeepAlive();
  #requests = new Map();
  #lastRequest = 0;
  #hooks;

  /** `hooks` hear of `online()`, `error(value, text)` and `exit(code)`. */
  constructor(start, transfers, hooks) {
    this.#hooks = hooks;
    const [own, other] = ends.pair();
    this.#control = new ends.RemoteEnd(own);
    try {
      this.#control.post(start, transfers);
      this.#number = ends.workerStart(other);
    } catch (error) {
      this.#control.close();
      throw error;
    }
    this.#control.face = {
      receive: (message) => this.#receive(message),
      ended: (code) => this.#ended(code),
    };
    this.#control.start();
    this.#keepAlive.start();
  }

  /** The number of the thread; -1 once it has ended. */
  get number() { return this.#number; }
  get hasEnded() { return this.#number < 0; }

  ref() { if (!this.hasEnded) this.#keepAlive.start(); }
  unref() { this.#keepAlive.stop(); }
  stop() { if (!this.hasEnded) ends.workerStop(this.#number); }

  #receive({ data }) {
    const [what, first, second] = data;
    switch (what) {
      case "online": return this.#hooks.online();
      case "error": return this.#hooks.error(first, second);
      default: {
        const request = this.#requests.get(first);
        this.#requests.delete(first);
        request?.resolve(second);
      }
    }
  }

  // A code, or nothing where the worker's isolate could not tell it.
  #ended(code) {
    if (this.hasEnded) return;
    ends.workerJoin(this.#number);
    this.#number = -1;
    this.#keepAlive.stop();
    for (const { reject } of this.#requests.values()) reject(notRunning());
    this.#requests.clear();
    this.#hooks.exit(code ?? 1);
  }

  /** Asks the worker for a figure: `heapStatistics` or `cpuUsage`. */
  ask(what) {
    if (this.hasEnded) return Promise.reject(notRunning());
    const id = ++this.#lastRequest;
    return new Promise((resolve, reject) => {
      this.#requests.set(id, { resolve, reject });
      this.#control.post([what, id], []);
    });
  }
}

function notRunning() {
  return ERR_WORKER_NOT_RUNNING("Worker instance not running");
}

/** Names and values by turns, from an object of variables. */
function flatEnvironment(env) {
  if (env === undefined || env === null) return undefined;
  const flat = [];
  for (const name of Object.keys(env)) {
    if (env[name] !== undefined) flat.push(name, `${env[name]}`);
  }
  return flat;
}

const texts = (list) => list === undefined || list === null
  ? undefined : Array.from(list, (item) => String(item));

/** The part of the first message that both kinds of worker share, from the options given. */
function commonStart(options) {
  const { process } = require("node/process");
  return {
    argv: texts(options.argv) ?? [],
    execArgv: texts(options.execArgv) ?? process.execArgv,
    env: flatEnvironment(options.env ?? process.env),
    preload: preloadsOf(options.preload).map(pathOf),
    environmentData: require("web/worker/environment").entries(),
  };
}

/** What a worker is to run: a path, or the text behind a `blob:` or `data:` URL. */
function sourceOf(specifier) {
  if (specifier.startsWith("blob:")) {
    const blob = require("web/object-urls").resolve(specifier);
    const bytes = blob === undefined ? null : require("web/blob").bytesOf(blob);
    if (bytes === null) return { path: specifier, text: undefined };
    return { path: specifier, text: require("web/encoding").decodeUtf8(bytes) };
  }
  if (specifier.startsWith("data:")) {
    return { path: specifier, text: dataText(specifier) };
  }
  return { path: pathOf(specifier), text: undefined };
}

const preloadsOf = (preload) =>
  typeof preload === "string" ? [preload] : texts(preload) ?? [];

/** The path of a `file:` URL; a path as it is. */
function pathOf(specifier) {
  if (!specifier.startsWith("file:")) return specifier;
  if (!globalThis.URL.canParse(specifier)) {
    throw new TypeError(`Invalid file URL: "${specifier}"`);
  }
  return require("runtime/modules").registry.pathOfUrl(specifier);
}

function dataText(url) {
  const comma = url.indexOf(",");
  const body = url.slice(comma + 1);
  if (!/;\s*base64\s*$/i.test(url.slice(0, comma))) return decodeURIComponent(body);
  const { decodeUtf8 } = require("web/encoding");
  return decodeUtf8(Uint8Array.from(globalThis.atob(body), (unit) => unit.charCodeAt(0)));
}

/** Tells the process of a worker that was made. */
function announce(worker) {
  const { process } = require("node/process");
  if (process.listenerCount("worker") > 0) nextTick(() => process.emit("worker", worker));
}

module.exports = { Thread, announce, commonStart, sourceOf };
