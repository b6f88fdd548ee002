// util.inspect: a value as text, in Node's style.
//
// This file holds the options, the choice of what to print for a value, properties, and the laying
// out of lines; node/inspect-kinds prints each kind of object, node/inspect-text primitives and
// node/inspect-errors errors. Throws what getters of a value's chain and custom inspectors throw.
"use strict";

const engine = require("runtime/engine");
const text = require("node/inspect-text");
const { validateObject } = require("node/errors");
const { Array, Map, Math, Object, Reflect, String, Symbol } = globalThis;
const { apply } = Reflect;
const { getOwnPropertyDescriptor } = Object;

const CUSTOM = Symbol.for("nodejs.util.inspect.custom");

const OBJECT = 0;
const ITEM = 1;
const LIST = 2;

const defaults = {
  showHidden: false,
  depth: 2,
  colors: false,
  customInspect: true,
  showProxy: false,
  maxArrayLength: 100,
  maxStringLength: 10000,
  breakLength: 80,
  compact: 3,
  sorted: false,
  getters: false,
  numericSeparator: false,
};
const OPTION_NAMES = Object.keys(defaults);

// ---- Colours ---------------------------------------------------------------------------------

function stylizeNoColor(shown) {
  return shown;
}

function stylizeWithColor(shown, styleType) {
  const style = inspect.styles[styleType];
  if (style === undefined) return shown;
  if (typeof style === "function") return style(shown);
  const color = inspect.colors[style];
  return color === undefined ? shown : `\x1b[${color[0]}m${shown}\x1b[${color[1]}m`;
}

// ---- The public function ---------------------------------------------------------------------

class Context {
  constructor() {
    this.budget = {};
    this.indentationLvl = 0;
    this.seen = [];
    this.currentDepth = 0;
    this.stylize = stylizeNoColor;
    this.circular = undefined;
    this.userOptions = undefined;
    for (let index = 0; index < OPTION_NAMES.length; index++) {
      this[OPTION_NAMES[index]] = defaults[OPTION_NAMES[index]];
    }
  }

  read(options) {
    const names = Object.keys(options);
    for (let index = 0; index < names.length; index++) {
      const name = names[index];
      if (Object.hasOwn(defaults, name) || name === "stylize") this[name] = options[name];
      else this.userOptions ??= options;
    }
  }

  ready() {
    if (this.colors) this.stylize = stylizeWithColor;
    if (this.maxArrayLength === null) this.maxArrayLength = Infinity;
    if (this.maxStringLength === null) this.maxStringLength = Infinity;
    return this;
  }
}

function inspect(value, options) {
  const context = new Context();
  if (arguments.length > 1) {
    if (arguments[2] !== undefined) context.depth = arguments[2];
    if (arguments[3] !== undefined) context.colors = arguments[3];
    if (typeof options === "boolean") context.showHidden = options;
    else if (options) context.read(options);
  }
  return formatValue(context.ready(), value, 0);
}

// The options as a custom inspector gets them.
function optionsOf(context, isForeign) {
  const options = { stylize: context.stylize };
  for (let index = 0; index < OPTION_NAMES.length; index++) {
    options[OPTION_NAMES[index]] = context[OPTION_NAMES[index]];
  }
  Object.assign(options, context.userOptions);
  if (!isForeign) return options;
  Object.setPrototypeOf(options, null);
  // Of another realm, or behind a proxy: nothing of ours is handed out but text.
  options.stylize = Object.setPrototypeOf((value, flavour) => {
    let shown;
    try { shown = `${context.stylize(value, flavour)}`; } catch {}
    return typeof shown === "string" ? shown : value;
  }, null);
  return options;
}

// ---- A value ---------------------------------------------------------------------------------

function formatValue(context, value, level, isInView = false) {
  if (typeof value !== "object" && typeof value !== "function") {
    return text.formatPrimitive(context.stylize, value, context);
  }
  if (value === null) return context.stylize("null", "null");
  const target = engine.proxyTarget(value);
  if (target !== undefined) return formatProxyOr(context, value, target, level);
  return formatObject(context, value, value, level, isInView);
}

// A revoked proxy can do nothing but throw, as can one of its proxies.
function isRevoked(value) {
  try {
    Array.isArray(value);
    return false;
  } catch {
    return true;
  }
}

function formatProxyOr(context, proxy, first, level) {
  if (isRevoked(proxy)) return context.stylize("<Revoked Proxy>", "special");
  if (context.showProxy) return formatProxy(context, proxy, first, level);
  let target = first;
  for (let next = target; next !== undefined; next = engine.proxyTarget(target)) target = next;
  return formatObject(context, target, proxy, level, false);
}

function formatObject(context, value, original, level, isInView) {
  if (context.customInspect) {
    const custom = value[CUSTOM];
    if (typeof custom === "function" && custom !== inspect && !isOwnPrototype(value)) {
      const answer = callCustom(context, custom, value, original, level);
      if (answer !== original) {
        const shown = typeof answer === "object"
          ? formatValue(context, answer, level)
          : `${answer}`;
        return shown.replaceAll("\n", `\n${" ".repeat(context.indentationLvl)}`);
      }
    }
  }
  // As in Bun, what has been found to contain itself is not shown again.
  const isKnown = context.circular !== undefined && context.circular.has(value);
  if (isKnown || context.seen.includes(value)) return formatCircular(context, value);
  return require("node/inspect-kinds").formatRaw(context, value, level, isInView);
}

// A prototype is shown as it is: its inspector is for instances.
function isOwnPrototype(value) {
  const constructor = getOwnPropertyDescriptor(value, "constructor");
  return constructor !== undefined && typeof constructor.value === "function" &&
    constructor.value.prototype === value;
}

function callCustom(context, custom, value, original, level) {
  const depth = context.depth === null ? null : context.depth - level;
  const isForeign = original !== value || !(original instanceof Object);
  return apply(custom, original, [depth, optionsOf(context, isForeign), inspect]);
}

function formatCircular(context, value) {
  context.circular ??= new Map();
  let index = context.circular.get(value);
  if (index === undefined) {
    index = context.circular.size + 1;
    context.circular.set(value, index);
  }
  return context.stylize(`[Circular *${index}]`, "special");
}

// The handler is told where the layout of the engine is known.
function formatProxy(context, proxy, target, level) {
  if (level > context.depth && context.depth !== null) {
    return context.stylize("Proxy [Array]", "special");
  }
  context.indentationLvl += 2;
  const parts = [formatValue(context, target, level + 1)];
  const handler = engine.proxyHandler(proxy);
  if (handler !== undefined) parts.push(formatValue(context, handler, level + 1));
  context.indentationLvl -= 2;
  return layOut(context, parts, "", ["Proxy [", "]"], LIST, level + 1);
}

// ---- Properties ------------------------------------------------------------------------------

const PLAIN_NAME = /^[a-zA-Z_][a-zA-Z_0-9]*$/;

function keyText(context, key, isEnumerable) {
  if (typeof key === "symbol") {
    const shown = context.stylize(text.escapeInside(String(key)), "symbol");
    return isEnumerable ? shown : `[${shown}]`;
  }
  if (key === "__proto__") return "['__proto__']";
  if (!isEnumerable) return `[${text.escapeInside(key)}]`;
  if (PLAIN_NAME.test(key)) return context.stylize(key, "name");
  return context.stylize(text.quoted(key), "string");
}

function formatProperty(context, value, level, key, type, given = undefined, original = value) {
  const descriptor = given ?? getOwnPropertyDescriptor(value, key) ??
    { value: value[key], configurable: true, enumerable: true };
  let space = " ";
  let shown;
  if (descriptor.value !== undefined) {
    const indentation = context.compact !== true || type !== OBJECT ? 2 : 3;
    context.indentationLvl += indentation;
    shown = formatValue(context, descriptor.value, level);
    if (indentation === 3 && context.breakLength < text.widthOf(shown, context.colors)) {
      space = `\n${" ".repeat(context.indentationLvl)}`;
    }
    context.indentationLvl -= indentation;
  } else if (descriptor.get !== undefined) {
    shown = formatGetter(context, descriptor, original, level);
  } else if (descriptor.set !== undefined) {
    shown = context.stylize("[Setter]", "special");
  } else {
    shown = context.stylize("undefined", "undefined");
  }
  if (type === ITEM) return shown;
  return `${keyText(context, key, descriptor.enumerable !== false)}:${space}${shown}`;
}

function callsGetter(context, descriptor) {
  const { getters } = context;
  return getters === true || (getters === "get" && descriptor.set === undefined) ||
    (getters === "set" && descriptor.set !== undefined);
}

function formatGetter(context, descriptor, original, level) {
  const label = descriptor.set === undefined ? "Getter" : "Getter/Setter";
  const special = (shown) => context.stylize(shown, "special");
  if (!callsGetter(context, descriptor)) return special(`[${label}]`);
  const lead = special(`[${label}:`);
  const end = special("]");
  try {
    const value = apply(descriptor.get, original, []);
    context.indentationLvl += 2;
    let shown;
    if (value === null) shown = `${lead} ${context.stylize("null", "null")}${end}`;
    else if (typeof value === "object") {
      shown = `${special(`[${label}]`)} ${formatValue(context, value, level)}`;
    } else {
      shown = `${lead} ${formatAtom(context, value, level)}${end}`;
    }
    context.indentationLvl -= 2;
    return shown;
  } catch (error) {
    return `${lead} <Inspection threw (${error.message})>${end}`;
  }
}

function formatAtom(context, value, level) {
  if (typeof value === "function") return formatValue(context, value, level);
  return text.formatPrimitive(context.stylize, value, context);
}

// ---- Lines -----------------------------------------------------------------------------------

const LINE_OVERHEAD = 10;
const GROUPED_FROM = 7;

// Whether the parts fit on a line after `start` characters.
function fits(context, parts, start, base) {
  let length = parts.length + start;
  if (length + parts.length > context.breakLength) return false;
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index];
    length += context.colors ? text.withoutColors(part).length : part.length;
    if (length > context.breakLength) return false;
  }
  return base === "" || !base.includes("\n");
}

// The parts of an object between its braces, on one line or on several.
function layOut(context, parts, base, braces, type, level, value = undefined) {
  const lead = base === "" ? "" : `${base} `;
  const indentation = `\n${" ".repeat(context.indentationLvl)}`;
  if (context.compact === true) return layOutCompact(context, parts, base, braces, indentation);
  if (typeof context.compact === "number" && context.compact >= 1) {
    const count = parts.length;
    const lines = type === LIST && count >= GROUPED_FROM ? grouped(context, parts, value) : parts;
    if (context.currentDepth - level < context.compact && count === lines.length) {
      const start =
        count + context.indentationLvl + braces[0].length + base.length + LINE_OVERHEAD;
      if (fits(context, lines, start, base)) {
        const joined = lines.join(", ");
        if (!joined.includes("\n")) return `${lead}${braces[0]} ${joined} ${braces[1]}`;
      }
    }
    const separator = `,${indentation}  `;
    return `${lead}${braces[0]}${indentation}  ${lines.join(separator)}${indentation}${braces[1]}`;
  }
  const separator = `,${indentation}  `;
  return `${lead}${braces[0]}${indentation}  ${parts.join(separator)}${indentation}${braces[1]}`;
}

function layOutCompact(context, parts, base, braces, indentation) {
  const tail = base === "" ? "" : ` ${base}`;
  if (fits(context, parts, 0, base)) {
    return `${braces[0]}${tail} ${parts.join(", ")} ${braces[1]}`;
  }
  const lead = base === "" && braces[0].length === 1 ? " " : `${tail}${indentation}  `;
  return `${braces[0]}${lead}${parts.join(`,${indentation}  `)} ${braces[1]}`;
}

const SEPARATOR_WIDTH = 2;
const CHARACTER_HEIGHT = 2.5;
const WIDTH_BIAS = 3;
const COLUMNS_MAX = 15;
const COLUMNS_PER_COMPACT = 4;
const SHORT_ITEM_MAX = 6;

// How many columns items of these lengths are set in; 1 leaves them as they are.
function columnsFor(context, count, lengths, partsCount) {
  const total = lengths.reduce((sum, length) => sum + length + SEPARATOR_WIDTH, 0);
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  const width = longest + SEPARATOR_WIDTH;
  const isNarrow = width * 3 + context.indentationLvl < context.breakLength;
  if (!isNarrow || !(total / width > 5 || longest <= SHORT_ITEM_MAX)) return 1;
  const bias = Math.sqrt(width - total / partsCount);
  const biasedWidth = Math.max(width - WIDTH_BIAS - bias, 1);
  return Math.min(
    Math.round(Math.sqrt(CHARACTER_HEIGHT * biasedWidth * count) / biasedWidth),
    Math.floor((context.breakLength - context.indentationLvl) / width),
    context.compact * COLUMNS_PER_COMPACT,
    COLUMNS_MAX,
  );
}

// Sets the items of a long array in columns, numbers to the right.
function grouped(context, parts, value) {
  const hasRest = context.maxArrayLength < parts.length;
  const count = hasRest ? parts.length - 1 : parts.length;
  const lengths = [];
  for (let index = 0; index < count; index++) {
    lengths.push(text.widthOf(parts[index], context.colors));
  }
  const columns = columnsFor(context, count, lengths, parts.length);
  if (columns <= 1) return parts;
  const widths = [];
  for (let column = 0; column < columns; column++) {
    let width = 0;
    for (let index = column; index < count; index += columns) {
      width = Math.max(width, lengths[index]);
    }
    widths.push(width + SEPARATOR_WIDTH);
  }
  const isNumeric = value !== undefined && allNumbers(value, parts.length);
  const lines = [];
  for (let start = 0; start < count; start += columns) {
    lines.push(lineOf(parts, lengths, widths, start, Math.min(start + columns, count), isNumeric));
  }
  if (hasRest) lines.push(parts[count]);
  return lines;
}

function allNumbers(value, count) {
  for (let index = 0; index < count; index++) {
    const type = typeof value[index];
    if (type !== "number" && type !== "bigint") return false;
  }
  return true;
}

function lineOf(parts, lengths, widths, start, end, isNumeric) {
  let line = "";
  for (let index = start; index < end - 1; index++) {
    const hidden = parts[index].length - lengths[index];
    const cell = `${parts[index]}, `;
    const width = widths[index - start] + hidden;
    line += isNumeric ? cell.padStart(width, " ") : cell.padEnd(width, " ");
  }
  const last = end - 1;
  if (!isNumeric) return line + parts[last];
  const hidden = parts[last].length - lengths[last];
  return line + parts[last].padStart(widths[last - start] + hidden - SEPARATOR_WIDTH, " ");
}

// ---- What the function carries ---------------------------------------------------------------

const TABLES = require("node/inspect-styles");

inspect.custom = CUSTOM;
Object.defineProperties(inspect, {
  defaultOptions: {
    get: { get() { return defaults; } }.get,
    set: {
      set(options) {
        validateObject(options, "options");
        Object.assign(defaults, options);
      },
    }.set,
    enumerable: false,
    configurable: false,
  },
  replDefaults: {
    get: { get: () => ({ ...defaults, showProxy: true }) }.get,
    set: { set: () => {} }.set,
    configurable: true,
  },
});
inspect.colors = TABLES.colors;
inspect.styles = TABLES.styles;

module.exports = {
  inspect, formatValue, formatProperty, layOut, stylizeNoColor, defaults, Context,
  OBJECT, ITEM, LIST,
};
