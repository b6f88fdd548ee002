// node:module, as far as it concerns the registry.
"use strict";

const { Object } = globalThis;
const { registry } = require("runtime/modules");
const commonJs = require("runtime/commonjs");

const { Module } = commonJs;

function resolveFilename(specifier, parent) {
  return registry.resolve(specifier, parent?.filename ?? `${process.cwd()}/[require]`, true).id;
}

function load(specifier, parent) {
  return commonJs.requireFrom(specifier, parent?.filename ?? `${process.cwd()}/[require]`, parent);
}

function isBuiltin(name) {
  return registry.builtinName(name) !== undefined;
}

function builtinModules() {
  const names = [];
  for (const name of registry.builtins.keys()) {
    if (!name.startsWith("node:")) names.push(name);
    else if (registry.builtinName(name.slice(5)) !== undefined) names.push(name.slice(5));
  }
  return names;
}

const WRAPPER = ["(function (exports, require, module, __filename, __dirname) { ", "\n});"];

Object.assign(Module, {
  Module,
  _cache: commonJs.cache,
  _extensions: commonJs.extensions,
  _load: load,
  _nodeModulePaths: commonJs.lookupPaths,
  _pathCache: Object.create(null),
  _resolveFilename: resolveFilename,
  createRequire: commonJs.createRequire,
  globalPaths: [],
  isBuiltin,
  register() {},
  syncBuiltinESMExports() {},
  wrap: (source) => WRAPPER[0] + source + WRAPPER[1],
  wrapper: WRAPPER,
});
Object.defineProperty(Module, "builtinModules", {
  get: builtinModules, enumerable: true, configurable: true,
});

module.exports = Module;
