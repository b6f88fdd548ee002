// The module node:module: the class Module with what tools change in it.
"use strict";

const { Object, Set } = globalThis;
const { registry } = require("runtime/modules");
const commonJs = require("runtime/commonjs");

const { Module } = commonJs;

function resolveFilename(specifier, parent) {
  return registry.resolve(specifier, parent?.filename ?? `${process.cwd()}/[require]`, true).id;
}

function load(specifier, parent) {
  return commonJs.requireFrom(specifier, parent?.filename ?? `${process.cwd()}/[require]`, parent);
}

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

const WRAPPER = ["(function (exports, require, module, __filename, __dirname) { ", "\n});"];

Object.assign(Module, {
  Module,
  _cache: commonJs.cache,
  _extensions: commonJs.extensions,
  _load: load,
  _nodeModulePaths: commonJs.lookupPaths,
  _pathCache: Object.create(null),
  _resolveFilename: resolveFilename,
  builtinModules: BUILTIN_MODULES,
  createRequire: commonJs.createRequire,
  globalPaths: [],
  isBuiltin,
  register() {},
  syncBuiltinESMExports() {},
  wrap: (source) => WRAPPER[0] + source + WRAPPER[1],
  wrapper: WRAPPER,
});
module.exports = Module;
