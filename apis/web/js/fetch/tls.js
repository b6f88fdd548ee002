"use strict";
// The `tls` option: checked, and known to native code by a number, so that requests with equal
// settings share their connections.

const { argumentError } = require("fetch/errors");
const { isBlob, bytesOf, copyBytes } = require("web/blob");

const invalid = (message) => argumentError("ERR_INVALID_ARG_TYPE", message);
const PEM_KINDS =
  "must be of type string, ArrayBuffer, Blob, array of <string, ArrayBuffer, or Blob>, or null";

// Numbers of settings by what they were made of; settings of native code are few and stay.
const SETTINGS_MAX = 1024;
const numbers = new Map();

/// PEM as text: of a string, bytes or a Blob; undefined for anything else.
function textOf(value) {
  if (typeof value === "string") return value;
  const bytes = isBlob(value) ? bytesOf(value) ?? fileBytes(value) : copyBytes(value);
  return bytes === null ? undefined : require("web/encoding").decodeUtf8(bytes);
}

function fileBytes(blob) {
  const target = require("bun/file").targetOfBlob(blob);
  return target === undefined ? null : require("node/fs").readFileSync(target);
}

/// The texts of an option that may be a list.
function textsOf(options, name) {
  const value = options[name];
  if (value === undefined || value === null) return [];
  const texts = (Array.isArray(value) ? value : [value]).map(textOf);
  if (texts.includes(undefined)) throw invalid(`TLSOptions.${name} ${PEM_KINDS}`);
  return texts;
}

function stringOf(options, name) {
  const value = options[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw invalid(`TLSOptions.${name} must be a string`);
  return value;
}

function booleanOf(options, name) {
  const value = options[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw invalid(`TLSOptions.${name} must be a boolean`);
  return value;
}

const rejectsByDefault = () => process.env.NODE_TLS_REJECT_UNAUTHORIZED !== "0";

/// Reads the option into the options of a fetch.
function apply(tls, options) {
  const check = tls.checkServerIdentity;
  if (check !== undefined && check !== null) {
    if (typeof check !== "function") {
      const wanted = 'The "tls.checkServerIdentity" property must be of type function.';
      throw invalid(`${wanted} Received ${typeof check}`);
    }
    options.checkServerIdentity = check;
  }
  const rejects = booleanOf(tls, "rejectUnauthorized") ?? rejectsByDefault();
  const passphrase = stringOf(tls, "passphrase");
  const serverName = stringOf(tls, "serverName") ?? stringOf(tls, "servername");
  const authorities = textsOf(tls, "ca");
  const chain = textsOf(tls, "cert").join("\n") || undefined;
  const key = textsOf(tls, "key").join("\n") || undefined;
  // Whoever accepts anything has nothing to check.
  if (!rejects) options.checkServerIdentity = null;
  const skipsName = options.checkServerIdentity !== null;
  const all = [!rejects, skipsName, serverName, chain, key, passphrase, ...authorities];
  const name = JSON.stringify(all);
  let number = numbers.get(name);
  if (number === undefined) {
    number = ops.fetchTls(...all);
    if (numbers.size < SETTINGS_MAX) numbers.set(name, number);
  }
  options.tls = number;
}

function nameOf(flat) {
  const name = Object.create(null);
  for (let index = 0; index < flat.length; index += 2) {
    const [key, value] = [flat[index], flat[index + 1]];
    name[key] = key in name ? [].concat(name[key], value) : value;
  }
  return name;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// As OpenSSL prints times: `Nov 23 05:00:00 2026 GMT`.
function timeOf(seconds) {
  const date = new Date(seconds * 1000);
  const day = String(date.getUTCDate()).padStart(2);
  const time = date.toISOString().slice(11, 19);
  return `${MONTHS[date.getUTCMonth()]} ${day} ${time} ${date.getUTCFullYear()} GMT`;
}

/// A certificate object as Node has it.
function certificateOf(said) {
  const bufferOf = (bytes) => require("node/buffer").Buffer.from(bytes);
  const certificate = {
    subject: nameOf(said.subject),
    issuer: nameOf(said.issuer),
    subjectaltname: said.subjectaltname || undefined,
    infoAccess: undefined,
    modulus: said.modulus,
    exponent: said.exponent,
    bits: said.bits,
    pubkey: bufferOf(said.pubkey),
    valid_from: timeOf(said.validFrom),
    valid_to: timeOf(said.validTo),
    fingerprint: said.fingerprint,
    fingerprint256: said.fingerprint256,
    fingerprint512: said.fingerprint512,
    ext_key_usage: said.usage.length === 0 ? undefined : said.usage,
    serialNumber: said.serialNumber,
    raw: bufferOf(said.raw),
    ca: false,
  };
  return certificate;
}

/// Lets the program look at the server's certificate before the request goes out.
async function inspect(exchange) {
  const { number, options, target } = exchange;
  try {
    const said = await ops.fetchCertificate(number);
    const verdict = options.checkServerIdentity(target.hostname, certificateOf(said));
    if (verdict) {
      exchange.fail(verdict instanceof Error ? verdict : new Error("certificate rejected"));
      return;
    }
    ops.fetchApprove(number, true);
  } catch (error) {
    // An exchange that has failed already tells the program by itself.
    if (error.code !== "Aborted") exchange.fail(error);
  }
}

/// The settings of a fetch that sets nothing: strict, unless the environment says otherwise.
function unsaid() {
  if (rejectsByDefault()) return 0;
  const options = {};
  apply({}, options);
  return options.tls;
}

module.exports = { apply, inspect, textOf, unsaid };
