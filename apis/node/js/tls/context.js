// Secure contexts: options checked, and made into a context of native code. Contexts of equal
// options are one, as long as anybody holds it.
"use strict";

const errors = require("node/errors");
const codes = require("node/error-codes");
const defaults = require("node/tls/defaults");
const { Buffer } = require("node/buffer");
const { Array, FinalizationRegistry, Map, Object, WeakRef } = globalThis;
const { validateString } = errors;

const BYTES = ["string", "Buffer", "TypedArray", "DataView"];
const VIEWS = ["Buffer", "TypedArray", "DataView"];
const TICKET_KEYS_BYTES = 48;
const CIPHER_SERVER_PREFERENCE = 0x400000;
const KNOWN_MAX = 256;

const VERSIONS = { "TLSv1": 0x0301, "TLSv1.1": 0x0302, "TLSv1.2": 0x0303, "TLSv1.3": 0x0304 };

// ---- Checks ----------------------------------------------------------------------------------

const isBytes = (value) => typeof value === "string" || ArrayBuffer.isView(value);

const isBuffer = (value) => isBytes(value) || value instanceof ArrayBuffer;

function checkBytes(value, name) {
  if (!isBytes(value) && !(value instanceof ArrayBuffer)) {
    throw errors.ERR_INVALID_ARG_TYPE(name, BYTES, value);
  }
}

const isAbsent = (value) => value === undefined || value === null || value === false ||
  value === "" || value === 0;

const asList = (value) => (Array.isArray(value) ? value : [value]);

function checkOptionalText(options, name) {
  const value = options[name];
  if (value === undefined || value === null) return;
  if (typeof value === "string") return;
  throw errors.ERR_INVALID_ARG_TYPE(`options.${name}`, ["string", "null", "undefined"], value);
}

function checkEngine(options) {
  checkOptionalText(options, "clientCertEngine");
  const { privateKeyEngine: engine, privateKeyIdentifier: identifier } = options;
  if (identifier !== undefined && identifier !== null) {
    if (engine === undefined || engine === null) {
      throw errors.ERR_INVALID_ARG_VALUE("options.privateKeyEngine", engine);
    }
    checkOptionalText(options, "privateKeyEngine");
    checkOptionalText(options, "privateKeyIdentifier");
  }
  if (typeof options.clientCertEngine === "string" || typeof identifier === "string") {
    throw errors.makeError("Error", "ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED",
      "Custom engines not supported by this OpenSSL");
  }
}

function checkTexts(options) {
  const { passphrase, servername, secureOptions, sigalgs, ecdhCurve, ciphers } = options;
  if (passphrase !== undefined && passphrase !== null) {
    validateString(passphrase, "options.passphrase");
  }
  if (servername !== undefined && servername !== null && typeof servername !== "string") {
    throw new TypeError("servername argument must be an string");
  }
  if (secureOptions !== undefined && secureOptions !== null &&
      typeof secureOptions !== "number") {
    throw new TypeError("secureOptions argument must be an number");
  }
  if (sigalgs !== undefined && sigalgs !== null) {
    validateString(sigalgs, "options.sigalgs");
    if (sigalgs === "") throw errors.ERR_INVALID_ARG_VALUE("options.sigalgs", sigalgs);
  }
  if (ecdhCurve !== undefined && ecdhCurve !== null) {
    validateString(ecdhCurve, "options.ecdhCurve");
  }
  if (ciphers !== undefined && ciphers !== null) validateString(ciphers, "options.ciphers");
}

function checkTickets({ ticketKeys, sessionTimeout }) {
  if (ticketKeys !== undefined && ticketKeys !== null) {
    if (!ArrayBuffer.isView(ticketKeys)) {
      throw errors.ERR_INVALID_ARG_TYPE("options.ticketKeys", VIEWS, ticketKeys);
    }
    if (ticketKeys.byteLength !== TICKET_KEYS_BYTES) {
      throw errors.makeError("TypeError", "ERR_INVALID_ARG_VALUE",
        `The property 'options.ticketKeys' must be exactly ${TICKET_KEYS_BYTES} bytes. ` +
        `Received ${ticketKeys.byteLength}`);
    }
  }
  if (sessionTimeout !== undefined && sessionTimeout !== null) {
    errors.validateInt32(sessionTimeout, "options.sessionTimeout", 0);
  }
}

// ---- Versions --------------------------------------------------------------------------------

const METHODS = {
  SSLv23: [0x0301, undefined], TLS: [0x0301, undefined], TLSv1: [0x0301, 0x0301],
  TLSv1_1: [0x0302, 0x0302], TLSv1_2: [0x0303, 0x0303],
};

function methodVersions(method) {
  validateString(method, "options.secureProtocol");
  if (/^SSLv[23](_|$)/.test(method)) {
    throw codes.ERR_TLS_INVALID_PROTOCOL_METHOD(`${method.slice(0, 5)} methods disabled`);
  }
  const [, family] = /^(.*?)(?:_server|_client)?_method$/.exec(method) ?? [];
  if (family !== undefined && Object.hasOwn(METHODS, family)) return METHODS[family];
  throw codes.ERR_TLS_INVALID_PROTOCOL_METHOD(`Unknown method: ${method}`);
}

function versionOf(version, which) {
  if (Object.hasOwn(VERSIONS, version)) return VERSIONS[version];
  throw codes.ERR_TLS_INVALID_PROTOCOL_VERSION(version, which);
}

function versionsOf({ secureProtocol: method, minVersion, maxVersion }) {
  if (method) {
    for (const version of [minVersion, maxVersion]) {
      if (version !== undefined && version !== null) {
        throw codes.ERR_TLS_PROTOCOL_VERSION_CONFLICT(version, method);
      }
    }
    return methodVersions(method);
  }
  // Programs change what stands in the module itself.
  const { DEFAULT_MIN_VERSION, DEFAULT_MAX_VERSION } = require("node/tls");
  return [
    versionOf(minVersion || DEFAULT_MIN_VERSION, "minimum"),
    versionOf(maxVersion || DEFAULT_MAX_VERSION, "maximum"),
  ];
}

// ---- What a context is made of ---------------------------------------------------------------

// Steps of [operation, ...arguments], which also are what equal contexts have in common.
function stepsOf(options) {
  const steps = [];
  addIdentities(options, steps);
  addAlgorithms(options, steps);
  const [least, most] = versionsOf(options);
  if (least !== undefined) steps.push(["number", "min", least]);
  if (most !== undefined) steps.push(["number", "max", most]);
  const prefers = options.honorCipherOrder === false ? 0 : CIPHER_SERVER_PREFERENCE;
  steps.push(["number", "options", ((options.secureOptions ?? 0) | prefers) >>> 0]);
  if (options.allowPartialTrustChain) steps.push(["number", "partial", 1]);
  const { sessionIdContext } = options;
  if (typeof sessionIdContext === "string") steps.push(["bytes", "session", sessionIdContext]);
  return steps;
}

function addIdentities(options, steps) {
  const { ca, cert, key, pfx, crl, passphrase } = options;
  if (!isAbsent(cert)) {
    for (const each of asList(cert)) {
      checkBytes(each, "options.cert");
      steps.push(["bytes", "chain", each]);
    }
  }
  if (!isAbsent(key)) {
    for (const each of asList(key)) {
      const isPair = Array.isArray(key) && each !== null && typeof each === "object" &&
        !isBuffer(each) && each.pem !== undefined;
      const pem = isPair ? each.pem : each;
      checkBytes(pem, "options.key");
      const opener = isPair && each.passphrase !== undefined ? each.passphrase : passphrase;
      steps.push(["bytes", "key", pem, opener]);
    }
  }
  if (!isAbsent(pfx)) {
    for (const each of asList(pfx)) {
      const bundle = isBytes(each) ? each : each.buf ?? "";
      const opener = isBytes(each) ? passphrase : each.passphrase ?? passphrase;
      steps.push(["bytes", "bundle", bundle, opener]);
    }
  }
  const authorities = isAbsent(ca) ? defaults.chosenAuthorities() : asList(ca);
  for (const each of authorities ?? []) {
    checkBytes(each, "options.ca");
    steps.push(["bytes", "authority", each]);
  }
  if (!isAbsent(crl)) checkRevocations(crl);
}

function checkRevocations(crl) {
  for (const each of asList(crl)) {
    checkBytes(each, "options.crl");
    if (Buffer.from(each).includes("-----BEGIN X509 CRL-----")) {
      throw errors.makeError("Error", "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
        "Lists of revoked certificates are not supported");
    }
    throw errors.makeError("Error", "ERR_CRYPTO_OPERATION_FAILED", "Failed to parse CRL");
  }
}

function addAlgorithms({ ciphers, sigalgs, ecdhCurve }, steps) {
  const listed = (ciphers ?? defaults.ciphers()).split(":");
  const older = listed.filter((name) => name !== "" && !name.startsWith("TLS_")).join(":");
  if (older !== "") steps.push(["text", "ciphers", older]);
  if (sigalgs) steps.push(["text", "signatures", sigalgs]);
  const groups = ecdhCurve ?? require("node/tls").DEFAULT_ECDH_CURVE;
  if (groups !== "auto") steps.push(["text", "groups", groups]);
}

// ---- Contexts --------------------------------------------------------------------------------

const collected = new FinalizationRegistry(([number, name]) => {
  ops.tlsContextClose(number);
  if (known.get(name)?.deref() === undefined) known.delete(name);
});

// Numbers of contexts by what they are made of.
const known = new Map();

/** The number of a context in native code, as long as anybody holds it. */
class ContextNumber {
  constructor(value, name) {
    this.value = value;
    collected.register(this, [value, name]);
  }
}

class NativeContext {
  #number;
  #steps;
  constructor(number, steps) {
    this.#number = number;
    this.#steps = steps;
  }

  static numberOf(context) { return context === undefined ? 0 : context.#number.value; }

  get _external() {
    if (#number in this) return undefined;
    throw new TypeError(
      "The SecureContext._external getter can only be used on instances of SecureContext");
  }

  /** Trusts one more authority, which others of the same options do not. */
  addCACert(certificate) {
    checkBytes(certificate, "certificate");
    const steps = [...this.#steps, ["bytes", "authority", certificate]];
    let number;
    try {
      number = make(steps);
    } catch {
      throw new Error("Invalid CA certificate");
    }
    this.#number = new ContextNumber(number, undefined);
    this.#steps = steps;
  }
}
Object.defineProperty(NativeContext, "name", { value: "SecureContext" });

/** The number a context has in native code; zero where there is none. */
const { numberOf } = NativeContext;
delete NativeContext.numberOf;

function make(steps) {
  const draft = ops.tlsDraft();
  for (const [kind, ...given] of steps) {
    if (kind === "bytes") ops.tlsDraftBytes(draft, ...given);
    else if (kind === "text") ops.tlsDraftText(draft, ...given);
    else ops.tlsDraftNumber(draft, ...given);
  }
  return ops.tlsContext(draft);
}

function nameOf(steps) {
  const texts = steps.map((step) => step.map((part) =>
    ArrayBuffer.isView(part) || part instanceof ArrayBuffer
      ? Buffer.from(part.buffer ?? part, part.byteOffset, part.byteLength).toString("latin1")
      : String(part)));
  return JSON.stringify(texts);
}

function nativeContext(options) {
  const steps = stepsOf(options);
  const name = nameOf(steps);
  let number = known.get(name)?.deref();
  if (number === undefined) {
    number = new ContextNumber(make(steps), name);
    if (known.size < KNOWN_MAX) known.set(name, new WeakRef(number));
  }
  return new NativeContext(number, steps);
}

class SecureContextObject {
  constructor(options) {
    const given = options ?? {};
    checkTexts(given);
    checkEngine(given);
    checkTickets(given);
    this.context = nativeContext(given);
    this.servername = given.servername;
  }
}
Object.defineProperty(SecureContextObject, "name", { value: "SecureContext" });

function SecureContext(options) { return new SecureContextObject(options); }
SecureContext.prototype = SecureContextObject.prototype;
SecureContextObject.prototype.constructor = SecureContext;

function createSecureContext(options) {
  return options instanceof SecureContextObject ? options : new SecureContextObject(options);
}

/** The context of native code of whatever programs pass as one; undefined for anything else. */
function nativeOf(value) {
  if (value instanceof SecureContextObject) return value.context;
  if (value instanceof NativeContext) return value;
  return value?.context instanceof NativeContext ? value.context : undefined;
}

module.exports = { SecureContext, createSecureContext, nativeOf, numberOf };
