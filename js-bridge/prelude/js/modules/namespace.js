// Module namespace objects, and the resolution of exports that fills them.
//
// An import compiles to a property access on the namespace of the module asked for. Exports of
// ES modules are getters over the live binding, so that the engine inlines the access and an
// uninitialised binding throws by itself; a re-export is the same getter, never a chain. Exports
// of CommonJS and data are plain properties that cannot be written. A namespace is frozen once
// filled; until then it is an empty object that others may already hold. Modules in cycles are
// filled when they are linked, others when their evaluation begins: nobody asks before.
"use strict";

const { Array, Map, Object, Set, Symbol } = globalThis;
const { apply, keptMap } = require("runtime/primordials");
const errors = () => require("runtime/module-errors");
const defineProperty = Object.defineProperty;
const isEnumerable = Object.prototype.propertyIsEnumerable;
const { getOwnPropertyNames } = Object;
const { sort } = Array.prototype;
const { forEach } = Map.prototype;
const AMBIGUOUS = Symbol("ambiguous");

// As in Bun, what transpiled CommonJS asks of an ES module it requires.
const namespacePrototype = Object.create(null, { __esModule: { value: true } });

// Test runners replace exports: then namespaces stay open and their properties configurable.
let isReplaceable = false;

function makeReplaceable() {
  isReplaceable = true;
}

function defineExport(namespace, name, descriptor) {
  if (isReplaceable) descriptor = { ...descriptor, configurable: true };
  defineProperty(namespace, name, descriptor);
}

function makeNamespace() {
  return Object.create(namespacePrototype);
}

function seal(namespace) {
  defineProperty(namespace, Symbol.toStringTag, { value: "Module" });
  if (!isReplaceable) Object.preventExtensions(namespace);
}

// ---- ES modules ------------------------------------------------------------------------------

// The binding behind an export: { owner, name, descriptor }, null, or AMBIGUOUS. A local export
// of an ES module has no descriptor here: see descriptorOf.
function resolveExport(record, name, visited) {
  const known = record.resolved.get(name);
  if (known !== undefined) return known;
  if (record.kind !== "module") return resolveSynthetic(record, name);
  if (visiting(visited, record, name)) return null;
  const resolution = resolveUncached(record, name, visited);
  if (resolution !== null) record.resolved.set(name, resolution);
  return resolution;
}

function visiting(visited, record, name) {
  let names = visited.get(record);
  if (names === undefined) visited.set(record, names = new Set());
  if (names.has(name)) return true;
  names.add(name);
  return false;
}

function resolveUncached(record, name, visited) {
  if (record.locals.has(name)) return { owner: record, name, descriptor: undefined };
  const indirect = record.indirect.get(name);
  if (indirect !== undefined) {
    const target = record.dependencies[indirect.request];
    if (indirect.imported === null) return namespaceOf(target);
    return resolveExport(target, indirect.imported, visited);
  }
  return name === "default" ? null : resolveStar(record, name, visited);
}

function resolveStar(record, name, visited) {
  let found = null;
  for (const request of starsWith(record, name)) {
    const resolution = resolveExport(record.dependencies[request], name, visited);
    if (resolution === AMBIGUOUS) return AMBIGUOUS;
    if (resolution === null) continue;
    if (found === null) {
      found = resolution;
    } else if (found.owner !== resolution.owner || found.name !== resolution.name) {
      return AMBIGUOUS;
    }
  }
  return found;
}

// The requests of `export *` that bring a name. An index, because barrels have hundreds of both.
function starsWith(record, name) {
  if (record.starIndex === undefined) record.starIndex = indexStars(record);
  return record.starIndex.get(name) ?? record.stars.filter((request) => {
    return record.dependencies[request].isOpen;
  });
}

function indexStars(record) {
  const index = keptMap();
  for (const request of record.stars) {
    for (const name of namesOf(record.dependencies[request])) {
      const requests = index.get(name);
      if (requests === undefined) index.set(name, [request]);
      else requests.push(request);
    }
  }
  return index;
}

function namespaceOf(record) {
  const descriptor = { value: record.namespace, enumerable: true };
  return { owner: record, name: "*namespace*", descriptor };
}

function resolveSynthetic(record, name) {
  const own = Object.getOwnPropertyDescriptor(record.namespace, name);
  if (own !== undefined) {
    const { get, value } = own;
    const descriptor = get === undefined ? { value, enumerable: true } : { get, enumerable: true };
    return { owner: record, name, descriptor };
  }
  if (!record.isOpen) return null;
  const get = record.openGetter(name);
  defineProperty(record.namespace, name, { get, enumerable: true });
  return { owner: record, name, descriptor: { get, enumerable: true } };
}

// All names that a module exports. Asked of modules whose whole graph is instantiated, and kept
// for those: data and CommonJS have their names in their namespaces.
function namesOf(record) {
  if (record.kind !== "module") return Object.keys(record.namespace);
  if (record.names === undefined) {
    const names = new Set();
    collectNames(record, names, new Set());
    record.names = names;
  }
  return record.names;
}

function collectNames(record, names, visited) {
  if (record.kind !== "module") {
    for (const name of Object.keys(record.namespace)) names.add(name);
    return;
  }
  if (visited.has(record)) return;
  visited.add(record);
  for (const name of record.locals.keys()) names.add(name);
  for (const name of record.indirect.keys()) names.add(name);
  for (const request of record.stars) collectStarred(record, request, names, visited);
}

// What `export *` brings: all but the default export.
function collectStarred(record, request, names, visited) {
  const hadDefault = names.has("default");
  collectNames(record.dependencies[request], names, visited);
  if (!hadDefault) names.delete("default");
}

// Fills the namespace of an ES module whose whole graph is instantiated.
function fillNamespace(record) {
  if (record.indirect.size === 0 && record.stars.length === 0) return fillFromLocals(record);
  for (const name of [...namesOf(record)].sort()) {
    const resolution = resolveOwn(record, name);
    if (resolution !== AMBIGUOUS) defineExport(record.namespace, name, descriptorOf(resolution));
  }
  seal(record.namespace);
}

// For a module that passes nothing on, as most do: no name needs to be looked for.
function fillFromLocals(record) {
  const { locals, namespace } = record;
  const names = sortedKeys(locals);
  for (let index = 0; index < names.length; index++) {
    const name = names[index];
    const get = locals.get(name) ?? getterOnceBegun(record, name);
    defineExport(namespace, name, { get, enumerable: true });
  }
  seal(namespace);
}

function resolveOwn(record, name) {
  const resolution = resolveExport(record, name, keptMap());
  if (resolution === null) {
    throw errors().missingExport(record.indirect.get(name)?.imported ?? name, record.path);
  }
  return resolution;
}

function descriptorOf({ owner, name, descriptor }) {
  if (descriptor !== undefined) return descriptor;
  return { get: owner.locals.get(name) ?? getterOnceBegun(owner, name), enumerable: true };
}

// For a module in a cycle that passes on the export of one that has not begun.
function getterOnceBegun(owner, name) {
  let get;
  return () => {
    get ??= owner.locals.get(name);
    if (get === undefined) {
      throw new ReferenceError(`Cannot access '${name}' before initialization.`);
    }
    return get();
  };
}

// Throws where a module passes on a name that is not there.
function checkExports(record) {
  if (record.indirect.size === 0 && record.stars.length === 0) return;
  for (const name of namesOf(record)) resolveOwn(record, name);
}

// Throws where a module imports a name that is not there.
function checkImports(record) {
  const { importedNames } = record;
  for (let index = 0; index < importedNames.length; index += 2) {
    const target = record.dependencies[importedNames[index]];
    const name = importedNames[index + 1];
    if (target.kind === "module" && target.locals.has(name)) continue;
    const resolution = resolveExport(target, name, keptMap());
    // As in Bun, names from "bun" are properties of an object: what is not there is undefined.
    if (resolution === null && target.path === "bun") continue;
    if (resolution === null) throw errors().missingExport(name, target.path);
    if (resolution === AMBIGUOUS) throw errors().ambiguousExport(name, target.path);
  }
}

function sortedKeys(map) {
  const keys = [];
  apply(forEach, map, [(_value, key) => { keys[keys.length] = key; }]);
  return apply(sort, keys, []);
}

// ---- CommonJS, data, builtins ----------------------------------------------------------------

function isObject(value) {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function defaultOf(exported) {
  if (isObject(exported) && exported.__esModule && "default" in exported) return exported.default;
  return exported;
}

// What computes a value and is not enumerable is no export.
function isHiddenGetter(exported, name) {
  return !isEnumerable.call(exported, name) &&
    Object.getOwnPropertyDescriptor(exported, name)?.get !== undefined;
}

// Fills a namespace from `module.exports`, by value: what changes later is not seen, as in Bun.
function fillFromExports(record, exported) {
  const { namespace } = record;
  const values = keptMap();
  values.set("default", defaultOf(exported));
  if (isObject(exported)) {
    const own = getOwnPropertyNames(exported);
    for (let index = 0; index < own.length; index++) {
      const name = own[index];
      if (name === "default" || name === "__esModule" || isHiddenGetter(exported, name)) continue;
      try {
        values.set(name, exported[name]);
      } catch {
        values.set(name, undefined);
      }
    }
  }
  const names = sortedKeys(values);
  for (let index = 0; index < names.length; index++) {
    defineExport(namespace, names[index], { value: values.get(names[index]), enumerable: true });
  }
  seal(namespace);
}

// Fills a namespace from what a test has in place of a module: just what that has.
function fillFromMock(record, exported) {
  const names = typeof exported === "object" ? Object.keys(exported) : [];
  for (const name of names.sort()) {
    if (name === "__esModule") continue;
    defineExport(record.namespace, name, { value: exported[name], enumerable: true });
  }
  seal(record.namespace);
}

// Fills a namespace from a data file's value.
function fillFromData(record, value) {
  const { namespace } = record;
  const named = typeof value === "object" && value !== null && !Array.isArray(value);
  const names = named ? Object.keys(value).filter((name) => name !== "default") : [];
  names.push("default");
  // What is no object of names says so as transpiled CommonJS does, texts excepted.
  if (!named && record.kind !== "text" || record.kind === "css") {
    defineExport(namespace, "__esModule", { value: true, enumerable: true });
  }
  for (const name of names.sort()) {
    const exported = name === "default" ? value : value[name];
    defineExport(namespace, name, { value: exported, enumerable: true });
  }
  seal(namespace);
}

// A builtin's export as it is now, whatever the program puts in its place later. Accessors are
// read when first used, because reading may load.
function descriptorOfBuiltin(exported, name) {
  const own = Object.getOwnPropertyDescriptor(exported, name);
  if (own !== undefined && own.get === undefined) return { value: own.value, enumerable: true };
  let isRead = false;
  let value;
  const get = () => {
    if (!isRead) {
      value = exported[name];
      isRead = true;
    }
    return value;
  };
  return { get, enumerable: true };
}

// What `process` inherits: methods of its own kind, which are exports like its properties.
function inheritedNames(exported) {
  if (exported === null || typeof exported !== "object") return [];
  const prototype = Object.getPrototypeOf(exported);
  if (prototype === null || prototype === Object.prototype) return [];
  return Object.getOwnPropertyNames(prototype);
}

function fillFromBuiltin(record, exported) {
  const { namespace } = record;
  const names = new Set(isObject(exported) ? Object.keys(exported) : []);
  for (const name of inheritedNames(exported)) names.add(name);
  names.add("default");
  // To Bun, EventEmitter's prototype is one more of the things it carries.
  if (record.id === "node:events") names.add("prototype");
  // A program's own properties of `process` are no exports, whatever they are called.
  const hasDefault =
    record.id !== "node:process" && isObject(exported) && Object.hasOwn(exported, "default");
  for (const name of [...names].sort()) {
    const own = name !== "default" || hasDefault;
    const descriptor = own
      ? descriptorOfBuiltin(exported, name)
      : { value: exported, enumerable: true };
    defineExport(namespace, name, descriptor);
  }
  seal(namespace);
}

// ---- Modules whose exports a program sets ----------------------------------------------------

// Names that stay undefined until they are set; `values` is what the setter writes into.
function fillFromNames(record, values) {
  for (const name of [...values.keys()].sort()) {
    defineProperty(record.namespace, name, { get: () => values.get(name), enumerable: true });
  }
  seal(record.namespace);
}

function isNamespace(value) {
  return Object.getPrototypeOf(value) === namespacePrototype;
}

module.exports = {
  checkExports, checkImports, defaultOf, fillFromBuiltin, fillFromData, fillFromExports,
  fillFromMock, fillFromNames, fillNamespace, isNamespace, makeNamespace, makeReplaceable,
  namespacePrototype,
};
