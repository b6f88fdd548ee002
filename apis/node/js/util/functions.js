// What node:util does with functions, text and signals: callbackify, deprecate, debuglog,
// styleText, aborted, getCallSites.
"use strict";

const {
  makeError, invalidType, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, validateBoolean,
  validateFunction, validateInteger, validateObject, validateOneOf, validateString,
} = require("node/errors");
const { nextTick } = require("runtime/event-loop");
const {
  Array, FinalizationRegistry, Map, Object, Promise, Reflect, Set, WeakRef,
} = globalThis;

const process = () => require("node/process").process;

// ---- callbackify -----------------------------------------------------------------------------

function rejected(reason, callback) {
  let error = reason;
  if (!reason) {
    const message = "Promise was rejected with a falsy value";
    error = makeError("Error", "ERR_FALSY_VALUE_REJECTION", message);
    error.reason = reason;
  }
  return callback(error);
}

function callbackify(original) {
  validateFunction(original, "original");
  function callbackified(...args) {
    const last = args.pop();
    validateFunction(last, "last argument");
    const callback = last.bind(this);
    Reflect.apply(original, this, args).then(
      (value) => nextTick(callback, [null, value]),
      (reason) => nextTick(rejected, [reason, callback]),
    );
  }
  const descriptors = Object.getOwnPropertyDescriptors(original);
  if (typeof descriptors.length.value === "number") descriptors.length.value++;
  if (typeof descriptors.name.value === "string") descriptors.name.value += "Callbackified";
  for (const descriptor of Object.values(descriptors)) Object.setPrototypeOf(descriptor, null);
  return Object.defineProperties(callbackified, descriptors);
}

// ---- deprecate -------------------------------------------------------------------------------

const warnedCodes = new Set();

function warnOnce(code, message, stackStart) {
  let hasWarned = false;
  return () => {
    if (hasWarned) return;
    hasWarned = true;
    if (code === undefined) {
      process().emitWarning(message, "DeprecationWarning", stackStart);
    } else if (!warnedCodes.has(code)) {
      warnedCodes.add(code);
      process().emitWarning(message, "DeprecationWarning", code, stackStart);
    }
  };
}

function deprecate(fn, msg, code) {
  if (code !== undefined) validateString(code, "code");
  const warn = warnOnce(code, msg, deprecated);
  function deprecated(...args) {
    if (!process().noDeprecation) warn();
    if (new.target) return Reflect.construct(fn, args, new.target);
    return Reflect.apply(fn, this, args);
  }
  Object.setPrototypeOf(deprecated, fn);
  if (fn.prototype) {
    Object.defineProperty(deprecated, "prototype", { value: fn.prototype, writable: true });
  }
  const length = Object.getOwnPropertyDescriptor(fn, "length");
  return Object.defineProperty(deprecated, "length", { __proto__: null, ...length });
}

// ---- debuglog --------------------------------------------------------------------------------

const logs = new Map();
let debugged;

// NODE_DEBUG as a pattern: names separated by commas, `*` for anything.
function isDebugged(name) {
  if (debugged === undefined) {
    const given = process().env.NODE_DEBUG ?? "";
    const pattern = given
      .replace(/[|\\{}()[\]^$+?.]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll(",", "$|^");
    debugged = given === "" ? /(?!)/ : new RegExp(`^${pattern}$`, "i");
  }
  return debugged.test(name);
}

function debuglog(set) {
  const name = set.toUpperCase();
  let log = logs.get(name);
  if (log !== undefined) return log;
  const enabled = isDebugged(name);
  log = enabled
    ? (...args) => {
      const { format } = require("node/format");
      globalThis.console.error("%s %d: %s", name, process().pid, format(...args));
    }
    : () => {};
  Object.defineProperty(log, "enabled", { get: () => enabled, enumerable: true });
  logs.set(name, log);
  return log;
}

const MONTHS = [
  "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

function log(args) {
  const { format } = require("node/format");
  const now = new Date();
  const clock = [now.getHours(), now.getMinutes(), now.getSeconds()]
    .map((part) => `${part}`.padStart(2, "0"))
    .join(":");
  const stamp = `${now.getDate()} ${MONTHS[now.getMonth()]} ${clock}`;
  globalThis.console.log("%s - %s", stamp, format(...args));
}

// ---- Text ------------------------------------------------------------------------------------

function stripVTControlCharacters(str) {
  validateString(str, "str");
  return require("bun/string-width").stripANSI(str);
}

const HEX_COLOR = /^#(?:[0-9a-f]{3}){1,2}$/i;
const BOLD_OR_DIM_END = 22;

function hexCodes(color) {
  let digits = color.slice(1);
  if (digits.length === 3) digits = digits.replace(/./g, "$&$&");
  const parts = [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
  return [`38;2;${parts.join(";")}`, 39];
}

function codesOf(format) {
  const { colors } = require("node/inspect-styles");
  if (typeof format === "string" && format[0] === "#") {
    if (HEX_COLOR.test(format)) return hexCodes(format);
    const reason = "must be a valid hex color (#RGB or #RRGGBB)";
    throw ERR_INVALID_ARG_VALUE("format", format, reason);
  }
  const codes = typeof format === "string" ? colors[format] : undefined;
  if (codes === undefined) validateOneOf(format, "format", Object.getOwnPropertyNames(colors));
  return codes;
}

// Whether a stream shows colours; throws for what is no stream.
function showsColors(options) {
  const stream = options?.stream ?? process().stdout;
  const isStream = stream !== null && typeof stream === "object" &&
    (typeof stream.pipe === "function" || typeof stream.write === "function" ||
      typeof stream.getReader === "function" || typeof stream.getWriter === "function" ||
      typeof stream.on === "function");
  if (!isStream) {
    const expected = ["ReadableStream", "WritableStream", "Stream"];
    throw ERR_INVALID_ARG_TYPE("stream", expected, stream);
  }
  const { env } = process();
  if (env.FORCE_COLOR !== undefined) return !["0", "false"].includes(env.FORCE_COLOR);
  if (env.NO_COLOR || env.NODE_DISABLE_COLORS) return false;
  if (!stream.isTTY) return false;
  return typeof stream.getColorDepth === "function" ? stream.getColorDepth() > 2 : true;
}

function styleText(format, text, options) {
  validateString(text, "text");
  if (options !== undefined) validateObject(options, "options");
  const validateStream = options?.validateStream ?? true;
  validateBoolean(validateStream, "options.validateStream");
  const isPlain = validateStream && !showsColors(options);
  let open = "";
  let close = "";
  let styled = text;
  for (const each of Array.isArray(format) ? format : [format]) {
    if (each === "none") continue;
    const [start, end] = codesOf(each);
    const opening = `\x1b[${start}m`;
    const closing = `\x1b[${end}m`;
    open += opening;
    close = closing + close;
    // Inside, what ends the style starts it again; not so at the very end.
    const again = end === BOLD_OR_DIM_END ? closing + opening : opening;
    const last = styled.length - closing.length;
    styled = styled.replaceAll(closing, (found, at) => (at < last ? again : found));
  }
  return isPlain ? text : `${open}${styled}${close}`;
}

// ---- Signals ---------------------------------------------------------------------------------

let abortedResources;

function aborted(signal, resource) {
  if (!require("web/abort").isSignal(signal)) {
    throw invalidType("signal", "of type AbortSignal", signal);
  }
  if (resource === null || (typeof resource !== "object" && typeof resource !== "function")) {
    throw invalidType("resource", "of type object", resource);
  }
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers();
  const listener = () => resolve();
  const { RESISTS_STOPPING } = require("web/events");
  signal.addEventListener("abort", listener, { once: true, [RESISTS_STOPPING]: true });
  abortedResources ??= new FinalizationRegistry(({ reference, callback }) => {
    reference.deref()?.removeEventListener("abort", callback);
  });
  abortedResources.register(
    resource, { reference: new WeakRef(signal), callback: listener }, promise);
  return promise;
}

// ---- Call sites ------------------------------------------------------------------------------

const FRAMES_MAX = 200;

function checkSourceMap(options) {
  validateObject(options, "options");
  if (options.sourceMap !== undefined) validateBoolean(options.sourceMap, "options.sourceMap");
}

function getCallSites(given, givenOptions) {
  let frameCount = given;
  if (givenOptions !== undefined) {
    checkSourceMap(givenOptions);
  } else if (typeof given === "object" && given !== null) {
    checkSourceMap(given);
    frameCount = 10;
  }
  validateInteger(frameCount, "frameCount", 1, FRAMES_MAX);
  const { captureRaw, framesOf } = require("bun/error-stack");
  const frames = framesOf(captureRaw(getCallSites), null);
  return frames.slice(0, frameCount).map((frame) => ({
    functionName: frame.name,
    scriptId: "0",
    scriptName: frame.url,
    lineNumber: frame.line,
    columnNumber: frame.column,
    column: frame.column,
  }));
}

module.exports = {
  aborted, callbackify, debuglog, deprecate, getCallSites, log, stripVTControlCharacters,
  styleText,
};
