// import() in code of node:vm: each script has a number, by which its callback is found.
"use strict";

const { Map } = globalThis;
const { registry } = require("runtime/modules");
const { constants } = require("node/vm-constants");

// By the scripts' numbers: { callback, owner, realm }.
const importers = new Map();
let lastNumber = 0;

// A number for a script whose text calls import().
function nextNumber() {
  return ++lastNumber;
}

function setImporter(number, callback, owner) {
  importers.set(number, { callback, owner });
}

function missingCallback() {
  return require("node/error-codes").ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING();
}

// What `import(specifier, options)` of a script becomes.
async function importFrom(number, specifier, options) {
  const importer = importers.get(number);
  const callback = importer?.callback;
  const name = `${specifier}`;
  if (callback === constants.USE_MAIN_CONTEXT_DEFAULT_LOADER) {
    return registry.importDynamic(`${process.cwd()}/[vm]`, name, options);
  }
  if (callback === undefined) throw missingCallback();
  const attributes = { __proto__: null, ...options?.with };
  const given = await callback(name, importer.owner, attributes, "evaluation");
  return namespaceOf(given);
}

// What a callback answers: a module of vm's, or a namespace.
async function namespaceOf(given) {
  const { Module } = require("node/vm-module");
  if (!(given instanceof Module)) {
    if (given !== null && typeof given === "object" && isNamespace(given)) return given;
    throw require("node/error-codes").ERR_VM_MODULE_NOT_MODULE();
  }
  if (given.status === "errored") throw given.error;
  await given.evaluate();
  return given.namespace;
}

function isNamespace(value) {
  return require("runtime/module-namespace").isNamespace(value);
}

module.exports = { importFrom, nextNumber, setImporter };
