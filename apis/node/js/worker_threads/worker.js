// The class Worker of node:worker_threads: a thread as an emitter, with a port for its messages
// and ports for its standard streams.
"use strict";

const { Number, Object, Promise, Reflect, Symbol } = globalThis;
const { EventEmitter } = require("node/events-core");
const {
  ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, ERR_WORKER_NOT_RUNNING,
  invalidType, makeError, validateArray, validateBoolean, validateInteger, validateNumber,
  validateObject, validateString,
} = require("node/error-codes");
const { nextTick } = require("runtime/event-loop");
const { setImmediate } = require("runtime/immediates");
const { MessageChannel, handTo, receiveMessage } = require("web/message-port");
const { Thread, announce, commonStart, sourceOf } = require("web/worker/thread");
const { restore } = require("web/worker/uncaught");
const { SHARE_ENV } = require("node/worker-constants");

const NO_PROFILE = '{"head":{"callFrame":{"functionName":"(root)","scriptId":"0","url":"",' +
  '"lineNumber":-1,"columnNumber":-1},"selfSize":0,"id":1,"children":[]},"samples":[]}';

function nameOf(name) {
  if (!name) return "";
  validateString(name, "options.name");
  return name.trim();
}

function specifierOf(filename) {
  if (filename instanceof globalThis.URL) {
    return filename.protocol === "data:" ? `${filename}` : globalThis.Bun.fileURLToPath(filename);
  }
  if (typeof filename !== "string") {
    throw ERR_INVALID_ARG_TYPE("filename", ["string", "URL"], filename);
  }
  if (/^(?:\/|\.\.?[\\/])/.test(filename)) return filename;
  let text = "The worker script or module filename must be an absolute path or a relative path " +
    "starting with './' or '../'.";
  if (filename.startsWith("file://")) text += " Wrap file:// URLs with `new URL`.";
  if (filename.startsWith("data:text/javascript")) text += " Wrap data: URLs with `new URL`.";
  throw makeError("TypeError", "ERR_WORKER_PATH", `${text} Received "${filename}"`);
}

function evaluated(filename, given) {
  if (typeof filename !== "string") {
    const why = "must be false when 'filename' is not a string";
    throw ERR_INVALID_ARG_VALUE("options.eval", given, why);
  }
  return { path: "[worker eval]", text: filename };
}

function checkEnvironment(env) {
  const isGiven = env !== undefined && env !== null && env !== SHARE_ENV;
  if (!isGiven || typeof env === "object" || typeof env === "function") return;
  throw invalidType("options.env",
    "of type object or one of undefined, null, or worker_threads.SHARE_ENV", env);
}

class Worker extends EventEmitter {
  #thread;
  #port;
  #name;
  #hasExited = false;
  #outputs;
  #stdinPort;
  #stdin;
  #exit = undefined;
  #performance;
  #pendingProfile;

  constructor(filename, options = {}) {
    super();
    const given = options ?? {};
    this.#name = nameOf(given.name);
    for (const list of ["argv", "execArgv"]) {
      if (given[list]) validateArray(given[list], `options.${list}`);
    }
    checkEnvironment(given.env);
    const source = given.eval ? evaluated(filename, given.eval) : sourceOf(specifierOf(filename));
    const channels = [new MessageChannel(), new MessageChannel(), new MessageChannel()];
    const [messages, stdout, stderr] = channels;
    const stdio = { stdout: stdout.port2, stderr: stderr.port2 };
    const moved = channels.map(({ port2 }) => port2);
    if (given.stdin) {
      const { port1, port2 } = new MessageChannel();
      this.#stdinPort = port1;
      stdio.stdin = port2;
      moved.push(port2);
    }
    this.#port = messages.port1;
    const { env } = given;
    this.#thread = new Thread({
      ...commonStart(env === SHARE_ENV ? { ...given, env: undefined } : given),
      kind: "node",
      source,
      name: this.#name,
      workerData: given.workerData,
      port: messages.port2,
      stdio,
    }, [...given.transferList ?? [], ...moved], {
      online: () => this.emit("online"),
      error: (value, text) => this.emit("error", thrown(value, text)),
      exit: (code) => this.#exited(code),
    });
    this.#outputs = [[stdout, given.stdout, "stdout"], [stderr, given.stderr, "stderr"]].map(
      ([{ port1 }, isKept, name]) => outputOf(port1, isKept, name),
    );
    this.#listen();
    announce(this);
  }

  #listen() {
    const port = this.#port;
    handTo(port, ({ data, failed }) => {
      this.emit(failed === undefined ? "message" : "messageerror", data);
    });
    port.unref();
    this.on("newListener", (name) => {
      if (name === "message" && this.listenerCount("message") === 0) port.ref();
    });
    this.on("removeListener", (name) => {
      if (name === "message" && this.listenerCount("message") === 0) port.unref();
    });
  }

  // What it has sent before its end comes first, each message in a turn of its own.
  #exited(code) {
    const message = receiveMessage(this.#port);
    if (message !== undefined) {
      setImmediate(() => this.#exited(code));
      this.emit("message", message.data);
      return;
    }
    this.#hasExited = true;
    for (const output of this.#outputs) output.finish();
    this.#stdin?.destroy();
    this.#stdinPort?.close();
    this.#port.close();
    this.#exit?.resolve(code);
    this.#exit ??= { promise: Promise.resolve(undefined) };
    this.emit("exit", code);
  }

  get threadId() { return this.#thread.number; }
  get threadName() { return this.#hasExited ? null : this.#name; }

  ref() {
    this.#thread.ref();
    if (!this.#hasExited) this.#port.ref();
  }

  unref() {
    this.#thread.unref();
    this.#port.unref();
  }

  get stdin() {
    if (this.#stdinPort === undefined) return null;
    if (this.#stdin === undefined) {
      this.#stdin = require("node/worker-stdio").writableTo(this.#stdinPort);
      if (this.#hasExited) this.#stdin.destroy();
    }
    return this.#stdin;
  }

  get stdout() { return this.#outputs[0].stream; }
  get stderr() { return this.#outputs[1].stream; }

  get performance() {
    return (this.#performance ??= {
      eventLoopUtilization: () => ({ idle: 0, active: 0, utilization: 0 }),
    });
  }

  terminate(callback) {
    if (typeof callback === "function") {
      require("node/process").process.emitWarning(
        "Passing a callback to worker.terminate() is deprecated. It returns a Promise instead.",
        "DeprecationWarning", "DEP0132",
      );
      this.once("exit", (code) => nextTick(callback, [null, code]));
    }
    if (this.#exit === undefined) {
      this.#exit = Promise.withResolvers();
      this.#thread.ref();
      this.#thread.stop();
    } else if (this.#hasExited) {
      return Promise.resolve(undefined);
    }
    return this.#exit.promise;
  }

  postMessage() {
    if (!this.#hasExited) Reflect.apply(this.#port.postMessage, this.#port, arguments);
  }

  getHeapSnapshot(_options) {
    const text = "Worker.getHeapSnapshot is not available in dx: its engine gives none.";
    return Promise.reject(makeError("Error", "ERR_NOT_IMPLEMENTED", text));
  }

  getHeapStatistics() { return this.#thread.ask("heapStatistics"); }

  // The engine's sampling is not offered: a profile has no samples.
  startCpuProfile(options) {
    checkCpuProfile(options);
    if (this.#hasExited) return Promise.reject(notRunning());
    return Promise.resolve({
      stop: () => (this.#pendingProfile ??= Promise.resolve(NO_PROFILE)),
    });
  }

  cpuUsage(prevValue) {
    const previous = checkUsage(prevValue);
    return this.#thread.ask("cpuUsage").then(({ user, system }) =>
      ({ user: user - previous.user, system: system - previous.system }));
  }

  startHeapProfile(options) {
    checkHeapProfile(options);
    if (this.#hasExited) return Promise.reject(notRunning());
    return Promise.resolve({ stop: () => Promise.resolve(NO_PROFILE) });
  }

  async [Symbol.asyncDispose]() { await this.terminate(); }
}

Object.defineProperty(Worker, "length", { value: 1 });

function notRunning() {
  return ERR_WORKER_NOT_RUNNING("Worker instance not running");
}

function thrown(value, text) {
  const missing = /^BuildMessage: ModuleNotFound resolving "(.*)" \(entry point\)$/.exec(text);
  if (missing !== null) {
    const error = new Error(`Cannot find module '${missing[1]}'`, { cause: new Error(text) });
    error.code = "MODULE_NOT_FOUND";
    return error;
  }
  return value === undefined ? new Error(text) : restore(value);
}

// What a worker writes is written by its starter too, unless the starter keeps it.
function outputOf(port, isKept, name) {
  const output = require("node/worker-stdio").readableFrom(port, !!isKept);
  if (!isKept) {
    const { process } = require("node/process");
    output.stream.on("data", (chunk) => { process[name].write(chunk); });
  }
  return output;
}

function checkUsage(previous) {
  if (!previous) return { user: 0, system: 0 };
  validateObject(previous, "prevValue");
  for (const name of ["user", "system"]) {
    const value = previous[name];
    validateNumber(value, `prevValue.${name}`);
    if (value < 0 || !Number.isFinite(value)) {
      throw ERR_OUT_OF_RANGE(`prevValue.${name}`, ">= 0 and a finite number", value);
    }
  }
  return previous;
}

function checkCpuProfile(options) {
  if (options === undefined || options === null) return;
  validateObject(options, "options");
  const { maxBufferSize, sampleInterval } = options;
  if (maxBufferSize !== undefined) validateInteger(maxBufferSize, "options.maxBufferSize", 1);
  if (sampleInterval !== undefined) validateNumber(sampleInterval, "options.sampleInterval");
}

function checkHeapProfile(options) {
  if (options === undefined || options === null) return;
  validateObject(options, "options");
  const check = (name, validate, ...rest) => {
    if (options[name] !== undefined) validate(options[name], `options.${name}`, ...rest);
  };
  check("sampleInterval", validateInteger, 1);
  check("stackDepth", validateInteger, 0);
  for (const name of [
    "forceGC", "includeObjectsCollectedByMajorGC", "includeObjectsCollectedByMinorGC",
  ]) {
    check(name, validateBoolean);
  }
}

module.exports = { Worker };
