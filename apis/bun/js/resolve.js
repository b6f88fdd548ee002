"use strict";
// Bun.resolve and Bun.resolveSync: where an import would lead.

const { invalidArgument } = require("web/fetch-errors");

const { Promise } = globalThis;

const EXTERNAL = /^(?:https?:)?\/\//;
// No file has this name: what resolves relative to it resolves relative to its folder.
const IN_FOLDER = "[resolve]";

function find(given) {
  if (given.length === 0) throw invalidArgument("Expected a specifier and a from path");
  if (given.length === 1) throw invalidArgument("Expected a from path");
  const [specifier, from] = given;
  // The second is a folder, with or without a slash behind it.
  const folder = `${from}`;
  if (`${specifier}` === "") throw invalidArgument("Expected a from path");
  // What lies elsewhere is where it says.
  if (EXTERNAL.test(specifier)) return specifier;
  const { registry } = require("runtime/modules");
  const path = require("node/path");
  const file = path.join(path.resolve(folder), IN_FOLDER);
  try {
    const found = registry.resolvePath(`${specifier}`, file);
    return !found.includes(":") && isBuiltin(found) ? `node:${found}` : found;
  } catch (error) {
    throw toldOf(error, file, folder);
  }
}

const isBuiltin = (name) => !name.startsWith("/") && require("node/module").isBuiltin(name);

// The resolver takes a file: its errors are to name the folder that was asked about.
function toldOf(error, file, folder) {
  if (error?.referrer !== file) return error;
  const { resolveMessage } = require("runtime/module-errors");
  return resolveMessage({
    message: error.message.replace(file, folder),
    printed: error.message.replace(`imported from ${file}`, `from '${folder}'`),
    code: error.code,
    specifier: error.specifier,
    referrer: folder,
    importKind: error.importKind,
  });
}

function resolveSync(_specifier) {
  return find(arguments);
}

function resolve(_specifier) {
  try {
    return Promise.resolve(find(arguments));
  } catch (error) {
    return Promise.reject(error);
  }
}

module.exports = { resolve, resolveSync };
