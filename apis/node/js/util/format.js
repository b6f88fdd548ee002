// util.format and its kin: %-placeholders filled with the values that follow.
"use strict";

const engine = require("runtime/engine");
const { inspect, stylizeNoColor } = require("node/inspect");
const { formatNumber, formatBigInt } = require("node/inspect-text");
const { BUILT_IN } = require("node/inspect-kinds");
const { validateObject } = require("node/errors");
const { Number, Object, Symbol, String } = globalThis;

// Whether a value's toString is one that the language gives it.
function hasBuiltInToString(given) {
  let value = given;
  for (let next = engine.proxyTarget(value); next !== undefined;) {
    if (next === null) return true;
    value = next;
    next = engine.proxyTarget(value);
  }
  if (typeof value[Symbol.toPrimitive] === "function") return false;
  if (typeof value.toString !== "function") return true;
  if (Object.hasOwn(value, "toString")) return false;
  let holder = value;
  do holder = Object.getPrototypeOf(holder); while (!Object.hasOwn(holder, "toString"));
  const constructor = Object.getOwnPropertyDescriptor(holder, "constructor")?.value;
  return typeof constructor === "function" && BUILT_IN.has(constructor.name);
}

function jsonOf(value) {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof TypeError && /cyclic|circular/i.test(error.message)) return "[Circular]";
    throw error;
  }
}

function numberText(number, options) {
  return formatNumber(stylizeNoColor, number, options?.numericSeparator);
}

function bigintText(bigint, options) {
  return formatBigInt(stylizeNoColor, bigint, options?.numericSeparator);
}

function numberOf(value, convert, options) {
  return numberText(typeof value === "symbol" ? NaN : convert(value), options);
}

const DEPTH_OF_OBJECTS = 4;

const PLACEHOLDERS = {
  __proto__: null,
  s(value, options) {
    if (typeof value === "number") return numberText(value, options);
    if (typeof value === "bigint") return bigintText(value, options);
    if (typeof value !== "object" || value === null || !hasBuiltInToString(value)) {
      return String(value);
    }
    return inspect(value, { ...options, depth: 0, colors: false, compact: 3 });
  },
  j: jsonOf,
  d(value, options) {
    if (typeof value === "bigint") return bigintText(value, options);
    return numberOf(value, Number, options);
  },
  i(value, options) {
    if (typeof value === "bigint") return bigintText(value, options);
    return numberOf(value, Number.parseInt, options);
  },
  f: (value, options) => numberOf(value, Number.parseFloat, options),
  O: (value, options) => inspect(value, options),
  o(value, options) {
    const more = { showHidden: true, showProxy: true, depth: DEPTH_OF_OBJECTS };
    return inspect(value, { ...options, ...more });
  },
  c: () => "",
};

// The first argument with its placeholders filled; [text, index of the next value].
function fill(options, values) {
  const [template] = values;
  let next = 1;
  let text = "";
  let done = 0;
  for (let index = template.indexOf("%"); index >= 0; index = template.indexOf("%", index)) {
    const letter = template[index + 1];
    if (letter === "%") {
      text += `${template.slice(done, index)}%`;
      index += 2;
      done = index;
      continue;
    }
    const replace = letter === undefined ? undefined : PLACEHOLDERS[letter];
    if (replace === undefined || next === values.length) {
      index += 1;
      continue;
    }
    text += `${template.slice(done, index)}${replace(values[next++], options)}`;
    index += 2;
    done = index;
  }
  return [text + template.slice(done), next];
}

function formatAll(options, values) {
  if (values.length === 0) return "";
  const [first] = values;
  if (typeof first === "string" && values.length === 1) return first;
  let [text, next] = typeof first === "string" ? fill(options, values) : ["", 0];
  let separator = next > 0 ? " " : "";
  for (; next < values.length; next++) {
    const value = values[next];
    text += separator + (typeof value === "string" ? value : inspect(value, options));
    separator = " ";
  }
  return text;
}

function format(...args) {
  return formatAll(undefined, args);
}

function formatWithOptions(inspectOptions, ...args) {
  validateObject(inspectOptions, "inspectOptions");
  return formatAll(inspectOptions, args);
}

module.exports = { format, formatWithOptions };
