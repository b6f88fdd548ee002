"use strict";
// CryptoKey. What a key is made of never leaves this module but through `recordOf`: secret keys and
// those of Curve25519 are raw bytes, RSA and elliptic-curve keys DER. A private key also holds its
// public one.

const { defineInterface } = require("web/interface");
const { illegalConstructor, invalidGetter } = require("web/errors");

const MAKE = Symbol("make");

// The order in which usages are listed, whatever order they were given in.
const USAGES = [
  "encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey",
  "encapsulateKey", "encapsulateBits", "decapsulateKey", "decapsulateBits",
];

let recordOf;

function copyOf(algorithm) {
  const copy = { ...algorithm };
  if (copy.hash !== undefined) copy.hash = { ...copy.hash };
  if (copy.publicExponent !== undefined) copy.publicExponent = copy.publicExponent.slice();
  return copy;
}

class CryptoKey {
  #record;
  constructor(token, record) {
    if (token !== MAKE) throw illegalConstructor();
    this.#record = record;
  }
  get type() { return CryptoKey.#read(this, "type"); }
  get extractable() { return CryptoKey.#read(this, "extractable"); }
  get algorithm() { return CryptoKey.#show(this, "algorithm", copyOf); }
  get usages() { return CryptoKey.#show(this, "usages", (usages) => [...usages]); }
  /// What programs get is theirs to change: the key goes by what it was made with.
  static #show(key, name, copy) {
    const value = CryptoKey.#read(key, name);
    const record = recordOf(key);
    record.shown ??= { algorithm: undefined, usages: undefined };
    return record.shown[name] ??= copy(value);
  }
  static #read(key, name) {
    const record = recordOf(key);
    if (record === undefined) throw invalidGetter("CryptoKey", name);
    return record[name];
  }
  static {
    recordOf = (value) =>
      typeof value === "object" && value !== null && #record in value ? value.#record : undefined;
  }
}

/**
 * Makes a key from `{ type, extractable, algorithm, usages, material }`, and `other`, the public
 * material of a private key.
 */
function createKey(record) {
  record.usages = USAGES.filter((usage) => record.usages.includes(usage));
  return new CryptoKey(MAKE, record);
}

defineInterface(CryptoKey);
Object.defineProperty(CryptoKey, "length", { value: 0, configurable: true });
Object.defineProperty(CryptoKey.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value: { anonymous(depth, options) {
    if (typeof depth === "number" && depth < 0) return this;
    const { type, extractable, algorithm, usages } = recordOf(this) ?? this;
    const inner = options.depth == null ? null : options.depth - 1;
    const told = { type, extractable, algorithm, usages };
    return `CryptoKey ${arguments[2](told, { ...options, depth: inner })}`;
  } }.anonymous,
  writable: true,
  enumerable: false,
  configurable: true,
});

/** Another key of the same record, as structuredClone makes it. */
function cloneKey(key) {
  const record = recordOf(key);
  return record === undefined ? undefined : new CryptoKey(MAKE, { ...record, shown: undefined });
}

module.exports = { CryptoKey, USAGES, cloneKey, createKey, recordOf };
