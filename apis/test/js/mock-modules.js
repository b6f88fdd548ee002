// mock.module(): modules made by a test in place of files, packages and builtins.
//
// What is loaded already has its exports replaced where it stands, for all who import it; what is
// not is made by the factory when it is first imported or required.
"use strict";

const { runner } = require("test/state");
const { promiseState } = require("runtime/engine");
const { registry } = require("runtime/modules");
const prelude = require("runtime/prelude");

const then = Promise.prototype.then;

// By id.
const mocks = new Map();

class Mock {
  constructor(factory) {
    this.factory = factory;
    this.isMade = false;
    this.made = undefined;
    this.promise = undefined;
  }

  // Runs the factory once. What it promises is awaited by `import`.
  make() {
    if (this.isMade) return;
    this.isMade = true;
    const made = (0, this.factory)();
    const isObject = typeof made === "object" && made !== null;
    if (!isObject && typeof made !== "function") {
      throw new TypeError("mock(module, fn) requires a function that returns an object");
    }
    const [status, result] = promiseState(made);
    if (status === "unknown") this.made = made;
    else if (status === "fulfilled") this.made = result;
    else {
      this.promise = Reflect.apply(then, made, [(value) => {
        this.made = value;
        this.promise = undefined;
      }]);
    }
  }

  exports() {
    this.make();
    if (this.promise !== undefined) {
      throw new TypeError("The factory of this mocked module is asynchronous: use await import()");
    }
    return this.made;
  }
}

// ---- Places ----------------------------------------------------------------------------------

function joined(specifier, referrer) {
  const path = specifier.startsWith("file:") ? specifier.replace(/^file:(?:\/\/)?/, "") : specifier;
  if (path.startsWith("/")) return path;
  if (!/^\.\.?(?:\/|$)/.test(path)) return specifier;
  const parts = referrer.slice(0, referrer.lastIndexOf("/")).split("/");
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

function idOf(specifier, referrer, isRequire) {
  try {
    return registry.resolveActual(specifier, referrer, isRequire).id;
  } catch {
    return joined(specifier, referrer);
  }
}

const isBuiltin = (id) => registry.builtinName(id) !== undefined;

function find(specifier, referrer, isRequire) {
  return mocks.get(idOf(specifier, referrer, isRequire)) ?? mocks.get(specifier);
}

const hook = {
  place(specifier, referrer, isRequire) {
    const mock = find(specifier, referrer, isRequire);
    // As in Bun, what requires a builtin gets that.
    if (mock === undefined || (isRequire && isBuiltin(mock.id))) return undefined;
    return { id: mock.id, path: mock.id, suffix: "", mock };
  },
  pending(specifier, referrer) {
    const mock = find(specifier, referrer, false);
    if (mock === undefined || registry.records.has(mock.id)) return undefined;
    mock.make();
    return mock.promise;
  },
};

// ---- Replacing what is loaded ----------------------------------------------------------------

function replace(record, exported) {
  for (const name of Object.keys(exported)) {
    // The names of a module that has been linked are what they are.
    if (!Object.hasOwn(record.namespace, name)) continue;
    define(record.namespace, name, exported[name]);
    const binding = record.resolved.get(name) ?? { owner: record, name };
    replaceBinding(binding, exported[name]);
  }
}

// All who export the same binding.
function replaceBinding({ owner, name: ownName }, value) {
  for (const record of registry.records.values()) {
    for (const [name, resolution] of record.resolved) {
      if (resolution?.owner === owner && resolution.name === ownName) {
        define(record.namespace, name, value);
      }
    }
  }
}

function define(namespace, name, value) {
  if (Object.getOwnPropertyDescriptor(namespace, name)?.configurable === false) return;
  Object.defineProperty(namespace, name, {
    value, enumerable: true, configurable: true, writable: true,
  });
}

function replaceLoaded(id, record, mock) {
  const apply = (exported) => {
    replace(record, exported);
    const cached = prelude.loadedModule("runtime/commonjs")?.cache[id];
    if (cached !== undefined) cached.exports = exported;
  };
  mock.make();
  if (mock.promise === undefined) return apply(mock.made);
  return Reflect.apply(then, mock.promise, [() => apply(mock.made)]);
}

// ---- mock.module -----------------------------------------------------------------------------

const PLACE = /(?:\(|at )(\/[^()]*?):\d+:\d+\)?$/;

function callerPath() {
  const lines = String(new Error().stack).split("\n").slice(1);
  const found = lines.map((line) => PLACE.exec(line)).find((match) => match !== null);
  return found?.[1] ?? runner.file?.path ?? `${process.cwd()}/[mock]`;
}

function mockModule(specifier, factory) {
  if (typeof specifier !== "string") {
    throw new TypeError("mock(module, fn) requires a module name string");
  }
  if (typeof factory !== "function") {
    throw new TypeError("mock(module, fn) requires a function");
  }
  const id = idOf(specifier, callerPath(), false);
  const mock = new Mock(factory);
  mock.id = id;
  mocks.set(id, mock);
  registry.mockWith(hook);
  const record = registry.records.get(id);
  return record === undefined ? undefined : replaceLoaded(id, record, mock);
}

module.exports = { mockModule };
