// net.Socket: a Duplex over a handle. Reading follows the stream's demand, a write is done when
// the kernel has taken it all, and 'close' follows the closing of the descriptor.
//
// A socket without a handle is connected later, or never; what is written meanwhile waits.
"use strict";

const { Duplex } = require("node/stream/duplex");
const { nextTick } = require("runtime/event-loop");
const { setTimeout, clearTimeout } = require("runtime/timers");
const { setImmediate } = require("runtime/immediates");
const { Buffer } = require("node/buffer");
const handles = require("node/net/handles");
const errors = require("node/errors");
const codes = require("node/error-codes");
const socketErrors = require("node/net/errors");
const { NORMALIZED, normalizeArgs } = require("node/net/arguments");
const { Array, Boolean, Math, Object, Symbol, Uint8Array } = globalThis;

const NOT_CONNECTED = -107;
const INVALID = -22;

const TIMEOUT = Symbol("kTimeout");
const BYTES_READ = Symbol("kBytesRead");
const BYTES_WRITTEN = Symbol("kBytesWritten");
const WRITE_CALLBACK = Symbol("writeCallback");
const ON_READ = Symbol("onread");
const READ_BUFFER = Symbol("readBuffer");
const SET_NO_DELAY = Symbol("kSetNoDelay");
const SET_KEEP_ALIVE = Symbol("kSetKeepAlive");
const KEEP_ALIVE_DELAY = Symbol("kSetKeepAliveInitialDelay");
const TYPE_OF_SERVICE = Symbol("kSetTypeOfService");
const UNSENT_BEFORE = Symbol("kLastWriteQueueSize");
const SIGNAL = Symbol("signal");
// A method of sockets that put a layer between themselves and their handle once it is connected.
const SECURE = Symbol("secure");

// ---- Making ----------------------------------------------------------------------------------

const OBJECT_MODES = ["objectMode", "readableObjectMode", "writableObjectMode"];

function checkOptions(options) {
  for (const name of OBJECT_MODES) {
    if (!options[name]) continue;
    throw errors.ERR_INVALID_ARG_VALUE(`options.${name}`, options[name], "is not supported");
  }
  if (options.keepAliveInitialDelay !== undefined) {
    errors.validateNumber(options.keepAliveInitialDelay, "options.keepAliveInitialDelay");
  }
  const { BlockList } = require("node/net/block-list");
  if (options.blockList && !BlockList.isBlockList(options.blockList)) {
    throw errors.ERR_INVALID_ARG_TYPE("options.blockList", "net.BlockList", options.blockList);
  }
}

// The handle of a descriptor that the program has given.
function adopted(fd) {
  errors.validateInt32(fd, "options.fd", 0);
  const kind = handles.kindOf(fd);
  if (kind !== "TCP" && kind !== "PIPE") {
    if (kind === "UNKNOWN") throw socketErrors.errnoError(INVALID, "open");
    throw codes.ERR_INVALID_FD_TYPE(kind);
  }
  const handle = handles.adopt(fd, kind === "TCP" ? handles.TCP : handles.Pipe);
  if (typeof handle === "number") throw socketErrors.errnoError(handle, "open");
  return handle;
}

function Socket(given) {
  if (!(this instanceof Socket)) return new Socket(given);
  const options = typeof given === "number" ? { fd: given } : { ...given };
  checkOptions(options);
  const { signal } = options;
  const handle = options.handle ?? (options.fd === undefined ? null : adopted(options.fd));
  Duplex.call(this, {
    ...options,
    handle: undefined,
    signal: undefined,
    allowHalfOpen: Boolean(options.allowHalfOpen),
    emitClose: false,
    autoDestroy: true,
    decodeStrings: false,
  });
  setFields(this, options);
  this.on("end", onEnd);
  if (isReadObject(options.onread)) this[ON_READ] = options.onread;
  if (handle !== null) start(this, handle, options);
  if (signal) {
    errors.validateAbortSignal(signal, "options.signal");
    destroyOnAbort(this, signal);
  }
}
Object.setPrototypeOf(Socket.prototype, Duplex.prototype);
Object.setPrototypeOf(Socket, Duplex);

function setFields(socket, options) {
  socket._parent = null;
  socket._host = null;
  socket._port = undefined;
  socket._hadError = false;
  socket._handle = null;
  socket._peername = null;
  socket._sockname = null;
  socket._pendingData = null;
  socket._pendingEncoding = "";
  socket._server = null;
  socket.server = null;
  socket.connecting = false;
  socket.timeout = 0;
  socket[TIMEOUT] = null;
  socket[BYTES_READ] = 0;
  socket[BYTES_WRITTEN] = 0;
  socket[UNSENT_BEFORE] = 0;
  socket[WRITE_CALLBACK] = null;
  socket[ON_READ] = null;
  socket[SET_NO_DELAY] = Boolean(options.noDelay);
  socket[SET_KEEP_ALIVE] = Boolean(options.keepAlive);
  socket[KEEP_ALIVE_DELAY] = delaySeconds(options.keepAliveInitialDelay);
  if (options.blockList) socket.blockList = options.blockList;
}

function delaySeconds(milliseconds) {
  return milliseconds > 0 ? ~~(milliseconds / 1000) : 0;
}

function isReadObject(onread) {
  if (onread === null || typeof onread !== "object") return false;
  const { buffer, callback } = onread;
  const hasBuffer = buffer instanceof Uint8Array || typeof buffer === "function";
  return hasBuffer && typeof callback === "function";
}

function start(socket, handle, options) {
  attach(socket, handle);
  if (socket[SET_NO_DELAY] || socket[SET_KEEP_ALIVE]) applySettings(socket);
  if (options.pauseOnCreate) {
    socket._readableState.flowing = false;
  } else if (options.readable !== false && !options.manualStart) {
    socket.read(0);
  }
}

function attach(socket, handle) {
  socket._handle = handle;
  handle.owner = socket;
  handle.events = SOCKET_EVENTS;
}

function applySettings(socket) {
  const handle = socket._handle;
  if (socket[SET_NO_DELAY]) handle.setNoDelay?.(true);
  if (socket[SET_KEEP_ALIVE]) handle.setKeepAlive?.(true, socket[KEEP_ALIVE_DELAY]);
  if (socket[TYPE_OF_SERVICE] !== undefined) handle.setTypeOfService?.(socket[TYPE_OF_SERVICE]);
}

function destroyOnAbort(socket, signal) {
  if (signal.aborted) {
    nextTick(destroyWith, [socket, signal.reason]);
    return;
  }
  const onAbort = (event) => {
    if (!socket.destroyed) socket.destroy(event.target.reason);
  };
  signal.addEventListener("abort", onAbort);
  socket[SIGNAL] = signal;
  socket.once("close", () => signal.removeEventListener("abort", onAbort));
}

function destroyWith(socket, error) {
  socket.destroy(error);
}

// ---- The other side's end --------------------------------------------------------------------

function onEnd() {
  if (!this.allowHalfOpen) this.write = writeAfterEnd;
}

// "write after end" would blame the program for what the other side has done.
function writeAfterEnd(chunk, encoding, callback) {
  if (!this.writableEnded) return Duplex.prototype.write.call(this, chunk, encoding, callback);
  const done = typeof encoding === "function" ? encoding : callback;
  const error = new Error("This socket has been ended by the other party");
  error.code = "EPIPE";
  if (typeof done === "function") nextTick(done, [error]);
  this.destroy(error);
  return false;
}

// ---- What happens to the handle --------------------------------------------------------------

function received(handle, chunk) {
  const socket = handle.owner;
  if (socket === null || socket.destroyed) return;
  refreshTimers(socket);
  const wantsMore = socket[ON_READ] === null ? socket.push(chunk) : readInto(socket, chunk);
  if (wantsMore || socket._handle === null || !socket._handle.reading) return;
  socket._handle.readStop();
}

// The `onread` option: chunks are copied into the program's own buffer.
function readInto(socket, chunk) {
  const { buffer: given, callback } = socket[ON_READ];
  const isMade = typeof given === "function";
  let buffer = isMade ? socket[READ_BUFFER] ?? given() : given;
  let wantsMore = true;
  let from = 0;
  while (from < chunk.length) {
    const count = Math.min(buffer.length, chunk.length - from);
    buffer.set(chunk.subarray(from, from + count));
    from += count;
    wantsMore = callback(count, buffer) !== false && wantsMore;
    // The next buffer is asked for before there is anything to read.
    if (isMade) buffer = given();
  }
  if (isMade) socket[READ_BUFFER] = buffer;
  if (!wantsMore && socket._handle !== null) socket._handle.reading = false;
  if (!wantsMore) socket._handle?.readStop();
  return true;
}

function ended(handle, errno) {
  const socket = handle.owner;
  if (socket === null || socket.destroyed) return;
  refreshTimers(socket);
  handle.reading = false;
  if (errno !== 0) {
    socket.destroy(socketErrors.errnoError(errno, "read"));
    return;
  }
  socket.push(null);
  socket.read(0);
}

function sent(handle, errno) {
  const socket = handle.owner;
  if (socket === null) return;
  const callback = socket[WRITE_CALLBACK];
  socket[WRITE_CALLBACK] = null;
  socket._pendingData = null;
  if (socket.destroyed) {
    callback?.(codes.ERR_SOCKET_CLOSED());
    return;
  }
  refreshTimers(socket);
  if (errno !== 0) {
    const error = socketErrors.errnoError(errno, "write");
    if (callback !== null) callback(error);
    else socket.destroy(error);
    return;
  }
  callback?.(null);
}

const SOCKET_EVENTS = {
  connected(handle, errno) { require("node/net/connect").connected(handle, errno); },
  accepted() {},
  received,
  ended,
  sent,
};

// ---- Writing ---------------------------------------------------------------------------------

function writeLater(socket, data, encoding, callback, isVector) {
  socket._pendingData = data;
  socket._pendingEncoding = encoding;
  const onClose = () => callback(codes.ERR_SOCKET_CLOSED_BEFORE_CONNECTION());
  socket.once("connect", function connect() {
    socket.off("close", onClose);
    writeAny(socket, data, encoding, callback, isVector);
  });
  socket.once("close", onClose);
}

function writeAny(socket, data, encoding, callback, isVector) {
  if (socket.connecting) return writeLater(socket, data, encoding, callback, isVector);
  socket._pendingData = null;
  socket._pendingEncoding = "";
  const handle = socket._handle;
  if (handle === null) {
    callback(codes.ERR_SOCKET_CLOSED());
    return undefined;
  }
  refreshTimers(socket);
  const outcome =
    isVector ? handle.writePieces(data) : handle.write(data, encoding);
  if (outcome === 0) {
    callback();
  } else if (outcome < 0) {
    callback(socketErrors.errnoError(outcome, "write"));
  } else {
    socket[WRITE_CALLBACK] = callback;
    socket[UNSENT_BEFORE] = handle.writeQueueSize;
  }
  return undefined;
}

function pendingBytes(data, encoding) {
  if (data === null || data === undefined) return 0;
  if (typeof data === "string") return Buffer.byteLength(data, encoding || "utf8");
  if (!Array.isArray(data)) return data.length;
  let bytes = 0;
  for (const piece of data) bytes += pendingBytes(piece.chunk ?? piece, piece.encoding);
  return bytes;
}

// ---- Timers ----------------------------------------------------------------------------------

function refreshTimers(socket) {
  for (let each = socket; each !== null && each !== undefined; each = each._parent) {
    if (each[TIMEOUT]) each[TIMEOUT].refresh();
  }
}

const DELAY_MAX_MS = 2147483647;

function timerDuration(value, name) {
  errors.validateNumber(value, name);
  if (value < 0 || !globalThis.Number.isFinite(value)) {
    throw errors.ERR_OUT_OF_RANGE(name, "a non-negative finite number", value);
  }
  if (value <= DELAY_MAX_MS) return value;
  const warning =
    `${value} does not fit into a 32-bit signed integer.\n` +
    `Timer duration was truncated to ${DELAY_MAX_MS}.`;
  globalThis.process.emitWarning(warning, "TimeoutOverflowWarning");
  return DELAY_MAX_MS;
}

// ---- Closing ---------------------------------------------------------------------------------

function closeHandle(socket, handle, hadError) {
  socket[BYTES_READ] = handle.bytesRead;
  socket[BYTES_WRITTEN] = handle.bytesWritten;
  const afterClose = () => socket.emit("close", hadError);
  if (socket.resetAndClosing) {
    socket.resetAndClosing = false;
    const errno = handle.reset(afterClose);
    if (errno !== 0) socket.emit("error", socketErrors.errnoError(errno, "reset"));
  } else {
    handle.close(afterClose);
  }
}

function emitClose(socket) {
  socket.emit("close", false);
}

const methods = {
  address() {
    return this._getsockname();
  },
  _onTimeout() {
    const handle = this._handle;
    if (handle !== null && this[WRITE_CALLBACK] !== null) {
      const unsent = handle.writeQueueSize;
      if (unsent > 0 && unsent !== this[UNSENT_BEFORE]) {
        this[UNSENT_BEFORE] = unsent;
        this._unrefTimer();
        return;
      }
    }
    this.emit("timeout");
  },
  connect(...given) {
    const isNormalized = Array.isArray(given[0]) && given[0][NORMALIZED];
    const [options, callback] = isNormalized ? given[0] : normalizeArgs(given);
    return require("node/net/connect").connect(this, options, callback);
  },
  end(data, encoding, callback) {
    return Duplex.prototype.end.call(this, data, encoding, callback);
  },
  _destroy(error, callback) {
    this.connecting = false;
    for (let each = this; each !== null && each !== undefined; each = each._parent) {
      clearTimeout(each[TIMEOUT]);
    }
    const handle = this._handle;
    if (handle !== null) {
      closeHandle(this, handle, Boolean(error));
      this._handle = null;
      this._sockname = null;
      callback(error);
    } else {
      callback(error);
      nextTick(emitClose, [this]);
    }
    if (this._server) {
      this._server._connections--;
      this._server._emitCloseIfDrained?.();
    }
  },
  _final(callback) {
    if (this.connecting) {
      this.once("connect", () => this._final(callback));
      return;
    }
    const handle = this._handle;
    if (handle === null) {
      callback();
      return;
    }
    const errno = handle.shutdown();
    if (errno === 0 || errno === NOT_CONNECTED) setImmediate(callback);
    else callback(socketErrors.errnoError(errno, "shutdown"));
  },
  resume() {
    if (!this.connecting && this[ON_READ] !== null) readOn(this);
    return Duplex.prototype.resume.call(this);
  },
  pause() {
    if (this[ON_READ] !== null && !this.connecting && this._handle?.reading) {
      this._handle.readStop();
    }
    return Duplex.prototype.pause.call(this);
  },
  read(size) {
    if (!this.connecting && this[ON_READ] !== null) readOn(this);
    return Duplex.prototype.read.call(this, size);
  },
  _read(size) {
    if (this.connecting || this._handle === null) {
      this.once("connect", () => this._read(size));
    } else {
      readOn(this);
    }
  },
  _reset() {
    this.resetAndClosing = true;
    return this.destroy();
  },
  _getpeername() {
    if (this._handle === null || this.connecting) return this._peername || {};
    if (!this._peername) this._peername = nameOf(this._handle.getpeername, this._handle);
    return this._peername ?? {};
  },
  _getsockname() {
    if (this._handle === null || this.connecting) return this._sockname || {};
    if (!this._sockname) this._sockname = nameOf(this._handle.getsockname, this._handle);
    return this._sockname ?? {};
  },
  ref() {
    if (this._handle === null) this.once("connect", this.ref);
    else this._handle.ref();
    return this;
  },
  resetAndDestroy() {
    if (this._handle === null) this.destroy(codes.ERR_SOCKET_CLOSED());
    else if (!(this._handle instanceof handles.TCP)) throw codes.ERR_INVALID_HANDLE_TYPE();
    else if (this.connecting) this.once("connect", () => this._reset());
    else this._reset();
    return this;
  },
  setKeepAlive(enable = false, initialDelay = 0) {
    const on = Boolean(enable);
    const seconds = delaySeconds(initialDelay);
    const handle = this._handle;
    const isSame =
      on === this[SET_KEEP_ALIVE] && (!on || seconds === this[KEEP_ALIVE_DELAY]);
    this[SET_KEEP_ALIVE] = on;
    this[KEEP_ALIVE_DELAY] = seconds;
    if (handle !== null && !isSame) handle.setKeepAlive?.(on, seconds);
    return this;
  },
  setNoDelay(enable = true) {
    const on = Boolean(enable);
    const handle = this._handle;
    const isSame = on === this[SET_NO_DELAY];
    this[SET_NO_DELAY] = on;
    if (handle !== null && !isSame) handle.setNoDelay?.(on);
    return this;
  },
  setTypeOfService(value) {
    if (globalThis.Number.isNaN(value)) {
      throw errors.ERR_INVALID_ARG_TYPE("tos", "number", value);
    }
    errors.validateInt32(value, "tos", 0, 255);
    this[TYPE_OF_SERVICE] = value;
    const handle = this._handle;
    if (handle === null || handle.setTypeOfService === undefined) return this;
    const errno = handle.setTypeOfService(value);
    if (errno < 0) throw socketErrors.errnoError(errno, "setTypeOfService");
    return this;
  },
  getTypeOfService() {
    const handle = this._handle;
    if (handle === null || handle.getTypeOfService === undefined) {
      return this[TYPE_OF_SERVICE] ?? 0;
    }
    const value = handle.getTypeOfService();
    if (value < 0) throw socketErrors.errnoError(value, "getTypeOfService");
    return value;
  },
  setTimeout(msecs, callback) {
    if (this.destroyed) return this;
    this.timeout = msecs;
    const duration = timerDuration(msecs, "msecs");
    clearTimeout(this[TIMEOUT]);
    this[TIMEOUT] = null;
    if (callback !== undefined) errors.validateFunction(callback, "callback");
    if (duration === 0) {
      if (callback !== undefined) this.removeListener("timeout", callback);
      return this;
    }
    this[TIMEOUT] = setTimeout(() => this._onTimeout(), duration).unref();
    if (callback !== undefined) this.once("timeout", callback);
    return this;
  },
  _unrefTimer() { refreshTimers(this); },
  unref() {
    if (this._handle === null) this.once("connect", this.unref);
    else this._handle.unref();
    return this;
  },
  destroySoon() {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", this.destroy);
  },
  _writev(data, callback) { writeAny(this, data, "", callback, true); },
  _write(chunk, encoding, callback) { writeAny(this, chunk, encoding, callback, false); },
};

function nameOf(ask, handle) {
  if (ask === undefined) return {};
  const out = {};
  return ask.call(handle, out) === 0 ? out : null;
}

function readOn(socket) {
  const handle = socket._handle;
  if (handle === null || handle.reading) return;
  const errno = handle.readStart();
  if (errno) socket.destroy(socketErrors.errnoError(errno, "read"));
}

const getters = {
  bufferSize() { return this._handle ? this.writableLength : undefined; },
  bytesRead() { return this._handle === null ? this[BYTES_READ] : this._handle.bytesRead; },
  _bytesDispatched() {
    return this._handle === null ? this[BYTES_WRITTEN] : this._handle.bytesWritten;
  },
  bytesWritten() {
    let bytes = this._bytesDispatched;
    const buffered = this.writableBuffer;
    if (!buffered) return undefined;
    for (const { chunk, encoding } of buffered) bytes += pendingBytes(chunk, encoding);
    return bytes + pendingBytes(this._pendingData, this._pendingEncoding);
  },
  localAddress() { return this._getsockname().address; },
  localFamily() { return this._getsockname().family; },
  localPort() { return this._getsockname().port; },
  remoteAddress() { return this._getpeername().address; },
  remoteFamily() { return this._getpeername().family; },
  remotePort() { return this._getpeername().port; },
  _connecting() { return this.connecting; },
  pending() { return this._handle === null || this.connecting; },
  readyState() {
    if (this.connecting) return "opening";
    if (this.readable) return this.writable ? "open" : "readOnly";
    return this.writable ? "writeOnly" : "closed";
  },
};

for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(Socket.prototype, name, {
    value, writable: true, enumerable: true, configurable: true,
  });
}
for (const [name, get] of Object.entries(getters)) {
  Object.defineProperty(Socket.prototype, name, { get, enumerable: true, configurable: true });
}

module.exports = { SECURE, Socket, attach, applySettings, destroyWith, kTimeout: TIMEOUT };
