// Duplex.from: a duplex stream out of a stream, a web stream, a function, an iterable, a promise,
// a blob, or a pair of a readable and a writable.
"use strict";

const {
  isReadable, isWritable, isIterable, isNodeStream, isReadableNodeStream, isWritableNodeStream,
  isDuplexNodeStream, isReadableStream, isWritableStream,
} = require("node/stream/status");
const { abortError, invalidReturn } = require("node/stream/errors");
const { Duplex } = require("node/stream/duplex");
const { Readable } = require("node/stream/readable");
const { Writable } = require("node/stream/writable");
const { Joint } = require("node/stream/compose");
const { destroyer } = require("node/stream/destroy");
const { finished } = require("node/stream/end-of-stream");
const { from } = require("node/stream/from");
const { nextTick } = require("runtime/event-loop");
const { Promise } = globalThis;

const BODY_TYPES = "of type function or an instance of Blob, ReadableStream, WritableStream, " +
  "Stream, Iterable, AsyncIterable, or Promise or { readable, writable } pair";

class Duplexify extends Duplex {}

function duplexify(body, name) {
  if (isDuplexNodeStream(body)) return body;
  if (isReadableNodeStream(body)) return joined(body, undefined);
  if (isWritableNodeStream(body)) return joined(undefined, body);
  if (isNodeStream(body)) return joined(undefined, undefined);
  if (isReadableStream(body)) return joined(Readable.fromWeb(body), undefined);
  if (isWritableStream(body)) return joined(undefined, Writable.fromWeb(body));
  if (typeof body === "function") return fromFunction(body, name);
  if (isBlob(body)) return duplexify(body.arrayBuffer(), name);
  if (isIterable(body)) return from(Duplexify, body, { objectMode: true, writable: false });
  if (isReadableStream(body?.readable) && isWritableStream(body?.writable)) {
    return Duplexify.fromWeb(body);
  }
  if (typeof body?.writable === "object" || typeof body?.readable === "object") {
    const readable = side(body.readable, isReadableNodeStream);
    return joined(readable, side(body.writable, isWritableNodeStream));
  }
  if (typeof body?.then === "function") return fromPromise(body);
  throw require("node/errors").invalidType(name, BODY_TYPES, body);
}

function side(value, isStream) {
  if (!value) return undefined;
  return isStream(value) ? value : duplexify(value, "body");
}

function isBlob(value) {
  return value !== null && typeof value === "object" && value instanceof globalThis.Blob;
}

function fromPromise(promise) {
  const duplex = new Duplexify({ objectMode: true, writable: false, read() {} });
  promise.then((value) => {
    if (value !== undefined && value !== null) duplex.push(value);
    duplex.push(null);
  }, (error) => { destroyer(duplex, error); });
  return duplex;
}

// ---- Functions ---------------------------------------------------------------------------------

/** What is written, as an async iterable for a function; one chunk is under way at a time. */
class Written {
  constructor() {
    this.controller = new globalThis.AbortController();
    this.next = Promise.withResolvers();
  }

  async* chunks() {
    const { signal } = this.controller;
    for (;;) {
      const { chunk, done, callback } = await this.next.promise;
      nextTick(callback, undefined);
      if (done) return;
      if (signal.aborted) throw abortError({ cause: signal.reason });
      this.next = Promise.withResolvers();
      yield chunk;
    }
  }

  options() {
    return {
      objectMode: true,
      write: (chunk, _encoding, callback) => {
        this.next.resolve({ chunk, done: false, callback });
      },
      final: (callback) => { this.next.resolve({ done: true, callback }); },
      destroy: (error, callback) => {
        this.controller.abort();
        callback(error);
      },
    };
  }
}

function fromFunction(body, name) {
  const written = new Written();
  const value = body(written.chunks(), { signal: written.controller.signal });
  // It may have been a constructor.
  if (isDuplexNodeStream(value)) return value;
  const options = written.options();
  if (isIterable(value)) return from(Duplexify, value, options);
  const then = value?.then;
  if (typeof then === "function") return fromAsyncFunction(value, then, options);
  throw invalidReturn("Iterable, AsyncIterable or AsyncFunction", name, value);
}

function fromAsyncFunction(value, then, options) {
  let duplex;
  const promise = then.call(value, (result) => {
    if (result !== undefined && result !== null) throw invalidReturn("nully", "body", result);
  }, (error) => { destroyer(duplex, error); });
  // Whoever ends the stream is told; until then nobody has to be.
  promise.then(undefined, () => {});
  const { final } = options;
  duplex = new Duplexify({
    ...options,
    readable: false,
    final(callback) {
      final(async () => {
        try {
          await promise;
          nextTick(callback, [null]);
        } catch (error) {
          nextTick(callback, [error]);
        }
      });
    },
  });
  return duplex;
}

// ---- Pairs -------------------------------------------------------------------------------------

class PairJoint extends Joint {
  constructor() {
    super();
    this.destroysAlways = false;
  }

  finished(error) {
    const callback = this.onClose;
    this.onClose = null;
    if (callback) callback(error);
    else if (error) this.duplex.destroy(error);
  }
}

function joined(givenReadable, writable) {
  const readable = givenReadable && typeof givenReadable.read !== "function"
    ? Readable.wrap(givenReadable)
    : givenReadable;
  const joint = new PairJoint();
  joint.reads = Boolean(isReadable(readable));
  joint.writes = Boolean(isWritable(writable));
  const duplex = joint.attach(new Duplexify({
    readableObjectMode: Boolean(readable?.readableObjectMode),
    writableObjectMode: Boolean(writable?.writableObjectMode),
    readable: joint.reads,
    writable: joint.writes,
  }));
  const onFinished = (error) => {
    if (error) destroyer(readable, error);
    joint.finished(error);
  };
  if (joint.writes) {
    finished(writable, onFinished);
    joint.writeTo(writable);
    writable.on("finish", () => joint.answerFinal());
  }
  if (joint.reads) {
    finished(readable, onFinished);
    joint.readFrom(readable);
  }
  joint.destroys = [writable, readable];
  return duplex;
}

module.exports = { duplexify };
