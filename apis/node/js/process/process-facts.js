// What `process` says of itself: the names and versions of Bun 1.4.5, which programs test for.
"use strict";

const { Object, Reflect, Set, Symbol } = globalThis;

const REVISION_LINKS = "https://github.com/oven-sh/bun/releases/download/bun-v1.4.5";
const NODE_VERSION = "26.3.0";

const versions = Object.freeze({
  node: NODE_VERSION,
  bun: "1.4.5",
  boringssl: "fe703e9faa3bfd22b04eb192066856557b7e015c",
  openssl: "1.1.0",
  llhttp: "9.4.4",
  libarchive: "27cbc7827172698143e440801fc0ba39ccb4f1f5",
  mimalloc: "92ef6587c57b262f6e6abf513f7776a2f8d12aeb",
  picohttpparser: "f4d94b48b31e0abae029ebeafcfd9ca0680ede58",
  uwebsockets: "a7733435cf40429e3b35c36072769df2052b80f1",
  webkit: "d6375c72affe0f70222cdcb45012b10f0bf3a9d5",
  zig: "04e7f6ac1e009525bc00934f20199c68f04e0a24",
  zlib: "12731092979c6d07f42da27da673a9f6c7b13586",
  tinycc: "05f0fafaa3be31e31d7b4b5c17dc60f62c991171",
  lolhtml: "725ce499aa9b71e38b7a2d0a9fbb6d7294a4079e",
  ares: "0b88066f79ac9745d6819899f1794df91b73c873",
  libdeflate: "92e6a0db9fa848d742f9eb286c92afc60f2c3dda",
  usockets: "a7733435cf40429e3b35c36072769df2052b80f1",
  lshpack: "cf0f70dd10b352194c97448eb5d00b4aa484f531",
  zstd: "f8745da6ff1ad1e7bab384bd1f9d742439278e99",
  v8: "14.6.202.34-node.20",
  uv: "1.48.0",
  napi: "10",
  icu: "78.3",
  unicode: "17.0",
  sqlite: "3.54.1",
  typescript: "7.0.2",
  modules: "147",
});

const release = {
  name: "node",
  sourceUrl: `${REVISION_LINKS}/bun-linux-x64.zip`,
  headersUrl:
    `https://nodejs.org/download/release/v${NODE_VERSION}/node-v${NODE_VERSION}-headers.tar.gz`,
};

const features = {
  inspector: true,
  debug: false,
  uv: true,
  ipv6: true,
  tls_alpn: true,
  tls_sni: true,
  tls_ocsp: true,
  tls: true,
  cached_builtins: true,
  openssl_is_boringssl: true,
  quic: true,
  require_module: true,
  typescript: "transform",
};

const config = Object.freeze({
  target_defaults: Object.freeze({}),
  variables: Object.freeze({
    v8_enable_i18n_support: 1,
    enable_lto: false,
    enable_thin_lto: false,
    lto_jobs: "",
    node_module_version: 147,
    napi_build_version: 10,
    node_builtin_shareable_builtins: [],
    node_byteorder: "little",
    node_without_node_options: true,
    clang: 0,
    control_flow_guard: false,
    coverage: false,
    dcheck_always_on: 0,
    debug_nghttp2: false,
    debug_node: false,
    enable_pgo_generate: false,
    enable_pgo_use: false,
    error_on_warn: false,
    force_dynamic_crt: 0,
    napi_build: "0.0",
    host_arch: "x64",
    target_arch: "x64",
    asan: 0,
  }),
});

// Options that NODE_OPTIONS may hold; asked for in any spelling, never added to.
const FLAGS = [
  "--conditions", "--diagnostic-dir", "--disable-warning", "--dns-result-order",
  "--enable-source-maps", "--import", "--inspect", "--inspect-brk", "--inspect-port",
  "--max-http-header-size", "--no-addons", "--no-deprecation", "--no-warnings",
  "--pending-deprecation", "--perf-basic-prof", "--perf-basic-prof-only-functions", "--perf-prof",
  "--perf-prof-unwinding-info", "--preserve-symlinks", "--preserve-symlinks-main",
  "--redirect-warnings", "--require", "-r", "--stack-trace-limit", "--throw-deprecation",
  "--title", "--trace-deprecation", "--trace-warnings", "--use-bundled-ca", "--use-openssl-ca",
  "--use-system-ca", "--zero-fill-buffers",
];

function canonical(flag) {
  if (flag === "-r" || flag === "r") return "-r";
  const name = flag.replace(/^--/, "").replaceAll("_", "-").replace(/=.*$/, "");
  return `--${name}`;
}

// What Set's own methods put into it is in no answer.
class NodeEnvironmentFlagsSet extends Set {
  add() { return this; }
  delete() { return false; }
  clear() {}
  has(flag) { return typeof flag === "string" && FLAGS.includes(canonical(flag)); }
  get size() { return FLAGS.length; }
  forEach(callback, thisArg = undefined) {
    for (const flag of FLAGS) Reflect.apply(callback, thisArg, [flag, flag, this]);
  }
  values() { return new Set(FLAGS).values(); }
  entries() { return new Set(FLAGS).entries(); }
}
for (const name of ["keys", Symbol.iterator]) {
  Object.defineProperty(NodeEnvironmentFlagsSet.prototype, name, {
    configurable: true, writable: true, value: NodeEnvironmentFlagsSet.prototype.values,
  });
}

function allowedFlags() {
  const flags = new NodeEnvironmentFlagsSet();
  for (const flag of FLAGS) Set.prototype.add.call(flags, flag);
  return Object.freeze(flags);
}

// What process.cwd() throws where the folder the process is in has been removed.
function withoutDirectory(error) {
  if (error.code !== "ENOENT") return error;
  const message = "ENOENT: process.cwd failed with error no such file or directory, the current " +
    "working directory was likely removed without changing the working directory, uv_cwd";
  return Object.assign(new Error(message), { code: "ENOENT", syscall: "uv_cwd", errno: -2 });
}

module.exports = {
  withoutDirectory,
  version: `v${NODE_VERSION}`,
  versions,
  release,
  features,
  config,
  revision: versions.uwebsockets,
  allowedFlags,
};
