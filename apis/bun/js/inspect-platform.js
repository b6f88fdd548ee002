// Shapes of the platform's own classes: Request, Response, Blob, events and their kin.
//
// In Bun these are native classes with a printed form of their own; here they are JavaScript
// classes, recognised by their prototype. A module is asked for its class only when an object
// with a constructor of that name turns up, so nothing is loaded for it. Accessors of these
// classes are called, as nothing of a program runs in them; what throws is shown as undefined.
"use strict";

const { tint, indentation, quote, RESET, COMMA, YELLOW } = require("bun/inspect-text");
const objects = require("bun/inspect-objects");

const { getPrototypeOf, getOwnPropertyDescriptor } = Object;
const { ownKeys } = Reflect;

const DIM_COLON = tint("<d>:<r> ");
const VALUE_COLON = tint("<r><blue>");
const BLOB_TYPE = tint("<d>:<r> <green>");
const CYAN_NAME = tint("<r><cyan>");

// --- Sizes ------------------------------------------------------------------------------------

const UNITS = ["KB", "KB", "MB", "GB", "TB"];
const BYTES_MAX = 512;
// Bits of a factor of a thousand, rounded down: how Bun finds the unit.
const BITS_PER_UNIT = 9;

// "3 bytes", "0.51 KB", "2.0 KB"
function sizeText(size) {
  if (size === 0) return "0 KB";
  if (size < BYTES_MAX) return size + " bytes";
  const magnitude = Math.min(Math.floor(Math.floor(Math.log2(size)) / BITS_PER_UNIT), 4);
  const amount = size / 1000 ** magnitude;
  const digits = Math.abs(amount - Math.trunc(amount)) <= 0.1 ? 1 : 2;
  return amount.toFixed(digits) + " " + UNITS[magnitude];
}

function sizeOfText(text) {
  let size = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) size += unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return size;
}

// --- Blobs ------------------------------------------------------------------------------------

function isFileReference(blob) {
  const { externalOf } = require("web/blob");
  return externalOf !== undefined && externalOf(blob) !== null;
}

function blobHeading(formatter, blob) {
  const color = formatter.color;
  if (!isFileReference(blob)) {
    const { isFile } = require("web/blob");
    const name = isFile(blob) ? "File" : "Blob";
    const size = YELLOW[color].slice(4 * color) + sizeText(blob.size) + RESET[color];
    return RESET[color] + name + RESET[color] + " (" + size + ")";
  }
  const { name } = blob;
  const place = typeof name === "string" ? quotedName(name, color) : fdText(blob, color);
  return RESET[color] + "FileRef" + RESET[color] + " (" + place + ")" + RESET[color];
}

function quotedName(name, color) {
  return tint("<green>")[color] + quote(name) + RESET[color];
}

function fdText(blob, color) {
  const number = tint("<yellow>")[color] + fdOf(blob) + RESET[color];
  return RESET[color] + "fd" + DIM_COLON[color] + number;
}

function fdOf(blob) {
  const { source } = require("web/blob").externalOf(blob);
  return source.target;
}

// The members in a blob's braces, as [name, text].
function blobMembers(formatter, blob) {
  const color = formatter.color;
  const members = [];
  const isReference = isFileReference(blob);
  const isFile = !isReference && require("web/blob").isFile(blob);
  const text = (value) => BLOB_TYPE[color] + quote(value) + RESET[color];
  if (isFile && typeof blob.name === "string") members.push(["name", text(blob.name)]);
  if (blob.type !== "") members.push(["type", text(blob.type)]);
  if (members.length > 0 && members[0][0] === "name") {
    const time = tint("<d>:<r> <yellow>")[color] + blob.lastModified + RESET[color];
    members.push(["lastModified", time]);
  }
  return members;
}

function printBlob(formatter, blob) {
  const color = formatter.color;
  formatter.out += blobHeading(formatter, blob);
  const members = blobMembers(formatter, blob);
  if (members.length === 0) return;
  formatter.out += " {\n";
  const pad = indentation(formatter.indent + 1);
  formatter.out += members.map(([name, text]) => pad + name + text).join(COMMA[color] + "\n");
  formatter.out += "\n" + indentation(formatter.indent) + "}";
}

// --- Requests and responses -------------------------------------------------------------------

// What is printed of a body: its size in bytes, and the printer of a last member or null.
function bodyOf(source) {
  if (typeof source === "string") return memoryBody(sizeOfText(source));
  if (ArrayBuffer.isView(source)) return memoryBody(source.byteLength);
  if (source === null || source === undefined) return { size: 0, print: null };
  const { isBlob } = require("web/blob");
  if (isBlob(source)) {
    return { size: source.size, print: (formatter) => printBlob(formatter, source) };
  }
  if (source instanceof require("web/streams").ReadableStream) {
    return { size: 0, print: (formatter) => printMembers(formatter, source) };
  }
  return { size: 0, print: null };
}

function memoryBody(size) {
  if (size === 0) return { size, print: null };
  const print = (formatter) => {
    const color = formatter.color;
    const shown = tint("<yellow>")[color] + sizeText(size) + RESET[color];
    formatter.out += RESET[color] + "Blob" + RESET[color] + " (" + shown + ")";
  };
  return { size, print };
}

// A string in bold between plain quotes, unescaped; `open` is what the quote is opened with.
function literal(formatter, text, open) {
  if (formatter.color === 0) return '"' + text + '"';
  return open + "\x1b[1m" + text + "\x1b[0m" + '"';
}

// `heading (size) { members }`; members are [name, print] with commas between, the body without.
function printExchange(formatter, name, body, members, hasComma) {
  const color = formatter.color;
  formatter.out += name + " (" + sizeText(body.size) + ") {\n";
  formatter.indent += 1;
  formatter.depth += 1;
  const { quoteStrings } = formatter;
  formatter.quoteStrings = true;
  members.forEach(([key, print], index) => {
    formatter.out += indentation(formatter.indent) + RESET[color] + key + DIM_COLON[color];
    print(formatter);
    const isLast = index === members.length - 1;
    if (!isLast || (hasComma && body.print !== null)) formatter.comma();
    formatter.out += "\n";
  });
  if (body.print !== null) {
    formatter.out += indentation(formatter.indent);
    body.print(formatter);
    formatter.out += "\n";
  }
  formatter.quoteStrings = quoteStrings;
  formatter.indent -= 1;
  formatter.depth -= 1;
  formatter.out += indentation(formatter.indent) + "}";
}

function text(value, open) {
  return (formatter) => {
    formatter.out += literal(formatter, value, open);
  };
}

function value(content) {
  return (formatter) => formatter.formatNested(content);
}

function headersOf(exchange) {
  return (formatter) => printHeaders(formatter, exchange.headers);
}

function printRequest(formatter, request) {
  const body = bodyOf(require("web/request").bodySourceOf(request));
  const method = (target) => {
    target.out += '"' + request.method + '"';
  };
  const members = [
    ["method", method],
    ["url", text(request.url, '"')],
    ["headers", headersOf(request)],
  ];
  printExchange(formatter, "Request", body, members, false);
}

function printResponse(formatter, response) {
  const body = bodyOf(require("web/response").bodySourceOf(response));
  const members = [
    ["ok", value(response.ok)],
    ["url", text(response.url, '"\x1b[0m')],
    ["status", value(response.status)],
    ["statusText", text(response.statusText, '\x1b[0m"')],
    ["headers", headersOf(response)],
    ["redirected", value(response.redirected)],
    ["bodyUsed", value(response.bodyUsed)],
  ];
  printExchange(formatter, "Response", body, members, true);
}

// --- Collections of names and values ----------------------------------------------------------

// Prints `name { "key": value }` of a plain object, all keys quoted.
function printPairs(formatter, name, pairs) {
  const { quoteKeys } = formatter;
  formatter.quoteKeys = true;
  formatter.out += name;
  objects.printObject(formatter, pairs);
  formatter.quoteKeys = quoteKeys;
}

function printHeaders(formatter, headers) {
  printPairs(formatter, RESET[formatter.color] + "Headers ", headers.toJSON());
}

// The entries of a list of pairs, values of a repeated name as an array.
function grouped(list) {
  const pairs = {};
  for (const [name, item] of list) {
    if (!Object.hasOwn(pairs, name)) pairs[name] = item;
    else if (Array.isArray(pairs[name])) pairs[name].push(item);
    else pairs[name] = [pairs[name], item];
  }
  return pairs;
}

function printSearchParams(formatter, parameters) {
  if (formatter.isTooDeep()) return objects.printTooDeep(formatter, "URLSearchParams");
  printPairs(formatter, "URLSearchParams ", grouped(parameters));
}

function printFormData(formatter, form) {
  const pairs = grouped(form);
  const isEmpty = ownKeys(pairs).length === 0;
  if (!isEmpty && formatter.isTooDeep()) return objects.printTooDeep(formatter, "FormData");
  printPairs(formatter, isEmpty ? "" : "FormData ", pairs);
}

// --- Classes shown by their members -----------------------------------------------------------

const EVENT_MEMBERS = [
  "type", "target", "currentTarget", "eventPhase", "cancelBubble", "bubbles", "cancelable",
  "defaultPrevented", "composed", "timeStamp", "srcElement", "returnValue", "composedPath",
  "stopPropagation", "stopImmediatePropagation", "preventDefault", "initEvent", "NONE",
  "CAPTURING_PHASE", "AT_TARGET", "BUBBLING_PHASE",
];

// Members of each class in the order in which Bun shows them; other classes show all they have.
const MEMBERS = {
  __proto__: null,
  Event: EVENT_MEMBERS,
  CustomEvent: ["detail", "initCustomEvent"],
  MessageEvent: ["origin", "lastEventId", "source", "data", "ports", "initMessageEvent"],
  ErrorEvent: ["message", "filename", "lineno", "colno", "error"],
  CloseEvent: ["wasClean", "code", "reason"],
  EventTarget: ["addEventListener", "removeEventListener", "dispatchEvent"],
  AbortSignal: ["aborted", "reason", "onabort", "throwIfAborted"],
  AbortController: ["signal", "abort"],
  TextEncoder: ["encoding", "encode", "encodeInto"],
  TextDecoder: ["decode", "encoding", "fatal", "ignoreBOM"],
};
const FIRST_OF_EXCEPTION = ["code", "name", "message"];

function membersOf(holder) {
  const { constructor } = holder;
  const name = typeof constructor === "function" ? constructor.name : "";
  if (isPlatformClass(constructor)) {
    if (MEMBERS[name] !== undefined) return MEMBERS[name];
    if (name === "DOMException") {
      const rest = ownKeys(holder).filter((key) => !FIRST_OF_EXCEPTION.includes(key));
      return [...FIRST_OF_EXCEPTION, ...rest, "toString"];
    }
  }
  return ownKeys(holder);
}

function memberValue(object, key) {
  try {
    return object[key];
  } catch {
    return undefined;
  }
}

const NEVER_SHOWN = new Set(["constructor", Symbol.toStringTag, "stack", "line", "column"]);
NEVER_SHOWN.add("sourceURL").add(Symbol.for("nodejs.util.inspect.custom"));

// Own properties, then those of the prototypes; accessors of platform classes are called.
function visitMembers(object, visit) {
  const seen = new Set(NEVER_SHOWN);
  const show = (key, holder, isPlatform) => {
    if (seen.has(key)) return;
    seen.add(key);
    const descriptor = getOwnPropertyDescriptor(holder, key);
    if (isPlatform || descriptor === undefined) visit(key, memberValue(object, key));
    else visit(key, objects.shownValue(object, descriptor));
  };
  if ("isTrusted" in object) show("isTrusted", object, true);
  for (const key of ownKeys(object)) show(key, object, false);
  for (let holder = getPrototypeOf(object); !isEnd(holder); holder = getPrototypeOf(holder)) {
    const isPlatform = isPlatformClass(holder.constructor) || isTaggedClass(holder);
    for (const key of membersOf(holder)) show(key, holder, isPlatform);
  }
}

function isEnd(holder) {
  return holder === null || holder === Object.prototype || holder === Error.prototype;
}

function printMembers(formatter, object) {
  if (formatter.isTooDeep()) {
    return objects.printTooDeep(formatter, object.constructor.name);
  }
  objects.printProperties(formatter, object, visitMembers);
}

// Messages and errors show only what they carry, under the type their name stands for.
function printEvent(formatter, event) {
  const carried = CARRIED[event.type];
  if (carried === undefined || formatter.isTooDeep()) return printMembers(formatter, event);
  const color = formatter.color;
  formatter.out += CYAN_NAME[color] + carried.name + RESET[color] + " {\n";
  formatter.inside(() => {
    const pad = formatter.singleLine ? "" : indentation(formatter.indent);
    const type = tint("<green>")[color] + quote(event.type) + RESET[color];
    const comma = tint("<d>,<r>")[color] + (formatter.singleLine ? " " : "\n");
    formatter.out += indentation(formatter.indent) + RESET[color] + "type: " + type + comma;
    for (const key of carried.members) {
      formatter.out += pad + VALUE_COLON[color] + key + DIM_COLON[color];
      formatter.formatNested(event[key]);
      formatter.comma();
      if (!formatter.singleLine) formatter.out += "\n";
    }
  });
  formatter.out += (formatter.singleLine ? "" : indentation(formatter.indent)) + "}";
}

const CARRIED = {
  __proto__: null,
  message: { name: "MessageEvent", members: ["data"] },
  error: { name: "ErrorEvent", members: ["message", "error"] },
};

// "Timeout (#1, repeats)"
function printTimer(formatter, timer) {
  const text = require("runtime/timers").describe(timer);
  formatter.out += formatter.color === 0 ? text : text.replace(TIMER, INKED_TIMER);
}

const TIMER = /^(\w+) \(#(\d+)(.*)\)$/;
const INKED_TIMER = tint("<r><blue>$1<r> <d>(#<yellow>$2<r><d>$3)<r>")[1];

// --- Which class an object is of --------------------------------------------------------------

// Printers by constructor name, and the module each class is exported by.
const SHAPES = { __proto__: null };

function shape(module, print, names) {
  for (const name of names) SHAPES[name] = { module, print };
}

shape("web/request", printRequest, ["Request"]);
shape("web/response", printResponse, ["Response"]);
shape("web/headers", printHeaders, ["Headers"]);
shape("web/blob", printBlob, ["Blob", "File"]);
shape("web/form-data", printFormData, ["FormData"]);
shape("web/url", printSearchParams, ["URLSearchParams"]);
shape("web/events", printEvent, ["Event", "CustomEvent", "MessageEvent", "ErrorEvent"]);
shape("web/events", printMembers, ["CloseEvent", "EventTarget"]);
shape("web/abort", printMembers, ["AbortController", "AbortSignal"]);
shape("web/encoding", printMembers, ["TextEncoder", "TextDecoder"]);
shape("web/dom-exception", printMembers, ["DOMException"]);
shape("web/url-pattern", printMembers, ["URLPattern"]);
shape("websocket/index", printMembers, ["WebSocket"]);
shape("web/performance", printMembers, ["Performance", "PerformanceTiming"]);
shape("web/streams", printMembers, ["ReadableStream"]);
shape("bun/terminal", printMembers, ["Terminal"]);
shape("runtime/timers", printTimer, ["Timeout", "Immediate"]);

const shapeByPrototype = new WeakMap();

function exportedClass(module, name) {
  try {
    return require(module)[name];
  } catch {
    return undefined;
  }
}

function isPlatformClass(constructor) {
  if (typeof constructor !== "function") return false;
  const found = SHAPES[constructor.name];
  return found !== undefined && exportedClass(found.module, constructor.name) === constructor;
}

// Classes whose prototype has no constructor: the module of each by its tag. One that has an object
// has loaded its module.
const TAGGED = {
  __proto__: null,
  ResourceUsage: "bun/spawn-usage",
  Subprocess: "bun/subprocess",
};

function isTaggedClass(holder) {
  const tag = getOwnPropertyDescriptor(holder, Symbol.toStringTag)?.value;
  if (typeof tag !== "string" || TAGGED[tag] === undefined) return false;
  const loaded = require("runtime/prelude").loadedModule(TAGGED[tag]);
  return loaded !== undefined && loaded[tag].prototype === holder;
}

// The shape an object is printed in; null where it is no platform object.
function find(object) {
  const prototype = getPrototypeOf(object);
  if (prototype === null || prototype === Object.prototype || prototype === Array.prototype) {
    return null;
  }
  const known = shapeByPrototype.get(prototype);
  if (known !== undefined) return known;
  const found = search(prototype);
  shapeByPrototype.set(prototype, found);
  return found;
}

function search(prototype) {
  for (let holder = prototype; holder !== null; holder = getPrototypeOf(holder)) {
    const descriptor = getOwnPropertyDescriptor(holder, "constructor");
    const constructor = descriptor === undefined ? undefined : descriptor.value;
    if (isPlatformClass(constructor)) return SHAPES[constructor.name];
  }
  return isTaggedClass(prototype) ? { print: printMembers } : null;
}

function printPlatform(formatter, object) {
  find(object).print(formatter, object);
}

module.exports = { find, isFileReference, isPlatformClass, PRINTERS: { platform: printPlatform } };
