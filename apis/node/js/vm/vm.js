// The module node:vm.
"use strict";

const { createContext, isContext } = require("node/vm-contexts");
const {
  Script, createScript, runInContext, runInNewContext, runInThisContext,
} = require("node/vm-script");

module.exports = {
  createContext,
  runInContext,
  runInNewContext,
  runInThisContext,
  isContext,
  get compileFunction() { return require("node/vm-compile-function").compileFunction; },
  get measureMemory() { return require("node/vm-compile-function").measureMemory; },
  Script,
  get Module() { return require("node/vm-module").Module; },
  get SourceTextModule() { return require("node/vm-module").SourceTextModule; },
  get SyntheticModule() { return require("node/vm-module").SyntheticModule; },
  createScript,
  constants: require("node/vm-constants").constants,
};
