"use strict";
// Digests in pieces that do nothing before they must: what is short is kept, and hashed at once
// when the digest is asked for, so that a native hasher exists only for what is long.
// Invariant: a native hasher is closed with its digest, or when its object is collected.

const { Buffer } = require("node/buffer");

const { FinalizationRegistry, Uint8Array } = globalThis;

// What is kept at most: units of text, and bytes, which are copied.
const TEXT_MAX = 4096;
const BYTES_MAX = 1024;
const DIGEST_BYTES_MAX = 64;
const SURROGATE_MASK = 0xFC00;
const LOW_SURROGATE = 0xDC00;

// Where digests lie that leave as text.
const scratch = Buffer.alloc(DIGEST_BYTES_MAX);
const collected = new FinalizationRegistry((number) => ops.hasherClose(number));

class LazyDigest {
  #name;
  #key;
  #pending = undefined;
  #number = undefined;

  /// The name must be one of Bun.CryptoHasher's; a key (bytes) makes it an HMAC.
  constructor(name, key) {
    this.#name = name;
    this.#key = key;
  }

  /// Takes text, which counts as UTF-8, or a view.
  update(data) {
    if (this.#number === undefined) {
      const pending = this.#pending;
      if (typeof data === "string") {
        if (pending === undefined && data.length <= TEXT_MAX) {
          this.#pending = data;
          return;
        }
        // Halves of a character that come apart are two wrong characters.
        if (typeof pending === "string" && pending.length + data.length <= TEXT_MAX &&
            (data.charCodeAt(0) & SURROGATE_MASK) !== LOW_SURROGATE) {
          this.#pending = pending + data;
          return;
        }
      } else if (pending === undefined && data.byteLength <= BYTES_MAX) {
        const kept = new Uint8Array(data.byteLength);
        kept.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
        this.#pending = kept;
        return;
      }
      this.#open();
    }
    ops.hasherUpdate(this.#number, data);
  }

  #open() {
    this.#number = ops.hasherOpen(this.#name, this.#key);
    collected.register(this, this.#number, this);
    if (this.#pending !== undefined) ops.hasherUpdate(this.#number, this.#pending);
    this.#pending = undefined;
  }

  /// The digest as bytes; nothing may follow.
  digest() {
    if (this.#number === undefined) {
      return ops.hashOnce(this.#name, this.#pending ?? "", this.#key);
    }
    const bytes = ops.hasherDigest(this.#number);
    collected.unregister(this);
    ops.hasherClose(this.#number);
    return bytes;
  }

  /// The digest as text in an encoding of Buffer's; nothing may follow.
  text(encoding) {
    if (this.#number === undefined) {
      const length = ops.hashInto(this.#name, this.#pending ?? "", scratch, this.#key);
      return scratch.toString(encoding, 0, length);
    }
    const bytes = this.digest();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(encoding);
  }

  /// Another that goes on from the same state.
  copy() {
    const copy = new LazyDigest(this.#name, this.#key);
    if (this.#number === undefined) {
      copy.#pending = this.#pending;
    } else {
      copy.#number = ops.hasherCopy(this.#number);
      collected.register(copy, copy.#number, copy);
    }
    return copy;
  }
}

module.exports = { LazyDigest };
