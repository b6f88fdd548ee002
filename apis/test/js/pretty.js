// The text of a value in snapshots and diffs: one property a line, keys in order.
//
// Containers at the outermost level stand on lines of their own, with a line end before and after.
// Getters are not called. Standards: Jest's snapshot format, in Bun's dialect.
"use strict";

const { ArrayBuffer, Array, JSON, Map, Object, Reflect, Set, Symbol } = globalThis;
const { inspect } = require("bun/inspect");
const { functionFacts } = require("bun/inspect-kinds");
const { promiseState, proxyTarget } = require("runtime/engine");
const asymmetric = require("test/asymmetric");

const { functionText } = require("runtime/engine-globals");

function tagOf(value) {
  const tag = value[Symbol.toStringTag];
  return typeof tag === "string" ? tag : "";
}

function constructorName(value) {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null) return "Object";
  const made = value.constructor;
  return typeof made === "function" && typeof made.name === "string" ? made.name : "";
}

function className(value) {
  if (value.constructor === globalThis.Iterator && value.constructor !== undefined) return "Object";
  const name = constructorName(value);
  return (name === "" || name === "Object" ? tagOf(value) || name : name) || "Object";
}

// Arrow functions and function expressions without a name of their own.
const NAMELESS = /^(?:function\s*\(|\(|[\w$]+\s*=>)/;

function functionName(value) {
  const tag = tagOf(value);
  if (tag === "" && NAMELESS.test(Reflect.apply(functionText, value, []))) return "";
  const name = tag || value.name;
  return typeof name === "string" ? name.replace(/^bound /, "") : "";
}

const numberText = (number) => (Object.is(number, -0) ? "-0" : String(number));

function keyText(key) {
  if (typeof key === "symbol") return `[Symbol(${key.description ?? ""})]`;
  return JSON.stringify(key);
}

// Own keys by their text.
function orderedKeys(object) {
  const text = (key) => (typeof key === "symbol" ? key.description ?? "" : key);
  return Reflect.ownKeys(object)
    .filter((key) => key !== "constructor")
    .map((key) => [text(key), key])
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    .map(([, key]) => key);
}

class Printer {
  constructor() {
    this.out = "";
    this.indent = 0;
    this.visited = new Set();
  }

  writeIndent() {
    this.out += "  ".repeat(this.indent);
  }

  value(value) {
    switch (typeof value) {
      case "string": this.string(value); break;
      case "number": this.out += numberText(value); break;
      case "bigint": this.out += `${value}n`; break;
      case "symbol": this.out += symbolText(value); break;
      case "function": this.function(value); break;
      case "object":
        if (value === null) this.out += "null";
        else this.once(value);
        break;
      default: this.out += String(value);
    }
  }

  string(text) {
    const isLong = /[\n\r]/.test(text);
    const quoted = `"${text.replace(/\r\n?/g, "\n")}"`;
    this.out += isLong ? `\n${quoted}\n` : quoted;
  }

  function(value) {
    if (functionFacts(value).isClass) {
      this.out += value.name === "" || typeof value.name !== "string"
        ? "[class]"
        : `[class ${value.name}]`;
      return;
    }
    const name = functionName(value);
    this.out += name === "" ? "[Function]" : `[Function: ${name}]`;
  }

  once(value) {
    if (this.visited.has(value)) {
      this.out += "[Circular]";
      return;
    }
    this.visited.add(value);
    this.object(value);
    this.visited.delete(value);
  }

  object(value) {
    const matcher = asymmetric.describe(value, (part) => this.part(part));
    if (matcher !== undefined) this.out += matcher;
    else if (Array.isArray(value)) this.array(value);
    else if (proxyTarget(value) !== undefined || isJson(value)) this.out += JSON.stringify(value);
    else if (value instanceof Map || value instanceof WeakMap) this.map(value);
    else if (value instanceof Set || value instanceof WeakSet) this.set(value);
    else if (value instanceof Date) this.out += dateText(value);
    else if (value instanceof RegExp) this.out += String(value);
    else if (value instanceof Error && !isDomException(value)) this.out += errorText(value);
    else if (ArrayBuffer.isView(value) || isBuffer(value)) this.bytes(value);
    else if (promiseState(value)[0] !== "unknown") this.out += "Promise {}";
    else if (value instanceof String) this.boxedString(value);
    else if (isElement(value)) this.out += inspect(value);
    else if (isShownByInspect(value)) this.out += inspect(value);
    else this.properties(value);
  }

  // What an asymmetric matcher holds, printed in its place.
  part(value) {
    const { out } = this;
    this.out = "";
    this.value(value);
    const text = this.out;
    this.out = out;
    return text;
  }

  array(list) {
    if (list.length === 0) {
      this.out += "[]";
      return;
    }
    this.open("[");
    for (let index = 0; index < list.length; index++) {
      this.out += "\n";
      this.writeIndent();
      this.value(list[index]);
      this.out += ",";
    }
    this.close("]");
  }

  open(text) {
    if (this.indent === 0) this.out += "\n";
    this.out += text;
    this.indent++;
  }

  close(text) {
    this.indent--;
    this.out += "\n";
    this.writeIndent();
    this.out += text;
    if (this.indent === 0) this.out += "\n";
  }

  map(map) {
    const name = map instanceof WeakMap ? "WeakMap" : "Map";
    this.entries(name, name === "Map" ? map : new Map(), ([key, value]) => {
      this.value(key);
      this.out += " => ";
      this.value(value);
    });
  }

  set(set) {
    const name = set instanceof WeakSet ? "WeakSet" : "Set";
    this.writeIndent();
    this.entries(name, name === "Set" ? set : new Set(), (item) => this.value(item));
  }

  entries(name, items, print) {
    if (items.size === 0) {
      this.out += `${name} {}`;
      return;
    }
    this.out += `\n${name} {\n`;
    this.indent++;
    for (const item of items) {
      this.writeIndent();
      print(item);
      this.out += ",\n";
    }
    this.indent--;
    this.writeIndent();
    this.out += "}\n";
  }

  bytes(value) {
    const name = isBuffer(value) ? "ArrayBuffer" : tagOf(value) || constructorName(value);
    const list = isBuffer(value) || value instanceof DataView
      ? new Uint8Array(value.buffer ?? value, value.byteOffset ?? 0, value.byteLength)
      : value;
    if (constructorName(value) === "Buffer") {
      this.buffer(list);
    } else if (list.length === 0) {
      this.out += `${name} []`;
    } else {
      this.open(`${name} [`);
      this.items(list);
      this.close("]");
    }
  }

  items(list) {
    for (const item of list) {
      this.out += "\n";
      this.writeIndent();
      this.out += typeof item === "bigint" ? `${item},` : `${numberText(item)},`;
    }
  }

  buffer(list) {
    this.open("{\n");
    this.writeIndent();
    this.out += '"data": [';
    this.indent++;
    this.items(list);
    this.indent--;
    if (list.length > 0) {
      this.out += "\n";
      this.writeIndent();
    }
    this.out += "],\n";
    this.writeIndent();
    this.out += '"type": "Buffer",';
    this.close("}");
  }

  boxedString(value) {
    const text = String(value);
    if (text === "") {
      this.out += "String {}";
      return;
    }
    this.open("String {\n");
    for (let index = 0; index < text.length; index++) {
      this.writeIndent();
      this.out += `"${index}": "${text[index]}",\n`;
    }
    this.indent--;
    this.out += "}\n";
  }

  properties(object) {
    const keys = orderedKeys(object);
    const name = className(object);
    if (keys.length === 0) {
      this.out += name === "Object" ? "{}" : `${name} {}`;
      return;
    }
    const tag = tagOf(object);
    if (tag !== "" && name !== "Object") this.out += `${tag} `;
    this.open(name === "Object" ? "{" : `${name} {`);
    for (const key of keys) {
      this.out += "\n";
      this.writeIndent();
      this.out += `${keyText(key)}: `;
      const { get, set } = Object.getOwnPropertyDescriptor(object, key);
      if (get === undefined && set === undefined) this.value(object[key]);
      else this.out += "[native code]";
      this.out += ",";
    }
    this.close("}");
  }
}

const symbolText = ({ description }) => (description ? `Symbol(${description})` : "Symbol");
const isDomException = (value) => tagOf(value) === "DOMException";
const isBuffer = (value) =>
  value instanceof ArrayBuffer || tagOf(value) === "SharedArrayBuffer";
const dateText = (date) => (Number.isNaN(date.getTime()) ? "ul" : date.toISOString());

function errorText(error) {
  const name = className(error);
  const message = error.message === undefined ? "" : String(error.message);
  return message === "" ? `[${name}]` : `[${name}: ${message}]`;
}

const isArguments = (value) =>
  Reflect.apply(Object.prototype.toString, value, []) === "[object Arguments]";

// Shown as the JSON of their entries.
const isJson = (value) =>
  isArguments(value) || (tagOf(value) === "URLSearchParams" && typeof value.toJSON === "function");

const ELEMENTS = new Set([
  Symbol.for("react.element"), Symbol.for("react.transitional.element"),
  Symbol.for("react.fragment"),
]);
const isElement = (value) => ELEMENTS.has(value.$$typeof);

const SHOWN = new Set(["Blob", "File", "Request", "Response", "FormData", "Timeout", "Immediate"]);
const isShownByInspect = (value) => SHOWN.has(constructorName(value));

function pretty(value) {
  const printer = new Printer();
  printer.value(value);
  return printer.out;
}

module.exports = { pretty };
