// Printers of objects and arrays: which properties, in which order, broken into which lines.
//
// An object shows its own properties, enumerable or not, then those of its prototypes up to
// Object.prototype (a class's methods and accessors are thus seen). Getters of programs are never
// called.
// Fails only where a proxy among the prototypes throws, and then prints what came before.
"use strict";

const text = require("bun/inspect-text");
const kinds = require("bun/inspect-kinds");
const { kindOf, printKind, isPrimitiveKind } = require("bun/inspect-format");
const { tint, indentation, keyText, symbolKeyText, RESET, GREEN } = text;

const { getPrototypeOf, getOwnPropertyDescriptor } = Object;
const { ownKeys, apply } = Reflect;

/** Named properties are looked for on arrays up to this length. */
const NAMED_KEYS_LENGTH_MAX = 65536;
const { hasOwn } = Object;
const ObjectPrototype = Object.prototype;
const FunctionPrototype = Function.prototype;
const { shownGetters } = require("bun/native-class");
const { namespacePrototype } = require("runtime/module-namespace");
const TO_STRING_TAG = Symbol.toStringTag;

// How many objects of a prototype chain are looked at.
const CHAIN_MAX = 5;
// How many elements of an array are shown.
const ELEMENTS_MAX = 100;
// Arrays of more elements than this start on a line of their own.
const ELEMENTS_ON_FIRST_LINE_MAX = 10;

const INDEX = /^(?:0|[1-9][0-9]*)$/;
const CYAN_PLAIN = tint("<cyan>");
const CYAN = text.CYAN;
const DIM = tint("<r><d>");

// A pair of accessors met where a value would be.
class Accessor {
  #descriptor;

  constructor(descriptor) {
    this.#descriptor = descriptor;
  }

  // Told without asking the value, which may be a proxy.
  static is(value) {
    return typeof value === "object" && value !== null && #descriptor in value;
  }

  label() {
    const { get, set } = this.#descriptor;
    if (get !== undefined && set !== undefined) return "[Getter/Setter]";
    return get !== undefined ? "[Getter]" : "[Setter]";
  }
}

function getterOf(prototype, name) {
  return getOwnPropertyDescriptor(prototype, name).get;
}

// Built-in accessors that are shown with what they answer.
shownGetters.add(getterOf(Symbol.prototype, "description"));
shownGetters.add(getterOf(Intl.NumberFormat.prototype, "format"));
shownGetters.add(getterOf(Intl.DateTimeFormat.prototype, "format"));
shownGetters.add(getterOf(Intl.Collator.prototype, "compare"));

// The exports of a module are live bindings, and shown as the values that they are.
function isModuleNamespace(object) {
  return getPrototypeOf(object) === namespacePrototype;
}

// What is shown of a property: its value, or an Accessor.
function valueOfDescriptor(object, descriptor) {
  if ("value" in descriptor) return descriptor.value;
  if (shownGetters.has(descriptor.get) || isModuleNamespace(object)) {
    try {
      return apply(descriptor.get, object, []);
    } catch {
      return undefined;
    }
  }
  return new Accessor(descriptor);
}

// Whether the engine would walk the object's shape rather than ask it for names: no indices, no
// accessors. The two ways differ in what becomes of Symbol.toStringTag.
function hasPlainShape(object, keys) {
  if (typeof object === "function" || Array.isArray(object)) return false;
  if (keys.length > 0 && typeof keys[0] === "string" && INDEX.test(keys[0])) return false;
  for (const key of keys) {
    const descriptor = getOwnPropertyDescriptor(object, key);
    if (descriptor === undefined || !("value" in descriptor) || key === "__proto__") return false;
  }
  return true;
}

function isChainEnd(object) {
  return object === null || object === ObjectPrototype || object === FunctionPrototype;
}

// Visits the properties of `value` as they are printed: visit(key, valueOrAccessor).
function visitProperties(value, visit) {
  if (kinds.isPlain(value) && !hasOwn(value, "__proto__")) {
    for (const key of ownKeys(value)) {
      const descriptor = getOwnPropertyDescriptor(value, key);
      if (descriptor !== undefined) visit(key, valueOfDescriptor(value, descriptor));
    }
    return;
  }
  visitChain(value, visit);
}

// The same for objects of classes and what else has names of its own.
function visitChain(value, visit) {
  const walk = { value, visit, seen: new Set() };
  let holder = value;
  let keys = ownKeys(holder);
  let count = 0;
  let isPlain = hasPlainShape(holder, keys);
  if (isPlain && keys.length === 0) {
    holder = getPrototypeOf(holder);
    if (isChainEnd(holder)) return;
    keys = ownKeys(holder);
    isPlain = hasPlainShape(holder, keys);
    count = 1;
  }
  while (isPlain) {
    if (!visitPlain(walk, holder, keys)) break;
    if (count++ >= CHAIN_MAX) return;
    holder = getPrototypeOf(holder);
    if (isChainEnd(holder)) return;
    keys = ownKeys(holder);
    isPlain = hasPlainShape(holder, keys);
  }
  while (!isChainEnd(holder) && count++ < CHAIN_MAX) {
    visitNamed(walk, ownKeys(holder), false);
    if (typeof holder === "function" || holder === globalThis) return;
    holder = getPrototypeOf(holder);
  }
}

// Returns whether anything was visited.
function visitPlain(walk, holder, keys) {
  const isOwn = holder === walk.value;
  let hits = 0;
  for (const key of keys) {
    if (key === "constructor" || key === TO_STRING_TAG) continue;
    if (!isOwn && key === "__esModule") continue;
    if (walk.seen.has(key)) continue;
    walk.seen.add(key);
    hits += 1;
    walk.visit(key, getOwnPropertyDescriptor(holder, key).value);
  }
  return hits > 0;
}

const HIDDEN_UNLESS_ENUMERABLE = new Set(["__proto__", "__esModule", TO_STRING_TAG]);

function visitNamed(walk, keys, skipIndices) {
  for (const key of keys) {
    if (key === "constructor") continue;
    if (skipIndices && (key === "length" || (typeof key === "string" && INDEX.test(key)))) continue;
    const descriptor = findDescriptor(walk.value, key);
    if (descriptor === undefined) continue;
    if (!descriptor.enumerable && HIDDEN_UNLESS_ENUMERABLE.has(key)) continue;
    if (walk.seen.has(key)) continue;
    walk.seen.add(key);
    walk.visit(key, valueOfDescriptor(walk.value, descriptor));
  }
}

function findDescriptor(object, key) {
  for (let holder = object; holder !== null; holder = getPrototypeOf(holder)) {
    const descriptor = getOwnPropertyDescriptor(holder, key);
    if (descriptor !== undefined) return descriptor;
  }
  return undefined;
}

// Own properties only, by code point of their names: the `sorted` option.
function visitSorted(value, visit) {
  const keys = ownKeys(value).map((key) => [sortName(key), key]);
  keys.sort(([left], [right]) => compareCodePoints(left, right));
  for (const [, key] of keys) {
    if (key === "constructor") continue;
    const descriptor = getOwnPropertyDescriptor(value, key);
    if (descriptor === undefined) continue;
    if (!descriptor.enumerable && (key === "__proto__" || key === TO_STRING_TAG)) continue;
    visit(key, valueOfDescriptor(value, descriptor));
  }
}

function sortName(key) {
  return typeof key === "symbol" ? key.description || "" : key;
}

function compareCodePoints(left, right) {
  if (left === right) return 0;
  const leftPoints = [...left];
  const rightPoints = [...right];
  const length = Math.min(leftPoints.length, rightPoints.length);
  for (let index = 0; index < length; index += 1) {
    const difference = leftPoints[index].codePointAt(0) - rightPoints[index].codePointAt(0);
    if (difference !== 0) return difference;
  }
  return leftPoints.length - rightPoints.length;
}

// With colours, strings are coloured once as properties and once more as strings.
function printInGreen(formatter, value) {
  const hides = formatter.hideGlobal;
  formatter.hideGlobal = true;
  const kind = kindOf(formatter, value);
  if (isText(kind)) formatter.out += GREEN[1];
  printKind(formatter, kind, value);
  if (isText(kind)) formatter.out += RESET[1];
  formatter.hideGlobal = hides;
}

function isText(kind) {
  return kind === "string" || kind === "boxed-string";
}

// Writes properties one after the other: opens the brace at the first, separates the others.
class PropertyWriter {
  constructor(formatter, parent, count) {
    this.formatter = formatter;
    this.parent = parent;
    this.count = count;
    this.isMultiline = !formatter.singleLine && formatter.isLongLine();
  }

  write(key, value) {
    const { formatter } = this;
    if (this.count === 0) this.open();
    else this.separate();
    this.count += 1;
    this.writeKey(key);
    if (Accessor.is(value)) {
      const color = formatter.color;
      formatter.out += CYAN_PLAIN[color] + value.label() + RESET[color];
      return;
    }
    if (formatter.color === 0) formatter.formatNested(value);
    else printInGreen(formatter, value);
  }

  open() {
    const { formatter, parent } = this;
    if (typeof parent !== "function") formatter.out += kinds.objectPrefix(parent);
    if (!formatter.singleLine) this.isMultiline = true;
    formatter.lineLength = formatter.indent * 2 + 1;
    formatter.indent += 1;
    formatter.depth += 1;
    formatter.out += formatter.singleLine ? "{ " : "{\n" + indentation(formatter.indent);
  }

  separate() {
    const { formatter } = this;
    formatter.comma();
    if (!formatter.singleLine && (this.isMultiline || formatter.isLongLine())) {
      formatter.newline();
      formatter.resetLine();
    } else {
      formatter.write(" ");
    }
  }

  writeKey(key) {
    const { formatter } = this;
    if (typeof key === "symbol") {
      formatter.lineLength += 13 + (key.description || "").length;
      formatter.out += symbolKeyText(key, formatter.color);
      return;
    }
    const isBare = !formatter.quoteKeys && text.isIdentifier(key);
    formatter.lineLength += key.length + (isBare ? 1 : 2);
    if (isBare && formatter.color === 0) formatter.out += key + ": ";
    else formatter.out += keyText(key, formatter.color, formatter.quoteKeys);
  }

  close() {
    const { formatter } = this;
    formatter.depth -= 1;
    // On a single line the indent stays, as it does in Bun; it shows before "... more items".
    if (this.isMultiline) {
      formatter.indent -= 1;
      formatter.comma();
      formatter.newline();
      formatter.out += "}";
      formatter.lineLength += 1;
    } else {
      formatter.out += " }";
      formatter.lineLength += 2;
    }
  }
}

// What stands for a collection below the depth limit.
function printTooDeep(formatter, name) {
  formatter.writeTinted(CYAN, "[" + name + " ...]");
}

// The same for an object, which does not count towards the line's length but may start it anew.
function printObjectTooDeep(formatter, value) {
  if (formatter.singleLine) formatter.out += " ";
  else formatter.isLongLine();
  const name = kinds.nameOf(value) || "Object";
  formatter.out += CYAN[formatter.color] + "[" + name + " ...]" + RESET[formatter.color];
}

function printObject(formatter, value) {
  if (formatter.isTooDeep()) return printObjectTooDeep(formatter, value);
  printProperties(formatter, value, formatter.sorted ? visitSorted : visitProperties);
}

// The braces and what `visitAll(value, visit)` visits.
function printProperties(formatter, value, visitAll) {
  const previous = formatter.quoteStrings;
  formatter.quoteStrings = true;
  const writer = new PropertyWriter(formatter, value, 0);
  visitAll(value, (key, property) => writer.write(key, property));
  if (writer.count > 0) writer.close();
  else printEmpty(formatter, value);
  formatter.quoteStrings = previous;
}

function printEmpty(formatter, value) {
  if (typeof value === "function") printKind(formatter, "function", value);
  else formatter.out += kinds.objectPrefix(value) + "{}";
}

// Runs of holes, printed as one item.
class Holes {
  constructor(formatter) {
    this.formatter = formatter;
    this.start = -1;
  }

  // Ends the run before `index`; returns whether the line was broken.
  flush(index) {
    if (this.start < 0) return false;
    const { formatter } = this;
    const isBroken = this.start > 0 && separateItems(formatter);
    const count = index - this.start;
    const shown = count === 1 ? "empty item" : count + " x empty items";
    formatter.writeTinted(DIM, shown);
    this.start = -1;
    return isBroken;
  }
}

// A comma and a space, or a new line where the line is long; returns whether it broke the line.
function separateItems(formatter) {
  formatter.comma();
  if (!formatter.singleLine && (formatter.sorted || formatter.isLongLine())) {
    formatter.newline();
    return true;
  }
  formatter.write(" ");
  return false;
}

function openArray(formatter, value, length) {
  let isBroken = length > ELEMENTS_ON_FIRST_LINE_MAX;
  const kind = 0 in value ? kindOf(formatter, value[0]) : "undefined";
  isBroken = isBroken || !isPrimitiveKind(kind) || formatter.isLongLine();
  if (!formatter.singleLine && (formatter.sorted || isBroken)) {
    formatter.resetLine();
    formatter.out += "[";
    formatter.newline();
    formatter.lineLength += 1;
  } else {
    formatter.out += "[ ";
    formatter.lineLength += 2;
  }
  return isBroken;
}

// Prints the elements from the second on; returns whether any line was broken.
function printElements(formatter, value, length) {
  const holes = new Holes(formatter);
  let isBroken = false;
  let shown = 1;
  if (0 in value) printElement(formatter, value[0]);
  else holes.start = 0;
  let index = 1;
  for (; index < length; index += 1) {
    if (!(index in value)) {
      if (holes.start < 0) holes.start = index;
      continue;
    }
    if (shown >= ELEMENTS_MAX) {
      printMore(formatter, length - index);
      break;
    }
    shown += 1;
    isBroken = holes.flush(index) || isBroken;
    isBroken = separateItems(formatter) || isBroken;
    printElement(formatter, value[index]);
  }
  return holes.flush(length) || isBroken;
}

function printElement(formatter, element) {
  const kind = formatter.formatNested(element);
  if (isText(kind)) formatter.out += RESET[formatter.color];
}

function printMore(formatter, count) {
  formatter.comma();
  formatter.lineLength = 0;
  formatter.newline();
  formatter.writeTinted(DIM, "... " + count + " more items");
}

function closeArray(formatter, isBroken) {
  const breaks = formatter.sorted || isBroken || formatter.isLongLine();
  if (!formatter.singleLine && breaks) {
    formatter.resetLine();
    formatter.newline();
    formatter.out += "]";
    formatter.resetLine();
    formatter.lineLength += 1;
  } else {
    formatter.write(" ]");
  }
}

function printArray(formatter, value) {
  const length = value.length;
  if (length === 0) return formatter.write("[]");
  if (formatter.isTooDeep()) return printTooDeep(formatter, "Array");
  let isBroken = false;
  formatter.inside(() => {
    formatter.lineLength += 2;
    isBroken = openArray(formatter, value, length);
    isBroken = printElements(formatter, value, length) || isBroken;
    if (Array.isArray(value)) printExtras(formatter, value, length);
  });
  closeArray(formatter, isBroken);
}

// Properties of an array that are not its elements. To find them, every key is listed.
function printExtras(formatter, value, length) {
  if (length > NAMED_KEYS_LENGTH_MAX) return;
  const writer = new PropertyWriter(formatter, value, length);
  const walk = { value, seen: new Set(), visit: (key, property) => writer.write(key, property) };
  visitNamed(walk, ownKeys(value), true);
}

module.exports = {
  PRINTERS: { object: printObject, array: printArray, arguments: printArray },
  printObject,
  printProperties,
  printTooDeep,
  shownValue: valueOfDescriptor,
};
