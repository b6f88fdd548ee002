// process.binding: the few internals of Node that packages reach for, and the error of the rest.
"use strict";

const { Object } = globalThis;

const ABSENT = new Set([
  "async_wrap", "cares_wrap", "contextify", "credentials", "crypto", "errors", "fs_event_wrap",
  "icu", "inspector", "js_stream", "module_wrap", "os", "performance", "pipe_wrap",
  "process_wrap", "report", "serdes", "signal_wrap", "spawn_sync", "stream_wrap", "string_decoder",
  "symbols", "task_queue", "tcp_wrap", "timers", "trace_events", "tls_wrap", "types", "udp_wrap",
  "url", "v8", "wasm_web_api", "worker", "zlib",
]);

const CONFIG = {
  isDebugBuild: false,
  hasOpenSSL: true,
  fipsMode: true,
  hasIntl: true,
  hasTracing: true,
  hasNodeOptions: true,
  noBrowserGlobals: false,
  hasInspector: true,
};

function uvBinding() {
  const { errors } = require("node/system-errors");
  const binding = { errname: (number) => errors.get(number)?.[0] ?? unknownError(number) };
  for (const [number, [name]] of errors) binding[`UV_${name}`] = number;
  return binding;
}

const unknownError = (number) => `Unknown system error ${number}`;

const BINDINGS = {
  __proto__: null,
  buffer: () => require("node/buffer").Buffer.prototype,
  config: () => CONFIG,
  "crypto/x509": () => ({
    isX509Certificate: (value) => value instanceof require("node/crypto").X509Certificate,
  }),
  constants: () => {
    const os = require("node/os").constants;
    return { os, fs: require("node/fs").constants, crypto: {}, zlib: {}, trace: {} };
  },
  "crypto/x509": () => {
    const { isX509Certificate } = require("node/crypto/certificate");
    return { isX509Certificate };
  },
  fs: () => require("node/fs"),
  http_parser: () => require("node/http/binding").httpParser,
  natives: () => Object.fromEntries(
    require("node/module").builtinModules.map((name) => [name, ""])),
  tty_wrap: () => require("node/tty-wrap"),
  util: () => require("node/util").types,
  uv: uvBinding,
};

const made = { __proto__: null };

function binding(module) {
  const name = `${module}`;
  if (made[name] !== undefined) return made[name];
  const make = BINDINGS[name];
  if (make !== undefined) return (made[name] = make());
  if (ABSENT.has(name)) {
    throw new Error(
      `process.binding("${name}") is not implemented in Bun. If that breaks something, ` +
      "please file an issue and include a reproducible code sample.");
  }
  throw new Error(`No such module: ${name}`);
}

module.exports = { binding };
