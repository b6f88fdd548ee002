// The global `process`: identity, environment, time, exit, events and signals.
"use strict";

const { coded, invalidType, invalidValue, outOfRange, expectFunction, expectString } =
  require("node/errors");
const loop = require("runtime/event-loop");
const engine = require("runtime/engine");
const { Array, BigInt, Math, Number, Object, String, Symbol } = globalThis;

const process = require("node/process-emitter").createProcess();

// Functions of `process` are no constructors, so they are written as arrows and named here.
function define(name, value) {
  if (typeof value === "function" && value.name !== name && !Object.hasOwn(value, "prototype")) {
    Object.defineProperty(value, "name", { value: name });
  }
  Object.defineProperty(process, name, {
    configurable: true, enumerable: true, writable: true, value,
  });
}

// A property computed when first read.
function defineLazily(name, compute) {
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get() {
      const value = compute();
      define(name, value);
      return value;
    },
    set(value) { define(name, value); },
  });
}

function hidden(name, value) {
  Object.defineProperty(process, name, {
    configurable: true, enumerable: false, writable: true, value,
  });
}

// ---- Identity --------------------------------------------------------------------------------

define("platform", "linux");
define("arch", "x64");
define("isBun", true);
define("browser", false);
defineLazily("pid", () => ops.pid());
Object.defineProperty(process, "ppid", {
  configurable: true, enumerable: true, get: () => ops.parentPid(), set() {},
});
for (const name of ["version", "versions", "release", "features", "config", "revision"]) {
  defineLazily(name, () => require("node/process-facts")[name]);
}
let startedWith;
// In a worker: what its starter has given it.
const { loadedModule } = require("runtime/prelude");
const ownThread = loadedModule("runtime/own-thread");

function startedAsWorker() {
  const process = ops.startedWith();
  const { argv, execArgv, path } = ownThread;
  const script = /^(?:\/|[a-z]+:|\[worker eval\])/.test(path)
    ? path : `${ops.workingDirectory()}/${path.replace(/^\.\//, "")}`;
  return { ...process, argv: [process.execPath, script, ...argv], execArgv };
}
function started() {
  startedWith ??= ownThread === undefined ? ops.startedWith() : startedAsWorker();
  return startedWith;
}
defineLazily("argv", () => started().argv);
defineLazily("argv0", () => started().argv0);
defineLazily("execPath", () => started().execPath);
defineLazily("execArgv", () => started().execArgv);
defineLazily("allowedNodeEnvironmentFlags", () =>
  require("node/process-facts").allowedFlags());
defineLazily("stdin", () => require("node/process-stdin").createStdin());
defineLazily("stdout", () => require("node/process-streams").createOutput(1));
defineLazily("stderr", () => require("node/process-streams").createOutput(2));
define("openStdin", () => {
  process.stdin.resume();
  return process.stdin;
});
let debugPort = 9229;
Object.defineProperty(process, "debugPort", {
  configurable: true,
  enumerable: true,
  get: () => debugPort,
  set(value) {
    const port = Number(value) | 0;
    if (!(port === 0 || (port >= 1024 && port <= 65535))) {
      const message = "process.debugPort must be 0 or in range 1024 to 65535";
      throw Object.assign(new RangeError(message), { code: "ERR_OUT_OF_RANGE" });
    }
    debugPort = port;
  },
});
Object.defineProperty(process, "_eval", {
  configurable: true, enumerable: true, get: () => started().eval, set() {},
});
define("_preload_modules", []);
define("moduleLoadList", []);

// What flags of the command line say of warnings.
for (const flag of started().execArgv) {
  if (flag === "--no-deprecation") process.noDeprecation = true;
  else if (flag === "--throw-deprecation") process.throwDeprecation = true;
  else if (flag === "--trace-deprecation") process.traceDeprecation = true;
  else if (flag.startsWith("--title=")) ops.setTitle(flag.slice("--title=".length));
}

const titleFlag = () => started().execArgv.findLast((flag) => flag.startsWith("--title="));
let title;
Object.defineProperty(process, "title", {
  configurable: true,
  enumerable: true,
  get: () => (title ??= titleFlag()?.slice("--title=".length) ?? started().argv0),
  set(value) { ops.setTitle((title = String(value))); },
});

// ---- Environment -----------------------------------------------------------------------------

defineLazily("env", () => {
  const { createEnvironment } = require("node/process-env");
  return createEnvironment(ownThread?.env ?? ops.environment());
});
define("loadEnvFile", (path) => { require("node/process-env").loadEnvFile(path); });

// ---- Directory, umask ------------------------------------------------------------------------

let workingDirectory;
define("cwd", () => {
  if (workingDirectory !== undefined) return workingDirectory;
  try {
    return (workingDirectory = ops.workingDirectory());
  } catch (error) {
    throw require("node/process-facts").withoutDirectory(error);
  }
});

define("chdir", (directory) => {
  expectString(directory, "directory");
  ops.changeDirectory(directory);
  workingDirectory = undefined;
});

const MASK_MAX = 4294967295;

define("umask", (mask) => {
  if (mask === undefined) return ops.umask();
  let bits = mask;
  if (typeof mask === "string") {
    bits = /^[0-7]+$/.test(mask) ? Number.parseInt(mask, 8) : NaN;
    if (!(bits <= MASK_MAX)) {
      throw invalidValue("mask", mask, "must be a 32-bit unsigned integer or an octal string");
    }
  } else if (typeof mask !== "number") {
    throw invalidType("mask", "of type number", mask);
  }
  if (!Number.isInteger(bits)) throw outOfRange("mask", "an integer", bits);
  if (bits < 0 || bits > MASK_MAX) throw outOfRange("mask", `>= 0 && <= ${MASK_MAX}`, bits);
  return ops.umask(bits & 0o777);
});

for (const name of ["getegid", "geteuid", "getgid", "getgroups", "getuid"]) {
  define(name, { [name]() { return ops.identity(name); } }[name]);
}
for (const name of ["setegid", "seteuid", "setgid", "setgroups", "initgroups", "setuid"]) {
  const set = { [name](...given) {
    return require("node/process-identity")[name](...given);
  } }[name];
  Object.defineProperty(set, "length", { value: name === "initgroups" ? 2 : 1 });
  define(name, set);
}

// ---- Time and resources ----------------------------------------------------------------------

const hrtime = (previous) => {
  const now = ops.uptimeNanoseconds();
  let seconds = Math.floor(now / 1e9);
  let nanoseconds = now - seconds * 1e9;
  if (previous !== undefined) {
    if (!Array.isArray(previous)) {
      throw invalidType("time", "an instance of Array", previous);
    }
    if (previous.length !== 2) throw outOfRange("time", "2", previous.length);
    seconds -= previous[0];
    nanoseconds -= previous[1];
    if (nanoseconds < 0) {
      seconds -= 1;
      nanoseconds += 1e9;
    }
  }
  return [seconds, nanoseconds];
};

// Exact: a process would have to run for a hundred days to pass 2 ** 53 nanoseconds.
hrtime.bigint = () => BigInt(ops.uptimeNanoseconds());
define("hrtime", hrtime);
define("uptime", () => { return ops.uptimeNanoseconds() / 1e9; });

const memoryUsage = () => {
  const heap = engine.heapStatistics();
  return {
    rss: ops.residentBytes(),
    heapTotal: heap.capacity,
    // Before its first collection the engine has counted nothing but what lies outside its heap.
    heapUsed: heap.size > heap.extra ? heap.size : heap.capacity,
    external: heap.extra,
    arrayBuffers: 0,
  };
};

memoryUsage.rss = () => ops.residentBytes();
define("memoryUsage", memoryUsage);

const { MAX_SAFE_INTEGER } = Number;

function sinceThen(spent, previous) {
  if (previous === undefined) return spent;
  if (previous === null || typeof previous !== "object" || Array.isArray(previous)) {
    throw invalidType("prevValue", "of type object", previous);
  }
  for (const name of ["user", "system"]) {
    const value = previous[name];
    if (typeof value !== "number") throw invalidType(`prevValue.${name}`, "of type number", value);
    if (!(value >= 0 && value <= MAX_SAFE_INTEGER)) {
      throw require("node/errors").ERR_INVALID_ARG_VALUE(
        `prevValue.${name}`, value, "is invalid", "RangeError");
    }
    spent[name] -= value;
  }
  return spent;
}

define("cpuUsage", (previous) => {
  const usage = ops.resourceUsage();
  return sinceThen({ user: usage.userCPUTime, system: usage.systemCPUTime }, previous);
});

define("threadCpuUsage", (previous) => {
  const [user, system] = ops.threadUsage();
  return sinceThen({ user, system }, previous);
});

define("resourceUsage", () => { return ops.resourceUsage(); });
define("constrainedMemory", () => { return ops.memoryLimit(); });
define("availableMemory", () => { return ops.memoryAvailable(); });
define("getActiveResourcesInfo", () => { return []; });

// ---- nextTick --------------------------------------------------------------------------------

define("nextTick", { nextTick(callback) {
  expectFunction(callback, "callback");
  let parameters;
  if (arguments.length > 1) {
    parameters = [];
    for (let index = 1; index < arguments.length; index++) parameters.push(arguments[index]);
  }
  loop.nextTick(callback, parameters);
} }.nextTick);

// ---- Exit ------------------------------------------------------------------------------------

let exitCode;
let exitEmitted = false;

function checkedExitCode(code) {
  if (code === undefined || code === null) return undefined;
  let number = code;
  if (typeof code === "string" && code !== "" && Number.isInteger(Number(code))) {
    number = Number(code);
  }
  if (typeof number !== "number") throw invalidType("code", "of type number", code);
  if (!Number.isInteger(number)) throw outOfRange("code", "an integer", number);
  return number;
}

Object.defineProperty(process, "exitCode", {
  configurable: false,
  enumerable: true,
  get: () => exitCode,
  set(code) { exitCode = checkedExitCode(code); },
});

// The program's own code counts, unless the one given is the last word.
hidden("emitExit", (code, isLastWord = false) => {
  if (exitEmitted) return;
  exitEmitted = true;
  define("_exiting", true);
  if (isLastWord || (exitCode === undefined && code !== 0)) exitCode = code;
  process.emit("exit", exitCode ?? code);
});

define("_exiting", false);
define("reallyExit", (code) => { ops.exit(code ?? 0); });

define("exit", (code) => {
  const checked = checkedExitCode(code);
  if (checked !== undefined) exitCode = checked;
  if (!exitEmitted) process.emitExit(exitCode ?? 0);
  loadedModule("bun/file-sink")?.flushAll();
  process.reallyExit(exitCode ?? 0);
  // A worker's thread goes on until the engine ends it, which is about to happen.
  if (ownThread !== undefined) for (;;);
});

define("abort", () => { ops.abort(); });

// ---- Signals ---------------------------------------------------------------------------------

function sendSignal(pid, number) {
  const failed = ops.kill(pid, number);
  return failed === undefined ? 0 : failed;
}

define("_kill", (pid, signal) => {
  const failed = sendSignal(pid, signal);
  return failed === 0 ? 0 : failed.errno;
});

function signalNumber(signal) {
  if (typeof signal === "number") return signal;
  if (typeof signal !== "string") {
    throw invalidType("signal", "of type string or number", signal);
  }
  const { signals } = require("node/process-signals");
  if (Object.hasOwn(signals, signal)) return signals[signal];
  throw coded(new TypeError(`Unknown signal: ${signal}`), "ERR_UNKNOWN_SIGNAL");
}

define("kill", (pid, signal) => {
  if (pid != (pid | 0)) throw invalidType("pid", "of type number", pid);
  const number = signal === undefined || signal === null ? 15 : signalNumber(signal);
  // Through the property, which tests of programs put their own function in.
  const errno = process._kill(pid | 0, number);
  if (!errno) return true;
  const failed = {
    errno,
    code: require("node/util").getSystemErrorName(-errno),
    text: ops.errorText(errno),
  };
  const error = new Error(`kill() failed: ${failed.code}: ${failed.text}`);
  Object.defineProperty(error, "name", {
    configurable: true, writable: true, value: "SystemError",
  });
  throw Object.assign(error, { syscall: "kill", errno: failed.errno, code: failed.code });
});

// ---- Warnings, capture -----------------------------------------------------------------------

let emitWarning;
define("emitWarning", (warning, type, code, constructor) => {
  emitWarning ??= require("node/process-warnings").makeEmitWarning(process);
  emitWarning(warning, type, code, constructor);
});
Object.defineProperty(process.emitWarning, "length", { value: 1 });

define("hasUncaughtExceptionCaptureCallback", () => {
  return process.capture !== undefined;
});
hidden("capture", undefined);
const CAPTURE = "setUncaughtExceptionCaptureCallback";
define(CAPTURE, (callback) => {
  if (callback === null) {
    process.capture = undefined;
    return;
  }
  if (typeof callback !== "function") throw invalidType("fn", "of type function or null", callback);
  if (process.capture !== undefined) {
    const text = "`process.setupUncaughtExceptionCapture()` was called while a capture callback " +
      "was already active";
    throw require("node/errors").makeError(
      "Error", "ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET", text);
  }
  process.capture = callback;
});
define("_fatalException", (error) => {
  return require("runtime/errors").offerUncaught(error, "uncaughtException");
});
define("assert", (value, message) => {
  if (!value) {
    const text = message === undefined ? "assertion error" : `${message}`;
    throw require("node/errors").makeError("Error", "ERR_ASSERTION", text);
  }
});
Object.defineProperty(process.assert, "length", { value: 1 });
define("binding", (name) => { return require("node/process-binding").binding(name); });
define("dlopen", (...given) => {
  if (process.execArgv.includes("--no-addons")) {
    throw require("node/errors").makeError("Error", "ERR_DLOPEN_DISABLED",
      "Cannot load native addon because loading addons is disabled.");
  }
  if (given.length < 2) throw new TypeError("dlopen requires 2 arguments");
  const [module, file, flags] = given;
  const name = `${file}`;
  const path = name.startsWith("file:") ? require("node/url").fileURLToPath(name) : name;
  require("runtime/napi").dlopen(module, path, flags);
});
define("execve", (execPath, words, variables) => {
  require("node/process-replace").execve(execPath, words, variables);
});
defineLazily("finalization", () =>
  require("node/process-finalization").createFinalization(process));
defineLazily("report", () => require("node/process-report").report);
define("setSourceMapsEnabled", (enabled) => {
  if (typeof enabled !== "boolean") throw invalidType("enabled", "of type boolean", enabled);
});

// Objects that say how they are to be referenced are asked first, as Node does.
const REFERENCE = Symbol.for("nodejs.ref");
const UNREFERENCE = Symbol.for("nodejs.unref");
define("ref", (object) => {
  const call = object?.[REFERENCE] ?? object?.[Symbol.for("node:ref")] ?? object?.ref;
  if (typeof call === "function") call.call(object);
});
define("unref", (object) => {
  const call = object?.[UNREFERENCE] ?? object?.[Symbol.for("node:unref")] ?? object?.unref;
  if (typeof call === "function") call.call(object);
});

// ---- What only Node's own code calls ---------------------------------------------------------

define("_getActiveHandles", () => { return []; });
define("_getActiveRequests", () => { return []; });
define("_rawDebug", (...parts) => {
  ops.write(2, `${require("node/util").format(...parts)}\n`);
});
for (const name of [
  "_linkedBinding", "_tickCallback", "_debugEnd", "_debugProcess", "_startProfilerIdleNotifier",
  "_stopProfilerIdleNotifier",
]) {
  define(name, { [name]() {} }[name]);
}

// ---- The parent, where it listens ------------------------------------------------------------

for (const name of ["channel", "disconnect", "send"]) define(name, undefined);
defineLazily("mainModule", () => require("runtime/commonjs").mainModule());
Object.defineProperty(process, "connected", {
  configurable: true, enumerable: true, get: () => false, set() {},
});
const channelNumber = ops.variable("NODE_CHANNEL_FD");
if (ownThread === undefined && channelNumber !== undefined) {
  const mode = ops.variable("NODE_CHANNEL_SERIALIZATION_MODE") ?? "json";
  require("node/process-ipc").openChannel(process, channelNumber, mode, define);
}


define("getBuiltinModule", (name) => {
  expectString(name, "moduleName");
  const { builtins } = require("runtime/builtins");
  const module = builtins.get(name) ?? builtins.get(`node:${name}`);
  return module === undefined ? undefined : require(module);
});

module.exports = { process, default: process };
