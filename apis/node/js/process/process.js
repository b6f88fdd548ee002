// The global `process`: identity, environment, time, exit, events and signals.
"use strict";

const { coded, invalidType, invalidValue, outOfRange, expectFunction, expectString } =
  require("node/errors");
const loop = require("runtime/event-loop");
const engine = require("runtime/engine");
const { Array, BigInt, Math, Number, Object, Proxy, Reflect, Set, String, Symbol } = globalThis;

const process = require("node/process-emitter").createProcess();

function define(name, value) {
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
  configurable: true, enumerable: true, get: () => ops.parentPid(),
});
for (const name of ["version", "versions", "release", "features", "config"]) {
  defineLazily(name, () => require("node/process-facts")[name]);
}
let startedWith;
function started() {
  startedWith ??= ops.startedWith();
  return startedWith;
}
defineLazily("argv", () => started().argv);
defineLazily("argv0", () => started().argv0);
defineLazily("execPath", () => started().execPath);
defineLazily("execArgv", () => started().execArgv);
define("revision", "a7733435cf40429e3b35c36072769df2052b80f1");
defineLazily("report", () => require("node/process-report").report);
defineLazily("allowedNodeEnvironmentFlags", () => new Set());
defineLazily("stdout", () => new (require("node/process-streams").Output)(1));
defineLazily("stderr", () => new (require("node/process-streams").Output)(2));
define("debugPort", 9229);
define("moduleLoadList", []);

let title;
Object.defineProperty(process, "title", {
  configurable: true,
  enumerable: true,
  get: () => (title ??= started().argv0),
  set(value) { ops.setTitle((title = String(value))); },
});

// ---- Environment -----------------------------------------------------------------------------

function environment() {
  const variables = {};
  const flat = ops.environment();
  for (let index = 0; index < flat.length; index += 2) variables[flat[index]] = flat[index + 1];
  delete variables.NODE_CHANNEL_FD;
  delete variables.NODE_CHANNEL_SERIALIZATION_MODE;
  return new Proxy(variables, {
    set(target, name, value) {
      if (typeof name === "symbol") throw new TypeError("Cannot convert a symbol to a string");
      target[name] = String(value);
      return true;
    },
    defineProperty(target, name, descriptor) {
      if ("value" in descriptor) descriptor = { ...descriptor, value: String(descriptor.value) };
      return Reflect.defineProperty(target, name, descriptor);
    },
  });
}

defineLazily("env", environment);

// ---- Directory, umask ------------------------------------------------------------------------

let workingDirectory;
define("cwd", function cwd() { return (workingDirectory ??= ops.workingDirectory()); });

define("chdir", function chdir(directory) {
  expectString(directory, "directory");
  ops.changeDirectory(directory);
  workingDirectory = undefined;
});

define("umask", function umask(mask) {
  if (mask === undefined) return ops.umask();
  let bits = mask;
  if (typeof mask === "string") bits = /^[0-7]+$/.test(mask) ? Number.parseInt(mask, 8) : NaN;
  if (typeof mask !== "string" && typeof mask !== "number") {
    throw invalidType("mask", "of type number or string", mask);
  }
  if (!(bits >= 0 && bits <= 0xffffffff && Number.isInteger(bits))) {
    throw invalidValue("mask", mask, "must be a 32-bit unsigned integer or an octal string");
  }
  return ops.umask(bits & 0o777);
});

for (const name of ["getuid", "geteuid", "getgid", "getegid", "getgroups"]) {
  define(name, { [name]() { return ops.identity(name); } }[name]);
}

// ---- Time and resources ----------------------------------------------------------------------

function hrtime(previous) {
  const now = ops.uptimeNanoseconds();
  let seconds = Math.floor(now / 1e9);
  let nanoseconds = now - seconds * 1e9;
  if (previous !== undefined) {
    if (!Array.isArray(previous)) {
      throw invalidType("time", "an instance of Array", previous);
    }
    if (previous.length !== 2) {
      throw coded(outOfRange("time", "2", previous.length), "ERR_OUT_OF_RANGE");
    }
    seconds -= previous[0];
    nanoseconds -= previous[1];
    if (nanoseconds < 0) {
      seconds -= 1;
      nanoseconds += 1e9;
    }
  }
  return [seconds, nanoseconds];
}

// Exact: a process would have to run for a hundred days to pass 2 ** 53 nanoseconds.
hrtime.bigint = function bigint() { return BigInt(ops.uptimeNanoseconds()); };
define("hrtime", hrtime);
define("uptime", function uptime() { return ops.uptimeNanoseconds() / 1e9; });

function memoryUsage() {
  const heap = engine.heapStatistics();
  return {
    rss: ops.residentBytes(),
    heapTotal: heap.capacity,
    heapUsed: heap.size,
    external: heap.extra,
    arrayBuffers: 0,
  };
}

memoryUsage.rss = function rss() { return ops.residentBytes(); };
define("memoryUsage", memoryUsage);

define("cpuUsage", function cpuUsage(previous) {
  const usage = ops.resourceUsage();
  const spent = { user: usage.userCPUTime, system: usage.systemCPUTime };
  if (previous !== undefined) {
    if (previous === null || typeof previous !== "object") {
      throw invalidType("prevValue", "of type object", previous);
    }
    spent.user -= previous.user;
    spent.system -= previous.system;
  }
  return spent;
});

define("resourceUsage", function resourceUsage() { return ops.resourceUsage(); });
define("constrainedMemory", function constrainedMemory() { return ops.memoryLimit(); });
define("availableMemory", function availableMemory() { return ops.memoryAvailable(); });
define("getActiveResourcesInfo", function getActiveResourcesInfo() { return []; });

// ---- nextTick --------------------------------------------------------------------------------

define("nextTick", function nextTick(callback) {
  expectFunction(callback, "callback");
  let parameters;
  if (arguments.length > 1) {
    parameters = [];
    for (let index = 1; index < arguments.length; index++) parameters.push(arguments[index]);
  }
  loop.nextTick(callback, parameters);
});

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
  configurable: true,
  enumerable: true,
  get: () => exitCode,
  set(code) { exitCode = checkedExitCode(code); },
});

hidden("emitExit", (code) => {
  if (exitEmitted) return;
  exitEmitted = true;
  define("_exiting", true);
  if (exitCode === undefined && code !== 0) exitCode = code;
  process.emit("exit", exitCode ?? code);
});

define("_exiting", false);
define("reallyExit", function reallyExit(code) { ops.exit(code ?? 0); });

define("exit", function exit(code) {
  const checked = checkedExitCode(code);
  if (checked !== undefined) exitCode = checked;
  if (!exitEmitted) process.emitExit(exitCode ?? 0);
  process.reallyExit(exitCode ?? 0);
});

define("abort", function abort() { ops.abort(); });

// ---- Signals ---------------------------------------------------------------------------------

define("kill", function kill(pid, signal = "SIGTERM") {
  if (typeof pid !== "number" || pid !== (pid | 0)) {
    throw invalidType("pid", "of type number", pid);
  }
  const { signals } = require("node/process-signals");
  const number = typeof signal === "number" ? signal : signals[signal];
  if (number === undefined) {
    throw coded(new TypeError(`Unknown signal: ${String(signal)}`), "ERR_UNKNOWN_SIGNAL");
  }
  const failed = ops.kill(pid, number);
  if (failed !== undefined) {
    const error = new Error(`kill() failed: ${failed.code}: ${failed.text}`);
    error.name = "SystemError";
    throw Object.assign(error, { code: failed.code, errno: failed.errno, syscall: "kill" });
  }
  return true;
});

// ---- Warnings, capture -----------------------------------------------------------------------

let emitWarning;
define("emitWarning", function (warning, type, code) {
  emitWarning ??= require("node/process-warnings").makeEmitWarning(process);
  emitWarning(warning, type, code);
});
Object.defineProperty(process.emitWarning, "name", { value: "emitWarning" });

define("hasUncaughtExceptionCaptureCallback", () => process.capture !== undefined);
hidden("capture", undefined);
define("setUncaughtExceptionCaptureCallback", (callback) => {
  if (callback !== null) expectFunction(callback, "fn");
  process.capture = callback ?? undefined;
});
define("assert", (value, message) => {
  if (!value) throw coded(new Error(message ?? "assertion error"), "ERR_ASSERTION");
});
define("binding", (name) => {
  throw coded(new Error(`No such module: ${name}`), "ERR_INVALID_MODULE");
});
define("setSourceMapsEnabled", () => {});
define("ref", () => {});
define("unref", () => {});

// ---- The parent, where it listens ------------------------------------------------------------

for (const name of ["channel", "disconnect", "send", "mainModule"]) define(name, undefined);
Object.defineProperty(process, "connected", {
  configurable: true, enumerable: true, get: () => false, set() {},
});
const channelNumber = ops.variable("NODE_CHANNEL_FD");
if (channelNumber !== undefined) {
  const mode = ops.variable("NODE_CHANNEL_SERIALIZATION_MODE") ?? "json";
  require("node/process-ipc").openChannel(process, channelNumber, mode, define);
}


define("getBuiltinModule", (name) => {
  expectString(name, "id");
  const { builtins } = require("runtime/builtins");
  const module = builtins.get(name) ?? builtins.get(`node:${name}`);
  return module === undefined ? undefined : require(module);
});
Object.defineProperty(process.getBuiltinModule, "name", { value: "getBuiltinModule" });

module.exports = { process, default: process };
