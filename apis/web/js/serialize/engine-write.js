// Values as bytes, in the engine's own form of the structured clone: a version, then tagged
// values; objects met again are named by their number. Every string is written out, which readers
// of the form allow. Buffers have a tag that the form lacks, so that they stay Buffers.
"use strict";

const { ByteWriter } = require("web/serialize/bytes");
const { Array, ArrayBuffer, Date, Map, Number, Object, RegExp, Set, Uint8Array } = globalThis;

const TAGS = {
  ARRAY: 1, OBJECT: 2, UNDEFINED: 3, NULL: 4, INT: 5, ZERO: 6, ONE: 7, FALSE: 8, TRUE: 9,
  DOUBLE: 10, DATE: 11, STRING: 16, EMPTY_STRING: 17, REGEXP: 18, REFERENCE: 19,
  ARRAY_BUFFER: 21, VIEW: 22, SET: 29, MAP: 30, MAP_END: 31, SET_END: 32, BIGINT: 47, ERROR: 55,
};
const VERSION = 14;
const TERMINATOR = 0xffffffff;
const IS_LATIN1 = 0x80000000;
const BUFFER_VIEW = 128;
const VIEWS = [
  "DataView", "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array",
  "Int32Array", "Uint32Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array",
  "Float16Array",
];

class Writer extends ByteWriter {
  #known = new Map();

  text(text) {
    let isLatin1 = true;
    for (let index = 0; index < text.length && isLatin1; index++) {
      isLatin1 = text.charCodeAt(index) < 256;
    }
    this.word(isLatin1 ? text.length + IS_LATIN1 : text.length);
    const place = this.room(isLatin1 ? text.length : text.length * 2);
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (isLatin1) this.bytes[place + index] = unit;
      else this.view.setUint16(place + index * 2, unit, true);
    }
  }

  value(value) {
    switch (typeof value) {
      case "undefined": return this.byte(TAGS.UNDEFINED);
      case "boolean": return this.byte(value ? TAGS.TRUE : TAGS.FALSE);
      case "number": return this.number(value);
      case "string": return this.string(value);
      case "bigint": return this.bigint(value);
      case "object": return value === null ? this.byte(TAGS.NULL) : this.object(value);
      default: throw notCloneable(value);
    }
  }

  number(value) {
    if (Object.is(value, 0)) return this.byte(TAGS.ZERO);
    if (value === 1) return this.byte(TAGS.ONE);
    if ((value | 0) === value && !Object.is(value, -0)) {
      this.byte(TAGS.INT);
      return this.word(value >>> 0);
    }
    this.byte(TAGS.DOUBLE);
    return this.double(value);
  }

  string(value) {
    if (value === "") return this.byte(TAGS.EMPTY_STRING);
    this.byte(TAGS.STRING);
    return this.text(value);
  }

  bigint(value) {
    this.byte(TAGS.BIGINT);
    this.byte(value < 0n ? 1 : 0);
    const digits = ByteWriter.digits(value);
    this.word(digits.length);
    for (const digit of digits) this.long(digit);
  }

  object(value) {
    const known = this.#known.get(value);
    if (known !== undefined) {
      this.byte(TAGS.REFERENCE);
      return this.word(known);
    }
    this.#known.set(value, this.#known.size);
    if (Array.isArray(value)) return this.array(value);
    if (value instanceof Map) return this.map(value);
    if (value instanceof Set) return this.set(value);
    if (value instanceof Date) {
      this.byte(TAGS.DATE);
      return this.double(Number(value));
    }
    if (value instanceof RegExp) {
      this.byte(TAGS.REGEXP);
      this.text(value.source);
      return this.text(value.flags);
    }
    if (value instanceof ArrayBuffer) return this.buffer(value);
    if (ArrayBuffer.isView(value)) return this.arrayView(value);
    if (globalThis.Error.isError(value)) return this.error(value);
    if (!isPlain(value)) throw notCloneable(value);
    this.byte(TAGS.OBJECT);
    return this.properties(value, Object.keys(value));
  }

  properties(value, keys) {
    for (const key of keys) {
      this.text(key);
      this.value(value[key]);
    }
    this.word(TERMINATOR);
  }

  array(value) {
    this.byte(TAGS.ARRAY);
    this.word(value.length);
    for (const key of Object.keys(value)) {
      const index = Number(key);
      if (!(index < value.length)) continue;
      this.word(index);
      this.value(value[index]);
    }
    this.word(TERMINATOR);
  }

  map(value) {
    this.byte(TAGS.MAP);
    for (const [key, item] of value) {
      this.value(key);
      this.value(item);
    }
    this.byte(TAGS.MAP_END);
    this.properties(value, Object.keys(value));
  }

  set(value) {
    this.byte(TAGS.SET);
    for (const item of value) this.value(item);
    this.byte(TAGS.SET_END);
    this.properties(value, Object.keys(value));
  }

  buffer(value) {
    this.byte(TAGS.ARRAY_BUFFER);
    this.long(value.byteLength);
    this.raw(new Uint8Array(value));
  }

  // A view brings only its own part of its buffer.
  arrayView(value) {
    const { Buffer } = require("node/buffer");
    const name = Object.prototype.toString.call(value).slice(8, -1);
    const kind = Buffer.isBuffer(value) ? BUFFER_VIEW : VIEWS.indexOf(name);
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    this.byte(TAGS.VIEW);
    this.byte(kind);
    this.long(0);
    this.long(bytes.length);
    this.long(bytes.length);
    this.raw(bytes);
  }

  error(value) {
    this.byte(TAGS.ERROR);
    this.text(String(value.name));
    this.text(String(value.message));
    this.text(typeof value.stack === "string" ? value.stack : "");
    this.value(value.cause);
  }
}

function isPlain(value) {
  if (typeof value.then === "function" && value instanceof Promise) return false;
  return !(value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef);
}

function notCloneable(value) {
  const { DOMException } = require("web/dom-exception");
  const shown = typeof value === "symbol" ? "Symbol" : "The object";
  return new DOMException(`${shown} can not be cloned.`, "DataCloneError");
}

// The bytes of a value, a Buffer.
function serialize(value) {
  const { Buffer } = require("node/buffer");
  const writer = new Writer();
  writer.word(VERSION);
  writer.value(value);
  const bytes = writer.finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

module.exports = { BUFFER_VIEW, IS_LATIN1, TAGS, TERMINATOR, VERSION, VIEWS, serialize };
