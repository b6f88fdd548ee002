"use strict";
// The `tls` option of Bun.serve: from what programs write to settings of native code.

const { argumentError } = require("fetch/errors");
const { textOf } = require("fetch/tls");

const invalid = (message) => argumentError("ERR_INVALID_ARG_TYPE", message);
const PEM_KINDS =
  "must be of type string, ArrayBuffer, Blob, array of <string, ArrayBuffer, or Blob>, or null";

function pemOf(options, name) {
  const value = options[name];
  if (value === undefined || value === null) {
    const path = options[`${name}File`];
    return typeof path === "string" ? pemOfFile(path, `${name}File`) : "";
  }
  const texts = (Array.isArray(value) ? value : [value]).map(textOf);
  if (texts.includes(undefined)) throw invalid(`TLSOptions.${name} ${PEM_KINDS}`);
  return texts.join("\n");
}

function pemOfFile(path, name) {
  try {
    return require("node/fs").readFileSync(path, "utf8");
  } catch {
    throw invalid(`Unable to access ${name} path`);
  }
}

function identityOf(options) {
  if (options === null || typeof options !== "object") {
    throw invalid("TLSOptions must be an object");
  }
  const name = options.serverName ?? options.servername;
  const key = pemOf(options, "key");
  const chain = pemOf(options, "cert");
  const authorities = pemOf(options, "ca");
  const own = typeof name === "string" && name !== "" ? name : undefined;
  return { name: own, chain, key, authorities };
}

/// The number of the settings; undefined where the option asks for no TLS.
function settingsOf(tls) {
  if (tls === undefined || tls === null || tls === false) return undefined;
  const list = (Array.isArray(tls) ? tls : [tls]).map(identityOf);
  const identities = list.filter(({ chain, key }) => chain !== "" || key !== "");
  if (identities.length === 0) return undefined;
  const first = Array.isArray(tls) ? tls[0] : tls;
  const authorities = list.map((identity) => identity.authorities).join("\n").trim();
  const flat = identities.flatMap(({ name, chain, key }) => [name, chain, key]);
  const rejects = first.rejectUnauthorized !== false;
  return ops.serveTls(Boolean(first.requestCert), rejects, authorities, ...flat);
}

module.exports = { settingsOf };
