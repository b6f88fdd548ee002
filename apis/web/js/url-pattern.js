"use strict";
// URLPattern (WHATWG URL Pattern Standard). Native code parses a pattern to one regular expression
// for each component; they are compiled here when first run.

const { defineInterface } = require("web/interface");

const COMPONENTS = [
  "protocol", "username", "password", "hostname", "port", "pathname", "search", "hash",
];
const { defineProperty } = Object;
const execute = RegExp.prototype.exec;

function text(value) {
  if (typeof value === "symbol") {
    throw new TypeError("Cannot convert a Symbol value to a string");
  }
  return `${value}`.toWellFormed();
}

function isObject(value) {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

// The nine fields of a URLPatternInit, in the order native code takes them.
function fieldsOf(init) {
  const baseURL = init?.baseURL;
  const fields = [];
  for (const name of COMPONENTS) {
    const value = init?.[name];
    fields.push(value === undefined ? undefined : text(value));
  }
  fields.push(baseURL === undefined ? undefined : text(baseURL));
  return fields;
}

// What `exec` shows as its input: the members that were given.
function shownInit(init) {
  const shown = {};
  for (const name of ["baseURL", ...COMPONENTS].sort()) {
    const value = init?.[name];
    if (value !== undefined) shown[name] = text(value);
  }
  return shown;
}

// A dictionary, or undefined for what is to be read as a string.
function isDictionary(input) {
  return input === undefined || input === null || isObject(input);
}

function baseWithInit() {
  return new TypeError(
    "Base URL string is provided with a URLPatternInit. If URLPatternInit is provided, " +
      "please use URLPatternInit.baseURL property instead",
  );
}

// The standard asks for the flag "v", under which the expressions that native code makes of plain
// patterns, with their unescaped slashes in classes, would not compile; those mean the same
// under "u".
function compile(source, ignoreCase) {
  const suffix = ignoreCase ? "i" : "";
  try {
    return new RegExp(source, `v${suffix}`);
  } catch {
    try {
      return new RegExp(source, `u${suffix}`);
    } catch {
      throw new TypeError("The regular expression of a component is invalid.");
    }
  }
}

class URLPattern {
  #parts;
  #ignoreCase;
  #expressions = [];

  constructor(...given) {
    const [input, second] = given;
    const optionsFirst = given.length < 3 && (second === null || isObject(second));
    const base = optionsFirst || second === undefined ? undefined : text(second);
    const options = optionsFirst ? second : given[2];
    if (options !== undefined && options !== null && !isObject(options)) {
      throw new TypeError("Type error");
    }
    const ignoreCase = Boolean(options?.ignoreCase);
    this.#ignoreCase = ignoreCase;
    if (isDictionary(input)) {
      this.#parts = ops.urlPattern(base, ignoreCase, ...fieldsOf(input));
    } else {
      this.#parts = ops.urlPattern(base, ignoreCase, text(input));
    }
    // Compiled now where it may be invalid: only groups of the program's own can be.
    if (this.#parts[24]) {
      for (let index = 0; index < COMPONENTS.length; index++) this.#expression(index);
    }
  }

  get hasRegExpGroups() { return this.#parts[24]; }

  #expression(index) {
    const known = this.#expressions[index];
    if (known !== undefined) return known;
    return this.#expressions[index] = compile(this.#parts[index * 3 + 1], this.#ignoreCase);
  }

  // The components of what is to be matched, or undefined where it is no URL.
  static #values(input, base) {
    if (isDictionary(input)) {
      if (base !== undefined) throw baseWithInit();
      return ops.urlPatternInput(undefined, false, ...fieldsOf(input));
    }
    return ops.urlPatternInput(base === undefined ? undefined : text(base), false, text(input));
  }

  test() {
    const values = URLPattern.#values(arguments[0], arguments[1]);
    if (values === undefined) return false;
    for (let index = 0; index < COMPONENTS.length; index++) {
      if (execute.call(this.#expression(index), values[index]) === null) return false;
    }
    return true;
  }

  exec() {
    const input = arguments[0];
    const values = URLPattern.#values(input, arguments[1]);
    if (values === undefined) return null;
    const inputs = [isDictionary(input) ? shownInit(input) : text(input)];
    if (arguments[1] !== undefined) inputs.push(text(arguments[1]));
    const result = { inputs };
    for (let index = 0; index < COMPONENTS.length; index++) {
      const match = execute.call(this.#expression(index), values[index]);
      if (match === null) return null;
      const groups = {};
      const names = this.#parts[index * 3 + 2];
      for (let group = 0; group < names.length; group++) groups[names[group]] = match[group + 1];
      result[COMPONENTS[index]] = { input: values[index], groups };
    }
    return result;
  }

  static part(pattern, index) { return pattern.#parts[index * 3]; }
}

const { part } = URLPattern;
delete URLPattern.part;

const { prototype } = URLPattern;
const descriptors = Object.getOwnPropertyDescriptors(prototype);
for (const name of ["hasRegExpGroups", "test", "exec"]) delete prototype[name];
for (const [index, name] of COMPONENTS.entries()) {
  const holder = { get [name]() { return part(this, index); } };
  defineProperty(prototype, name, Object.getOwnPropertyDescriptor(holder, name));
}
for (const name of ["hasRegExpGroups", "test", "exec"]) {
  defineProperty(prototype, name, descriptors[name]);
}

defineInterface(URLPattern);
defineProperty(URLPattern, "length", { value: 0, configurable: true });

module.exports = { URLPattern };
