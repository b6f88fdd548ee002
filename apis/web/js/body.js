"use strict";
// Bodies of requests and responses: what they are made of, and the ways to consume one.
// A body is first its raw form: text, private bytes, a Blob, a server's source, or null. It becomes
// a BodyState when a program does more than read it once. Invariants: raw bytes are never written
// to while a clone shares them; after `used` nothing reads the raw form again.
// Fails through rejected promises; `clone` and `extractBody` throw.

const { codedError, bodyUsed } = require("web/fetch-errors");
const { TEXT_PLAIN, typeOfHeader } = require("web/mime");
const { Blob, isBlob, contentOf, copyBytes, createBlob, cloneBlob, parseJson, streamOf } =
  require("web/blob");

const URLENCODED = "application/x-www-form-urlencoded;charset=UTF-8";
const FORM_MISMATCH =
  "Can't decode form data from body because of incorrect MIME type/boundary";

const isStream = (value) => require("web/streams").isReadableStream(value);
const isDisturbed = (stream) => require("web/streams").isDisturbed(stream);
const streamText = (stream) => require("web/streams").readableToText(stream);
const streamBytes = (stream) => require("web/streams").readableToBytes(stream);

// A body that a server or a client received: `source` has bodies' methods on the connection, and
// `isReceived` where it is a client's.
class ServerBody {
  constructor(source) {
    this.source = source;
  }
}

function streamOfIterable(iterable) {
  const { createNativeReadable } = require("web/streams");
  const iterator = iterable[Symbol.asyncIterator]();
  return createNativeReadable({
    async pull(controller) {
      const { value, done } = await iterator.next();
      if (!done || value !== undefined) controller.enqueue(chunkBytes(value));
      if (done) controller.close();
    },
    async cancel(reason) {
      await iterator.return?.(reason);
    },
  });
}

function chunkBytes(chunk) {
  if (typeof chunk === "string") return ops.utf8Encode(chunk);
  return copyBytes(chunk) ?? ops.utf8Encode(`${chunk}`);
}

/// The raw form of what a program gave as a body.
///
/// Throws a TypeError for a stream that is locked or already read from.
function extractBody(value) {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  if (typeof value !== "object" && typeof value !== "function") return `${value}`;
  const bytes = copyBytes(value);
  if (bytes !== null) return bytes;
  if (isBlob(value)) return value;
  if (isStream(value)) {
    if (value.locked || isDisturbed(value)) {
      throw new TypeError("Body object should not be disturbed or locked");
    }
    return value;
  }
  const { isFormData, serializeFormData } = require("web/form-data");
  if (isFormData(value)) return serializeFormData(value);
  const { URLSearchParams } = require("web/url");
  if (value instanceof URLSearchParams) return createBlob(`${value}`, URLENCODED);
  return extractOther(value);
}

function extractOther(value) {
  const made = typeof value === "function" && isAsyncGenerator(value) ? value() : value;
  if (typeof made[Symbol.asyncIterator] === "function") return streamOfIterable(made);
  return Array.isArray(value) ? new Blob(value) : `${value}`;
}

const AsyncGeneratorFunction = Object.getPrototypeOf(async function* () {}).constructor;
const isAsyncGenerator = (value) => value instanceof AsyncGeneratorFunction;

/// Text of a raw form or stream.
function textOf(raw) {
  if (raw === null) return Promise.resolve("");
  if (typeof raw === "string") return Promise.resolve(raw);
  if (raw instanceof Uint8Array) return Promise.resolve(ops.utf8Decode(raw));
  if (raw instanceof ServerBody) return raw.source.text();
  return isBlob(raw) ? raw.text() : streamText(raw);
}

/// Bytes of a raw form or stream, the caller's own unless `shared`.
function bytesOf(raw, shared) {
  if (raw === null) return Promise.resolve(new Uint8Array(0));
  if (typeof raw === "string") return Promise.resolve(ops.utf8Encode(raw));
  if (raw instanceof Uint8Array) return Promise.resolve(shared ? raw.slice() : raw);
  if (raw instanceof ServerBody) return raw.source.bytes();
  return isBlob(raw) ? raw.bytes() : streamBytes(raw);
}

function streamOfRaw(raw) {
  if (typeof raw === "string") return streamOf(ops.utf8Encode(raw));
  if (raw instanceof Uint8Array) return streamOf(raw.slice());
  return raw instanceof ServerBody ? raw.source.body() : raw.stream();
}

/// The media type a body brings to its headers, or "".
const typeOfRaw = (raw) => isBlob(raw) ? raw.type : "";

function blobType(raw, contentType) {
  if (isBlob(raw) && raw.type !== "") return raw.type;
  if (contentType !== null) return typeOfHeader(contentType);
  if (raw === null || raw === "" || raw.length === 0 || raw.size === 0) return "";
  return raw instanceof ServerBody && !raw.source.isReceived ? "" : TEXT_PLAIN;
}

// What streams made here from text or bytes hold, so that a server can send it whole when such a
// stream becomes the body of another response.
const wholeStreams = new WeakMap();

/// The bytes behind a stream that was made here and is untouched, else what was given.
function sourceOfRaw(raw) {
  const whole = isStream(raw) ? wholeStreams.get(raw) : undefined;
  if (whole === undefined || raw.locked || isDisturbed(raw)) return raw;
  if (typeof whole !== "string") return whole;
  const bytes = ops.utf8Encode(whole);
  wholeStreams.set(raw, bytes);
  return bytes;
}

class BodyState {
  constructor(raw) {
    this.given = raw !== null && typeof raw === "object" && isStream(raw);
    this.raw = this.given ? null : raw;
    this.stream = this.given ? raw : null;
    this.type = typeOfRaw(raw);
    this.used = false;
    this.shared = false;
  }

  get isNull() {
    return this.raw === null && this.stream === null && !this.used;
  }

  isUsed() {
    return this.used || (this.stream !== null && isDisturbed(this.stream));
  }

  /// Why the body cannot be consumed now, or null.
  refusal() {
    if (this.isUsed()) return bodyUsed();
    if (this.stream === null || !this.stream.locked) return null;
    if (!this.given) return bodyUsed();
    return codedError(TypeError, "ERR_INVALID_STATE", "Invalid state: ReadableStream is locked");
  }

  /// What to consume: the stream where there is one, else the raw form. Marks the body used.
  take() {
    if (this.stream !== null) {
      this.used = true;
      if (this.raw === null || this.raw instanceof ServerBody) return this.stream;
      // Nobody has read from the stream: it is locked for good, and the raw form read instead.
      this.stream.getReader();
    }
    const raw = this.raw;
    if (raw !== null) this.used = true;
    this.raw = null;
    return raw;
  }

  text() {
    const refusal = this.refusal();
    return refusal === null ? textOf(this.take()) : Promise.reject(refusal);
  }

  json() {
    return this.text().then(parseJson);
  }

  bytes() {
    const refusal = this.refusal();
    return refusal === null ? bytesOf(this.take(), this.shared) : Promise.reject(refusal);
  }

  arrayBuffer() {
    const refusal = this.refusal();
    if (refusal !== null) return Promise.reject(refusal);
    const taken = this.take();
    return isBlob(taken) ? taken.arrayBuffer() : bytesOf(taken, this.shared).then(bufferOf);
  }

  blob(contentType) {
    const refusal = this.refusal();
    if (refusal !== null) return Promise.reject(refusal);
    const taken = this.take();
    if (taken === this.stream && taken !== null) {
      return streamBytes(taken).then((bytes) => createBlob(bytes, ""));
    }
    const type = blobType(taken, contentType);
    if (isBlob(taken) && contentOf(taken) === null) {
      return Promise.resolve(cloneBlob(taken, false));
    }
    if (taken instanceof ServerBody) {
      return taken.source.bytes().then((bytes) => createBlob(bytes, type));
    }
    return Promise.resolve(createBlob(isBlob(taken) ? contentOf(taken) : taken ?? "", type));
  }

  formData(contentType) {
    const refusal = this.refusal();
    if (refusal !== null) return Promise.reject(refusal);
    const { formDataEncoding, parseFormData } = require("web/form-data");
    const encoding = formDataEncoding(contentType);
    if (encoding === null) {
      return Promise.reject(codedError(TypeError, "ERR_FORMDATA_PARSE_ERROR", FORM_MISMATCH));
    }
    return this.bytes().then((bytes) => parseFormData(bytes, encoding));
  }

  textStream() {
    const refusal = this.refusal();
    if (refusal !== null) throw refusal;
    const stream = this.body() ?? streamOf(new Uint8Array(0));
    this.used = true;
    const { TextDecoder } = require("web/encoding");
    const reader = stream.getReader();
    const decoder = new TextDecoder();
    return require("web/streams").createNativeReadable({
      async pull(controller) {
        for (;;) {
          const { value, done } = await reader.read();
          const text = done
            ? decoder.decode()
            : decoder.decode(chunkBytes(value), { stream: true });
          if (text !== "") controller.enqueue(text);
          if (done) controller.close();
          if (done || text !== "") return;
        }
      },
      cancel: (reason) => reader.cancel(reason),
    });
  }

  /// The stream a program sees, made when first asked for; null for no body.
  body() {
    if (this.stream !== null || this.isNull) return this.stream;
    if (this.used) {
      this.stream = streamOf(new Uint8Array(0));
      this.stream.getReader();
    } else {
      this.stream = streamOfRaw(this.raw);
      this.shared = true;
      if (typeof this.raw === "string" || this.raw instanceof Uint8Array) {
        wholeStreams.set(this.stream, this.raw);
      }
    }
    return this.stream;
  }

  /// A second state over the same data; a stream that was handed out is split.
  clone() {
    if (this.refusal() !== null) {
      throw codedError(TypeError, "ERR_BODY_ALREADY_USED", "Body is disturbed or locked");
    }
    const raw = this.raw;
    if (this.given || raw instanceof ServerBody) {
      const [first, second] = this.body().tee();
      this.raw = null;
      this.stream = first;
      return new BodyState(second);
    }
    this.shared = true;
    if (typeof raw === "string") this.raw = raw.toWellFormed();
    const copy = new BodyState(this.raw);
    copy.shared = true;
    return copy;
  }

  /// For a server: what to send, as it was given; undefined where that is not whole any more.
  source() {
    if (this.refusal() !== null) return undefined;
    return this.given ? sourceOfRaw(this.stream) : this.raw ?? this.stream;
  }
}

const bufferOf = (bytes) =>
  bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;

/// Stands for any text body that was consumed: no stream of it was ever seen.
const USED = new BodyState(null);
USED.used = true;

Object.assign(module.exports, {
  BodyState,
  ServerBody,
  USED,
  extractBody,
  sourceOfRaw,
  typeOfRaw,
  chunkBytes,
  textOfBytes: (bytes) => ops.utf8Decode(bytes),
});
