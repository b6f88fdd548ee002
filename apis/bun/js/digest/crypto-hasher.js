"use strict";
// Bun.CryptoHasher, Bun.SHA256 and the other classes of one algorithm each, Bun.sha.
// Invariant: a native hasher is closed when its object is collected.

const { codedError, invalidArgument, setTag } = require("web/fetch-errors");
const { callable, shownGetters } = require("bun/native-class");
const { expectInput, textOrBytes } = require("bun/input-bytes");

const { Buffer: NodeBuffer } = require("node/buffer");
const { FinalizationRegistry, Map, Object, TypeError, Uint8Array } = globalThis;

const ALGORITHMS = [
  "blake2b256", "blake2b512", "blake2s256", "md4", "md5", "ripemd160", "sha1", "sha224", "sha256",
  "sha384", "sha512", "sha512-224", "sha512-256", "sha3-224", "sha3-256", "sha3-384", "sha3-512",
  "shake128", "shake256",
];
const ENCODINGS = new Set([
  "hex", "base64", "base64url", "utf8", "utf-8", "latin1", "binary", "ascii", "ucs2", "ucs-2",
  "utf16le", "utf-16le", "buffer",
]);

const DIGEST_BYTES_MAX = 64;
// Where digests lie that leave as text.
const scratch = NodeBuffer.alloc(DIGEST_BYTES_MAX);
const lengths = new Map();

// The bytes of an algorithm's digest; undefined where there is no such algorithm.
function lengthOf(name) {
  const known = lengths.get(name);
  if (known !== undefined) return known;
  const length = ops.hashLength(name);
  if (length !== undefined) lengths.set(name, length);
  return length;
}

// The digest of data at once, in the form the program asked for.
function digestOf(name, input, output, fallback) {
  const data = expectInput(input);
  if (typeof output !== "string" || output.toLowerCase() === "buffer") {
    return present(ops.hashOnce(name, data), output, fallback);
  }
  return scratch.toString(output, 0, ops.hashInto(name, data, scratch));
}

const closed = new FinalizationRegistry((number) => ops.hasherClose(number));

function invalidOutput() {
  return invalidArgument("output must be of type string or ArrayBuffer or ArrayBufferView");
}

function checkOutput(output, length) {
  if (output === undefined || output === null) return;
  if (typeof output === "string") {
    if (ENCODINGS.has(output.toLowerCase())) return;
    throw codedError(TypeError, "ERR_INVALID_ARG_VALUE", `Unknown encoding: ${output}`);
  }
  if (!ArrayBuffer.isView(output) && !(output instanceof ArrayBuffer)) {
    throw invalidOutput();
  }
  if (output.byteLength < length) {
    throw invalidArgument(`TypedArray must be at least ${length} bytes`);
  }
}

// A digest as the program asked for it: text, bytes written into its view, or `fallback`.
function present(bytes, output, fallback) {
  if (output === undefined || output === null) return fallback(bytes);
  if (typeof output === "string") {
    const buffer = asBuffer(bytes);
    return output.toLowerCase() === "buffer" ? buffer : buffer.toString(output);
  }
  const target = ArrayBuffer.isView(output)
    ? new Uint8Array(output.buffer, output.byteOffset, output.byteLength)
    : new Uint8Array(output);
  target.set(bytes);
  return output;
}

const asBuffer = (bytes) => NodeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const asIs = (bytes) => bytes;

function checkAlgorithm(algorithm) {
  if (typeof algorithm !== "string") throw invalidArgument("algorithm must be a string");
  return algorithm;
}

function nameOf(algorithm) {
  const lower = algorithm.toLowerCase();
  if (ALGORITHMS.includes(lower)) return lower;
  return lower.replace("rmd160", "ripemd160").replace(/^sha-(?!3)/, "sha").replace(/[/_]/, "-");
}

const make = Symbol("make");

class CryptoHasher {
  #algorithm;
  #number;
  #isConsumed = false;
  #isKeyed = false;

  constructor() {
    if (arguments[0] === make) {
      [, this.#algorithm, this.#number, this.#isKeyed] = arguments;
    } else {
      this.#open(checkAlgorithm(arguments[0]), arguments[1]);
    }
    closed.register(this, this.#number);
  }

  #open(algorithm, key) {
    this.#isKeyed = key !== undefined && key !== null;
    const secret = this.#isKeyed ? textOrBytes(key) : undefined;
    if (this.#isKeyed && secret === undefined) {
      throw invalidArgument("key must be a string, ArrayBuffer or ArrayBufferView");
    }
    const number = ops.hasherOpen(algorithm, secret);
    if (number === undefined) throw invalidArgument(`Unsupported algorithm ${algorithm}`);
    if (number === null) throw new Error("HMAC is not supported for this algorithm yet");
    this.#algorithm = nameOf(algorithm);
    this.#number = number;
  }

  #checkUsable() {
    if (this.#isConsumed) throw new Error("HMAC has been consumed and is no longer usable");
  }

  get algorithm() { return this.#algorithm; }
  get byteLength() { return lengthOf(this.#algorithm); }

  copy() {
    this.#checkUsable();
    const number = ops.hasherCopy(this.#number);
    return new CryptoHasher(make, this.#algorithm, number, this.#isKeyed);
  }

  digest() {
    this.#checkUsable();
    checkOutput(arguments[0], this.byteLength);
    this.#isConsumed = this.#isKeyed;
    return present(ops.hasherDigest(this.#number), arguments[0], asBuffer);
  }

  update(data, encoding) {
    this.#checkUsable();
    const isCoded = typeof data === "string" && typeof encoding === "string";
    ops.hasherUpdate(this.#number, isCoded ? NodeBuffer.from(data, encoding) : expectInput(data));
    return this;
  }

  static get algorithms() { return [...ALGORITHMS]; }

  static hash(algorithm, input) {
    const name = checkAlgorithm(algorithm);
    const length = lengthOf(name);
    if (length === undefined) throw invalidArgument(`Unsupported algorithm "${name}"`);
    if (arguments[2] === null) throw invalidOutput();
    checkOutput(arguments[2], length);
    return digestOf(name, input, arguments[2], asBuffer);
  }
}

// A class of one algorithm, whose objects give one digest.
function classOf(name, algorithm) {
  const length = lengthOf(algorithm);
  const Class = { [name]: class {
    #hasher = new CryptoHasher(algorithm);
    #isDone = false;

    #checkUsable(purpose) {
      if (!this.#isDone) return;
      const message = `${name} hasher already digested, create a new instance to ${purpose}`;
      throw codedError(Error, "ERR_INVALID_STATE", message);
    }

    get byteLength() { return length; }

    digest() {
      this.#checkUsable("digest again");
      checkOutput(arguments[0], length);
      this.#isDone = true;
      return present(this.#hasher.digest("buffer"), arguments[0], (bytes) => new Uint8Array(bytes));
    }

    update(data) {
      this.#checkUsable("update");
      this.#hasher.update(data);
      return this;
    }

    static get byteLength() { return length; }

    static hash(input) {
      checkOutput(arguments[1], length);
      return digestOf(algorithm, input, arguments[1], asIs);
    }
  } }[name];
  return finish(Class);
}

// Members as those of native classes, and the error for a call without `new`.
function finish(Class) {
  for (const holder of [Class, Class.prototype]) {
    for (const key of Object.getOwnPropertyNames(holder)) {
      if (["constructor", "length", "name", "prototype"].includes(key)) continue;
      const descriptor = Object.getOwnPropertyDescriptor(holder, key);
      descriptor.enumerable = true;
      descriptor.configurable = false;
      if (descriptor.get !== undefined) shownGetters.add(descriptor.get);
      Object.defineProperty(holder, key, descriptor);
    }
  }
  setTag(Class.prototype, Class.name);
  if (Class.hash !== undefined) {
    Object.defineProperty(Class.hash, "length", { value: 2, configurable: true });
  }
  return callable(Class);
}

const Hasher = finish(CryptoHasher);

function sha(input) {
  checkOutput(arguments[1], lengthOf("sha512-256"));
  return digestOf("sha512-256", input, arguments[1], asIs);
}

module.exports = {
  CryptoHasher: Hasher,
  sha,
};
const CLASSES = {
  MD4: "md4", MD5: "md5", SHA1: "sha1", SHA224: "sha224", SHA256: "sha256", SHA384: "sha384",
  SHA512: "sha512", SHA512_256: "sha512-256",
};
for (const name of Object.keys(CLASSES)) {
  let made;
  const get = () => (made ??= classOf(name, CLASSES[name]));
  Object.defineProperty(module.exports, name, { enumerable: true, get });
}
