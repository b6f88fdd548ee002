// The module node:module: the class Module with what tools change in it.
"use strict";

const { Math, Object, Set } = globalThis;
const { registry } = require("runtime/modules");
const commonJs = require("runtime/commonjs");
const { makeError } = require("node/errors");

const { Module } = commonJs;

// In Bun's order. Programs look for names here that they then ask for with `node:` too.
const BUILTIN_MODULES = [
  "_http_agent", "_http_client", "_http_common", "_http_incoming", "_http_outgoing",
  "_http_server", "_stream_duplex", "_stream_passthrough", "_stream_readable",
  "_stream_transform", "_stream_wrap", "_stream_writable", "_tls_common", "_tls_wrap", "assert",
  "assert/strict", "async_hooks", "buffer", "bun:ffi", "bun:jsc", "bun:sqlite", "bun:test", "bun",
  "child_process", "cluster", "console", "constants", "crypto", "dgram", "diagnostics_channel",
  "dns", "dns/promises", "domain", "events", "fs", "fs/promises", "http", "http2", "https",
  "inspector", "inspector/promises", "module", "net", "node:sqlite", "os", "path", "path/posix",
  "path/win32", "perf_hooks", "process", "punycode", "querystring", "readline",
  "readline/promises", "repl", "stream", "stream/consumers", "stream/promises", "stream/web",
  "string_decoder", "sys", "timers", "timers/promises", "tls", "trace_events", "tty", "undici",
  "url", "util", "util/types", "v8", "vm", "wasi", "worker_threads", "ws", "zlib",
];
const PREFIXED_ONLY = new Set(["node:test", "node:sqlite"]);
const builtinNames = new Set(BUILTIN_MODULES);

function isBuiltin(name) {
  if (builtinNames.has(name) || PREFIXED_ONLY.has(name)) return true;
  return typeof name === "string" && name.startsWith("node:") && builtinNames.has(name.slice(5));
}

function wrap(script) {
  return `(function (exports, require, module, __filename, __dirname) { ${script}\n});`;
}

// ---- Looking for files -----------------------------------------------------------------------

function findPath(request, paths, _isMain) {
  const folders = request.startsWith("/") ? [""] : paths ?? [];
  for (const folder of folders) {
    try {
      const path = folder === "" ? request : `${folder}/${request}`;
      return registry.resolve(path, "/[require]", true).id;
    } catch {
      // The next folder may have it.
    }
  }
  return false;
}

function nodeModulePaths(from) {
  if (typeof from !== "string") {
    throw makeError("TypeError", "ERR_INVALID_ARG_TYPE",
      "Expected path to be a string for 'nodeModulePaths'.");
  }
  return commonJs.lookupPaths(require("node/path").resolve(from));
}

function resolveLookupPaths(request, parent) {
  if (isBuiltin(request)) return null;
  if (!/^\.\.?(?:\/|$)/.test(request)) return parent?.paths ?? [];
  const filename = parent?.filename;
  if (typeof filename !== "string" || filename === "") return ["."];
  return [filename.slice(0, Math.max(filename.lastIndexOf("/"), 1))];
}

// 0 for a file, 1 for a folder, below for neither.
function stat(path) {
  const found = require("node/fs").statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return -1;
  return found.isDirectory() ? 1 : 0;
}

// ---- Compile cache, source maps --------------------------------------------------------------

const STATUS = { __proto__: null, FAILED: 0, ENABLED: 1, ALREADY_ENABLED: 2, DISABLED: 3 };
const constants = Object.freeze({ __proto__: null, compileCacheStatus: Object.freeze(STATUS) });

let cacheFolder;

// The engine gives no compiled code away: the folder is told, and nothing is written to it.
function enableCompileCache(folder) {
  if (cacheFolder !== undefined) {
    return { status: STATUS.ALREADY_ENABLED, directory: cacheFolder };
  }
  cacheFolder = folder ?? `${require("node/os").tmpdir()}/node-compile-cache`;
  return { status: STATUS.ENABLED, directory: cacheFolder };
}

function getCompileCacheDir() { return cacheFolder; }
function flushCompileCache() {}
function findSourceMap(_path) {}
function register(_specifier) {}
function syncBuiltinESMExports() {}
function preloadModules() {}

// Takes the folders of NODE_PATH and those every installation has.
function initPaths() {
  const { env, execPath } = process;
  const given = (env.NODE_PATH ?? "").split(":").filter((folder) => folder !== "");
  const home = env.HOME ? [`${env.HOME}/.node_modules`, `${env.HOME}/.node_libraries`] : [];
  const prefix = require("node/path").resolve(execPath, "..", "..");
  Module.globalPaths = [...given, ...home, `${prefix}/lib/node`];
}

// Runs the program's main file; replaced by tools that run before it.
function runMain() {
  const [, main] = process.argv;
  return require("runtime/commonjs").requireFor(`${process.cwd()}/[main]`)(main);
}

commonJs.ownRunMain = runMain;
Object.defineProperty(runMain, "length", { value: 2, configurable: true });
Object.defineProperty(preloadModules, "name", { value: "_preloadModules", configurable: true });
Object.defineProperty(initPaths, "name", { value: "", configurable: true });
for (const [named, name, length] of [
  [findPath, "_findPath", 3], [nodeModulePaths, "_nodeModulePaths", 1], [stat, "_stat", 1],
  [resolveLookupPaths, "_resolveLookupPaths", 2], [commonJs.load, "_load", 1],
  [commonJs.resolveFilename, "_resolveFilename", 2],
]) {
  Object.defineProperty(named, "name", { value: name, configurable: true });
  Object.defineProperty(named, "length", { value: length, configurable: true });
}

Object.assign(Module, {
  _cache: commonJs.cache,
  _debug: {},
  _extensions: commonJs.extensions,
  _findPath: findPath,
  _initPaths: initPaths,
  _load: commonJs.load,
  _nodeModulePaths: nodeModulePaths,
  _pathCache: Object.create(null),
  _preloadModules: preloadModules,
  _resolveFilename: commonJs.resolveFilename,
  _resolveLookupPaths: resolveLookupPaths,
  _stat: stat,
  builtinModules: BUILTIN_MODULES,
  constants,
  createRequire,
  enableCompileCache,
  findSourceMap,
  flushCompileCache,
  getCompileCacheDir,
  globalPaths: [],
  isBuiltin,
  register,
  runMain,
  SourceMap: require("node/module-source-map").SourceMap,
  syncBuiltinESMExports,
  wrap,
  wrapper: commonJs.ownWrapper,
  Module,
});

function createRequire(filename) {
  if (arguments.length === 0) {
    throw makeError("TypeError", "ERR_MISSING_ARGS",
      "createRequire() requires at least one argument");
  }
  return commonJs.createRequire(filename);
}

module.exports = Module;
