"use strict";
// TextEncoderStream and TextDecoderStream: transform streams over the encoders of web/encoding.

const { defineInterface, defineInspection } = require("web/interface");
const { describeReceived, invalidArgument, invalidArgumentType, invalidThisType } =
  require("web/errors");
const { createTransform } = require("web/streams");
const { DecoderState, bufferSource, encodeUtf8, encodingOf } = require("web/encoding");

let encoderOf;
let decoderOf;

function isHighSurrogate(unit) {
  return (unit & 0xfc00) === 0xd800;
}

/** Encodes chunk by chunk; a surrogate pair may be split over two. */
function createEncoder() {
  let pending = "";
  return createTransform({
    transform(chunk, enqueue) {
      if (typeof chunk === "symbol") throw new TypeError("Cannot convert a symbol to a string");
      let text = pending + `${chunk}`;
      pending = "";
      const last = text.length - 1;
      if (last >= 0 && isHighSurrogate(text.charCodeAt(last))) {
        pending = text[last];
        text = text.slice(0, last);
      }
      if (text !== "") enqueue(encodeUtf8(text));
    },
    flush(enqueue) {
      if (pending !== "") enqueue(encodeUtf8(pending));
    },
    cancel: undefined,
  });
}

class TextEncoderStream {
  #pair = createEncoder();
  get encoding() {
    encoderOf(this);
    return "utf-8";
  }
  get readable() { return encoderOf(this).readable; }
  get writable() { return encoderOf(this).writable; }
  static {
    encoderOf = (face) => {
      if (typeof face === "object" && face !== null && #pair in face) return face.#pair;
      throw invalidThisType("TextEncoderStream");
    };
  }
}

function bytesOf(chunk) {
  const bytes = bufferSource(chunk);
  if (bytes !== undefined) return bytes;
  throw invalidArgument(
    `The "chunk" argument must be of type BufferSource. ${describeReceived(chunk)}`,
  );
}

function createDecoder(state) {
  return createTransform({
    transform(chunk, enqueue) {
      const text = state.decode(bytesOf(chunk), true);
      if (text !== "") enqueue(text);
    },
    flush(enqueue) {
      const text = state.decode(new Uint8Array(0), false);
      if (text !== "") enqueue(text);
    },
    cancel: undefined,
  });
}

class TextDecoderStream {
  #state;
  #pair;
  constructor(label = "utf-8", options = undefined) {
    const encoding = encodingOf(`${label}`);
    if (options !== undefined && options !== null && typeof options !== "object" &&
      typeof options !== "function") {
      throw invalidArgumentType("options", "of type object", options);
    }
    this.#state = new DecoderState(encoding, !!options?.fatal, !!options?.ignoreBOM);
    this.#pair = createDecoder(this.#state);
  }
  get encoding() { return decoderOf(this).state.encoding; }
  get fatal() { return decoderOf(this).state.fatal; }
  get ignoreBOM() { return decoderOf(this).state.ignoreBOM; }
  get readable() { return decoderOf(this).pair.readable; }
  get writable() { return decoderOf(this).pair.writable; }
  static {
    decoderOf = (face) => {
      if (typeof face === "object" && face !== null && #pair in face) {
        return { state: face.#state, pair: face.#pair };
      }
      throw invalidThisType("TextDecoderStream");
    };
  }
}

defineInterface(TextEncoderStream);
defineInterface(TextDecoderStream);
defineInspection(TextEncoderStream, ({ encoding, readable, writable }) => (
  { encoding, readable, writable }
));
defineInspection(TextDecoderStream, ({ encoding, fatal, ignoreBOM, readable, writable }) => (
  { encoding, fatal, ignoreBOM, readable, writable }
));

module.exports = { TextEncoderStream, TextDecoderStream };
