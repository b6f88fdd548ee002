// util.parseArgs: a command line read by the rules of its options.
"use strict";

const { makeError } = require("node/errors");
const { Array, Map, Object, String } = globalThis;

// ---- Checks of the configuration -------------------------------------------------------------

function typeName(value) {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function wrongType(name, expected, value) {
  const message = `The "${name}" property must be ${expected}, got ${typeName(value)}`;
  return makeError("TypeError", "ERR_INVALID_ARG_TYPE", message);
}

function checkBoolean(value, name) {
  if (typeof value !== "boolean") throw wrongType(name, "of type boolean", value);
}

function checkObject(value, name) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrongType(name, "of type object", value);
  }
}

function checkArray(value, name) {
  if (!Array.isArray(value)) throw wrongType(name, "an instance of Array", value);
}

function checkDefault(option, path) {
  const { default: value, type, multiple } = option;
  if (value === undefined) return;
  if (!multiple) {
    if (typeof value !== type) throw wrongType(path, `of type ${type}`, value);
    return;
  }
  checkArray(value, path);
  value.forEach((each, index) => {
    if (typeof each !== type) throw wrongType(`${path}[${index}]`, `of type ${type}`, value);
  });
}

function checkOption(option, path) {
  checkObject(option, path);
  if (option.type !== "string" && option.type !== "boolean") {
    const message = `${path}.type must be one of: boolean|string`;
    throw makeError("TypeError", "ERR_INVALID_ARG_TYPE", message);
  }
  const { short } = option;
  if (Object.hasOwn(option, "short")) {
    if (typeof short !== "string") throw wrongType(`${path}.short`, "of type string", short);
    if (short.length !== 1) {
      const message = `${path}.short must be a single character`;
      throw makeError("TypeError", "ERR_INVALID_ARG_VALUE", message);
    }
  }
  if (Object.hasOwn(option, "multiple")) checkBoolean(option.multiple, `${path}.multiple`);
  checkDefault(option, `${path}.default`);
}

function readConfig(given) {
  const config = given ?? {};
  if (given !== undefined) checkObject(given, "config");
  const own = (name, fallback) => Object.hasOwn(config, name) ? config[name] ?? fallback : fallback;
  const strict = own("strict", true);
  const read = {
    args: own("args", undefined) ?? defaultArguments(),
    strict,
    allowPositionals: own("allowPositionals", !strict),
    returnTokens: own("tokens", false),
    allowNegative: own("allowNegative", false),
    options: own("options", { __proto__: null }),
  };
  checkArray(read.args, "args");
  checkBoolean(read.strict, "strict");
  checkBoolean(read.allowPositionals, "allowPositionals");
  checkBoolean(read.returnTokens, "tokens");
  checkBoolean(read.allowNegative, "allowNegative");
  checkObject(read.options, "options");
  for (const [name, option] of Object.entries(read.options)) checkOption(option, `options.${name}`);
  return read;
}

function defaultArguments() {
  const { process } = require("node/process");
  const isEvaluated = process.execArgv.some((word) => /^(?:-e|-p|--eval|--print)/.test(word));
  return process.argv.slice(isEvaluated ? 1 : 2);
}

// ---- Tokens ----------------------------------------------------------------------------------

// Long names by their short ones, the first of each.
function longNames(options) {
  const names = new Map();
  for (const [name, option] of Object.entries(options)) {
    if (option.short !== undefined && !names.has(option.short)) names.set(option.short, name);
  }
  return names;
}

function typeOf(name, options) {
  return Object.hasOwn(options, name) ? options[name].type : undefined;
}

const isOptionLike = (word) => word !== undefined && word.length > 1 && word[0] === "-";

class Reader {
  constructor({ args, options }) {
    this.args = args.map(String);
    this.options = options;
    this.longNames = longNames(options);
    this.tokens = [];
    this.index = 0;
  }

  read() {
    for (; this.index < this.args.length; this.index++) {
      const word = this.args[this.index];
      if (word === "--") {
        this.terminate();
        return this.tokens;
      }
      if (word.startsWith("--")) this.long(word);
      else if (isOptionLike(word)) this.short(word);
      else this.tokens.push({ kind: "positional", index: this.index, value: word });
    }
    return this.tokens;
  }

  terminate() {
    this.tokens.push({ kind: "option-terminator", index: this.index });
    for (let index = this.index + 1; index < this.args.length; index++) {
      this.tokens.push({ kind: "positional", index, value: this.args[index] });
    }
  }

  option(name, rawName, value, inlineValue) {
    this.tokens.push({ kind: "option", name, rawName, index: this.at, value, inlineValue });
  }

  // The word after a string option is its value.
  nextValue() {
    if (this.index + 1 >= this.args.length) return undefined;
    this.index += 1;
    return this.args[this.index];
  }

  long(word) {
    this.at = this.index;
    const sign = word.indexOf("=");
    if (sign > 2) {
      const name = word.slice(2, sign);
      this.option(name, `--${name}`, word.slice(sign + 1), true);
      return;
    }
    const name = word.slice(2);
    const takesNext = typeOf(name, this.options) === "string";
    const value = takesNext ? this.nextValue() : undefined;
    this.option(name, word, value, value === undefined ? undefined : false);
  }

  short(word) {
    this.at = this.index;
    for (let place = 1; place < word.length; place++) {
      const letter = word[place];
      const name = this.longNames.get(letter) ?? letter;
      if (typeOf(name, this.options) !== "string") {
        this.option(name, `-${letter}`, undefined, undefined);
        continue;
      }
      if (place + 1 < word.length) {
        this.option(name, `-${letter}`, word.slice(place + 1), true);
      } else {
        const value = this.nextValue();
        this.option(name, `-${letter}`, value, value === undefined ? undefined : false);
      }
      return;
    }
  }
}

// ---- Strictness ------------------------------------------------------------------------------

function usage(name, option, rawName) {
  const short = option.short ? `-${option.short}, ` : "";
  return rawName === undefined ? `${short}--${name}` : rawName;
}

function invalidValue(message) {
  return makeError("TypeError", "ERR_PARSE_ARGS_INVALID_OPTION_VALUE", message);
}

function checkKnown(config, token) {
  const { name, rawName } = token;
  if (Object.hasOwn(config.options, name)) return;
  const positive = name.startsWith("no-") ? name.slice(3) : undefined;
  if (config.allowNegative && positive !== undefined && token.value === undefined &&
    typeOf(positive, config.options) === "boolean" && rawName.startsWith("--")) return;
  const hint = config.allowPositionals
    ? ". To specify a positional argument starting with a '-', place it at the end of the " +
      `command after '--', as in '-- "${rawName}"`
    : "";
  const message = `Unknown option '${rawName}'${hint}`;
  throw makeError("TypeError", "ERR_PARSE_ARGS_UNKNOWN_OPTION", message);
}

function noArgument(shown) {
  return invalidValue(`Option '${shown}' does not take an argument`);
}

function checkUsage(config, token) {
  const option = config.options[token.name];
  if (option === undefined) {
    if (token.inlineValue) throw noArgument(token.rawName);
    return;
  }
  const shown = usage(token.name, option);
  if (option.type === "string" && typeof token.value !== "string") {
    throw invalidValue(`Option '${shown} <value>' argument missing`);
  }
  if (option.type === "boolean" && token.value !== undefined) {
    throw noArgument(shown);
  }
}

// A value that looks like an option was probably forgotten.
function checkAmbiguous(config, token) {
  if (token.inlineValue || !isOptionLike(token.value)) return;
  const isShort = !token.rawName.startsWith("--");
  const example = isShort
    ? `'--${token.name}=-XYZ' or '${token.rawName}-XYZ'`
    : `'${token.rawName}=-XYZ'`;
  throw invalidValue(
    `Option '${token.rawName}' argument is ambiguous.\n` +
      `Did you forget to specify the option argument for '${token.rawName}'?\n` +
      `To specify an option argument starting with a dash use ${example}.`,
  );
}

// ---- Results ---------------------------------------------------------------------------------

function store(config, values, token) {
  let { name } = token;
  let value = token.value ?? true;
  if (name === "__proto__") return;
  const isNegative = config.allowNegative && name.startsWith("no-") &&
    token.value === undefined && !Object.hasOwn(config.options, name);
  if (isNegative) {
    const positive = name.slice(3);
    if (!config.strict || typeOf(positive, config.options) === "boolean") {
      name = positive;
      value = false;
    }
  }
  if (config.options[name]?.multiple) (values[name] ??= []).push(value);
  else values[name] = value;
}

function parseArgs(given) {
  const config = readConfig(given);
  const tokens = new Reader(config).read();
  const result = { values: { __proto__: null }, positionals: [] };
  if (config.returnTokens) result.tokens = tokens;
  for (const token of tokens) {
    if (token.kind === "option") {
      if (config.strict) {
        checkKnown(config, token);
        checkUsage(config, token);
        checkAmbiguous(config, token);
      }
      store(config, result.values, token);
    } else if (token.kind === "positional") {
      if (!config.allowPositionals) throw unexpected(token);
      result.positionals.push(token.value);
    }
  }
  for (const [name, option] of Object.entries(config.options)) {
    if (name === "__proto__") continue;
    if (option.default !== undefined && result.values[name] === undefined) {
      result.values[name] = option.default;
    }
  }
  return result;
}

function unexpected(token) {
  const message =
    `Unexpected argument '${token.value}'. This command does not take positional arguments`;
  return makeError("TypeError", "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL", message);
}

module.exports = { parseArgs };
