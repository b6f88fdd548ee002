// vm.Script and the functions that run one: checking options, evaluating in a realm, time limits,
// and the place of an error before its stack, as Node shows it.
"use strict";

const { ArrayBuffer, Math, Object, Proxy, Reflect, String, Symbol } = globalThis;
const engine = require("runtime/engine");
const { declareIn } = require("runtime/code-context");
const { prepareScript } = require("runtime/scripts");
const { createContext, isObject, realmOf } = require("node/vm-contexts");
const { constants } = require("node/vm-constants");
const { nextNumber, setImporter } = require("node/vm-import");
const { limited } = require("node/vm-limits");
const {
  ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, makeError, validateBoolean, validateInt32,
  validateInteger, validateObject, validateString,
} = require("node/errors");

const DEFAULT_NAME = "evalmachine.<anonymous>";

// ---- Checks ----------------------------------------------------------------------------------

/** A script that a method was called on, whatever that is. */
function expectScript(value) {
  if (isScript(value)) return value;
  throw ERR_INVALID_ARG_VALUE("this", value, "must be a Script");
}

let isScript;

function isBytes(value) {
  return ArrayBuffer.isView(value);
}

function checkCachedData(value, name) {
  if (value === undefined || isBytes(value)) return;
  throw ERR_INVALID_ARG_TYPE(name, ["Buffer", "TypedArray", "DataView"], value);
}

function checkImporter(value) {
  if (value === undefined || value === constants.USE_MAIN_CONTEXT_DEFAULT_LOADER) return;
  if (typeof value !== "function") {
    throw ERR_INVALID_ARG_TYPE("options.importModuleDynamically", "function", value);
  }
}

// The options of a script: a name alone stands for { filename }.
function scriptOptions(options) {
  if (typeof options === "string") return { filename: options };
  if (options === undefined) return {};
  validateObject(options, "options");
  const { filename, lineOffset, columnOffset, produceCachedData } = options;
  if (filename !== undefined) validateString(filename, "options.filename");
  if (lineOffset !== undefined) validateInt32(lineOffset, "options.lineOffset");
  if (columnOffset !== undefined) validateInt32(columnOffset, "options.columnOffset");
  checkCachedData(options.cachedData, "options.cachedData");
  if (produceCachedData !== undefined) {
    validateBoolean(produceCachedData, "options.produceCachedData");
  }
  checkImporter(options.importModuleDynamically);
  return options;
}

// The options of a run: { displayErrors, timeout, breakOnSigint }.
function runOptions(options) {
  if (options === undefined) return {};
  validateObject(options, "options");
  const { timeout, displayErrors, breakOnSigint } = options;
  if (timeout !== undefined) {
    if (typeof timeout !== "number") {
      throw ERR_INVALID_ARG_TYPE("options.timeout", "number", timeout);
    }
    validateInteger(timeout, "options.timeout", 1, 2 ** 63);
  }
  if (displayErrors !== undefined) validateBoolean(displayErrors, "options.displayErrors");
  if (breakOnSigint !== undefined) validateBoolean(breakOnSigint, "options.breakOnSigint");
  return options;
}

function mayBeContext(value) {
  return value === undefined || value === constants.DONT_CONTEXTIFY || isObject(value);
}

// The options of the context that a run makes for itself.
function checkNewContext({ contextCodeGeneration, microtaskMode }) {
  if (contextCodeGeneration !== undefined) {
    validateObject(contextCodeGeneration, "options.contextCodeGeneration");
  }
  if (microtaskMode === undefined || microtaskMode === "afterEvaluate") return;
  throw makeError("TypeError", "ERR_INVALID_ARG_VALUE",
    "The property 'options.microtaskMode' must be one of: `afterEvaluate`, `undefined`");
}

// ---- Errors ----------------------------------------------------------------------------------

function isError(value) {
  return typeof value === "object" && value !== null && globalThis.Error.isError(value);
}

// Puts the line an error comes from before its stack.
function decorate(error, filename, source, lineOffset) {
  if (!isError(error)) return error;
  require("bun/error-stack").adopt(error);
  const { stack } = error;
  if (typeof stack !== "string" || stack.startsWith(`${filename}:`)) return error;
  const place = placeIn(error, stack, filename);
  if (place === undefined) return error;
  const text = source.split("\n")[place.line - 1 - lineOffset];
  if (text === undefined) return error;
  const caret = " ".repeat(Math.max(place.column - 1, 0));
  Object.defineProperty(error, "stack", {
    value: `${filename}:${place.line}\n${text}\n${caret}^\n\n${stack}`,
    writable: true, enumerable: false, configurable: true,
  });
  return error;
}

// Where in a script an error was made: by its first frame, or by what the parser says.
function placeIn(error, stack, filename) {
  const start = stack.indexOf(`${filename}:`);
  if (start >= 0) {
    const found = /^:(\d+)(?::(\d+))?/.exec(stack.slice(start + filename.length));
    if (found !== null) return { line: Number(found[1]), column: Number(found[2] ?? 1) };
  }
  if (error.name === "SyntaxError" && error.sourceURL === filename) {
    return { line: error.line, column: error.column ?? 1 };
  }
  return undefined;
}

// A script that does not parse says where, in the way of stacks.
function withPlace(error, filename, source, lineOffset) {
  const { line } = error;
  if (!isError(error) || typeof line !== "number") return error;
  const text = source.split("\n")[line - 1 - lineOffset];
  if (text === undefined) return error;
  require("bun/error-stack").adopt(error);
  const header = `${error.name}: ${error.message}`;
  const frames = typeof error.stack === "string" ? error.stack.slice(header.length) : "";
  const caret = text.replace(/\S.*/, "^");
  Object.defineProperty(error, "stack", {
    value: `${filename}:${line}\n${text}\n${caret}\n\n${header}\n` +
      `    at <parse> (${filename}:${line})${frames}`,
    writable: true, enumerable: false, configurable: true,
  });
  return error;
}

// ---- Scripts ---------------------------------------------------------------------------------

const SOURCE_MAP_URL = /\/\/[#@] *sourceMappingURL=(\S+)\s*$/;
// What cached data begins with, before the length and the check sum of the source.
const CACHE_MAGIC = 0x64785363;
const CACHE_BYTES = 16;

function checkSum(text) {
  let sum = 2166136261;
  for (let index = 0; index < text.length; index++) {
    sum = Math.imul(sum ^ text.charCodeAt(index), 16777619);
  }
  return sum >>> 0;
}

// The engine gives no code away: what stands for it names the source it belongs to.
function cacheOf(source) {
  const { Buffer } = require("node/buffer");
  const bytes = Buffer.alloc(CACHE_BYTES);
  bytes.writeUInt32LE(CACHE_MAGIC, 0);
  bytes.writeUInt32LE(source.length, 4);
  bytes.writeUInt32LE(checkSum(source), 8);
  return bytes;
}

function isCacheOf(data, source) {
  const { Buffer } = require("node/buffer");
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return bytes.equals(cacheOf(source));
}

function descriptorsReady(prototype) {
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    if (name === "constructor") {
      delete prototype.constructor;
      Object.defineProperty(prototype, name, descriptor);
      continue;
    }
    if (descriptor.get === undefined) descriptor.writable = false;
    Object.defineProperty(prototype, name, { ...descriptor, enumerable: true });
  }
  Object.defineProperty(prototype, Symbol.toStringTag, { value: "Script", configurable: true });
}

class Script {
  #source;
  #filename;
  #lineOffset;
  #columnOffset;
  #number = 0;
  #prepared = [];
  #cachedData;
  #isProduced = false;
  #isRejected;

  static {
    isScript = (value) => isObject(value) && #source in value;
  }

  constructor(code, options = undefined) {
    const given = scriptOptions(options);
    const source = arguments.length === 0 ? "" : String(code);
    this.#source = source;
    this.#filename = given.filename ?? DEFAULT_NAME;
    this.#lineOffset = given.lineOffset ?? 0;
    this.#columnOffset = given.columnOffset ?? 0;
    this.#check();
    if (source.includes("import")) {
      this.#number = nextNumber();
      setImporter(this.#number, given.importModuleDynamically, this);
    }
    if (given.cachedData !== undefined) this.#isRejected = !isCacheOf(given.cachedData, source);
    if (given.produceCachedData) {
      this.#cachedData = cacheOf(source);
      this.#isProduced = true;
    }
  }

  #check() {
    try {
      engine.checkSyntax(this.#source, this.#filename, 1 + this.#lineOffset);
    } catch (error) {
      throw withPlace(error, this.#filename, this.#source, this.#lineOffset);
    }
  }

  createCachedData() {
    return cacheOf(expectScript(this).#source);
  }

  runInContext(contextifiedObject, options) {
    expectScript(this);
    const realm = realmOf(contextifiedObject);
    return this.#run(realm, runOptions(options));
  }

  runInNewContext(contextObject, options) {
    if (!mayBeContext(contextObject)) throw new TypeError("Context must be an object");
    const given = runOptions(options);
    checkNewContext(given);
    const context = createContext(contextObject, {
      codeGeneration: given.contextCodeGeneration,
      importModuleDynamically: given.importModuleDynamically,
    });
    if (typeof this.runInContext !== "function") {
      throw new TypeError("this.runInContext is not a function");
    }
    return this.runInContext(context, given);
  }

  runInThisContext(options) {
    expectScript(this);
    return this.#run(undefined, runOptions(options));
  }

  get sourceMapURL() {
    return SOURCE_MAP_URL.exec(expectScript(this).#source)?.[1];
  }

  get cachedData() { return expectScript(this).#cachedData; }
  get cachedDataProduced() { return expectScript(this).#isProduced; }
  get cachedDataRejected() { return expectScript(this).#isRejected; }

  #run(realm, options) {
    const { timeout, breakOnSigint, displayErrors } = options;
    const isLimited = timeout !== undefined || breakOnSigint === true;
    try {
      return limited(options, () => this.#evaluate(realm, isLimited));
    } catch (error) {
      if (displayErrors === false) throw error;
      throw decorate(error, this.#filename, this.#source, this.#lineOffset);
    }
  }

  #evaluate(realm, isLimited) {
    const line = 1 + this.#lineOffset;
    const filename = this.#filename;
    const global = realm?.global;
    const prepared = this.#ready(realm?.face !== undefined, isLimited);
    const { code, functions, names, isStrict } = prepared;
    if (prepared.suspends) declareIn(global ?? globalThis);
    for (const name of names) declare(realm, name);
    const evaluate = (text) => engine.evaluateIn(global, text, filename, line, isStrict);
    if (realm?.face === undefined) return evaluate(code);
    const { isLenient } = realm;
    realm.isLenient = !isStrict;
    try {
      if (functions !== undefined) evaluate(functions);
      return evaluate(code);
    } finally {
      realm.isLenient = isLenient;
    }
  }

  // What to evaluate, made once for each kind of run.
  #ready(hasSandbox, isLimited) {
    const kind = (hasSandbox ? 1 : 0) + (isLimited ? 2 : 0);
    return this.#prepared[kind] ??= this.#prepare(hasSandbox, isLimited);
  }

  #prepare(hasSandbox, isLimited) {
    const prepared = prepareScript(this.#source, this.#number, hasSandbox, isLimited);
    const indent = " ".repeat(Math.max(this.#columnOffset, 0));
    return { ...prepared, code: indent + prepared.code };
  }
}

descriptorsReady(Script.prototype);

const CallableScript = new Proxy(Script, {
  apply() { throw new TypeError("Class constructor Script cannot be invoked without 'new'"); },
});
Object.defineProperty(Script.prototype, "constructor", { value: CallableScript });

// Makes a global that a script declares, unless it is there.
function declare({ global, sandbox }, name) {
  if (name in sandbox || Reflect.has(global, name)) return;
  Reflect.set(sandbox, name, undefined);
}

// ---- Functions -------------------------------------------------------------------------------

function runInContext(code, contextifiedObject, options) {
  const given = typeof options === "string" ? { filename: options } : options;
  if (!isObject(contextifiedObject)) {
    throw ERR_INVALID_ARG_TYPE("object", "object", contextifiedObject);
  }
  realmOf(contextifiedObject);
  return new Script(code, given).runInContext(contextifiedObject, given);
}

function runInNewContext(code, contextObject, options) {
  if (!mayBeContext(contextObject)) {
    throw ERR_INVALID_ARG_TYPE("object", "object", contextObject);
  }
  const given = typeof options === "string" ? { filename: options } : options;
  return new Script(code, given).runInNewContext(contextObject, given);
}

function runInThisContext(code, options) {
  const given = typeof options === "string" ? { filename: options } : options;
  return new Script(code, given).runInThisContext(given);
}

function createScript(code, options) {
  return new Script(code, options);
}

module.exports = {
  DEFAULT_NAME, Script: CallableScript, cacheOf, checkCachedData, checkImporter, createScript,
  decorate, isCacheOf, runInContext, runInNewContext, runInThisContext, withPlace,
};
