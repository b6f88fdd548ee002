// Stacks as V8 has them: the `stack` of errors, Error.captureStackTrace, Error.prepareStackTrace.
//
// The engine makes a stack as lines of `name@url:line:column` when an error is made, and knows
// nothing of prepareStackTrace. So the global error classes are wrappers that give each error an
// accessor `stack`, which becomes the formatted string, positions mapped to the original source,
// when it is first read. Errors the engine throws itself get the accessor from adopt(). Owned by
// the isolate; a prepareStackTrace that throws does so to whoever reads `stack`.
"use strict";

const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, setPrototypeOf, isExtensible } =
  Object;
const { construct, apply } = Reflect;
const hasOwn = Object.hasOwn;

// The engine's own classes, taken from errors it throws: the globals of these names are loading
// this very module.
function classOfThrown(run) {
  try {
    run();
  } catch (error) {
    return getPrototypeOf(error).constructor;
  }
  return undefined;
}

const natives = {
  TypeError: classOfThrown(() => null.property),
  RangeError: classOfThrown(() => "".repeat(-1)),
  SyntaxError: classOfThrown(() => JSON.parse("")),
  ReferenceError: classOfThrown(() => undeclaredOnPurpose),
  URIError: classOfThrown(() => decodeURIComponent("%")),
};
const NativeError = getPrototypeOf(natives.TypeError);
const nativeCapture = NativeError.captureStackTrace;
const isError = NativeError.isError;

// Frames shown where the program sets no limit, as in V8.
const LIMIT_DEFAULT = 10;
// Frames of wrappers above those of the program.
const LIMIT_EXTRA = 4;

const PRELUDE_PREFIX = "dx:";
const OWN_URL = "dx:bun/error-stack";
const NATIVE = "[native code]";
// Functions of the engine written in C++: they have no position at all.
const WITHOUT_POSITION = new Set(["sort", "replace", "replaceAll", "parse", "stringify", "eval"]);

const settings = { limit: LIMIT_DEFAULT, prepare: undefined, isPreparing: false };

// The engine's text of an error, kept until `stack` is read.
class RawStack extends (function (target) {
  return target;
}) {
  #text;
  #isOfSubclass = false;

  constructor(target, text) {
    super(target);
    this.#text = text;
  }

  static has(target) {
    return #text in target;
  }

  static get(target) {
    return #text in target ? target.#text : undefined;
  }

  static set(target, text, isOfSubclass) {
    if (#text in target) target.#text = text;
    else new RawStack(target, text);
    target.#isOfSubclass = isOfSubclass;
  }

  // Whether the constructors of classes derived from Error were left out.
  static isOfSubclass(target) {
    return #text in target && target.#isOfSubclass;
  }
}

// One frame. Lines and columns count from one; zero where there is none.
class Frame {
  constructor(name, url, line, column) {
    this.name = name;
    this.url = url;
    this.line = line;
    this.column = column;
    this.isNative = false;
    this.isConstructor = false;
    this.isAsync = false;
    this.isEval = false;
    this.isModule = false;
    // Whether it called another frame, of the program or of the prelude.
    this.isCaller = false;
    // An anonymous outermost frame: a callback, or a module's body after a top-level await.
    this.mayBeModule = false;
  }
}

const POSITION = /^(.*?)(?::(\d+))?(?::(\d+))?$/s;

// Prelude modules that call the bodies of modules.
const CALLS_BODIES = /@dx:runtime\/(?:modules|module-evaluation|commonjs)\b/;

// Whether a frame's function is the body of a module. The registry makes that an anonymous
// function; `below` is the engine's line of its caller.
function isModuleBody(name, below) {
  if (name === "module code" || name === "global code") return true;
  return name === "" && below !== undefined && CALLS_BODIES.test(below);
}

// A line of the engine's text as a frame; null for lines that are none.
function parseFrame(text, below) {
  const at = text.indexOf("@");
  if (at < 0) return null;
  const name = text.slice(0, at);
  const place = text.slice(at + 1);
  if (place === NATIVE) {
    const frame = new Frame(name, "", 0, 0);
    frame.isNative = true;
    return frame;
  }
  const [, url, line, column] = POSITION.exec(place);
  const frame = new Frame(name, url, Number(line || 0), Number(column || 0));
  if (isModuleBody(name, below)) frame.isModule = true;
  else if (name === "" && below === undefined) frame.mayBeModule = true;
  else if (name === "eval code") frame.isEval = true;
  if (frame.isModule || frame.isEval) frame.name = "";
  if (name.startsWith("async ")) {
    frame.isAsync = true;
    frame.name = name.slice(6);
  }
  return frame;
}

function isHidden(frame) {
  return frame.url.startsWith(PRELUDE_PREFIX) || frame.url === "";
}

// The program's frames of the engine's text: without the prelude's and without what is behind the
// outermost frame of the program.
function parseFrames(text) {
  const frames = [];
  let end = 0;
  let wasCalled = false;
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index += 1) {
    const frame = parseFrame(lines[index], lines[index + 1]);
    if (frame === null) continue;
    if (isHidden(frame) && !frame.isNative) {
      if (frames.length === 0 && frame.url !== OWN_URL) wasCalled = true;
      continue;
    }
    if (frame.isNative && frames.length === 0) continue;
    frame.isCaller = frames.length > 0 || wasCalled;
    frames.push(frame);
    if (!frame.isNative) end = frames.length;
  }
  frames.length = Math.min(end, settings.limit);
  return frames;
}

let sources = null;

const NO_SOURCES = { map: () => null, text: () => null, line: () => "" };

// Where original positions and texts come from: the runtime's registry of loaded modules. Without
// one (an isolate that runs bare scripts), positions stay what the engine says.
function sourceRegistry() {
  if (sources !== null) return sources;
  try {
    sources = require("runtime/sources");
  } catch {
    sources = NO_SOURCES;
  }
  return sources;
}

function mapFrame(frame) {
  if (frame.isNative || frame.line === 0) return;
  const place = sourceRegistry().map(frame.url, frame.line, frame.column);
  if (place === null) return;
  [frame.url, frame.line, frame.column] = place;
  frame.isConstructor = isClassOf(frame);
  if (frame.mayBeModule) frame.isModule = isTopLevel(frame);
}

// Whether a position lies in no function, judged by its line: not indented, no function before it.
function isTopLevel(frame) {
  const line = sourceRegistry().line(frame.url, frame.line);
  if (line === "" || /^\s/.test(line)) return false;
  return !/=>|\bfunction\b/.test(line.slice(0, frame.column - 1));
}

// Whether the frame's function is the constructor of a class in its file. The engine does not say
// which frames construct; a class cannot be called otherwise.
function isClassOf(frame) {
  if (!/^[A-Z][\w$]*$/.test(frame.name)) return false;
  const text = sourceRegistry().text(frame.url);
  if (text === null) return false;
  const name = frame.name.replace(/\$/g, "\\$&");
  return new RegExp("\\bclass\\s+" + name + "\\b").test(text);
}

// The frames of an error's engine text, positions mapped.
function framesOf(text, isOfSubclass) {
  const frames = parseFrames(text);
  frames.forEach((frame, index) => {
    mapFrame(frame);
    if (frame.isCaller || (index === 0 && isOfSubclass)) moveToNew(frame);
  });
  return frames;
}

// The engine points behind `new` in callers that construct; Bun points at it.
function moveToNew(frame) {
  if (frame.isNative || frame.column < 5) return;
  const before = sourceRegistry().line(frame.url, frame.line).slice(0, frame.column - 1);
  const match = /\bnew\s+$/.exec(before);
  if (match !== null) frame.column = match.index + 1;
}

function placeText(frame) {
  if (frame.isNative) return WITHOUT_POSITION.has(frame.name) ? "unknown" : "native:1:11";
  if (frame.line === 0) return frame.url;
  return frame.url + ":" + frame.line + (frame.column === 0 ? "" : ":" + frame.column);
}

function frameName(frame) {
  if (frame.isModule) return "";
  const name = frame.isConstructor ? "new " + frame.name : frame.name || "<anonymous>";
  return frame.isAsync ? "async " + name : name;
}

function frameText(frame) {
  const name = frameName(frame);
  return name === "" ? placeText(frame) : name + " (" + placeText(frame) + ")";
}

function stackText(header, frames) {
  let out = header;
  for (const frame of frames) out += "\n    at " + frameText(frame);
  return out;
}

// The first data property `name` along the chain, if it is a string.
function nameOf(error) {
  for (let holder = error; holder !== null; holder = getPrototypeOf(holder)) {
    const descriptor = getOwnPropertyDescriptor(holder, "name");
    if (descriptor === undefined || !("value" in descriptor)) continue;
    return typeof descriptor.value === "string" ? descriptor.value : "Error";
  }
  return "Error";
}

function messageOf(error) {
  for (let holder = error; holder !== null; holder = getPrototypeOf(holder)) {
    const descriptor = getOwnPropertyDescriptor(holder, "message");
    if (descriptor === undefined || !("value" in descriptor)) continue;
    return typeof descriptor.value === "symbol" ? "" : String(descriptor.value);
  }
  return "";
}

function headerOf(target) {
  if (!isError(target)) return "Error";
  const name = nameOf(target);
  const message = messageOf(target);
  if (name === "") return message;
  return message === "" ? name : name + ": " + message;
}

// A frame as prepareStackTrace sees it.
class CallSite {
  #frame;

  constructor(frame) {
    this.#frame = frame;
  }

  getThis() {
    return undefined;
  }

  getTypeName() {
    return "undefined";
  }

  getFunction() {
    return undefined;
  }

  getFunctionName() {
    return this.#frame.name;
  }

  getMethodName() {
    return this.#frame.name;
  }

  getFileName() {
    return this.#frame.url === "" ? undefined : this.#frame.url;
  }

  getLineNumber() {
    return this.#frame.line === 0 ? null : this.#frame.line;
  }

  getColumnNumber() {
    return this.#frame.column === 0 ? null : this.#frame.column;
  }

  getScriptId() {
    return 0;
  }

  getEvalOrigin() {
    return undefined;
  }

  getScriptNameOrSourceURL() {
    return this.getFileName();
  }

  isToplevel() {
    return true;
  }

  isEval() {
    return this.#frame.isEval;
  }

  isNative() {
    return this.#frame.isNative;
  }

  isConstructor() {
    return this.#frame.isConstructor;
  }

  isAsync() {
    return this.#frame.isAsync;
  }

  isPromiseAll() {
    return false;
  }

  getPromiseIndex() {
    return null;
  }

  toString() {
    const name = this.#frame.isConstructor ? "new " + this.#frame.name : this.#frame.name;
    const place = this.#frame.isNative ? "native" : placeText(this.#frame);
    return name === "" ? place : name + " (" + place + ")";
  }

  toJSON() {
    const { url, line, column, name } = this.#frame;
    return { sourceURL: url, lineNumber: line, columnNumber: column, functionName: name };
  }
}

defineProperty(CallSite.prototype, Symbol.toStringTag, { value: "CallSite", configurable: true });
for (const name of Object.getOwnPropertyNames(CallSite.prototype)) {
  if (name !== "constructor") defineProperty(CallSite.prototype, name, { enumerable: true });
}

// Gives `stack` a plain value; frozen targets keep the accessor.
function setStack(target, value) {
  const descriptor = { value, writable: true, enumerable: false, configurable: true };
  Reflect.defineProperty(target, "stack", descriptor);
}

// The value of `stack`: the text, or what the program's prepareStackTrace makes of it. While that
// runs, `stack` is the text, as in Node.
function computeStack(target, raw) {
  const frames = framesOf(raw, RawStack.isOfSubclass(target));
  const text = stackText(headerOf(target), frames);
  const { prepare } = settings;
  if (typeof prepare !== "function" || settings.isPreparing) return text;
  setStack(target, text);
  settings.isPreparing = true;
  try {
    const callSites = frames.map((frame) => new CallSite(frame));
    const result = apply(prepare, exported.Error, [target, callSites]);
    return result === null ? undefined : result;
  } finally {
    settings.isPreparing = false;
  }
}

const accessor = {
  get stack() {
    const raw = RawStack.get(this);
    if (raw === undefined) return undefined;
    const value = computeStack(this, raw);
    setStack(this, value);
    return value;
  },
  set stack(value) {
    setStack(this, value);
  },
};
const { get: getStack, set: putStack } = getOwnPropertyDescriptor(accessor, "stack");
const LAZY_STACK = { get: getStack, set: putStack, enumerable: false, configurable: true };

function install(error, raw, isOfSubclass = false) {
  RawStack.set(error, raw, isOfSubclass);
  defineProperty(error, "stack", LAZY_STACK);
}

// Gives an error that the engine made the formatted stack; returns the error. What is no error, or
// has been given one, is left alone.
function adopt(error) {
  if (typeof error !== "object" || error === null || !isError(error)) return error;
  if (RawStack.has(error)) return error;
  const descriptor = getOwnPropertyDescriptor(error, "stack");
  if (descriptor === undefined || typeof descriptor.value !== "string") return error;
  if (!descriptor.configurable || !isEngineText(descriptor.value)) return error;
  install(error, descriptor.value);
  return error;
}

function isEngineText(text) {
  return text !== "" && text.split("\n").every((line) => /^[^\s].*@|^@/.test(line));
}

// Whether `stack` still is what the engine recorded, neither read nor replaced by the program.
function isUntouched(error) {
  const descriptor = getOwnPropertyDescriptor(error, "stack");
  return descriptor !== undefined && descriptor.get === getStack && isExtensible(error);
}

// The frames to show of an error whose stack nobody has read yet; null for others.
function untouchedFrames(error) {
  const raw = rawStackOf(error);
  if (raw === undefined || !isUntouched(adopt(error))) return null;
  return framesOf(raw, RawStack.isOfSubclass(error));
}

// The engine's text of where an error was made; undefined where nothing was recorded.
function rawStackOf(error) {
  const raw = RawStack.get(error);
  if (raw !== undefined) return raw;
  const descriptor = getOwnPropertyDescriptor(error, "stack");
  const text = descriptor === undefined ? undefined : descriptor.value;
  return typeof text === "string" && isEngineText(text) ? text : undefined;
}

// The engine's text from the caller of `boundary` on.
function captureRaw(boundary) {
  const holder = {};
  nativeCapture(holder, boundary);
  return typeof holder.stack === "string" ? holder.stack : "";
}

function captureStackTrace(target, boundary) {
  if ((typeof target !== "object" || target === null) && typeof target !== "function") {
    throw new exported.TypeError("invalid_argument");
  }
  const raw = captureRaw(typeof boundary === "function" ? boundary : captureStackTrace);
  if (isError(target)) {
    install(target, raw);
    return;
  }
  setStack(target, computeStack(target, raw));
}

function applyLimit() {
  NativeError.stackTraceLimit = settings.limit + LIMIT_EXTRA;
}

function setLimit(limit) {
  settings.limit = typeof limit === "number" && limit >= 0 ? limit : 0;
  applyLimit();
}

// Makes an error by the native class and gives it its lazy stack.
function make(Native, values, newTarget) {
  const error = construct(Native, values, newTarget);
  if (Native === NativeError && newTarget !== exported.Error) {
    // Constructors of classes derived from Error itself are no part of the stack.
    install(error, captureRaw(newTarget), true);
    return error;
  }
  const descriptor = getOwnPropertyDescriptor(error, "stack");
  if (descriptor !== undefined && typeof descriptor.value === "string") {
    install(error, descriptor.value);
  }
  return error;
}

const exported = {};
const wrappers = new WeakSet();

// A class that makes the native one's errors, shares its prototype and takes its place there.
function wrap(name, Native) {
  const wrapper =
    Native.length === 1
      ? function (message) {
          return make(Native, arguments, new.target || wrapper);
        }
      : function (errors, message) {
          return make(Native, arguments, new.target || wrapper);
        };
  const hidden = { writable: true, enumerable: false, configurable: true };
  defineProperty(wrapper, "name", { value: name, configurable: true });
  defineProperty(wrapper, "prototype", { value: Native.prototype, writable: false });
  defineProperty(Native.prototype, "constructor", { value: wrapper, ...hidden });
  wrappers.add(wrapper);
  exported[name] = wrapper;
}

// The classes the engine never throws by itself keep their globals until this module loads.
const LATE = ["EvalError", "AggregateError"];

function installClasses() {
  wrap("Error", NativeError);
  for (const name of Object.keys(natives)) wrap(name, natives[name]);
  for (const name of LATE) {
    wrap(name, globalThis[name]);
    const { [name]: value } = exported;
    defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
  for (const name of [...Object.keys(natives), ...LATE]) {
    setPrototypeOf(exported[name], exported.Error);
  }
}

function installStatics() {
  const hidden = { writable: true, enumerable: false, configurable: true };
  defineProperty(exported.Error, "captureStackTrace", { value: captureStackTrace, ...hidden });
  defineProperty(exported.Error, "isError", { value: isError, ...hidden });
  defineProperty(exported.Error, "stackTraceLimit", {
    get: () => settings.limit,
    set: setLimit,
    enumerable: true,
    configurable: true,
  });
  defineProperty(exported.Error, "prepareStackTrace", {
    get: () => settings.prepare,
    set: (prepare) => {
      settings.prepare = prepare;
    },
    enumerable: false,
    configurable: true,
  });
  applyLimit();
}

installClasses();
installStatics();

module.exports = Object.assign(exported, {
  adopt,
  untouchedFrames,
  rawStackOf,
  captureRaw,
  framesOf,
  frameName,
  nameOf,
  sourceText: (url) => sourceRegistry().text(url),
  isErrorClass: (value) => wrappers.has(value),
  Frame,
});
