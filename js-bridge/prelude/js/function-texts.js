"use strict";
// What Function.prototype.toString says: of the runtime's own functions what it says of native
// ones, as in Bun, whose web APIs and members of `Bun` are native. (What node's modules export is
// JavaScript there too, and shows its text.) Loaded by the first call.
//
// Which functions those are is found out then: those that the modules evaluated so far export, and
// their members. A program may have put functions of its own among the members, so one counts
// only if its text stands in the source of a prelude module.

const { modules, load } = require("runtime/prelude");
const { functionText, replaced } = require("runtime/engine-globals");
const { Map, Object, Reflect, Set, WeakMap, WeakSet } = globalThis;

const FAMILIES =
  /^(?:web|fetch|bun|runtime|html|shell|test|node\/(?:buffer|console|process))(?:\/|$|-)/;
const ENGINES_OWN = "() {\n    [native code]\n}";
const ACCESSOR = /^[gs]et /;

const walked = new Set();
const candidates = new WeakSet();
const verdicts = new WeakMap();
const sources = new Map();
for (const value of replaced) verdicts.set(value, true);

const textOf = (value) => Reflect.apply(functionText, value, []);

function collectMembers(holder) {
  for (const key of Reflect.ownKeys(holder)) {
    const { value, get, set } = Reflect.getOwnPropertyDescriptor(holder, key);
    if (typeof value === "function") candidates.add(value);
    if (get !== undefined) candidates.add(get);
    if (set !== undefined) candidates.add(set);
  }
}

function collectPrototypes(value) {
  let prototype = Reflect.getPrototypeOf(value);
  while (prototype !== null && prototype !== Object.prototype) {
    collectMembers(prototype);
    prototype = Reflect.getPrototypeOf(prototype);
  }
}

function collect(value) {
  if (typeof value === "function") {
    candidates.add(value);
    collectMembers(value);
    const prototype = Reflect.getOwnPropertyDescriptor(value, "prototype")?.value;
    if (typeof prototype === "object" && prototype !== null) collectMembers(prototype);
  } else if (typeof value === "object" && value !== null) {
    collectMembers(value);
    collectPrototypes(value);
  }
}

function collectNew() {
  if (walked.size === modules.size) return;
  for (const [name, { exports }] of modules) {
    if (walked.has(name)) continue;
    walked.add(name);
    if (!FAMILIES.test(name)) continue;
    collect(exports);
    for (const key of Reflect.ownKeys(exports)) {
      const descriptor = Reflect.getOwnPropertyDescriptor(exports, key);
      if ("value" in descriptor) collect(descriptor.value);
    }
  }
}

function sourceOf(name) {
  const known = sources.get(name);
  if (known !== undefined) return known;
  const loaded = load(name);
  const source = loaded === undefined ? "" : textOf(loaded[0]);
  sources.set(name, source);
  return source;
}

function standsInPrelude(text) {
  for (const name of modules.keys()) {
    if (FAMILIES.test(name) && sourceOf(name).includes(text)) return true;
  }
  return false;
}

function isOwn(value, text) {
  const known = verdicts.get(value);
  if (known !== undefined) return known;
  collectNew();
  if (!candidates.has(value)) return false;
  const verdict = text.startsWith("function ProxyObject") || standsInPrelude(text);
  verdicts.set(value, verdict);
  return verdict;
}

/** The text of a function, `text` being what the engine says. */
function shown(value, text) {
  if (isOwn(value, text)) {
    const { value: given } = Reflect.getOwnPropertyDescriptor(value, "name") ?? {};
    const name = typeof given === "string" ? given.replace(ACCESSOR, "") : "";
    return `function ${name}() { [native code] }`;
  }
  if (!text.endsWith(ENGINES_OWN)) return text;
  return `${text.slice(0, -ENGINES_OWN.length)}() { [native code] }`;
}

module.exports = { shown };
