// ReadStream and WriteStream of node:tty.
"use strict";

const errors = require("node/errors");
const files = {
  ReadStream: require("node/fs-streams").ReadStream,
  WriteStream: require("node/fs-write-stream").WriteStream,
};
const { colorDepth } = require("node/tty/color-depth");
const { Number, Object, Reflect, Symbol } = globalThis;

function ReadStream(fd) {
  if (!(this instanceof ReadStream)) return new ReadStream(fd);
  Reflect.apply(files.ReadStream, this, ["", { fd }]);
  this.isRaw = false;
  this.isTTY = ops.isTerminal(fd);
}

function WriteStream(fd) {
  if (!(this instanceof WriteStream)) return new WriteStream(fd);
  Reflect.apply(files.WriteStream, this, [null, { fd, autoClose: false }]);
  this.columns = undefined;
  this.rows = undefined;
  this.isTTY = ops.isTerminal(fd);
  if (!this.isTTY) return;
  const size = ops.windowSize(fd);
  if (size !== undefined) [this.columns, this.rows] = size;
}

/** A terminal's stream is one of files and may be called without `new`, as those may. */
function inherit(constructor, parent) {
  Object.setPrototypeOf(constructor.prototype, parent.prototype);
  Object.setPrototypeOf(constructor, parent);
}
inherit(ReadStream, files.ReadStream);
inherit(WriteStream, files.WriteStream);
// Bun's has the methods of file streams as its own.
const { constructor: _constructor, ...shared } =
  Object.getOwnPropertyDescriptors(files.WriteStream.prototype);
Object.defineProperties(WriteStream.prototype, shared);

const reading = ReadStream.prototype;

reading.ref = function () { return this; };
reading.unref = function () { return this; };

reading.setRawMode = function (flag) {
  const raw = Boolean(flag);
  const errno = ops.setRawMode(this.fd, raw);
  if (errno !== 0) {
    this.emit("error", new Error(`setRawMode failed with errno: ${errno}`));
    return this;
  }
  this.isRaw = raw;
  return this;
};

const writing = WriteStream.prototype;

writing._refreshSize = function () {
  const [columns, rows] = ops.windowSize(this.fd) ?? [this.columns, this.rows];
  if (columns === this.columns && rows === this.rows) return;
  this.columns = columns;
  this.rows = rows;
  this.emit("resize");
};

// By way of the module, where a program may have put its own.
const cursor = () => require("node/readline");

writing.clearLine = function (dir, callback) { return cursor().clearLine(this, dir, callback); };
writing.clearScreenDown = function (callback) { return cursor().clearScreenDown(this, callback); };
writing.cursorTo = function (x, y, callback) { return cursor().cursorTo(this, x, y, callback); };
writing.getColorDepth = function (env = globalThis.process.env) { return colorDepth(env); };
writing.getWindowSize = function () { return [this.columns, this.rows]; };

function expectCount(count) {
  if (typeof count !== "number") throw errors.invalidType("count", "of type number", count);
  if (!Number.isInteger(count)) throw errors.ERR_OUT_OF_RANGE("count", "an integer", count);
  if (count < 2 || count > Number.MAX_SAFE_INTEGER) {
    throw errors.ERR_OUT_OF_RANGE("count", `>= 2 && <= ${Number.MAX_SAFE_INTEGER}`, count);
  }
}

writing.hasColors = function (count, env) {
  let colors = count;
  let variables = env;
  if (env === undefined && (count === undefined || (typeof count === "object" && count !== null))) {
    variables = count;
    colors = 16;
  } else {
    expectCount(count);
  }
  return colors <= 2 ** this.getColorDepth(variables);
};

writing.moveCursor = function (dx, dy, callback) {
  return cursor().moveCursor(this, dx, dy, callback);
};

// For code that takes standard output for a duplex stream: there is nothing to read.
writing[Symbol.asyncIterator] = function () { return (async function* () {})(); };

module.exports = { ReadStream, WriteStream };
