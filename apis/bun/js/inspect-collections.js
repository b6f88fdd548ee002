// Printers of what holds many values and is no plain object: maps, sets, their iterators, typed
// arrays and buffers.
//
// Entries are read through the built-in methods, not through what a subclass overrides.
"use strict";

const text = require("bun/inspect-text");
const { tint, quote, indentation, RESET, COMMA, GREEN, YELLOW } = text;
const { printTooDeep } = require("bun/inspect-objects");

const { apply } = Reflect;
const mapForEach = Map.prototype.forEach;
const setForEach = Set.prototype.forEach;
const DIM = tint("<r><d>");

// Elements of a typed array that are shown.
const NUMBERS_MAX = 513;

function opening(name, size, formatter) {
  return name + "(" + size + ") {" + (formatter.singleLine ? " " : "\n");
}

// Prints `name(size) { entries }`: forEach(visit) calls visit() for each entry, which prints it.
function printEntries(formatter, value, name, size, forEach) {
  if (size === 0) {
    formatter.out += name + " {}";
    return;
  }
  if (formatter.isTooDeep()) return printTooDeep(formatter, name);
  formatter.out += opening(name, size, formatter);
  let count = 0;
  formatter.inside(() => {
    forEach((printEntry) => {
      if (!formatter.singleLine) formatter.out += indentation(formatter.indent);
      else if (count > 0) separate(formatter);
      count += 1;
      printEntry();
      if (formatter.singleLine) return;
      formatter.comma();
      formatter.out += "\n";
    });
  });
  if (!formatter.singleLine) formatter.out += indentation(formatter.indent);
  else if (count > 0) formatter.out += " ";
  formatter.out += "}";
}

function separate(formatter) {
  formatter.comma();
  formatter.out += " ";
}

function sizeOf(value) {
  const size = value.size;
  return typeof size === "number" ? size | 0 : 0;
}

function printMap(formatter, value) {
  printEntries(formatter, value, "Map", sizeOf(value), (visit) => {
    apply(mapForEach, value, [
      (item, key) =>
        visit(() => {
          formatter.formatNested(key);
          formatter.out += ": ";
          formatter.formatNested(item);
        }),
    ]);
  });
}

function printSet(formatter, value) {
  printEntries(formatter, value, "Set", sizeOf(value), (visit) => {
    apply(setForEach, value, [(item) => visit(() => formatter.formatNested(item))]);
  });
}

// An iterator's items are taken from it: printing one uses it up, as in Bun.
function printIterator(name) {
  return (formatter, value) => {
    const items = Array.from(value);
    formatter.out += name + " { ";
    formatter.inside(() => {
      items.forEach((item, index) => {
        if (!formatter.singleLine) formatter.newline();
        else if (index > 0) separate(formatter);
        formatter.formatNested(item);
        if (!formatter.singleLine) formatter.comma();
      });
    });
    if (!formatter.singleLine) {
      if (items.length > 0) formatter.out += "\n";
      formatter.out += indentation(formatter.indent);
    } else if (items.length > 0 && name === "MapIterator") {
      formatter.out += " ";
    }
    formatter.out += "}";
  };
}

function bytesOf(value) {
  if (value instanceof DataView) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return ArrayBuffer.isView(value) ? value : new Uint8Array(value);
}

const typedArrayTag = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
).get;

function viewName(value) {
  const name = apply(typedArrayTag, value, []);
  if (name === undefined) return "DataView";
  if (name !== "Uint8Array") return name;
  return isBuffer(value) ? "Buffer" : name;
}

function isBuffer(value) {
  if (Object.getPrototypeOf(value) === Uint8Array.prototype) return false;
  const { Buffer } = globalThis;
  return typeof Buffer === "function" && value instanceof Buffer;
}

// Negative zero loses its sign here, unlike elsewhere.
function numberOf(element) {
  return typeof element === "bigint" ? element + "n" : String(element);
}

function printNumbers(formatter, name, elements) {
  const length = elements.length;
  if (length === 0) {
    formatter.out += name + "(0) []";
    return;
  }
  const color = formatter.color;
  const shown = Math.min(length, NUMBERS_MAX);
  let out = name + "(" + length + ") [ ";
  for (let index = 0; index < shown; index += 1) {
    if (index > 0) out += COMMA[color] + " ";
    out += YELLOW[color] + numberOf(elements[index]) + RESET[color];
  }
  if (length > shown) {
    const suffix = typeof elements[0] === "bigint" ? "n" : "";
    out += DIM[color] + suffix + ", ... " + (length - shown) + " more" + RESET[color];
  }
  formatter.lineLength += (shown - 1) * 2;
  formatter.out += out + " ]";
}

function printView(formatter, value) {
  const name = viewName(value);
  const bytes = bytesOf(value);
  const string = formatter.bytesAsText && name === "Uint8Array" ? asText(bytes) : null;
  if (string === null) return printNumbers(formatter, name, bytes);
  const color = formatter.color;
  formatter.out += GREEN[color] + quote(string) + RESET[color];
}

// UTF-8 bytes as a string; null where they are none.
function asText(bytes) {
  let encoded = "";
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    encoded += byte < 0x80 ? String.fromCharCode(byte) : "%" + byte.toString(16);
  }
  try {
    return decodeURIComponent(encoded.replace(/%(?![89a-f])/g, "%25"));
  } catch {
    return null;
  }
}

function printBuffer(formatter, value) {
  const isShared = typeof SharedArrayBuffer === "function" && value instanceof SharedArrayBuffer;
  printNumbers(formatter, isShared ? "SharedArrayBuffer" : "ArrayBuffer", bytesOf(value));
}

module.exports = {
  PRINTERS: {
    map: printMap,
    set: printSet,
    weakmap: (formatter) => {
      formatter.out += "WeakMap {}";
    },
    weakset: (formatter) => {
      formatter.out += "WeakSet {}";
    },
    "map-iterator": printIterator("MapIterator"),
    "set-iterator": printIterator("SetIterator"),
    view: printView,
    buffer: printBuffer,
  },
};
