// net.Server: a listener, and the connections it has accepted. 'close' comes when the listener
// is closed and no connection is left.
"use strict";

const { EventEmitter } = require("node/events-core");
const { nextTick } = require("runtime/event-loop");
const { getDefaultHighWaterMark } = require("node/stream/high-water-mark");
const handles = require("node/net/handles");
const errors = require("node/errors");
const codes = require("node/error-codes");
const socketErrors = require("node/net/errors");
const { Socket } = require("node/net/socket");
const { isIP } = require("node/net/families");
const { Boolean, Object, Promise, Symbol } = globalThis;

const UNREFERENCED = Symbol("unreferenced");
const OPTIONS = Symbol.for("::bunnetserveroptions::");

function Server(given, listener) {
  if (!(this instanceof Server)) return new Server(given, listener);
  EventEmitter.call(this);
  let options = given;
  let connectionListener = listener;
  if (typeof given === "function") {
    connectionListener = given;
    options = {};
  } else if (given === undefined || given === null || typeof given === "object") {
    options = { ...given };
  } else {
    throw errors.ERR_INVALID_ARG_TYPE("options", ["Object", "Function"], given);
  }
  if (typeof connectionListener === "function") this.on("connection", connectionListener);
  setFields(this, options);
}
Object.setPrototypeOf(Server.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Server, EventEmitter);

function setFields(server, options) {
  const { BlockList } = require("node/net/block-list");
  const { keepAliveInitialDelay, blockList } = options;
  if (keepAliveInitialDelay !== undefined) {
    errors.validateNumber(keepAliveInitialDelay, "options.keepAliveInitialDelay");
  }
  if (options.highWaterMark !== undefined) {
    errors.validateNumber(options.highWaterMark, "options.highWaterMark");
  }
  if (blockList && !BlockList.isBlockList(blockList)) {
    throw errors.ERR_INVALID_ARG_TYPE("options.blockList", "net.BlockList", blockList);
  }
  server._connections = 0;
  server._handle = null;
  server._usingWorkers = false;
  server.workers = [];
  server._unref = false;
  server._listeningId = 1;
  server[OPTIONS] = options;
  server.allowHalfOpen = options.allowHalfOpen || false;
  server.pauseOnConnect = Boolean(options.pauseOnConnect);
  server.noDelay = Boolean(options.noDelay);
  server.keepAlive = Boolean(options.keepAlive);
  server.keepAliveInitialDelay = keepAliveInitialDelay > 0 ? keepAliveInitialDelay : 0;
  const { highWaterMark } = options;
  server.highWaterMark = highWaterMark > 0 ? highWaterMark : getDefaultHighWaterMark();
  if (blockList) server.blockList = blockList;
}

// ---- Connections -----------------------------------------------------------------------------

function accepted(listener, handle) {
  const server = listener.owner;
  const isFull = server.maxConnections != null && server._connections >= server.maxConnections;
  if (isFull || isBlocked(server, handle)) {
    const data = describe(handle);
    handle.close();
    server.emit("drop", data);
    return;
  }
  const socket = new Socket({
    handle,
    allowHalfOpen: server.allowHalfOpen,
    pauseOnCreate: server.pauseOnConnect,
    readable: true,
    writable: true,
    readableHighWaterMark: server.highWaterMark,
    writableHighWaterMark: server.highWaterMark,
  });
  if (server.noDelay) socket.setNoDelay(true);
  if (server.keepAlive) socket.setKeepAlive(true, server.keepAliveInitialDelay);
  server._connections++;
  socket.server = server;
  socket._server = server;
  server.emit("connection", socket);
}

function isBlocked(server, handle) {
  if (!server.blockList || handle.getpeername === undefined) return false;
  const peer = {};
  handle.getpeername(peer);
  const family = isIP(peer.address);
  return family !== 0 && server.blockList.check(peer.address, `ipv${family}`);
}

// What a listener of 'drop' is told.
function describe(handle) {
  if (handle.getsockname === undefined) return undefined;
  const own = {};
  const peer = {};
  handle.getsockname(own);
  handle.getpeername(peer);
  return {
    localAddress: own.address,
    localPort: own.port,
    localFamily: own.family,
    remoteAddress: peer.address,
    remotePort: peer.port,
    remoteFamily: peer.family,
  };
}

const SERVER_EVENTS = { connected() {}, accepted, received() {}, ended() {}, sent() {} };

/** Makes a listening handle the server's, and says so in the next tick. */
function startListening(server, handle) {
  server._handle = handle;
  handle.owner = server;
  handle.events = SERVER_EVENTS;
  handle.accept();
  if (server[UNREFERENCED]) handle.unref();
  nextTick(emitListening, [server]);
}

function emitListening(server) {
  if (server._handle !== null) server.emit("listening");
}

function emitClose(server) {
  server.emit("close");
}

// ---- Methods ---------------------------------------------------------------------------------

const methods = {
  ref() {
    this._unref = false;
    this[UNREFERENCED] = false;
    this._handle?.ref();
    return this;
  },
  unref() {
    this._unref = true;
    this[UNREFERENCED] = true;
    this._handle?.unref();
    return this;
  },
  close(callback) {
    if (typeof callback === "function") {
      if (this._handle === null) {
        this.once("close", function close() { callback(codes.ERR_SERVER_NOT_RUNNING()); });
      } else {
        this.once("close", callback);
      }
    }
    this._listeningId++;
    if (this._handle !== null) {
      this._handle.close();
      this._handle = null;
    }
    this._emitCloseIfDrained();
    return this;
  },
  _emitCloseIfDrained() {
    if (this._handle !== null || this._connections > 0) return;
    nextTick(emitClose, [this]);
  },
  address() {
    const handle = this._handle;
    if (handle === null) return null;
    if (handle.getsockname === undefined) return this._pipeName ?? handles.nameOf(handle);
    const out = {};
    const errno = handle.getsockname(out);
    if (errno !== 0) throw socketErrors.errnoError(errno, "address");
    return out;
  },
  getConnections(callback) {
    if (typeof callback === "function") {
      nextTick(callback, [null, this._handle === null ? 0 : this._connections]);
    }
    return this;
  },
  listen(...given) {
    return require("node/net/listen").listen(this, given);
  },
  getsockname(out) {
    out.port = this.address().port;
    return out;
  },
  [EventEmitter.captureRejectionSymbol](error, event, socket) {
    if (event === "connection") socket.destroy(error);
    else this.emit("error", error);
  },
  [Symbol.asyncDispose]() {
    if (this._handle === null) return Promise.resolve();
    const { promise, resolve, reject } = Promise.withResolvers();
    this.close((error) => (error ? reject(error) : resolve()));
    return promise;
  },
};

for (const name of globalThis.Reflect.ownKeys(methods)) {
  Object.defineProperty(Server.prototype, name, {
    value: methods[name], writable: true, enumerable: true, configurable: true,
  });
}
Object.defineProperty(Server.prototype, "listening", {
  get() { return this._handle !== null; }, enumerable: true, configurable: true,
});

module.exports = { Server, startListening, emitClose };
