// node:stream: Stream, with all the others as its properties.
"use strict";

const { Stream } = require("node/stream/legacy");
const status = require("node/stream/status");
const chunks = require("node/stream/chunks");
const { Readable } = require("node/stream/readable");
const { Writable } = require("node/stream/writable");
const { Duplex } = require("node/stream/duplex");
const { Transform, PassThrough } = require("node/stream/transform");
const marks = require("node/stream/high-water-mark");
const { finished } = require("node/stream/end-of-stream");
const { destroyer } = require("node/stream/destroy");
const { addAbortSignal } = require("node/stream/abort");
const { Object, Symbol } = globalThis;

const promisify = Symbol.for("nodejs.util.promisify.custom");

// What programs use less is loaded when it is called.
const { pipeline, compose, duplexPair } = {
  pipeline(...streams) { return require("node/stream/pipeline").pipeline(streams); },
  compose(...streams) { return require("node/stream/compose").compose(streams); },
  duplexPair(options) { return require("node/stream/duplex-pair").duplexPair(options); },
};

Stream._isArrayBufferView = chunks.isArrayBufferView;
Stream._isUint8Array = chunks.isUint8Array;
Stream._uint8ArrayToBuffer = chunks._uint8ArrayToBuffer;
Stream.isDestroyed = status.isDestroyed;
Stream.isDisturbed = status.isDisturbed;
Stream.isErrored = status.isErrored;
Stream.isReadable = status.isReadable;
Stream.isWritable = status.isWritable;
Stream.Readable = Readable;
require("node/stream/operator-methods").define(Readable);
Stream.Writable = Writable;
Stream.Duplex = Duplex;
Stream.Transform = Transform;
Stream.PassThrough = PassThrough;
Stream.duplexPair = duplexPair;
Stream.pipeline = pipeline;
Stream.addAbortSignal = addAbortSignal;
Stream.finished = finished;
Stream.destroy = destroyer;
Stream.compose = compose;
Stream.setDefaultHighWaterMark = marks.setDefaultHighWaterMark;
Stream.getDefaultHighWaterMark = marks.getDefaultHighWaterMark;

function lazily(target, key, read) {
  Object.defineProperty(target, key, { configurable: true, enumerable: true, get: read });
}
lazily(Stream, "promises", { get() { return require("node/stream-promises"); } }.get);
Object.defineProperty(pipeline, promisify, {
  enumerable: true, get() { return Stream.promises.pipeline; },
});
Object.defineProperty(finished, promisify, {
  enumerable: true, get() { return Stream.promises.finished; },
});

Stream.Stream = Stream;
// An alias that programs find beside the name.
Stream.eos = finished;

module.exports = Stream;
