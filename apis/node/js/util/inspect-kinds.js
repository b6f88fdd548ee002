// Objects as util.inspect prints them, each kind in its way: what stands before the braces, what
// between them, and which properties follow.
"use strict";

const engine = require("runtime/engine");
const types = require("node/util-types");
const {
  inspect, formatValue, formatProperty, layOut, stylizeNoColor, OBJECT, ITEM, LIST,
} = require("node/inspect");
const { formatNumber, formatBigInt, formatPrimitive } = require("node/inspect-text");
const {
  Array, ArrayBuffer, Function, Map, Math, Object, Reflect, Set, String, Symbol, Uint8Array,
} = globalThis;
const { apply, ownKeys } = Reflect;
const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
const isEnumerable = Object.prototype.propertyIsEnumerable;

// ---- Names -----------------------------------------------------------------------------------

const BUILT_IN = new Set(Object.getOwnPropertyNames(globalThis).filter((name) =>
  /^[A-Z][a-zA-Z0-9]+$/.test(name)));

function isInstance(value, constructor) {
  try {
    return value instanceof constructor;
  } catch {
    return false;
  }
}

// The name of what made a value; null where nothing did. With `inherited`, properties of the
// prototypes of the program's own classes are added to it.
function constructorName(value, context, level, inherited) {
  let first;
  for (let holder = value; holder !== null; holder = getPrototypeOf(holder)) {
    const constructor = getOwnPropertyDescriptor(holder, "constructor")?.value;
    if (typeof constructor === "function" && constructor.name !== "" &&
      isInstance(value, constructor)) {
      if (inherited !== undefined && (first !== holder || !BUILT_IN.has(constructor.name))) {
        addInherited(context, value, first ?? value, level, inherited);
      }
      return String(constructor.name);
    }
    if (first === undefined) first = getPrototypeOf(holder);
  }
  if (first === null) return null;
  return complexName(value, first, context, level, inherited);
}

function complexName(value, first, context, level, inherited) {
  const name = classOf(value);
  if (level > context.depth && context.depth !== null) return `${name} <Complex prototype>`;
  const outer = constructorName(first, context, level + 1, inherited);
  if (outer !== null) return `${name} <${outer}>`;
  const shown = inspect(first, { ...plainOptions(context), customInspect: false, depth: -1 });
  return `${name} <${shown}>`;
}

function plainOptions(context) {
  const { defaults } = require("node/inspect");
  const options = {};
  const keys = Object.keys(defaults);
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index];
    options[key] = context[key];
  }
  return options;
}

function classOf(value) {
  if (Array.isArray(value)) return "Array";
  if (typeof value === "function") return "Function";
  return types.isMap(value) ? "Map" : types.isSet(value) ? "Set" : "Object";
}

const NOT_INHERITED = new Set(["constructor"]);

const PROTOTYPES_SHOWN = 3;

// Properties of the prototypes of the program's classes, up to the first built-in one.
function addInherited(context, main, start, level, output) {
  const seen = new Set();
  let holder = main === start ? getPrototypeOf(start) : start;
  for (let count = 0; count < PROTOTYPES_SHOWN && holder !== null; count++) {
    const constructor = getOwnPropertyDescriptor(holder, "constructor")?.value;
    const isFirst = count === 0 && main !== start;
    if (!isFirst && typeof constructor === "function" && BUILT_IN.has(constructor.name)) return;
    context.seen.push(main);
    const keys = ownKeys(holder);
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index];
      if (NOT_INHERITED.has(key) || Object.hasOwn(main, key) || seen.has(key)) continue;
      seen.add(key);
      const descriptor = getOwnPropertyDescriptor(holder, key);
      if (typeof descriptor.value === "function") continue;
      const shown = formatProperty(context, holder, level, key, OBJECT, descriptor, main);
      output.push(context.colors ? `\x1b[2m${shown}\x1b[22m` : shown);
    }
    context.seen.pop();
    holder = getPrototypeOf(holder);
  }
}

// What stands before the brace: the class, its size, and the tag where that says something else.
function prefixOf(constructor, tag, fallback, size = "") {
  if (constructor === null) {
    const more = tag !== "" && fallback !== tag ? `[${tag}] ` : "";
    return `[${fallback}${size}: null prototype] ${more}`;
  }
  const more = tag !== "" && constructor !== tag ? `[${tag}] ` : "";
  return `${constructor}${size} ${more}`;
}

function tagOf(value, context) {
  const tag = value[Symbol.toStringTag];
  if (typeof tag !== "string" || tag === "") return "";
  const isShown = context.showHidden
    ? Object.hasOwn(value, Symbol.toStringTag)
    : apply(isEnumerable, value, [Symbol.toStringTag]);
  return isShown ? "" : tag;
}

// ---- Keys ------------------------------------------------------------------------------------

function keysOf(value, showsHidden) {
  if (showsHidden) return ownKeys(value);
  let keys;
  try {
    keys = Object.keys(value);
  } catch {
    keys = Object.getOwnPropertyNames(value);
  }
  const symbols = Object.getOwnPropertySymbols(value);
  for (let index = 0; index < symbols.length; index++) {
    const symbol = symbols[index];
    if (apply(isEnumerable, value, [symbol])) keys.push(symbol);
  }
  return keys;
}

const INDEX = /^(?:0|[1-9][0-9]{0,9})$/;
const INDEX_MAX = 2 ** 32 - 2;

function isIndex(key) {
  return typeof key === "string" && INDEX.test(key) && +key <= INDEX_MAX;
}

function otherKeys(value, showsHidden) {
  if (!showsHidden) {
    // Names in order: once the indices are through, the rest is what is asked for.
    const names = Object.keys(value);
    let start = Math.min(names.length, value.length);
    while (start > 0 && !isIndex(names[start - 1])) start--;
    while (start < names.length && isIndex(names[start])) start++;
    const keys = names.slice(start);
    const symbols = Object.getOwnPropertySymbols(value);
    for (let index = 0; index < symbols.length; index++) {
      const symbol = symbols[index];
      if (apply(isEnumerable, value, [symbol])) keys.push(symbol);
    }
    return keys;
  }
  return ownKeys(value).filter((key) => !isIndex(key));
}

// ---- Contents --------------------------------------------------------------------------------

function restText(count) {
  return `... ${count} more item${count > 1 ? "s" : ""}`;
}

function shownCount(context, length) {
  return Math.min(Math.max(0, context.maxArrayLength), length);
}

const nothing = () => [];

function arrayParts(context, value, level) {
  const { length } = value;
  const count = shownCount(context, length);
  const parts = [];
  for (let index = 0; index < count; index++) {
    if (!Object.hasOwn(value, index)) {
      return sparseParts(context, value, level, count, parts, index);
    }
    parts.push(formatProperty(context, value, level, index, ITEM));
  }
  if (length > count) parts.push(restText(length - count));
  return parts;
}

function holesText(context, count) {
  return context.stylize(`<${count} empty item${count > 1 ? "s" : ""}>`, "undefined");
}

function sparseParts(context, value, level, count, parts, from) {
  const keys = Object.keys(value);
  let index = from;
  for (let at = from; at < keys.length && parts.length < count; at++) {
    const key = keys[at];
    if (!isIndex(key)) break;
    if (String(index) !== key) {
      parts.push(holesText(context, key - index));
      index = +key;
      if (parts.length === count) break;
    }
    parts.push(formatProperty(context, value, level, key, ITEM));
    index++;
  }
  const rest = value.length - index;
  if (parts.length !== count) {
    if (rest > 0) parts.push(holesText(context, rest));
  } else if (rest > 0) {
    parts.push(restText(rest));
  }
  return parts;
}

function factName(context, name) {
  return context.stylize(`[${name}]`, "string");
}

const VIEW_FACTS = ["BYTES_PER_ELEMENT", "length", "byteLength", "byteOffset", "buffer"];

function viewParts(context, value, level) {
  const { length } = value;
  const count = shownCount(context, length);
  const format = length > 0 && typeof value[0] === "bigint" ? formatBigInt : formatNumber;
  const parts = [];
  for (let index = 0; index < count; index++) {
    parts.push(format(context.stylize, value[index], context.numericSeparator));
  }
  if (length > count) parts.push(restText(length - count));
  if (context.showHidden) {
    context.indentationLvl += 2;
    for (let index = 0; index < VIEW_FACTS.length; index++) {
      const name = VIEW_FACTS[index];
      parts.push(`[${name}]: ${formatValue(context, value[name], level, true)}`);
    }
    context.indentationLvl -= 2;
  }
  return parts;
}

const setValues = Set.prototype.values;
const mapEntries = Map.prototype.entries;
const setSize = getOwnPropertyDescriptor(Set.prototype, "size").get;
const mapSize = getOwnPropertyDescriptor(Map.prototype, "size").get;

function setParts(context, value, level) {
  const count = shownCount(context, apply(setSize, value, []));
  const parts = [];
  context.indentationLvl += 2;
  let index = 0;
  for (const item of apply(setValues, value, [])) {
    if (index++ >= count) break;
    parts.push(formatValue(context, item, level));
  }
  const rest = apply(setSize, value, []) - count;
  if (rest > 0) parts.push(restText(rest));
  context.indentationLvl -= 2;
  return parts;
}

function mapParts(context, value, level) {
  const count = shownCount(context, apply(mapSize, value, []));
  const parts = [];
  context.indentationLvl += 2;
  let index = 0;
  for (const [key, item] of apply(mapEntries, value, [])) {
    if (index++ >= count) break;
    parts.push(`${formatValue(context, key, level)} => ${formatValue(context, item, level)}`);
  }
  const rest = apply(mapSize, value, []) - count;
  if (rest > 0) parts.push(restText(rest));
  context.indentationLvl -= 2;
  return parts;
}

// The engine shows nobody what an iterator is about to give without giving it.
function iteratorParts(context) {
  return [context.stylize("<items unknown>", "special")];
}

function hexOf(value, context) {
  const bytes = new Uint8Array(value);
  const count = shownCount(context, bytes.length);
  const shown = Array.from(bytes.subarray(0, count), (byte) => byte.toString(16).padStart(2, "0"));
  const rest = bytes.length - count;
  const more = rest > 0 ? ` ... ${rest} more byte${rest > 1 ? "s" : ""}` : "";
  return shown.join(" ") + more;
}

function bufferParts(context, value) {
  const isDetached = value.detached === true;
  if (isDetached) return [context.stylize("(detached)", "special")];
  return [`${context.stylize("[Uint8Contents]", "special")}: <${hexOf(value, context)}>`];
}

function promiseParts(context, value, level) {
  const settled = engine.promiseState(value);
  const state = settled[0];
  const result = settled[1];
  if (state === "pending" || state === "unknown") {
    return [context.stylize(`<${state}>`, "special")];
  }
  context.indentationLvl += 2;
  const shown = formatValue(context, result, level);
  context.indentationLvl -= 2;
  return [state === "rejected" ? `${context.stylize("<rejected>", "special")} ${shown}` : shown];
}

function weakParts(context) {
  return [context.stylize("<items unknown>", "special")];
}

// Exports that are not initialised yet cannot be read.
function namespaceParts(context, value, level, keys) {
  const parts = keys.map((key) => {
    try {
      return formatProperty(context, value, level, key, OBJECT, {
        value: value[key], enumerable: true,
      });
    } catch {
      const label = context.stylize("<uninitialized>", "special");
      return `${context.stylize(String(key), "name")}: ${label}`;
    }
  });
  keys.length = 0;
  return parts;
}

// ---- Bases: what is shown of objects that are more than their properties -----------------------

const CLASS_HEAD = /^class\s*(?:[^\s{(]+\s*)?(?:extends\s[^{]*)?\{/;
const COMMENTS = /\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const { functionText: sourceOf } = require("runtime/engine-globals");

function isClass(value) {
  const source = apply(sourceOf, value, []);
  if (!source.startsWith("class") || !source.endsWith("}")) {
    return require("bun/inspect-kinds").functionFacts(value).isClass && isPlatform(source, value);
  }
  return CLASS_HEAD.test(source) || CLASS_HEAD.test(source.replace(COMMENTS, " "));
}

// Classes of the runtime itself are functions to those who inspect them.
function isPlatform() {
  return false;
}

function functionBase(value, constructor, tag) {
  if (isClass(value)) return classBase(value, constructor, tag);
  let type = "Function";
  if (types.isGeneratorFunction(value)) type = `Generator${type}`;
  if (types.isAsyncFunction(value)) type = `Async${type}`;
  let base = `[${type}`;
  if (constructor === null) base += " (null prototype)";
  base += value.name === "" ? " (anonymous)" : `: ${String(value.name)}`;
  base += "]";
  if (constructor !== type && constructor !== null) base += ` ${constructor}`;
  if (tag !== "" && constructor !== tag) base += ` [${tag}]`;
  return base;
}

function classBase(value, constructor, tag) {
  const name = (Object.hasOwn(value, "name") && value.name) || "(anonymous)";
  let base = `class ${name}`;
  if (constructor !== "Function" && constructor !== null) base += ` [${constructor}]`;
  if (tag !== "" && constructor !== tag) base += ` [${tag}]`;
  if (constructor === null) return `[${base} extends null]`;
  const parent = getPrototypeOf(value).name;
  return parent ? `[${base} extends ${parent}]` : `[${base}]`;
}

function boxedType(value) {
  if (types.isNumberObject(value)) return ["Number", Number.prototype.valueOf];
  if (types.isStringObject(value)) return ["String", String.prototype.valueOf];
  if (types.isBooleanObject(value)) return ["Boolean", Boolean.prototype.valueOf];
  if (types.isBigIntObject(value)) return ["BigInt", BigInt.prototype.valueOf];
  return ["Symbol", Symbol.prototype.valueOf];
}

function boxedBase(context, value, keys, constructor, tag) {
  const boxed = boxedType(value);
  const type = boxed[0];
  const unbox = boxed[1];
  if (type === "String") keys.splice(0, apply(unbox, value, []).length);
  let base = `[${type}`;
  if (type !== constructor) {
    base += constructor === null ? " (null prototype)" : ` (${constructor})`;
  }
  base += `: ${formatPrimitive(stylizeNoColor, apply(unbox, value, []), context)}]`;
  if (tag !== "" && tag !== constructor) base += ` [${tag}]`;
  if (keys.length !== 0 || context.stylize === stylizeNoColor) return base;
  return context.stylize(base, type.toLowerCase());
}

function dateText(value) {
  const time = apply(Date.prototype.getTime, value, []);
  if (Number.isNaN(time)) return "Invalid Date";
  return apply(Date.prototype.toISOString, value, []);
}

// ---- Plans -----------------------------------------------------------------------------------

// How an object is printed. `whole` is its text where no more is needed.
class Plan {
  base = "";
  braces = ["{", "}"];
  keys = undefined;
  parts = nothing;
  // Names of getters that are shown as if they were hidden properties.
  facts = [];
  type = OBJECT;
  whole = undefined;
}

// What every kind needs to know of the value at hand.
class Subject {
  constructor(context, value, level, isInView) {
    this.context = context;
    this.value = value;
    this.level = level;
    this.isInView = isInView;
    const showsInherited =
      context.showHidden && (level <= context.depth || context.depth === null);
    const inherited = showsInherited ? [] : undefined;
    this.constructor = constructorName(value, context, level, inherited);
    this.inherited = inherited?.length > 0 ? inherited : undefined;
    this.tag = tagOf(value, context);
  }

  prefix(fallback, size = "") {
    return prefixOf(this.constructor, this.tag, fallback, size);
  }

  isBare(keys) {
    return keys.length === 0 && this.inherited === undefined;
  }
}

function planArray(subject, plan) {
  const { context, value, constructor, tag } = subject;
  const hasPrefix = constructor !== "Array" || tag !== "";
  const prefix = hasPrefix ? subject.prefix("Array", `(${value.length})`) : "";
  plan.keys = otherKeys(value, context.showHidden);
  plan.braces = [`${prefix}[`, "]"];
  if (value.length === 0 && subject.isBare(plan.keys)) plan.whole = `${plan.braces[0]}]`;
  plan.type = LIST;
  plan.parts = arrayParts;
}

function planCollection(subject, plan, name, sizeOf, parts) {
  const { context, value } = subject;
  const size = apply(sizeOf, value, []);
  const prefix = subject.prefix(name, `(${size})`);
  plan.keys = keysOf(value, context.showHidden);
  if (size === 0 && subject.isBare(plan.keys)) plan.whole = `${prefix}{}`;
  plan.braces = [`${prefix}{`, "}"];
  plan.parts = parts;
}

const viewName = getOwnPropertyDescriptor(
  getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;

function planView(subject, plan) {
  const { context, value, constructor } = subject;
  plan.keys = otherKeys(value, context.showHidden);
  const name = apply(viewName, value, []);
  const view = constructor === null ? new globalThis[name](value) : value;
  plan.braces = [`${subject.prefix(name, `(${view.length})`)}[`, "]"];
  if (view.length === 0 && plan.keys.length === 0 && !context.showHidden) {
    plan.whole = `${plan.braces[0]}]`;
  }
  plan.type = LIST;
  plan.parts = (inner, _value, level) => viewParts(inner, view, level);
}

function planIterator(subject, plan, name) {
  const { context, value, tag } = subject;
  plan.keys = keysOf(value, context.showHidden);
  const label = `${name} Iterator`;
  const more = tag !== label && tag !== "" ? `] [${tag}` : "";
  plan.braces = [`[${label}${more}] {`, "}"];
  plan.parts = iteratorParts;
}

// Kinds that can be iterated; false for others.
function planIterable(subject, plan) {
  const { value } = subject;
  if (Array.isArray(value)) planArray(subject, plan);
  else if (types.isSet(value)) planCollection(subject, plan, "Set", setSize, setParts);
  else if (types.isMap(value)) planCollection(subject, plan, "Map", mapSize, mapParts);
  else if (types.isTypedArray(value)) planView(subject, plan);
  else if (types.isMapIterator(value)) planIterator(subject, plan, "Map");
  else if (types.isSetIterator(value)) planIterator(subject, plan, "Set");
  else return false;
  return true;
}

function planPlain(subject, plan) {
  const { value, tag } = subject;
  if (types.isArgumentsObject(value)) plan.braces[0] = "[Arguments] {";
  else if (tag !== "") plan.braces[0] = `${subject.prefix("Object")}{`;
  if (subject.isBare(plan.keys)) plan.whole = `${plan.braces[0]}}`;
}

function planRegExp(subject, plan) {
  const { context, value, constructor, level } = subject;
  const source = constructor === null ? new RegExp(value) : value;
  const prefix = subject.prefix("RegExp");
  const shown = apply(RegExp.prototype.toString, source, []);
  plan.base = prefix === "RegExp " ? shown : `${prefix}${shown}`;
  const isTooDeep = level > context.depth && context.depth !== null;
  if (subject.isBare(plan.keys) || isTooDeep) plan.whole = context.stylize(plan.base, "regexp");
}

function planDate(subject, plan) {
  const prefix = subject.prefix("Date");
  const shown = dateText(subject.value);
  plan.base = prefix === "Date " ? shown : `${prefix}${shown}`;
  if (subject.isBare(plan.keys)) plan.whole = subject.context.stylize(plan.base, "date");
}

function isError(value) {
  const { Error } = require("bun/error-stack");
  return Error.isError(value) || isInstance(value, Error);
}

function planError(subject, plan) {
  const { context, value, constructor, tag } = subject;
  const { formatError } = require("node/inspect-errors");
  plan.base = formatError(context, value, constructor, tag, plan.keys);
  if (subject.isBare(plan.keys)) plan.whole = plan.base;
}

function planBuffer(subject, plan) {
  const { context, value, isInView } = subject;
  const name = types.isArrayBuffer(value) ? "ArrayBuffer" : "SharedArrayBuffer";
  const prefix = subject.prefix(name);
  if (!isInView) {
    plan.parts = bufferParts;
  } else if (subject.isBare(plan.keys)) {
    const length = formatNumber(context.stylize, value.byteLength, false);
    plan.whole = `${prefix}{ ${factName(context, "byteLength")}: ${length} }`;
  }
  plan.braces[0] = `${prefix}{`;
  plan.facts = ["byteLength"];
}

function planNamed(subject, plan, name, parts) {
  plan.braces[0] = `${subject.prefix(name)}{`;
  plan.parts = parts;
}

function planOther(subject, plan) {
  const { value, context, constructor, tag } = subject;
  if (typeof value === "function") {
    plan.base = functionBase(value, constructor, tag);
    if (subject.isBare(plan.keys)) plan.whole = context.stylize(plan.base, "special");
  } else if (types.isRegExp(value)) planRegExp(subject, plan);
  else if (types.isDate(value)) planDate(subject, plan);
  else if (isError(value)) planError(subject, plan);
  else if (types.isAnyArrayBuffer(value)) planBuffer(subject, plan);
  else if (types.isDataView(value)) {
    plan.braces[0] = `${subject.prefix("DataView")}{`;
    plan.facts = ["byteLength", "byteOffset", "buffer"];
  } else if (types.isPromise(value)) planNamed(subject, plan, "Promise", promiseParts);
  else if (types.isWeakSet(value)) planNamed(subject, plan, "WeakSet", weakParts);
  else if (types.isWeakMap(value)) planNamed(subject, plan, "WeakMap", weakParts);
  else if (types.isModuleNamespaceObject(value)) {
    plan.braces[0] = "[Module: null prototype] {";
    plan.parts = (inner, _value, level) => namespaceParts(inner, value, level, plan.keys);
  } else if (types.isBoxedPrimitive(value)) {
    plan.base = boxedBase(context, value, plan.keys, constructor, tag);
    if (subject.isBare(plan.keys)) plan.whole = plan.base;
  } else {
    if (subject.isBare(plan.keys)) plan.whole = `${subject.prefix("Object")}{}`;
    plan.braces[0] = `${subject.prefix("Object")}{`;
  }
}

function planFor(subject) {
  const plan = new Plan();
  const { value, constructor, context } = subject;
  const isIterable = constructor === null || Symbol.iterator in value;
  if (isIterable && planIterable(subject, plan)) return plan;
  plan.keys = keysOf(value, context.showHidden);
  const isPlain = constructor === "Object" && typeof value !== "function" &&
    !isSpecial(value);
  if (isPlain) planPlain(subject, plan);
  else planOther(subject, plan);
  return plan;
}

// Objects that say they are plain, being something else all the same.
function isSpecial(value) {
  return isError(value) || types.isModuleNamespaceObject(value);
}

// ---- Printing --------------------------------------------------------------------------------

const BUDGET_MAX = 2 ** 27;

function formatRaw(context, value, level, isInView) {
  const subject = new Subject(context, value, level, isInView);
  const plan = planFor(subject);
  if (plan.whole !== undefined) return plan.whole;
  if (level > context.depth && context.depth !== null) {
    const name = prefixOf(subject.constructor, subject.tag, fallbackName(value)).slice(0, -1);
    return context.stylize(subject.constructor === null ? name : `[${name}]`, "special");
  }
  const inner = level + 1;
  context.seen.push(value);
  context.currentDepth = inner;
  let output;
  const { indentationLvl } = context;
  try {
    output = plan.parts(context, value, inner);
    const { facts, keys } = plan;
    for (let index = 0; index < facts.length; index++) {
      const key = facts[index];
      const fact = formatProperty(context, value, inner, key, ITEM);
      output.push(`${factName(context, key)}: ${fact}`);
    }
    for (let index = 0; index < keys.length; index++) {
      output.push(formatProperty(context, value, inner, keys[index], plan.type));
    }
    if (subject.inherited !== undefined) output = output.concat(subject.inherited);
  } catch (error) {
    return tooDeepForStack(context, error, subject, indentationLvl);
  }
  markReference(context, value, plan);
  context.seen.pop();
  sortParts(context, output, plan);
  const shown = layOut(context, output, plan.base, plan.braces, plan.type, inner, value);
  const length = (context.budget[context.indentationLvl] ?? 0) + shown.length;
  context.budget[context.indentationLvl] = length;
  if (length > BUDGET_MAX) context.depth = -1;
  return shown;
}

function fallbackName(value) {
  return Array.isArray(value) ? "Array" : "Object";
}

function tooDeepForStack(context, error, subject, indentation) {
  const isOverflow = error instanceof RangeError && /call stack/i.test(error.message);
  if (!isOverflow) throw error;
  context.seen.pop();
  context.indentationLvl = indentation;
  const name = prefixOf(subject.constructor, subject.tag, "Object").slice(0, -1);
  return context.stylize(
    `[${name}: Inspection interrupted prematurely. Maximum call stack size exceeded.]`, "special");
}

function markReference(context, value, plan) {
  const index = context.circular?.get(value);
  if (index === undefined) return;
  const reference = context.stylize(`<ref *${index}>`, "special");
  if (context.compact === true) plan.braces[0] = `${reference} ${plan.braces[0]}`;
  else plan.base = plan.base === "" ? reference : `${reference} ${plan.base}`;
}

function sortParts(context, output, plan) {
  if (!context.sorted) return;
  const order = context.sorted === true ? undefined : context.sorted;
  const count = plan.keys.length;
  if (plan.type === OBJECT) {
    output.sort(order);
  } else if (count > 1) {
    const last = output.slice(output.length - count).sort(order);
    output.splice(output.length - count, count, ...last);
  }
}

module.exports = { formatRaw, prefixOf, BUILT_IN };
