// process.stdout and process.stderr: streams whose writes are done when `write` returns, whatever
// they lead to, so that nothing is lost at the end. They cannot be closed by a program.
"use strict";

const { Writable } = require("node/stream");
const { makeError } = require("node/errors");
const { Buffer } = require("node/buffer");
const { nextTick } = require("runtime/event-loop");
const { Object, ArrayBuffer, Reflect, SharedArrayBuffer, Uint8Array } = globalThis;

const TEXT_AS_IT_IS = new Set([undefined, "utf8", "utf-8", "buffer"]);
const superWrite = Writable.prototype.write;

// Bytes or text, written before this returns; the error of the system call otherwise.
function writeNow(descriptor, chunk) {
  try {
    ops.write(descriptor, chunk);
    return null;
  } catch (error) {
    return error;
  }
}

/** The bytes of a buffer that is no view; throws for what cannot be written. */
function bytesOf(chunk) {
  if (chunk instanceof ArrayBuffer || chunk instanceof SharedArrayBuffer) {
    return new Uint8Array(chunk);
  }
  const code = chunk == null ? "ERR_STREAM_NULL_VALUES" : "ERR_INVALID_ARG_TYPE";
  const text = "write() expects a string, ArrayBufferView, or ArrayBuffer";
  throw makeError("TypeError", code, text);
}

function WriteStream(descriptor) {
  Reflect.apply(Writable, this, [{ decodeStrings: false, emitClose: false, autoDestroy: false }]);
  this.fd = descriptor;
  this.readable = false;
  this._type = "fs";
  this._isStdio = true;
}
Object.setPrototypeOf(WriteStream, Writable);
Object.setPrototypeOf(WriteStream.prototype, Writable.prototype);

const methods = {

  // What the stream would do in several steps is one where nothing is waiting.
  write(given, encoding, callback) {
    const chunk = typeof given === "string" || ArrayBuffer.isView(given) ? given : bytesOf(given);
    const state = this._writableState;
    const isText = typeof chunk === "string";
    const done = typeof encoding === "function" ? encoding : callback;
    const named = typeof encoding === "function" ? undefined : encoding ?? undefined;
    const isPlain = state.corked === 0 && !state.ending && !state.destroyed;
    if (!isPlain || (isText && !TEXT_AS_IT_IS.has(named))) {
      return Reflect.apply(superWrite, this, [chunk, encoding, callback]);
    }
    const error = writeNow(this.fd, chunk);
    if (error !== null) {
      if (typeof done === "function") nextTick(done, [error]);
      this.destroy(error);
      return false;
    }
    if (typeof done === "function") nextTick(done, [null]);
    return true;
  },

  _write(chunk, encoding, callback) {
    const isText = typeof chunk === "string";
    const bytes = isText && !TEXT_AS_IT_IS.has(encoding) ? Buffer.from(chunk, encoding) : chunk;
    callback(writeNow(this.fd, bytes));
  },

  // The descriptor stays open: what follows is written all the same.
  _destroy(error, callback) {
    callback(error);
    this._undestroy();
  },

  destroySoon() { this.destroy(); },
  ref() { return this; },
  unref() { return this; },

  // What only a terminal knows has an answer elsewhere too.
  getWindowSize() { return ops.windowSize(this.fd); },
};

for (const name of Object.keys(methods)) {
  Object.defineProperty(WriteStream.prototype, name, {
    configurable: true, enumerable: false, writable: true, value: methods[name],
  });
}

// A terminal's stream has what node:tty's have; it follows the window's size.
function makeTerminal(stream) {
  const { WriteStream: TtyStream } = require("node/tty");
  stream.isTTY = true;
  stream.readable = true;
  stream._type = "tty";
  for (const name of Object.getOwnPropertyNames(TtyStream.prototype)) {
    if (name === "constructor" || name in WriteStream.prototype) continue;
    const member = Object.getOwnPropertyDescriptor(TtyStream.prototype, name);
    Object.defineProperty(stream, name, { ...member, enumerable: false });
  }
  const measure = () => [stream.columns, stream.rows] = ops.windowSize(stream.fd);
  measure();
  const { process } = require("node/process");
  const follow = () => {
    const before = `${stream.columns} ${stream.rows}`;
    measure();
    if (before !== `${stream.columns} ${stream.rows}`) stream.emit("resize");
  };
  // The signal is watched from the first listener on.
  stream.on("newListener", (name) => {
    if (name === "resize" && stream.listenerCount("resize") === 0) process.on("SIGWINCH", follow);
  });
}

/** Makes a whole stream of `object`, which has stood for it so far. */
function inflate(object, descriptor) {
  Object.setPrototypeOf(object, WriteStream.prototype);
  Reflect.apply(WriteStream, object, [descriptor]);
  if (ops.isTerminal(descriptor)) makeTerminal(object);
}

module.exports = { inflate, WriteStream };
