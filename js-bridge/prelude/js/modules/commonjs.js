// CommonJS: the Module class, require and its cache, and require of everything else.
//
// A file is run once and cached before it runs, so that cycles see its exports so far; what
// throws is taken out of the cache again.
"use strict";

const { Array, Object, Set, String, TypeError } = globalThis;
const asyncContext = require("runtime/async-context");
const { evaluate: compile } = require("runtime/engine");
const { registry } = require("runtime/modules");
const { ModuleScope, folderOf } = require("runtime/module-meta");

// By id. Programs see it as require.cache and may delete from it.
const { apply } = require("runtime/primordials");

const cache = Object.create(null);
// Modules whose code has begun and not ended.
const running = new Set();
let mainModule;

class Module {
  #paths;
  // Its own, whatever a program has put on Object.prototype.
  exports = {};

  constructor(id = ".", parent = undefined) {
    this.children = [];
    this.filename = null;
    this.id = id;
    this.loaded = false;
    this.parent = parent;
    this.path = id === "." ? "" : folderOf(id);
    const children = parent?.children;
    if (children !== undefined && children !== null) children[children.length] = this;
  }

  get paths() { return this.#paths ?? lookupPaths(this.path); }
  set paths(paths) { this.#paths = paths; }

  require(specifier) {
    checkSpecifier(specifier);
    if (Module._load !== undefined && Module._load !== load) {
      return Module._load(specifier, this, false);
    }
    return requireFrom(specifier, this.filename, this);
  }

  _compile(source, filename) {
    const { loadText } = require("runtime/scripts");
    const answer = loadText(filename, filename, String(source), "js", "commonjs");
    if (answer.kind !== "commonjs") {
      throw require("runtime/module-errors").loadError(answer, filename);
    }
    const place = { id: filename, path: filename, suffix: "" };
    runWrapped(this, compile(answer.code, filename), filename, place);
  }
}

// The module of a file.
function moduleOf(filename, parent) {
  const module = new Module(filename, parent);
  module.filename = filename;
  // As in Bun, which tells no difference.
  module.loaded = true;
  module.parent = parent ?? null;
  return module;
}

// What programs may put others in the place of, once they have node:module.
const { require: ownRequire, _compile: ownCompile } = Module.prototype;

// Module._load: what require does after its checks.
function load(specifier, parent, _isMain) {
  return requireFrom(specifier, fileOf(parent), parent ?? undefined);
}

// Module._resolveFilename.
function resolveFilename(specifier, parent, _isMain, options) {
  const folders = options?.paths ?? [];
  if (!Array.isArray(folders)) {
    const error = new TypeError("options.paths must be an array");
    error.code = "ERR_INVALID_ARG_TYPE";
    throw error;
  }
  for (const folder of folders) {
    try {
      return idOf(specifier, `${folder}/[require]`);
    } catch {
      // The next folder may have it.
    }
  }
  return idOf(specifier, fileOf(parent));
}

// Builtins are called as they were asked for.
function idOf(specifier, filename) {
  const place = resolvePlace(specifier, filename);
  return place.builtin === undefined ? place.id : specifier;
}

function fileOf(parent) {
  return parent?.filename ?? `${globalThis.process.cwd()}/[require]`;
}

Object.defineProperty(Module.prototype, "paths", { enumerable: true });

// The node_modules folders looked through from a folder, nearest first.
function lookupPaths(folder) {
  const paths = [];
  let current = folder;
  while (current !== "") {
    if (!current.endsWith("/node_modules") && current !== "/") {
      paths[paths.length] = `${current}/node_modules`;
    }
    current = current.slice(0, current.lastIndexOf("/"));
  }
  paths[paths.length] = "/node_modules";
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
    const { prototype } = Module;
    if (prototype.require !== ownRequire) {
      return apply(prototype.require, module ?? moduleOf(filename), [specifier]);
    }
    if (Module._load !== undefined && Module._load !== load) {
      checkSpecifier(specifier);
      return Module._load(specifier, module ?? moduleOf(filename), false);
    }
    return requireFrom(specifier, filename, module);
  }
  require.resolve = makeResolve(filename);
  Object.setPrototypeOf(require, requirePrototype);
  return require;
}

function makeResolve(filename) {
  function resolve(specifier, options) {
    checkSpecifier(specifier);
    const paths = options?.paths;
    if (paths !== undefined && paths !== null) {
      if (registry.builtinName(specifier) !== undefined) return specifier;
      checkPaths(paths);
    }
    for (const folder of paths ?? []) {
      try {
        return idOf(specifier, `${folder}/[require]`);
      } catch {
        // The next folder may have it.
      }
    }
    return idOf(specifier, filename);
  }
  resolve.paths = (specifier) => {
    if (registry.builtinName(specifier) !== undefined) return null;
    if (specifier.startsWith("./") || specifier.startsWith("../")) return [folderOf(filename)];
    return lookupPaths(folderOf(filename));
  };
  return resolve;
}

function checkPaths(paths) {
  const { ERR_INVALID_ARG_VALUE, invalidType } = require("node/errors");
  if (!Array.isArray(paths)) throw ERR_INVALID_ARG_VALUE("options.paths", paths);
  for (let index = 0; index < paths.length; index++) {
    const folder = paths[index];
    if (typeof folder === "string") continue;
    throw invalidType(`paths[${index}]`, "of type string", folder);
  }
}

function checkSpecifier(specifier) {
  if (typeof specifier === "string" && specifier !== "") return;
  if (specifier === "") {
    const error = new TypeError("The argument 'id' must be a non-empty string. Received ''");
    error.code = "ERR_INVALID_ARG_VALUE";
    throw error;
  }
  throw require("node/errors").invalidType("id", "of type string", specifier);
}

// The require of an ES module, or of createRequire.
function requireFor(filename) {
  return makeRequire(filename, undefined);
}

// ---- Requiring -------------------------------------------------------------------------------

function requireFrom(specifier, filename, parent) {
  checkSpecifier(specifier);
  const place = placeOf(specifier, filename, parent);
  if (place.mock !== undefined) return requireMocked(place);
  if (place.builtin !== undefined) {
    return (cache[specifier] ?? { exports: registry.loadBuiltin(place.builtin) }).exports;
  }
  const cached = cache[place.id];
  if (cached !== undefined) {
    if (parent != null) adoptChild(parent.children, cached);
    return cached.exports;
  }
  return requireFile(place, parent);
}

function adoptChild(children, module) {
  for (let index = 0; index < children.length; index++) {
    if (children[index] === module) return;
  }
  children[children.length] = module;
}

// What a test has in place of a module: the object itself where that was CommonJS.
function requireMocked(place) {
  const record = registry.records.get(place.id);
  const isMock = record === undefined || record.kind === "mock";
  const isCommonJs = isMock ? place.id in cache : record.kind === "commonjs";
  if (isCommonJs) return place.mock.exports();
  return registry.requireModule(record ?? registry.loadPlace(place, undefined, undefined));
}

// What a specifier means, by the program's own Module._resolveFilename where it has one.
function placeOf(specifier, filename, parent) {
  const resolve = Module._resolveFilename;
  if (resolve === undefined || resolve === resolveFilename) {
    return resolvePlace(specifier, filename);
  }
  const found = resolve(specifier, parent ?? moduleOf(filename), false);
  return registry.resolve(found, filename, true);
}

// Files of extensions that the program added need not be called by them.
function resolvePlace(specifier, filename) {
  try {
    return registry.resolve(specifier, filename, true);
  } catch (error) {
    for (const extension of Object.keys(extensions)) {
      if (ownExtensions.has(extension)) continue;
      try {
        return registry.resolve(specifier + extension, filename, true);
      } catch {
        // The next extension may have it.
      }
    }
    throw error;
  }
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
  const handler = handlerOf(place.path);
  if (handler !== undefined) return runHandler(handler, place, parent);
  const answer = registry.answerAsCode(place, parent !== undefined);
  if (answer.kind === "commonjs") return runNew(place, parent, answer).exports;
  const record = registry.loadPlace(place, undefined, answer);
  return adoptIntoCache(record, parent, exportsOf(record));
}

const GIVEN_AS_THEY_ARE = new Set(["json", "json5", "expression", "css", "file"]);

// What require gives for anything that is not CommonJS.
function exportsOf(record) {
  const { kind } = record;
  const exported = requireRecord(record);
  if (kind === "addon") return record.exported.exports;
  return GIVEN_AS_THEY_ARE.has(kind) ? record.namespace.default : exported;
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
  const module = moduleOf(record.id, parent);
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
  const module = moduleOf(place.id, parent);
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

// The wrapper of node:module, once that is loaded; programs change its ends or put another there.
const ownWrapper = ["(function(exports,require,module,__filename,__dirname){", "})"];
const [ownStart, ownEnd] = ownWrapper;

// The program's own text between the ends of the wrapper, as it is to be wrapped now.
function rewrapped(code) {
  const { wrapper } = Module;
  if (wrapper === undefined) return code;
  const start = wrapper[0];
  const end = wrapper[1];
  if (start === ownStart && end === ownEnd) return code;
  return `${start}${bodyOf(code)}${end}`;
}

// Compiles a file; one that was passed on without being parsed may need its transform after all.
function compiled(place, answer) {
  const compileCode = (code) =>
    registry.orMistake(place.id, () => compile(rewrapped(code), place.id));
  if (!answer.unparsed) return compileCode(answer.code);
  try {
    return compile(rewrapped(answer.code), place.id);
  } catch (error) {
    const parsed = registry.answerFor(place, false);
    if (parsed.kind !== "commonjs") throw error;
    return compileCode(parsed.code);
  }
}

function runWrapped(module, wrapped, filename, place) {
  const require = makeRequire(filename, module);
  module.require = require;
  const { exports } = module;
  const folder = filename.includes("/") ? folderOf(filename) : ".";
  if (wrapped.length <= 5) {
    return apply(wrapped, exports, [exports, require, module, filename, folder]);
  }
  const scope = new ModuleScope(
    { id: place.id, path: place.path, suffix: place.suffix }, registry, require);
  return apply(
    wrapped, exports, [exports, require, module, filename, folder, asyncContext, scope]);
}

// ---- require.extensions, node:module ---------------------------------------------------------

class CommonJSExtensions {}

const extensions = new CommonJSExtensions();
const ownExtensions = new Set([".js", ".json", ".node", ".ts", ".cts", ".mjs", ".mts"]);
const ownHandlers = new Set();
for (const name of ownExtensions) {
  extensions[name] = function (module, filename) { loadInto(module, filename); };
  ownHandlers.add(extensions[name]);
}

// The function that the program set for a file's extension; the longest that has one counts.
function handlerOf(path) {
  const name = path.slice(path.lastIndexOf("/") + 1);
  for (let dot = name.indexOf(".", 1); dot >= 0; dot = name.indexOf(".", dot + 1)) {
    const handler = extensions[name.slice(dot)];
    if (typeof handler === "function") return ownHandlers.has(handler) ? undefined : handler;
  }
  const handler = extensions[".js"];
  const isOther = typeof handler === "function" && !ownHandlers.has(handler);
  return isOther && !name.includes(".", 1) ? handler : undefined;
}

function runHandler(handler, place, parent) {
  const module = moduleOf(place.id, parent);
  cache[place.id] = module;
  running.add(module);
  try {
    apply(handler, extensions, [module, place.path]);
  } catch (error) {
    delete cache[place.id];
    throw error;
  } finally {
    running.delete(module);
  }
  return module.exports;
}

// Loads a file into a module that is there already, by the module's own _compile where it has one.
function loadInto(module, filename) {
  const place = { id: filename, path: filename, suffix: "", attribute: undefined };
  const answer = registry.answerFor(place, true);
  if (answer.kind !== "commonjs") {
    module.exports = exportsOf(registry.loadPlace(place, undefined, answer));
  } else if (module._compile !== ownCompile) {
    module._compile(textOf(answer, filename), filename);
  } else {
    runWrapped(module, compiled(place, answer), filename, place);
  }
}

// The text between the ends of the wrapper.
function textOf({ code }, filename) {
  if (/\.c?js$/.test(filename)) return require("runtime/sources").text(filename);
  return bodyOf(code);
}

function bodyOf(code) {
  return code.slice(code.indexOf("{") + 1, code.lastIndexOf("\n})"));
}

function createRequire(filename) {
  let path = `${filename}`;
  if (path.startsWith("file:")) path = registry.pathOfUrl(path);
  if (!path.startsWith("/")) {
    const { ERR_INVALID_ARG_VALUE } = require("node/errors");
    throw ERR_INVALID_ARG_VALUE("filename", filename,
      "must be a file URL object, file URL string, or absolute path string");
  }
  return requireFor(path.endsWith("/") ? `${path}noop.js` : path);
}

module.exports = {
  Module, cache, createRequire, extensions, isRunning, load, lookupPaths,
  mainModule: () => mainModule, ownWrapper, requireFor, requireFrom, resolveFilename, runRecord,
};
