// What a module's code reaches through its own `$dx_module` object: import.meta, import(),
// require, and the helpers of lowered syntax.
"use strict";

const { encodeURI } = globalThis;

// A path as a file: URL.
function urlOfPath(path, suffix) {
  if (path.startsWith("data:") || path.startsWith("blob:")) return path;
  const encoded = encodeURI(path)
    .replaceAll("#", "%23").replaceAll("?", "%3F")
    .replaceAll("%5B", "[").replaceAll("%5D", "]");
  return `file://${encoded}${suffix}`;
}

function folderOf(path) {
  const slash = path.lastIndexOf("/");
  return slash > 0 ? path.slice(0, slash) : "/";
}

function nameOf(path) {
  return path.slice(path.lastIndexOf("/") + 1);
}

class ImportMeta {
  #place;
  #registry;

  constructor(place, registry) {
    this.#place = place;
    this.#registry = registry;
  }

  get url() { return urlOfPath(this.#place.path, this.#place.suffix); }
  get path() { return this.#place.path; }
  get filename() { return this.#place.path; }
  get dir() { return folderOf(this.#place.path); }
  get dirname() { return folderOf(this.#place.path); }
  get file() { return nameOf(this.#place.path); }
  get main() { return this.#registry.mainId() === this.#place.id; }
  get env() { return globalThis.process.env; }
  get hot() { return undefined; }
  get require() { return this.#place.scope.require; }
  get resolve() {
    return (specifier, parent) => this.#registry.resolveUrl(specifier, parent ?? this.#place.path);
  }
  get resolveSync() {
    return (specifier, parent) => this.#registry.resolvePath(specifier, parent ?? this.#place.path);
  }
}

// One module's `$dx_module`. `place` has id, path and suffix.
class ModuleScope {
  #place;
  #registry;
  #meta;
  #require;

  constructor(place, registry, givenRequire) {
    this.#place = place;
    this.#registry = registry;
    this.#require = givenRequire;
    place.scope = this;
  }

  get meta() {
    return this.#meta ??= new ImportMeta(this.#place, this.#registry);
  }

  get require() {
    return this.#require ??= this.#registry.requireFor(this.#place.path);
  }

  get helpers() {
    return require("runtime/module-helpers");
  }

  import(specifier, options) {
    return this.#registry.importDynamic(this.#place.path, specifier, options);
  }
}

module.exports = { ModuleScope, folderOf, urlOfPath };
