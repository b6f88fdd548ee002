// node:tls.
"use strict";

const defaults = require("node/tls/defaults");
const { Object } = globalThis;

let notImplemented;

function parseCertString() {
  notImplemented ??= class NotImplementedError extends Error {};
  const error = new notImplemented("Not implemented is not yet implemented in Bun.");
  throw Object.assign(error, { code: "ERR_NOT_IMPLEMENTED", name: "NotImplementedError" });
}

function connect(...given) { return require("node/tls/client").connect(...given); }

function convertALPNProtocols(protocols, out) {
  require("node/tls/protocols").convertALPNProtocols(protocols, out);
}

function createServer(options, connectionListener) {
  return require("node/tls/server").createServer(options, connectionListener);
}

// The version that a flag of the process such as --tls-min-v1.0 names.
function flagVersion(bound, versions) {
  const { execArgv } = globalThis.process;
  const found = versions.find((version) => execArgv.includes(`--tls-${bound}-v${version}`));
  return found === undefined ? undefined : `TLSv${found}`.replace(/\.0$/, "");
}

module.exports = {
  CLIENT_RENEG_LIMIT: 3,
  CLIENT_RENEG_WINDOW: 600,
  connect,
  convertALPNProtocols,
  get createSecureContext() { return require("node/tls/context").createSecureContext; },
  createServer,
  get DEFAULT_CIPHERS() { return defaults.defaultCiphers(); },
  set DEFAULT_CIPHERS(value) { defaults.setDefaultCiphers(value); },
  DEFAULT_ECDH_CURVE: "auto",
  DEFAULT_MAX_VERSION: flagVersion("max", ["1.3", "1.2"]) ?? "TLSv1.3",
  DEFAULT_MIN_VERSION: flagVersion("min", ["1.0", "1.1", "1.2", "1.3"]) ?? "TLSv1.2",
  getCiphers: defaults.getCiphers,
  setDefaultCACertificates: defaults.setDefaultCACertificates,
  parseCertString,
  get SecureContext() { return require("node/tls/context").SecureContext; },
  get Server() { return require("node/tls/server").Server; },
  get TLSSocket() { return require("node/tls/socket").TLSSocket; },
  checkServerIdentity: require("node/tls/identity").checkServerIdentity,
  get rootCertificates() { return defaults.listOf("bundled"); },
  getCACertificates: defaults.getCACertificates,
};

// What is loaded when first asked for may be replaced like anything else.
for (const name of ["createSecureContext", "SecureContext", "Server", "TLSSocket"]) {
  const { get } = Object.getOwnPropertyDescriptor(module.exports, name);
  Object.defineProperty(module.exports, name, {
    get,
    set(value) {
      Object.defineProperty(module.exports, name, {
        value, writable: true, enumerable: true, configurable: true,
      });
    },
    enumerable: true,
    configurable: true,
  });
}
