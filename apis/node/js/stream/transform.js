// Transform: what is written is transformed, one chunk at a time, when its readable side has room.
// The answer of a write waits for a read where it has not. PassThrough changes nothing.
"use strict";

const { inherit } = require("node/stream/legacy");
const { Duplex } = require("node/stream/duplex");
const { highWaterMarkOf } = require("node/stream/high-water-mark");
const { notImplemented } = require("node/stream/errors");
const { nextTick } = require("runtime/event-loop");
const { Symbol } = globalThis;

const WAITING = Symbol("kCallback");

function Transform(options) {
  if (!(this instanceof Transform)) return new Transform(options);
  Duplex.call(this, unbuffered(options));
  // _read is ours and never pushes by itself, so that a first push need not wait for it.
  this._readableState.sync = false;
  this[WAITING] = null;
  if (options) {
    if (typeof options.transform === "function") this._transform = options.transform;
    if (typeof options.flush === "function") this._flush = options.flush;
  }
  // Not by _final alone, which some transforms define as their own.
  this.on("prefinish", prefinish);
}
inherit(Transform, Duplex);

/** A transform that shall hold nothing to be read holds nothing to be written either. */
function unbuffered(options) {
  if (!options) return options;
  const mark = highWaterMarkOf(false, options, "readableHighWaterMark", true);
  if (mark !== 0) return options;
  return {
    ...options,
    highWaterMark: null,
    readableHighWaterMark: mark,
    writableHighWaterMark: options.writableHighWaterMark || 0,
  };
}

function final(callback) {
  if (typeof this._flush !== "function" || this.destroyed) {
    this.push(null);
    if (callback) callback();
    return;
  }
  this._flush((error, data) => {
    if (error) {
      if (callback) callback(error);
      else this.destroy(error);
      return;
    }
    if (data !== undefined && data !== null) this.push(data);
    this.push(null);
    if (callback) callback();
  });
}

function prefinish() {
  if (this._final !== final) final.call(this);
}

const { prototype } = Transform;

prototype._final = final;

prototype._transform = function (_chunk, _encoding, _callback) {
  throw notImplemented("_transform()");
};

prototype._write = function (chunk, encoding, callback) {
  const readable = this._readableState;
  const { length } = readable;
  this._transform(chunk, encoding, (error, value) => {
    if (error) {
      callback(error);
      return;
    }
    if (value !== undefined && value !== null) this.push(value);
    if (readable.ended) {
      // The program pushed the end by itself: its events come first.
      nextTick(callback, undefined);
    } else if (this._writableState.ended || length === readable.length ||
        readable.length < readable.highWaterMark) {
      callback();
    } else {
      this[WAITING] = callback;
    }
  });
};

prototype._read = function () {
  const callback = this[WAITING];
  if (!callback) return;
  this[WAITING] = null;
  callback();
};

function PassThrough(options) {
  if (!(this instanceof PassThrough)) return new PassThrough(options);
  Transform.call(this, options);
}
inherit(PassThrough, Transform);

PassThrough.prototype._transform = function (chunk, encoding, callback) {
  callback(null, chunk);
};

module.exports = { Transform, PassThrough };
