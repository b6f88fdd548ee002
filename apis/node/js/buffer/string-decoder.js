// node:string_decoder: text from bytes that come in pieces. What a piece leaves unfinished at its
// end, at most three bytes, waits for the next one.
"use strict";

const { ERR_UNKNOWN_ENCODING, invalidType, makeError } = require("node/errors");
const { FastBuffer } = require("node/buffer-class");
const { isBytes } = require("node/buffer-checks");
const {
  UTF8, UTF16LE, LATIN1, ASCII, BASE64, BASE64URL, HEX, UNKNOWN, codeOf,
} = require("node/buffer-encodings");
const { decode } = require("node/buffer-text");

const { ArrayBuffer, Reflect, String, Uint8Array } = globalThis;

const NAMES = [];
for (const [code, name] of [
  [UTF8, "utf8"], [UTF16LE, "utf16le"], [LATIN1, "latin1"], [ASCII, "ascii"], [BASE64, "base64"],
  [BASE64URL, "base64url"], [HEX, "hex"],
]) NAMES[code] = name;

function expectBytes(value) {
  if (isBytes(value)) return value;
  if (!ArrayBuffer.isView(value)) {
    throw invalidType("buf", "of type Buffer, TypedArray, or DataView", value);
  }
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

/** How many bytes the character that begins with `byte` takes; 0 where none begins with it. */
function characterSize(byte) {
  if ((byte & 0xe0) === 0xc0) return 2;
  if ((byte & 0xf0) === 0xe0) return 3;
  return (byte & 0xf8) === 0xf0 ? 4 : 0;
}

function isHighSurrogate(byte) {
  return (byte & 0xfc) === 0xd8;
}

function checkGetter(value, name) {
  if (Decoder.isDecoder(value)) return;
  throw new TypeError(
    `The StringDecoder.${name} getter can only be used on instances of StringDecoder`,
  );
}

function checkThis(value, method) {
  if (Decoder.isDecoder(value)) return;
  const message = `Can only call StringDecoder.${method} on instances of StringDecoder`;
  throw makeError("TypeError", "ERR_INVALID_THIS", message);
}

class Decoder {
  #code;
  /** The bytes that wait, `#count` of them, and how many more they need. */
  #waiting = new FastBuffer(4);
  #count = 0;
  #need = 0;

  constructor(encoding) {
    const name = encoding === undefined || encoding === null ? "utf8" : String(encoding);
    const code = codeOf(name);
    if (code === UNKNOWN) throw ERR_UNKNOWN_ENCODING(name);
    this.#code = code;
  }

  static isDecoder(value) {
    return typeof value === "object" && value !== null && #code in value;
  }

  get lastChar() {
    checkGetter(this, "lastChar");
    return this.#waiting;
  }

  get lastNeed() {
    checkGetter(this, "lastNeed");
    return this.#need;
  }

  get lastTotal() {
    checkGetter(this, "lastTotal");
    return this.#need === 0 ? 0 : this.#count + this.#need;
  }

  get encoding() {
    checkGetter(this, "encoding");
    return NAMES[this.#code];
  }

  write(buf) {
    checkThis(this, "write");
    if (typeof buf === "string") return buf;
    if (arguments.length === 0) {
      throw makeError("TypeError", "ERR_MISSING_ARGS", "Not enough arguments");
    }
    return this.#add(expectBytes(buf));
  }

  end(buf) {
    checkThis(this, "end");
    let text = "";
    if (typeof buf === "string") text = buf;
    else if (buf !== undefined) {
      if (!ArrayBuffer.isView(buf)) throw new TypeError("Expected Uint8Array");
      text = this.#add(expectBytes(buf));
    }
    return this.#count === 0 ? text : text + this.#flush();
  }

  text(buf, offset) {
    checkThis(this, "text");
    this.#forget();
    return this.#add(expectBytes(buf).subarray(offset));
  }

  #forget() {
    this.#count = 0;
    this.#need = 0;
  }

  #flush() {
    // Half a code unit is no text.
    const count = this.#code === UTF16LE ? this.#count & ~1 : this.#count;
    this.#forget();
    return count === 0 ? "" : decode(this.#code, this.#waiting, 0, count);
  }

  #add(bytes) {
    const { length } = bytes;
    const code = this.#code;
    if (length === 0) return "";
    if (code === UTF8) {
      if (this.#count === 0 && bytes[length - 1] < 128) return decode(code, bytes, 0, length);
    } else if (code !== UTF16LE && code !== BASE64 && code !== BASE64URL) {
      return decode(code, bytes, 0, length);
    }
    return this.#addPart(bytes, length);
  }

  #addPart(bytes, length) {
    let start = 0;
    let text = "";
    if (this.#count > 0) {
      start = this.#complete(bytes, length);
      if (this.#need > 0) return "";
      text = decode(this.#code, this.#waiting, 0, this.#count);
      this.#forget();
      if (this.#code === UTF16LE && isHighSurrogate(text.charCodeAt(text.length - 1) >> 8)) {
        return this.#addLow(text, bytes, start, length);
      }
      if (start === length) return text;
    }
    const end = length - this.#unfinished(bytes, start, length);
    for (let index = end; index < length; index++) this.#waiting[index - end] = bytes[index];
    this.#count = length - end;
    return end > start ? text + decode(this.#code, bytes, start, end) : text;
  }

  /** A high surrogate that was completed waits for its low one. */
  #addLow(text, bytes, start, length) {
    const unit = text.charCodeAt(text.length - 1);
    this.#waiting[0] = unit & 255;
    this.#waiting[1] = unit >> 8;
    this.#count = 2;
    this.#need = 2;
    const head = text.slice(0, -1);
    return start === length ? head : head + this.#addPart(bytes.subarray(start), length - start);
  }

  /** Adds to what waits what it needs; answers how many bytes that took. */
  #complete(bytes, length) {
    let index = 0;
    while (index < length && this.#need > 0) {
      const byte = bytes[index];
      if (this.#code === UTF8 && (byte & 0xc0) !== 0x80) {
        // The character is broken off here.
        this.#need = 0;
        break;
      }
      this.#waiting[this.#count++] = byte;
      this.#need--;
      index++;
    }
    return index;
  }

  /** How many bytes at the end are the beginning of a character; sets what they need. */
  #unfinished(bytes, start, length) {
    const size = length - start;
    if (this.#code === UTF16LE) {
      if (size % 2 === 1) {
        this.#need = 1;
        return 1;
      }
      const isHigh = size > 0 && isHighSurrogate(bytes[length - 1]);
      this.#need = isHigh ? 2 : 0;
      return this.#need;
    }
    if (this.#code !== UTF8) {
      const rest = size % 3;
      this.#need = rest === 0 ? 0 : 3 - rest;
      return rest;
    }
    for (let back = 1; back <= Math.min(3, size); back++) {
      const byte = bytes[length - back];
      if ((byte & 0xc0) === 0x80) continue;
      const total = characterSize(byte);
      if (total <= back) break;
      this.#need = total - back;
      return back;
    }
    return 0;
  }
}

/** Gives an object that was made without `new` what a decoder has. */
function adopt(object, decoder) {
  for (const name of ["lastChar", "lastNeed", "lastTotal", "encoding"]) {
    Object.defineProperty(object, name, {
      configurable: true, enumerable: true, get: () => decoder[name],
    });
  }
  for (const name of ["write", "end", "text"]) object[name] = decoder[name].bind(decoder);
}

function StringDecoder(encoding) {
  const decoder = Reflect.construct(Decoder, [encoding], new.target ?? StringDecoder);
  if (new.target === undefined && typeof this === "object" && this !== null) {
    adopt(this, decoder);
  }
  return decoder;
}
Object.defineProperty(StringDecoder, "length", { value: 0, configurable: true });

const described = Object.getOwnPropertyDescriptors(Decoder.prototype);
for (const name of ["lastChar", "lastNeed", "lastTotal", "encoding"]) {
  Object.defineProperty(Decoder.prototype, name, {
    ...described[name], enumerable: true, configurable: false,
  });
}
for (const name of ["write", "end", "text"]) {
  Object.defineProperty(Decoder.prototype, name, { ...described[name], enumerable: true });
}
Object.defineProperty(Decoder.prototype, "constructor", { value: StringDecoder });
StringDecoder.prototype = Decoder.prototype;

module.exports = { StringDecoder };
