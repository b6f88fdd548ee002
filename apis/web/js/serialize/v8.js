"use strict";
// Values as bytes in V8's format, version 15: what messages between processes are made of.
// Cycles and shared references are kept. Fails with a DataCloneError for what cannot be copied
// (functions, symbols, promises and their kin), and with one that says so for broken bytes.
// A Buffer stays one: its view has a tag of ours.

const { DOMException } = require("web/dom-exception");
const { ByteReader, ByteWriter, define } = require("web/serialize/bytes");
const { cannotClone } = require("web/structured-clone");
const { ArrayBuffer, DataView, Map, Object, Set, String, Uint8Array } = globalThis;

const VERSION = 15;
const HEADER = 0xff;
const INT32_MAX = 2147483647;
const LENGTH_BYTES = 4;
const LATIN1_MAX = 0xff;
/** Characters made of code units in one call: what comes as arguments lies on the stack. */
const CHARACTERS_A_CALL = 4096;
/** Up to here a loop is faster than such a call. */
const SHORT_TEXT = 32;
/** A writer this long is kept for the next value. */
const KEPT_BYTES_MAX = 65536;

// The tags of the format are characters.
const TAG = Object.fromEntries(Object.entries({
  undefined: "_", null: "0", true: "T", false: "F", int32: "I", uint32: "U", double: "N",
  bigint: "Z", latin1: '"', utf8: "S", utf16: "c", padding: "\0", reference: "^", object: "o",
  objectEnd: "{", dense: "A", denseEnd: "$", sparse: "a", sparseEnd: "@", hole: "-", date: "D",
  trueObject: "y", falseObject: "x", numberObject: "n", bigintObject: "z", stringObject: "s",
  regexp: "R", map: ";", mapEnd: ":", set: "'", setEnd: ",", buffer: "B", view: "V", error: "r",
}).map(([name, tag]) => [name, tag.charCodeAt(0)]));

const TAG_LATIN1 = TAG.latin1;

const VIEWS = [
  ["Int8Array", "b"], ["Uint8Array", "B"], ["Uint8ClampedArray", "C"], ["Int16Array", "w"],
  ["Uint16Array", "W"], ["Int32Array", "d"], ["Uint32Array", "D"], ["Float32Array", "f"],
  ["Float64Array", "F"], ["DataView", "?"], ["BigInt64Array", "q"], ["BigUint64Array", "Q"],
];
const VIEW_TAGS = new Map(VIEWS.map(([name, tag]) => [name, tag.charCodeAt(0)]));
const VIEW_CLASSES = new Map(VIEWS.map(([name, tag]) => [tag.charCodeAt(0), globalThis[name]]));
const BUFFER_TAG = "N".charCodeAt(0);

const ERRORS = [
  ["EvalError", "E"], ["RangeError", "R"], ["ReferenceError", "F"], ["SyntaxError", "S"],
  ["TypeError", "T"], ["URIError", "U"],
];
const FLAGS = ["g", "i", "m", "y", "u", "s"];

const typeOf = (value) => Object.prototype.toString.call(value).slice(8, -1);
const viewName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;

// Most views are no Buffers, and of them the class need not be loaded.
const isBuffer = (view) => Object.getPrototypeOf(view) !== Uint8Array.prototype &&
  require("node/buffer").Buffer.isBuffer(view);

function viewTag(view) {
  if (view instanceof DataView) return VIEW_TAGS.get("DataView");
  const name = viewName.call(view);
  if (name === "Uint8Array" && isBuffer(view)) return BUFFER_TAG;
  return VIEW_TAGS.get(name) ?? VIEW_TAGS.get("Uint8Array");
}

/** Whether every code unit of the text fits in a byte. */
function isLatin1(text) {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > LATIN1_MAX) return false;
  }
  return true;
}

/** Whether a key is written as a number: "0", "12", not "01", "1.5" or "-1". */
function isIndex(key) {
  const first = key.charCodeAt(0);
  if (!(first >= 48 && first <= 57)) return false;
  const index = Number(key);
  return Number.isInteger(index) && index <= INT32_MAX && `${index}` === key;
}

let spare = null;

class Writer extends ByteWriter {
  known = null;

  /** A writer of nothing yet: the one of the last value, unless that is still being written. */
  static take() {
    const writer = spare ?? new Writer();
    spare = null;
    writer.length = 0;
    writer.known = null;
    return writer;
  }

  static keep(writer) {
    if (writer.bytes.length <= KEPT_BYTES_MAX) spare = writer;
  }

  remember(object) {
    this.known ??= new Map();
    this.known.set(object, this.known.size);
  }

  number(value) {
    let rest = value;
    while (rest > 0x7f) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  string(text) {
    const { length } = text;
    if (isLatin1(text)) {
      this.byte(TAG_LATIN1);
      this.number(length);
      const start = this.room(length);
      const { bytes } = this;
      for (let index = 0; index < length; index++) bytes[start + index] = text.charCodeAt(index);
      return;
    }
    const size = length * 2;
    // The code units are aligned, which may take a byte of padding before the tag.
    const prefix = 1 + Math.max(1, Math.ceil(Math.log2(size + 1) / 7));
    if ((this.length + prefix) % 2 !== 0) this.byte(TAG.padding);
    this.byte(TAG.utf16);
    this.number(size);
    const start = this.room(size);
    for (let index = 0; index < length; index++) {
      this.view.setUint16(start + index * 2, text.charCodeAt(index), true);
    }
  }

  bigint(value) {
    const digits = ByteWriter.digits(value);
    this.number(digits.length * 16 + (value < 0n ? 1 : 0));
    for (const digit of digits) this.long(digit);
  }

  value(value) {
    switch (typeof value) {
      case "undefined": this.byte(TAG.undefined); return;
      case "boolean": this.byte(value ? TAG.true : TAG.false); return;
      case "string": this.string(value); return;
      case "number": this.numeric(value); return;
      case "bigint":
        this.byte(TAG.bigint);
        this.bigint(value);
        return;
      case "object":
        if (value === null) this.byte(TAG.null);
        else this.object(value);
        return;
      default: throw cannotClone();
    }
  }

  numeric(value) {
    if (value === (value | 0) && !Object.is(value, -0)) {
      this.byte(TAG.int32);
      this.number(value < 0 ? -value * 2 - 1 : value * 2);
      return;
    }
    this.byte(TAG.double);
    this.double(value);
  }

  object(object) {
    const known = this.known?.get(object);
    if (known !== undefined) {
      this.byte(TAG.reference);
      this.number(known);
      return;
    }
    if (ArrayBuffer.isView(object)) {
      this.arrayView(object);
      return;
    }
    this.remember(object);
    if (Array.isArray(object)) {
      this.array(object);
      return;
    }
    if (Object.getPrototypeOf(object) === Object.prototype && !(Symbol.toStringTag in object)) {
      this.properties(object, TAG.object, TAG.objectEnd);
      return;
    }
    const write = WRITERS[typeOf(object)];
    if (write !== undefined) write(this, object);
    else if (Error.isError?.(object) ?? object instanceof Error) WRITERS.Error(this, object);
    else if (isCloneable(object)) this.properties(object, TAG.object, TAG.objectEnd);
    else throw cannotClone();
  }

  entries(object, keys) {
    for (let place = 0; place < keys.length; place++) {
      const key = keys[place];
      if (isIndex(key)) this.numeric(Number(key));
      else this.string(key);
      this.value(object[key]);
    }
  }

  properties(object, open, close) {
    const keys = Object.keys(object);
    this.byte(open);
    this.entries(object, keys);
    this.byte(close);
    this.number(keys.length);
  }

  array(array) {
    const { length } = array;
    this.byte(TAG.dense);
    this.number(length);
    for (let index = 0; index < length; index++) {
      if (index in array) this.value(array[index]);
      else this.byte(TAG.hole);
    }
    const named = namedKeys(array, length);
    this.entries(array, named);
    this.byte(TAG.denseEnd);
    this.number(named.length);
    this.number(length);
  }

  // A view is its buffer and where it lies in it; of a buffer much larger only the part is sent.
  arrayView(view) {
    let { buffer, byteOffset } = view;
    if (buffer.byteLength > view.byteLength) {
      buffer = buffer.slice(byteOffset, byteOffset + view.byteLength);
      byteOffset = 0;
    }
    this.object(buffer);
    this.remember(view);
    this.byte(TAG.view);
    this.byte(viewTag(view));
    this.number(byteOffset);
    this.number(view.byteLength);
    this.number(0);
  }
}

// The keys of an array that are no indices: they come behind those that are.
function namedKeys(array, length) {
  const keys = Object.keys(array);
  if (keys.length === 0 || keys[keys.length - 1] === `${length - 1}`) return [];
  return keys.filter((key) => !/^\d+$/.test(key));
}

// Plain objects, and those of classes of the program; not promises, weak maps and their kin.
function isCloneable(object) {
  const type = typeOf(object);
  return type === "Object" || type === "Arguments" ||
    !["Promise", "WeakMap", "WeakSet", "WeakRef", "Generator"].includes(type);
}

const boxed = (tag, write) => (writer, object) => {
  writer.byte(tag);
  write(writer, object.valueOf());
};

const WRITERS = {
  __proto__: null,
  Boolean: (writer, object) => writer.byte(object.valueOf() ? TAG.trueObject : TAG.falseObject),
  Number: boxed(TAG.numberObject, (writer, value) => writer.double(value)),
  BigInt: boxed(TAG.bigintObject, (writer, value) => writer.bigint(value)),
  String: boxed(TAG.stringObject, (writer, value) => writer.string(value)),
  Date: boxed(TAG.date, (writer, value) => writer.double(value)),
  RegExp(writer, { source, flags }) {
    writer.byte(TAG.regexp);
    writer.string(source);
    let bits = 0;
    FLAGS.forEach((flag, place) => {
      if (flags.includes(flag)) bits |= 1 << place;
    });
    writer.number(bits);
  },
  Map(writer, map) {
    writer.byte(TAG.map);
    for (const [key, value] of [...map]) {
      writer.value(key);
      writer.value(value);
    }
    writer.byte(TAG.mapEnd);
    writer.number(map.size * 2);
  },
  Set(writer, set) {
    writer.byte(TAG.set);
    for (const value of [...set]) writer.value(value);
    writer.byte(TAG.setEnd);
    writer.number(set.size);
  },
  ArrayBuffer(writer, buffer) {
    writer.byte(TAG.buffer);
    writer.number(buffer.byteLength);
    writer.raw(new Uint8Array(buffer));
  },
  Error(writer, error) {
    writer.byte(TAG.error);
    const kind = ERRORS.find(([name]) => name === error.name);
    if (kind !== undefined) writer.byte(kind[1].charCodeAt(0));
    if (error.message !== "") {
      writer.byte("m".charCodeAt(0));
      writer.string(`${error.message}`);
    }
    if (typeof error.stack === "string") {
      writer.byte("s".charCodeAt(0));
      writer.string(error.stack);
    }
    writer.byte(".".charCodeAt(0));
  },
};

function broken() {
  return new DOMException("Unable to deserialize data.", "DataCloneError");
}

class Reader extends ByteReader {
  known = [];

  refuse() { throw broken(); }

  number() {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  tag() {
    let tag = this.byte();
    while (tag === TAG.padding) tag = this.byte();
    return tag;
  }

  latin1() {
    const length = this.number();
    const start = this.take(length);
    const { bytes } = this;
    let text = "";
    if (length <= SHORT_TEXT) {
      for (let place = start; place < start + length; place++) {
        text += String.fromCharCode(bytes[place]);
      }
      return text;
    }
    for (let place = start; place < start + length; place += CHARACTERS_A_CALL) {
      const end = Math.min(place + CHARACTERS_A_CALL, start + length);
      text += String.fromCharCode.apply(undefined, bytes.subarray(place, end));
    }
    return text;
  }

  string(tag = this.tag()) {
    if (tag === TAG.latin1) return this.latin1();
    if (tag === TAG.utf8) return new TextDecoder().decode(this.raw(this.number()));
    if (tag !== TAG.utf16) throw broken();
    const size = this.number();
    const start = this.take(size);
    let text = "";
    for (let place = start; place < start + size; place += 2) {
      text += String.fromCharCode(this.view.getUint16(place, true));
    }
    return text;
  }

  bigint() {
    const field = this.number();
    return this.digits(Math.floor(field / 16), field % 2 === 1);
  }

  keep(object) {
    this.known.push(object);
    return object;
  }

  value(tag = this.tag()) {
    switch (tag) {
      case TAG.latin1: return this.latin1();
      case TAG.undefined: return undefined;
      case TAG.null: return null;
      case TAG.true: return true;
      case TAG.false: return false;
      case TAG.int32: {
        const zigzag = this.number();
        return zigzag % 2 === 1 ? -(zigzag + 1) / 2 : zigzag / 2;
      }
      case TAG.uint32: return this.number();
      case TAG.double: return this.double();
      case TAG.bigint: return this.bigint();
      case TAG.utf8: case TAG.utf16: return this.string(tag);
      default: return this.object(tag);
    }
  }

  object(tag) {
    const read = READERS.get(tag);
    if (read === undefined) throw broken();
    return read(this);
  }

  properties(object, close) {
    for (;;) {
      const tag = this.tag();
      if (tag === close) break;
      const key = this.value(tag);
      define(object, key, this.value());
    }
    this.number();
    return object;
  }

  array() {
    const length = this.number();
    const array = this.keep(new Array(length));
    for (let index = 0; index < length; index++) {
      const tag = this.tag();
      if (tag !== TAG.hole) array[index] = this.value(tag);
    }
    this.properties(array, TAG.denseEnd);
    this.number();
    return array;
  }

  error() {
    let name = "Error";
    let message = "";
    let stack;
    for (;;) {
      const part = String.fromCharCode(this.byte());
      if (part === ".") break;
      if (part === "m") message = this.string();
      else if (part === "s") stack = this.string();
      else name = ERRORS.find(([, letter]) => letter === part)?.[0] ?? name;
    }
    const error = this.keep(new globalThis[name](message));
    if (stack !== undefined) {
      Object.defineProperty(error, "stack", { configurable: true, writable: true, value: stack });
    }
    return error;
  }

  // A buffer is followed by the view of it that was sent, where one was.
  buffer() {
    const { buffer } = this.raw(this.number());
    this.keep(buffer);
    if (this.bytes[this.place] !== TAG.view) return buffer;
    this.place += 1;
    return this.arrayView(buffer);
  }

  arrayView(buffer) {
    const tag = this.byte();
    const offset = this.number();
    const length = this.number();
    this.number();
    if (tag === BUFFER_TAG) {
      return this.keep(require("node/buffer").Buffer.from(buffer, offset, length));
    }
    const constructor = VIEW_CLASSES.get(tag);
    if (constructor === undefined) throw broken();
    const unit = constructor.BYTES_PER_ELEMENT ?? 1;
    return this.keep(new constructor(buffer, offset, length / unit));
  }
}

const READERS = new Map([
  [TAG.reference, (reader) => {
    const object = reader.known[reader.number()];
    if (object === undefined) throw broken();
    if (!(object instanceof ArrayBuffer) || reader.bytes[reader.place] !== TAG.view) return object;
    reader.place += 1;
    return reader.arrayView(object);
  }],
  [TAG.object, (reader) => reader.properties(reader.keep({}), TAG.objectEnd)],
  [TAG.dense, (reader) => reader.array()],
  [TAG.sparse, (reader) => {
    const array = reader.keep(new Array(reader.number()));
    reader.properties(array, TAG.sparseEnd);
    reader.number();
    return array;
  }],
  [TAG.date, (reader) => reader.keep(new Date(reader.double()))],
  [TAG.trueObject, (reader) => reader.keep(Object(true))],
  [TAG.falseObject, (reader) => reader.keep(Object(false))],
  [TAG.numberObject, (reader) => reader.keep(Object(reader.double()))],
  [TAG.bigintObject, (reader) => reader.keep(Object(reader.bigint()))],
  [TAG.stringObject, (reader) => reader.keep(Object(reader.string()))],
  [TAG.regexp, (reader) => {
    const source = reader.string();
    const bits = reader.number();
    const flags = FLAGS.filter((_flag, place) => bits & (1 << place)).join("");
    return reader.keep(new RegExp(source, flags));
  }],
  [TAG.map, (reader) => {
    const map = reader.keep(new Map());
    for (let tag = reader.tag(); tag !== TAG.mapEnd; tag = reader.tag()) {
      const key = reader.value(tag);
      map.set(key, reader.value());
    }
    reader.number();
    return map;
  }],
  [TAG.set, (reader) => {
    const set = reader.keep(new Set());
    for (let tag = reader.tag(); tag !== TAG.setEnd; tag = reader.tag()) {
      set.add(reader.value(tag));
    }
    reader.number();
    return set;
  }],
  [TAG.buffer, (reader) => reader.buffer()],
  [TAG.error, (reader) => reader.error()],
]);

/// The bytes of a value.
function serialize(value) {
  const writer = new Writer();
  writer.byte(HEADER);
  writer.byte(VERSION);
  writer.value(value);
  return writer.finish();
}

/// The bytes of a value behind their length, four bytes, the highest first. They are good until
/// the next value is written so.
function serializeFramed(value) {
  const writer = Writer.take();
  writer.room(LENGTH_BYTES);
  writer.byte(HEADER);
  writer.byte(VERSION);
  writer.value(value);
  writer.view.setUint32(0, writer.length - LENGTH_BYTES, false);
  Writer.keep(writer);
  return writer.finish();
}

/// The value of such bytes.
function deserialize(bytes) {
  const reader = new Reader(bytes);
  if (reader.byte() !== HEADER) throw broken();
  reader.number();
  return reader.value();
}

module.exports = { serialize, serializeFramed, deserialize };
