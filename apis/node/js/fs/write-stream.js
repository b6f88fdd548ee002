// fs.WriteStream: every byte that was accepted is written, or the stream fails.
"use strict";

const { Writable } = require("node/stream");
const {
  streamOptions, attach, setStart, construct, destroy, defineCommon, kFs, kIsPerformingIO, kIoDone,
} = require("node/fs-streams");
const { makeError, validateFunction, validateBoolean, ERR_INVALID_ARG_TYPE } =
  require("node/errors");
const { nextTick } = require("runtime/event-loop");
const { Object, Reflect, Array } = globalThis;

// How often a write that took nothing is tried again.
const RETRIES_MAX = 5;

function checkOperations(stream, custom, options) {
  const { write, writev, close, fsync } = custom;
  if (write) validateFunction(write, "options.fs.write");
  if (writev) validateFunction(writev, "options.fs.writev");
  if (options.autoDestroy) validateFunction(close, "options.fs.close");
  if (options.flush) validateFunction(fsync, "options.fs.fsync");
  if (!write && !writev) throw ERR_INVALID_ARG_TYPE("options.fs.write", "function", write);
  if (!write) stream._write = null;
  if (!writev) stream._writev = null;
}

function WriteStream(path, options) {
  if (!(this instanceof WriteStream)) return new WriteStream(path, options);
  options = streamOptions(options);
  options.highWaterMark ??= 65536;
  options.decodeStrings = true;
  const custom = attach(this, path, options, "w");
  options.autoDestroy = options.autoClose === undefined ? true : options.autoClose;
  if (custom) checkOperations(this, custom, options);
  const { flush } = options;
  if (flush !== undefined && flush !== null) validateBoolean(flush, "options.flush");
  this.flush = flush ?? false;
  setStart(this, options.start);
  this.bytesWritten = 0;
  this[kIsPerformingIO] = false;
  Reflect.apply(Writable, this, [options]);
  if (options.encoding) this.setDefaultEncoding(options.encoding);
}
Object.setPrototypeOf(WriteStream, Writable);
WriteStream.prototype = Object.create(Writable.prototype, {
  constructor: { value: WriteStream, writable: true, configurable: true },
});
defineCommon(WriteStream.prototype, "_writableState");

WriteStream.prototype._construct = construct;

function isDestroyed(syscall) {
  const message = `Cannot call ${syscall} after a stream was destroyed`;
  return makeError("Error", "ERR_STREAM_DESTROYED", message);
}

// After each write: how many bytes it took, and whether to go on with the rest.
function progress(stream, name, error, count, size, state) {
  if (error?.code === "EAGAIN") {
    error = null;
    count = 0;
  }
  // The descriptor may be closed once the stream is destroyed.
  if (stream.destroyed || error) return error || isDestroyed(name);
  stream.bytesWritten += count;
  state.retries = count > 0 ? 0 : state.retries + 1;
  if (state.retries > RETRIES_MAX && size > count) {
    return makeError("Error", "ERR_SYSTEM_ERROR", `${name} failed`);
  }
  return null;
}

function writeAll(stream, data, offset, position, callback, state = { retries: 0 }) {
  const size = data.length - offset;
  stream[kFs].write(stream.fd, data, offset, size, position, (error, count) => {
    const failure = progress(stream, "write", error, count, size, state);
    if (failure !== null) {
      callback(failure);
    } else if (count >= size) {
      callback();
    } else {
      const next = position === undefined ? undefined : position + count;
      writeAll(stream, data, offset + count, next, callback, state);
    }
  });
}

function writevAll(stream, chunks, size, position, callback) {
  stream[kFs].writev(stream.fd, chunks, position ?? null, (error, count) => {
    const failure = progress(stream, "writev", error, count, size, { retries: 0 });
    if (failure !== null) {
      callback(failure);
    } else if (count >= size) {
      callback();
    } else {
      const next = position === undefined ? undefined : position + count;
      writevRest(stream, chunks, size, count, next, callback);
    }
  });
}

// What a short write left over, as one buffer where the file can be written that way.
function writevRest(stream, chunks, size, from, position, callback) {
  const { Buffer } = require("node/buffer");
  const rest = Buffer.concat(chunks).subarray(from);
  if (stream[kFs].write) writeAll(stream, rest, 0, position, callback);
  else writevAll(stream, [rest], size - from, position, callback);
}

// Ends an operation: whoever destroyed the stream meanwhile waits for this.
function ended(stream, callback) {
  return (error) => {
    stream[kIsPerformingIO] = false;
    callback(error);
    if (stream.destroyed) stream.emit(kIoDone, error);
  };
}

WriteStream.prototype._write = { _write(data, encoding, callback) {
  this[kIsPerformingIO] = true;
  const position = this.pos;
  if (position !== undefined) this.pos += data.length;
  writeAll(this, data, 0, position, ended(this, callback));
} }._write;

WriteStream.prototype._writev = { _writev(data, callback) {
  const chunks = new Array(data.length);
  let size = 0;
  for (let index = 0; index < data.length; index++) {
    chunks[index] = data[index].chunk;
    size += chunks[index].length;
  }
  this[kIsPerformingIO] = true;
  const position = this.pos;
  if (position !== undefined) this.pos += size;
  writevAll(this, chunks, size, position, ended(this, callback));
} }._writev;

WriteStream.prototype._destroy = destroy;

WriteStream.prototype.close = { close(callback) {
  if (callback) {
    if (this.closed) {
      nextTick(callback);
      return;
    }
    this.on("close", callback);
  }
  // What does not close by itself is closed when all of it is written.
  if (!this.autoClose) this.on("finish", this.destroy);
  this.end();
} }.close;

WriteStream.prototype.destroySoon = WriteStream.prototype.end;

module.exports = { WriteStream };
