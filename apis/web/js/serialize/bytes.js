"use strict";
// Bytes that grow as they are written, and their reading: what all forms of serialized values stand
// on. Numbers are little-endian. A reader never looks beyond its end: `refuse` throws there.

const FIRST_BYTES = 256;

class ByteWriter {
  constructor() {
    this.bytes = new Uint8Array(FIRST_BYTES);
    this.view = new DataView(this.bytes.buffer);
    this.length = 0;
  }

  /** Makes room for `count` bytes and answers where they begin. */
  room(count) {
    const place = this.length;
    const needed = place + count;
    if (needed > this.bytes.length) this.grow(needed);
    this.length = needed;
    return place;
  }

  grow(needed) {
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes);
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }

  // The place is taken first, because that may put another array in the place of this one.
  byte(value) {
    const place = this.room(1);
    this.bytes[place] = value;
  }

  word(value) {
    const place = this.room(4);
    this.view.setUint32(place, value, true);
  }

  double(value) {
    const place = this.room(8);
    this.view.setFloat64(place, value, true);
  }

  long(value) {
    const place = this.room(8);
    this.view.setBigUint64(place, BigInt(value), true);
  }

  raw(bytes) {
    const place = this.room(bytes.length);
    this.bytes.set(bytes, place);
  }

  /** The 64-bit digits of a bigint without its sign, the lowest first. */
  static digits(value) {
    const digits = [];
    for (let rest = value < 0n ? -value : value; rest > 0n; rest >>= 64n) {
      digits.push(BigInt.asUintN(64, rest));
    }
    return digits;
  }

  finish() { return this.bytes.subarray(0, this.length); }
}

class ByteReader {
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.place = 0;
  }

  /** Throws the error of bytes that are not of the form. */
  refuse() { throw new TypeError("Unable to deserialize data."); }

  /** Passes over `count` bytes and answers where they began. */
  take(count) {
    const place = this.place;
    if (!(count <= this.bytes.length - place)) this.refuse();
    this.place = place + count;
    return place;
  }

  byte() { return this.bytes[this.take(1)]; }
  word() { return this.view.getUint32(this.take(4), true); }
  double() { return this.view.getFloat64(this.take(8), true); }
  long() { return this.view.getBigUint64(this.take(8), true); }

  /** A copy of the next `count` bytes. */
  raw(count) {
    const place = this.take(count);
    return this.bytes.slice(place, place + count);
  }

  /** A bigint of `count` digits. */
  digits(count, isNegative) {
    let value = 0n;
    for (let index = 0; index < count; index++) value |= this.long() << (64n * BigInt(index));
    return isNegative ? -value : value;
  }
}

/** Defines a property as assignment to a fresh object does, whatever its name. */
function define(object, key, value) {
  if (key === "__proto__") {
    Object.defineProperty(object, key, {
      value, writable: true, enumerable: true, configurable: true,
    });
  } else {
    object[key] = value;
  }
}

module.exports = { ByteReader, ByteWriter, define };
