"use strict";
// TextEncoder, TextDecoder, atob and btoa. Short ASCII never leaves JavaScript; everything else is
// an operation on the whole buffer. A decoder inside a stream holds native state until it ends.

const { defineInterface } = require("web/interface");
const { invalidArgument, invalidArgumentType, invalidGetter, invalidThis, missingArguments,
  withCode } = require("web/errors");
const { DOMException } = require("web/dom-exception");

const { isView } = ArrayBuffer;
const PlatformUint8Array = Uint8Array;
const CHARACTERS = Array.from({ length: 128 }, (_, unit) => String.fromCharCode(unit));

/** Up to this length, JavaScript is faster than a call into native code. */
const SHORT_TEXT = 192;
const SHORT_BYTES = 32;

/** `DOMString`: symbols have no string. */
function text(value) {
  if (typeof value === "symbol") throw new TypeError("Cannot convert a symbol to a string");
  return `${value}`;
}

/** The UTF-8 bytes of a string; lone surrogates become U+FFFD. */
function encodeUtf8(string) {
  const { length } = string;
  if (length > SHORT_TEXT) return ops.utf8Encode(string);
  const bytes = new PlatformUint8Array(length);
  for (let index = 0; index < length; index++) {
    const unit = string.charCodeAt(index);
    if (unit > 127) return ops.utf8Encode(string);
    bytes[index] = unit;
  }
  return bytes;
}

/** The text of a short view of ASCII, or `undefined`. */
function shortAscii(bytes) {
  const { length } = bytes;
  if (length > SHORT_BYTES) return undefined;
  let text = "";
  for (let index = 0; index < length; index++) {
    const byte = bytes[index];
    if (byte > 127) return undefined;
    text += CHARACTERS[byte];
  }
  return text;
}

/** The text of UTF-8 bytes, a byte order mark removed; malformed bytes become U+FFFD. */
function decodeUtf8(bytes) {
  return shortAscii(bytes) ?? ops.decode("utf-8", bytes, false, false);
}

let isEncoder;
let isDecoder;

class TextEncoder {
  #brand;
  get encoding() {
    if (!isEncoder(this)) throw invalidGetter("TextEncoder", "encoding");
    return "utf-8";
  }
  encode(input = "") {
    if (!isEncoder(this)) throw invalidThis("TextEncoder", "encode");
    return encodeUtf8(typeof input === "string" ? input : text(input));
  }
  encodeInto(source, destination) {
    if (!isEncoder(this)) throw invalidThis("TextEncoder", "encodeInto");
    if (arguments.length < 2) throw missingArguments();
    const string = text(source);
    if (!(destination instanceof PlatformUint8Array)) throw new TypeError("Expected Uint8Array");
    return encodeInto(string, destination);
  }
  static {
    isEncoder = (value) => typeof value === "object" && value !== null && #brand in value;
  }
}

function encodeInto(string, destination) {
  const limit = Math.min(string.length, destination.length, SHORT_TEXT);
  let index = 0;
  for (; index < limit; index++) {
    const unit = string.charCodeAt(index);
    if (unit > 127) break;
    destination[index] = unit;
  }
  if (index === string.length || index === destination.length) {
    return { read: index, written: index };
  }
  const rest = ops.encodeInto(string.slice(index), destination.subarray(index));
  return { read: index + rest[0], written: index + rest[1] };
}

const COMMON_LABELS = { "utf-8": "utf-8", utf8: "utf-8", "UTF-8": "utf-8", UTF8: "utf-8" };
Object.setPrototypeOf(COMMON_LABELS, null);

/** The encoding of a label, or a RangeError. */
function encodingOf(label) {
  const name = COMMON_LABELS[label] ?? ops.encodingForLabel(label);
  if (name !== undefined) return name;
  const message = `Unsupported encoding label "${label}"`;
  throw withCode(new RangeError(message), "ERR_ENCODING_NOT_SUPPORTED");
}

function decoderOptions(options) {
  if (options === undefined || options === null) return { fatal: false, ignoreBOM: false };
  if (typeof options !== "object" && typeof options !== "function") {
    throw invalidArgumentType("options", "of type object", options);
  }
  return { fatal: !!options.fatal, ignoreBOM: !!options.ignoreBOM };
}

/** A buffer or view as bytes, nothing where it was transferred; `undefined` for other values. */
const bufferLengths = [ArrayBuffer, SharedArrayBuffer].map(
  (Class) => Object.getOwnPropertyDescriptor(Class.prototype, "byteLength").get);

// Whether a value is a buffer that another global object has made.
function isForeign(value) {
  if (typeof value !== "object" || value === null) return false;
  return bufferLengths.some((lengthOf) => {
    try {
      lengthOf.call(value);
      return true;
    } catch {
      return false;
    }
  });
}

function bufferSource(input) {
  if (isView(input)) {
    if (input instanceof PlatformUint8Array) return input;
    if (input.buffer.detached) return new PlatformUint8Array(0);
    return new PlatformUint8Array(input.buffer, input.byteOffset, input.byteLength);
  }
  if (input instanceof ArrayBuffer || input instanceof SharedArrayBuffer || isForeign(input)) {
    return new PlatformUint8Array(input.detached ? 0 : input);
  }
  return undefined;
}

function bytesOf(input) {
  const bytes = input === undefined ? new PlatformUint8Array(0) : bufferSource(input);
  if (bytes !== undefined) return bytes;
  throw invalidArgument("TextDecoder.decode expects an ArrayBuffer or TypedArray");
}

const forgotten = new FinalizationRegistry((id) => ops.decoderClose(id));

/** Decoding without the class: what TextDecoderStream uses too. */
class DecoderState {
  constructor(encoding, fatal, ignoreBOM) {
    this.encoding = encoding;
    this.fatal = fatal;
    this.ignoreBOM = ignoreBOM;
    /** The native decoder of a stream in progress; -1 without one. */
    this.id = -1;
  }
  decode(bytes, stream) {
    if (this.id < 0) {
      if (!stream) return this.decodeWhole(bytes);
      this.id = ops.decoderOpen(this.encoding, this.ignoreBOM);
      forgotten.register(this, this.id, this);
    }
    const { id } = this;
    if (!stream) this.ended();
    try {
      return ops.decoderStep(id, bytes, this.fatal, !stream);
    } catch (error) {
      if (stream) this.ended();
      throw error;
    }
  }
  decodeWhole(bytes) {
    if (this.encoding === "utf-8") {
      const short = shortAscii(bytes);
      if (short !== undefined) return short;
    }
    return ops.decode(this.encoding, bytes, this.fatal, this.ignoreBOM);
  }
  ended() {
    this.id = -1;
    forgotten.unregister(this);
  }
}

class TextDecoder {
  #state;
  constructor(label = undefined, options = undefined) {
    const encoding = label === undefined ? "utf-8" : encodingOf(text(label));
    const { fatal, ignoreBOM } = decoderOptions(options);
    this.#state = new DecoderState(encoding, fatal, ignoreBOM);
  }
  decode(input = undefined, options = undefined) {
    if (!isDecoder(this)) throw notDecoder(this);
    const stream = options !== undefined && options !== null && !!options.stream;
    return this.#state.decode(bytesOf(input), stream);
  }
  get encoding() {
    if (!isDecoder(this)) throw notDecoder(this);
    return this.#state.encoding;
  }
  get fatal() {
    if (!isDecoder(this)) throw notDecoder(this);
    return this.#state.fatal;
  }
  get ignoreBOM() {
    if (!isDecoder(this)) throw notDecoder(this);
    return this.#state.ignoreBOM;
  }
  static {
    isDecoder = (value) => typeof value === "object" && value !== null && #state in value;
  }
}

function notDecoder(value) {
  const kind = value?.constructor?.name ?? typeof value;
  const message =
    `Expected this to be instanceof TextDecoder, but received an instance of ${kind}`;
  return withCode(new TypeError(message), "ERR_INVALID_THIS");
}

defineInterface(TextEncoder);
defineInterface(TextDecoder, { fixed: ["decode", "encoding", "fatal", "ignoreBOM"] });
Object.defineProperty(TextEncoder.prototype.encode, "length", { value: 1, configurable: true });

function invalidCharacters() {
  return new DOMException("The string contains invalid characters.", "InvalidCharacterError");
}

const base64 = {
  /** Decodes base64 to a string of one character a byte. */
  atob(data) {
    if (arguments.length === 0) throw new TypeError("atob requires 1 argument (a string)");
    const decoded = ops.base64Decode(text(data));
    if (decoded === undefined) throw invalidCharacters();
    return decoded;
  },
  /** Encodes a string of characters below 256 in base64. */
  btoa(data) {
    if (arguments.length === 0) throw new TypeError("btoa requires 1 argument (a string)");
    const encoded = ops.base64Encode(text(data));
    if (encoded === undefined) throw invalidCharacters();
    return encoded;
  },
};

module.exports = {
  TextEncoder, TextDecoder, ...base64, encodeUtf8, decodeUtf8, encodingOf, bufferSource,
  DecoderState,
};
