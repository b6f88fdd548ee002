// The way back from the bytes of web/serialize/engine-write. Others are refused with a
// TypeError; nothing is read beyond their end.
"use strict";

const { ByteReader } = require("web/serialize/bytes");
const { Array, Date, Map, Number, Object, RegExp, Set, Uint8Array } = globalThis;
const {
  BUFFER_VIEW, IS_LATIN1, TAGS, TERMINATOR, VERSION, VIEWS,
} = require("web/serialize/engine-write");

const ERROR_CLASSES = new Set([
  "Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError",
]);

function refused() {
  return new TypeError("Unable to deserialize data.");
}

class Reader extends ByteReader {
  #known = [];

  text() { return this.textOf(this.word()); }

  textOf(word) {
    const isLatin1 = word >= IS_LATIN1;
    const length = isLatin1 ? word - IS_LATIN1 : word;
    const place = this.take(isLatin1 ? length : length * 2);
    let text = "";
    for (let index = 0; index < length; index++) {
      text += String.fromCharCode(isLatin1
        ? this.bytes[place + index] : this.view.getUint16(place + index * 2, true));
    }
    return text;
  }

  #remember(value) {
    this.#known.push(value);
    return value;
  }

  value() {
    return this.tagged(this.byte());
  }

  tagged(tag) {
    switch (tag) {
      case TAGS.UNDEFINED: return undefined;
      case TAGS.NULL: return null;
      case TAGS.ZERO: return 0;
      case TAGS.ONE: return 1;
      case TAGS.FALSE: return false;
      case TAGS.TRUE: return true;
      case TAGS.INT: return this.word() | 0;
      case TAGS.DOUBLE: return this.double();
      case TAGS.EMPTY_STRING: return "";
      case TAGS.STRING: return this.text();
      case TAGS.BIGINT: return this.bigint();
      case TAGS.REFERENCE: return this.reference();
      default: return this.object(tag);
    }
  }

  object(tag) {
    switch (tag) {
      case TAGS.DATE: return this.#remember(new Date(this.double()));
      case TAGS.REGEXP: return this.#remember(new RegExp(this.text(), this.text()));
      case TAGS.ARRAY: return this.array();
      case TAGS.OBJECT: return this.properties(this.#remember({}));
      case TAGS.MAP: return this.map();
      case TAGS.SET: return this.set();
      case TAGS.ARRAY_BUFFER: return this.#remember(this.raw(Number(this.long())).buffer);
      case TAGS.VIEW: return this.arrayView();
      case TAGS.ERROR: return this.error();
      default: throw refused();
    }
  }

  reference() {
    const index = this.word();
    if (index >= this.#known.length) throw refused();
    return this.#known[index];
  }

  bigint() {
    const isNegative = this.byte() === 1;
    return this.digits(this.word(), isNegative);
  }

  properties(target) {
    for (let word = this.word(); word !== TERMINATOR; word = this.word()) {
      const key = this.textOf(word);
      const value = this.value();
      Object.defineProperty(target, key, {
        value, writable: true, enumerable: true, configurable: true,
      });
    }
    return target;
  }

  array() {
    const list = this.#remember(new Array(this.word()));
    for (let index = this.word(); index !== TERMINATOR; index = this.word()) {
      list[index] = this.value();
    }
    return list;
  }

  map() {
    const map = this.#remember(new Map());
    for (let tag = this.byte(); tag !== TAGS.MAP_END; tag = this.byte()) {
      const key = this.tagged(tag);
      map.set(key, this.value());
    }
    return this.properties(map);
  }

  set() {
    const set = this.#remember(new Set());
    for (let tag = this.byte(); tag !== TAGS.SET_END; tag = this.byte()) set.add(this.tagged(tag));
    return this.properties(set);
  }

  arrayView() {
    const kind = this.byte();
    const place = this.#known.push(undefined) - 1;
    this.long();
    this.long();
    const bytes = this.raw(Number(this.long()));
    const made = viewOf(kind, bytes);
    this.#known[place] = made;
    return made;
  }

  error() {
    const place = this.#known.push(undefined) - 1;
    const name = this.text();
    const message = this.text();
    const stack = this.text();
    const made = new globalThis[ERROR_CLASSES.has(name) ? name : "Error"](message);
    Object.defineProperty(made, "stack", { value: stack, writable: true, configurable: true });
    this.#known[place] = made;
    const cause = this.value();
    if (cause !== undefined) {
      Object.defineProperty(made, "cause", { value: cause, writable: true, configurable: true });
    }
    return made;
  }
}

function viewOf(kind, bytes) {
  const { buffer, byteLength } = bytes;
  if (kind === BUFFER_VIEW) return require("node/buffer").Buffer.from(buffer);
  const constructor = globalThis[VIEWS[kind]];
  if (constructor === undefined) throw refused();
  const size = constructor.BYTES_PER_ELEMENT ?? 1;
  if (byteLength % size !== 0) throw refused();
  return new constructor(buffer, 0, byteLength / size);
}

// The value that bytes hold: an ArrayBuffer, or a view of one.
function deserialize(value) {
  let bytes;
  if (ArrayBuffer.isView(value)) {
    bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  } else if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    bytes = new Uint8Array(value);
  } else {
    throw new TypeError("First argument must be an ArrayBuffer");
  }
  const reader = new Reader(bytes);
  if (reader.word() !== VERSION) throw refused();
  return reader.value();
}

module.exports = { deserialize };
