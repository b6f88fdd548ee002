// vm.Module, SourceTextModule and SyntheticModule: modules that the program links itself, over the
// records of the module registry.
"use strict";

const { Array, Map, Object, Promise, Reflect, Symbol, WeakMap } = globalThis;
const engine = require("runtime/engine");
const { registry } = require("runtime/modules");
const { fillFromNames } = require("runtime/module-namespace");
const { loadText, prepareScript } = require("runtime/scripts");
const { isContext, isObject, realmOf } = require("node/vm-contexts");
const { importFrom, nextNumber, setImporter } = require("node/vm-import");
const { limited } = require("node/vm-limits");
const { cacheOf, checkCachedData, checkImporter, isCacheOf } = require("node/vm-script");
const {
  ERR_INVALID_ARG_TYPE, makeError, validateBoolean, validateFunction, validateInt32,
  validateInteger, validateObject, validateString,
} = require("node/errors");

const INSPECT = Symbol.for("nodejs.util.inspect.custom");
const LINK = Symbol("kLink");
const FIRST_LINE = 0;

const rare = () => require("node/error-codes");


// How many modules of each context were given a name here.
const named = new WeakMap();

function nextName(context = named) {
  const count = named.get(context) ?? 0;
  named.set(context, count + 1);
  return `vm:module(${count})`;
}

function statusError(words) {
  return rare().ERR_VM_MODULE_STATUS(words);
}

// What a module of the program's stands on, by the object it sees.
let isModule, stateOf;

class Module {
  #state;

  constructor(options, state) {
    if (new.target === Module) throw new TypeError("Module is not a constructor");
    validateObject(options, "options");
    const { identifier, context } = options;
    if (identifier !== undefined) validateString(identifier, "options.identifier");
    if (context !== undefined && !(isObject(context) && isContext(context))) {
      throw ERR_INVALID_ARG_TYPE("options.context", "vm.Context", context);
    }
    const name = identifier ?? nextName(context);
    const record = new registry.ModuleRecord(name, name, "", undefined);
    record.key = name;
    this.#state = Object.assign(state, {
      identifier: name, context, record, status: "unlinked",
      error: undefined, evaluation: undefined, linked: undefined,
    });
  }

  static {
    isModule = (value) => typeof value === "object" && value !== null && #state in value;
    stateOf = (module) => {
      if (isModule(module)) return module.#state;
      throw makeError("TypeError", "ERR_INVALID_THIS", "Value of \"this\" must be of type Module");
    };
  }

  get identifier() { return stateOf(this).identifier; }
  get context() { return stateOf(this).context; }
  get status() { return stateOf(this).status; }

  get namespace() {
    const { status, record } = stateOf(this);
    if (status === "unlinked" || status === "linking") {
      throw statusError("must not be unlinked or linking");
    }
    return record.namespace;
  }

  get error() {
    const { status, error } = stateOf(this);
    if (status !== "errored") throw statusError("must be errored");
    return error;
  }

  async link(linker) {
    const { status } = stateOf(this);
    validateFunction(linker, "linker");
    if (status === "linked" || status === "evaluating" || status === "evaluated") {
      throw rare().ERR_VM_MODULE_ALREADY_LINKED();
    }
    if (status !== "unlinked") throw statusError("must be unlinked");
    await this[LINK](linker);
    instantiate(this);
  }

  // What is known at once is what the promise holds from the start.
  evaluate(options = {}) {
    try {
      return evaluateChecked(this, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  [INSPECT](depth, options) {
    stateOf(this);
    if (typeof depth === "number" && depth < 0) return `[${this.constructor.name}]`;
    const shown = { status: this.status, identifier: this.identifier, context: this.context };
    const name = this.constructor.name;
    return `${name} ${require("node/util").inspect(shown, options)}`;
  }
}

function setStatus(state, status) {
  state.status = status;
}

// The records of a module and of all it is linked to.
function reachable(module) {
  const reached = new Map();
  const waiting = [module];
  for (const each of waiting) {
    if (reached.has(each)) continue;
    reached.set(each, stateOf(each));
    waiting.push(...(stateOf(each).linked ?? []));
  }
  return reached;
}

function instantiate(module) {
  const reached = reachable(module);
  for (const state of reached.values()) {
    if (state.status === "unlinked") setStatus(state, "linking");
  }
  const records = [];
  try {
    registry.instantiate(stateOf(module).record, records);
    registry.finishLinking(records);
  } catch (error) {
    for (const state of reached.values()) {
      if (state.status !== "linking") continue;
      state.error = error;
      setStatus(state, "errored");
    }
    throw error;
  }
  for (const state of reached.values()) {
    if (state.status === "linking") setStatus(state, "linked");
  }
}

function evaluateChecked(module, options) {
  const state = stateOf(module);
  validateObject(options, "options");
  const { timeout, breakOnSigint } = options;
  if (timeout !== undefined) validateInteger(timeout, "options.timeout", 1, 2 ** 63);
  if (breakOnSigint !== undefined) validateBoolean(breakOnSigint, "options.breakOnSigint");
  if (state.evaluation !== undefined) return state.evaluation;
  if (state.status === "errored") throw state.error;
  if (state.status === "evaluated") return Promise.resolve();
  if (state.status !== "linked") {
    throw statusError("must be one of linked, evaluated, or errored");
  }
  return run(module, options);
}

function run(module, limits) {
  const states = [...reachable(module).values()].filter((state) => state.status === "linked");
  const settle = (status, error) => {
    for (const state of states) {
      state.error = error;
      setStatus(state, status);
    }
  };
  settle("evaluating");
  const state = stateOf(module);
  const evaluate = () => registry.evaluate(state.record);
  let pending;
  try {
    pending = limited(limits, evaluate);
  } catch (error) {
    settle("errored", error);
    throw error;
  }
  if (pending === undefined) {
    settle("evaluated");
    return Promise.resolve();
  }
  state.evaluation = pending.then(() => settle("evaluated"), (error) => {
    settle("errored", error);
    throw error;
  });
  return state.evaluation;
}

// ---- Text ------------------------------------------------------------------------------------

function checkSourceOptions(options) {
  const { lineOffset, columnOffset, initializeImportMeta } = options;
  if (lineOffset !== undefined) validateInt32(lineOffset, "options.lineOffset");
  if (columnOffset !== undefined) validateInt32(columnOffset, "options.columnOffset");
  if (initializeImportMeta !== undefined) {
    validateFunction(initializeImportMeta, "options.initializeImportMeta");
  }
  checkImporter(options.importModuleDynamically);
  checkCachedData(options.cachedData, "options.cachedData");
}

// What the code of a module reaches: import.meta and import().
class Scope {
  #module;
  #initialize;
  #number;
  #meta;

  constructor(module, { initializeImportMeta, importModuleDynamically }) {
    this.#module = module;
    this.#initialize = initializeImportMeta;
    this.#number = nextNumber();
    setImporter(this.#number, importModuleDynamically, module);
  }

  get meta() {
    if (this.#meta === undefined) {
      this.#meta = Object.create(null);
      this.#initialize?.(this.#meta, this.#module);
    }
    return this.#meta;
  }

  get helpers() { return require("runtime/module-helpers"); }

  get require() { throw new ReferenceError("require is not defined"); }

  // The promise is of the realm that asks.
  import(specifier, options) {
    const { context } = this.#module;
    const own = context === undefined ? importFrom : realmOf(context).global.$dx_import;
    return own(this.#number, specifier, options);
  }
}

function answerOf(code, name) {
  const answer = loadText(name, name, code, "js", "module");
  if (answer.kind !== "error") return answer;
  // The engine's own words for what it does not parse.
  throw new SyntaxError(answer.message);
}

class SourceTextModule extends Module {
  #code;
  #requests = [];
  #specifiers;

  constructor(sourceText, options = {}) {
    validateString(sourceText, "sourceText");
    validateObject(options, "options");
    checkSourceOptions(options);
    const state = {};
    super(options, state);
    const { record, context } = state;
    this.#code = sourceText;
    registry.adopt(record, answerOf(sourceText, state.identifier));
    const global = context === undefined ? undefined : realmOf(context).global;
    record.compile = (code, url) => {
      // Loops and functions ask whether their time is over: a limit is known later, and a module
      // is evaluated once.
      const { code: asking } = prepareScript(code, 0, false, true);
      return engine.evaluateIn(global, asking, url, FIRST_LINE);
    };
    record.scope = new Scope(this, options);
    record.status = 1;
    const { requests, otherAttributes } = record.answer;
    for (let index = 0; index < requests.length; index += 2) {
      const type = requests[index + 1];
      const attributes = type === undefined ? {} : { type };
      const others = otherAttributes?.[index / 2] ?? [];
      for (let at = 0; at < others.length; at += 2) attributes[others[at]] = others[at + 1];
      const specifier = requests[index];
      const request = { __proto__: null, specifier, attributes, phase: "evaluation" };
      this.#requests.push(Object.freeze(request));
    }
    Object.freeze(this.#requests);
    if (options.cachedData !== undefined && !isCacheOf(options.cachedData, sourceText)) {
      throw rare().ERR_VM_MODULE_CACHED_DATA_REJECTED("cachedData buffer was rejected");
    }
  }

  linkRequests(modules) {
    const state = stateOf(this);
    if (state.status !== "unlinked") throw statusError("must be unlinked");
    if (!Array.isArray(modules)) throw ERR_INVALID_ARG_TYPE("modules", "Array", modules);
    if (modules.length !== this.#requests.length) {
      throw makeError("Error", "ERR_MODULE_LINK_MISMATCH",
        `Expected ${this.#requests.length} modules, got ${modules.length}`);
    }
    connect(state, modules);
  }

  instantiate() {
    const { status, linked } = stateOf(this);
    if (status !== "unlinked" && status !== "linked") throw statusError("must be unlinked");
    if (linked === undefined && this.#requests.length > 0) {
      throw makeError("Error", "ERR_VM_MODULE_LINK_FAILURE", "module is not linked");
    }
    instantiate(this);
  }

  get moduleRequests() { return this.#requests; }

  hasAsyncGraph() {
    return [...reachable(this).values()].some(({ record }) => record.asynchronous);
  }

  hasTopLevelAwait() {
    return stateOf(this).record.asynchronous;
  }

  get dependencySpecifiers() {
    return this.#specifiers ??= Object.freeze(this.#requests.map(({ specifier }) => specifier));
  }

  get status() { return super.status; }
  get error() { return super.error; }

  createCachedData() {
    const { status } = stateOf(this);
    if (status === "evaluating" || status === "evaluated" || status === "errored") {
      throw rare().ERR_VM_MODULE_CANNOT_CREATE_CACHED_DATA();
    }
    return cacheOf(this.#code);
  }

  async [LINK](linker) {
    const state = stateOf(this);
    setStatus(state, "linking");
    try {
      const modules = await Promise.all(this.#requests.map(async ({ specifier, attributes }) => {
        const extra = { attributes, assert: attributes };
        return linkedTo(await linker(specifier, this, extra), state, linker);
      }));
      connect(state, modules);
    } catch (error) {
      state.error = error;
      setStatus(state, "errored");
      throw error;
    }
  }
}

function connect(state, modules) {
  for (const module of modules) {
    if (!(module instanceof Module)) throw rare().ERR_VM_MODULE_NOT_MODULE();
  }
  state.linked = modules;
  state.record.dependencies = modules.map((module) => stateOf(module).record);
}

// A module that the linker gave, linked in turn.
async function linkedTo(module, state, linker) {
  if (!isModule(module)) throw rare().ERR_VM_MODULE_NOT_MODULE();
  const other = stateOf(module);
  if (other.context !== state.context) throw rare().ERR_VM_MODULE_DIFFERENT_CONTEXT();
  if (other.status === "errored") {
    throw makeError("Error", "ERR_VM_MODULE_LINK_FAILURE",
      `request for '${other.identifier}' resolved to an errored module`, undefined,
      { cause: other.error });
  }
  if (other.status === "unlinked") await module[LINK](linker);
  return module;
}

// ---- Values ----------------------------------------------------------------------------------

class SyntheticModule extends Module {
  #values = new Map();

  constructor(exportNames, evaluateCallback, options = {}) {
    if (!Array.isArray(exportNames) || exportNames.some((name) => typeof name !== "string")) {
      throw ERR_INVALID_ARG_TYPE("exportNames", "Array of unique strings", exportNames);
    }
    for (const [index, name] of exportNames.entries()) {
      if (exportNames.indexOf(name) !== index) {
        throw makeError("TypeError", "ERR_INVALID_ARG_VALUE",
          `The property 'exportNames.${name}' is duplicated. Received '${name}'`);
      }
    }
    validateFunction(evaluateCallback, "evaluateCallback");
    const state = {};
    super(options, state);
    const { record } = state;
    for (const name of exportNames) this.#values.set(name, undefined);
    record.kind = "synthetic";
    record.status = 1;
    fillFromNames(record, this.#values);
    record.execute = () => { Reflect.apply(evaluateCallback, this, []); };
    state.linked = [];
    instantiate(this);
  }

  // It asks for nothing, so that it is linked from the start.
  async link() {
    stateOf(this);
  }

  setExport(name, value) {
    stateOf(this);
    validateString(name, "name");
    if (!this.#values.has(name)) {
      throw new ReferenceError(`Export '${name}' is not defined in module`);
    }
    this.#values.set(name, value);
  }

  async [LINK]() {}
}

module.exports = { Module, SourceTextModule, SyntheticModule };
