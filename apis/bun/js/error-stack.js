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
const { hasOwn } = Object;
const { construct, apply } = Reflect;
const { settings, Frame, framesOf, linesOf, frameName, placeText, stackText, sourceText } =
  require("bun/stack-frames");

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

// Frames beyond the limit that the engine records: wrappers and constructors are left out later.
const LIMIT_EXTRA = 6;

// The program's function, what Error.prepareStackTrace says, and whether the function runs.
const preparing = { prepare: undefined, shown: ErrorPrepareStackTrace, isRunning: false };

// The engine's text of an error, kept until `stack` is read, and the class derived from Error that
// was constructed, or null.
class RawStack extends (function (target) {
  return target;
}) {
  #text;
  #subclass;

  constructor(target, text, subclass) {
    super(target);
    this.#text = text;
    this.#subclass = subclass;
  }

  static has(target) {
    return #text in target;
  }

  static text(target) {
    return #text in target ? target.#text : undefined;
  }

  static replace(target, text, subclass) {
    target.#text = text;
    target.#subclass = subclass;
  }

  // What a stack says after its header, and its first frame.
  static lines(target) {
    return linesOf(target.#text, target.#subclass);
  }

  // The frames of an error that has been given its text.
  static frames(target) {
    return framesOf(target.#text, target.#subclass);
  }
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

defineProperty(CallSite.prototype, Symbol.toStringTag, {
  __proto__: null, value: "CallSite", configurable: true,
});
for (const name of Object.getOwnPropertyNames(CallSite.prototype)) {
  if (name === "constructor") continue;
  defineProperty(CallSite.prototype, name, { __proto__: null, enumerable: true });
}

// Gives `stack` a plain value; frozen targets keep the accessor.
function setStack(target, value) {
  // Nothing of a descriptor may come from Object.prototype, here and below.
  const descriptor = {
    __proto__: null, value, writable: true, enumerable: false, configurable: true,
  };
  Reflect.defineProperty(target, "stack", descriptor);
}

// The value of `stack`: the text, or what the program's prepareStackTrace makes of it. While that
// runs, `stack` is the text, as in Node.
function computeStack(target, frames) {
  const text = stackText(headerOf(target), frames);
  const { prepare } = preparing;
  if (typeof prepare !== "function" || preparing.isRunning) return text;
  setStack(target, text);
  preparing.isRunning = true;
  try {
    const callSites = frames.map((frame) => new CallSite(frame));
    const result = apply(prepare, exported.Error, [target, callSites]);
    return result === null ? undefined : result;
  } finally {
    preparing.isRunning = false;
  }
}

// Where `make` stands, which is where the engine sees its errors made.
let ownPlace;
const PLACE = /@(?!\[native code\])[^\n]*:(\d+):(\d+)$/m;

// Whether the line and column of an error still are the engine's: parsers set their own.
function hasOwnPosition(error) {
  const { line, column } = error;
  if (ownPlace !== undefined && ownPlace.line === line && ownPlace.column === column) return true;
  const place = PLACE.exec(RawStack.text(error));
  return place !== null && Number(place[1]) === line && Number(place[2]) === column;
}

// The engine's own properties of an error, which say where generated code stands, or a wrapper.
function setPosition(error, frame) {
  if (frame === undefined) return;
  if (!isExtensible(error) || !hasOwnPosition(error)) return;
  if (hasOwn(error, "line")) error.line = frame.line;
  if (hasOwn(error, "column")) error.column = frame.column;
  if (hasOwn(error, "sourceURL")) error.sourceURL = frame.url;
}

const accessor = {
  get stack() {
    if (!RawStack.has(this)) return undefined;
    let value;
    if (typeof preparing.prepare === "function") {
      const frames = RawStack.frames(this);
      setPosition(this, frames[0]);
      value = computeStack(this, frames);
    } else {
      const { lines, first } = RawStack.lines(this);
      setPosition(this, first);
      value = headerOf(this) + lines;
    }
    setStack(this, value);
    return value;
  },
  set stack(value) {
    setStack(this, value);
  },
};
const { get: getStack, set: putStack } = getOwnPropertyDescriptor(accessor, "stack");
const LAZY_STACK = {
  __proto__: null, get: getStack, set: putStack, enumerable: false, configurable: true,
};

function install(error, raw, subclass = null) {
  if (RawStack.has(error)) RawStack.replace(error, raw, subclass);
  else new RawStack(error, raw, subclass);
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
  translateMessage(error, descriptor.value);
  return error;
}

const CALLED_CLASS = "Cannot call a class constructor without |new|";
const UNDECLARED = /^Can't find variable: (.+)$/s;

// The engine quotes the code it runs, which is not quite the program's; and Bun has other words.
function translateMessage(error, stack) {
  const message = getOwnPropertyDescriptor(error, "message");
  if (message === undefined || typeof message.value !== "string") return;
  if (!message.writable) return;
  const undeclared = UNDECLARED.exec(message.value);
  if (undeclared !== null) error.message = `${undeclared[1]} is not defined`;
  if (message.value === CALLED_CLASS) require("bun/called-class").translate(error, stack);
  if (!message.value.includes("$dx")) return;
  error.message = require("runtime/sources").plainMessage(message.value);
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
  return isUntouched(adopt(error)) ? RawStack.frames(error) : null;
}

// The engine's text of where an error was made; undefined where nothing was recorded.
function rawStackOf(error) {
  const raw = RawStack.text(error);
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

// The first place of the engine's text that is of no prelude module.
const PROGRAM_PLACE = /@(?!dx:|\[native code\])([^\n]*)/;

/** Whether the caller of `boundary`, a function of the prelude, lies in a folder node_modules. */
function isCalledFromPackage(boundary) {
  const place = PROGRAM_PLACE.exec(captureRaw(boundary));
  return place !== null && place[1].includes("/node_modules/");
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
  setStack(target, computeStack(target, framesOf(raw, null)));
}

function applyLimit() {
  NativeError.stackTraceLimit = settings.limit + LIMIT_EXTRA;
}

// What a program set, shown as it is; a limit that is none is zero, where errors have no stack.
let shownLimit = settings.limit;

function setLimit(limit) {
  shownLimit = limit;
  settings.limit = typeof limit === "number" && limit >= 0 ? limit : 0;
  applyLimit();
}

// Makes an error by the native class and gives it its lazy stack.
function make(Native, values, newTarget) {
  const error = construct(Native, values, newTarget);
  const { stack } = error;
  if (settings.limit === 0) {
    delete error.stack;
  } else if (typeof stack === "string") {
    ownPlace ??= { line: error.line, column: error.column };
    const isSubclass = Native === NativeError && newTarget !== exported.Error;
    install(error, stack, isSubclass ? newTarget : null);
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
  defineProperty(wrapper, "name", { __proto__: null, value: name, configurable: true });
  const prototype = { __proto__: null, value: Native.prototype, writable: false };
  defineProperty(wrapper, "prototype", prototype);
  defineProperty(Native.prototype, "constructor", { __proto__: null, value: wrapper, ...hidden });
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
    const descriptor = { __proto__: null, value, writable: true, configurable: true };
    defineProperty(globalThis, name, descriptor);
  }
  for (const name of [...Object.keys(natives), ...LATE]) {
    setPrototypeOf(exported[name], exported.Error);
  }
}

// What Error.prepareStackTrace is until a program sets its own.
function ErrorPrepareStackTrace(error, callSites) {
  let text = headerOf(error);
  for (const callSite of callSites) text += `\n    at ${callSite}`;
  return text;
}

function installStatics() {
  const hidden = { writable: true, enumerable: false, configurable: true };
  defineProperty(exported.Error, "captureStackTrace", {
    __proto__: null, value: captureStackTrace, ...hidden,
  });
  defineProperty(exported.Error, "isError", { __proto__: null, value: isError, ...hidden });
  defineProperty(exported.Error, "stackTraceLimit", {
    __proto__: null,
    get: () => shownLimit,
    set: setLimit,
    enumerable: true,
    configurable: true,
  });
  defineProperty(exported.Error, "prepareStackTrace", {
    __proto__: null,
    get: () => preparing.shown,
    set: (prepare) => {
      preparing.shown = prepare;
      preparing.prepare = prepare === ErrorPrepareStackTrace ? undefined : prepare;
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
  isCalledFromPackage,
  framesOf,
  frameName,
  nameOf,
  sourceText,
  isErrorClass: (value) => wrappers.has(value),
  Frame,
});
