// The module node:util. What takes more than a few lines, or asks for other modules, is in a module
// of its own that loads when it is first used.
"use strict";

const {
  makeError, invalidType, ERR_OUT_OF_RANGE, validateBoolean, validateOneOf,
} = require("node/errors");
const types = require("node/util-types");
const { Array, Map, Number, Object } = globalThis;

const util = {};

// A property that becomes a plain one when it is first read.
function lazily(name, load) {
  Object.defineProperty(util, name, {
    get: Object.defineProperty(() => {
      const value = load();
      define(name, value);
      return value;
    }, "name", { value: name }),
    set: Object.defineProperty((value) => define(name, value), "name", { value: name }),
    enumerable: true,
    configurable: true,
  });
}

function define(name, value) {
  const shape = { writable: true, enumerable: true, configurable: true };
  Object.defineProperty(util, name, { value, ...shape });
}

function add(methods) {
  for (const name of Object.keys(methods)) define(name, methods[name]);
}

// ---- Errors of the system --------------------------------------------------------------------

function systemErrors() {
  return require("node/system-errors").errors;
}

function checkErrno(err) {
  if (typeof err !== "number") throw invalidType("err", "of type number", err);
  if (err >= 0 || !Number.isSafeInteger(err)) {
    throw ERR_OUT_OF_RANGE("err", "a negative integer", err);
  }
}

function errorNameOf(err) {
  return systemErrors().get(err)?.[0] ?? `Unknown system error ${err}`;
}

add({
  _errnoException(err, syscall, original) {
    const code = errorNameOf(err);
    const message = original ? `${syscall} ${code} ${original}` : `${syscall} ${code}`;
    return Object.assign(new Error(message), { errno: err, syscall, code });
  },
  _extend(target, source) {
    if (source === null || typeof source !== "object") return target;
    for (const key of Object.keys(source).toReversed()) target[key] = source[key];
    return target;
  },
});

// ---- Functions -------------------------------------------------------------------------------

const functions = () => require("node/util-functions");

add({
  callbackify(original) { return functions().callbackify(original); },
  convertProcessSignalToExitCode(signalCode) {
    const { signals } = require("node/process-signals");
    validateOneOf(signalCode, "signalCode", Object.keys(signals));
    return 128 + signals[signalCode];
  },
  debug: undefined,
  debuglog(set) { return functions().debuglog(set); },
  deprecate(fn, msg, code) { return functions().deprecate(fn, msg, code); },
});
define("debug", util.debuglog);
lazily("format", () => require("node/format").format);
add({ styleText(format, text, options) { return functions().styleText(format, text, options); } });
lazily("formatWithOptions", () => require("node/format").formatWithOptions);

add({
  getCallSites(frameCount = 10, options = undefined) {
    return functions().getCallSites(frameCount, options);
  },
  getSystemErrorMap() {
    return new Map(Array.from(systemErrors(), ([number, entry]) => [number, [...entry]]));
  },
  getSystemErrorName(err) {
    checkErrno(err);
    return errorNameOf(err);
  },
  getSystemErrorMessage(err) {
    checkErrno(err);
    return systemErrors().get(err)?.[1] ?? `Unknown system error ${err}`;
  },
  inherits(ctor, superCtor) {
    if (ctor === undefined || ctor === null) throw invalidType("ctor", "of type function", ctor);
    if (superCtor === undefined || superCtor === null) {
      throw invalidType("superCtor", "of type function", superCtor);
    }
    if (superCtor.prototype === undefined) {
      throw invalidType("superCtor.prototype", "of type object", superCtor.prototype);
    }
    const shape = { writable: true, configurable: true };
    Object.defineProperty(ctor, "super_", { value: superCtor, ...shape });
    Object.setPrototypeOf(ctor.prototype, superCtor.prototype);
  },
});
lazily("inspect", () => require("node/inspect").inspect);

add({
  isDeepStrictEqual(left, right, skipPrototype) {
    return require("node/deep-equal").isDeepStrictEqual(left, right, skipPrototype);
  },
  promisify: require("node/promisify").promisify,
  setTraceSigInt(enable) {
    validateBoolean(enable, "enable");
    if (!globalThis.Bun.isMainThread) {
      const message = "Calling util.setTraceSigInt is not supported in workers";
      throw makeError("TypeError", "ERR_WORKER_UNSUPPORTED_OPERATION", message);
    }
  },
});
lazily("stripVTControlCharacters", () => functions().stripVTControlCharacters);

add({
  toUSVString(input) { return `${input}`.toWellFormed(); },
  aborted(signal, resource) { return functions().aborted(signal, resource); },
  types,
  parseEnv(content) { return require("node/parse-env").parseEnv(content); },
  parseArgs(config) { return require("node/parse-args").parseArgs(config); },
});
for (const name of ["TextDecoder", "TextEncoder"]) lazily(name, () => globalThis[name]);
for (const name of ["MIMEType", "MIMEParams"]) lazily(name, () => require("node/mime")[name]);
Object.defineProperty(util.toUSVString, "name", { value: "toUSVString" });

// ---- Old checks ------------------------------------------------------------------------------

add({
  isArray: Array.isArray,
  isBoolean(value) { return typeof value === "boolean"; },
  isBuffer(value) { return globalThis.Buffer.isBuffer(value); },
  isNull(value) { return value === null; },
  isNullOrUndefined(value) { return value === null || value === undefined; },
  isNumber(value) { return typeof value === "number"; },
  isString(value) { return typeof value === "string"; },
  isSymbol(value) { return typeof value === "symbol"; },
  isUndefined(value) { return value === undefined; },
  isRegExp: types.isRegExp,
  isObject(value) { return typeof value === "object" && value !== null; },
  isDate: types.isDate,
  isError(value) {
    const { Error } = require("bun/error-stack");
    if (value === null || typeof value !== "object") return false;
    return Error.isError(value) || value instanceof Error ||
      Object.prototype.toString.call(value) === "[object Error]";
  },
  isFunction(value) { return typeof value === "function"; },
  isPrimitive(value) {
    return value === null || (typeof value !== "object" && typeof value !== "function");
  },
  log() { functions().log(arguments); },
});

module.exports = util;
