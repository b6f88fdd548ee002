"use strict";
// Bun.ArrayBufferSink: collects text and bytes, and gives them back as one buffer.

const { invalidArgument } = require("web/fetch-errors");
const { textOrBytes } = require("bun/input-bytes");
const { encodeUtf8 } = require("web/encoding");

const { Object, Uint8Array } = globalThis;

const FIRST_BYTES = 64;

class ArrayBufferSink {
  #bytes = new Uint8Array(0);
  #length = 0;
  #asUint8Array = false;
  #isStream = false;

  #take() {
    const bytes = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return this.#asUint8Array ? bytes : bytes.buffer;
  }

  close() {}

  flush(_options) {
    if (this.#isStream) return this.#take();
    const length = this.#length;
    return length === 0 ? 0 : length;
  }

  end(_options) { return this.#take(); }

  start(_options) {
    const options = arguments[0];
    this.#length = 0;
    this.#asUint8Array = Boolean(options?.asUint8Array);
    this.#isStream = Boolean(options?.stream);
    const size = options?.highWaterMark;
    const isSize = typeof size === "number" && size > 0 && size < 0x80000000;
    if (isSize) this.#bytes = new Uint8Array(size);
  }

  write(chunk) {
    const data = textOrBytes(chunk);
    if (data === undefined) {
      throw invalidArgument("write() expects a string, ArrayBufferView, or ArrayBuffer");
    }
    const added = typeof data === "string" ? encodeUtf8(data) : bytesOf(data);
    const end = this.#length + added.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, this.#bytes.length * 2, FIRST_BYTES));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(added, this.#length);
    this.#length = end;
    return added.length;
  }

  ref() {}
  unref() {}
  _getFd() { return undefined; }
}

function bytesOf(data) {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

for (const key of Object.getOwnPropertyNames(ArrayBufferSink.prototype)) {
  if (key === "constructor") continue;
  const { value } = Object.getOwnPropertyDescriptor(ArrayBufferSink.prototype, key);
  Object.defineProperty(ArrayBufferSink.prototype, key, {
    value, enumerable: true, writable: false, configurable: false,
  });
}
Object.defineProperty(ArrayBufferSink.prototype, "sinkId", { value: 0, configurable: true });

module.exports = { ArrayBufferSink };
