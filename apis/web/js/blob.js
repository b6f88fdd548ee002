"use strict";
// Blob and File: immutable data in memory, or a source outside it (a file, several parts).
// Invariants: a text or a byte array held as `#source` is never written to again; a source object
// is read in the range [#start, #end) and answers through promises. File is Blob with a flag, as
// programs see one prototype for both.
// Fails with TypeErrors; a source's own errors pass through.

const { invalidArgument, wrongInstance, wrongGetter, setAttributes, setTag } =
  require("web/fetch-errors");
const { TEXT_PLAIN, normalizeType, typeOfPart } = require("web/mime");

const EMPTY = new Uint8Array(0);
const READ_ONLY = "Cannot write to a Blob backed by bytes, which are always read-only";
const TypedArray = Object.getPrototypeOf(Uint8Array);
const ownTag = Object.getOwnPropertyDescriptor(TypedArray.prototype, Symbol.toStringTag).get;

function isBuffer(value) {
  return value instanceof ArrayBuffer ||
    (typeof SharedArrayBuffer === "function" && value instanceof SharedArrayBuffer);
}

/// A fresh copy of the bytes of a buffer or view; null for anything else.
function copyBytes(value) {
  if (ArrayBuffer.isView(value)) {
    if (ownTag.call(value) === "Uint8Array") return Uint8Array.prototype.slice.call(value);
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
  }
  return isBuffer(value) ? new Uint8Array(value).slice() : null;
}

function concatenate(chunks) {
  if (chunks.length === 1) return chunks[0];
  let length = 0;
  for (const chunk of chunks) length += chunk.length;
  const out = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    out.set(chunk, offset);
    offset += chunk.length;
  }
  return out;
}

function parseJson(text) {
  if (text === "") throw new SyntaxError("Unexpected end of JSON input");
  return JSON.parse(text);
}

/// A stream that gives the bytes as one chunk.
function streamOf(bytes) {
  return require("web/streams").readableFromChunks(bytes.length > 0 ? [bytes] : []);
}

// Several parts, some of which lie outside memory: read one after the other when asked.
class PartsSource {
  constructor(parts) {
    this.parts = parts;
  }
  size() {
    let size = 0;
    for (const part of this.parts) size += part.size;
    return size;
  }
  async bytes(start, end) {
    const chunks = [];
    for (const part of this.parts) chunks.push(await part.bytes());
    return concatenate([EMPTY, ...chunks]).slice(start, end);
  }
  async text(start, end) {
    return ops.utf8Decode(await this.bytes(start, end));
  }
  stream(start, end) {
    return require("web/streams").createNativeReadable({
      pull: async (controller) => {
        const bytes = await this.bytes(start, end);
        if (bytes.length > 0) controller.enqueue(bytes);
        controller.close();
      },
    });
  }
}

function partOf(value) {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return undefined;
  if (isBlob(value)) return contentOf(value) ?? value;
  return copyBytes(value) ?? `${value}`;
}

function joinParts(parts) {
  if (parts.length === 1) return parts[0];
  if (parts.every((part) => typeof part === "string")) return parts.join("");
  if (parts.some(isBlob)) return new PartsSource(parts.map((part) => new Blob([part])));
  return concatenate(parts.map((part) => typeof part === "string" ? ops.utf8Encode(part) : part));
}

function sourceOfParts(parts) {
  if (parts === undefined || parts === null) return "";
  const bytes = copyBytes(parts);
  if (bytes !== null) return bytes;
  if (!Array.isArray(parts)) throw invalidArgument("new Blob() expects an Array");
  // These define the items of their results: no setter that a program put on Array.prototype runs.
  // What a part's conversion does to the parts behind it counts.
  const list = Array.from(parts, partOf).filter((part) => part !== undefined);
  return list.length === 0 ? "" : joinParts(list);
}

function boundOf(value, fallback) {
  // What is no number is passed over, not converted.
  if (typeof value !== "number") return fallback;
  return Number.isNaN(value) ? 0 : Math.trunc(value);
}

let isBlob;
let contentOf;

class Blob {
  #source;
  #type = "";
  #start = 0;
  #end = undefined;
  #name = undefined;
  #lastModified = undefined;
  #isFile = false;

  constructor(parts = undefined, options = undefined) {
    const source = sourceOfParts(parts);
    if (isBlob(source)) {
      this.#source = source.#source;
      this.#start = source.#start;
      this.#end = source.#end;
    } else this.#source = source;
    if (options !== null && typeof options === "object") this.#type = normalizeType(options.type);
  }

  #bytes() {
    if (typeof this.#source === "string") this.#source = ops.utf8Encode(this.#source);
    return this.#source;
  }

  // Whether the data is in memory, as text or bytes.
  #inMemory() {
    return typeof this.#source === "string" || this.#source instanceof Uint8Array;
  }

  text() {
    if (!(#source in this)) throw wrongInstance("Blob", this);
    const source = this.#source;
    if (typeof source === "string") {
      const text = source.charCodeAt(0) === 0xfeff ? source.slice(1) : source;
      return Promise.resolve(text.isWellFormed() ? text : text.toWellFormed());
    }
    if (source instanceof Uint8Array) return Promise.resolve(ops.utf8Decode(source));
    return source.text(this.#start, this.#end);
  }

  json() {
    if (!(#source in this)) throw wrongInstance("Blob", this);
    return this.text().then(parseJson);
  }

  arrayBuffer() {
    if (!(#source in this)) throw wrongInstance("Blob", this);
    if (this.#inMemory()) return Promise.resolve(this.#bytes().slice().buffer);
    const source = this.#source;
    if (source.arrayBuffer !== undefined) return source.arrayBuffer(this.#start, this.#end);
    return source.bytes(this.#start, this.#end).then((bytes) => bytes.buffer);
  }

  bytes() {
    if (!(#source in this)) throw wrongInstance("Blob", this);
    if (this.#inMemory()) return Promise.resolve(this.#bytes().slice());
    return this.#source.bytes(this.#start, this.#end);
  }

  async formData() {
    if (!(#source in this)) throw wrongInstance("Blob", this);
    const { formDataEncoding, parseFormData } = require("web/form-data");
    const bytes = await this.bytes();
    const encoding = formDataEncoding(this.#type);
    if (encoding === null) throw new Error("Invalid encoding");
    return parseFormData(bytes, encoding);
  }

  stream() {
    if (!(#source in this)) throw wrongInstance("Blob", this);
    if (this.#inMemory()) return streamOf(this.#bytes().slice());
    return this.#source.stream(this.#start, this.#end);
  }

  slice(start, end) {
    if (!(#source in this)) throw wrongInstance("Blob", this);
    let type = arguments[2];
    if (typeof start === "string") [start, end, type] = [undefined, undefined, start];
    else if (typeof end === "string") [end, type] = [undefined, end];
    const size = this.size;
    const from = boundOf(start, 0);
    const to = boundOf(end, size);
    const first = from < 0 ? Math.max(size + from, 0) : Math.min(from, size);
    const last = Math.max(first, to < 0 ? Math.max(size + to, 0) : Math.min(to, size));
    const out = new Blob();
    out.#setRange(this, first, last);
    out.#type = (typeof type === "string" && normalizeType(type)) || typeOfPart(this.#type);
    out.#name = this.#name;
    out.#isFile = this.#isFile;
    out.#lastModified = this.#lastModified;
    return out;
  }

  #setRange(other, first, last) {
    if (other.#inMemory()) {
      this.#source = other.#bytes().subarray(first, last);
      return;
    }
    this.#source = other.#source;
    this.#start = other.#start + first;
    this.#end = other.#start + last;
  }

  get size() {
    if (!(#source in this)) throw wrongGetter("Blob", "size");
    if (this.#inMemory()) return this.#bytes().length;
    if (this.#end !== undefined) return this.#end - this.#start;
    return this.#source.size();
  }

  get type() {
    if (!(#source in this)) throw wrongGetter("Blob", "type");
    return this.#type;
  }

  get name() {
    if (!(#source in this)) throw wrongGetter("Blob", "name");
    return this.#name ?? this.#source.path;
  }

  set name(value) {
    if (!(#source in this)) throw wrongGetter("Blob", "name");
    if (typeof value === "string") this.#name = value;
  }

  get lastModified() {
    if (!(#source in this)) throw wrongGetter("Blob", "lastModified");
    if (this.#lastModified !== undefined) return this.#lastModified;
    if (this.#inMemory() || this.#source.lastModified === undefined) return Date.now();
    return this.#source.lastModified();
  }

  // What only a file can do; a Blob of bytes answers as a file that exists and is read-only.
  exists() {
    if (!(#source in this)) throw wrongInstance("Blob", this);
    return this.#source.exists?.() ?? Promise.resolve(true);
  }

  stat() {
    if (!(#source in this)) throw wrongInstance("Blob", this);
    return this.#source.stat?.() ?? Promise.resolve(undefined);
  }

  delete() {
    if (!(#source in this)) throw wrongInstance("Blob", this);
    return this.#source.unlink?.() ?? Promise.reject(invalidArgument(READ_ONLY));
  }

  unlink() {
    if (!(#source in this)) throw wrongInstance("Blob", this);
    return this.#source.unlink?.() ?? Promise.reject(invalidArgument(READ_ONLY));
  }

  write(data, options) {
    if (!(#source in this)) throw wrongInstance("Blob", this);
    if (this.#source.write === undefined) throw invalidArgument(READ_ONLY);
    return this.#source.write(data, options);
  }

  writer(options) {
    if (!(#source in this)) throw wrongInstance("Blob", this);
    if (this.#source.writer === undefined) throw invalidArgument(READ_ONLY);
    return this.#source.writer(options);
  }

  image() {
    if (!(#source in this)) throw wrongInstance("Blob", this);
    throw new Error("Blob.prototype.image is not available: there is no image decoder");
  }

  static {
    isBlob = (value) => value !== null && typeof value === "object" && #source in value;
    contentOf = (blob) => blob.#inMemory() ? blob.#source : null;

    /// The bytes of a Blob in memory, shared with it; null for one outside memory.
    module.exports.bytesOf = (blob) => blob.#inMemory() ? blob.#bytes() : null;

    /// A Blob over a source: { size(), bytes(from, to), text(from, to), stream(from, to), ... }.
    module.exports.createBlob = (source, type, name = undefined) => {
      const blob = new Blob();
      blob.#source = source;
      blob.#type = type;
      blob.#name = name;
      return blob;
    };

    module.exports.createFile = (source, type, name, lastModified) => {
      const blob = module.exports.createBlob(source, type, name);
      blob.#isFile = true;
      blob.#lastModified = lastModified;
      return blob;
    };

    /// The same data in a new object, with the same properties, as a File if asked.
    module.exports.cloneBlob = (blob, asFile = blob.#isFile) => {
      const copy = module.exports.createBlob(blob.#source, blob.#type, blob.#name);
      copy.#start = blob.#start;
      copy.#end = blob.#end;
      copy.#isFile = asFile;
      copy.#lastModified = blob.#lastModified;
      return copy;
    };

    module.exports.isFile = (value) => isBlob(value) && value.#isFile;

    /// { source, start, end } of a Blob outside memory, or null.
    module.exports.externalOf = (blob) =>
      blob.#inMemory() ? null : { source: blob.#source, start: blob.#start, end: blob.#end };

    /// The content type a response with this body gets when it names none.
    module.exports.defaultTypeOf = (blob) => {
      if (blob.#type !== "") return blob.#type;
      return typeof blob.#source === "string" ? TEXT_PLAIN : "application/octet-stream";
    };

    module.exports.initializeFile = (blob, name, options) => {
      blob.#isFile = true;
      blob.#name = name;
      const isObject = options !== null && typeof options === "object";
      const given = isObject ? options.lastModified : undefined;
      const modified = given === undefined ? Date.now() : Number(given);
      blob.#lastModified = Number.isNaN(modified) ? 0 : modified;
      return blob;
    };
  }
}

function File(bits, name) {
  if (new.target === undefined) {
    throw new TypeError("Class constructor File cannot be invoked without 'new'");
  }
  if (arguments.length < 2) {
    throw invalidArgument("new File(bits, name) expects at least 2 arguments");
  }
  const options = arguments[2];
  const blob = Reflect.construct(Blob, [bits, options], new.target);
  return module.exports.initializeFile(blob, `${name}`.toWellFormed(), options);
}
File.prototype = Blob.prototype;
Object.defineProperty(File, "prototype", { writable: false });
const ordinaryHasInstance = Function.prototype[Symbol.hasInstance];
Object.defineProperty(File, Symbol.hasInstance, {
  value(value) {
    return this === File ? module.exports.isFile(value) : ordinaryHasInstance.call(this, value);
  },
});

Object.defineProperty(Blob.prototype.stream, "length", { value: 1, configurable: true });
setAttributes(Blob.prototype, { enumerable: true, configurable: false });
setTag(Blob.prototype, "Blob");

Object.assign(module.exports, {
  Blob,
  File,
  isBlob,
  contentOf,
  copyBytes,
  concatenate,
  parseJson,
  streamOf,
});
