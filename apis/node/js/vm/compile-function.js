// vm.compileFunction and vm.measureMemory.
"use strict";

const { Array, Promise } = globalThis;
const engine = require("runtime/engine");
const { declareIn } = require("runtime/code-context");
const { prepareScript } = require("runtime/scripts");
const { countContexts, isContext, isObject, realmOf } = require("node/vm-contexts");
const { nextNumber, setImporter } = require("node/vm-import");
const {
  DEFAULT_NAME, cacheOf, checkCachedData, checkImporter, isCacheOf, withPlace,
} = require("node/vm-script");
const {
  ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, invalidType, validateArray, validateBoolean,
  validateInt32, validateObject, validateString,
} = require("node/errors");

function checkParameters(parameters) {
  if (parameters === undefined) return [];
  validateArray(parameters, "params");
  for (const parameter of parameters) {
    if (typeof parameter === "string") continue;
    throw invalidType("params", "of type Array<string>", parameters);
  }
  return parameters;
}

function checkOptions(options) {
  validateObject(options, "options");
  const { filename, lineOffset, columnOffset, produceCachedData } = options;
  if (filename !== undefined) validateString(filename, "options.filename");
  if (lineOffset !== undefined) validateInt32(lineOffset, "options.lineOffset");
  if (columnOffset !== undefined) validateInt32(columnOffset, "options.columnOffset");
  checkCachedData(options.cachedData, "options.cachedData");
  if (produceCachedData !== undefined) {
    validateBoolean(produceCachedData, "options.produceCachedData");
  }
  checkImporter(options.importModuleDynamically);
  const { parsingContext, contextExtensions } = options;
  if (parsingContext !== undefined && !(isObject(parsingContext) && isContext(parsingContext))) {
    throw ERR_INVALID_ARG_TYPE("options.parsingContext", "Context", parsingContext);
  }
  if (contextExtensions !== undefined) checkExtensions(contextExtensions);
}

function checkExtensions(extensions) {
  validateArray(extensions, "options.contextExtensions");
  for (const [index, extension] of extensions.entries()) {
    if (isObject(extension)) continue;
    throw ERR_INVALID_ARG_TYPE(`options.contextExtensions[${index}]`, "object", extension);
  }
}

function compileFunction(code, params, options = {}) {
  validateString(code, "code");
  const parameters = checkParameters(params);
  checkOptions(options);
  const { filename = DEFAULT_NAME, lineOffset = 0, contextExtensions = [] } = options;
  // Each part must be whole by itself, or it could end the function it is put into.
  const text = `function (${parameters.join(",")}) {\n${code}\n}`;
  const line = 1 + lineOffset - 1;
  try {
    for (const part of [`(${parameters.join(",")}) {}`, `() {\n${code}\n}`]) {
      // As an expression and as a declaration: what ends the one early does not fit the other.
      engine.checkSyntax(`(function ${part})`, filename, line);
      engine.checkSyntax(`function declared${part}`, filename, line);
    }
    engine.checkSyntax(`(${text})`, filename, line);
  } catch (error) {
    throw withPlace(error, filename, code, lineOffset);
  }
  const made = compiled(text, filename, line, options, contextExtensions);
  describeCache(made, code, options);
  return made;
}

function compiled(text, filename, line, options, extensions) {
  const number = nextNumber();
  const scopes = extensions.map((_, index) => `with ($dx_scope[${index}]) `).join("");
  const source = extensions.length === 0
    ? `(${text})` : `(function ($dx_scope) {${scopes}return (${text}); })`;
  const { code, imports, suspends } = prepareScript(source, number, false, false);
  const { parsingContext } = options;
  const global = parsingContext === undefined ? undefined : realmOf(parsingContext).global;
  if (suspends) declareIn(global ?? globalThis);
  const value = engine.evaluateIn(global, code, filename, line);
  const made = extensions.length === 0 ? value : value(extensions);
  if (imports) setImporter(number, options.importModuleDynamically, made);
  return made;
}

function describeCache(made, code, { cachedData, produceCachedData }) {
  if (cachedData !== undefined) made.cachedDataRejected = !isCacheOf(cachedData, code);
  if (!produceCachedData) return;
  made.cachedDataProduced = true;
  made.cachedData = cacheOf(code);
}

// ---- measureMemory ---------------------------------------------------------------------------

let wasWarned = false;

function checkOneOf(value, name, allowed) {
  if (value === undefined || allowed.includes(value)) return;
  const words = allowed.map((each) => `'${each}'`).join(", ");
  throw ERR_INVALID_ARG_VALUE(name, value, `must be one of: ${words}`);
}

function measureMemory(options = {}) {
  if (!wasWarned) {
    wasWarned = true;
    process.emitWarning("vm.measureMemory is an experimental feature and might change at any time",
      "ExperimentalWarning");
  }
  validateObject(options, "options");
  checkOneOf(options.mode, "options.mode", ["summary", "detailed"]);
  checkOneOf(options.execution, "options.execution", ["default", "eager"]);
  const { size, capacity } = engine.heapStatistics();
  const figures = { jsMemoryEstimate: size, jsMemoryRange: [size, capacity] };
  const result = { total: figures };
  if (options.mode === "detailed") {
    result.current = figures;
    // The engine does not tell contexts apart.
    result.other = Array.from({ length: countContexts() }, () => ({ ...figures }));
  }
  return Promise.resolve(result);
}

module.exports = { compileFunction, measureMemory };
