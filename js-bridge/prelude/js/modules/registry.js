// The module registry: loads graphs of modules, links and evaluates them, and offers import(),
// require and the entry to programs. Native code resolves, reads and transforms (ops); the
// engine compiles what that gives into one function a module.
//
// Loading and linking are synchronous. Linking runs CommonJS dependencies, as Bun does, so that
// the names they export are known; ES modules are evaluated afterwards, in the standard's order.
"use strict";

const { JSON, Object, Promise, Set, String } = globalThis;
const asyncContext = require("runtime/async-context");
const { evaluate: compile } = require("runtime/engine");
const { apply, keptMap } = require("runtime/primordials");
const { keys } = Object;
const { builtins } = require("runtime/builtins");
const prelude = require("runtime/prelude");
const evaluation = require("runtime/module-evaluation");
const namespaces = require("runtime/module-namespace");
const { ModuleScope, folderOf, urlOfPath } = require("runtime/module-meta");

// Loaded when first needed.
const errors = () => require("runtime/module-errors");
const commonJs = () => require("runtime/commonjs");

const then = Promise.prototype.then;
const resolved = Promise.resolve();

const NEW = 0;
const LOADED = 1;
const LINKING = 2;
const { EVALUATED, LINKED } = evaluation;

class ModuleRecord {
  constructor(id, path, suffix, attribute) {
    this.id = id;
    this.path = path;
    this.suffix = suffix;
    this.attribute = attribute;
    this.kind = undefined;
    this.answer = undefined;
    this.status = NEW;
    this.error = undefined;
    this.namespace = namespaces.makeNamespace();
    this.dependencies = [];
    this.scope = undefined;
    // What an ES module imports and exports.
    this.importedNames = [];
    this.indirect = undefined;
    this.stars = undefined;
    this.locals = keptMap();
    this.resolved = keptMap();
    this.names = undefined;
    this.starIndex = undefined;
    // Its place among the modules being linked; see `visit`.
    this.linkIndex = 0;
    this.linkLowest = Infinity;
    // Its code: a function of these parameters, or the steps of a generator.
    this.isTwoStep = false;
    this.isInstantiated = false;
    this.body = undefined;
    this.parameters = undefined;
    this.steps = undefined;
    // What evaluation keeps.
    this.asynchronous = false;
    this.declared = true;
    this.asyncOrder = 0;
    this.asyncParents = [];
    this.pending = 0;
    this.index = 0;
    this.ancestorIndex = 0;
    this.cycleRoot = undefined;
    this.capability = undefined;
    // CommonJS whose exports are asked for while it runs.
    this.isOpen = false;
    this.module = undefined;
    // What compiles it in a realm of its own; see node/vm-module.
    this.compile = undefined;
  }

  execute() {
    const { body, parameters, steps } = this;
    this.body = this.parameters = this.steps = undefined;
    if (body !== undefined) apply(body, undefined, parameters);
    else if (steps !== undefined) steps.next();
  }

  executeAsync() {
    const { steps } = this;
    this.steps = undefined;
    return steps.next();
  }

  openGetter(name) {
    const { module } = this;
    if (name === "default") return () => namespaces.defaultOf(module.exports);
    return () => module.exports[name];
  }
}

const records = keptMap();
let main;

// ---- Resolving -------------------------------------------------------------------------------

const PREFIXED_ONLY = ["node:test", "node:test/reporters", "node:sqlite", "node:sea"];

// The canonical name of a builtin module, or undefined.
function builtinName(specifier) {
  if (builtins.has(specifier)) return specifier;
  const prefixed = `node:${specifier}`;
  if (builtins.has(prefixed) && !PREFIXED_ONLY.includes(prefixed)) return prefixed;
  return undefined;
}

function loadBuiltin(name) {
  return prelude.require(builtins.get(name));
}

// Where a test runner puts modules of its own: asked for a place first, and for what is to be
// awaited before that place is imported.
let mocks;
// Called after a file has been loaded, before it runs.
let loaded;

// The id, path and suffix of what a specifier means; throws ResolveMessage.
function resolve(specifier, referrer, isRequire) {
  return mocks?.place(specifier, referrer, isRequire) ??
    resolveActual(specifier, referrer, isRequire);
}

function resolveActual(specifier, referrer, isRequire) {
  const builtin = builtinName(specifier);
  if (builtin !== undefined) return { id: builtin, path: builtin, suffix: "", builtin };
  if (specifier.startsWith("node:")) throw errors().unknownBuiltin(specifier, referrer, isRequire);
  if (specifier.startsWith("data:") || isBlobUrl(specifier)) {
    return { id: specifier, path: specifier, suffix: "" };
  }
  const answer = ops.resolve(specifier, referrer, isRequire);
  if (typeof answer === "string") return { id: answer, path: answer, suffix: "" };
  if (answer.path === undefined) throw errors().notFound(answer, specifier, referrer, isRequire);
  return { id: answer.path + answer.suffix, path: answer.path, suffix: answer.suffix };
}

function isBlobUrl(specifier) {
  return specifier.startsWith("blob:") && require("runtime/scripts").isBlobUrl(specifier);
}

function resolvePath(specifier, referrer) {
  return resolve(String(specifier), referrer, false).id;
}

function resolveUrl(specifier, referrer) {
  specifier = String(specifier);
  const parent = referrer.startsWith("file:") ? ops.pathOfUrl(referrer) : referrer;
  if (specifier.startsWith("node:")) return specifier;
  const builtin = builtinName(specifier);
  if (builtin !== undefined) return builtin;
  if (specifier.startsWith("./") || specifier.startsWith("../") || specifier.startsWith("/")) {
    return resolveFileUrl(specifier, parent);
  }
  const { path, suffix } = resolve(specifier, parent, false);
  return urlOfPath(path, suffix);
}

// import.meta.resolve answers for files whether they exist or not.
function resolveFileUrl(specifier, parent) {
  try {
    const { path, suffix } = resolve(specifier, parent, false);
    return urlOfPath(path, suffix);
  } catch {
    const start = specifier.startsWith("/") ? [] : folderOf(parent).split("/").slice(1);
    for (const part of specifier.split("/")) {
      if (part === "..") start.pop();
      else if (part !== "." && part !== "") start[start.length] = part;
    }
    return urlOfPath(`/${start.join("/")}`, "");
  }
}

// ---- Loading ---------------------------------------------------------------------------------

// The record of a module and, loaded, of all it requests.
function loadGraph(specifier, referrer, attribute, isRequire) {
  const place = resolve(specifier, referrer, isRequire);
  return loadPlace(place, attribute);
}

function recordFor(place, attribute) {
  const key = attribute == null ? place.id : `${place.id}\0${attribute}`;
  let record = records.get(key);
  if (record === undefined) {
    record = new ModuleRecord(place.id, place.path, place.suffix, attribute);
    record.key = key;
    records.set(key, record);
  }
  return record;
}

// Loads breadth first by an explicit list, so that long chains of modules need no stack.
// The root's answer may be known already.
function loadPlace(place, attribute, answer) {
  const root = recordFor(place, attribute);
  if (root.status !== NEW) return root;
  root.answer = answer;
  const waiting = [[root, place]];
  const begun = [root];
  try {
    for (let next = 0; next < waiting.length; next++) {
      const { 0: record, 1: where } = waiting[next];
      if (record.status === NEW) loadOne(record, where, waiting, begun);
    }
  } catch (error) {
    forget(begun);
    throw error;
  }
  return root;
}

function loadOne(record, place, waiting, begun) {
  record.status = LOADED;
  if (place.mock !== undefined) {
    record.kind = "mock";
    record.answer = place.mock;
    return;
  }
  if (place.builtin !== undefined) {
    record.kind = "builtin";
    return;
  }
  const answer = record.answer ?? answerFor(record, true);
  adopt(record, answer);
  if (record.kind !== "module") return;
  const { requests } = answer;
  for (let index = 0; index < requests.length; index += 2) {
    const where = resolve(requests[index], record.path, false);
    const dependency = recordFor(where, requests[index + 1]);
    record.dependencies[record.dependencies.length] = dependency;
    if (dependency.status === NEW) {
      begun[begun.length] = dependency;
      waiting[waiting.length] = [dependency, where];
    }
  }
}

function answerFor(record, mayPassUnparsed) {
  const { id } = record;
  const answer = id.startsWith("data:") || id.startsWith("blob:")
    ? require("runtime/scripts").loadUrl(id, record.attribute)
    : ops.load(id, record.path, record.attribute, mayPassUnparsed);
  if (answer.kind === "error" || answer.kind === "unreadable") {
    loaded?.(record.path);
    throw errors().loadError(answer, record.path);
  }
  loaded?.(record.path);
  return answer;
}

// The answer for a file that somebody runs, or requires from CommonJS: what nobody calls anything
// else is JavaScript there, as in Node.
function answerAsCode(place, isAskedForCode) {
  const { id, path, suffix } = place;
  const probe = { id, path, suffix, attribute: undefined };
  const answer = answerFor(probe, true);
  if (!isAskedForCode || answer.kind !== "file" || answer.isKnown) return answer;
  probe.attribute = "js";
  return answerFor(probe, true);
}

// Takes over what native code tells of a file.
function adopt(record, answer) {
  record.kind = answer.kind;
  record.answer = answer;
  if (answer.kind !== "module") return;
  record.importedNames = answer.importedNames;
  record.stars = answer.stars;
  record.asynchronous = answer.asynchronous;
  record.declared = answer.declared;
  const { locals } = answer;
  for (let index = 0; index < locals.length; index++) record.locals.set(locals[index], undefined);
  record.indirect = keptMap();
  const { indirect } = answer;
  for (let index = 0; index < indirect.length; index += 3) {
    const imported = indirect[index + 2];
    record.indirect.set(indirect[index], { request: indirect[index + 1], imported });
  }
}

function forget(list) {
  for (let index = 0; index < list.length; index++) records.delete(list[index].key);
}

// ---- Linking ---------------------------------------------------------------------------------

function link(root) {
  if (root.status >= LINKING) return;
  const instantiated = [];
  try {
    instantiate(root, instantiated);
    finishLinking(instantiated);
  } catch (error) {
    forget(instantiated);
    throw error;
  }
}

// Fills namespaces and checks imports of records whose graphs are instantiated.
function finishLinking(list) {
  const waiting = [];
  const modules = [];
  for (let index = 0; index < list.length; index++) {
    const record = list[index];
    if (record.status !== LINKING) continue;
    waiting[waiting.length] = record;
    if (record.kind === "module") modules[modules.length] = record;
  }
  for (let index = 0; index < modules.length; index++) {
    const record = modules[index];
    if (record.isTwoStep) namespaces.fillNamespace(record);
    else namespaces.checkExports(record);
  }
  for (let index = 0; index < modules.length; index++) namespaces.checkImports(modules[index]);
  for (let index = 0; index < waiting.length; index++) {
    const { kind } = waiting[index];
    const runs = kind === "module" || kind === "synthetic";
    waiting[index].status = runs ? LINKED : EVALUATED;
  }
  for (let index = 0; index < modules.length; index++) {
    modules[index].names = modules[index].starIndex = undefined;
  }
}

// CommonJS that runs while a graph is linked may require an ES module of that graph: it is linked
// there and then, unless it is itself being instantiated further up.
function linkEarly(root) {
  const reached = new Set();
  reached.add(root);
  for (const record of reached) {
    if (record.status !== LINKING) continue;
    if (record.kind === "module" && !record.isInstantiated) return;
    const { dependencies } = record;
    for (let index = 0; index < dependencies.length; index++) reached.add(dependencies[index]);
  }
  finishLinking([...reached]);
}

// Modules whose cycles are not closed yet: each may lead back to one before it. (Tarjan's
// algorithm, as in evaluation; CommonJS that runs meanwhile may begin another graph on top.)
const open = [];
let linkCount = 0;

function instantiate(record, instantiated) {
  const depth = open.length;
  try {
    visit(record, instantiated);
  } catch (error) {
    open.length = depth;
    throw error;
  }
}

function visit(record, instantiated) {
  if (record.status >= LINKING) return;
  record.status = LINKING;
  instantiated[instantiated.length] = record;
  record.linkIndex = record.linkLowest = linkCount++;
  open[open.length] = record;
  let isCyclic = false;
  const { dependencies } = record;
  for (let index = 0; index < dependencies.length; index++) {
    const dependency = dependencies[index];
    visit(dependency, instantiated);
    if (dependency === record) isCyclic = true;
    else if (dependency.linkLowest < record.linkLowest) record.linkLowest = dependency.linkLowest;
  }
  isCyclic ||= record.linkLowest < record.linkIndex || open[open.length - 1] !== record;
  record.isTwoStep = isCyclic || record.asynchronous || record.compile !== undefined;
  (0, INSTANTIATE[record.kind])(record);
  record.answer = undefined;
  if (record.linkLowest === record.linkIndex) closeCycle(record);
}

function closeCycle(root) {
  let member;
  do {
    member = open[open.length - 1];
    open.length -= 1;
    member.linkLowest = Infinity;
  } while (member !== root);
}

const INSTANTIATE = {
  __proto__: null,
  module: instantiateModule,
  commonjs(record) {
    const module = commonJs().runRecord(record);
    if (!commonJs().isRunning(module)) {
      namespaces.fillFromExports(record, module.exports);
    } else {
      record.module = module;
      record.isOpen = true;
    }
  },
  builtin(record) {
    namespaces.fillFromBuiltin(record, loadBuiltin(record.id));
  },
  mock(record) {
    namespaces.fillFromMock(record, record.answer.exports());
  },
  // Its namespace is its maker's to fill.
  synthetic() {},
  json: fillData,
  expression: fillData,
  json5: fillData,
  css: fillData,
  text: fillData,
  file: fillData,
  addon(record) {
    record.exported = { exports: {} };
    require("runtime/napi").dlopen(record.exported, record.path);
    namespaces.fillFromExports(record, record.exported.exports);
  },
};

function fillData(record) {
  namespaces.fillFromData(record, dataOf(record));
}

// The value of a data file; JSON is the same object for import and require.
function dataOf(record) {
  const { answer } = record;
  switch (record.kind) {
    case "json": return cachedExports(record.id) ?? parseJson(answer.text);
    case "expression": return compile(answer.code, record.id);
    case "text": return answer.text;
    case "json5": return parseJson5(answer.text, record.path);
    case "css": return {};
    default: return record.path;
  }
}

function cachedExports(id) {
  return prelude.loadedModule("runtime/commonjs")?.cache[id]?.exports;
}

function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    const plain = ops.plainJson(text);
    return plain.trim() === "" ? {} : JSON.parse(plain);
  }
}

function parseJson5(text, path) {
  try {
    return require("bun/data/json5").JSON5.parse(text);
  } catch ({ message }) {
    const answer = { kind: "error", message: message.replace(/^JSON5 Parse error: /, "") };
    throw errors().loadError(answer, path);
  }
}

// Compiles a module's code. What the engine refuses is told as Bun's parser tells it.
function orMistake(id, compileCode) {
  try {
    return compileCode();
  } catch (error) {
    const answer = ops.mistake(id);
    throw answer === undefined ? error : errors().loadError(answer, id);
  }
}

function instantiateModule(record) {
  const { answer } = record;
  const scope = record.scope ?? new ModuleScope(record, registry);
  const parameters = [asyncContext, scope, exporterOf(record)];
  const { dependencies } = record;
  for (let index = 0; index < dependencies.length; index++) {
    parameters[parameters.length] = dependencies[index].namespace;
  }
  const make = record.compile ?? compile;
  const needsYield = record.isTwoStep && !record.asynchronous;
  const code = needsYield ? asGenerator(answer) : answer.code;
  const body = orMistake(record.id, () => make(code, record.id));
  if (record.isTwoStep) {
    record.steps = apply(body, undefined, parameters);
    record.steps.next();
  } else {
    record.body = body;
    record.parameters = parameters;
  }
  record.isInstantiated = true;
}

// The code of a module that others see before it is evaluated: js-bridge/modules/src/wrapper.rs.
function asGenerator({ code, linkEnd }) {
  const start = "(function".length;
  return `(function*${code.slice(start, linkEnd)} yield;${code.slice(linkEnd)}`;
}

function exporterOf(record) {
  return (getters, defaultFunction) => {
    const names = keys(getters);
    for (let index = 0; index < names.length; index++) {
      record.locals.set(names[index], getters[names[index]]);
    }
    if (defaultFunction !== undefined) {
      Object.defineProperty(defaultFunction, "name", { value: "default", configurable: true });
    }
    if (record.isTwoStep) return;
    namespaces.fillNamespace(record);
    record.names = record.starIndex = undefined;
  };
}

// ---- import() and require() of ES modules ----------------------------------------------------

// Whether a module, or one it waits for, awaits at top level and has not ended.
function needsTicks(root) {
  const reached = new Set();
  reached.add(root);
  for (const record of reached) {
    if (record.status === EVALUATED) continue;
    if (record.asynchronous) return true;
    const { dependencies } = record;
    for (let index = 0; index < dependencies.length; index++) reached.add(dependencies[index]);
  }
  return false;
}

// An asynchronous module's first step, its linking, ends a few microtasks after it was begun.
async function afterLinking() {
  await undefined;
  await undefined;
  await undefined;
}

function attributeOf(options) {
  if (options === undefined || options === null) return undefined;
  return options.with?.type ?? options.assert?.type;
}

function importDynamic(referrer, specifier, options) {
  const context = asyncContext.current;
  return new Promise((settle, reject) => {
    const text = `${specifier}`;
    const attribute = attributeOf(options);
    const loading = after(mocks?.pending(text, referrer) ?? resolved, () => {
      asyncContext.current = context;
      const record = loadGraph(text, referrer, attribute, false);
      link(record);
      return needsTicks(record) ? after(afterLinking(), () => record) : record;
    });
    const evaluating = after(loading, (record) => {
      asyncContext.current = context;
      const done = evaluation.evaluate(record);
      if (done === undefined) settle(record.namespace);
      else after(done, () => settle(record.namespace), reject);
    });
    after(evaluating, undefined, reject);
  });
}

function after(promise, onFulfilled, onRejected) {
  return apply(then, promise, [onFulfilled, onRejected]);
}

// The namespace of an ES module, evaluated now.
function requireModule(record) {
  if (record.status === LINKING) linkEarly(record);
  else link(record);
  if (needsTicks(record)) throw errors().requiredAsyncModule(record.path);
  evaluation.evaluate(record);
  const { namespace } = record;
  return "module.exports" in namespace ? namespace["module.exports"] : namespace;
}

// ---- The entry -------------------------------------------------------------------------------

// Runs the program: [path], as given on the command line, resolved against the folder `from`.
// What follows are modules to import before it.
function runMain([specifier, from, ...preloads]) {
  if (preloads.length === 0) return runPlace(resolveEntry(specifier, `${from}/`));
  return importPreloads(preloads, from).then(() => {
    const place = resolveEntry(specifier, `${from}/`);
    return replacedRunMain() ?? runPlace(place);
  }).catch(reportUncaught);
}

// Runs the program by what a preload has put in the place of Module.runMain; `undefined` where
// none has.
function replacedRunMain() {
  const Module = prelude.loadedModule("node/module");
  if (Module === undefined || Module.runMain === commonJs().ownRunMain) return undefined;
  return resolved.then(() => Module.runMain());
}

async function importPreloads(preloads, from) {
  for (const preload of preloads) {
    let path;
    try {
      path = resolve(preload, `${from}/[preload]`, false).id;
    } catch {
      try {
        path = resolveEntry(preload, `${from}/`).id;
      } catch {
        throw new Error(`preload not found ${JSON.stringify(preload)}`);
      }
    }
    await importDynamic(`${from}/[preload]`, path);
  }
}

// Runs code that native code has provided for `path`; `print` has its last value printed.
function runCode([path, print]) {
  require("runtime/command-line-code").prepare(builtins, print !== undefined);
  runPlace({ id: path, path, suffix: "" });
}

// Runs a text as the main module, of the path `path`, after the modules to import before it.
function runProvided(path, text, preloads) {
  ops.provide(path, text);
  const start = () => runPlace({ id: path, path, suffix: "" });
  if (preloads.length === 0) return start();
  return importPreloads(preloads, folderOf(path)).then(start).catch(reportUncaught);
}

function runPlace(place) {
  main = place.id;
  const record = loadPlace(place, undefined, answerAsCode(place, true));
  link(record);
  const start = () => {
    let done;
    try {
      done = evaluation.evaluate(record);
    } catch (error) {
      return reportFailed(error);
    }
    if (done !== undefined) after(done, undefined, reportFailed);
  };
  if (!needsTicks(record)) return start();
  // Not in a microtask, so that nextTick comes first after the program's first await, as in Bun.
  const { nextTick } = require("runtime/event-loop");
  return after(afterLinking(), () => nextTick(start));
}

// Takes over the program that was begun without the registry.
function adoptEntry(entry) {
  main = entry.id;
  const record = recordFor({ id: main, path: main, suffix: "" }, undefined);
  record.kind = "module";
  record.declared = entry.declared;
  record.indirect = keptMap();
  record.stars = [];
  record.cycleRoot = record;
  namespaces.fillNamespace(record);
  entry.adopt = () => {
    record.status = entry.ended ? EVALUATED : evaluation.EVALUATING;
    record.error = entry.error;
  };
  entry.adopt();
}

const entry = require("runtime/entry");
if (entry.id !== undefined) adoptEntry(entry);

// Imports a file as the main module: for a runner that has several, one after another.
function importMain(path) {
  main = path;
  return importDynamic(path, path);
}

// Forgets a module, so that it is loaded anew.
function forgetModule(id) {
  records.delete(id);
  prelude.loadedModule("bun/stack-frames")?.forgetPlaces();
  const loaded = prelude.loadedModule("runtime/commonjs");
  if (loaded !== undefined) delete loaded.cache[id];
}

// Has the program's own modules loaded anew when they are next asked for.
function forgetAll() {
  const loaded = prelude.loadedModule("runtime/commonjs");
  const known = loaded === undefined ? [] : Object.keys(loaded.cache);
  for (const id of [...records.keys(), ...known]) {
    if (id.startsWith("/") && !id.includes("/node_modules/")) forgetModule(id);
  }
}

function resolveEntry(specifier, from) {
  const isPath = specifier.startsWith("/") || specifier.startsWith(".");
  try {
    return resolve(isPath ? specifier : `./${specifier}`, `${from}[entry]`, false);
  } catch {
    throw new Error(`Module not found "${specifier}"`);
  }
}

// The error of the main module is told of behind what the module has queued, as in Bun.
function reportFailed(error) {
  require("runtime/errors").mainFailed();
  require("runtime/event-loop").runTicks();
  reportUncaught(error);
}

function reportUncaught(error) {
  require("runtime/event-loop").reportUncaught(error);
}

const registry = {
  ModuleRecord, adopt, answerAsCode, answerFor, builtinName, builtins,
  evaluate: evaluation.evaluate, finishLinking, forget: forgetModule, forgetAll, importDynamic,
  importMain, instantiate, loadBuiltin, loadPlace, orMistake, records, requireModule, resolve,
  resolvePath, resolveUrl,
  mainId: () => main,
  mockWith(given) { mocks = given; },
  whenLoaded(callback) { loaded = callback; },
  resolveActual,
  pathOfUrl: (url) => ops.pathOfUrl(url),
  requireFor: (path) => commonJs().requireFor(path),
};

module.exports = { importDynamic, registry, runCode, runMain, runProvided };
