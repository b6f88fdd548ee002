// CommonJS: the Module class, require and its cache, and require of everything else.
//
// A file is run once and cached before it runs, so that cycles see its exports so far; what
// throws is taken out of the cache again.
"use strict";

const { Object, Reflect, Set, String, TypeError } = globalThis;
const asyncContext = require("runtime/async-context");
const { evaluate: compile } = require("runtime/engine");
const { registry } = require("runtime/modules");
const { ModuleScope, folderOf } = require("runtime/module-meta");

// By id. Programs see it as require.cache and may delete from it.
const cache = Object.create(null);
// Modules whose code has begun and not ended.
const running = new Set();
let mainModule;

class Module {
  constructor(id, parent) {
    this.exports = {};
    this.children = [];
    this.filename = id;
    this.id = id;
    // As in Bun, which tells no difference.
    this.loaded = true;
    this.parent = parent ?? null;
    this.path = folderOf(id);
    parent?.children?.push(this);
  }

  get paths() {
    return lookupPaths(this.path);
  }

  require(specifier) {
    return requireFrom(specifier, this.filename, this);
  }

  _compile(source, filename) {
    const head = "(function (exports, require, module, __filename, __dirname) {";
    return runWrapped(this, compile(`${head}${source}\n})`, filename), filename);
  }
}

Object.defineProperty(Module.prototype, "paths", { enumerable: true });

// The node_modules folders looked through from a folder, nearest first.
function lookupPaths(folder) {
  const paths = [];
  let current = folder;
  while (current !== "") {
    if (!current.endsWith("/node_modules") && current !== "/") {
      paths.push(`${current}/node_modules`);
    }
    current = current.slice(0, current.lastIndexOf("/"));
  }
  paths.push("/node_modules");
  return paths;
}

// ---- The function require --------------------------------------------------------------------

const requirePrototype = Object.create(Function.prototype, {
  cache: { value: cache, writable: true, configurable: true },
  main: { get: () => mainModule, set() {}, configurable: true },
  extensions: { get: () => extensions, configurable: true },
});

function makeRequire(filename, module) {
  function require(specifier) {
    return requireFrom(specifier, filename, module);
  }
  require.resolve = makeResolve(filename);
  Object.setPrototypeOf(require, requirePrototype);
  return require;
}

function makeResolve(filename) {
  function resolve(specifier, options) {
    checkSpecifier(specifier);
    for (const folder of options?.paths ?? []) {
      try {
        return registry.resolve(specifier, `${folder}/[require]`, true).id;
      } catch {
        // The next folder may have it.
      }
    }
    return registry.resolve(specifier, filename, true).id;
  }
  resolve.paths = (specifier) => {
    if (registry.builtinName(specifier) !== undefined) return null;
    if (specifier.startsWith("./") || specifier.startsWith("../")) return [folderOf(filename)];
    return lookupPaths(folderOf(filename));
  };
  return resolve;
}

function checkSpecifier(specifier) {
  if (typeof specifier === "string" && specifier !== "") return;
  const isEmpty = specifier === "";
  const error = new TypeError(isEmpty
    ? "The argument 'id' must be a non-empty string. Received ''"
    : "The \"id\" argument must be of type string. Received " +
      (specifier === null ? "null" : typeof specifier));
  error.code = isEmpty ? "ERR_INVALID_ARG_VALUE" : "ERR_INVALID_ARG_TYPE";
  throw error;
}

// The require of an ES module, or of createRequire.
function requireFor(filename) {
  return makeRequire(filename, undefined);
}

// ---- Requiring -------------------------------------------------------------------------------

function requireFrom(specifier, filename, parent) {
  checkSpecifier(specifier);
  const place = registry.resolve(specifier, filename, true);
  if (place.mock !== undefined) return place.mock.exports();
  if (place.builtin !== undefined) return registry.loadBuiltin(place.builtin);
  const cached = cache[place.id];
  if (cached !== undefined) {
    if (parent != null && !parent.children.includes(cached)) parent.children.push(cached);
    return cached.exports;
  }
  return requireFile(place, parent);
}

function requireFile(place, parent) {
  let record = registry.records.get(place.id);
  // Deleted from the cache by the program: it is to run again.
  if (record?.module !== undefined && !record.isOpen) {
    registry.records.delete(place.id);
    record = undefined;
  }
  if (record === undefined) return requireNew(place, parent);
  if (record.kind === "commonjs") return runRecord(record, parent).exports;
  return adoptIntoCache(record, parent, exportsOf(record));
}

function requireNew(place, parent) {
  const probe = { id: place.id, path: place.path, suffix: place.suffix, attribute: undefined };
  const answer = registry.answerFor(probe, true);
  if (answer.kind === "commonjs") return runNew(place, parent, answer).exports;
  const record = registry.loadPlace(place, undefined, answer);
  return adoptIntoCache(record, parent, exportsOf(record));
}

// What require gives for anything that is not CommonJS.
function exportsOf(record) {
  const { kind } = record;
  const exported = requireRecord(record);
  const isPlain = kind === "json" || (kind === "expression" && record.path.endsWith(".toml"));
  return isPlain ? record.namespace.default : exported;
}

// A file without module syntax that throws runs again when it is required again.
function requireRecord(record) {
  try {
    return registry.requireModule(record);
  } catch (error) {
    if (!record.declared) registry.records.delete(record.key);
    throw error;
  }
}

function adoptIntoCache(record, parent, exported) {
  const module = new Module(record.id, parent);
  module.exports = exported;
  record.module = module;
  cache[record.id] = module;
  return exported;
}

// ---- Running CommonJS ------------------------------------------------------------------------

// The module of a record that was reached by import; runs it unless that has happened.
function runRecord(record, parent) {
  return cache[record.id] ?? runNew(record, parent, record.answer);
}

function runNew(place, parent, answer) {
  const module = new Module(place.id, parent);
  if (registry.mainId() === place.id) {
    mainModule = module;
    module.id = ".";
  }
  cache[place.id] = module;
  running.add(module);
  try {
    runWrapped(module, compiled(place, answer), place.path, place);
  } catch (error) {
    delete cache[place.id];
    throw error;
  } finally {
    running.delete(module);
  }
  return module;
}

function isRunning(module) {
  return running.has(module);
}

// Compiles a file; one that was passed on without being parsed may need its transform after all.
function compiled(place, answer) {
  try {
    return compile(answer.code, place.id);
  } catch (error) {
    if (!answer.unparsed) throw error;
    const parsed = registry.answerFor(place, false);
    if (parsed.kind !== "commonjs") throw error;
    return compile(parsed.code, place.id);
  }
}

function runWrapped(module, wrapped, filename, place) {
  const require = makeRequire(filename, module);
  const { exports } = module;
  const folder = folderOf(filename);
  if (wrapped.length <= 5) {
    return Reflect.apply(wrapped, exports, [exports, require, module, filename, folder]);
  }
  const scope = new ModuleScope(
    { id: place.id, path: place.path, suffix: place.suffix }, registry, require);
  return Reflect.apply(
    wrapped, exports, [exports, require, module, filename, folder, asyncContext, scope]);
}

// ---- require.extensions, node:module ---------------------------------------------------------

class CommonJSExtensions {}

const extensions = new CommonJSExtensions();
for (const name of [".js", ".json", ".node", ".ts", ".cts", ".mjs", ".mts"]) {
  extensions[name] = function (module, filename) {
    module.exports = requireFrom(filename, filename, module);
  };
}

function createRequire(filename) {
  let path = String(filename);
  if (path.startsWith("file:")) path = registry.pathOfUrl(path);
  if (!path.startsWith("/")) {
    const error = new TypeError("The argument 'filename' must be a file URL object, file URL " +
      `string, or absolute path string. Received '${path}'`);
    error.code = "ERR_INVALID_ARG_VALUE";
    throw error;
  }
  return requireFor(path.endsWith("/") ? `${path}[require]` : path);
}

module.exports = {
  Module, cache, createRequire, extensions, isRunning, lookupPaths, requireFor,
  requireFrom, runRecord,
};
