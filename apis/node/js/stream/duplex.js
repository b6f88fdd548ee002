// Duplex: a Readable with the methods and the state of a Writable beside its own.
"use strict";

const { Stream, inherit } = require("node/stream/legacy");
const { Readable } = require("node/stream/readable");
const { Writable } = require("node/stream/writable");
const { construct } = require("node/stream/destroy");
const { ON_CONSTRUCTED } = require("node/stream/flags");
const { Object } = globalThis;

const OVERRIDES = ["read", "write", "writev", "destroy", "final", "construct"];

function Duplex(options) {
  if (!(this instanceof Duplex)) return new Duplex(options);
  this._events ??= {
    close: undefined,
    error: undefined,
    prefinish: undefined,
    finish: undefined,
    drain: undefined,
    data: undefined,
    end: undefined,
    readable: undefined,
  };
  this._readableState = new Readable.ReadableState(options, this, true);
  this._writableState = new Writable.WritableState(options, this, true);
  if (options) {
    this.allowHalfOpen = options.allowHalfOpen !== false;
    turnOffSides(this, options);
    for (const name of OVERRIDES) {
      if (typeof options[name] === "function") this[`_${name}`] = options[name];
    }
    if (options.signal) require("node/stream/abort").addAbortSignal(options.signal, this);
  } else {
    this.allowHalfOpen = true;
  }
  Stream.call(this, options);
  if (this._construct !== undefined && this._construct !== null) {
    construct(this, () => {
      this._readableState[ON_CONSTRUCTED](this);
      this._writableState[ON_CONSTRUCTED](this);
    });
  }
}
inherit(Duplex, Readable);

/** A side that the options turn off has been over from the start. */
function turnOffSides(duplex, options) {
  if (options.readable === false) {
    const state = duplex._readableState;
    state.readable = false;
    state.ended = true;
    state.endEmitted = true;
  }
  if (options.writable === false) {
    const state = duplex._writableState;
    state.writable = false;
    state.ending = true;
    state.ended = true;
    state.finished = true;
  }
}

const { prototype } = Duplex;

prototype.destroy = Writable.prototype.destroy;
for (const name of Object.keys(Writable.prototype)) {
  prototype[name] ||= Writable.prototype[name];
}

const SHARED = [
  "writable", "writableHighWaterMark", "writableObjectMode", "writableBuffer", "writableLength",
  "writableFinished", "writableCorked", "writableEnded", "writableNeedDrain",
];
for (const name of SHARED) {
  const descriptor = Object.getOwnPropertyDescriptor(Writable.prototype, name);
  Object.defineProperty(prototype, name, descriptor);
}

Object.defineProperty(prototype, "destroyed", {
  get() {
    if (this._readableState === undefined || this._writableState === undefined) return false;
    return this._readableState.destroyed && this._writableState.destroyed;
  },
  // Programs of old manage this by themselves.
  set(value) {
    if (!this._readableState || !this._writableState) return;
    this._readableState.destroyed = value;
    this._writableState.destroyed = value;
  },
});

Duplex.fromWeb = function (pair, options) {
  return require("node/stream/web-duplex").fromWeb(pair, options);
};

Duplex.toWeb = function (duplex, options) {
  return require("node/stream/web-duplex").toWeb(duplex, options);
};

Duplex.from = function (body) {
  return require("node/stream/duplexify").duplexify(body, "body");
};

module.exports = { Duplex };
