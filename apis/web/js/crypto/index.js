"use strict";
// Crypto: random values, and the way to SubtleCrypto, which loads when first asked for.

const { defineInterface } = require("web/interface");
const { DOMException } = require("web/dom-exception");
const { illegalConstructor, invalidArgumentType, withCode } = require("web/errors");

const { isView } = ArrayBuffer;
const INTERNAL = Symbol("internal");
const typedArrayName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
).get;

const INTEGER_ARRAYS = new Set([
  "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array",
  "Uint32Array", "BigInt64Array", "BigUint64Array",
]);

function viewBytes(view) {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** The bytes of a buffer or view, or a TypeError that names the argument. */
function comparedBytes(value, name) {
  if (ArrayBuffer.isView(value)) return viewBytes(value);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  const expected = "an instance of ArrayBuffer, Buffer, TypedArray, or DataView";
  throw invalidArgumentType(name, expected, value);
}

// Identifiers made ahead, one behind the other: a call of native code costs more than one.
const UUID_LENGTH = 36;
let identifiers = "";
let next = 0;

const invalidThis = (message) => withCode(new TypeError(message), "ERR_INVALID_THIS");

function expectCrypto(value) {
  if (!isCrypto(value)) throw invalidThis("Expected this to be instanceof Crypto");
}

let isCrypto;

class Crypto {
  #isOne = true;
  constructor(token) {
    if (token !== INTERNAL) throw illegalConstructor();
  }
  get subtle() {
    if (!isCrypto(this)) throw invalidThis('Value of "this" must be of type Crypto');
    return require("web/crypto/subtle").subtle;
  }
  // Polyfills assign it, and nothing comes of that.
  set subtle(_value) {}
  getRandomValues(array) {
    expectCrypto(this);
    const isBytes = isView(array) && array.constructor === Uint8Array;
    if (!isBytes && !INTEGER_ARRAYS.has(typedArrayName.call(array))) {
      const message = "The data argument must be an integer-type TypedArray";
      throw new DOMException(message, "TypeMismatchError");
    }
    ops.randomFill(array);
    return array;
  }
  randomUUID() {
    expectCrypto(this);
    if (next === identifiers.length) {
      identifiers = ops.randomUuids();
      next = 0;
    }
    return identifiers.substring(next, next += UUID_LENGTH);
  }
  timingSafeEqual(left, right) {
    expectCrypto(this);
    const first = comparedBytes(left, "buf1");
    const second = comparedBytes(right, "buf2");
    if (first.byteLength !== second.byteLength) {
      const message = "Input buffers must have the same byte length";
      throw withCode(new RangeError(message), "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH");
    }
    let difference = 0;
    for (let index = 0; index < first.length; index++) difference |= first[index] ^ second[index];
    return difference === 0;
  }
  static {
    isCrypto = (value) => typeof value === "object" && value !== null && #isOne in value;
  }
}

defineInterface(Crypto, {
  fixed: ["getRandomValues", "randomUUID", "subtle", "timingSafeEqual"],
});
Object.defineProperty(Crypto, "length", { value: 0, configurable: true });

const crypto = new Crypto(INTERNAL);

module.exports = { Crypto, crypto };
